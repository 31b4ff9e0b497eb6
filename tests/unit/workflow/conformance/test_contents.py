"""What the gate says of expressions, operations, forms, people and decision tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from app.engine import Finding
from app.operations import OperationContext, catalogue
from app.workflow.conformance import Surroundings, check
from tests.unit.engine.diagrams import (
    Node,
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

FORM = json.dumps({
    "type": "default", "id": "f",
    "components": [
        {"type": "number", "id": "c1", "key": "amount", "label": "金额"},
        {"type": "textfield", "id": "c2", "key": "remark", "label": "说明"},
        {"type": "datetime", "id": "c3", "key": "held_on", "subtype": "date", "dateLabel": "日期"},
        {"type": "textfield", "id": "c4", "key": "unit.name", "label": "单位"},
        {"type": "group", "id": "c5", "label": "人员", "path": "person", "components": [
            {"type": "number", "id": "c6", "key": "age", "label": "年龄"}]},
        {"type": "dynamiclist", "id": "c7", "label": "经历", "path": "jobs", "components": [
            {"type": "number", "id": "c8", "key": "years", "label": "年限"}]},
    ],
})  # fmt: skip


@dataclass(frozen=True)
class Person:
    name: str


@dataclass(frozen=True)
class Enrol:
    amount: Decimal
    held_on: date | None = None
    people: list[str] = ()  # type: ignore[assignment]


@dataclass(frozen=True)
class Enrolled:
    at: datetime
    people: list[Person]
    extra: dict[str, str]


@pytest.fixture(autouse=True)
def enrol() -> Iterator[None]:
    """One operation in the catalogue."""

    @catalogue.operation("gate_test.enrol_expert", label="登记专家")
    def run(inputs: Enrol, context: OperationContext) -> Enrolled:
        """Enrols."""
        raise NotImplementedError

    yield
    del catalogue._operations["gate_test.enrol_expert"]


def findings(*nodes: Node, flows: list[str] | None = None, **surroundings: Any) -> list[Finding]:
    """The findings of a chain: start, a user task with the form, the nodes, end."""
    chain = ["begin", "work", *(entry[1] for entry in nodes if entry[0] != "boundaryEvent"), "done"]
    drawn = flows or [f"{left} > {right}" for left, right in pairwise(chain)]
    content = diagram("p", [start(), user("work"), *nodes, end()], drawn)
    forms = {"test/work": FORM, **surroundings.pop("forms", {})}
    return check(content, Surroundings(forms=forms, **surroundings))


def told(*nodes: Node, **given: Any) -> list[tuple[str, str]]:
    """(code, message) of the findings."""
    return [(finding.code, finding.message) for finding in findings(*nodes, **given)]


def codes(*nodes: Node, **given: Any) -> list[str]:
    """The codes of the findings."""
    return [finding.code for finding in findings(*nodes, **given)]


def condition(text: str) -> list[tuple[str, str]]:
    """The findings of a condition."""
    content = diagram(
        "p",
        [start(), user("work"), node("exclusiveGateway", "g"), end(), end("other")],
        ["begin > work", "work > g", f"g > done : {text}", "g > other : default"],
    )
    return [(found.code, found.message) for found in check(content, Surroundings(forms={"test/work": FORM}))]


@pytest.mark.parametrize(
    "text",
    [
        "amount > 5", 'remark = "x"', 'held_on < date("2026-01-01")', 'unit.name = "x"', "person.age > 3",
        "sum(jobs.years) > 5", "some job in jobs satisfies job.years > 1", "today() > held_on",
    ],
)  # fmt: skip
def test_conditions_over_the_fields_of_forms(text: str) -> None:
    assert condition(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("amuont > 5", "amuont"),
        ("amount + 1", "真或假"),
        ("amount >", "条件"),
        ('amount = "five"', "条件"),
        ("no_function(amount)", "no_function"),
        ('__import__("os").system("id")', "条件"),
        ("().__class__", "条件"),
        ("person.aeg > 3", "aeg"),
    ],
)
def test_conditions_that_are_wrong(text: str, words: str) -> None:
    ((code, message),) = condition(text)
    assert code == "feel"
    assert words in message


def test_conditions_of_other_languages() -> None:
    assert [code for code, _ in condition("${amount &gt; 5}")] == ["juel"]
    ((code, _),) = condition("=")
    assert code == "empty"


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("Date", 'deadline("publicity.period", now())', None),
        ("Date", "held_on", "filled_in_time"),
        ("Date", "now()", "unbound_time"),
        ("Date", "closing.at", None),
        ("Duration", "parameter(\"publicity.period\")", None),
        ("Duration", '"PT2H"', "literal_duration"),
        ("Duration", "PT2H", "literal_duration"),
        ("Duration", 'duration("P5D")', "literal_duration"),
        ("Date", '@"2026-03-02T09:00:00"', "literal_duration"),
        ("Date", "working days after(today(), 5)", "literal_duration"),
        ("Cycle", '"R3/PT1H"', "literal_duration"),
        ("Date", "amount", "feel"),
        ("Date", "missing", "feel"),
        ("Date", 'now() + duration("P" + string(amount) + "D")', "literal_duration"),
        ("Date", "deadline(\"publicity.period\", now() + duration(remark))", None),
        ("Date", 'deadline("publicity.perod", now())', "unknown_parameter"),
        ("Date", 'deadline("entry.photo_width", now())', "no_period"),
        ("Date", "", "empty"),
    ],
)  # fmt: skip
def test_timers_take_their_periods_from_the_rules(kind: str, text: str, code: str | None) -> None:
    closing = service("close", "gate_test.enrol_expert", "closing", amount="amount")
    found = codes(closing, catch("wait", timer(kind, text)))
    assert found == ([code] if code else [])


@pytest.mark.parametrize(
    ("attribute", "code"),
    [
        ('camunda:dueDate="=deadline(&quot;publicity.period&quot;, now())"', None),
        ('camunda:dueDate="P5D"', "literal_duration"),
        ('camunda:dueDate="=duration(&quot;P5D&quot;)"', "literal_duration"),
        ('camunda:dueDate="2026-03-02"', "literal_duration"),
        ('camunda:assignee="=remark"', None),
        ('camunda:assignee="=true"', "feel"),
        ('camunda:assignee="=nobody"', "feel"),
    ],
)
def test_due_dates_and_assignees(attribute: str, code: str | None) -> None:
    found = codes(user("more", attribute), forms={"test/more": FORM})
    assert found == ([code] if code else [])


def test_operations_their_inputs_and_their_types() -> None:
    def call(name: str = "gate_test.enrol_expert", **parameters: str) -> list[tuple[str, str]]:
        return told(service("call", name, "r", **parameters))

    assert call(amount="amount", held_on="held_on", people="[remark]") == []
    assert call(amount="amount", held_on="null") == []
    assert call("gate_test.enrol_exprt") == [("unknown_operation", "没有操作“gate_test.enrol_exprt”")]
    assert [code for code, _ in call()] == ["missing_input"]
    assert [code for code, _ in call(amount="amount", amuont="1")] == ["unexpected_input"]
    ((code, message),) = call(amount="remark")
    assert code == "feel"
    assert "amount" in message
    assert [code for code, _ in call(amount="amount", held_on="now()")] == ["feel"]
    assert [code for code, _ in call(amount="amount", people="amount")] == ["feel"]
    assert [code for code, _ in call(amount="")] == ["empty"]


def test_what_an_operation_gives_has_the_type_it_declares() -> None:
    call = service("call", "gate_test.enrol_expert", "r", amount="amount")
    assert codes(call, script("s", "x", "r.people[1].name")) == []
    assert codes(call, script("s", "x", "r.extra.anything")) == []
    assert codes(call, script("s", "x", "r.people.nmae")) == ["feel"]
    assert codes(call, script("s", "x", 'r.at + duration("P1D")')) == []
    assert codes(call, script("s", "x", "r.when")) == ["feel"]


def test_scripts_and_decisions_need_a_variable_and_feel() -> None:
    bare = node("scriptTask", "s", 'scriptFormat="python"', "<bpmn:script>amount</bpmn:script>")
    assert codes(bare) == ["no_result", "not_feel"]
    assert codes(script("s", "x", "amount + 1"), script("t", "y", "x + 1")) == []


DMN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
<decision id="route" name="路径"><decisionTable hitPolicy="UNIQUE">
<input id="i1"><inputExpression id="ie1" typeRef="number"><text>amount</text></inputExpression></input>
<output id="o1" name="path" typeRef="string"/>
<rule id="r1"><inputEntry id="a1"><text>&lt; 5</text></inputEntry>
<outputEntry id="c1"><text>"A"</text></outputEntry></rule>
<rule id="r2"><inputEntry id="a2"><text>&gt;= 5</text></inputEntry>
<outputEntry id="c2"><text>"B"</text></outputEntry></rule>
</decisionTable></decision></definitions>""".encode()


