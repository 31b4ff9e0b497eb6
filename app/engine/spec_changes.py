"""What differs between two specifications, element by element, and which differences are only cosmetic."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Spec = Mapping[str, Any]

#: Attributes that no token ever notices: words, people, forms, and who comes before.
COSMETIC = frozenset({
    "name", "extensions", "documentation", "bpmn_id", "bpmn_name", "description", "lane", "inputs", "lookahead", "data",
    "manual", "defines", "pre_assign", "post_assign", "retries", "retry_backoff_base",
})  # fmt: skip
#: What an attribute is called in a refusal.
WORDS: Mapping[str, str] = {
    "typename": "类型", "outputs": "走向", "cond_task_specs": "分支条件", "default_task_spec": "缺省走向",
    "event_definition": "等待的事件", "operation_name": "操作", "operation_params": "操作的参数",
    "result_variable": "结果变量", "expression": "表达式", "decision": "决策", "spec": "所调用的流程",
    "cardinality": "份数",
    "data_input": "多实例的集合", "data_output": "多实例的结果", "input_item": "多实例的变量",
    "output_item": "多实例每份的结果", "condition": "完成条件", "maximum": "循环次数", "test_before": "循环方式",
    "cancel_activity": "是否中断", "inputs": "汇合的来路", "tables": "决策表", "split_task": "走向",
    "task_spec": "多实例",
    "io_specification": "数据进出", "prescript": "办理前脚本", "postscript": "办理后脚本",
}  # fmt: skip
_SPLIT, _JOIN, _CHILD = ".BoundaryEventSplit", ".BoundaryEventJoin", " [child]"
TIMERS = frozenset({"DateTimer", "DurationTimer", "CycleTimer"})
#: Elements whose firing depends on who leads to them.
JOINS = frozenset({"ParallelGateway", "InclusiveGateway"})


def words_of(attributes: frozenset[str]) -> str:
    """走向、分支条件."""
    return "、".join(dict.fromkeys(WORDS.get(name, name) for name in sorted(attributes)))


@dataclass(frozen=True)
class Outline:
    """A stored specification as plain data. A level is a process or sub-process by its id."""

    levels: Mapping[str, Mapping[str, Spec]]
    top: str
    names: Mapping[str, str]
    tables: Mapping[str, str]
    #: level -> (level, element) of the activities that run it
    runs_in: Mapping[str, tuple[tuple[str, str], ...]]

    def name(self, spec_name: str) -> str:
        """What people call an element, by the engine's name for it."""
        element_id = element_of(spec_name)
        return self.names.get(element_id) or element_id

    def boundaries(self, level: str, element_id: str) -> frozenset[str]:
        """The boundary events on an activity."""
        split = self.levels[level].get(f"{element_id}{_SPLIT}")
        return frozenset() if split is None else frozenset(split["outputs"]) - {element_id}

    def onward(self, level: str, element_id: str) -> set[str]:
        """Where a token may go from an element, over its flows or its boundary events."""
        spec = self.levels[level].get(element_id)
        if spec is None:
            return set()
        return {element_of(one) for one in _plain(spec["outputs"])} | self.boundaries(level, element_id)


def element_of(spec_name: str) -> str:
    """The id of the element to which one of the engine's names belongs."""
    for suffix in (_SPLIT, _JOIN, _CHILD):
        spec_name = spec_name.removesuffix(suffix)
    return spec_name


def outline(spec_hash: str, load: Callable[[str], str]) -> Outline:
    """The outline of a stored specification; ``load`` gives its text."""
    return _outline(_Text(spec_hash, load(spec_hash)))


@dataclass(frozen=True, eq=False)
class _Text:
    """A text that is known by its hash."""

    spec_hash: str
    text: str

    def __hash__(self) -> int:
        return hash(self.spec_hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Text) and other.spec_hash == self.spec_hash


@lru_cache(maxsize=32)
def _outline(given: _Text) -> Outline:
    content = json.loads(given.text)
    levels = {content["spec"]["name"]: content["spec"]["task_specs"]}
    levels.update({name: entry["task_specs"] for name, entry in content["subprocesses"].items()})
    runs_in: dict[str, list[tuple[str, str]]] = {}
    for level, specs in levels.items():
        for name, spec in specs.items():
            if isinstance(spec.get("spec"), str):
                runs_in.setdefault(spec["spec"], []).append((level, element_of(name)))
    return Outline(
        levels=levels,
        top=content["spec"]["name"],
        names={element["id"]: element["name"] for element in content["elements"]},
        tables={
            decision: content["tables"][table] for decision, table in content["decisions"].items()
        },
        runs_in={level: tuple(places) for level, places in runs_in.items()},
    )


def differences(old: Outline, new: Outline, level: str, name: str) -> frozenset[str]:
    """The attributes of an element in which two specifications differ so that a token would notice.

    The element must be in both.
    """
    before, after = old.levels[level][name], new.levels[level][name]
    if before["typename"] != after["typename"]:
        return frozenset({"typename"})
    return frozenset(_differing(old, new, before, after))


def _differing(old: Outline, new: Outline, before: Spec, after: Spec) -> Iterator[str]:
    for key in {*before, *after} - COSMETIC:
        if _comparable(key, before.get(key)) != _comparable(key, after.get(key)):
            yield key
    if before["typename"] in JOINS and len(before["inputs"]) > 1 and set(before["inputs"]) != set(after["inputs"]):
        yield "inputs"
    if (decision := before.get("decision")) and old.tables.get(decision) != new.tables.get(decision):
        yield "tables"


def _comparable(key: str, value: Any) -> Any:
    if key == "outputs":
        return sorted(_plain(value or []))
    if key == "cond_task_specs":
        return [(entry["condition"], element_of(entry["task_spec"])) for entry in value or []]
    if key == "default_task_spec" and value:
        return element_of(value)
    if key == "event_definition" and value:
        return event(value)
    return value


def _plain(outputs: list[str]) -> list[str]:
    """Outputs without what boundary events put in between."""
    return [name.removesuffix(_SPLIT) for name in outputs if not name.endswith(_JOIN)]


def event(definition: Mapping[str, Any]) -> Any:
    """An event definition without its words. Of a timer only its kind and expression count."""
    if definition["typename"] in TIMERS:
        return definition["typename"], definition["expression"]
    inner = [event(entry) for entry in definition.get("event_definitions", ())]
    rest = {key: value for key, value in definition.items() if key not in ("description", "event_definitions")}
    return rest, inner


def same_but_for_time(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """True if two event definitions wait for the same, and differ at most in how an instant is worked out."""
    old, new = _without_time(before), _without_time(after)
    return bool(old == new)


def _without_time(definition: Mapping[str, Any]) -> Any:
    if definition["typename"] in TIMERS:
        return "cycle" if definition["typename"] == "CycleTimer" else "instant"
    rest, _ = event({**definition, "event_definitions": []})
    return rest, [_without_time(entry) for entry in definition.get("event_definitions", ())]
