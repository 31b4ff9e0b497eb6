"""One drawing that fails for everything the gate can say: what docs/gate.md lists, and what its tests try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from app.workflow.conformance import Report, Surroundings, report
from tests.unit.engine.diagrams import (
    Node,
    boundary,
    catch,
    diagram,
    end,
    error,
    message,
    node,
    script,
    service,
    start,
    sub,
    timer,
    user,
)
from tests.unit.feel.dmn_text import decision, model, table

FORM = (
    '{"type": "default", "id": "f", "components": [{"type": "number", "id": "c", "key": "amount", "label": "金额"},'
    '{"type": "datetime", "id": "d", "key": "held_on", "subtype": "date", "dateLabel": "日期"}]}'
)
RETIRED = "gate_test.old_way"
Flows = Sequence[str]


@dataclass(frozen=True)
class Failing:
    """A drawing, what is wrong with it in a line, the line of the list it fails, and the code it is told by."""

    line: str
    code: str
    what: str
    content: bytes
    around: Mapping[str, Any] = field(default_factory=dict)

    def report(self) -> Report:
        """What the gate says."""
        forms = {f"test/{name}": FORM for name in ("work", "a", "b", "c", "d")}
        return report(self.content, Surroundings(**{"forms": forms, **self.around}))


def _drawn(line: str, code: str, what: str, nodes: Sequence[Node], flows: Flows, **around: Any) -> Failing:
    return Failing(line, code, what, diagram("test", [start(), user("work"), *nodes], flows), around)


def _chain(line: str, code: str, what: str, *nodes: Node, **around: Any) -> Failing:
    """Start, a user task with a form, the nodes, end."""
    chain = ["begin", "work", *(entry[1] for entry in nodes if entry[0] != "boundaryEvent"), "done"]
    flows = [f"{one} > {other}" for one, other in pairwise(chain)]
    return _drawn(line, code, what, [*nodes, end()], flows, **around)


def _waiting(code: str, what: str, kind: str, text: str) -> Failing:
    return _chain("times", code, what, catch("wait", timer(kind, text)))


def _asked(code: str, what: str, rules: Any, policy: str = "UNIQUE", line: str = "coverage") -> Failing:
    content = model(decision(table([("amount", "number")], [("级别", "string")], rules, policy)))
    return _chain(line, code, what, _ask("level"), tables={"t.dmn": content})


def _ask(name: str) -> Node:
    given = f'camunda:decisionRef="{name}" ' if name else ""
    return node("businessRuleTask", "ask", f'{given}camunda:resultVariable="v"')


def _choice(line: str, code: str, what: str, left: str, right: str) -> Failing:
    nodes = [node("exclusiveGateway", "g"), user("a"), end(), end("other")]
    return _drawn(
        line,
        code,
        what,
        nodes,
        ["begin > work", "work > g", f"g > done{left}", f"g > a{right}", "a > other"],
    )


def _task(line: str, code: str, what: str, attributes: str, inner: str = "", **around: Any) -> Failing:
    return _chain(line, code, what, node("userTask", "more", attributes, inner), **around)


_PLAIN = ["begin > work", "work > done"]
_SIMPLE = diagram("test", [start(), user("work"), end()], _PLAIN)
_FORKED = ["begin > fork", "fork > work", "fork > a"]
_FORM = 'camunda:formKey="test/work"'
_GROUP = 'camunda:candidateGroups="expert"'
_OPERATION = "entry.record_formal_check"
_ALL_RULES = [(["< 5"], ['"a"']), ([">= 5"], ['"b"'])]
_TABLE = model(decision(table([("amount", "number")], [("级别", "string")], _ALL_RULES)))
_CALL = node("callActivity", "call", 'calledElement="inner"')
_PROPERTY = (
    "<bpmn:extensionElements><spiffworkflow:properties>"
    '<spiffworkflow:property name="returnTargets" value="nowhere"/>'
    "</spiffworkflow:properties></bpmn:extensionElements>"
)


def _named(name: str) -> bytes:
    return _SIMPLE.replace(b'<bpmn:process id="test" name="test"', f'<bpmn:process id="test" name="{name}"'.encode())


def _calling(process_id: str, called: str) -> bytes:
    return diagram(
        process_id,
        [start(), node("callActivity", "call", f'calledElement="{called}"'), end()],
        ["begin > call", "call > done"],
    )


def _scenario(ends: str, answer: str = "{}") -> str:
    return (
        "begins: 2026-03-02T09:00:00+08:00\nscenarios:\n"
        f"  - {{name: 一路到底, steps: [{{complete: work, with: {answer}}}], ends: {ends}}}\n"
    )


def _reading() -> list[Failing]:
    entity = b'<!DOCTYPE x [<!ENTITY a "b">]>' + _SIMPLE.split(b"?>", 1)[1]
    twice = diagram(
        "inner",
        [start(), sub("part", [start("s"), end("e")], ["s > e"]), end()],
        ["begin > part", "part > done"],
    )
    same = _SIMPLE.replace(b'id="done"', b'id="work"')
    return [
        Failing("file", "doctype", "a DOCTYPE with an entity", entity),
        Failing("file", "not_xml", "a picture, a ZIP, half a file", b"\x89PNG\r\n"),
        Failing("file", "too_large", "a file of 3 MB", b" " * 3_000_000 + _SIMPLE),
        Failing("schema", "schema", "two elements with one id", same),
        Failing(
            "process", "one_process", "no process at all",
            diagram("test", [], []).split(b"<bpmn:process", 1)[0] + b"</bpmn:definitions>",
        ),
        Failing("process", "process_id", "a file saved under the key of another process", _SIMPLE, {"key": "entry"}),
        _drawn(
            "process",
            "scope_twice",
            "a sub-process with the id of one in a called diagram",
            [_CALL, sub("part", [start("s"), end("e")], ["s > e"]), end()],
            ["begin > work", "work > call", "call > part", "part > done"],
            called={"inner": twice},
        ),
        Failing("process", "too_long", "a process whose name no version holds", _named("长" * 201)),
    ]


def _elements() -> list[Failing]:
    late = timer("Date", 'deadline("publicity.period", now())')
    return [
        _chain("elements", "unsupported", "an element the engine does not run", node("task", "plain")),
        _drawn(
            "elements", "unsupported_event", "a process that a timer starts",
            [node("startEvent", "clock", inner=late), end()], ["begin > work", "clock > work", "work > done"],
        ),
        _chain(
            "elements", "event_definitions", "an event that waits for two things",
            catch("two", message("m") + late),
        ),
        _chain("elements", "reserved_id", "an id of the engine's own", user("Root")),
        _chain("elements", "too_long", "an id longer than a task can hold", user("a" * 81)),
        _chain("elements", "too_long", "a message whose name no queue holds", catch("wait", message("m" * 81))),
        _chain(
            "elements", "message", "a message without a name",
            catch("wait", '<bpmn:messageEventDefinition id="m"/>'),
        ),
        _drawn(
            "elements",
            "heard_once",
            "a message boundary event that does not interrupt",
            [boundary("heard", "work", message("m"), interrupting=False), end("other"), end()],
            [*_PLAIN, "heard > other"],
        ),
        _drawn(
            "elements", "error_boundary", "an error boundary event on a user task",
            [boundary("wrong", "work", error("e")), end("other"), end()], [*_PLAIN, "wrong > other"],
        ),
        _chain(
            "elements",
            "script",
            "a script before a task (Python in other products)",
            user(
                "a",
                inner="<bpmn:extensionElements><spiffworkflow:preScript>x = 1</spiffworkflow:preScript>"
                "</bpmn:extensionElements>",
            ),
        ),
        _chain(
            "elements",
            "data_object",
            "a data input",
            user(
                "a",
                inner='<bpmn:ioSpecification id="io"><bpmn:inputSet id="i"/><bpmn:outputSet id="o"/>'
                "</bpmn:ioSpecification>",
            ),
        ),
    ]


def _misled() -> Failing:
    drawn = _choice("flows", "default", "a default flow of another gateway", " : amount > 1", " : default")
    return replace(drawn, content=drawn.content.replace(b'default="f3_g_a"', b'default="f0_begin_work"'))


def _flows() -> list[Failing]:
    gate = node("eventBasedGateway", "g")
    period = timer("Date", 'deadline("publicity.period", now())')
    two = [gate, catch("t", period), catch("u", period), end(), end("other")]
    return [
        _drawn("flows", "start", "two start events", [start("again"), end()], [*_PLAIN, "again > work"]),
        _drawn("flows", "no_end", "no end event", [], ["begin > work"]),
        _drawn(
            "flows",
            "dangling",
            "a flow out of a sub-process",
            [sub("part", [start("s"), user("a"), end("e")], ["s > a", "a > e"]), end()],
            [*_PLAIN, "work > a"],
        ),
        _drawn("flows", "incoming", "a flow into the start event", [end()], [*_PLAIN, "work > begin"]),
        _drawn("flows", "parallel_flows", "two flows between the same two elements", [end()], [*_PLAIN, "work > done"]),
        _drawn(
            "flows", "condition", "a condition on a flow out of a task",
            [end()], ["begin > work", "work > done : true"],
        ),
        _misled(),
        _choice("flows", "no_condition", "a choice without a condition", " : amount > 1", ""),
        _choice("flows", "no_default", "a choice without a default flow", " : amount > 1", " : amount < 2"),
        _drawn(
            "flows", "many_flows", "two flows out of a task", [end(), end("other")], [*_PLAIN, "work > other"]
        ),
        _drawn(
            "flows",
            "event_gateway",
            "an event gateway before a task",
            [gate, user("a"), end()],
            ["begin > work", "work > g", "g > a", "a > done"],
        ),
        _drawn(
            "flows",
            "two_timers",
            "two timers behind an event gateway",
            two,
            ["begin > work", "work > g", "g > t", "g > u", "t > done", "u > other"],
        ),
        _drawn(
            "flows",
            "uncaught_error",
            "an error end event that nothing catches",
            [end("done", error("e"))],
            _PLAIN,
        ),
        _chain("calls", "no_call", "a call activity that names no process", node("callActivity", "call")),
        _chain("calls", "unknown_process", "a call of a process that is not there", _CALL),
        _chain(
            "calls",
            "cyclic_call",
            "a process that calls itself by way of another",
            _CALL,
            called={"inner": _calling("inner", "test")},
        ),
    ]


def _expressions() -> list[Failing]:
    closed = 'camunda:resultVariable="x"'
    broken = model(decision(table([("amount", "number")], [("级别", "string")], [(["< < 5"], ['"a"'])])))
    twice = {"one.dmn": _TABLE, "two.dmn": _TABLE}
    misnamed = [(["< 5"], ['"a"']), ([">= amuont"], ['"b"'])]
    return [
        _chain("expressions", "empty", "a script without a text", script("s", "x", "")),
        _choice("expressions", "juel", "a condition of another product", " : ${amount > 1}", " : default"),
        _choice("expressions", "feel", "an unknown name in a condition", " : amuont > 1", " : default"),
        _chain(
            "expressions",
            "no_result",
            "a script that puts its value nowhere",
            node("scriptTask", "s", 'scriptFormat="feel"', "<bpmn:script>1</bpmn:script>"),
        ),
        _chain(
            "expressions",
            "not_feel",
            "a script in Python",
            node("scriptTask", "s", f'scriptFormat="python" {closed}', "<bpmn:script>1</bpmn:script>"),
        ),
        _chain("tables", "no_decision", "a decision task that names no decision", _ask("")),
        _chain(
            "tables",
            "unknown_decision",
            "a decision that is not there",
            _ask("levle"),
            tables={"t.dmn": _TABLE},
        ),
        _chain("tables", "table", "a cell that is no FEEL", _ask("level"), tables={"t.dmn": broken}),
        _asked("table", "an unknown name in a cell", misnamed, line="tables"),
        _asked(
            "table_overlap",
            "two rules of a UNIQUE table for one value",
            [(["< 5"], ['"a"']), ([">= 4"], ['"b"'])],
        ),
        _asked("table_gap", "a value that no rule is for", [(["< 5"], ['"a"']), (["> 5"], ['"b"'])]),
        _asked(
            "table_unreachable",
            "a rule that an earlier one always forestalls",
            [(["< 5"], ['"a"']), (["< 3"], ['"b"']), (["-"], ['"c"'])],
            "FIRST",
        ),
        _asked("table_empty", "a cell that nothing can match", [(["< 5"], ['"a"']), (["]5..5["], ['"b"'])]),
        _chain("parse", "decision_twice", "one decision in two tables", _ask("level"), tables=twice),
        _chain(
            "parse",
            "not_runnable",
            "multi-instance over nothing",
            user("a", inner="<bpmn:multiInstanceLoopCharacteristics/>"),
        ),
    ]


def _contents() -> list[Failing]:
    right = {"outcome": '"accepted"', "missing": "[]", "opinion": '"可"'}
    bad_form = '{"type": "default", "components": [{"type": "html"}]}'
    return [
        _chain(
            "operations",
            "unknown_operation",
            "a slip in the name of an operation",
            service("s", "entry.run_prechek"),
        ),
        _chain("operations", "retired_operation", "an operation that was retired", service("s", RETIRED)),
        _chain("operations", "missing_input", "an input left out", service("s", _OPERATION)),
        _chain(
            "operations",
            "unexpected_input",
            "an input it has not",
            service("s", _OPERATION, "", **right, colour='"red"'),
        ),
        _task("forms", "no_form", "a user task without a form", _GROUP),
        _task("forms", "form_key", "a form outside the forms", f'camunda:formKey="../secret" {_GROUP}'),
        _task("forms", "unknown_form", "a form that is not there", f'camunda:formKey="test/none" {_GROUP}'),
        _chain(
            "forms",
            "form",
            "a form our renderer cannot serve",
            user("a"),
            forms={"test/work": FORM, "test/a": bad_form},
        ),
        _task("people", "no_group", "a task that is nobody's", _FORM),
        _task(
            "people",
            "unknown_group",
            "a group that is not there",
            f'{_FORM} camunda:candidateGroups="experts"',
        ),
        _task("people", "property", "a return target that is not there", f"{_FORM} {_GROUP}", _PROPERTY),
        _waiting("literal_duration", "a period written as a number", "Duration", 'duration("P5D")'),
        _waiting("unbound_time", "a time that only the diagram decides", "Date", "now()"),
        _waiting("filled_in_time", "a time that somebody fills in", "Date", "held_on"),
        _waiting("unknown_parameter", "a slip in a parameter", "Date", 'deadline("publicity.perod", now())'),
        _waiting(
            "no_period", "a parameter that is no period", "Date", 'deadline("entry.photo_width", now())'
        ),
        Failing("unused", "unused_form", "a form that no step of the draft uses", _SIMPLE, {"key": "test"}),
        Failing(
            "unused",
            "unused_table",
            "a table that no step of the draft asks",
            _SIMPLE,
            {"key": "test", "tables": {"levels.dmn": _TABLE}},
        ),
        Failing("care", "no_due", "a user task without a due date", _SIMPLE, {"key": "test"}),
        Failing(
            "care",
            "undocumented",
            "an element of a shipped diagram without documentation",
            _SIMPLE,
            {"shipped": True},
        ),
        Failing(
            "care",
            "no_article",
            "documentation that names no article",
            diagram(
                "test",
                [start(), user("work", inner="<bpmn:documentation>办理</bpmn:documentation>"), end()],
                _PLAIN,
            ),
            {"shipped": True},
        ),
        Failing(
            "care",
            "unnamed",
            "a task without a name",
            _SIMPLE.replace(b' name="work"', b""),
            {"shipped": True},
        ),
    ]


def _runs() -> list[Failing]:
    asked = [node("exclusiveGateway", "g"), end(), end("other")]
    questioned = ["begin > work", "work > g", "g > done : amount > 1", "g > other : default"]
    wide = [node("parallelGateway", "fork"), node("parallelGateway", "join"), *map(user, "abcd"), end()]
    return [
        _drawn(
            "soundness",
            "deadlock",
            "a choice joined by a parallel gateway",
            [node("exclusiveGateway", "fork"), user("a"), node("parallelGateway", "join"), end()],
            [
                "begin > fork",
                "fork > work : true",
                "fork > a : default",
                "work > join",
                "a > join",
                "join > done",
            ],
        ),
        _drawn(
            "soundness",
            "double_token",
            "parallel branches joined by a choice",
            [node("parallelGateway", "fork"), user("a"), node("exclusiveGateway", "join"), user("b"), end()],
            [*_FORKED, "work > join", "a > join", "join > b", "b > done"],
        ),
        _drawn(
            "soundness",
            "unreachable",
            "a task that nothing leads to",
            [user("a"), end()],
            [*_PLAIN, "a > done"],
        ),
        _drawn(
            "soundness",
            "livelock",
            "a loop without a way out",
            [user("a"), end()],
            ["begin > work", "work > a", "a > work"],
        ),
        _drawn(
            "soundness",
            "too_many_states",
            "more parallel branches than can be looked through",
            wide,
            [
                "begin > work",
                "work > fork",
                *(f"fork > {one}" for one in "abcd"),
                *(f"{one} > join" for one in "abcd"),
                "join > done",
            ],
        ),
        Failing("scenarios", "scenarios", "scenarios that are no YAML", _SIMPLE, {"scenarios": "a: [1"}),
        Failing(
            "scenarios",
            "scenario_strayed",
            "a scenario that goes another way",
            _SIMPLE,
            {"scenarios": _scenario("other")},
        ),
        _drawn(
            "scenarios",
            "scenario_broken",
            "a condition that gives neither true nor false",
            asked,
            questioned,
            scenarios=_scenario("done"),
        ),
    ]


def failing() -> list[Failing]:
    """All of them, in the order of the list."""
    return [*_reading(), *_elements(), *_flows(), *_expressions(), *_contents(), *_runs()]
