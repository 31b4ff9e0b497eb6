"""What an execution tells of open work, decisions, history and data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pytest

from app.engine import ExpressionFailed
from app.operations import OperationContext, catalogue
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

LANES = (
    '<bpmn:laneSet id="lanes"><bpmn:lane id="l1" name="中心经办"><bpmn:flowNodeRef>work</bpmn:flowNodeRef></bpmn:lane>'
    "</bpmn:laneSet>"
)


def one_task(attributes: str, group: str = "center_clerk", inner: str = "") -> bytes:
    return diagram(
        "one", [start(), user("work", attributes, inner, group=group), end()], ["begin > work", "work > done"]
    ).replace(b'isExecutable="true">', b'isExecutable="true">' + LANES.encode())


@pytest.mark.parametrize("stored", [False, True])
def test_an_open_task_says_whose_it_is_and_until_when(stored: bool) -> None:
    inner = (
        "<bpmn:extensionElements><spiffworkflow:properties>"
        '<spiffworkflow:property name="returnTo" value="draft"/></spiffworkflow:properties></bpmn:extensionElements>'
    )
    people = 'camunda:candidateUsers="u1, u2" camunda:assignee="=owner"'
    attributes = people + ' camunda:dueDate="=deadline(&quot;ab&quot;, now())"'
    content = one_task(attributes, "center_clerk, bureau_reviewer", inner)
    instance = Run(content, {"owner": 17}, stored=stored)
    (task,) = instance.execution.open_tasks()
    assert (task.element_id, task.name, task.lane, task.form_key) == ("work", "work", "中心经办", "test/work")
    assert task.candidate_groups == ("center_clerk", "bureau_reviewer")
    assert task.candidate_users == ("u1", "u2")
    assert task.assignee == "17"
    assert task.due_at == datetime.fromisoformat("2026-03-04T09:00:00+08:00")
    assert task.item_key is None
    assert task.properties == {"returnTo": "draft"}


def test_due_date_and_groups_are_worked_out_once_when_the_work_opens() -> None:
    content = one_task('camunda:dueDate="=now()"', group="=groups")
    instance = Run(content, {"groups": ["expert", "auditor"]})
    instance.later(hours=5)
    (task,) = instance.execution.open_tasks()
    assert task.due_at is not None
    assert task.due_at.hour == 9
    assert task.candidate_groups == ("expert", "auditor")
    (constant,) = Run(one_task('camunda:dueDate="2026-03-08"')).execution.open_tasks()
    assert constant.due_at == datetime.fromisoformat("2026-03-08T00:00:00+08:00")


@pytest.mark.parametrize(("people", "candidates"), [([3, 17], ("3", "17")), (["li", 17], ("li", "17")), (17, ("17",))])
def test_candidate_users_are_worked_out_from_ids(people: object, candidates: tuple[str, ...]) -> None:
    instance = Run(one_task('camunda:candidateUsers="=approvers"'), {"approvers": people})
    assert instance.execution.open_tasks()[0].candidate_users == candidates


@pytest.mark.parametrize("people", [[], [None], [True], {"id": 3}])
def test_work_that_nobody_is_named_for_is_an_incident(people: object) -> None:
    with pytest.raises(ExpressionFailed, match="应得出人员或岗位"):
        Run(one_task('camunda:candidateUsers="=approvers"'), {"approvers": people})


@pytest.mark.parametrize(
    "attributes", ['camunda:dueDate="soon"', 'camunda:dueDate="=missing"', 'camunda:assignee="=true"']
)
def test_a_due_date_or_assignee_that_is_none_is_an_incident(attributes: str) -> None:
    with pytest.raises(ExpressionFailed):
        Run(one_task(attributes))


DMN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
<decision id="route" name="路径"><decisionTable hitPolicy="FIRST">
<input id="i1"><inputExpression id="ie1" typeRef="string"><text>degree</text></inputExpression></input>
<input id="i2"><inputExpression id="ie2" typeRef="number"><text>years</text></inputExpression></input>
<output id="o1" name="path" typeRef="string"/><output id="o2" name="ok" typeRef="boolean"/>
<rule id="r1"><description>博士满两年</description><inputEntry id="a1"><text>"doctor"</text></inputEntry>
<inputEntry id="b1"><text>&gt;= 2</text></inputEntry><outputEntry id="c1"><text>"A"</text></outputEntry>
<outputEntry id="d1"><text>true</text></outputEntry></rule>
<rule id="r2"><description>其他</description><inputEntry id="a2"><text>-</text></inputEntry>
<inputEntry id="b2"><text>-</text></inputEntry><outputEntry id="c2"><text>"none"</text></outputEntry>
<outputEntry id="d2"><text>false</text></outputEntry></rule>
</decisionTable></decision></definitions>""".encode()

