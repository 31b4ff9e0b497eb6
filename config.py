"""Settings by environment; no number of the regulation (those are parameters of the rule set)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
#: Secrets that were ever printed in this repository: production refuses them.
PUBLISHED_SECRETS = frozenset({"demo-only-secret-key-not-for-production", "demo-only-data-key-not-for-production", ""})


class Config:
    """What every environment shares. Values come from `ZHIKU_*` variables."""

    MODE = "production"
    SECRET_KEY = os.environ.get("ZHIKU_SECRET_KEY", "")
    DATA_KEY = os.environ.get("ZHIKU_DATA_KEY", "")
    SQLALCHEMY_DATABASE_URI = os.environ.get("ZHIKU_DATABASE_URL", f"sqlite:///{ROOT / 'instance' / 'zhiku.sqlite3'}")
    REDIS_URL = os.environ.get("ZHIKU_REDIS_URL", "")
    PUBLIC_URL = os.environ.get("ZHIKU_PUBLIC_URL", "http://127.0.0.1:8000")
    UPLOAD_FOLDER = os.environ.get("ZHIKU_UPLOADS", str(ROOT / "instance" / "uploads"))
    MOVABLE_CLOCK = False
    EMBEDDED_SCHEDULER = os.environ.get("ZHIKU_EMBEDDED_SCHEDULER", "") == "1"
    MAX_CONTENT_LENGTH = 32 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 2 * 1024 * 1024
    BOOTSTRAP_SERVE_LOCAL = True
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = True
    PERMANENT_SESSION_LIFETIME = 15 * 60
    WTF_CSRF_TIME_LIMIT = None
    RATELIMIT_STORAGE_URI = os.environ.get("ZHIKU_REDIS_URL", "") or "memory://"
    RATELIMIT_IN_MEMORY_FALLBACK_ENABLED = True
    MANAGERS_NEED_SECOND_FACTOR = os.environ.get("ZHIKU_MANAGERS_NEED_SECOND_FACTOR", "") == "1"
    TRUSTED_PROXIES = int(os.environ.get("ZHIKU_TRUSTED_PROXIES", "0"))
    MAIL_HOST = os.environ.get("ZHIKU_MAIL_HOST", "")
    MAIL_PORT = int(os.environ.get("ZHIKU_MAIL_PORT", "25"))
    MAIL_USER = os.environ.get("ZHIKU_MAIL_USER", "")
    MAIL_PASSWORD = os.environ.get("ZHIKU_MAIL_PASSWORD", "")
    MAIL_STARTTLS = os.environ.get("ZHIKU_MAIL_STARTTLS", "") == "1"
    MAIL_FROM = os.environ.get("ZHIKU_MAIL_FROM", "zhiku@example.cn")
    SMS_URL = os.environ.get("ZHIKU_SMS_URL", "")
    SMS_TOKEN = os.environ.get("ZHIKU_SMS_TOKEN", "")
    #: By this the gateway proves that a report of delivery is its own; without it no report is taken.
    SMS_REPORT_TOKEN = os.environ.get("ZHIKU_SMS_REPORT_TOKEN", "")
    #: The centre's duty officer, who notes answers of experts by telephone; pages leave it out where it is not set.
    DUTY_PHONE = os.environ.get("ZHIKU_DUTY_PHONE", "")


class Production(Config):
    """Real service: PostgreSQL, secrets from the environment, a fixed clock, no demo."""


class Demo(Config):
    """`make run`: embedded SQLite, invented people, one-click log-in, movable clock."""

    MODE = "demo"
    SECRET_KEY = os.environ.get("ZHIKU_SECRET_KEY", "demo-only-secret-key-not-for-production")
    DATA_KEY = os.environ.get("ZHIKU_DATA_KEY", "demo-only-data-key-not-for-production")
    MOVABLE_CLOCK = True
    EMBEDDED_SCHEDULER = os.environ.get("ZHIKU_EMBEDDED_SCHEDULER", "1") == "1"
    SESSION_COOKIE_SECURE = False
    PERMANENT_SESSION_LIFETIME = 12 * 3600
    DEMO_START = "2026-03-02T09:00:00+08:00"
    DUTY_PHONE = os.environ.get("ZHIKU_DUTY_PHONE", "0351-0000000")


class Testing(Demo):
    """Tests: as the demo, without background threads; the database is given by the fixture."""

    MODE = "testing"
    TESTING = True
    EMBEDDED_SCHEDULER = False
    SQLALCHEMY_DATABASE_URI = "sqlite://"
    RATELIMIT_ENABLED = False


class Offline(Config):
    """Commands that touch neither database nor personal data, and so need neither address nor secret."""

    MODE = "offline"
    SQLALCHEMY_DATABASE_URI = "sqlite://"
    EMBEDDED_SCHEDULER = False


#: What `Offline` is for: `flask workdays`, `flask process check`, `flask dmn tck`.
OFFLINE_COMMANDS = frozenset({"workdays", "process", "dmn"})

BY_MODE = {"production": Production, "demo": Demo, "testing": Testing}


def from_environment() -> type[Config]:
    """The configuration that `ZHIKU_MODE` names; production unless said otherwise, or an offline command is run."""
    by_flask = Path(sys.argv[0]).name in ("flask", "__main__.py")
    if by_flask and not OFFLINE_COMMANDS.isdisjoint(sys.argv[1:4]):
        return Offline
    return BY_MODE[os.environ.get("ZHIKU_MODE", "production")]
