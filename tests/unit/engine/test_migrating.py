"""A running instance goes on by another version of its diagram, or is refused and says why."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from app.engine import MigrationRefused, compile_process, migrate
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
    script,
    service,
    start,
    sub,
    timer,
    user,
)


def move(run: Run, content: bytes, called: dict[str, bytes] | None = None) -> tuple[str, ...]:
    """Migrate the run to another diagram; gives the notes. Raises MigrationRefused."""
    process = compile_process(content, {}, called or {})
    run.host.specs[process.spec_hash] = process.spec_text
    migrated = migrate(run.execution.dump(), run.spec_hash, process.spec_hash, run.host, run.outcomes("completed"))
    run.execution, run.spec_hash = migrated.execution, process.spec_hash
    return migrated.notes


def refusal(run: Run, content: bytes) -> str:
    """Why the run cannot be migrated."""
    with pytest.raises(MigrationRefused) as refused:
        move(run, content)
    return "；".join(refused.value.reasons)


def linear(*names: str, **tasks: Any) -> bytes:
    """Tasks one after another."""
    path = ["begin", *names, "done"]
    nodes = [start(), *(tasks.get(name, user(name)) for name in names), end()]
    return diagram("line", nodes, [f"{one} > {other}" for one, other in pairwise(path)])


# --- a plain task -------------------------------------------------------------------------------------------------


def test_a_task_that_is_added_ahead_is_done() -> None:
    run = Run(linear("apply", "review", "appoint")).complete("apply", who="王")

    assert move(run, linear("apply", "review", "second", "appoint")) == ()

    assert run.open() == ["review"]
    run.complete("review", passed=True)
    assert run.open() == ["second"]
    run.complete("second").complete("appoint")
    assert run.ends == ("done",)
    assert run.data == {"who": "王", "passed": True}


def test_whoever_has_passed_the_change_is_refused_by_name() -> None:
    run = Run(linear("apply", "review", "appoint")).complete("apply").complete("review")

    assert refusal(run, linear("apply", "review", "second", "appoint")) == "“review”已办过，在新版本中改了走向"
    assert run.open() == ["appoint"]


def test_a_task_with_a_token_that_was_removed_is_refused() -> None:
    run = Run(linear("apply", "review"))

    assert "“apply”正在进行，在新版本中已删去" in refusal(run, linear("review"))


def test_a_task_that_was_passed_and_removed_is_refused() -> None:
    run = Run(linear("apply", "review", "appoint")).complete("apply").complete("review")

    assert "“apply”已办过，在新版本中已删去" in refusal(run, linear("review", "appoint"))


def test_the_new_words_forms_and_people_hold_from_now_on() -> None:
    run = Run(linear("apply", "review"))
    given = 'camunda:formKey="test/other" camunda:candidateGroups="bureau_leader"'

    move(run, linear("apply", "review", apply=node("userTask", "apply", given)).replace(b'name="apply"', b'name="A"'))

    (task,) = run.execution.open_tasks()
    assert (task.name, task.form_key, task.candidate_groups) == ("A", "test/other", ("bureau_leader",))


def test_people_that_an_expression_named_are_worked_out_anew_where_it_changed() -> None:
    def at(expression: str) -> bytes:
        return linear("apply", apply=user("apply", f"camunda:candidateUsers='{expression}'"))

    run = Run(at("=[first]"), {"first": 1, "second": 2})
    assert run.execution.open_tasks()[0].candidate_users == ("1",)

    move(run, at("=[second]"))
    assert run.execution.open_tasks()[0].candidate_users == ("2",)
    move(run, at("5,6"))
    assert run.execution.open_tasks()[0].candidate_users == ("5", "6")
    assert "出错" in refusal(run, at("=[nobody]"))


def test_a_deadline_that_runs_stays_and_a_new_one_begins() -> None:
    def at(due: str) -> bytes:
        return linear("apply", apply=user("apply", f"camunda:dueDate='{due}'" if due else ""))

    run = Run(at('=now() + duration("PT2H")'))
    before = run.execution.open_tasks()[0].due_at
    run.later(minutes=30)

    (note,) = move(run, at('=now() + duration("PT9H")'))
    assert run.execution.open_tasks()[0].due_at == before
    assert note == "“apply”的办理期限已按原版本算定，不变"

    move(run, at(""))
    assert run.execution.open_tasks()[0].due_at is None
    move(run, at('=now() + duration("PT2H")'))
    due = run.execution.open_tasks()[0].due_at
    assert due is not None
    assert due > before


def test_the_type_of_an_open_task_may_not_change() -> None:
    run = Run(linear("apply", "review"))

    assert "“apply”正在进行，在新版本中改了类型" in refusal(
        run, linear("apply", "review", apply=service("apply", "x.note"))
    )


# --- time ---------------------------------------------------------------------------------------------------------


def timed(hours: int, more: tuple[Any, ...] = (), flows: tuple[str, ...] = (), after: str = "note") -> bytes:
    """A task with a boundary timer."""
    nodes = [start(), user("wait"), boundary("late", "wait", timer("Duration", f'duration("PT{hours}H")')), end()]
    nodes += [user("note"), end("over"), *more]
    return diagram("timed", nodes, ["begin > wait", "wait > done", f"late > {after}", "note > over", *flows])


def test_a_boundary_timer_keeps_its_instant() -> None:
    run = Run(timed(2))
    before = run.execution.timers()
    run.later(hours=1)

    notes = move(run, timed(5))

    assert run.execution.timers() == before
    assert notes == ("“late”的计时已按原版本算定，届满时刻不变",)
    assert run.later(hours=1).open() == ["note"]


def test_what_follows_a_running_timer_is_the_new_way() -> None:
    run = Run(timed(2))

    move(run, timed(2, (user("tell"),), ("tell > note",), after="tell"))

    assert run.later(hours=2).open() == ["tell"]


def test_a_boundary_event_on_active_work_is_neither_added_nor_taken_away() -> None:
    bare = diagram("timed", [start(), user("wait"), end()], ["begin > wait", "wait > done"])

    assert "新版本在它上面加了边界事件“late”" in refusal(Run(bare), timed(2))
    assert "“wait”正在进行，新版本去掉了它的边界事件“late”" in refusal(Run(timed(2)), bare)


def test_a_boundary_event_on_work_ahead_is_simply_there() -> None:
    run = Run(linear("apply", "wait"))
    nodes = [start(), user("apply"), user("wait"), boundary("late", "wait", timer("Duration", 'duration("PT1H")'))]
    new = diagram(
        "line", [*nodes, end(), end("over")], ["begin > apply", "apply > wait", "wait > done", "late > over"]
    )

    move(run, new)

    assert run.complete("apply").later(hours=1).ends == ("over",)


def test_a_boundary_event_on_passed_work_troubles_nobody() -> None:
    run = Run(linear("wait", "next")).complete("wait")
    nodes = [start(), user("wait"), user("next"), boundary("late", "wait", timer("Duration", 'duration("PT1H")'))]

    move(run, diagram("line", [*nodes, end()], ["begin > wait", "wait > next", "late > next", "next > done"]))

    assert run.complete("next").ends == ("done",)


def test_a_round_of_a_cycle_stays_where_it_is() -> None:
    def reminded(after: str) -> bytes:
        nodes = [start(), user("wait"), boundary("again", "wait", timer("Cycle", '"R3/PT1H"'), interrupting=False)]
        nodes += [user("remind"), user("other"), end(), end("told")]
        flows = ["begin > wait", "wait > done", f"again > {after}", "remind > told", "other > told"]
        return diagram("cycle", nodes, flows)

    run = Run(reminded("remind")).later(hours=1)
    assert run.open() == ["remind", "wait"]
    assert "“remind”正在进行" in refusal(run, reminded("other"))

    fresh = Run(reminded("remind"))
    due = fresh.execution.timers()
    move(fresh, reminded("other"))
    assert fresh.execution.timers() == due
    assert fresh.later(hours=1).open() == ["other", "wait"]


def test_a_timer_does_not_become_a_message() -> None:
    def waiting(definition: str) -> bytes:
        return diagram("w", [start(), catch("wait", definition), end()], ["begin > wait", "wait > done"])

    run = Run(waiting(timer("Duration", 'duration("PT1H")')))

    assert "改了等待的事件" in refusal(run, waiting(message("hello")))
    assert "改了等待的事件" in refusal(run, waiting(timer("Cycle", '"R3/PT1H"')))
    assert "改了等待的事件" in refusal(Run(waiting(message("hello"))), waiting(message("bye")))


# --- parallel -----------------------------------------------------------------------------------------------------


def forked(*branches: str, extra: str = "") -> bytes:
    """Branches between a fork and a join."""
    nodes = [start(), node("parallelGateway", "fork"), node("parallelGateway", "join"), user("after"), end()]
    nodes += [user(name) for name in branches] + ([user(extra)] if extra else [])
    flows = ["begin > fork", *(f"fork > {name}" for name in branches), "join > after", "after > done"]
    flows += [f"{name} > {extra if extra and name == branches[-1] else 'join'}" for name in branches]
    return diagram("forked", nodes, [*flows, *([f"{extra} > join"] if extra else [])])


def test_a_task_more_in_a_branch_under_way_is_waited_for_at_the_join() -> None:
    run = Run(forked("a", "b")).complete("a", x=1)

    move(run, forked("a", "b", extra="c"))

    assert run.complete("b", y=2).open() == ["c"]
    assert run.complete("c").open() == ["after"]
    assert run.complete("after").data == {"x": 1, "y": 2}


def test_a_fork_that_was_passed_may_not_have_another_branch() -> None:
    run = Run(forked("a", "b")).complete("a")

    assert "“fork”已办过，在新版本中改了走向" in refusal(run, forked("a", "b", "c"))


# --- multi-instance -----------------------------------------------------------------------------------------------


def panel(following: str = "", condition: str = "", sequential: bool = False) -> bytes:
    """A task for each of several people."""
    inner = multi("people", "who", "answers", "answer", condition=condition, sequential=sequential)
    nodes = [start(), user("ask", inner=inner), end()]
    nodes += [user(following)] if following else []
    flows = ["begin > ask", f"ask > {following}", f"{following} > done"] if following else ["begin > ask", "ask > done"]
    return diagram("panel", nodes, flows)


@pytest.mark.parametrize("sequential", [False, True])
def test_a_panel_half_answered_goes_on(sequential: bool) -> None:
    run = Run(panel(sequential=sequential), {"people": {"a": {"n": 1}, "b": {"n": 2}, "c": {"n": 3}}})
    first = "ask/a"
    run.complete(first, answer="yes")
    before = run.open()

    move(run, panel("count", sequential=sequential))

    assert run.open() == before
    who = run.execution.data(run.task_id(before[0]))["who"]
    assert who == {"n": 2}
    for name in ("ask/b", "ask/c"):
        run.complete(name, answer=name)
    assert run.open() == ["count"]
    assert run.complete("count").data["answers"] == {"a": "yes", "b": "ask/b", "c": "ask/c"}


def test_how_a_running_panel_is_made_may_not_change() -> None:
    run = Run(panel(), {"people": {"a": 1, "b": 2}})

    assert "改了完成条件" in refusal(run, panel(condition="nrOfCompletedInstances = 1"))
    assert "改了类型" in refusal(run, panel(sequential=True))


# --- sub-processes and called processes ----------------------------------------------------------------------------


def nested(*inner: str, after: str = "") -> bytes:
    """A sub-process with tasks in it."""
    path = ["s", *inner, "e"]
    flows = [f"{one} > {other}" for one, other in pairwise(path)]
    part = sub("part", [start("s"), *(user(name) for name in inner), end("e")], flows)
    out = ["begin > part", f"part > {after}", f"{after} > done"] if after else ["begin > part", "part > done"]
    return diagram("nested", [start(), part, *([user(after)] if after else []), end()], out)


def test_inside_a_sub_process_and_after_it_the_new_way_is_taken() -> None:
    run = Run(nested("a", "b")).complete("a", x=1)

    move(run, nested("a", "b", "c", after="d"))

    assert run.complete("b").complete("c").open() == ["d"]
    assert run.complete("d").data == {"x": 1}
    assert run.ends == ("done",)


def test_what_was_passed_inside_a_sub_process_counts_when_it_is_over() -> None:
    run = Run(nested("a", after="d")).complete("a")

    assert "“a”已办过，在新版本中改了走向" in refusal(run, nested("a", "b", after="d"))


def calling(after: str = "") -> bytes:
    """A process that calls another."""
    nodes = [start(), node("callActivity", "call", 'calledElement="line"'), end(), *([user(after)] if after else [])]
    flows = ["begin > call", f"call > {after}", f"{after} > done"] if after else ["begin > call", "call > done"]
    return diagram("calling", nodes, flows)


def test_a_called_process_goes_on_by_its_new_version() -> None:
    run = Run(calling(), called={"line": linear("apply", "review")}).complete("apply", x=1)

    move(run, calling("close"), {"line": linear("apply", "review", "second")})

    assert run.complete("review").complete("second").open() == ["close"]
    assert run.complete("close").data == {"x": 1}


# --- events -------------------------------------------------------------------------------------------------------


def gated(hours: int, yes: str = "took", extra: bool = False) -> bytes:
    """A gateway that waits for a message or a time."""
    nodes = [start(), node("eventBasedGateway", "gate"), catch("answered", message("answer")),
             catch("silent", timer("Duration", f'duration("PT{hours}H")')), user("took"), user("other"),
             user("lapse"), end(), end("o2"), end("o3")]  # fmt: skip
    flows = ["begin > gate", "gate > answered", "gate > silent", f"answered > {yes}", "silent > lapse",
             "took > done", "other > o2", "lapse > o3"]  # fmt: skip
    if extra:
        nodes.append(catch("third", message("third")))
        flows += ["gate > third", "third > other"]
    return diagram("gated", nodes, flows)


def test_an_event_gateway_keeps_waiting_and_leads_on_anew() -> None:
    answered, silent = Run(gated(2)), Run(gated(2))

    assert move(answered, gated(2, "other")) == ()
    assert move(silent, gated(7)) == ("“gate”的计时已按原版本算定，届满时刻不变",)

    assert answered.deliver("answer", x=1)
    assert answered.open() == ["other"]
    assert silent.later(hours=2).open() == ["lapse"]


def test_an_event_gateway_does_not_wait_for_something_else() -> None:
    assert "“gate”正在进行，在新版本中改了" in refusal(Run(gated(2)), gated(2, extra=True))


# --- gateways, tables, failures ------------------------------------------------------------------------------------


def choosing(limit: int) -> bytes:
    """A choice by a number."""
    nodes = [start(), user("ask"), node("exclusiveGateway", "choice"), user("much"), user("little"), end()]
    flows = ["begin > ask", "ask > choice", f"choice > much : n > {limit}", "choice > little : default",
             "much > done", "little > done"]  # fmt: skip
    return diagram("choosing", nodes, flows)


def test_a_new_condition_applies_ahead_and_refuses_behind() -> None:
    ahead, behind = Run(choosing(5)), Run(choosing(5)).complete("ask", n=3)

    move(ahead, choosing(1))

    assert ahead.complete("ask", n=3).open() == ["much"]
    assert refusal(behind, choosing(1)) == "“choice”已办过，在新版本中改了分支条件"


def test_work_that_was_returned_to_before_the_change_does_it_anew() -> None:
    run = Run(linear("apply", "review", "appoint")).complete("apply").complete("review").jump("appoint", "apply")

    (note,) = move(run, linear("apply", "review", "second", "appoint"))

    assert note == "“review”办过后又退到了它之前，再办时按新版本"
    assert run.complete("apply").complete("review").open() == ["second"]


def test_a_loop_that_comes_by_the_change_again_takes_it() -> None:
    def looped(second: bool) -> bytes:
        nodes = [start(), user("review"), node("exclusiveGateway", "ok"), user("mend"), user("appoint"), end()]
        nodes += [user("second")] if second else []
        flows = ["begin > review", "mend > review", "ok > mend : again", "ok > appoint : default", "appoint > done"]
        flows += ["review > second", "second > ok"] if second else ["review > ok"]
        return diagram("looped", nodes, flows)

    run = Run(looped(second=False)).complete("review", again=True)
    assert run.open() == ["mend"]

    move(run, looped(second=True))

    assert run.complete("mend").complete("review", again=False).open() == ["second"]
    gone = Run(looped(second=False)).complete("review", again=True).complete("mend").complete("review", again=False)
    assert "“review”已办过" in refusal(gone, looped(second=True))


def test_a_failed_operation_is_retried_as_the_new_version_says() -> None:
    def failing(arguments: dict[str, Any]) -> dict[str, Any]:
        raise OperationError("down", "不通")

    host = FakeHost(operations={"x.old": failing, "x.new": lambda given: {"n": given["n"]}})

    def calling_it(operation: str) -> bytes:
        return linear("ask", "act", "after", act=service("act", operation, "r", n="1"))

    run = Run(calling_it("x.old"), host=host)
    with pytest.raises(Exception, match="不通"):
        run.complete("ask")

    run._after()
    move(run, calling_it("x.new"))
    (failure,) = run.execution.failures()
    run.execution.retry(failure.task_id)

    assert run.open() == ["after"]
    assert run.data["r"] == {"n": 1}


def test_what_a_script_worked_out_is_not_worked_out_otherwise_afterwards() -> None:
    def with_script(expression: str) -> bytes:
        return linear("note", "ask", note=script("note", "x", expression))

    assert "“note”已办过，在新版本中改了表达式" in refusal(Run(with_script("1")), with_script("2"))


def test_another_process_is_refused() -> None:
    other = diagram("other", [start(), user("apply"), end()], ["begin > apply", "apply > done"])

    assert refusal(Run(linear("apply")), other)


def test_a_refusal_changes_nothing() -> None:
    run = Run(forked("a", "b")).complete("a")
    state = run.execution.dump()

    refusal(run, forked("a", "b", "c"))

    assert run.execution.dump() == state


@pytest.mark.parametrize("make", [lambda: Run(timed(2)), lambda: Run(nested("a", "b")), lambda: Run(gated(2))])
def test_to_the_same_version_is_no_change_at_all(make: Callable[[], Run]) -> None:
    run = make()
    before = (run.open(), run.execution.timers(), run.execution.awaited(), run.data)
    notes = migrate(run.execution.dump(), run.spec_hash, run.spec_hash, run.host, run.outcomes("completed")).notes

    assert notes == ()
    assert before == (run.open(), run.execution.timers(), run.execution.awaited(), run.data)


# --- nothing hangs ------------------------------------------------------------------------------------------------


def parted(*, joined: bool) -> bytes:
    """Two branches that end each for itself, or wait for each other."""
    nodes = [start(), node("parallelGateway", "fork"), user("a"), user("b"), end(), end("other")]
    nodes += [node("parallelGateway", "join")] if joined else []
    flows = ["begin > fork", "fork > a", "fork > b"]
    flows += ["a > join", "b > join", "join > done"] if joined else ["a > done", "b > other"]
    return diagram("parted", nodes[:-2] + nodes[-1:] if joined else nodes, flows)


def test_tokens_that_would_wait_for_ever_are_not_moved_even_where_no_history_tells_of_them() -> None:
    run = Run(parted(joined=False)).complete("a")
    process = compile_process(parted(joined=True))
    run.host.specs[process.spec_hash] = process.spec_text

    with pytest.raises(MigrationRefused, match="会停在“join”走不下去"):
        migrate(run.execution.dump(), run.spec_hash, process.spec_hash, run.host, [])

    both = Run(parted(joined=False))
    move(both, parted(joined=True))
    assert both.complete("a").open() == ["b"]
    assert both.complete("b").ends == ("done",)


def test_tokens_that_wait_at_a_join_count_for_it() -> None:
    run = Run(forked("a", "b", "c")).complete("a").complete("b")

    assert move(run, forked("a", "b", "c", extra="more")) == ()
    assert run.complete("c").complete("more").open() == ["after"]