def test_decision_tables() -> None:
    def ask(decision: str = "route", content: bytes = DMN) -> list[tuple[str, str]]:
        asked = node(
            "businessRuleTask", "ask", f'camunda:decisionRef="{decision}" camunda:resultVariable="v"'
        )
        return told(asked, tables={"t.dmn": content})

    assert ask() == []
    assert ask("rout")[0] == ("unknown_decision", "没有决策“rout”")
    assert codes(node("businessRuleTask", "ask", 'camunda:resultVariable="v"')) == ["no_decision"]
    overlap = ask(content=DMN.replace(b"&gt;= 5", b"&gt;= 4"))
    assert [code for code, _ in overlap] == ["table_overlap"]
    assert "决策表" in overlap[0][1]
    assert [code for code, _ in ask(content=DMN.replace(b"&lt; 5", b"&lt; &lt;"))] == ["table"]
    assert ask(content=DMN.replace(b"<text>amount</text>", b"<text>amuont</text>"))[0][0] == "table"
    assert ask(content=b"<broken")[0][0] == "unknown_decision"


def test_forms_and_people() -> None:
    def task(attributes: str) -> list[str]:
        return codes(node("userTask", "more", attributes))

    form = 'camunda:formKey="test/work"'
    group = 'camunda:candidateGroups="expert"'
    assert task(f"{form} {group}") == []
    assert task(group) == ["no_form"]
    assert task(f'camunda:formKey="test/none" {group}') == ["unknown_form"]
    assert task(form) == ["no_group"]
    assert task(f'{form} camunda:candidateUsers="u1"') == []
    assert task(f'{form} camunda:assignee="=remark"') == []
    assert task(f'{form} camunda:candidateGroups="=[remark]"') == []
    assert task(f'{form} camunda:candidateGroups="experts"') == ["unknown_group"]
    broken = findings(
        user("more"), forms={"test/more": '{"type": "default", "components": [{"type": "html"}]}'}
    )
    assert {found.code for found in broken} == {"form"}