DECIDE = diagram(
    "decide",
    [
        start(), node("businessRuleTask", "check", 'camunda:decisionRef="route" camunda:resultVariable="verdict"'),
        node("exclusiveGateway", "which"), user("yes"), user("no"), end(),
    ],
    ["begin > check", "check > which", "which > yes : verdict.ok", "which > no : default", "yes > done", "no > done"],
)  # fmt: skip


@pytest.mark.parametrize("stored", [False, True])
def test_a_decision_table_decides_and_the_record_says_by_which_rule(stored: bool) -> None:
    instance = Run(DECIDE, {"degree": "doctor", "years": 3}, tables={"routes": DMN}, stored=False)
    assert instance.open() == ["yes"]
    assert instance.data["verdict"] == {"path": "A", "ok": True}
    again = Run(DECIDE, {"degree": "master", "years": 30}, tables={"routes": DMN}, stored=stored)
    assert again.open() == ["no"]


def test_the_matched_rules_stand_in_the_history() -> None:
    instance = Run(DECIDE, {"degree": "doctor", "years": 3}, tables={"routes": DMN})
    instance.execution.advance()
    execution = type(instance.execution).start(instance.spec_hash, {"degree": "x", "years": 1}, instance.host)
    (decided,) = [entry for entry in execution.drain_passed() if entry.element_id == "check"]
    assert decided.detail["decision"] == "route"
    assert [(rule["index"], rule["id"], rule["description"]) for rule in decided.detail["rules"]] == [
        (2, "r2", "其他")
    ]


def test_a_broken_table_is_an_incident_at_its_element() -> None:
    with pytest.raises(ExpressionFailed, match="route") as caught:
        Run(
            DECIDE,
            {"degree": "doctor", "years": 3},
            tables={"routes": DMN.replace(b"&gt;= 2", b"&gt;= &gt;=")},
        )
    assert caught.value.code == "decision"


def test_a_decision_on_data_of_another_type_is_an_incident() -> None:
    with pytest.raises(ExpressionFailed, match="route"):
        Run(DECIDE, {"degree": "doctor", "years": "many"}, tables={"routes": DMN})


def test_history_tells_elements_and_sequence_flows_in_order() -> None:
    content = diagram(
        "told",
        [
            start(), user("ask"), boundary("slow", "ask", timer("Duration", 'duration("PT1H")')),
            node("exclusiveGateway", "which"), script("note", "n", "1"), end("a"), end("b"), end("late"),
        ],
        ["begin > ask", "ask > which", "which > note : ok", "which > b : default", "note > a", "slow > late"],
    )  # fmt: skip
    instance = Run(content, stored=True).complete("ask", ok=True)
    assert instance.told == [
        ("begin", "completed"), ("f0_begin_ask", "taken"), ("ask", "entered"),
        ("ask", "completed"), ("f1_ask_which", "taken"),
        ("which", "completed"), ("f2_which_note", "taken"), ("note", "completed"), ("f4_note_a", "taken"),
        ("a", "completed"),
    ]  # fmt: skip
    late = Run(content, stored=True).later(hours=1)
    assert late.told[2:] == [
        ("ask", "entered"), ("slow", "completed"), ("f5_slow_late", "taken"), ("ask", "cancelled"),
        ("late", "completed"),
    ]  # fmt: skip


def test_history_tells_the_instance_of_a_multi_instance_task() -> None:
    content = diagram(
        "panel", [start(), user("vote", inner=multi("people", "one")), end()], ["begin > vote", "vote > done"]
    )
    instance = Run(content, {"people": {"e1": 1, "e2": 2}})
    instance.execution.complete(instance.task_id("vote/e2"), {})
    passed = [entry for entry in instance.execution.drain_passed() if entry.outcome == "completed"]
    assert [entry.detail for entry in passed] == [{"item": "e2"}]
    instance.complete("vote/e1")


def test_cancelling_ends_everything() -> None:
    instance = Run(one_task(""))
    instance.execution.cancel()
    assert instance.execution.is_completed
    assert instance.execution.end_elements == ()
    assert instance.open() == []
    assert [entry.outcome for entry in instance.execution.drain_passed()] == ["cancelled"]
    assert Run(one_task(""), stored=True).execution.is_completed is False


@dataclass(frozen=True)
class Confirm:
    """Nothing to give."""


@dataclass(frozen=True)
class Line:
    """One line of a list."""

    due: date


@dataclass(frozen=True)
class Confirmed:
    """Typed outputs."""

    at: datetime
    score: Decimal
    lines: list[Line]
    name: str


