"""Each work-around beside the stock behaviour it mends. When a stock half fails, an upgrade has made it needless."""

from __future__ import annotations

from typing import Any

import pytest
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.exceptions import TaskNotFoundException
from SpiffWorkflow.task import TaskState

from app.engine import DataRefused, EngineError, ExpressionFailed, TaskNotOpen, UncaughtError, hardening
from app.engine.workflow import Workflow
from tests.unit.engine import stock
from tests.unit.engine.diagrams import (
    FakeHost,
    Run,
    boundary,
    diagram,
    end,
    error,
    message,
    multi,
    node,
    service,
    start,
    sub,
    timer,
    user,
)

FORK = diagram(
    "forked",
    [start(), node("parallelGateway", "fork"), user("a"), user("b"), node("parallelGateway", "join"),
     user("after"), end()],
    ["begin > fork", "fork > a", "fork > b", "a > join", "b > join", "join > after", "after > done"],
)  # fmt: skip


def test_nested_data_of_one_branch_does_not_show_in_the_other() -> None:
    with hardening.stock():
        workflow = stock.begin(FORK, "forked", {"doc": {"address": {"city": "?"}}})
        stock.task(workflow, "a").data["doc"]["address"]["city"] = "甲"
        assert stock.task(workflow, "b").data["doc"]["address"]["city"] == "甲"
    workflow = stock.begin(FORK, "forked", {"doc": {"address": {"city": "?"}}})
    stock.task(workflow, "a").data["doc"]["address"]["city"] = "甲"
    assert stock.task(workflow, "b").data["doc"]["address"]["city"] == "?"


def test_the_last_branch_does_not_undo_what_another_changed() -> None:
    with hardening.stock():
        workflow = stock.begin(FORK, "forked", {"x": "before"})
        stock.complete(workflow, "a", x="changed by a")
        stock.complete(workflow, "b")
        assert stock.task(workflow, "after").data["x"] == "before"
    instance = Run(FORK, {"x": "before"}).complete("a", x="changed by a").complete("b")
    assert instance.data["x"] == "changed by a"


NULL_CONDITION = diagram(
    "null_condition",
    [start(), node("exclusiveGateway", "which"), end("yes"), end("no")],
    ["begin > which", "which > yes : missing > 3", "which > no : default"],
)


def test_a_condition_that_is_null_is_an_incident_and_not_a_no() -> None:
    with hardening.stock("_matches"):
        assert Run(NULL_CONDITION).ends == ("no",)
    with pytest.raises(ExpressionFailed, match=r"missing > 3.*空值") as caught:
        Run(NULL_CONDITION)
    assert caught.value.element_id == "which"
    with pytest.raises(ExpressionFailed, match="不是真或假"):
        Run(NULL_CONDITION.replace(b"missing &gt; 3", b"1 + 1"))


VOTE_TWICE = [
    start(), user("vote", inner=multi("names", "voter", "votes", "given")), node("exclusiveGateway", "again"), end(),
]  # fmt: skip
AGAIN = [
    "begin > vote",
    "vote > again",
    "again > done : count(votes[item = 1]) = 2",
    "again > vote : default",
]


def test_a_multi_instance_element_may_run_again() -> None:
    content = diagram("twice", VOTE_TWICE, AGAIN)
    with hardening.stock("init_data_output_with_input_data"):
        instance = Run(content, {"names": ["甲", "乙"]}).complete("vote/0", given=0)
        with pytest.raises(ExpressionFailed, match="output must be empty"):
            instance.complete("vote/1", given=0)
    instance = Run(content, {"names": ["甲", "乙"]})
    instance.complete("vote/0", given=0).complete("vote/1", given=0)
    assert instance.complete("vote/0", given=1).complete("vote/1", given=1).ends == ("done",)
    assert instance.data["votes"] == [1, 1]


def test_the_item_variable_of_the_first_run_does_not_block_the_second() -> None:
    content = diagram(
        "collectless",
        [start(), user("vote", inner=multi("names", "voter")), node("exclusiveGateway", "again"), end()],
        ["begin > vote", "vote > again", "again > done : ok", "again > vote : default"],
    )
    with hardening.stock("merge_child", "create_child"):
        instance = Run(content, {"names": ["甲"]})
        with pytest.raises(ExpressionFailed, match="already exists"):
            instance.complete("vote/0", ok=False)
    instance = Run(content, {"names": ["甲"]}).complete("vote/0", ok=False).complete("vote/0", ok=True)
    assert instance.data == {"names": ["甲"], "ok": True}


