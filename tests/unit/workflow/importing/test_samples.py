"""Files in the manner of each exporter: what is kept, what is translated, what is dropped, what must be chosen."""

from __future__ import annotations

import json

import pytest
from lxml import etree

import app.procedures.entry.operations  # noqa: F401 - fills the catalogue
from app.engine.xml import SPIFF, bpmn
from app.workflow.conformance.report import report
from app.workflow.conformance.surroundings import Surroundings
from app.workflow.forms import parse_form
from app.workflow.importing import Fate, ImportPlan, Offers, Wishes, plan
from app.workflow.importing.context import camunda
from tests.unit.workflow.importing.test_bad_files import FOREIGN, planned, sample


def node(found: ImportPlan, element_id: str) -> etree._Element:
    """An element of the diagram that the import makes."""
    root = etree.fromstring(found.parts.xml.encode())
    return next(one for one in root.iter() if one.get("id") == element_id)


def notes(found: ImportPlan, element_id: str) -> str:
    """What the report says of an element."""
    return "；".join(next(line for line in found.lines if line.element_id == element_id).notes)


def text(found: ImportPlan, element_id: str, name: str) -> str:
    """The text of the first part of an element with a BPMN name."""
    return next(one.text or "" for one in node(found, element_id).iter(bpmn(name)))


@pytest.mark.parametrize("path", sorted(FOREIGN.glob("*.bpmn")), ids=lambda path: path.stem)
def test_every_sample_gives_a_diagram_that_the_gate_can_read(path: object) -> None:
    found = planned(sample(getattr(path, "name", "")))
    told = report(found.parts.xml.encode(), Surroundings(forms=found.parts.forms, key=found.key))
    lines = {line.code: line.status for line in told.lines}
    assert (lines["file"], lines["schema"], lines["process"], lines["elements"]) == ("ok", "ok", "ok", "ok")


@pytest.mark.parametrize(
    ("name", "exporter", "key", "is_laid_out"),
    [
        ("camunda7_expense", "Camunda 7", "travel_expense", False),
        ("camunda8_device", "Camunda 8", "imported_process", False),
        ("spiffarena_purchase", "SpiffArena", "process_purchase_a1", False),
        ("signavio_room", "Signavio", "room_booking", False),
        ("flowable_contract", "Flowable", "contract_review", True),
        ("two_pools", "Camunda 7", "handling", True),
    ],
)
def test_the_exporter_the_key_and_the_picture_are_known(
    name: str, exporter: str, key: str, is_laid_out: bool
) -> None:
    found = planned(sample(f"{name}.bpmn"))
    assert (found.exporter, found.key, found.is_laid_out) == (exporter, key, is_laid_out)
    assert ("重新排布" in str(found.lines)) is is_laid_out


def test_camunda_7_keeps_people_and_translates_conditions() -> None:
    found = planned(sample("camunda7_expense.bpmn"))
    assert node(found, "Activity_boss").get(camunda("assignee")) == "=applicantBoss"
    assert node(found, "Activity_check").get(camunda("candidateGroups")) == "accounting,center_clerk"
    assert text(found, "Flow_big", "conditionExpression") == "amount > 7000 and approved"
    assert text(found, "Activity_check", "documentation") == "核对发票和行程。"
    assert "没有导入的扩展：camunda:taskListener" in notes(found, "Activity_check")
    assert 'bioc:fill="#bbdefb"' in found.parts.xml
    assert [need.key for need in found.needs] == [
        "group:accounting", "time:Activity_check", "form:approve_expense", "time:Event_late",
        "operation:Activity_pay",
    ]  # fmt: skip


def test_form_fields_of_camunda_7_become_a_form() -> None:
    found = planned(sample("camunda7_expense.bpmn"))
    schema = found.parts.forms["travel_expense/activity_check"]
    assert parse_form(schema, {})
    kinds = {part["key"]: part["type"] for part in json.loads(schema)["components"] if "key" in part}
    assert kinds == {"amount": "number", "approved": "checkbox", "kind": "select", "travelDay": "datetime"}


def test_what_was_chosen_is_written_and_no_longer_asked() -> None:
    choices = {
        "group:accounting": "bureau_reviewer", "time:Activity_check": "entry.formal_check_period",
        "time:Event_late": "entry.formal_check_period", "form:approve_expense": "blank",
        "operation:Activity_pay": "entry.close_withdrawn", "operation:Activity_other": "x",
    }  # fmt: skip
    found = plan(sample("camunda7_expense.bpmn"), Wishes(key="expense", choices=choices), Offers())
    task = node(found, "Activity_check")
    assert task.get(camunda("candidateGroups")) == "bureau_reviewer,center_clerk"
    assert task.get(camunda("dueDate")) == '=deadline("entry.formal_check_period", now())'
    assert text(found, "Event_late", "timeDate") == 'deadline("entry.formal_check_period", now())'
    assert node(found, "Activity_boss").get(camunda("formKey")) == "expense/approve_expense"
    assert parse_form(found.parts.forms["expense/approve_expense"], {})
    operator = next(node(found, "Activity_pay").iter(f"{{{SPIFF}}}serviceTaskOperator"))
    assert operator.get("id") == "entry.close_withdrawn"
    assert found.of(Fate.CHOOSE) == ()


