"""`flask accounts …`: the first administrators of a new installation, who then open all other accounts."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from app.core import clock
from app.core.actor import SYSTEM
from app.core.errors import UserError
from app.core.transaction import transaction
from app.identity import accounts, roles
from app.identity.accounts import Person

accounts_commands = AppGroup("accounts", help="新装系统的首批管理员账号")


@accounts_commands.command("open-first")
@click.argument("role", type=click.Choice(sorted(roles.ADMINISTRATORS)))
@click.argument("login")
@click.argument("name")
def open_first(role: str, login: str, name: str) -> None:
    """为还没有人担任的 ROLE 开立第一个账号，并输出首次登录链接（只能用一次）。"""
    now = clock.now()
    try:
        with transaction():
            if accounts.users_in_role(role):
                raise UserError(f"已有{roles.label(role)}，由他在页面上开立其他账号")
            opened = accounts.open_account(Person(login=login, name=name), actor=SYSTEM, now=now)
            accounts.grant_roles(accounts.get(opened.user_id), {role}, actor=SYSTEM, now=now)
    except UserError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{current_app.config['PUBLIC_URL']}{opened.link_path}")
