"""Hangs blueprints, commands and request hooks on the application."""

from __future__ import annotations

from flask import Flask

from app.web import (
    activities,
    admin,
    apply,
    approvals,
    audit,
    auth,
    cases,
    certificates,
    deputies,
    draws,
    experts,
    files,
    forms,
    inbox,
    incidents,
    invitations,
    messages,
    mine,
    objections,
    outbox,
    processes,
    public,
    publicity,
    reveal,
    room,
    rules,
    security,
    sms,
    status,
    studio,
    tasks,
    texts,
    verify,
)
from app.web.about import about
from app.web.cli.accounts import accounts_commands
from app.web.cli.audit import audit_commands
from app.web.cli.dmn import dmn_cli
from app.web.cli.draw import draw_commands
from app.web.cli.process import process_cli
from app.web.cli.workdays import workdays_cli
from app.web.error_pages import register_error_pages
from app.web.home import home
from app.web.installation import install_command
from app.web.pages import register_pages
from app.web.preferences import preferences


def register_web(app: Flask) -> None:
    """Registers every blueprint and command group of the web layer."""
    register_pages(app)
    forms.register(app)
    register_error_pages(app)
    security.register(app)
    auth.register(app)
    files.register(app)
    admin.register(app)
    audit.register(app)
    reveal.register(app)
    for area in (
        inbox, tasks, cases, experts, outbox, incidents, messages, processes, public, mine, apply,
        publicity, objections, status, rules, texts, studio, room, activities, certificates, verify,
        draws, sms, deputies, invitations, approvals,
    ):
        area.register(app)
    app.cli.add_command(audit_commands)
    app.cli.add_command(workdays_cli)
    app.cli.add_command(process_cli)
    app.cli.add_command(dmn_cli)
    app.cli.add_command(accounts_commands)
    app.cli.add_command(draw_commands)
    app.cli.add_command(install_command)
    for blueprint in (home, about, preferences):
        app.register_blueprint(blueprint)
    if app.config["MODE"] != "production":
        from app.web.demo import demo, mailbox  # noqa: F401 - its route hangs on the blueprint
        from app.web.demo.commands import demo_commands

        app.register_blueprint(demo)
        app.cli.add_command(demo_commands)
