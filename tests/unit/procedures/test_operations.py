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
}


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
