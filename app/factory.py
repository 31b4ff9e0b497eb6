"""The composition root: the only place that knows every part and puts them together."""

from __future__ import annotations

import importlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import Migrate

import config as settings
from app.core import audit, clock, crypto
from app.core.database import db, prepare_sqlite
from app.notices import settings as notice_settings

#: Packages whose models the database holds; imported so that migrations see them.
MODEL_MODULES = (
    "app.core.audit",
    "app.core.settings",
    "app.regulations.models",
    "app.identity.models",
    "app.notices.models",
    "app.registers.models",
    "app.registers.files.models",
    "app.workflow.models",
    "app.workflow.participation",
    "app.workflow.migration.models",
    "app.workflow.room.models",
    "app.workflow.releases.models",
    "app.workflow.trial.models",
    "app.procedures.entry.models",
    "app.procedures.publicity.models",
    "app.procedures.objection.models",
    "app.procedures.selection.models",
)

#: Operations reach the catalogue by being imported.
OPERATION_MODULES = (
    "app.procedures.entry.operations",
    "app.procedures.publicity.operations",
    "app.procedures.objection.operations",
    "app.procedures.selection.operations",
)


class UnsafeConfiguration(RuntimeError):
    """Production was to start with demo settings, a known secret or a movable clock."""


def create_app(configuration: type[settings.Config] | None = None, **overrides: Any) -> Flask:
    """Builds the application from a configuration class; `overrides` replace single settings (tests).

    :raises UnsafeConfiguration: if production would start unsafely.
    """
    app = Flask(
        "app", root_path=str(Path(__file__).parent), template_folder="web/templates", static_folder="web/static",
        instance_path=str(settings.ROOT / "instance"),
    )
    app.config.from_object(configuration or settings.from_environment())
    app.config.update(overrides)
    refuse_unsafe(app)
    _configure_core(app)
    _configure_database(app)
    for name in OPERATION_MODULES:
        importlib.import_module(name)
    from app.jobs.due import run_until_quiet
    from app.jobs.health import health
    from app.web.setup import register_web

    # web and jobs do not know each other: the movable clock of the demo and the page of health get at them by this.
    app.extensions["run_until_quiet"] = run_until_quiet
    app.extensions["background_health"] = health
    register_web(app)
    return app


def refuse_unsafe(app: Flask) -> None:
    """Stops production from starting with anything that belongs to the demo.

    :raises UnsafeConfiguration: says which setting and what to do.
    """
    if app.config["MODE"] != "production":
        return
    for key, variable in (("SECRET_KEY", "ZHIKU_SECRET_KEY"), ("DATA_KEY", "ZHIKU_DATA_KEY")):
        if app.config[key] in settings.PUBLISHED_SECRETS or len(app.config[key]) < 32:
            raise UnsafeConfiguration(f"{variable} is missing, published or shorter than 32 characters: set your own")
    if app.config["SECRET_KEY"] == app.config["DATA_KEY"]:
        raise UnsafeConfiguration("ZHIKU_SECRET_KEY and ZHIKU_DATA_KEY must differ")
    if 0 < len(app.config["SMS_REPORT_TOKEN"]) < 32:
        raise UnsafeConfiguration("ZHIKU_SMS_REPORT_TOKEN is shorter than 32 characters: anybody could guess it")
    if app.config["MOVABLE_CLOCK"] or app.config.get("DEMO_START"):
        raise UnsafeConfiguration("production refuses demo mode and the movable clock")


def _configure_core(app: Flask) -> None:
    clock.allow_moving(app.config["MOVABLE_CLOCK"])
    keyring = crypto.keyring_from_secret(app.config["DATA_KEY"] or "no database command")
    crypto.configure(keyring)
    audit.configure(keyring.index_key)
    notice_settings.configure(notice_settings.from_configuration(app.config))


def _configure_database(app: Flask) -> None:
    Path(app.instance_path).mkdir(parents=True, exist_ok=True)
    for name in MODEL_MODULES:
        importlib.import_module(name)
    db.init_app(app)
    Migrate(app, db, directory=str(Path(__file__).parent / "migrations"), render_as_batch=True)
    with app.app_context():
        prepare_sqlite(db.engine)
        if app.config["MOVABLE_CLOCK"] and app.config["MODE"] == "demo":
            _restore_clock()


def _restore_clock() -> None:
    from app.core.settings import stored

    if sa.inspect(db.engine).has_table("setting"):
        seconds = stored("clock.offset_seconds")
        clock.set_offset(timedelta(seconds=float(seconds)) if seconds is not None else timedelta())
    db.session.rollback()
