"""What the demo shows of the studio: a version, a parameter and a notice that wait for somebody, a case that stands."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.database import db
from app.identity import accounts
from app.identity.models import User
from app.notices import texts
from app.regulations import changes
from app.web.demo.world import second_look, studio_story
from app.workflow.models import Instance
from app.workflow.parts import Parts
from app.workflow.releases import checking, drafts, publishing, queries

_ROOT = Path(__file__).parents[3]


def shipped() -> Parts:
    """The parts of the process as the product ships them."""
    key = studio_story.KEY
    forms = {f"{key}/{file.stem}": file.read_text() for file in (_ROOT / "forms" / key).glob("*.form")}
    diagram = (_ROOT / "processes" / "bpmn" / f"{key}.bpmn").read_text()
    return Parts(diagram, {}, forms, (_ROOT / "processes" / "scenarios" / f"{key}.yaml").read_text())


def test_the_version_that_waits_passes_its_check(app: Flask) -> None:
    with app.app_context():
        report = checking.report_of(studio_story.KEY, second_look.added_to(shipped()))
    assert {line.title: line.findings for line in report.lines if line.findings} == {}


def test_a_diagram_that_has_become_another_is_not_changed() -> None:
    with pytest.raises(LookupError, match="record_investigation"):
        second_look.added_to(Parts(shipped().xml.replace("record_investigation", "note_investigation")))


def test_the_second_owner_finds_everything_that_waits(world_app: Flask) -> None:
    with world_app.app_context():
        second = db.session.scalars(sa.select(User).where(User.login == "xuyanqiu")).one()
        actor = accounts.actor_of(second, None)
        (waiting,) = queries.waiting_for(actor)
        assert (waiting.key, publishing.why_not_approve(waiting, actor)) == (studio_story.KEY, None)
        assert drafts.active("expert_entry") is None
        (period,) = changes.waiting()
        assert (period.row.key, period.row.proposed_by_name) == ("entry.publish_period", "沈望舒")
        assert [row.status for row in texts.versions()] == ["proposed"]
        standing = sa.select(Instance.title).where(sa.text("status = 'suspended'"))
        assert db.session.scalars(standing).all() == ["乐小海　入库申请"]