def test_a_count_of_instances_works_where_the_output_exists() -> None:
    content = diagram(
        "count",
        [
            start(),
            user("vote", inner=multi(cardinality="n", item="voter", out="votes", out_item="given")),
            end(),
        ],
        ["begin > vote", "vote > done"],
    )
    with hardening.stock("init_data_output_with_cardinality"), pytest.raises(NameError, match="data_ouput"):
        Run(content, {"n": 2, "votes": []})
    instance = (
        Run(content, {"n": 2, "votes": ["old"]}).complete("vote/1", given="b").complete("vote/0", given="a")
    )
    assert instance.data["votes"] == ["a", "b"]


@pytest.mark.parametrize("wrong", [2.5, -1, "two", None, True, 100_000])
@pytest.mark.parametrize("sequential", [False, True])
def test_a_count_that_is_no_count_is_an_incident(wrong: Any, sequential: bool) -> None:
    content = diagram(
        "count",
        [start(), user("vote", inner=multi(cardinality="n", sequential=sequential)), end()],
        ["begin > vote", "vote > done"],
    )
    with pytest.raises(ExpressionFailed, match="0 至 1000 的整数"):
        Run(content, {"n": wrong})


@pytest.mark.parametrize(("wrong", "told"), [(None, "应为列表"), ("甲", "应为列表"), (["甲", None], "空值")])
def test_a_collection_that_is_none_is_an_incident(wrong: Any, told: str) -> None:
    content = diagram(
        "nobody",
        [start(), user("vote", inner=multi("names", "voter")), end()],
        ["begin > vote", "vote > done"],
    )
    with pytest.raises(ExpressionFailed, match=told):
        Run(content, {"names": wrong})


def test_outputs_come_in_the_order_of_the_list_not_of_the_answers() -> None:
    content = diagram(
        "ordered",
        [start(), user("vote", inner=multi("names", "voter", "votes", "given")), end()],
        ["begin > vote", "vote > done"],
    )
    with hardening.stock("merge_child"):
        instance = (
            Run(content, {"names": ["甲", "乙"]}).complete("vote/1", given=2).complete("vote/0", given=1)
        )
        assert instance.data["votes"] == [2, 1]
    instance = Run(content, {"names": ["甲", "乙"]}).complete("vote/1", given=2).complete("vote/0", given=1)
    assert instance.data["votes"] == [1, 2]


def test_an_output_updated_in_place_keeps_its_list() -> None:
    content = diagram(
        "in_place",
        [start(), user("mend", inner=multi("names", "old", "names", "new")), end()],
        ["begin > mend", "mend > done"],
    )
    instance = Run(content, {"names": ["甲", "乙"]}).complete("mend/1", new="丁").complete("mend/0", new="丙")
    assert instance.data["names"] == ["丙", "丁"]


def test_an_instance_without_its_output_is_an_error_at_that_task() -> None:
    content = diagram(
        "forgetful",
        [start(), user("vote", inner=multi("names", "voter", "votes", "given")), end()],
        ["begin > vote", "vote > done"],
    )
    with pytest.raises(ExpressionFailed, match="没有给出“given”"):
        Run(content, {"names": ["甲"]}).complete("vote/0")


def test_a_completion_condition_sees_what_was_collected() -> None:
    content = diagram(
        "quorum",
        [
            start(),
            user("vote", inner=multi("names", "voter", "votes", "given", condition="count(votes) >= 2")),
            end(),
        ],
        ["begin > vote", "vote > done"],
    )
    with hardening.stock("check_completion_condition"):
        instance = (
            Run(content, {"names": ["甲", "乙", "丙"]})
            .complete("vote/0", given=1)
            .complete("vote/1", given=2)
        )
        assert instance.open() == ["vote/2"]
    instance = (
        Run(content, {"names": ["甲", "乙", "丙"]}).complete("vote/0", given=1).complete("vote/1", given=2)
    )
    assert instance.ends == ("done",)


