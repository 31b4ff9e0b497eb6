"""`flask dmn`: runs the DMN kit's cases in the shell, without a database."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.feel.tck import RIGHT, run_directory

dmn_cli = AppGroup("dmn", help="决策表")


@dmn_cli.command("tck", with_appcontext=False)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--list", "listed", is_flag=True, help="逐条列出未答对的用例")
def tck_command(folder: Path, listed: bool) -> None:
    """运行 FOLDER 下的 DMN TCK 用例，列出答对、拒绝、答错的数目。有答错的以 1 退出。"""
    report = run_directory(folder)
    if listed:
        for case in report.cases:
            if case.status != RIGHT:
                click.echo(f"{case.status}  {case.folder}/{case.file} {case.id}：{case.note}")
    click.echo(f"right {report.right}  refused {report.refused}  wrong {report.wrong}")
    if report.wrong:
        raise SystemExit(1)
