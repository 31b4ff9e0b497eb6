"""The YAML file of a process's scenarios: read as a whole, one added, replaced or taken out, the rest as written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import yaml

from app.core.errors import Conflict, NotFound
from app.workflow.scenario_text import read_plain
from app.workflow.scenarios import Scenario, ScenarioFailed, moment_of, parse_scenarios

#: As wide as the shipped files.
WIDTH = 110


@dataclass(frozen=True)
class ScenarioFile:
    """What a file says: its scenarios, and what is common to them. `fault` says why it cannot be read."""

    scenarios: tuple[Scenario, ...] = ()
    operations: Mapping[str, Any] = field(default_factory=dict)
    start: Mapping[str, Any] = field(default_factory=dict)
    begins: datetime | None = None
    fault: str | None = None


def read_file(text: str | None) -> ScenarioFile:
    """Reads a file; one that cannot be read gives no scenarios, and says why."""
    if not text or not text.strip():
        return ScenarioFile()
    try:
        scenarios = parse_scenarios(text)
    except ScenarioFailed as failure:
        return ScenarioFile(fault=str(failure))
    raw = read_plain(text)
    begins = raw.get("begins")
    return ScenarioFile(
        scenarios, raw.get("operations") or {}, raw.get("start") or {}, moment_of(begins) if begins else None
    )


def with_scenario(text: str | None, key: str, entry: Mapping[str, Any], common: Mapping[str, Any]) -> str:
    """The file with one more scenario at its end; comments and layout of the rest stay.

    `common` is what a new file begins with (begins, start, operations).
    :raises Conflict: the name is taken, or the file cannot be read.
    """
    if not text or not text.strip():
        return _dumped({"process": key, **common, "scenarios": [dict(entry)]})
    raw = _raw(text)
    if any(one["name"] == entry["name"] for one in raw["scenarios"]):
        raise Conflict(f"已有名为“{entry['name']}”的场景，换一个名称", "name")
    wanted = {**raw, "scenarios": [*raw["scenarios"], dict(entry)]}
    return _agreed(_appended(text, entry), wanted)


def with_replaced(text: str | None, entry: Mapping[str, Any]) -> str:
    """The file with this entry where the scenario of its name stands. :raises NotFound: it has none of this name."""
    raw = _raw(text or "")
    names = [one["name"] for one in raw["scenarios"]]
    if entry["name"] not in names:
        raise NotFound(f"没有名为“{entry['name']}”的场景，可能已被改名或删除")
    at = names.index(entry["name"])
    wanted = [*raw["scenarios"][:at], dict(entry), *raw["scenarios"][at + 1 :]]
    return _agreed(_swapped(text or "", entry), {**raw, "scenarios": wanted})


def mark_of(text: str | None, name: str) -> str | None:
    """What tells whether a scenario is still as it was: a digest of its entry; None if there is none to be read."""
    if read_file(text).fault is not None:
        return None
    listed = (read_plain(text or "") or {}).get("scenarios") or []
    entry = next((one for one in listed if one["name"] == name), None)
    if entry is None:
        return None
    return hashlib.sha256(json.dumps(entry, sort_keys=True, default=str).encode()).hexdigest()[:32]


def without_scenario(text: str | None, name: str) -> str:
    """The file without that scenario. :raises NotFound: it has none of this name."""
    raw = _raw(text or "")
    left = [one for one in raw["scenarios"] if one["name"] != name]
    if len(left) == len(raw["scenarios"]):
        raise NotFound(f"没有名为“{name}”的场景，可能已被改名或删除")
    return _agreed(_cut(text or "", name), {**raw, "scenarios": left})


def _raw(text: str) -> dict[str, Any]:
    fault = read_file(text).fault
    if fault is not None:
        raise Conflict(f"{fault}。请先改正场景文件")
    raw = read_plain(text) or {}
    if not isinstance(raw, dict):
        raise Conflict("场景文件的最外层应是键值对照")
    return {**raw, "scenarios": raw.get("scenarios") or []}


def _agreed(text: str | None, wanted: dict[str, Any]) -> str:
    """The text if it says what is wanted, else the same written anew: an anchor may have been cut away."""
    try:
        if text is not None and yaml.safe_load(text) == wanted:
            return text
    except yaml.YAMLError:
        pass
    return _dumped(wanted)


def _entries(text: str) -> yaml.SequenceNode | None:
    """The block sequence of the scenarios as it stands in the text."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    for name, node in pairs:
        if name.value == "scenarios" and isinstance(node, yaml.SequenceNode) and not node.flow_style:
            return node
    return None


def _appended(text: str, entry: Mapping[str, Any]) -> str | None:
    node = _entries(text)
    if node is None or not node.value:
        return None
    indent = " " * node.start_mark.column
    lines = [indent + line for line in _dumped([dict(entry)]).splitlines()]
    kept = text.splitlines()
    end = _last_line(kept, node) + 1
    return "\n".join([*kept[:end], "", *lines, *kept[end:]]) + "\n"


def _swapped(text: str, entry: Mapping[str, Any]) -> str | None:
    """What stands above the next scenario, as a comment on it, stays."""
    node = _entries(text)
    old = next((one for one in node.value if _name_of(one) == entry["name"]), None) if node is not None else None
    if node is None or old is None:
        return None
    indent = " " * node.start_mark.column
    lines = [indent + line for line in _dumped([dict(entry)]).splitlines()]
    kept = text.splitlines()
    return "\n".join([*kept[: old.start_mark.line], *lines, *kept[_last_line(kept, old) + 1 :]]) + "\n"


def _last_line(lines: list[str], node: yaml.Node) -> int:
    """The last line with content of the node; its end mark stands at what follows."""
    line = min(node.end_mark.line, len(lines)) - 1
    while line > 0 and (not lines[line].strip() or lines[line].lstrip().startswith("#")):
        line -= 1
    return line


def _cut(text: str, name: str) -> str | None:
    node = _entries(text)
    if node is None or len(node.value) <= 1:
        return None
    lines = text.splitlines()
    starts = [entry.start_mark.line for entry in node.value] + [_last_line(lines, node) + 1]
    names = [_name_of(entry) for entry in node.value]
    at = names.index(name)
    return "\n".join([*lines[: starts[at]], *lines[starts[at + 1] :]]).rstrip("\n") + "\n"


def _name_of(entry: yaml.Node) -> str:
    pairs = entry.value if isinstance(entry, yaml.MappingNode) else []
    return next((str(value.value) for key, value in pairs if key.value == "name"), "")


class _Dumper(yaml.SafeDumper):
    """Writes shared parts out instead of as anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _dumped(content: Any) -> str:
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH)
