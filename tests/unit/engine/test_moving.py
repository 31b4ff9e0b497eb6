"""退回: the token of an open task goes back to an earlier element."""

from __future__ import annotations

import pytest

from app.engine import JumpRefused, OperationFailed, TaskNotOpen
from app.operations import OperationError
from tests.unit.engine.diagrams import (
    FakeHost,
    Run,
    boundary,
    catch,
    diagram,
    end,
    message,
    multi,
    node,
    service,
    start,
    sub,
    timer,
    user,
)

CHAIN = diagram(
    "chain",
    [
        start(), user("draft", 'camunda:dueDate="=limit"'),
        boundary("late", "draft", timer("Duration", 'duration("PT2H")')),
        user("check"), boundary("slow", "check", timer("Duration", 'duration("PT5H")'), False), user("sign"), end(),
        end("expired"), end("told"),
    ],
    ["begin > draft", "draft > check", "check > sign", "sign > done", "late > expired", "slow > told"],
)  # fmt: skip


@pytest.mark.parametrize("stored", [False, True])
def test_the_token_goes_back_with_its_data_and_the_target_has_its_timers_again(stored: bool) -> None:
    instance = Run(CHAIN, {"limit": "2026-03-03"}, stored=stored)
    instance.complete("draft", text="第一稿", limit="2026-03-09").complete("check", remark="重写")
    assert instance.execution.timers() == []
    instance.jump("sign", "draft")
    assert instance.open() == ["draft"]
    assert instance.execution.data(instance.task_id("draft")) == {
        "limit": "2026-03-09", "text": "第一稿", "remark": "重写",
    }  # fmt: skip
    (task,) = instance.execution.open_tasks()
    assert task.due_at is not None
    assert task.due_at.day == 9
    assert [entry.element_id for entry in instance.execution.timers()] == ["late"]
    assert ("sign", "cancelled") in instance.told
    instance.complete("draft", text="第二稿").complete("check").complete("sign")
    assert instance.ends == ("done",)
    assert instance.data["text"] == "第二稿"


@pytest.mark.parametrize("stored", [False, True])
def test_the_timers_of_the_task_left_behind_are_gone(stored: bool) -> None:
    instance = Run(CHAIN, {"limit": "2026-03-03"}, stored=stored).complete("draft").jump("check", "draft")
    assert [entry.element_id for entry in instance.execution.timers()] == ["late"]
    assert instance.later(hours=2).ends == ("expired",)


PARTS = diagram(
    "parts",
    [
        start(), user("draft"),
        sub("review", [start("s"), user("one"), user("two"), end("e")], ["s > one", "one > two", "two > e"]),
        boundary("withdrawn", "review", message("withdraw")), end(), end("gone"),
    ],
    ["begin > draft", "draft > review", "review > done", "withdrawn > gone"],
)  # fmt: skip


@pytest.mark.parametrize("stored", [False, True])
def test_inside_and_out_of_a_sub_process(stored: bool) -> None:
    instance = Run(PARTS, stored=stored).complete("draft", x=1).complete("one", x=2).jump("two", "one")
    assert instance.open() == ["one"]
    assert instance.deliver("withdraw")
    instance = Run(PARTS, stored=stored).complete("draft", x=1).complete("one", x=2).jump("two", "draft")
    assert instance.open() == ["draft"]
    assert instance.data["x"] == 2
    assert instance.execution.awaited() == []
    assert instance.complete("draft").complete("one").complete("two").ends == ("done",)


@pytest.mark.parametrize("target", ["one", "nowhere", "begin", "done", "withdrawn"])
def test_targets_that_are_refused(target: str) -> None:
    instance = Run(PARTS)
    with pytest.raises(JumpRefused):
        instance.jump("draft", target)
    assert instance.complete("draft").open() == ["one"]


def test_refused_while_another_branch_is_under_way_and_inside_instances() -> None:
    content = diagram(
        "wide",
        [
            start(), user("first"), node("parallelGateway", "fork"), user("a"), user("b"),
            node("parallelGateway", "join"), user("vote", inner=multi("names", "person")), end(),
        ],
        [
            "begin > first", "first > fork", "fork > a", "fork > b", "a > join", "b > join", "join > vote",
            "vote > done",
        ],
    )  # fmt: skip
    instance = Run(content, {"names": ["甲", "乙"]}).complete("first")
    with pytest.raises(JumpRefused, match="并行"):
        instance.jump("a", "first")
    instance.complete("a").complete("b")
    with pytest.raises(JumpRefused, match="多实例"):
        instance.jump("vote/0", "first")


def test_from_a_failed_operation_and_to_a_waiting_event() -> None:
    def fail(arguments: dict[str, object]) -> dict[str, object]:
        raise OperationError("down", "不通")

    content = diagram(
        "stuck",
        [start(), user("ask"), catch("reply", message("reply")), service("try", "x.try_it"), end()],
        ["begin > ask", "ask > reply", "reply > try", "try > done"],
    )
    for stored in (False, True):
        instance = Run(content, host=FakeHost(operations={"x.try_it": fail}), stored=stored).complete(
            "ask", x=1
        )
        with pytest.raises(OperationFailed):
            instance.deliver("reply", y=2)
        instance._after()
        (failure,) = instance.execution.failures()
        instance.execution.jump(failure.task_id, "reply")
        instance._after()
        assert instance.execution.failures() == []
        assert [entry.element_id for entry in instance.execution.awaited()] == ["reply"]
        instance.host.operations["x.try_it"] = lambda arguments: {}
        assert instance.deliver("reply", z=3)
        assert instance.data == {"x": 1, "y": 2, "z": 3}
        instance.host.operations["x.try_it"] = fail


def test_only_open_work_moves() -> None:
    instance = Run(CHAIN, {"limit": "2026-03-03"})
    done = instance.task_id("draft")
    instance.complete("draft")
    with pytest.raises(TaskNotOpen):
        instance.execution.jump(done, "draft")
