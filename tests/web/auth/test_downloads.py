"""Handing out files: only to those entitled, never to a guessed link, each look in the trail."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import audit, clock
from app.core.actor import SYSTEM, Actor
from app.core.database import db
from app.core.transaction import transaction
from app.registers.files import access, service
from app.registers.files.accepted import Accepted
from app.registers.files.models import StoredFile
from tests.web.house_rules import HouseClient, Page

Login = Callable[..., object]


@pytest.fixture
def file_id(app: Flask, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(access, "_rules", {})

    @access.readers_of("application")
    def clerks(actor: Actor, file: StoredFile) -> bool:
        return actor.has("center_clerk")

    with app.app_context(), transaction():
        paper = Accepted("学历 证书.pdf", "application/pdf", b"%PDF-1.4 x %%EOF", pages=1)
        return service.keep(
            paper, owner_type="application", owner_id="RK-2026-0147", purpose="degree", actor=SYSTEM, now=clock.now()
        ).id


def test_the_entitled_get_it_as_a_download_and_the_look_is_written_down(
    app: Flask, client: HouseClient, login: Login, file_id: str
) -> None:
    login("center_clerk")
    answer = client.get(f"/files/{file_id}")
    assert answer.status_code == 200
    assert answer.data == b"%PDF-1.4 x %%EOF"
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "%E5%AD%A6%E5%8E%86" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    with app.app_context():
        entry = db.session.scalars(sa.select(audit.AuditEntry).where(audit.AuditEntry.action == "file.read_file")).one()
        assert entry.subject_id == file_id
        assert "RK-2026-0147" in entry.detail["note"]


@pytest.mark.parametrize("role", [None, "bureau_reviewer", "expert", "system_admin", "auditor"])
def test_to_all_others_there_is_no_such_file(
    client: HouseClient, login: Login, file_id: str, role: str | None
) -> None:
    if role is not None:
        login(role)
    refused = client.get(f"/files/{file_id}")
    guessed = client.get(f"/files/{file_id[:-1]}0")
    assert (refused.status_code, guessed.status_code) == (404, 404)
    assert Page(refused).text == Page(guessed).text


def test_a_deleted_file_is_gone_for_everybody(
    app: Flask, client: HouseClient, login: Login, file_id: str
) -> None:
    login("center_clerk")
    with app.app_context(), transaction():
        service.delete(db.session.get_one(StoredFile, file_id), "核验完毕", actor=SYSTEM, now=clock.now())
    assert client.get(f"/files/{file_id}").status_code == 404


def test_a_content_lost_from_the_disk_is_said_to_be_lost(
    app: Flask, client: HouseClient, login: Login, file_id: str
) -> None:
    login("center_clerk")
    with app.app_context():
        file = db.session.get_one(StoredFile, file_id)
        service.store().remove(file.sha256, file.id)
    answer = client.get(f"/files/{file_id}")
    assert answer.status_code == 404
    assert "从备份恢复" in answer.get_data(as_text=True)


def test_contents_do_not_lie_where_the_server_hands_out_static_files(app: Flask, file_id: str) -> None:
    assert app.static_folder is not None
    assert not service.store().folder.is_relative_to(app.static_folder)
