"""Multi-instance elements with boundary events around them, and inside one another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.engine.diagrams import Run, boundary, diagram, end, multi, start, sub, timer, user

Runner = Callable[..., Run]


@pytest.fixture(params=[False, True], ids=["live", "stored"])
def run(request: pytest.FixtureRequest) -> Runner:
    """Starts a diagram live, or stored and loaded after every act."""

    def begin(content: bytes, **data: Any) -> Run:
        return Run(content, data, stored=request.param)

    return begin


def panel(interrupting: bool) -> bytes:
    """A vote of several people with a timer on the whole."""
    vote = user("vote", inner=multi("names", "voter", "votes", "given"))
    due = boundary("due", "vote", timer("Duration", 'duration("PT2H")'), interrupting)
    return diagram(
        "panel", [start(), vote, due, end(), end("late")], ["begin > vote", "vote > done", "due > late"]
    )


def test_a_timer_on_the_whole_of_a_task_takes_all_of_them_away(run: Runner) -> None:
    instance = run(panel(interrupting=True), names=["甲", "乙", "丙"]).complete("vote/1", given=1)
    assert instance.later(hours=2).ends == ("late",)
    assert instance.open() == []
    assert instance.outcomes("cancelled").count("vote") == 3
    in_time = run(panel(interrupting=True), names=["甲"]).complete("vote/0", given=1)
    assert in_time.ends == ("done",)
    assert in_time.execution.timers() == []


def test_a_reminder_on_the_whole_of_a_task_leaves_them_open(run: Runner) -> None:
    instance = run(panel(interrupting=False), names=["甲", "乙"]).complete("vote/1", given=1)
    instance.later(hours=2)
    assert instance.open() == ["vote/0"]
    assert set(instance.complete("vote/0", given=2).ends) == {"late", "done"}
    assert instance.data["votes"] == [2, 1]


@pytest.mark.parametrize("sequential", [False, True])
def test_a_timer_on_the_whole_of_a_sub_process(run: Runner, sequential: bool) -> None:
    inner = [start("s"), user("ask"), user("sign"), end("e")]
    each = sub(
        "each", inner, ["s > ask", "ask > sign", "sign > e"], multi("names", "who", sequential=sequential)
    )
    due = boundary("due", "each", timer("Duration", 'duration("PT2H")'))
    flows = ["begin > each", "each > done", "due > late"]
    content = diagram("each_of", [start(), each, due, end(), end("late")], flows)
    instance = run(content, names=["甲", "乙"]).complete("ask")
    assert instance.later(hours=2).ends == ("late",)
    assert instance.open() == []
    instance = run(content, names=["甲", "乙"])
    for _ in range(2):
        instance.complete("ask").complete("sign")
    assert instance.ends == ("done",)


def test_one_inside_another(run: Runner) -> None:
    inner = [start("s"), user("mark", inner=multi("items", "item", "marks", "given")), end("e")]
    each = sub("each", inner, ["s > mark", "mark > e"], multi("people", "person", "all", "marks"))
    content = diagram("nested", [start(), each, end()], ["begin > each", "each > done"])
    instance = run(content, people={"p1": 1, "p2": 2}, items=["x", "y"])
    assert instance.open() == ["mark/0", "mark/0", "mark/1", "mark/1"]
    for number in range(4):
        instance.complete(instance.open()[0], given=number)
    assert instance.ends == ("done",)
    assert sorted(mark for marks in instance.data["all"].values() for mark in marks) == [0, 1, 2, 3]
