"""Legal steps: what may be added and renamed, and what only a bureau leader may let pass, named by its article."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.workflow.conformance import baseline_of
from app.workflow.conformance.statutory import read_baselines
from tests.unit.workflow.conformance.redrawing import ROOT, Redrawn, fill_catalogue

KEYS = sorted(path.stem for path in (ROOT / "processes" / "bpmn").glob("*.bpmn"))


@pytest.fixture(autouse=True, scope="module")
def _catalogue() -> None:
    fill_catalogue()


def entry() -> Redrawn:
    return Redrawn("expert_entry")


@pytest.mark.parametrize("key", KEYS)
def test_every_shipped_process_has_legal_steps_and_keeps_them(key: str) -> None:
    baseline = baseline_of(key)
    assert baseline is not None
    assert baseline.steps
    assert Redrawn(key).legal() == {}


@pytest.mark.parametrize("key", KEYS)
def test_the_articles_of_the_steps_stand_in_the_documentation_of_the_diagram(key: str) -> None:
    baseline = baseline_of(key)
    assert baseline is not None
    text = Redrawn(key).content().decode()
    for step in (*baseline.goals, *baseline.steps):
        assert step.article.split("（")[0].split("、")[0] in text, step


WITHOUT: dict[str, Callable[[], Redrawn]] = {
    "expert_entry: publicity removed": lambda: entry().remove("publicity_over"),
    "expert_entry: review removed": lambda: entry().remove("qualification_review").set_property(
        "confirm_list", "fourEyes", "formal_check").set_property("confirm_list", "returnTargets", "formal_check"),
    "expert_entry: publicity bypassed": lambda: entry().lead(
        "confirmation_result", "publish_notice", "cleared_for_appointment"),
    "expert_entry: objections not waited for": lambda: entry().lead(
        "objections_open", "objections_settled", "objection_upheld"),
    "expert_entry: a way out on the review": lambda: entry().lead(
        "supplement_delivered", "formal_check", "qualification_review"),
    "expert_entry: refused and yet appointed": lambda: entry().lead(
        "review_result", "refuse_unqualified", "publish_notice"),
    "expert_entry: age not looked at": lambda: entry().expression(
        "flow_age_result_to_refuse_after_publicity", "conditionExpression", "age.within_limit = null"),
    "objection_handling: parties not told": lambda: Redrawn("objection_handling").remove("notify_parties"),
    "objection_handling: not investigated": lambda: Redrawn("objection_handling").remove(
        "record_investigation").lead("investigation_started", "investigate", "decide_objection"),
    "panel_selection: approval bypassed": lambda: Redrawn("panel_selection").lead(
        "approval_needed", "approve_conditions", "record_conditions_approval"),
    "panel_selection: drawn without the witness": lambda: Redrawn("panel_selection").expression(
        "flow_witness_expected_to_contribute_witness", "conditionExpression", "lock.witnessed = null"),
    "panel_selection: drawn without the organiser": lambda: Redrawn("panel_selection").remove(
        "record_organiser_value"),
    "panel_selection: list not confirmed": lambda: Redrawn("panel_selection").expression(
        "flow_panel_state_to_confirm_list", "conditionExpression", 'panel.state = "never"').expression(
        "flow_panel_state_to_record_meeting", "conditionExpression", 'panel.state != "short"'),
    "invitation: details not told": lambda: Redrawn("invitation").lead(
        "list_confirmed", "send_details", "seat_taken"),
    "designation_approval: nobody asked": lambda: Redrawn("designation_approval").remove(
        "approve_designation"),
}  # fmt: skip
WANTED = {
    "expert_entry: publicity removed": "publicity_over",
    "expert_entry: review removed": "qualification_review",
    "expert_entry: publicity bypassed": "publish_notice",
    "expert_entry: objections not waited for": "objections_settled",
    "expert_entry: a way out on the review": "incomplete",
    "expert_entry: refused and yet appointed": "unqualified",
    "expert_entry: age not looked at": "over_age",
    "objection_handling: parties not told": "notify_parties",
    "objection_handling: not investigated": "investigation",
    "panel_selection: approval bypassed": "approve_conditions",
    "panel_selection: drawn without the witness": "witness_value",
    "panel_selection: drawn without the organiser": "organiser_value",
    "panel_selection: list not confirmed": "unconfirmed",
    "invitation: details not told": "send_details",
    "designation_approval: nobody asked": "approve_designation",
}


@pytest.mark.parametrize("change", WITHOUT)
def test_a_step_that_some_path_skips_is_named_with_its_article(change: str) -> None:
    redrawn = WITHOUT[change]()
    if change == "designation_approval: nobody asked":  # its timer stood on it
        redrawn._drop(redrawn.node("approval_due"))
        for flow in redrawn.flows("sourceRef", "approval_due"):
            redrawn._drop(flow)
    found = {finding.code: finding for finding in redrawn.report().of("override")}
    finding = found[f"legal.{WANTED[change]}"]
    baseline = baseline_of(redrawn.key)
    assert baseline is not None
    assert finding.article == baseline.named(WANTED[change]).article
    assert f"《管理办法》{finding.article}" in finding.message
    assert finding.mend


def test_the_way_round_is_told_and_the_place_where_it_turns_off() -> None:
    redrawn = entry().lead("confirmation_result", "publish_notice", "cleared_for_appointment")
    finding = next(found for found in redrawn.report().of("override") if found.code == "legal.publish_notice")
    assert finding.examples[0].endswith("同意公示？ → 核对聘任时年龄 → 年龄符合？ → 聘任入库")


def test_removing_the_whole_publicity_names_each_of_its_steps() -> None:
    redrawn = entry().lead("confirmation_result", "publish_notice", "close_publicity")
    assert {"publish_notice", "open_publicity", "publicity_over"} <= _overrides(redrawn)


def _overrides(redrawn: Redrawn) -> set[str]:
    return {finding.code.removeprefix("legal.") for finding in redrawn.report().of("override")}


@pytest.mark.parametrize(
    ("change", "step"),
    [
        (lambda: entry().set_property("confirm_list", "fourEyes", ""), "confirm_list"),
        (lambda: entry().set_property("confirm_list", "fourEyes", "formal_check"), "confirm_list"),
        (lambda: entry().attribute("qualification_review", "candidateGroups", "center_clerk"), "qualification_review"),
        (lambda: entry().attribute("confirm_list", "candidateGroups", "bureau_leader,center_clerk"), "confirm_list"),
        (
            lambda: entry().expression(
                "publicity_over", "timeDate", 'deadline("publicity.mail_grace", now())'
            ).set_property("publicity_over", "deadline", "publicity.mail_grace"),
            "publicity_over",
        ),
        (
            lambda: entry().expression("publicity_over", "timeDate", 'deadline("publicity.mail_grace", now())'),
            "publicity_over",
        ),
        (
            lambda: Redrawn("objection_handling").attribute(
                "decide_objection", "dueDate", '=deadline("objection.acceptance_period", now())'
            ),
            "decide_objection",
        ),
        (
            lambda: Redrawn("objection_handling").set_property("decide_objection", "fourEyes", ""),
            "decide_objection",
        ),
        (
            lambda: Redrawn("designation_approval").attribute("approve_designation", "candidateUsers", "=organiser_id"),
            "approve_designation",
        ),
        (
            lambda: Redrawn("invitation").expression(
                "reply_due", "timeDate", 'deadline("selection.clash_hours", now())'
            ),
            "answer",
        ),
    ],
)  # fmt: skip
def test_what_a_step_must_keep(change: Callable[[], Redrawn], step: str) -> None:
    assert step in change().legal()


def test_a_timer_that_approves_by_itself_skips_the_approval() -> None:
    opened = '<bpmn:serviceTask id="record_confirmation"'
    silent = (
        '<bpmn:boundaryEvent id="silent" attachedToRef="confirm_list"><bpmn:timerEventDefinition>'
        '<bpmn:timeDate xsi:type="bpmn:tFormalExpression">deadline("entry.confirmation_period", now())'
        "</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
        '<bpmn:sequenceFlow id="silent_flow" sourceRef="silent" targetRef="publish_notice"/>'
    )
    found = entry().replace(opened, silent + opened).legal()
    assert found["confirm_list"] == "silent"


# --- what an owner may do ---------------------------------------------------------------------------------------------


def test_a_second_review_may_be_added() -> None:
    redrawn = entry()
    task = redrawn.user_task("second_review", "expert_entry/qualification_review", "bureau_reviewer")
    assert redrawn.add_before("confirm_list", task).legal() == {}


def test_a_second_review_with_a_form_and_a_choice_of_its_own_may_be_added() -> None:
    redrawn = entry()
    task = redrawn.user_task("second_review", "expert_entry/formal_check", "bureau_reviewer")
    assert redrawn.add_before("publish_notice", task).legal() == {}


@pytest.mark.parametrize(
    ("key", "element"),
    [
        ("expert_entry", "publicity_over"), ("expert_entry", "qualification_review"),
        ("expert_entry", "open_publicity"),
        ("expert_entry", "objections_settled"), ("objection_handling", "investigate"),
        ("panel_selection", "draw_panel"),
        ("invitation", "answer_invitation"),
    ],
)  # fmt: skip
def test_an_element_may_be_renamed(key: str, element: str) -> None:
    assert Redrawn(key).rename(element, f"{element}_2").legal() == {}


def test_the_variable_of_a_result_may_be_renamed() -> None:
    redrawn = entry()
    for old, new in (("closing_count", "counted"), ("publicity", "notice_period")):
        redrawn.replace(f'resultVariable="{old}"', f'resultVariable="{new}"')
    redrawn.replace("closing_count.open_objections", "counted.open_objections")
    redrawn.replace("publicity.closes_at", "notice_period.closes_at")
    assert redrawn.legal() == {}


def test_a_leader_may_stand_for_a_step_that_is_left_out() -> None:
    redrawn = entry()
    task = redrawn.user_task(
        "waive_publicity", "expert_entry/confirm_list", "bureau_leader", waives="publicity_over"
    )
    found = redrawn.add_before("close_publicity", task).remove("publicity_over").legal()
    assert "publicity_over" not in found


def test_nobody_else_may_stand_for_a_step() -> None:
    redrawn = entry()
    task = redrawn.user_task(
        "waive_publicity", "expert_entry/confirm_list", "center_clerk", waives="publicity_over"
    )
    assert "publicity_over" in redrawn.add_before("close_publicity", task).remove("publicity_over").legal()


def test_data_that_mean_nothing_are_refused() -> None:
    text = (
        "p: {goals: {g: {name: 甲, article: 第一条}}, steps: {s: {name: 乙, article: 第一条, before: [x]}}}"
    )
    with pytest.raises(ValueError, match="x"):
        read_baselines(text)
    with pytest.raises(ValueError, match="wrong"):
        read_baselines(text.replace("before: [x]", "wrong: 1"))
