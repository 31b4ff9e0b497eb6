"""`flask workdays` in the shell: no database is touched."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from click.testing import Result
from flask import Flask

import config
from app.factory import create_app


@pytest.fixture(scope="module")
def without_database() -> Flask:
    """An application whose database does not exist and cannot be reached."""
    return create_app(config.Testing, SQLALCHEMY_DATABASE_URI="postgresql+psycopg://nobody@127.0.0.1:1/nothing")


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["workdays", *arguments])


@pytest.mark.parametrize(
    ("arguments", "output"),
    [
        (("add", "2026-02-13", "5"), "2026-02-27 周五\n"),
        (("add", "2026-09-30", "5"), "2026-10-13 周二\n"),
        (("add", "2026-12-24", "5"), "2026-12-31 周四\n"),
        (("add", "2026-12-24", "15"), "2027-01-15 周五 暂定\n"),
        (("between", "2026-02-13", "2026-02-27"), "5\n"),
        (("between", "2026-12-24", "2027-01-15"), "15 暂定\n"),
    ],
)
def test_counts(without_database: Flask, arguments: tuple[str, ...], output: str) -> None:
    result = run(without_database, *arguments)
    assert (result.exit_code, result.output) == (0, output)


def test_lists_the_days_one_by_one(without_database: Flask) -> None:
    lines = run(without_database, "add", "2026-02-13", "2", "--days").output.splitlines()
    assert lines[0] == "  2026-02-13 周五 不计"
    assert lines[1] == "  2026-02-14 周六 第 1（春节，调休上班）"
    assert lines[2] == "  2026-02-15 周日 休（春节）"
    assert lines[-1] == "2026-02-24 周二"


def test_checks_an_official_year(without_database: Flask) -> None:
    result = run(without_database, "check", "2026")
    assert result.exit_code == 0
    assert result.output.startswith("2026 年：工作日 248 天\n")
    assert result.output.count("调休上班") == 6
    assert "国办发明电〔2025〕7号" in result.output


def test_a_year_without_notice_is_said_to_be_guessed(without_database: Flask) -> None:
    result = run(without_database, "check", "2027")
    assert result.exit_code == 1
    assert "暂定" in result.output


def test_a_wrong_date_is_named(without_database: Flask) -> None:
    result = run(without_database, "add", "13.2.2026", "5")
    assert result.exit_code == 2
    assert "“13.2.2026”不是日期，应写作 2026-02-13" in result.output


def test_works_in_a_bare_shell_without_secrets_or_settings() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZHIKU_")}
    command = [sys.executable, "-m", "flask", "workdays", "add", "2026-12-24", "15"]
    done = subprocess.run(command, cwd=config.ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "2027-01-15 周五 暂定\n"), done.stderr
