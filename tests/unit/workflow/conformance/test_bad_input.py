"""Files that strangers made, and conditions that break at run time: refused in bounded time, or told in clear words."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from app.engine import ExpressionFailed
from app.operations import OperationContext, catalogue
from app.workflow.conformance import Surroundings, report
from app.workflow.scenarios import ScenarioFailed, parse_scenarios
from tests.unit.engine.diagrams import Run, diagram, end, node, start, user
from tests.unit.workflow.conformance.failing import FORM, RETIRED
from tests.unit.workflow.conformance.redrawing import Redrawn, fill_catalogue
from tests.unit.workflow.conformance.test_every_finding import Nothing, with_a_retired_operation

SIMPLE = diagram("test", [start(), user("work"), end()], ["begin > work", "work > done"])
AROUND = Surroundings(forms={"test/work": FORM})
BODY = SIMPLE.split(b"?>", 1)[1]
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)).encode()
QUADRATIC = b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 50_000 + b'">]><x>' + b"&a;" * 5_000 + b"</x>"


@pytest.fixture(autouse=True, scope="module")
def _operations() -> Iterator[None]:
    fill_catalogue()
    with_a_retired_operation()
    yield
    del catalogue._operations[RETIRED]


@pytest.mark.parametrize(
    "content",
    [
        b"", b" ", b"\x00" * 100, b"PK\x03\x04", b"%PDF-1.7", b"\xff\xfe\x00<", b"<html><body/></html>", b"{}",
        b"<a>" * 100_000, b"<a>" * 300 + b"</a>" * 300, b" " * 3_000_000 + SIMPLE, SIMPLE + b"x" * 3_000_000,
        SIMPLE.replace(b"UTF-8", b"UTF-77"), SIMPLE[: len(SIMPLE) // 2], SIMPLE + SIMPLE,
        b'<!DOCTYPE x [<!ENTITY l0 "ha">' + LAUGHS + b"]><x>&l9;</x>", QUADRATIC,
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:1/x">]><x>&a;</x>',
        b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:1/x.dtd">%a;]><x/>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">' + BODY,
        b'<x xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd" parse="text"/></x>',
    ],
    ids=range(22),
)  # fmt: skip
def test_what_is_no_diagram_is_refused_at_once(content: bytes) -> None:
    began = time.perf_counter()
    found = report(content, AROUND)
    assert time.perf_counter() - began < 3
    assert found.is_refused
    assert "root:" not in json.dumps(found.as_json(), ensure_ascii=False)
    assert {line.status for line in found.lines[2:]} == {"skipped"}


def test_a_hostile_decision_table_or_called_diagram_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY l0 "ha">' + LAUGHS + b"]><x>&l9;</x>"
    asked = node("businessRuleTask", "ask", 'camunda:decisionRef="d" camunda:resultVariable="v"')
    content = diagram("test", [start(), asked, end()], ["begin > ask", "ask > done"])
    assert report(content, Surroundings(tables={"t.dmn": bomb})).is_refused
    call = diagram(
        "test", [start(), node("callActivity", "c", 'calledElement="x"'), end()], ["begin > c", "c > done"]
    )
    assert report(call, Surroundings(called={"x": bomb})).is_refused


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * 500_000, "上限"),
        ("a: &a [1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n" + "".join(
            f"c{n}: &c{n} [{','.join(['*b' if n == 0 else f'*c{n - 1}'] * 10)}]\n" for n in range(8)), "20000"),
        ("a: &a {x: 1}\nb: {<<: *a}", "合并键"),
        ("[" * 3_000 + "]" * 3_000, "嵌套过深"),
        ("[" + "a," * 60_000 + "]", "20000"),
        ("- " * 3_000 + "x", "嵌套过深"),
        ("? " * 3_000 + "x", "嵌套过深"),
        ("\n".join(f"{' ' * depth}a:" for depth in range(400)), "嵌套过深|YAML"),
        ("!!python/object/apply:os.system ['true']", "YAML"),
        ("a: !!int " + "9" * 9_000, "读不懂"),
        ("&a [*a]", "嵌套过深"),
        ('a: "\\ud800"', "不能保存的字符"),
        ('"\\0": 1', "不能保存的字符"),
        ("a: !!binary aGVsbG8=", "不能保存的内容"),
        ("a: !!set {b, c}", "不能保存的内容"),
        ("a: .nan", "大得不能计算"),
        ("a: 190:" + "59:" * 2_000 + "1", "大得不能计算"),
        ("just words", "写得不完整"),
        ("", "写得不完整"),
        ("scenarios: [{name: x}]", "写得不完整"),
    ],
)  # fmt: skip
def test_hostile_scenarios_are_refused_in_clear_words(text: str, words: str) -> None:
    began = time.perf_counter()
    with pytest.raises(ScenarioFailed, match=words):
        parse_scenarios(text)
    assert time.perf_counter() - began < 3


def test_a_scenario_that_never_ends_is_stopped() -> None:
    loop = diagram(
        "test",
        [start(), node("exclusiveGateway", "g"), node("exclusiveGateway", "h"), end()],
        ["begin > g", "g > h", "h > g : true", "h > done : default"],
    )
    scenarios = "begins: 2026-03-02\nscenarios: [{name: 转圈, steps: [], ends: done}]"
    (finding,) = report(loop, Surroundings(scenarios=scenarios)).of("error")
    assert "转圈" in finding.message
    assert "不等待的循环" in finding.message


def test_a_condition_that_gives_nothing_at_run_time_says_what_is_missing() -> None:
    content = diagram(
        "test",
        [start(), user("work"), node("exclusiveGateway", "g"), end(), end("other")],
        ["begin > work", "work > g", "g > done : amount > 5", "g > other : default"],
    )
    with pytest.raises(
        ExpressionFailed, match="条件“amount > 5”的结果是空值（没有名为“amount”的数据），不是真或假"
    ):
        Run(content).complete("work")
    with pytest.raises(ExpressionFailed, match="条件“amount > 5”的结果是空值"):
        Run(content).complete("work", amount="many")


def test_a_retired_operation_is_refused_in_new_versions_and_still_runs_in_old_ones() -> None:
    redrawn = Redrawn("expert_entry").replace("entry.mark_lapsed", RETIRED)
    (finding,) = redrawn.report().of("error")
    assert (finding.element_id, finding.code) == ("mark_lapsed", "retired_operation")
    assert finding.fix == {
        "kind": "use_operation", "element": "mark_lapsed", "operations": ["entry.record_formal_check"],
    }  # fmt: skip
    entry = catalogue.get(RETIRED)
    assert entry is not None
    context: OperationContext = None  # type: ignore[assignment]
    assert entry.run(Nothing(), context) == Nothing()
    assert catalogue.call(RETIRED, {}, context) == {}


def test_a_slip_is_mended_with_the_nearest_operation_and_a_literal_with_parameters_of_its_unit() -> None:
    slip = Redrawn("expert_entry").replace("entry.mark_lapsed", "entry.mark_lapst").report().of("error")
    assert slip[0].fix is not None
    assert slip[0].fix["operations"][0] == "entry.mark_lapsed"
    literal = Redrawn("expert_entry").expression("publicity_over", "timeDate", 'now() + duration("P5D")')
    (found,) = literal.report().of("error")
    assert found.fix is not None
    assert found.fix["kind"] == "use_parameter"
    assert found.fix["parameters"][0] in (
        "publicity.period",
        "objection.acceptance_period",
        "entry.formal_check_period",
    )
    assert "publicity.period" in found.fix["parameters"]
    assert "invitation.reply_period" not in found.fix["parameters"]


def test_a_second_review_goes_through_with_the_old_scenarios_remarked() -> None:
    redrawn = Redrawn("expert_entry")
    redrawn.add_before(
        "confirm_list",
        redrawn.user_task("second_review", "expert_entry/qualification_review", "bureau_reviewer"),
    )
    from tests.unit.workflow.conformance.redrawing import ROOT  # beside its one use

    text = (ROOT / "processes" / "scenarios" / "expert_entry.yaml").read_text(encoding="utf-8")
    found = redrawn.report(scenarios=text)
    assert not found.is_refused
    assert found.of("override") == ()
    strayed = [entry for entry in found.of("warning") if entry.code == "scenario_strayed"]
    assert strayed
    assert all("复核拟入库名单" in entry.message for entry in strayed)
    assert found.coverage["new_second_review_confirm_list"] == 0
