"""The demo from the shell: `flask demo keep` and `flask demo restore`; the loader of the world adds `load`."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.core.errors import UserError
from app.web.demo import initial

demo_commands = AppGroup("demo", help="演示数据")


@demo_commands.command("keep")
def keep() -> None:
    """把现在的数据存为初始数据。"""
    initial.keep()
    click.echo("已存为初始数据")


@demo_commands.command("restore")
def restore() -> None:
    """恢复初始数据。"""
    try:
        initial.restore()
    except UserError as refused:
        raise click.ClickException(refused.message) from refused
    click.echo("已恢复初始数据")