def test_properties_that_name_other_tasks_and_parameters() -> None:
    def with_property(name: str, value: str) -> list[str]:
        inner = (
            "<bpmn:extensionElements><spiffworkflow:properties>"
            f'<spiffworkflow:property name="{name}" value="{value}"/>'
            "</spiffworkflow:properties></bpmn:extensionElements>"
        )
        return codes(user("more", inner=inner), forms={"test/more": FORM})

    assert with_property("returnTargets", "work") == []
    assert with_property("returnTargets", "work, begin") == ["property"]
    assert with_property("fourEyes", "nobody") == ["property"]
    assert with_property("deadline", "publicity.period") == []
    assert with_property("deadline", "publicity.perod") == ["unknown_parameter"]
    assert with_property("page", "selection.conditions") == []
    assert with_property("page", "/activities/1") == ["property"]
    assert with_property("anything", "x") == []


def test_multi_instance_elements() -> None:
    def each(**characteristics: Any) -> list[str]:
        return codes(user("more", inner=multi(**characteristics)), forms={"test/more": FORM})

    assert each(collection="jobs", item="job", out="votes", out_item="remark") == []
    assert each(collection="jbos", item="job") == ["feel"]
    assert each(collection="amount", item="job") == ["feel"]
    assert each(cardinality="amount") == []
    assert each(cardinality="remark") == ["feel"]
    assert each(collection="jobs", item="job", condition="nrOfCompletedInstances >= 2") == []
    assert each(collection="jobs", item="job", condition="count(jobs)") == ["feel"]


def test_the_data_of_messages_and_of_the_start() -> None:
    heard = catch("hear", message("word", "answer"))
    assert codes(heard, script("s", "x", "answer.text")) == []
    assert codes(heard, script("s", "x", "anwser.text")) == ["feel"]
    open_message = catch("hear", message("word"))
    assert codes(open_message, script("s", "x", "whatever.text + amount")) == []
    started = diagram("p", [start(), script("s", "x", "given"), end()], ["begin > s", "s > done"])
    assert [found.code for found in check(started, Surroundings())] == ["feel"]
    declared = started.replace(
        b'isExecutable="true">',
        b'isExecutable="true"><bpmn:extensionElements><spiffworkflow:properties>'
        b'<spiffworkflow:property name="startData" value="given, other"/></spiffworkflow:properties>'
        b"</bpmn:extensionElements>",
    )
    assert check(declared, Surroundings()) == []


def test_a_boundary_timer_inside_a_sub_process_is_checked_once() -> None:
    inner = sub(
        "part",
        [start("s"), user("inner"), boundary("late", "inner", timer("Date", "misspelt")), end("e"), end("l")],
        ["s > inner", "inner > e", "late > l"],
    )
    found = [
        (entry.element_id, entry.code)
        for entry in findings(inner, forms={"test/inner": FORM})
        if entry.code == "feel"
    ]
    assert found == [("late", "feel")]


def test_every_finding_says_what_and_how_to_mend_it_in_chinese() -> None:
    every = [
        *findings(service("x", "none.such_thing")), *findings(catch("t", timer("Date", '"PT2H"'))),
        *findings(user("more", group="nobody")), *findings(script("s", "x", "missing")),
    ]  # fmt: skip
    assert every
    for entry in every:
        for text in (entry.message, entry.mend):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in text), text
