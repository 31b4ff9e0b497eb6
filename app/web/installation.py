"""What a new installation needs before anyone logs in: rule sets, working days, the shipped diagrams."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

import config
from app.core.actor import SYSTEM, Actor
from app.core.database import db
from app.core.transaction import transaction
from app.regulations import seed
from app.workflow.releases import shipped


def install(actor: Actor) -> list[str]:
    """Loads the shipped rule sets and working days and deploys the shipped diagrams; may be repeated.

    Gives the keys of the processes with the version now in force.
    """
    seed(db.session())
    db.session.flush()
    return [f"{found.key} v{found.version}" for found in shipped.deploy_shipped(config.ROOT, actor)]


@click.command("install")
@with_appcontext
def install_command() -> None:
    """装入规则集、工作日表和随产品发布的流程图；可以重复执行。"""
    with transaction():
        deployed = install(SYSTEM)
    click.echo("规则集和工作日表已装入")
    for line in deployed:
        click.echo(f"流程 {line}")
