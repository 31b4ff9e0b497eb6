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


@demo_commands.command("load")
def load() -> None:
    """装入演示世界：单位、专家、人员和各阶段的办件；已装入的不再装。"""
    from app.web.demo.world import loading

    if loading.is_loaded():
        click.echo("演示数据已在，不再装入")
        return
    loading.load(lambda what: click.echo(f"  {what}"))
    initial.keep()
    click.echo("演示数据已装入")