LOOP = diagram(
    "standard_loop",
    [
        start(),
        user("try", inner='<bpmn:standardLoopCharacteristics loopMaximum="3"><bpmn:loopCondition>more'
                          "</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"),
        end(),
    ],
    ["begin > try", "try > done"],
)  # fmt: skip


def test_a_loop_condition_that_is_null_is_an_incident() -> None:
    with hardening.stock("loop_complete"):
        assert Run(LOOP).complete("try").ends == ("done",)
    with pytest.raises(ExpressionFailed, match="空值"):
        Run(LOOP).complete("try")
    assert Run(LOOP).complete("try", more=False).ends == ("done",)
    assert Run(LOOP).complete("try", more=True).complete("try").complete("try").ends == ("done",)


def panel(inner_end: str = "") -> list[Any]:
    return [
        start(),
        sub(
            "each",
            [start("s"), user("answer"), end("e", inner_end)],
            ["s > answer", "answer > e"],
            multi("experts", "expert"),
        ),
    ]


CALLED_OFF = diagram(
    "called_off",
    [*panel(), boundary("stop", "each", message("stop")), end(), end("off")],
    ["begin > each", "each > done", "stop > off"],
)


def test_an_interrupted_multi_instance_sub_process_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with hardening.stock():
        workflow = stock.begin(CALLED_OFF, "called_off", {"experts": [1, 2]})
        definition = workflow.get_tasks(spec_name="stop")[0].task_spec.event_definition
        from SpiffWorkflow.bpmn import BpmnEvent

        workflow.catch(BpmnEvent(definition, payload={}))
        with pytest.raises(TaskNotFoundException):
            workflow.do_engine_steps()
    for stored in (False, True):
        instance = Run(CALLED_OFF, {"experts": [1, 2]}, stored=stored)
        assert instance.deliver("stop")
        assert instance.ends == ("off",)
        assert instance.open() == []
    monkeypatch.setattr(Workflow, "_forget", lambda self, workflow, task: None)
    instance = Run(CALLED_OFF, {"experts": [1, 2]})
    instance.deliver("stop")
    assert instance.open() == ["answer", "answer"]


def test_an_error_reaches_only_the_instance_it_was_thrown_in() -> None:
    inner = [
        start("s"),
        sub(
            "one", [start("s2"), user("answer"), end("e2", error("refused"))], ["s2 > answer", "answer > e2"]
        ),
        boundary("caught", "one", error("refused")),
        user("talk"),
        end("e"),
    ]
    flows = ["s > one", "one > e", "caught > talk", "talk > e"]
    content = diagram(
        "leak",
        [start(), sub("each", inner, flows, multi("experts", "expert")), end()],
        ["begin > each", "each > done"],
    )
    with hardening.stock():
        workflow = stock.begin(content, "leak", {"experts": [1, 2]})
        stock.complete(workflow, "answer")
        open_names = [t.task_spec.name for t in workflow.get_tasks(state=TaskState.READY, manual=True)]
        assert open_names == ["talk", "talk"]
    assert Run(content, {"experts": [1, 2]}).complete("answer").open() == ["answer", "talk"]


UNCAUGHT = diagram(
    "uncaught", [start(), user("work"), end("bad", error("broken"))], ["begin > work", "work > bad"]
)


def test_an_error_that_nothing_catches_is_no_success() -> None:
    with hardening.stock():
        workflow = stock.begin(UNCAUGHT, "uncaught")
        stock.complete(workflow, "work")
        assert workflow.is_completed()
        assert workflow.success
    with pytest.raises(UncaughtError, match="broken"):
        Run(UNCAUGHT).complete("work")


def test_a_service_that_fails_says_why() -> None:
    class Failing(PythonScriptEngine):
        pass

    with pytest.raises(NameError, match="script"):
        Failing().call_service(None, operation_name="x", operation_params={})


def test_a_parameter_may_be_called_like_an_element() -> None:
    content = diagram(
        "called_alike",
        [start(), end(), service("draw", "draw.run_draw", count="1", done="2")],
        ["begin > draw", "draw > done"],
    )
    with pytest.raises(ValidationException, match="no support"):
        stock.begin(content, "called_alike")
    host = FakeHost(operations={"draw.run_draw": lambda arguments: {}})
    assert Run(content, host=host).ends == ("done",)
    assert host.calls == [("draw.run_draw", {"count": 1, "done": 2})]


