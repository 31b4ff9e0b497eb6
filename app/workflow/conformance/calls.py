"""The process itself among others: its id, what it calls, and that no process calls itself by way of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.engine import DefinitionRefused, Finding, elements_of
from app.engine.xml import safe_root
from app.workflow.conformance.drawing import Drawing

#: What the table of versions holds.
_LONGEST_NAME = 200


def check_id(drawing: Drawing, key: str | None) -> Iterator[Finding]:
    """The id of the process is the key it is published under: another id would be another process. And its name."""
    given = str(drawing.process.get("id")) if drawing.process is not None else ""
    if key is not None and given != key:
        message = f"流程的编号是“{given}”，应为“{key}”"
        fix = {"kind": "set_process_id", "element": given, "value": key}
        yield Finding(given, "process_id", "error", message, f"把流程的编号改为 {key}", fix=fix)
    name = str(drawing.process.get("name", "")) if drawing.process is not None else ""
    if len(name) > _LONGEST_NAME:
        message = f"流程名称有 {len(name)} 个字，版本里放不下"
        yield _error(given, "too_long", message, f"缩短到 {_LONGEST_NAME} 个字以内")


def check_calls(drawing: Drawing, called: Mapping[str, bytes]) -> Iterator[Finding]:
    """Call activities whose process is not there, or leads back to this one."""
    own = str(drawing.process.get("id")) if drawing.process is not None else ""
    calls = {key: _called_by(content) for key, content in called.items()}
    for element in drawing.of_kind("callActivity"):
        target = element.called_process
        if target is None:
            yield _error(element.id, "no_call", "没有写明调用哪个流程", "填写 calledElement")
        elif chain := _way_back(target, own, calls):
            message = f"调用成环：{' → '.join((own, *chain))}"
            yield _error(element.id, "cyclic_call", message, "改为循环的连线，或拆出不互相调用的流程")
        elif target not in called:
            message = f"没有流程“{target}”"
            yield _error(element.id, "unknown_process", message, "先发布被调用的流程，或改正 calledElement")


def _called_by(content: bytes) -> list[str]:
    try:
        root = safe_root(content)
    except DefinitionRefused:
        return []  # told when the diagram is compiled
    return [element.called_process for element in elements_of(root) if element.called_process]


def _way_back(start: str, own: str, calls: Mapping[str, list[str]]) -> tuple[str, ...]:
    """The chain of calls from a process back to this one, or round and round among others; empty if none."""
    waiting: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while waiting:
        chain = waiting.pop()
        if chain[-1] == own or chain[-1] in chain[:-1]:
            return chain
        if chain[-1] not in seen:
            seen.add(chain[-1])
            waiting += [(*chain, following) for following in calls.get(chain[-1], [])]
    return ()


def _error(element_id: str, code: str, message: str, mend: str) -> Finding:
    return Finding(element_id, code, "error", message, mend)
