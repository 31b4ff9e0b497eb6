"""Specifications by hash, states as bytes, and what is refused."""

from __future__ import annotations

import hashlib
import json
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.engine import DataRefused, DefinitionRefused, Execution, StateUnreadable, compile_process
from app.engine.storage import SpecCache, read_spec
from tests.unit.engine.diagrams import FakeHost, Run, diagram, end, node, service, start, sub, user

SIMPLE = diagram(
    "simple", [start(), user("work"), user("read"), end()], ["begin > work", "work > read", "read > done"]
)


def test_the_same_diagram_has_the_same_hash_and_a_changed_one_another() -> None:
    first, second = compile_process(SIMPLE), compile_process(SIMPLE)
    assert first.spec_hash == second.spec_hash
    assert len(first.spec_hash) == 64
    assert compile_process(SIMPLE.replace(b"test/read", b"test/other")).spec_hash != first.spec_hash


def test_the_order_of_attributes_and_properties_makes_no_difference() -> None:
    def drawn(attributes: tuple[str, ...], names: tuple[str, ...], given: tuple[str, ...]) -> bytes:
        properties = "".join(f'<spiffworkflow:property name="{name}" value="{name}"/>' for name in names)
        inner = (
            "<bpmn:extensionElements><spiffworkflow:properties>"
            f"{properties}</spiffworkflow:properties></bpmn:extensionElements>"
        )
        work = node("userTask", "work", " ".join(attributes), inner)
        call = service("call", "a.b", "r", **{name: f'"{name}"' for name in given})
        inside = sub("part", [start("s"), call, end("e")], ["s > call", "call > e"])
        return diagram("simple", [start(), work, inside, end()], ["begin > work", "work > part", "part > done"])

    attributes = ('camunda:formKey="test/a"', 'camunda:candidateGroups="expert"', 'camunda:dueDate="=now()"')
    first = compile_process(drawn(attributes, ("p", "q"), ("x", "y")))
    other = compile_process(drawn(attributes[::-1], ("q", "p"), ("y", "x")))
    assert (other.spec_hash, other.spec_text) == (first.spec_hash, first.spec_text)
    assert compile_process(drawn(attributes, ("p", "r"), ("x", "y"))).spec_hash != first.spec_hash


def test_elements_and_flows_are_plain_values() -> None:
    content = diagram(
        "parts",
        [start(), sub("part", [start("s"), user("inner"), end("e")], ["s > inner", "inner > e"]),
         service("call", "a.b", "r"), end()],
        ["begin > part", "part > call", "call > done"],
    )  # fmt: skip
    process = compile_process(content)
    named = {element.id: element for element in process.elements}
    assert (named["inner"].kind, named["inner"].scope_id) == ("userTask", "part")
    assert named["part"].scope_id is None
    assert (named["call"].operation, named["call"].result_variable) == ("a.b", "r")
    assert {(flow.source_id, flow.target_id) for flow in process.flows} == {
        ("begin", "part"), ("part", "call"), ("call", "done"), ("s", "inner"), ("inner", "e"),
    }  # fmt: skip


def test_a_state_does_not_hold_its_specification_and_is_the_same_after_a_round() -> None:
    instance = Run(SIMPLE, {"x": "y" * 1000})
    state = instance.execution.dump()
    content = json.loads(zlib.decompress(state))
    assert "task_specs" not in json.dumps(content)
    assert content["spec"] == instance.spec_hash
    again = Execution.load(instance.spec_hash, state, instance.host)
    assert again.dump() == state


def test_a_damaged_or_foreign_state_is_refused() -> None:
    instance = Run(SIMPLE)
    state = instance.execution.dump()
    content = json.loads(zlib.decompress(state))

    def load(changed: Any) -> None:
        Execution.load(instance.spec_hash, zlib.compress(json.dumps(changed).encode()), instance.host)

    with pytest.raises(StateUnreadable, match="damaged"):
        Execution.load(instance.spec_hash, b"nothing", instance.host)
    with pytest.raises(StateUnreadable, match="format"):
        load({**content, "format": 99})
    with pytest.raises(StateUnreadable, match="format"):
        load([1])
    with pytest.raises(StateUnreadable, match="another specification"):
        load({**content, "spec": "0" * 64})
    content["workflow"]["tasks"].reverse()
    with pytest.raises(StateUnreadable, match="before its parent"):
        load(content)


def test_a_specification_is_what_its_hash_names() -> None:
    process = compile_process(SIMPLE)
    with pytest.raises(StateUnreadable, match="hash"):
        read_spec(process.spec_text + " ", process.spec_hash)
    later = process.spec_text.replace('"format":1', '"format":2')
    with pytest.raises(StateUnreadable, match="format"):
        read_spec(later, hashlib.sha256(later.encode()).hexdigest())