@pytest.fixture
def typed_operation() -> Iterator[None]:
    @catalogue.operation("engine_test.confirm_list", label="确认名单")
    def confirm(inputs: Confirm, context: OperationContext) -> Confirmed:
        """Confirms."""
        raise NotImplementedError

    yield
    del catalogue._operations["engine_test.confirm_list"]


@pytest.mark.usefixtures("typed_operation")
@pytest.mark.parametrize("stored", [False, True])
def test_what_an_operation_declares_is_a_date_in_expressions(stored: bool) -> None:
    outputs = {
        "at": "2026-03-02T09:00:00+08:00",
        "score": "12.5",
        "lines": [{"due": "2026-03-09"}],
        "name": "2026-03-02",
    }
    host = FakeHost(operations={"engine_test.confirm_list": lambda arguments: outputs})
    content = diagram(
        "typed",
        [
            start(), service("confirm", "engine_test.confirm_list", "list"),
            script("later", "later", 'list.at + duration("P1D")'), script("more", "more", "list.score + 1"),
            script("days", "days", "list.lines[1].due - date(list.at)"),
            script("text", "text", 'list.name + "!"'), script("given", "given", 'born + duration("P1Y")'), end(),
        ],
        ["begin > confirm", "confirm > later", "later > more", "more > days",
         "days > text", "text > given", "given > done"],
    )  # fmt: skip
    host.variable_types["born"] = "date"
    data = Run(content, {"born": "1980-02-29"}, host, stored=stored).data
    assert data["later"] == "2026-03-03T09:00:00+08:00"
    assert data["more"] == "13.5"
    assert data["days"] == "P7D"
    assert data["text"] == "2026-03-02!"
    assert data["given"] == "1981-02-28"
    host.variable_types["person.born"] = "date"
    asked = diagram(
        "typed",
        [start(), script("age", "old", "person.born < date(1990, 1, 1)"), end()],
        ["begin > age", "age > done"],
    )
    assert Run(asked, {"person": {"born": "1980-02-29"}}, host).data["old"] is True
    for unborn in ({"born": None}, {}, None, "x"):
        assert Run(asked, {"person": unborn}, host).data["old"] is None


def test_names_with_spaces_and_chinese_names() -> None:
    content = diagram(
        "names",
        [start(), node("exclusiveGateway", "which"), end("yes"), end("no")],
        ["begin > which", 'which > yes : 审批 人 = "甲" and 金额 > 5', "which > no : default"],
    )
    assert Run(content, {"审批 人": "甲", "金额": 6}).ends == ("yes",)


CORRELATION = (
    '<bpmn:correlationProperty id="cp_id" name="id"><bpmn:correlationPropertyRetrievalExpression messageRef="M_reply">'
    "<bpmn:messagePath>id</bpmn:messagePath></bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"
    '<bpmn:collaboration id="c"><bpmn:participant id="pt" processRef="correlated"/>'
    '<bpmn:correlationKey id="ck" name="person"><bpmn:correlationPropertyRef>cp_id</bpmn:correlationPropertyRef>'
    "</bpmn:correlationKey></bpmn:collaboration>"
)
BOUND = (
    '<bpmn:messageEventDefinition messageRef="M_reply"><bpmn:extensionElements>'
    "<spiffworkflow:processVariableCorrelation>"
    "<spiffworkflow:propertyId>cp_id</spiffworkflow:propertyId><spiffworkflow:expression>person.id"
    "</spiffworkflow:expression></spiffworkflow:processVariableCorrelation></bpmn:extensionElements>"
    "</bpmn:messageEventDefinition>"
)


@pytest.mark.parametrize("stored", [False, True])
def test_a_correlated_message_reaches_only_the_instance_it_names(stored: bool) -> None:
    each = sub(
        "each",
        [start("s"), catch("hear", BOUND), end("e")],
        ["s > hear", "hear > e"],
        multi("people", "person", "replies", "text"),
    )
    content = diagram(
        "correlated", [start(), each, end()], ["begin > each", "each > done"], extra=CORRELATION
    )
    instance = Run(content, {"people": {"e1": {"id": 1}, "e2": {"id": 2}}}, stored=stored)
    assert not instance.deliver("reply", id=3, text="谁")
    assert instance.deliver("reply", id=2, text="二")
    assert len(instance.execution.awaited()) == 1
    assert instance.deliver("reply", id=1, text="一")
    assert instance.data["replies"] == {"e1": "一", "e2": "二"}


def test_the_boundary_of_a_message_without_payload() -> None:
    content = diagram(
        "bare",
        [start(), user("work"), boundary("stop", "work", message("stop", "why")), end(), end("off")],
        ["begin > work", "work > done", "stop > off"],
    )
    instance = Run(content)
    assert instance.deliver("stop")
    assert instance.data == {"why": {}}
