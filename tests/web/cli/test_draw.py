"""`flask draw verify`: the draw by the one-file verifier, and the signature of this installation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

import config
from app.factory import create_app
from app.procedures.selection.queries import certificates
from tests.unit.draw.certificates import VECTORS


@pytest.fixture(scope="module")
def without_database() -> Flask:
    """An application whose database does not exist and cannot be reached."""
    return create_app(config.Testing, SQLALCHEMY_DATABASE_URI="postgresql+psycopg://nobody@127.0.0.1:1/nothing")


@pytest.fixture
def certificate(without_database: Flask) -> dict[str, Any]:
    """A certificate that holds, signed by this installation."""
    with without_database.app_context():
        return certificates.signed(next(one for one in VECTORS if one["panel"]))


def run(app: Flask, document: object, folder: Path, *options: str) -> Result:
    path = folder / "certificate.json"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return app.test_cli_runner().invoke(args=["draw", "verify", *options, str(path)])


def test_a_certificate_of_this_house_holds(
    without_database: Flask, certificate: dict[str, Any], tmp_path: Path
) -> None:
    done = run(without_database, certificate, tmp_path)
    assert done.exit_code == 0, done.output
    assert "核验通过" in done.output
    assert "签名核对通过" in done.output


def test_an_altered_draw_is_named_before_its_signature(
    without_database: Flask, certificate: dict[str, Any], tmp_path: Path
) -> None:
    done = run(without_database, {**certificate, "panel": []}, tmp_path)
    assert done.exit_code == 1
    assert "核验不通过：评审" in done.output
    assert "签名" not in done.output


def test_what_the_draw_does_not_cover_the_signature_does(
    without_database: Flask, certificate: dict[str, Any], tmp_path: Path
) -> None:
    done = run(without_database, {**certificate, "committed_at": "2026-01-01T00:00:00Z"}, tmp_path)
    assert done.exit_code == 1
    assert "核验通过" in done.output
    assert "签名核对不通过：签名与内容不一致" in done.output


def test_a_certificate_of_another_house_is_told_as_unsigned(
    without_database: Flask, certificate: dict[str, Any], tmp_path: Path
) -> None:
    unsigned = {name: value for name, value in certificate.items() if name != "signature"}
    done = run(without_database, unsigned, tmp_path)
    assert done.exit_code == 1
    assert "签名核对不通过：没有签名" in done.output


def test_a_public_certificate_is_no_auditors_copy(
    without_database: Flask, certificate: dict[str, Any], tmp_path: Path
) -> None:
    done = run(without_database, certificate, tmp_path, "--auditor")
    assert done.exit_code == 1
    assert "审计副本" in done.output
