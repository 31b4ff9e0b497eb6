"""`flask draw …`: checks a certificate as anybody can, and besides the signature of this installation."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.draw import verify_certificate
from app.procedures.selection.queries.certificates import signature_fault

draw_commands = AppGroup("draw", help="核验抽取证书")


@draw_commands.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--auditor", is_flag=True, help="要求是审计副本：名单中的代号须与所附编号一致")
def verify(file: Path, auditor: bool) -> None:
    """核验 FILE 的抽取过程，并核对本系统的签名；有一处不相符则退出码为 1，先说第一处。"""
    content = file.read_bytes()
    report = verify_certificate.verify(content, auditor=auditor)
    for line in report.messages:
        click.echo(line)
    if not report.ok:
        raise SystemExit(1)
    fault = signature_fault(verify_certificate.read(content))
    click.echo(f"签名核对不通过：{fault}" if fault else "签名核对通过：由本系统签发，签发后没有改动")
    if fault:
        raise SystemExit(1)
