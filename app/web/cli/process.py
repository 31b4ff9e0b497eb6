"""`flask process`: checks diagrams in the shell, without a database."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.engine import Finding
from app.engine.xml import line_of
from app.workflow.conformance import CheckLine, report_file

process_cli = AppGroup("process", help="流程图")

_ROOT = Path(__file__).parents[3]
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_GRADES = {"error": "错误", "override": "法定", "warning": "提示"}
_STATUS = {"ok": "通过", "error": "错误", "override": "法定", "care": "提示", "skipped": "未查"}


@process_cli.command("check", with_appcontext=False)
@click.argument("file", type=_FILE)
@click.option("--forms", type=_FOLDER, default=_ROOT / "forms", help="表单所在的目录")
@click.option("--tables", type=_FOLDER, default=_ROOT / "processes" / "dmn", help="决策表所在的目录")
@click.option("--list", "whole", is_flag=True, help="列出每一项检查，不只列出问题")
def check_command(file: Path, forms: Path, tables: Path, whole: bool) -> None:
    """检查流程图 FILE，每个问题一行：等级、行号、环节、问题、怎样改。不能采用时以 1 退出。

    同目录的流程图、../scenarios 中的场景一并检查；“法定”一级须由局领导写明理由才能发布。
    """
    content = file.read_bytes()
    report = report_file(file, forms, tables)
    for line in report.lines:
        if whole:
            click.echo(_headed(line))
        for finding in line.findings:
            click.echo(_told(finding, content, file.name))
    if report.is_refused:
        raise SystemExit(1)
    skipped = report.of("override")
    word = f"可以采用，但须局领导就 {len(skipped)} 项写明理由" if skipped else "可以采用"
    click.echo(f"{file.name} {word}")


def _headed(line: CheckLine) -> str:
    note = f"（{line.note}）" if line.note else ""
    return f"[{_STATUS[line.status]}] {line.title}{note}"


def _told(finding: Finding, content: bytes, file_name: str) -> str:
    number = line_of(content, finding.element_id)
    where = f"第 {number} 行 {finding.element_id}" if number else finding.element_id or file_name
    return f"{_GRADES[finding.severity]}  {where}：{finding.message}。{finding.mend}。"
