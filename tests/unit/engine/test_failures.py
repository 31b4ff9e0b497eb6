"""What happens when an operation or an expression fails: nothing is lost, nothing counts as done that is not."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine import ExpressionFailed, OperationFailed, StepLimitReached, TaskNotOpen
from app.engine.expressions import FeelEngine
from app.engine.workflow import Workflow
from app.operations import OperationError
from tests.unit.engine.diagrams import (
    FakeHost,
    Run,
    boundary,
    diagram,
    end,
    error,
    multi,
    node,
    script,
    service,
    start,
    sub,
    timer,
    user,
)

CALL = diagram(
    "call",
    [
        start(), user("ask"), service("record", "entry.record_review", "review", decision="decision", at="now()"),
        boundary("refused", "record", error("refused")), user("mend"), user("read"), end(),
    ],
    ["begin > ask", "ask > record", "record > read", "refused > mend", "mend > record", "read > done"],
)  # fmt: skip


def host(answer: Any) -> FakeHost:
    def run(arguments: dict[str, Any]) -> dict[str, Any]:
        following = answer.pop(0) if isinstance(answer, list) else answer
        if isinstance(following, Exception):
            raise following
        return following

    return FakeHost(operations={"entry.record_review": run})


def test_an_operation_gets_plain_arguments_and_gives_its_result_to_the_variable() -> None:
    instance = Run(CALL, host=host({"id": 7}), stored=True).complete("ask", decision="pass")
    assert instance.host.calls == [
        ("entry.record_review", {"decision": "pass", "at": "2026-03-02T09:00:00+08:00"})
    ]
    assert instance.data == {"decision": "pass", "review": {"id": 7}}
    assert instance.open() == ["read"]


@pytest.mark.parametrize("stored", [False, True])
def test_an_error_goes_to_the_boundary_event_with_its_code(stored: bool) -> None:
    answers = [OperationError("refused", "材料不全"), {"id": 7}]
    instance = Run(CALL, host=host(answers), stored=stored).complete("ask", decision="pass")
    assert instance.open() == ["mend"]
    assert instance.execution.failures() == []
    assert ("record", "failed") in instance.told
    assert instance.complete("mend").open() == ["read"]


@pytest.mark.parametrize("stored", [False, True])
def test_an_error_that_nothing_catches_stops_there_and_can_be_tried_again(stored: bool) -> None:
    instance = Run(CALL, host=host([OperationError("down", "短信网关不通"), {"id": 7}]), stored=stored)
    with pytest.raises(OperationFailed, match="短信网关不通") as caught:
        instance.complete("ask", decision="pass")
    assert caught.value.resumable
    assert (caught.value.code, caught.value.operation) == ("down", "entry.record_review")
    assert isinstance(caught.value.__cause__, OperationError)
    instance._after()
    (failure,) = instance.execution.failures()
    assert (failure.element_id, failure.code, failure.message) == ("record", "down", "短信网关不通")
    assert instance.open() == []
    instance.execution.advance()
    assert len(instance.host.calls) == 1
    instance.execution.retry(failure.task_id)
    assert instance.open() == ["read"]
    assert instance.execution.failures() == []
    assert instance.data["review"] == {"id": 7}


@pytest.mark.parametrize("stored", [False, True])
def test_a_failed_operation_can_be_skipped_with_data_given_by_hand(stored: bool) -> None:
    instance = Run(CALL, host=host(OperationError("down", "不通")), stored=stored)
    with pytest.raises(OperationFailed):
        instance.complete("ask", decision="pass")
    instance._after()
    (failure,) = instance.execution.failures()
    instance.execution.skip(failure.task_id, {"review": {"id": 0}})
    assert instance.open() == ["read"]
    assert instance.data["review"] == {"id": 0}
    passed = instance.execution.drain_passed()
    assert [entry.detail.get("skipped") for entry in passed if entry.element_id == "record"] == [True]


def test_any_exception_of_an_operation_is_a_failure_with_its_cause() -> None:
    instance = Run(CALL, host=host(ZeroDivisionError("division by zero")))
    with pytest.raises(OperationFailed) as caught:
        instance.complete("ask", decision="pass")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    (failure,) = instance.execution.failures()
    assert (failure.code, failure.detail) == ("unexpected", "ZeroDivisionError: division by zero")


@pytest.mark.parametrize("wrong", [{"at": object()}, {"typename": "x"}, {"n": float("nan")}])
def test_a_result_that_is_no_plain_data_is_a_failure(wrong: dict[str, Any]) -> None:
    instance = Run(CALL, host=host(wrong))
    with pytest.raises(OperationFailed):
        instance.complete("ask", decision="pass")


def test_only_failed_elements_can_be_tried_again_or_skipped() -> None:
    instance = Run(CALL, host=host({"id": 7}))
    with pytest.raises(TaskNotOpen):
        instance.execution.retry(instance.task_id("ask"))
    with pytest.raises(TaskNotOpen):
        instance.execution.skip(instance.task_id("ask"), {})


def test_the_nearest_matching_boundary_event_catches_and_an_exact_code_comes_before_any() -> None:
    inner = [
        start("s"), service("try", "entry.record_review"), boundary("exact", "try", error("refused")),
        boundary("any", "try", error()), end("e"), end("e_exact"), end("e_any"),
    ]  # fmt: skip
    content = diagram(
        "nearest",
        [
            start(), sub("part", inner, ["s > try", "try > e", "exact > e_exact", "any > e_any"]),
            boundary("outer", "part", error("refused")), end(), end("out"),
        ],
        ["begin > part", "part > done", "outer > out"],
    )  # fmt: skip
    told = Run(content, host=host(OperationError("refused", "不行")))
    assert told.ends == ("done",)
    assert "exact" in told.outcomes("completed")
    other = Run(content, host=host(OperationError("something", "不行")))
    assert "any" in other.outcomes("completed")


@pytest.mark.parametrize("stored", [False, True])
def test_an_error_end_event_leaves_the_sub_process_through_its_boundary(stored: bool) -> None:
    content = diagram(
        "leave",
        [
            start(),
            sub("part", [start("s"), user("ask"), end("bad", error("refused"))], ["s > ask", "ask > bad"]),
            boundary("caught", "part", error("refused")), user("talk"), end(), end("other"),
        ],
        ["begin > part", "part > done", "caught > talk", "talk > other"],
    )  # fmt: skip
    instance = Run(content, {"x": 1}, stored=stored).complete("ask", x=2)
    assert instance.open() == ["talk"]
    assert instance.complete("talk").ends == ("other",)


def test_two_activities_with_the_same_code_do_not_catch_each_other() -> None:
    content = diagram(
        "side_by_side",
        [
            start(), node("parallelGateway", "fork"), user("wait"), service("one", "entry.record_review"),
            sub("two", [start("s"), user("inner"), end("e")], ["s > inner", "inner > e"]),
            boundary("caught_one", "one", error("refused")), boundary("caught_two", "two", error("refused")),
            end("a"), end("b"), end("c"), end("d"),
        ],
        [
            "begin > fork", "fork > wait", "wait > one", "fork > two", "one > a", "two > b",
            "caught_one > c", "caught_two > d",
        ],
    )  # fmt: skip
    instance = Run(content, host=host(OperationError("refused", "不行"))).complete("wait")
    assert instance.open() == ["inner"]
    assert instance.complete("inner").ends == ("c", "b")


def test_an_error_in_one_instance_of_many_ends_the_whole_element() -> None:
    content = diagram(
        "many",
        [
            start(), sub("each", [start("s"), user("ask"), service("try", "entry.record_review"), end("e")],
                         ["s > ask", "ask > try", "try > e"], multi("names", "person")),
            boundary("caught", "each", error("refused")), end(), end("off"),
        ],
        ["begin > each", "each > done", "caught > off"],
    )  # fmt: skip
    instance = Run(content, {"names": ["甲", "乙"]}, host(OperationError("refused", "不行"))).complete("ask")
    assert instance.ends == ("off",)
    assert instance.open() == []


def test_an_endless_loop_without_a_wait_is_stopped() -> None:
    content = diagram(
        "endless",
        [start(), node("exclusiveGateway", "again"), script("count", "n", "n + 1"), end()],
        ["begin > again", "again > count : true", "again > done : default", "count > again"],
    )
    with pytest.raises(StepLimitReached, match="有不等待的循环"):
        Run(content, {"n": 0})


@pytest.mark.parametrize(
    ("kind", "expression", "told"),
    [
        ("Date", "missing", "没有得出日期时间"),
        ("Date", "5", "没有得出日期时间"),
        ("Date", '"tomorrow"', "不是日期时间或时长"),
        ("Duration", "PT2H", "没有得出日期时间"),
        ("Cycle", '"every hour"', "R3/PT1H"),
        ("Cycle", '"R3/PT0S"', "大于零"),
        ("Cycle", '"R3/hour"', "写法不对"),
        ("Cycle", "3", "R3/PT1H"),
    ],
)
def test_a_timer_that_names_no_instant_is_an_incident(kind: str, expression: str, told: str) -> None:
    content = diagram(
        "timed",
        [start(), user("work"), boundary("due", "work", timer(kind, expression), False), end(), end("late")],
        ["begin > work", "work > done", "due > late"],
    )
    with pytest.raises(ExpressionFailed, match=told):
        Run(content)


@pytest.mark.parametrize(
    ("expression", "instant"),
    [
        ('date("2026-03-05")', "2026-03-05T00:00:00+08:00"),
        ('date and time("2026-03-05T10:00:00")', "2026-03-05T10:00:00+08:00"),
        ('date and time("2026-03-05T10:00:00Z")', "2026-03-05T18:00:00+08:00"),
        ('duration("PT2H")', "2026-03-02T11:00:00+08:00"),
        ('duration("P2Y")', "2028-03-02T09:00:00+08:00"),
        ('deadline("five", now())', "2026-03-06T09:00:00+08:00"),
        ("limit", "2026-03-09T00:00:00+08:00"),
    ],
)
def test_a_timer_takes_dates_durations_and_deadlines(expression: str, instant: str) -> None:
    content = diagram(
        "timed",
        [start(), user("work"), boundary("due", "work", timer("Date", expression)), end(), end("late")],
        ["begin > work", "work > done", "due > late"],
    )
    (waiting,) = Run(content, {"limit": "2026-03-09"}, stored=True).execution.timers()
    assert waiting.due_at.isoformat() == instant
    assert (waiting.element_id, waiting.name) == ("due", "due")


@pytest.mark.parametrize("gateway", ["exclusiveGateway", "inclusiveGateway"])
def test_a_choice_in_which_nothing_is_true_is_an_incident_at_the_gateway(gateway: str) -> None:
    content = diagram(
        "nothing",
        [start(), node(gateway, "which"), end("yes"), end("no")],
        ["begin > which", "which > yes : n = 1", "which > no : n = 2"],
    )
    with pytest.raises(ExpressionFailed, match="条件都不成立") as caught:
        Run(content, {"n": 3})
    assert caught.value.element_id == "which"


def test_scripts_before_and_after_elements_do_not_run() -> None:
    hidden = "<bpmn:extensionElements><spiffworkflow:preScript>x = 1</spiffworkflow:preScript></bpmn:extensionElements>"
    content = diagram(
        "hidden",
        [start(), sub("part", [start("s"), user("a"), end("e")], ["s > a", "a > e"], hidden), end()],
        ["begin > part", "part > done"],
    )
    with pytest.raises(ExpressionFailed, match="不能执行脚本"):
        Run(content)


def test_a_nest_too_deep_for_the_interpreter_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def deeper(self: Workflow) -> None:
        deeper(self)

    monkeypatch.setattr(Workflow, "refresh_timers", deeper)
    with pytest.raises(StepLimitReached):
        Run(CALL)


def test_a_correlation_that_cannot_be_evaluated_is_an_incident() -> None:
    environment = FeelEngine(FakeHost(), {}, lambda decision: None).environment  # type: ignore[arg-type,return-value]
    assert environment.evaluate("a + 1", {"a": 1}) == 2
    with pytest.raises(ExpressionFailed):
        environment.evaluate("a +", {"a": 1})


def test_python_in_an_expression_is_nothing_but_an_unknown_function() -> None:
    for text in (
        '__import__("os").system("true")',
        "().__class__.__mro__[1].__subclasses__()",
        "open('/etc/passwd')",
    ):
        content = diagram(
            "hostile",
            [start(), node("exclusiveGateway", "which"), end("yes"), end("no")],
            ["begin > which", f"which > yes : {text}", "which > no : default"],
        )
        with pytest.raises(ExpressionFailed):
            Run(content)


@pytest.mark.parametrize("stored", [False, True])
def test_a_failure_in_one_branch_is_not_forgotten_while_another_goes_on(stored: bool) -> None:
    content = diagram(
        "beside",
        [
            start(), user("go"), node("parallelGateway", "fork"), service("try", "entry.record_review"),
            user("a"), user("b"), user("c"), node("parallelGateway", "join"), end(),
        ],
        [
            "begin > go", "go > fork", "fork > try", "fork > a", "a > b", "b > c", "c > join", "try > join",
            "join > done",
        ],
    )  # fmt: skip
    instance = Run(content, host=host([OperationError("down", "不通"), {}]), stored=stored)
    with pytest.raises(OperationFailed):
        instance.complete("go")
    instance._after()
    instance.complete("a").complete("b").complete("c")
    (failure,) = instance.execution.failures()
    assert instance.ends == ()
    instance.execution.retry(failure.task_id)
    assert instance.ends == ("done",)
