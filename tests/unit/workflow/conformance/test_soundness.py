"""The token game: diagrams that would stop, double, never end, or hold what is never reached."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from lxml import etree

from app.workflow.conformance import soundness
from app.workflow.conformance.drawing import Drawing
from tests.unit.engine.diagrams import Node, boundary, catch, diagram, end, node, start, sub, timer, user


def played(nodes: Sequence[Node], flows: Sequence[str]) -> set[tuple[str, str]]:
    """(element, code) of what the token game finds."""
    drawing = Drawing(etree.fromstring(diagram("p", nodes, flows)))
    return {(finding.element_id, finding.code) for finding in soundness.check_soundness(drawing)}


FORK = [start(), node("parallelGateway", "fork"), user("a"), user("b")]
SPLIT = [start(), node("exclusiveGateway", "split"), user("a"), user("b")]


def test_parallel_branches_joined_by_a_parallel_gateway_are_sound() -> None:
    flows = ["begin > fork", "fork > a", "fork > b", "a > join", "b > join", "join > done"]
    assert played([*FORK, node("parallelGateway", "join"), end()], flows) == set()


def test_a_choice_joined_by_a_parallel_gateway_stops_for_ever() -> None:
    flows = ["begin > split", "split > a", "split > b", "a > join", "b > join", "join > done"]
    assert ("join", "deadlock") in played([*SPLIT, node("parallelGateway", "join"), end()], flows)


def test_parallel_branches_joined_by_a_choice_run_what_follows_twice() -> None:
    flows = ["begin > fork", "fork > a", "fork > b", "a > join", "b > join", "join > c", "c > done"]
    assert ("c", "double_token") in played([*FORK, node("exclusiveGateway", "join"), user("c"), end()], flows)


def test_what_has_no_way_in_is_unreachable() -> None:
    flows = ["begin > a", "a > done", "b > done"]
    assert played([start(), user("a"), user("b"), end()], flows) == {("b", "unreachable")}


def test_a_loop_without_a_way_out_never_ends() -> None:
    flows = ["begin > a", "a > b", "b > a", "c > done"]
    found = played([start(), user("a"), user("b"), user("c"), end()], flows)
    assert ("a", "livelock") in found


def test_a_loop_with_a_way_out_is_sound() -> None:
    flows = ["begin > a", "a > g", "g > a", "g > done"]
    assert played([start(), user("a"), node("exclusiveGateway", "g"), end()], flows) == set()


def test_an_element_that_leads_nowhere_lets_its_token_go() -> None:
    assert played([start(), user("a"), end()], ["begin > a"]) == {("done", "unreachable")}


def test_interrupting_boundary_events_take_the_place_of_the_flow() -> None:
    nodes = [start(), user("a"), boundary("late", "a", timer("Date", "now()")), user("b"), end()]
    assert played(nodes, ["begin > a", "a > b", "late > b", "b > done"]) == set()


def test_a_reminder_beside_a_loop_is_no_double_token_but_one_that_joins_the_main_path_is() -> None:
    nodes = [
        start(), user("a"), boundary("nag", "a", timer("Date", "now()"), False), user("b"),
        node("exclusiveGateway", "g"), end(), end("told"),
    ]  # fmt: skip
    beside = ["begin > a", "a > g", "g > a", "g > done", "nag > b", "b > told"]
    assert played(nodes, beside) == set()
    joining = ["begin > a", "a > g", "g > done", "nag > b", "b > g", "g > told"]
    assert ("g", "double_token") in played(nodes, joining) or ("done", "double_token") in played(
        nodes, joining
    )


def test_event_gateways_choose_one() -> None:
    nodes = [
        start(), node("eventBasedGateway", "g"), catch("t", timer("Date", "now()")),
        catch("m", "<bpmn:messageEventDefinition/>"), node("exclusiveGateway", "join"), end(),
    ]  # fmt: skip
    assert played(nodes, ["begin > g", "g > t", "g > m", "t > join", "m > join", "join > done"]) == set()
    stuck = [*nodes[:4], node("parallelGateway", "join"), end()]
    assert ("join", "deadlock") in played(
        stuck, ["begin > g", "g > t", "g > m", "t > join", "m > join", "join > done"]
    )


def test_inclusive_gateways_wait_for_what_may_still_come() -> None:
    nodes = [
        start(),
        node("inclusiveGateway", "split"),
        user("a"),
        user("b"),
        user("c"),
        node("inclusiveGateway", "join"),
        end(),
    ]
    flows = ["begin > split", "split > a", "split > b", "a > c", "c > join", "b > join", "join > done"]
    assert played(nodes, flows) == set()


def test_terminate_ends_all_branches() -> None:
    nodes = [
        *FORK,
        node("endEvent", "stop", inner="<bpmn:terminateEventDefinition/>"),
        node("parallelGateway", "join"),
        end(),
    ]
    found = played(nodes, ["begin > fork", "fork > a", "fork > b", "a > stop", "b > join", "join > done"])
    assert found == set()


def test_sub_processes_are_played_too() -> None:
    inner = [
        start("s"),
        node("exclusiveGateway", "split"),
        user("a"),
        user("b"),
        node("parallelGateway", "join"),
        end("e"),
    ]
    flows = ["s > split", "split > a", "split > b", "a > join", "b > join", "join > e"]
    assert ("join", "deadlock") in played(
        [start(), sub("part", inner, flows), end()], ["begin > part", "part > done"]
    )


def test_a_diagram_too_wide_to_play_through_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soundness, "LIMIT", 5)
    flows = ["begin > fork", "fork > a", "fork > b", "a > join", "b > join", "join > done"]
    assert played([*FORK, node("parallelGateway", "join"), end()], flows) == {("p", "too_many_states")}