def test_a_choice_that_is_not_offered_is_no_choice() -> None:
    found = planned(sample("camunda7_expense.bpmn"), **{"group:accounting": "king", "time:Event_late": "no.such"})
    assert {need.value for need in found.needs} == {""}
    assert text(found, "Event_late", "timeDuration") == "PT24H"


def test_camunda_8_forms_groups_scripts_and_decisions() -> None:
    found = planned(sample("camunda8_device.bpmn"))
    ask, rule, total = (node(found, key) for key in ("Activity_ask", "Activity_rule", "Activity_sum"))
    assert ask.get(camunda("candidateGroups")) == "center_clerk"
    assert ask.get(camunda("dueDate")) == '=deadline("entry.formal_check_period", now())'
    assert parse_form(found.parts.forms[str(ask.get(camunda("formKey")))], {})
    assert (rule.get(camunda("decisionRef")), rule.get(camunda("resultVariable"))) == ("device_quota", "quota")
    assert (total.get("scriptFormat"), total.get(camunda("resultVariable"))) == ("feel", "total")
    assert text(found, "Activity_sum", "script") == "quantity + 1"
    assert text(found, "F5", "conditionExpression") == "total <= quota"
    assert node(found, "Event_tell").tag == bpmn("serviceTask")
    assert "zeebe:taskHeaders" in notes(found, "Activity_book")


def test_spiffarena_lanes_give_the_groups() -> None:
    found = planned(sample("spiffarena_purchase.bpmn"), **{"lane:Lane_finance": "bureau_reviewer"})
    assert node(found, "Activity_fill").get(camunda("candidateGroups")) == "center_clerk"
    assert node(found, "Activity_review").get(camunda("candidateGroups")) == "bureau_reviewer"
    assert text(found, "Activity_fill", "documentation") == "请写明数量和单价。"
    assert "postScript" in notes(found, "Activity_fill")
    assert text(found, "Activity_total", "script") == "price * quantity"
    assert text(found, "Flow_d", "conditionExpression") == "total > 5000 and urgent = false"
    assert text(found, "TextAnnotation_1", "text") == "五千元以上由财务审核"
    assert node(found, "Participant_1").get("processRef") == found.key


def test_signavio_ids_speak_and_unknown_steps_become_tasks() -> None:
    found = planned(sample("signavio_room.bpmn"))
    assert "sid-" not in found.parts.xml
    assert node(found, "check_room").tag == bpmn("userTask")
    assert node(found, "confirm_booking").tag == bpmn("serviceTask")
    joined = next(one for one in etree.fromstring(found.parts.xml.encode()).iter(bpmn("sequenceFlow"))
                  if one.get("targetRef") == "booked")
    assert joined.get("sourceRef") == "confirm_booking"
    assert [line.what for line in found.of(Fate.DROPPED)] == ["抛出事件"]
    assert "要改写成 FEEL" in str(found.of(Fate.CHOOSE))


def test_what_the_engine_cannot_run_is_dropped_with_the_reason() -> None:
    found = planned(sample("flowable_contract.bpmn"))
    assert "不支持事件子流程" in notes(found, "watch")
    assert "watch" not in found.parts.xml
    assert node(found, "stamped").find(bpmn("messageEventDefinition")) is not None
    assert text(found, "sign", "loopDataInputRef") == "signers"
    assert text(found, "sign", "completionCondition") == "nrOfCompletedInstances / nrOfInstances >= 0.5"
    assert "要改写成 FEEL" in notes(found, "number")
    assert "flowable:in" in notes(found, "archive")


def test_of_two_pools_one_is_imported_and_the_other_named() -> None:
    found = planned(sample("two_pools.bpmn"))
    assert found.processes == (("asking", "申请人"), ("handling", "受理方"))
    assert {line.name for line in found.of(Fate.DROPPED)} >= {"申请人", "外部单位"}
    flow = next(one for one in etree.fromstring(found.parts.xml.encode()).iter(bpmn("sequenceFlow"))
                if one.get("targetRef") == "handled")
    assert flow.get("sourceRef") == "handle"  # across the pair of link events
    other = plan(sample("two_pools.bpmn"), Wishes(process="asking"), Offers())
    assert (other.process, other.key) == ("asking", "asking")


def test_a_form_and_a_process_of_ours_can_be_taken() -> None:
    form = json.dumps({"type": "default", "id": "f", "components": []})
    offers = Offers(forms={"leave/ask": form}, processes={"file_it": "归档"})
    choices = {"form:sign_form": "copy:leave/ask", "process:archive": "file_it"}
    found = plan(sample("flowable_contract.bpmn"), Wishes(choices=choices), offers)
    assert found.parts.forms == {"contract_review/sign_form": form}
    assert node(found, "archive").get("calledElement") == "file_it"
