"""`flask audit …`: proving the trail from the shell, and anchors to keep elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from app.core import audit

audit_commands = AppGroup("audit", help="校验操作留痕；签出留在库外的锚点")


@audit_commands.command("verify")
@click.option(
    "--anchors", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="锚点文件，每行一个 JSON，即 flask audit anchor 的输出",
)
def verify(anchors: Path | None) -> None:
    """逐条校验整条链，列出每一处断点；有断点则退出码为 1。"""
    breaks = list(audit.verify())
    if anchors is not None:
        lines = [line for line in anchors.read_text(encoding="utf-8").splitlines() if line.strip()]
        breaks += [found for line in lines if (found := audit.check_anchor(json.loads(line))) is not None]
    for found in breaks:
        click.echo(f"第 {found.seq} 条：{found.what}")
    if breaks:
        click.echo(f"共 {len(breaks)} 处断点：留痕与当初写下的不符", err=True)
        raise SystemExit(1)
    head = audit.anchor()
    click.echo(f"留痕完整：共 {head['seq']} 条，链头 {head['hash']}")


@audit_commands.command("anchor")
def anchor() -> None:
    """输出签名的链头（一行 JSON），每天追加到本机以外的文件。"""
    click.echo(json.dumps(audit.anchor(), ensure_ascii=False, sort_keys=True))
