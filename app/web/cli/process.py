"""`flask process`: checks diagrams in the shell, without a database."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.workflow.conformance import check_file, refused

process_cli = AppGroup("process", help="流程图")

_ROOT = Path(__file__).parents[3]
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@process_cli.command("check", with_appcontext=False)
@click.argument("file", type=_FILE)
@click.option("--forms", type=_FOLDER, default=_ROOT / "forms", help="表单所在的目录")
@click.option("--tables", type=_FOLDER, default=_ROOT / "processes" / "dmn", help="决策表所在的目录")
def check_command(file: Path, forms: Path, tables: Path) -> None:
    """检查流程图 FILE，每个问题一行：环节、问题、怎样改。不能采用时以 1 退出。"""
    findings = check_file(file, forms, tables)
    for finding in findings:
        grade = "错误" if finding.severity == "error" else "提示"
        click.echo(f"{grade}  {finding.element_id or file.name}：{finding.message}。{finding.mend}。")
    if refused(findings):
        raise SystemExit(1)
    click.echo(f"{file.name} 可以采用")