def test_a_key_called_typename_is_refused_before_it_bricks_the_instance() -> None:
    content = diagram(
        "form", [start(), user("fill"), user("read"), end()], ["begin > fill", "fill > read", "read > done"]
    )
    with hardening.stock():
        workflow = stock.begin(content, "form")
        stock.complete(workflow, "fill", form={"typename": "UUID"})
        with pytest.raises((TypeError, KeyError, AttributeError, ValueError)):
            stock.reload(workflow)
    instance = Run(content)
    with pytest.raises(DataRefused, match="typename"):
        instance.complete("fill", form={"typename": "UUID"})
    assert instance.open() == ["fill"]


def test_reordered_keys_lose_no_data() -> None:
    content = diagram(
        "form", [start(), user("fill"), user("read"), end()], ["begin > fill", "fill > read", "read > done"]
    )
    with hardening.stock():
        lost = 0
        for _ in range(5):
            workflow = stock.begin(content, "form", {"given": "at the start"})
            stock.complete(workflow, "fill", text="long and dear")
            again = stock.reload(workflow, sort_keys=True)
            lost += stock.task(again, "read").data != {"given": "at the start", "text": "long and dear"}
        assert lost > 0
    for _ in range(5):
        instance = Run(content, {"given": "at the start"}, stored=True).complete("fill", text="long and dear")
        assert instance.data == {"given": "at the start", "text": "long and dear"}


def test_stock_stops_silently_where_ours_goes_on() -> None:
    content = diagram(
        "long",
        [start(), user("try"), node("exclusiveGateway", "enough"), end()],
        ["begin > try", "try > enough", "enough > done : ok == 1", "enough > try : default"],
    )
    with hardening.stock():
        workflow = stock.begin(content, "long")
        rounds = 0
        while rounds < 600 and (ready := workflow.get_tasks(state=TaskState.READY, manual=True)):
            ready[0].data["ok"] = 0
            ready[0].run()
            workflow.do_engine_steps()
            rounds += 1
        assert rounds < 600
        assert workflow.is_completed()
        assert not workflow.get_tasks(spec_name="done", state=TaskState.COMPLETED)
    instance = Run(content.replace(b"ok == 1", b"ok = 1"))
    for _ in range(600):
        instance.complete("try", ok=0)
    assert instance.complete("try", ok=1).ends == ("done",)


def test_a_task_is_completed_once() -> None:
    with hardening.stock():
        workflow = stock.begin(UNCAUGHT.replace(b"broken", b"other"), "uncaught")
        found = stock.task(workflow, "work")
        found.run()
        found.run()
        assert found.state == TaskState.COMPLETED
    content = diagram(
        "once", [start(), user("work"), user("next"), end()], ["begin > work", "work > next", "next > done"]
    )
    instance = Run(content)
    first = instance.task_id("work")
    instance.complete("work")
    for wrong in (first, "no uuid", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(TaskNotOpen, match="已办结或已撤销"):
            instance.execution.complete(wrong, {})
    assert instance.complete("next").ends == ("done",)


def test_a_timer_fires_at_its_instant_so_that_a_due_row_is_never_early() -> None:
    content = diagram(
        "exact",
        [start(), user("work"), boundary("due", "work", timer("Date", "limit")), end(), end("late")],
        ["begin > work", "work > done", "due > late"],
    )
    instance = Run(content, {"limit": "2026-03-02T11:00:00+08:00"}, FakeHost())
    (waiting,) = instance.execution.timers()
    instance.host.instant = waiting.due_at
    instance.execution.advance()
    assert instance.ends == ("late",)


def test_the_state_after_a_failure_half_way_cannot_be_stored() -> None:
    content = diagram(
        "half_way",
        [start(), user("work"), node("exclusiveGateway", "which"), end("yes"), end("no")],
        ["begin > work", "work > which", "which > yes : missing", "which > no : default"],
    )
    instance = Run(content)
    with pytest.raises(ExpressionFailed):
        instance.complete("work")
    with pytest.raises(EngineError, match="half-way"):
        instance.execution.dump()
    with pytest.raises(EngineError, match="half-way"):
        instance.execution.advance()
