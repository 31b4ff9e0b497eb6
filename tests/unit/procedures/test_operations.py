"""The operations that the shipped diagrams name: their names are contracts, their inputs typed, their words Chinese."""

from __future__ import annotations

import importlib

import pytest

from app.factory import OPERATION_MODULES
from app.operations import catalogue

for module in OPERATION_MODULES:
    importlib.import_module(module)

CONTRACT = {
    "entry.run_precheck": set(),
    "entry.record_precheck": {"findings"},
    "entry.record_formal_check": {"outcome", "missing", "opinion"},
    "entry.request_supplement": {"missing", "opinion", "deliver_by"},
    "entry.mark_lapsed": set(),
    "entry.record_qualification_review": {"outcome", "route", "opinion"},
    "entry.record_confirmation": {"outcome", "opinion"},
    "entry.check_age_at_appointment": set(),
    "entry.appoint_expert": set(),
    "entry.refuse_application": {"grounds", "reasons"},
    "entry.close_withdrawn": {"reason"},
    "publicity.open_period": {"batch_no"},
    "publicity.close_period": {"batch_no"},
    "objection.acknowledge_receipt": set(),
    "objection.assess_admissibility": set(),
    "objection.record_acceptance": {"outcome", "reason"},
    "objection.deem_accepted": set(),
    "objection.record_investigation": {"report", "suggestion"},
    "objection.warn_handlers": {"level"},
    "objection.escalate_overdue": set(),
    "objection.record_decision": {"outcome", "reasons"},
    "objection.notify_parties": set(),
    "objection.settle_candidate": set(),
    "selection.resume": set(),
    "selection.submit_conditions": set(),
    "selection.record_conditions_approval": {"outcome", "reason"},
    "selection.lock_conditions": set(),
    "selection.record_contribution": {"role", "value", "manner"},
    "selection.draw": set(),
    "selection.sign_record": {"remark"},
    "selection.settle_panel": set(),
    "selection.confirm_list": set(),
    "selection.handle_shortage": {"choice", "reason", "expert_id", "category", "starts_at", "city", "address"},
    "selection.reschedule": {"starts_at", "city", "address", "reason"},
    "selection.cancel_activity": {"reason"},
    "selection.record_meeting": {"outcome", "note", "attendance", "leader_line"},
    "designation.record_decision": {"decision", "reason"},
    "designation.lapse": set(),
    "designation.withdraw": {"reason_code"},
    "invitation.prepare": set(),
    "invitation.send": set(),
    "invitation.mark_sent": {"handed_at"},
    "invitation.undelivered": set(),
    "invitation.record_answer": {"answer", "way", "reason"},
    "invitation.time_out": set(),
    "invitation.send_details": {"old_starts_at"},
    "invitation.mark_told": {"handed_at"},
    "invitation.record_confirmation": {"answer", "way", "reason"},
    "invitation.record_leave": {"reason", "recusal"},
    "invitation.release": {"reason_code"},
}

#: What gateways and timers of the diagrams read.
ANSWERS = {
    "selection.resume": {"where"},
    "selection.submit_conditions": {"needs_approval", "approval_reason", "approvers"},
    "selection.lock_conditions": {"locked", "shortage", "witnessed"},
    "selection.draw": {"drawn", "taken"},
    "selection.settle_panel": {"state", "check_at", "shortage"},
    "selection.handle_shortage": {"where"},
    "selection.record_meeting": {"held"},
    "designation.record_decision": {"agreed"},
    "invitation.prepare": {"send_at"},
    "invitation.mark_sent": {"due_at", "expires_at"},
    "invitation.record_answer": {"goes_on", "combined"},
    "invitation.mark_told": {"due_at", "expires_at"},
    "invitation.record_confirmation": {"goes_on", "combined"},
}


def test_every_operation_of_the_catalogue_is_in_the_contract() -> None:
    shipped = {"entry", "publicity", "objection", "selection", "designation", "invitation"}
    assert {one.name for one in catalogue if one.name.partition(".")[0] in shipped} == set(CONTRACT)


@pytest.mark.parametrize(("name", "outputs"), ANSWERS.items())
def test_a_published_operation_answers_what_diagrams_read(name: str, outputs: set[str]) -> None:
    entry = catalogue.get(name)
    assert entry is not None
    assert {output for output, _ in entry.outputs} == outputs


@pytest.mark.parametrize(("name", "inputs"), CONTRACT.items())
def test_a_published_operation_keeps_its_name_and_inputs(name: str, inputs: set[str]) -> None:
    entry = catalogue.get(name)
    assert entry is not None
    assert {item.name for item in entry.inputs} == inputs
    for item in entry.inputs:
        assert item.label != item.name, f"{name}.{item.name} has no Chinese label"


@pytest.mark.parametrize("name", CONTRACT)
def test_an_operation_is_described_in_chinese(name: str) -> None:
    entry = catalogue.get(name)
    assert entry is not None
    assert any("\u4e00" <= character <= "\u9fff" for character in entry.summary)
    assert entry.summary.endswith("。")