def test_the_cache_keeps_what_was_used_last() -> None:
    cache = SpecCache(size=2)
    texts = {}
    for name in ("a", "b", "c"):
        process = compile_process(SIMPLE.replace(b"test/work", f"test/{name}".encode()))
        texts[process.spec_hash] = process.spec_text
    hashes = list(texts)
    asked: list[str] = []

    def load(spec_hash: str) -> str:
        asked.append(spec_hash)
        return texts[spec_hash]

    cache.get(hashes[0], load)
    cache.get(hashes[1], load)
    cache.get(hashes[0], load)
    cache.get(hashes[2], load)
    cache.get(hashes[0], load)
    assert asked == hashes
    assert len(cache) == 2


def test_many_threads_share_a_specification_and_each_has_its_own_clock() -> None:
    process = compile_process(
        diagram(
            "clocks",
            [start(), user("work", 'camunda:dueDate="=now()"'), end()],
            ["begin > work", "work > done"],
        )
    )

    def one(day: int) -> bool:
        host = FakeHost(specs={process.spec_hash: process.spec_text})
        host.later(days=day)
        for _ in range(20):
            execution = Execution.start(process.spec_hash, {"day": day}, host)
            execution = Execution.load(process.spec_hash, execution.dump(), host)
            (task,) = execution.open_tasks()
            if task.due_at != host.now() or execution.data() != {"day": day}:
                return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(one, range(8)))


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"a": {"__class__": 1}}, "a"),
        ({"a": [1, {"b": float("inf")}]}, "a[2].b"),
        ({"a": "x\x00y"}, "a"),
        ({"a": {1: 2}}, "a"),
        ({"a": {"k\x00": 2}}, "a"),
        ({"a": {2.5}}, "a"),
    ],
)
def test_only_plain_data_is_taken_and_the_place_is_named(wrong: dict[str, Any], path: str) -> None:
    with pytest.raises(DataRefused) as caught:
        Run(SIMPLE, wrong)
    assert caught.value.path == path


def test_deep_data_and_data_that_is_no_object_are_refused() -> None:
    deep: Any = 1
    for _ in range(30):
        deep = [deep]
    with pytest.raises(DataRefused, match="嵌套"):
        Run(SIMPLE, {"a": deep})
    from app.engine.json_data import checked_object

    with pytest.raises(DataRefused):
        checked_object([1])


def test_answers_are_copied() -> None:
    answer = {"list": [1]}
    instance = Run(SIMPLE)
    instance.execution.complete(instance.task_id("work"), answer)
    answer["list"].append(2)
    assert instance.data == {"list": [1]}


BILLION = (
    b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, (b"&a%d;" % (n - 1) if n else b"&a;") * 10) for n in range(9))
    + b"]><b>&a8;</b>"
)
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]><b>&x;</b>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (BILLION, "doctype"),
        (EXTERNAL, "doctype"),
        (b"<b><c></b>", "not_xml"),
        (b"", "not_xml"),
        (b"<b>" + b" " * 2_100_000 + b"</b>", "too_large"),
        (b"<b/>", "schema"),
        (SIMPLE.replace(b"</bpmn:process>", b"<bpmn:nothing/></bpmn:process>"), "schema"),
        (SIMPLE.replace(b'targetRef="read"', b'targetRef="nowhere"'), "not_runnable"),
        (SIMPLE.replace(b'isExecutable="true"', b'isExecutable="false"'), "one_process"),
    ],
)
def test_a_document_that_is_no_safe_diagram_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(DefinitionRefused) as caught:
        compile_process(content)
    (finding,) = caught.value.findings
    assert finding.code == code
    assert finding.severity == "error"
    assert "root:" not in str(caught.value)


def test_elements_without_what_they_need_are_refused() -> None:
    def refused(*nodes: Any) -> str:
        content = diagram(
            "bad", [start(), *nodes, end()], [f"begin > {nodes[0][1]}", f"{nodes[0][1]} > done"]
        )
        with pytest.raises(DefinitionRefused) as caught:
            compile_process(content)
        return str(caught.value)

    assert "resultVariable" in refused(
        node("scriptTask", "s", 'scriptFormat="feel"', "<bpmn:script>1</bpmn:script>")
    )
    assert "scriptFormat" in refused(
        node("scriptTask", "s", 'camunda:resultVariable="x"', "<bpmn:script>1</bpmn:script>")
    )
    assert "decisionRef" in refused(node("businessRuleTask", "d", 'camunda:resultVariable="x"'))
    assert "没有编号" in refused(
        node("businessRuleTask", "d", 'camunda:decisionRef="none" camunda:resultVariable="x"')
    )
    assert "服务任务没有指明操作" in refused(node("serviceTask", "s"))


def test_a_decision_defined_twice_is_refused() -> None:
    table = (
        b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="d"/></definitions>'
    )
    with pytest.raises(DefinitionRefused, match="两次"):
        compile_process(SIMPLE, {"one": table, "two": table})
