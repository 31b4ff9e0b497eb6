"""Versions: the same content is one version, a change is the next, and each pins what belongs to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.core.actor import SYSTEM
from app.core.database import db
from app.core.errors import NotFound
from app.engine import DefinitionRefused
from app.workflow import definitions
from app.workflow.models import Definition, Spec
from app.workflow.releases import shipped
from tests.services.workflow.world import World, in_transaction, three_steps
from tests.unit.engine import diagrams as d

ROOT = Path(__file__).resolve().parents[3]


def _form(label: str) -> str:
    field = {"type": "datetime", "id": "on", "key": "received_on", "dateLabel": label, "subtype": "date"}
    return json.dumps({"type": "default", "schemaVersion": 19, "id": "form", "components": [field]})


def _simple(name: str = "work") -> bytes:
    return d.diagram("simple", [d.start(), d.user(name), d.end()], [f"begin > {name}", f"{name} > done"])


def _deploy(world: World, bpmn: bytes, label: str = "收到日期") -> int:
    def act() -> int:
        forms = {"test/work": _form(label), "test/unused": _form(label)}
        return definitions.deploy("simple", bpmn, {}, forms, None, world["owner"]).version

    return in_transaction(act)


@pytest.fixture
def world(light_world: World) -> World:
    """On SQLite: nothing here depends on the database."""
    return light_world


def test_the_same_content_is_the_same_version(world: World) -> None:
    assert [_deploy(world, _simple()), _deploy(world, _simple())] == [1, 1]


def test_a_changed_form_is_a_new_version_of_the_same_specification(world: World) -> None:
    assert [_deploy(world, _simple()), _deploy(world, _simple(), "送达日期")] == [1, 2]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Spec)) == 1
    states = db.session.scalars(sa.select(Definition.state).order_by(Definition.version))
    assert list(states) == ["retired", "published"]


def test_a_version_pins_the_forms_it_uses_and_no_others(world: World) -> None:
    _deploy(world, _simple())
    version = definitions.latest("simple")
    assert set(version.forms) == {"test/work"}
    assert version.variable_types == {"received_on": "date"}
    assert [one.version for one in definitions.versions("simple")] == [1]


def test_the_outline_says_who_does_what(world: World) -> None:
    _deploy(world, _simple())
    row = definitions.latest("simple")
    work = definitions.view(row.id, row.spec_hash).elements["work"]
    assert (work.kind, work.groups, work.form_key) == ("userTask", ("center_clerk",), "test/work")


def test_what_the_gate_refuses_is_not_published(world: World) -> None:
    with pytest.raises(DefinitionRefused) as refusal:
        in_transaction(lambda: definitions.deploy("simple", _simple(), {}, {}, None, world["owner"]))
    assert [finding.code for finding in refusal.value.findings] == ["unknown_form"]
    with pytest.raises(NotFound):
        definitions.latest("simple")


def test_a_diagram_that_calls_another_pins_its_text(world: World) -> None:
    world.deploy("three_steps", three_steps())
    call = d.node("callActivity", "inner", 'calledElement="three_steps"')
    world.deploy("outer", d.diagram("outer", [d.start(), call, d.end()], ["begin > inner", "inner > done"]))
    assert set(definitions.latest("outer").called) == {"three_steps"}
    case = world.start("outer")
    assert world.open(case) == ["submit"]
    world.complete(case, "submit", "clerk")
    assert world.open(case) == ["review"]


def test_what_is_shipped_is_deployed_once(world: World) -> None:
    first = in_transaction(lambda: [row.id for row in shipped.deploy_shipped(ROOT, SYSTEM)])
    again = in_transaction(lambda: [row.id for row in shipped.deploy_shipped(ROOT, SYSTEM)])
    assert first == again
    files = {path.stem for path in (ROOT / "processes" / "bpmn").glob("*.bpmn")}
    assert {row.key for row in definitions.current()} == files
