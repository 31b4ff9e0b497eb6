"""Trial runs: a sandbox of their own, led by the owner, taken back, and kept as scenarios."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.clock import ZONE
from app.core.errors import Conflict, Invalid, NotFound
from app.workflow.parts import Parts
from app.workflow.releases import drafts
from app.workflow.scenarios import parse_scenarios, run
from app.workflow.trial import keeping, runs, sources, viewing
from app.workflow.trial.models import Trial
from app.workflow.trial.sandbox import UNTIL, Doing
from app.workflow.trial.subject import NotRunnable
from tests.processes.shipped import PROCESSES, scenarios
from tests.services.workflow import trials as t
from tests.unit.engine import diagrams as d


def _accepted(trial_id: int) -> bool:
    return t.done(trial_id, "formal_check", formal_outcome="accepted", formal_opinion="材料齐全")


@pytest.mark.parametrize("process", PROCESSES)
def test_every_shipped_scenario_goes_its_way_in_a_trial_and_can_be_kept_again(database: Any, process: str) -> None:
    draft = t.drafted(process)
    for scenario in scenarios(process):
        trial = t.begun(draft, runs.Setting(scenario=scenario.name))
        assert t.written(lambda at=trial: runs.follow(at, 1, to_the_end=True)), runs.get(trial).trouble
        assert t.is_over(trial), scenario.name
    t.written(lambda: keeping.keep(trial, "再走一遍", t.OWNER))
    kept = parse_scenarios(drafts.get(draft).scenarios or "")
    assert kept[:-1] == scenarios(process)
    assert scenario.ends in kept[-1].passes


def test_a_trial_writes_nothing_but_itself(database: Any) -> None:
    draft = t.drafted("expert_entry")
    before = t.contents_elsewhere()
    trial = t.begun(draft)
    assert _accepted(trial)
    t.written(lambda: runs.back(trial, 2))
    t.written(lambda: runs.anew(trial, 1))
    assert _accepted(trial)
    assert t.done(trial, "qualification_review", review_outcome="passed", review_route="B", review_opinion="符合")
    t.written(lambda: runs.set_answer(trial, "entry.appoint_expert", {}))
    assert t.contents_elsewhere() == before


def test_tasks_operations_and_data_are_told_after_every_step(database: Any) -> None:
    trial = t.begun(t.drafted("expert_entry"))
    _accepted(trial)
    view = viewing.view(runs.get(trial))
    assert [work.task.element_id for work in view.works] == ["qualification_review"]
    assert view.works[0].groups == ("bureau_reviewer",)
    assert view.works[0].suggested["review_route"] == "B"
    assert [call["operation"] for call in view.steps[0].calls] == ["entry.record_formal_check"]
    assert view.steps[0].calls[0]["answer"] == {"outcome": "accepted"}
    assert {datum.name for datum in view.data if datum.changed} >= {"formal_outcome", "formal_opinion"}
    assert "precheck" in {datum.name for datum in view.data if not datum.changed}
    assert view.state["tokens"]["qualification_review"] == 1
    assert "formal_check" in view.state["done"]


def test_messages_that_are_awaited_are_offered_with_the_fields_scenarios_gave_them(database: Any) -> None:
    trial = t.begun(t.drafted("expert_entry"))
    view = viewing.view(runs.get(trial))
    assert {one.name: one.fields for one in view.messages}["application_withdrawn"] == {"reason": "个人原因"}
    assert t.told(trial, "application_withdrawn", reason="另有安排")
    assert viewing.view(runs.get(trial)).end == "已撤回"


def test_time_passes_as_far_as_wanted_and_fires_what_is_due_on_the_way(database: Any) -> None:
    trial = t.begun(t.drafted("expert_entry"))
    t.done(trial, "formal_check", formal_outcome="supplement", formal_missing=["degree"], formal_opinion="不清晰",
           formal_deliver_by="2026-03-09T00:00:00+08:00")
    begins = runs.get(trial).begins
    assert t.written(lambda: runs.go_to(trial, 2, begins + timedelta(hours=2)))
    assert viewing.view(runs.get(trial)).moment == begins + timedelta(hours=2)
    due = viewing.view(runs.get(trial)).timers[0].due_at
    assert t.written(lambda: runs.go_to(trial, 3, due + timedelta(days=1)))
    told = viewing.view(runs.get(trial))
    assert told.steps[0].kind == UNTIL
    assert told.over
    with pytest.raises(Conflict, match="走到结束"):
        t.written(lambda: runs.act(trial, 4, Doing("wait")))


def test_the_clock_goes_only_forward(database: Any) -> None:
    trial = t.begun(t.drafted("expert_entry"))
    with pytest.raises(Invalid, match="往后"):
        t.written(lambda: runs.go_to(trial, 1, datetime(2020, 1, 1, tzinfo=ZONE)))


def test_going_back_gives_the_state_before_and_then_another_way_may_be_taken(database: Any) -> None:
    trial = t.begun(t.drafted("expert_entry"))
    before = viewing.view(runs.get(trial))
    _accepted(trial)
    t.written(lambda: runs.back(trial, 2))
    after = viewing.view(runs.get(trial))
    assert (after.works, after.data, after.state, after.steps) == (
        before.works, before.data, before.state, before.steps,
    )
    with pytest.raises(Conflict, match="开头"):
        t.written(lambda: runs.back(trial, 1))
    assert t.done(trial, "formal_check", formal_outcome="not_accepted", formal_opinion="不属受理范围")
    assert viewing.view(runs.get(trial)).over


def test_two_pages_of_one_trial_do_not_lead_it_twice(database: Any) -> None:
    trial = t.begun(t.drafted("expert_entry"))
    _accepted(trial)
    with pytest.raises(Conflict, match="另一个页面"):
        t.written(lambda: runs.act(trial, 1, Doing("complete", "formal_check")))


def test_what_the_owner_types_is_the_answer_from_then_on_and_can_be_taken_back(database: Any) -> None:
    draft = t.drafted("expert_entry")
    trial = t.begun(draft, runs.Setting(scenario="审查通过，公示无异议，聘任入库"))
    too_old = {"within_limit": False, "reason": "超龄"}
    t.written(lambda: runs.set_answer(trial, "entry.check_age_at_appointment", too_old))
    assert t.written(lambda: runs.follow(trial, 1, to_the_end=True))
    assert viewing.view(runs.get(trial)).end == "不予入库"
    t.written(lambda: keeping.keep(trial, "聘任时超龄", t.OWNER))
    kept = next(one for one in parse_scenarios(drafts.get(draft).scenarios or "") if one.name == "聘任时超龄")
    assert kept.operations["entry.check_age_at_appointment"] == {"within_limit": False, "reason": "超龄"}
    t.written(lambda: runs.set_answer(trial, "entry.check_age_at_appointment", None))
    t.written(lambda: runs.anew(trial, t.steps(trial)))
    assert t.written(lambda: runs.follow(trial, 1, to_the_end=True))
    assert viewing.view(runs.get(trial)).end != "不予入库"


def test_an_operation_that_is_to_fail_leaves_the_run_where_it_was_and_says_where(database: Any) -> None:
    trial = t.begun(t.drafted("expert_entry"))
    t.written(lambda: runs.set_answer(trial, "entry.record_formal_check", {"raises": "gone"}))
    assert not _accepted(trial)
    view = viewing.view(runs.get(trial))
    assert view.trial.trouble is not None
    assert view.trial.trouble["element"] == "record_formal_check"
    assert view.state["failed"] == ["record_formal_check"]
    assert [work.task.element_id for work in view.works] == ["formal_check"]
    t.written(lambda: runs.set_answer(trial, "entry.record_formal_check", None))
    assert _accepted(trial)
    assert runs.get(trial).trouble is None


def test_a_start_that_fails_can_be_mended_and_begun_anew(database: Any) -> None:
    nodes = [d.start(), d.script("halve", "half", "total / 2"), d.catch("soon", d.timer("Date", "at")), d.end()]
    xml = d.diagram("sums", nodes, ["begin > halve", "halve > soon", "soon > done"]).decode()
    trial = t.begun(t.drafted("sums", Parts(xml)), runs.Setting(data={"total": 10}))
    view = viewing.view(runs.get(trial))
    assert view.trial.trouble is not None
    assert view.trial.trouble["element"] == "soon"
    assert view.steps == ()
    at = (clock.now() + timedelta(hours=1)).isoformat()
    assert t.written(lambda: runs.anew(trial, 0, {"total": 10, "at": at}))
    assert {one.name: one.value for one in viewing.view(runs.get(trial)).data}["half"] == 5


def test_each_item_of_a_multi_instance_task_is_done_by_itself_and_kept_so(database: Any) -> None:
    vote = d.user("vote", inner=d.multi(cardinality="3", sequential=False))
    xml = d.diagram("votes", [d.start(), vote, d.end()], ["begin > vote", "vote > done"]).decode()
    draft = t.drafted("votes", Parts(xml))
    trial = t.begun(draft)
    items = [work.task.item_key for work in viewing.view(runs.get(trial)).works]
    assert len(set(items)) == 3
    for number, item in enumerate(reversed(items), start=1):
        doing = Doing("complete", "vote", item, {"said": number})
        assert t.written(lambda at=number, what=doing: runs.act(trial, at, what))
    t.written(lambda: keeping.keep(trial, "三人表态", t.OWNER))
    kept = parse_scenarios(drafts.get(draft).scenarios or "")[0]
    assert [step.item for step in kept.steps] == list(reversed(items))


def test_a_run_that_is_not_over_is_no_scenario(database: Any) -> None:
    trial = t.begun(t.drafted("expert_entry"))
    with pytest.raises(Conflict, match="还没有走到结束"):
        t.written(lambda: keeping.keep(trial, "半路", t.OWNER))
    with pytest.raises(Invalid, match="名称"):
        t.written(lambda: keeping.keep(trial, " ", t.OWNER))


def test_a_name_is_taken_once_and_a_scenario_can_be_taken_out(database: Any) -> None:
    draft = t.drafted("expert_entry")
    trial = t.begun(draft)
    t.told(trial, "application_withdrawn", reason="另有安排")
    with pytest.raises(Conflict, match="已有名为"):
        t.written(lambda: keeping.keep(trial, "逾期未补正", t.OWNER))
    before = drafts.get(draft).scenarios
    t.written(lambda: keeping.keep(trial, "自行撤回", t.OWNER))
    t.written(lambda: keeping.remove(draft, 2, "自行撤回", t.OWNER))
    assert parse_scenarios(drafts.get(draft).scenarios or "") == parse_scenarios(before or "")
    with pytest.raises(NotFound, match="没有名为"):
        t.written(lambda: keeping.remove(draft, 3, "自行撤回", t.OWNER))


def test_a_kept_scenario_passes_on_its_own(database: Any) -> None:
    draft = t.drafted("expert_entry")
    trial = t.begun(draft)
    begins = runs.get(trial).begins
    t.written(lambda: runs.go_to(trial, 1, begins + timedelta(hours=3)))
    t.done(trial, "formal_check", formal_outcome="not_accepted", formal_opinion="不属受理范围")
    t.written(lambda: keeping.keep(trial, "不受理", t.OWNER))
    kept = next(one for one in parse_scenarios(drafts.get(draft).scenarios or "") if one.name == "不受理")
    assert kept.steps[0].at == begins + timedelta(hours=3)
    view = viewing.view(runs.get(trial))
    assert kept.ends in run(view.subject.process, kept, view.host_rules).ends
    assert runs.get(trial).draft_rev == drafts.get(draft).rev  # what ran is still what the draft says


def test_a_draft_that_cannot_run_says_what_is_wrong(database: Any) -> None:
    nodes = [d.start(), d.node("complexGateway", "odd"), d.end()]
    draft = t.drafted("broken", Parts(d.diagram("broken", nodes, ["begin > odd", "odd > done"]).decode()))
    with pytest.raises(NotRunnable, match="还不能运行"):
        t.begun(draft)
    assert t.contents_elsewhere()["wf_process_draft"] == 1


def test_trials_are_swept_a_month_after_the_last_touch(database: Any) -> None:
    old = t.begun(t.drafted("expert_entry"))
    clock.travel_to(clock.now() + timedelta(days=20))
    _accepted(old)
    clock.travel_to(clock.now() + timedelta(days=29))
    fresh = t.written(lambda: runs.begin(sources.of_draft(runs.get(old).draft_id or 0), runs.Setting(), t.OWNER).id)
    assert t.written(lambda: runs.sweep(clock.now())) == 0
    assert t.written(lambda: runs.sweep(clock.now() + timedelta(days=2))) == 1
    assert database.query(Trial.id).all() == [(fresh,)]
