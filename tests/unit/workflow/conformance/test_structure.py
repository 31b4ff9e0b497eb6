"""What the gate says of drawings that the engine would not run, or would run wrongly without a word."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from app.workflow.conformance import Surroundings, check, refused
from tests.unit.engine.diagrams import (
    NAMESPACES,
    Node,
    boundary,
    catch,
    diagram,
    end,
    error,
    message,
    node,
    script,
    start,
    sub,
    timer,
    user,
)

FORM = '{"type": "default", "id": "f", "components": []}'
SIMPLE = [start(), user("work"), end()]
FLOWS = ["begin > work", "work > done"]


def codes(content: bytes, **surroundings: object) -> set[tuple[str, str]]:
    """(element, code) of every finding."""
    forms = {f"test/{name}": FORM for name in ("work", "a", "b", "c", "inner", "again")}
    return {
        (finding.element_id, finding.code)
        for finding in check(content, Surroundings(forms=forms, **surroundings))  # type: ignore[arg-type]
    }


def drawn(nodes: Sequence[Node], flows: Sequence[str], process_id: str = "p") -> set[tuple[str, str]]:
    """The findings of a drawing."""
    return codes(diagram(process_id, nodes, flows))


def test_a_sound_diagram_has_no_findings() -> None:
    assert drawn(SIMPLE, FLOWS) == set()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "doctype"),
        (b"not xml", "not_xml"),
        (b"<a/>", "schema"),
        (diagram("p", SIMPLE, FLOWS).replace(b"<bpmn:userTask", b"<bpmn:userTusk", 1), "not_xml"),
        (diagram("p", SIMPLE, FLOWS).replace(b'id="done"', b'id="work"'), "schema"),
        (f'<bpmn:definitions {NAMESPACES} id="d"/>'.encode(), "one_process"),
        (
            f'<bpmn:definitions {NAMESPACES} id="d"><bpmn:process id="a"/><bpmn:process id="b"/>'.encode()
            + b"</bpmn:definitions>",
            "one_process",
        ),
    ],
)
def test_documents_that_are_no_diagram(content: bytes, code: str) -> None:
    findings = check(content, Surroundings())
    assert [finding.code for finding in findings] == [code]
    assert refused(findings)


@pytest.mark.parametrize(
    "tag", ["task", "sendTask", "intermediateThrowEvent", "complexGateway", "transaction", "adHocSubProcess"]
)
def test_elements_that_are_not_supported(tag: str) -> None:
    assert ("x", "unsupported") in drawn([start(), node(tag, "x"), end()], ["begin > x", "x > done"])


@pytest.mark.parametrize(
    "definition",
    [
        "signalEventDefinition", "linkEventDefinition", "conditionalEventDefinition", "escalationEventDefinition",
        "compensateEventDefinition",
    ],
)  # fmt: skip
def test_events_that_are_not_supported(definition: str) -> None:
    inner = {
        "linkEventDefinition": '<bpmn:linkEventDefinition name="l"/>',
        "conditionalEventDefinition": "<bpmn:conditionalEventDefinition><bpmn:condition>true</bpmn:condition>"
        "</bpmn:conditionalEventDefinition>",
    }.get(definition, f"<bpmn:{definition}/>")
    assert ("x", "unsupported_event") in drawn([start(), catch("x", inner), end()], ["begin > x", "x > done"])


def test_starts_with_events_and_events_without_or_with_two_definitions() -> None:
    assert ("begin", "unsupported_event") in drawn(
        [node("startEvent", "begin", inner=timer("Date", "now()")), user("work"), end()], FLOWS
    )
    assert ("x", "event_definitions") in drawn([start(), catch("x", ""), end()], ["begin > x", "x > done"])
    both = message("m", "v") + timer("Date", "now()")
    assert ("x", "event_definitions") in drawn([start(), catch("x", both), end()], ["begin > x", "x > done"])


def test_ids_of_the_engine_are_refused() -> None:
    for reserved in ("Start", "End", "p.EndJoin", "work.BoundaryEventSplit"):
        found = drawn([start(reserved), user("work"), end()], [f"{reserved} > work", "work > done"])
        assert (reserved, "reserved_id") in found


def test_parts_that_would_do_nothing_or_run_python() -> None:
    def part(inner: str, attributes: str = "", tag: str = "userTask") -> set[str]:
        made = user("work", attributes, inner) if tag == "userTask" else node(tag, "work", attributes, inner)
        return {code for element_id, code in drawn([start(), made, end()], FLOWS) if element_id == "work"}

    extension = (
        "<bpmn:extensionElements><spiffworkflow:{0}>x = 1</spiffworkflow:{0}></bpmn:extensionElements>"
    )
    assert part(extension.format("preScript")) == {"script"}
    assert part(extension.format("postScript")) == {"script"}
    association = (
        '<bpmn:ioSpecification><bpmn:dataInput id="d1" name="d"/><bpmn:inputSet id="s1"><bpmn:dataInputRefs>d1'
        '</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet id="s2"/></bpmn:ioSpecification>'
    )
    assert "data_object" in part(association)
    assert "unsupported" in part("", 'isForCompensation="true"')
    inner = [start("s"), user("inner"), end("e")]
    event = (
        *sub("work", inner, ["s > inner", "inner > e"])[:2],
        'triggeredByEvent="true"',
        sub("work", inner, [])[3],
    )
    assert ("work", "unsupported") in drawn([start(), event, end()], FLOWS)


def test_messages_need_a_name() -> None:
    bare = "<bpmn:messageEventDefinition/>"
    assert ("x", "message") in drawn([start(), catch("x", bare), end()], ["begin > x", "x > done"])
    assert ("x", "message") in drawn([start(), node("receiveTask", "x"), end()], ["begin > x", "x > done"])


def test_a_message_beside_the_work_is_heard_once() -> None:
    nodes = [*SIMPLE, boundary("b", "work", message("word", "v"), interrupting=False), end("heard")]
    assert drawn(nodes, [*FLOWS, "b > heard"]) == {("b", "heard_once")}


def test_error_events_where_nothing_throws_or_nothing_catches() -> None:
    found = drawn([*SIMPLE, boundary("b", "work", error("x")), end("other")], [*FLOWS, "b > other"])
    assert ("b", "error_boundary") in found
    inner = sub("part", [start("s"), user("inner"), end("e", error("bad"))], ["s > inner", "inner > e"])

    def with_boundary(*boundaries: Node) -> set[tuple[str, str]]:
        flows = ["begin > part", "part > done", *(f"{entry[1]} > other" for entry in boundaries)]
        return drawn([start(), inner, *boundaries, end(), end("other")], flows)

    assert ("e", "uncaught_error") in with_boundary()
    assert ("e", "uncaught_error") in with_boundary(boundary("b", "part", error("another")))
    assert ("e", "uncaught_error") not in with_boundary(boundary("b", "part", error("bad")))
    assert ("e", "uncaught_error") not in with_boundary(boundary("b", "part", error()))
    assert ("b", "error_boundary") in with_boundary(boundary("b", "part", error("bad"), interrupting=False))
    assert ("done", "uncaught_error") in drawn([start(), user("work"), end(inner=error("bad"))], FLOWS)


def test_flows_and_gateways() -> None:
    assert ("work", "many_flows") in drawn([*SIMPLE, end("two")], [*FLOWS, "work > two"])
    assert ("f1_work_done", "condition") in drawn(SIMPLE, ["begin > work", "work > done : true"])
    assert ("p", "no_end") in drawn([start(), user("work")], ["begin > work"])
    assert ("p", "start") in drawn([start(), start("two"), user("work"), end()], [*FLOWS, "two > work"])
    assert ("begin", "incoming") in drawn(SIMPLE, [*FLOWS, "work > begin"])
    assert ("done", "many_flows") in drawn(SIMPLE, [*FLOWS, "done > work"])
    choice = [start(), node("exclusiveGateway", "g"), user("a"), user("b"), end()]
    rest = ["begin > g", "a > done", "b > done"]
    assert drawn(choice, [*rest, "g > a : true", "g > b : default"]) == set()
    assert drawn(choice, [*rest, "g > a : true", "g > b : false"]) == {("g", "no_default")}
    assert ("f4_g_b", "no_condition") in drawn(choice, [*rest, "g > a : true", "g > b"])
    assert ("g", "parallel_flows") in drawn(
        choice, [*rest, "g > a : true", "g > a : false", "g > b : default"]
    )
    wrong_default = diagram("p", choice, [*rest, "g > a : true", "g > b : default"])
    assert ("g", "default") in codes(wrong_default.replace(b'default="f4_g_b"', b'default="f1_a_done"'))
    assert ("f3_g_a", "default") in codes(wrong_default.replace(b'default="f4_g_b"', b'default="f3_g_a"'))


def test_a_flow_or_boundary_event_across_levels() -> None:
    inner = sub("part", [start("s"), user("inner"), end("e")], ["s > inner", "inner > e"])
    found = drawn(
        [start(), inner, user("work"), end()], ["begin > part", "part > work", "work > done", "work > inner"]
    )
    assert ("f3_work_inner", "dangling") in found
    found = drawn(
        [start(), inner, boundary("b", "inner", timer("Date", "now()")), end(), end("o")],
        ["begin > part", "part > done", "b > o"],
    )
    assert ("b", "dangling") in found


def test_event_gateways() -> None:
    def gateway(*waited: Node) -> set[str]:
        flows = [
            "begin > g",
            *(f"g > {entry[1]}" for entry in waited),
            *(f"{entry[1]} > done" for entry in waited),
        ]
        found = drawn([start(), node("eventBasedGateway", "g"), *waited, end()], flows)
        return {code for element_id, code in found if element_id == "g"}

    time, other = catch("t", timer("Date", "now()")), catch("t2", timer("Date", "now()"))
    heard = catch("m", message("word", "v"))
    assert gateway(time, heard) == set()
    assert gateway(time, other) == {"two_timers"}
    assert gateway(time) == {"event_gateway"}
    assert gateway(heard, catch("m2", message("word", "w"))) == {"event_gateway"}
    assert gateway(heard, user("a")) == {"event_gateway"}


def test_shipped_diagrams_say_what_they_stand_on() -> None:
    bare = codes(diagram("p", SIMPLE, FLOWS), shipped=True)
    assert {("begin", "undocumented"), ("work", "undocumented"), ("done", "undocumented")} <= bare

    def said(text: str) -> set[str]:
        due = 'camunda:dueDate="=deadline(&quot;publicity.period&quot;, now())"'
        task = user("work", due, inner=f"<bpmn:documentation>{text}</bpmn:documentation>")
        found = codes(diagram("test", [start(), task, end()], FLOWS), shipped=True)
        return {code for element_id, code in found if element_id == "work"}

    assert said("请办理") == {"no_article"}
    assert said("第十二条（三）") == set()
    assert said("本库内部规定") == set()
    unnamed = diagram("p", SIMPLE, FLOWS).replace(b'id="work" name="work"', b'id="work"')
    assert ("work", "unnamed") in codes(unnamed, shipped=True)


def test_warnings_do_not_refuse_and_come_last() -> None:
    content = diagram(
        "p",
        [start(), user("work"), node("exclusiveGateway", "g"), user("a"), user("nobody"), end()],
        ["begin > work", "work > g", "g > a : true", "g > nobody : false", "a > done", "nobody > done"],
    )
    findings = check(content, Surroundings(forms={"test/work": FORM, "test/a": FORM}))
    assert [finding.severity for finding in findings] == ["error", "warning"]
    assert not refused(findings[1:])


def test_what_is_called_must_be_there_and_be_another() -> None:
    called = [start(), node("callActivity", "call", 'calledElement="other"'), end()]
    assert drawn(called, ["begin > call", "call > done"]) == {("call", "unknown_process")}
    nameless = [start(), node("callActivity", "call"), end()]
    assert drawn(nameless, ["begin > call", "call > done"]) == {("call", "no_call")}
    other = diagram("other", [start(), script("s", "x", "1"), end()], ["begin > s", "s > done"])
    caller = diagram("p", called, ["begin > call", "call > done"])
    assert codes(caller, called={"other": other}) == set()
    assert codes(caller, called={"other": other, "p": caller}) == {("p", "scope_twice")}
    broken = other.replace(b'targetRef="s"', b'targetRef="nowhere"')
    assert {code for _, code in codes(caller, called={"other": broken})} == {"not_runnable"}
