"""Where a case stands, and what moving a token by hand would cancel: told before anything is changed."""

from __future__ import annotations

import pytest

from app.engine import JumpRefused, TaskNotOpen
from tests.unit.engine.diagrams import (
    Run,
    boundary,
    catch,
    diagram,
    end,
    message,
    node,
    start,
    sub,
    timer,
    user,
)

WAITING = diagram(
    "waiting",
    [start(), user("ask"), catch("answer", message("answered")), user("read"),
     boundary("late", "read", timer("Duration", 'duration("PT2H")')), end(), end("expired")],
    ["begin > ask", "ask > answer", "answer > read", "read > done", "late > expired"],
)  # fmt: skip


def _tokens(run: Run) -> list[tuple[str, str]]:
    return [(one.element_id, one.state) for one in run.execution.tokens()]


@pytest.mark.parametrize("stored", [False, True])
def test_a_token_that_waits_for_a_message_can_be_moved_on_and_back(stored: bool) -> None:
    run = Run(WAITING, stored=stored)
    assert _tokens(run) == [("ask", "open")]
    run.complete("ask")
    assert _tokens(run) == [("answer", "waiting")]
    waiting = run.execution.tokens()[0].task_id
    assert [one.element_id for one in run.execution.cancelled_by_jump(waiting, "read")] == ["answer"]
    assert _tokens(run) == [("answer", "waiting")]
    run.execution.jump(waiting, "read")
    assert _tokens(run) == [("read", "open")]
    assert run.execution.awaited() == []
    back = run.execution.tokens()[0].task_id
    assert {one.element_id for one in run.execution.cancelled_by_jump(back, "answer")} == {"read", "late"}
    run.execution.jump(back, "answer")
    assert [one.name for one in run.execution.awaited()] == ["answered"]
    assert run.execution.timers() == []
    assert run.execution.deliver("answered", {})
    run.complete("read")
    assert run.ends == ("done",)


def test_a_boundary_event_is_no_token() -> None:
    run = Run(WAITING).complete("ask")
    run.execution.deliver("answered", {})
    timer_id = run.execution.timers()[0].task_id
    with pytest.raises(TaskNotOpen):
        run.execution.cancelled_by_jump(timer_id, "ask")


def test_leaving_a_sub_process_cancels_all_inside_it() -> None:
    inner = sub("inside", [start("in"), node("parallelGateway", "fork"), user("left"), user("right"), end("out")],
                ["in > fork", "fork > left", "fork > right", "left > out", "right > out"])
    flows = ["begin > inside", "inside > after", "after > done"]
    bpmn = diagram("outer", [start(), inner, user("after"), end()], flows)
    run = Run(bpmn)
    left = run.task_id("left")
    assert {"left", "right"} <= {one.element_id for one in run.execution.cancelled_by_jump(left, "after")}
    with pytest.raises(JumpRefused, match="还有并行的环节"):
        run.execution.cancelled_by_jump(left, "right")
    run.execution.jump(left, "after")
    assert _tokens(run) == [("after", "open")]


@pytest.mark.parametrize("target", ["begin", "done", "late"])
def test_no_token_goes_to_a_start_an_end_or_a_boundary(target: str) -> None:
    run = Run(WAITING)
    with pytest.raises(JumpRefused):
        run.execution.cancelled_by_jump(run.task_id("ask"), target)
