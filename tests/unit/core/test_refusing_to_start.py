"""Production refuses to start with anything that belongs to the demo."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import config
from app.core import clock
from app.factory import UnsafeConfiguration, create_app, refuse_unsafe

SAFE = {"SECRET_KEY": "s" * 40, "DATA_KEY": "d" * 40}


def start(tmp_path: Path, **overrides: Any) -> Flask:
    settings = {"SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'zhiku.sqlite3'}", "UPLOAD_FOLDER": str(tmp_path)}
    return create_app(config.Production, **{**settings, **SAFE, **overrides})


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"SECRET_KEY": ""}, "ZHIKU_SECRET_KEY"),
        ({"SECRET_KEY": config.Demo.SECRET_KEY}, "ZHIKU_SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "ZHIKU_SECRET_KEY"),
        ({"DATA_KEY": "demo-only-data-key-not-for-production"}, "ZHIKU_DATA_KEY"),
        ({"DATA_KEY": "s" * 40}, "must differ"),
        ({"SMS_REPORT_TOKEN": "guess"}, "ZHIKU_SMS_REPORT_TOKEN"),
        ({"MOVABLE_CLOCK": True}, "movable clock"),
        ({"DEMO_START": "2026-03-02T09:00:00+08:00"}, "demo mode"),
    ],
)
def test_production_refuses(tmp_path: Path, overrides: dict[str, Any], words: str) -> None:
    with pytest.raises(UnsafeConfiguration, match=words):
        start(tmp_path, **overrides)


def test_the_demo_is_left_alone() -> None:
    app = Flask("demo")
    app.config.from_object(config.Demo)
    refuse_unsafe(app)


def test_production_starts_with_secrets_of_its_own_and_cannot_move_its_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = start(tmp_path)
    assert app.config["SESSION_COOKIE_SECURE"] is True
    assert not clock.is_movable()
    with pytest.raises(clock.ClockFixed):
        clock.set_offset(timedelta(hours=2))
    assert not any(rule.endpoint.startswith("demo.") for rule in app.url_map.iter_rules())
