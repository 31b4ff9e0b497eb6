"""What the editors of the studio offer: everything that a diagram may name, in Chinese, as it is today."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.core.actor import Actor
from app.core.transaction import transaction
from app.identity import roles
from app.operations import catalogue
from app.workflow import definitions
from app.workflow.releases import drafts, shipped
from tests.conftest import person
from tests.web.house_rules import HouseClient

ROOT = Path(__file__).resolve().parents[3]
URL = "/studio/catalogue.json"
OWNER = Actor(user_id=990001, name="许砚秋", roles=frozenset({roles.PROCESS_OWNER}))


@pytest.fixture
def app(sqlite_app: Flask) -> Flask:
    """The application with the shipped processes and an owner."""
    with sqlite_app.app_context():
        with transaction():
            shipped.deploy_shipped(ROOT, OWNER)
        person(roles.PROCESS_OWNER)
    return sqlite_app


@pytest.fixture
def client(client: HouseClient) -> HouseClient:
    """The browser of the owner."""
    client.post("/demo/enter", data={"role": roles.PROCESS_OWNER})
    return client


def offered(client: HouseClient, query: str = "") -> dict[str, Any]:
    """The catalogue as an owner's editor gets it."""
    answer = client.get(URL + query)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def test_every_operation_is_offered_with_its_inputs(client: HouseClient) -> None:
    operations = {entry["name"]: entry for entry in offered(client)["operations"]}
    assert set(operations) == {entry.name for entry in catalogue}
    formal = operations["entry.record_formal_check"]
    assert formal["label"] == "登记形式审查"
    outcome = next(field for field in formal["inputs"] if field["name"] == "outcome")
    assert outcome["required"]
    assert "supplement" in outcome["choices"]
    assert "supplement" in outcome["help"]


def test_groups_parameters_and_functions_are_named_in_chinese(client: HouseClient) -> None:
    found = offered(client)
    assert {group["key"]: group["label"] for group in found["groups"]} == roles.LABELS
    period = next(entry for entry in found["parameters"] if entry["key"] == "publicity.period")
    assert (period["label"], period["unit"], period["article"]) == ("公示期", "个工作日", "第十二条（三）")
    assert period["is_period"]
    assert not next(entry for entry in found["parameters"] if entry["key"] == "entry.directions")["is_period"]
    names = [function["name"] for function in found["functions"]]
    assert {"deadline", "working days after", "now", "string length", "sum"} <= set(names)
    assert names.index("deadline") < names.index("sum")
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in entry["doc"]) for entry in found["functions"])


def test_a_process_brings_its_forms_tables_and_messages(client: HouseClient) -> None:
    found = offered(client, "?process=expert_entry")
    assert "expert_entry/formal_check" in found["forms"]
    assert {"id": "article_11", "table": "article_11.dmn"}.items() <= found["decisions"][0].items()
    assert "application_withdrawn" in found["messages"]
    assert {"panel_selection", "invitation"} <= {entry["key"] for entry in found["processes"]}
    assert "selection.conditions" in found["pages"]


def test_a_draft_brings_its_own_and_tells_which_operation_is_gone(app: Flask, client: HouseClient) -> None:
    with app.app_context():
        with transaction():
            draft = drafts.begin("expert_entry", OWNER)
            draft.xml = draft.xml.replace("entry.run_precheck", "entry.run_old_check")
            draft.forms = {**draft.forms, "expert_entry/second_review": "{}"}
        draft_id = draft.id
    found = offered(client, f"?draft={draft_id}")
    assert "expert_entry/second_review" in found["forms"]
    assert [entry["name"] for entry in found["operations"] if entry["retired"]] == ["entry.run_old_check"]


def test_without_a_draft_no_decision_is_offered(app: Flask, client: HouseClient) -> None:
    assert offered(client)["decisions"] == []
    with app.app_context():
        assert definitions.latest("expert_entry").tables


def test_an_unknown_draft_or_process_is_not_there(client: HouseClient) -> None:
    assert client.get(f"{URL}?draft=999999").status_code == 404
    assert client.get(f"{URL}?process=nothing").status_code == 404


def test_the_legal_steps_that_the_leader_may_stand_for_are_offered(client: HouseClient) -> None:
    legal = {one["value"]: one["label"] for one in offered(client, "?process=expert_entry")["legal"]}
    assert legal["publicity_over"] == "公示期满（第十二条（三））"
    assert "unqualified" not in legal, "what bars a way is no step that anybody could stand for"
    assert offered(client)["legal"] == []
