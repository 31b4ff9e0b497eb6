"""The constructs the product draws with, each run live and with the state stored and loaded after every act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.engine import TaskNotOpen
from tests.unit.engine.diagrams import (
    Run,
    boundary,
    catch,
    diagram,
    end,
    message,
    multi,
    node,
    script,
    start,
    sub,
    timer,
    user,
)

Runner = Callable[..., Run]


@pytest.fixture(params=[False, True], ids=["live", "stored"])
def run(request: pytest.FixtureRequest) -> Runner:
    """Starts a diagram live, or stored and loaded after every act."""

    def begin(content: bytes, **data: Any) -> Run:
        return Run(content, data, stored=request.param)

    return begin


def test_an_exclusive_gateway_takes_the_first_true_branch_or_the_default(run: Runner) -> None:
    content = diagram(
        "choice",
        [start(), user("ask"), node("exclusiveGateway", "which"), end("small"), end("large"), end("other")],
        [
            "begin > ask",
            "ask > which",
            "which > small : n < 5",
            "which > large : n > 9",
            "which > other : default",
        ],
    )
    assert run(content).complete("ask", n=1).ends == ("small",)
    assert run(content).complete("ask", n=10).ends == ("large",)
    assert run(content).complete("ask", n=7).ends == ("other",)


def test_a_parallel_gateway_waits_for_all_branches_and_keeps_what_each_changed(run: Runner) -> None:
    content = diagram(
        "both",
        [
            start(),
            node("parallelGateway", "fork"),
            user("a"),
            user("b"),
            node("parallelGateway", "join"),
            end(),
        ],
        ["begin > fork", "fork > a", "fork > b", "a > join", "b > join", "join > done"],
    )
    instance = run(content, x="old", y="old")
    assert instance.open() == ["a", "b"]
    instance.complete("a", x="from a")
    assert instance.open() == ["b"]
    instance.complete("b", y="from b")
    assert instance.ends == ("done",)
    assert instance.data == {"x": "from a", "y": "from b"}


def test_a_parallel_part_inside_a_loop_keeps_the_data_of_its_own_round(run: Runner) -> None:
    content = diagram(
        "rounds",
        [
            start(), user("again"), node("parallelGateway", "fork"), user("a"), user("b"),
            node("parallelGateway", "join"), node("exclusiveGateway", "enough"), end(),
        ],
        [
            "begin > again", "again > fork", "fork > a", "fork > b", "a > join", "b > join", "join > enough",
            "enough > done : x = 3", "enough > again : default",
        ],
    )  # fmt: skip
    instance = run(content)
    for x in (1, 2, 3):
        instance.complete("again", stale=x)
        instance.complete("b", y=x * 10)
        instance.complete("a", x=x)
    assert instance.ends == ("done",)
    assert instance.data == {"x": 3, "y": 30, "stale": 3}


EVENT_GATEWAY = diagram(
    "first",
    [
        start(), node("eventBasedGateway", "either"), catch("reply", message("reply", "answer")),
        catch("late", timer("Date", 'now() + duration("PT2H")')), end("replied"), end("timed_out"),
    ],
    ["begin > either", "either > reply", "either > late", "reply > replied", "late > timed_out"],
)  # fmt: skip


def test_an_event_gateway_takes_whichever_comes_first(run: Runner) -> None:
    instance = run(EVENT_GATEWAY)
    assert [timer.element_id for timer in instance.execution.timers()] == ["late"]
    assert [entry.name for entry in instance.execution.awaited()] == ["reply"]
    assert instance.deliver("reply", accepted=True)
    assert instance.ends == ("replied",)
    assert instance.data == {"answer": {"accepted": True}}

    instance = run(EVENT_GATEWAY)
    assert instance.later(hours=1, minutes=59).ends == ()
    assert instance.later(minutes=1).ends == ("timed_out",)
    assert not instance.deliver("reply", accepted=True)


def test_an_event_gateway_in_a_loop_starts_a_new_clock_each_round(run: Runner) -> None:
    content = diagram(
        "watch",
        [
            start(), node("exclusiveGateway", "again"), node("eventBasedGateway", "either"),
            catch("leave", message("leave")), catch("late", timer("Duration", 'duration("PT2H")')), end("over"),
        ],
        ["begin > again", "again > either", "either > leave", "either > late", "leave > again", "late > over"],
    )  # fmt: skip
    instance = run(content)
    instance.later(hours=1)
    assert instance.deliver("leave", who="甲")
    instance.later(hours=1, minutes=30)
    assert instance.deliver("leave", who="乙")
    assert instance.later(hours=1, minutes=59).ends == ()
    assert instance.later(minutes=1).ends == ("over",)
    assert instance.data == {"who": "乙"}


def timed(interrupting: bool) -> bytes:
    return diagram(
        "timed",
        [
            start(), user("work"), boundary("due", "work", timer("Date", "limit"), interrupting),
            script("remind", "reminded", "true"), end("done"), end("escalated"),
        ],
        ["begin > work", "work > done", "due > remind", "remind > escalated"],
    )  # fmt: skip


def test_an_interrupting_boundary_timer_takes_the_work_away(run: Runner) -> None:
    instance = run(timed(interrupting=True), limit="2026-03-02T11:00:00+08:00")
    late = instance.task_id("work")
    assert instance.later(hours=2).ends == ("escalated",)
    assert instance.outcomes("cancelled") == ["work"]
    with pytest.raises(Exception, match="已办结或已撤销"):
        instance.execution.complete(late, {})


def test_an_answer_after_the_instant_loses_against_the_timer_even_if_no_job_ran(run: Runner) -> None:
    instance = run(timed(interrupting=True), limit="2026-03-02T11:00:00+08:00")
    late = instance.task_id("work")
    instance.host.later(hours=2)
    with pytest.raises(Exception, match="已办结或已撤销"):
        instance.execution.complete(late, {})
    assert instance.execution.end_elements == ("escalated",)


def test_a_non_interrupting_boundary_timer_leaves_the_work_open(run: Runner) -> None:
    instance = run(timed(interrupting=False), limit="2026-03-02T11:00:00+08:00")
    instance.later(hours=2)
    assert instance.open() == ["work"]
    instance.complete("work")
    assert set(instance.ends) == {"escalated", "done"}

    in_time = run(timed(interrupting=False), limit="2026-03-02T11:00:00+08:00").complete("work")
    assert in_time.ends == ("done",)
    assert in_time.execution.timers() == []


def test_a_cycle_reminds_until_the_work_is_done(run: Runner) -> None:
    content = diagram(
        "nag",
        [
            start(), user("work"), boundary("each", "work", timer("Cycle", '"R3/PT1H"'), interrupting=False),
            script("remind", "reminded", "1"), end("done"), end("told"),
        ],
        ["begin > work", "work > done", "each > remind", "remind > told"],
    )  # fmt: skip
    instance = run(content)
    instance.later(hours=1).later(hours=1)
    assert instance.outcomes("completed").count("remind") == 2
    assert [timer.due_at.hour for timer in instance.execution.timers()] == [12]
    instance.complete("work")
    assert instance.execution.is_completed
    assert instance.outcomes("taken").count("f2_each_remind") == 2


def test_a_timer_can_be_put_off_without_running_anything(run: Runner) -> None:
    instance = run(timed(interrupting=True), limit="2026-03-02T11:00:00+08:00")
    (waiting,) = instance.execution.timers()
    instance.host.later(hours=2)
    instance.execution.postpone(waiting.task_id, waiting.due_at + timedelta(days=1))
    instance.later(hours=1)
    assert instance.open() == ["work"]
    assert instance.later(days=1).ends == ("escalated",)
    with pytest.raises(TaskNotOpen):
        instance.execution.postpone(waiting.task_id, waiting.due_at)

    content = diagram(
        "nag",
        [
            start(),
            user("work"),
            boundary("each", "work", timer("Cycle", '"R1/PT1H"'), False),
            end(),
            end("told"),
        ],
        ["begin > work", "work > done", "each > told"],
    )
    instance = run(content)
    (waiting,) = instance.execution.timers()
    instance.execution.postpone(waiting.task_id, waiting.due_at + timedelta(hours=4))
    assert "told" not in instance.later(hours=4).outcomes("completed")
    assert "told" in instance.later(hours=1).outcomes("completed")
    with pytest.raises(TaskNotOpen):
        instance.execution.postpone(instance.task_id("work"), waiting.due_at)


WITHDRAWAL = diagram(
    "withdrawal",
    [
        start(),
        sub("handling", [start("s"), user("check"), user("review"), end("e")],
            ["s > check", "check > review", "review > e"]),
        boundary("withdrawn", "handling", message("withdraw", "why")),
        end("granted"), end("gone"),
    ],
    ["begin > handling", "handling > granted", "withdrawn > gone"],
)  # fmt: skip


def test_a_message_interrupts_a_sub_process_in_any_of_its_states(run: Runner) -> None:
    for done in ([], ["check"]):
        instance = run(WITHDRAWAL)
        for name in done:
            instance.complete(name)
        assert instance.deliver("withdraw", reason="不想评了")
        assert instance.ends == ("gone",)
        assert instance.data["why"] == {"reason": "不想评了"}
        assert set(instance.outcomes("cancelled")) == {"handling", "review" if done else "check"}
    assert run(WITHDRAWAL).complete("check").complete("review").ends == ("granted",)


def test_a_sub_process_hands_its_data_on(run: Runner) -> None:
    instance = run(WITHDRAWAL, given=1).complete("check", checked=True).complete("review", passed=True)
    assert instance.data == {"given": 1, "checked": True, "passed": True}


def test_a_user_task_for_each_entry_of_a_dict_collects_by_key(run: Runner) -> None:
    content = diagram(
        "panel",
        [start(), user("vote", inner=multi("experts", "expert", "votes", "vote_given")), end()],
        ["begin > vote", "vote > done"],
    )
    instance = run(content, experts={"e2": {"name": "乙"}, "e1": {"name": "甲"}})
    assert instance.open() == ["vote/e1", "vote/e2"]
    assert instance.execution.data(instance.task_id("vote/e1"))["expert"] == {"name": "甲"}
    instance.complete("vote/e1", vote_given="同意").complete("vote/e2", vote_given="反对")
    assert instance.ends == ("done",)
    assert instance.data["votes"] == {"e1": "同意", "e2": "反对"}


def test_a_list_of_instances_collects_in_the_order_of_the_list(run: Runner) -> None:
    content = diagram(
        "ordered",
        [start(), user("vote", inner=multi("names", "voter", "votes", "vote_given")), end()],
        ["begin > vote", "vote > done"],
    )
    instance = run(content, names=["甲", "乙", "丙"])
    for position in ("2", "0", "1"):
        instance.complete(f"vote/{position}", vote_given=position)
    assert instance.data["votes"] == ["0", "1", "2"]


def test_an_empty_collection_passes_at_once(run: Runner) -> None:
    content = diagram(
        "nobody",
        [start(), user("vote", inner=multi("names", "voter", "votes", "vote_given")), end()],
        ["begin > vote", "vote > done"],
    )
    assert run(content, names=[]).data["votes"] == []


def test_sequential_instances_come_one_after_another(run: Runner) -> None:
    content = diagram(
        "queue",
        [start(), user("sign", inner=multi("names", "signer", "signed", "mark", sequential=True)), end()],
        ["begin > sign", "sign > done"],
    )
    instance = run(content, names=["甲", "乙"])
    assert instance.open() == ["sign/0"]
    instance.complete("sign/0", mark="a")
    assert instance.open() == ["sign/1"]
    assert instance.complete("sign/1", mark="b").data["signed"] == ["a", "b"]


def test_a_completion_condition_counts_what_is_done(run: Runner) -> None:
    content = diagram(
        "quorum",
        [
            start(),
            user("vote", inner=multi("names", "voter", "votes", "vote_given", condition="nrOfCompletedInstances >= 2")),
            end(),
        ],
        ["begin > vote", "vote > done"],
    )  # fmt: skip
    instance = run(content, names=["甲", "乙", "丙"]).complete("vote/0", vote_given=1)
    assert instance.ends == ()
    assert instance.complete("vote/2", vote_given=3).ends == ("done",)
    assert instance.data["votes"] == [1, 3]
    assert instance.outcomes("cancelled") == ["vote"]


INVITE = diagram(
    "invite",
    [
        start("s"), user("answer"), boundary("late", "answer", timer("Duration", 'duration("PT2H")')),
        script("yes", "reply", '"accepted"'), script("no", "reply", '"none"'), end("e1"), end("e2"),
    ],
    ["s > answer", "answer > yes", "yes > e1", "late > no", "no > e2"],
)  # fmt: skip


@pytest.mark.parametrize("stored", [False, True])
def test_a_called_process_for_each_expert_has_its_own_clock(stored: bool) -> None:
    content = diagram(
        "drawing",
        [start(), node("callActivity", "ask", 'calledElement="invite"', multi("experts", "expert", "replies", "reply")),
         end()],
        ["begin > ask", "ask > done"],
    )  # fmt: skip
    experts = {"e1": {"name": "甲"}, "e2": {"name": "乙"}, "e3": {"name": "丙"}}
    instance = Run(content, {"experts": experts}, stored=stored, called={"invite": INVITE})
    assert instance.open() == ["answer", "answer", "answer"]
    named = {
        instance.execution.data(task.id)["expert"]["name"]: task.id
        for task in instance.execution.open_tasks()
    }
    instance.execution.complete(named["乙"], {})
    instance._after()
    assert instance.later(hours=2).ends == ("done",)
    assert instance.data["replies"] == {"e1": "none", "e2": "accepted", "e3": "none"}
    assert len(instance.execution.timers()) == 0


def test_terminate_ends_everything(run: Runner) -> None:
    content = diagram(
        "stop",
        [
            start(), node("parallelGateway", "fork"), user("a"), user("b"),
            end("stopped", "<bpmn:terminateEventDefinition/>"), end("usual"),
        ],
        ["begin > fork", "fork > a", "fork > b", "a > stopped", "b > usual"],
    )  # fmt: skip
    instance = run(content).complete("a")
    assert instance.ends == ("stopped",)
    assert instance.open() == []
    assert instance.outcomes("cancelled") == ["b"]


def test_a_loop_of_three_hundred_rounds_stays_small_and_reaches_its_end(run: Runner) -> None:
    content = diagram(
        "long",
        [start(), user("try"), user("look"), node("exclusiveGateway", "enough"), end()],
        ["begin > try", "try > look", "look > enough", "enough > done : ok", "enough > try : default"],
    )
    instance = run(content)
    sizes = []
    for round_number in range(350):
        instance.complete("try", n=round_number).complete("look", ok=round_number == 349)
        if not instance.ends:
            sizes.append(len(instance.execution.dump()))
    assert instance.ends == ("done",)
    assert sizes[-1] < sizes[10] * 1.2


def test_a_loop_beside_a_waiting_branch_stays_small_too(run: Runner) -> None:
    content = diagram(
        "beside",
        [
            start(), node("parallelGateway", "fork"), user("wait"), user("try"),
            boundary("late", "try", timer("Duration", 'duration("PT2H")')),
            boundary("nag", "try", timer("Duration", 'duration("PT1H")'), False),
            node("exclusiveGateway", "enough"), node("parallelGateway", "join"), end(), end("told"), end("over"),
        ],
        [
            "begin > fork", "fork > wait", "fork > try", "try > enough", "enough > try : not(ok)",
            "enough > join : default",
            "wait > join", "join > done", "late > over", "nag > told",
        ],
    )  # fmt: skip
    instance = run(content, given=1)
    sizes = []
    for round_number in range(150):
        instance.complete("try", ok=False, n=round_number)
        sizes.append(len(instance.execution.dump()))
    assert sizes[-1] < sizes[10] * 1.2
    assert [entry.element_id for entry in instance.execution.timers()] == ["nag", "late"]
    instance.complete("try", ok=True).complete("wait", heard=True)
    assert instance.ends == ("done",)
    assert instance.data == {"given": 1, "n": 149, "ok": True, "heard": True}


def test_an_inclusive_gateway_takes_all_true_branches(run: Runner) -> None:
    content = diagram(
        "some",
        [
            start(), node("inclusiveGateway", "split"), user("a"), user("b"), user("c"),
            node("inclusiveGateway", "join"), end(),
        ],
        [
            "begin > split", "split > a : n > 0", "split > b : n > 1", "split > c : default",
            "a > join", "b > join", "c > join", "join > done",
        ],
    )  # fmt: skip
    instance = run(content, n=2)
    assert instance.open() == ["a", "b"]
    assert instance.complete("a").complete("b").ends == ("done",)
    assert run(content, n=0).open() == ["c"]


def test_a_receive_task_waits_for_its_message(run: Runner) -> None:
    content = diagram(
        "receive",
        [start(), node("receiveTask", "hear", 'messageRef="M_word"'), end()],
        ["begin > hear", "hear > done"],
    )
    instance = run(content)
    assert [(entry.name, entry.element_id) for entry in instance.execution.awaited()] == [("word", "hear")]
    assert not instance.deliver("other")
    assert instance.deliver("word", text="好")
    assert instance.ends == ("done",)
    assert instance.data == {"text": "好"}
