"""Built-in functions on contexts."""

from __future__ import annotations

from typing import Any

from app.feel.builtin_registry import builtin
from app.feel.limits import Evaluation


@builtin("get value", "m: context, key: string", "context: context, keys: list")
def _get_value(run: Evaluation, context: Any, key: Any) -> Any:
    if type(key) is str:
        return context.get(key)
    if not key:
        return None
    value = context
    for step in key:
        if type(value) is not dict or type(step) is not str:
            return None
        value = value.get(step)
    return value


@builtin("get entries", "m: context", returns="list<context>")
def _get_entries(run: Evaluation, context: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context", "entries: list", returns="context")
def _context(run: Evaluation, entries: list[Any]) -> dict[str, Any] | None:
    result: dict[str, Any] = {}
    for entry in entries:
        if type(entry) is not dict or type(entry.get("key")) is not str or "value" not in entry:
            return None
        if entry["key"] in result:
            return None
        result[entry["key"]] = entry["value"]
    return result


@builtin(
    "context put",
    "context: context, key: string, value: Any",
    "context: context, keys: list, value: Any",
    returns="context",
)
def _context_put(run: Evaluation, context: dict[str, Any], key: Any, value: Any) -> dict[str, Any] | None:
    run.tick(len(context))
    if type(key) is str:
        return {**context, key: value}
    if not key or type(key[0]) is not str:
        return None
    if len(key) == 1:
        return {**context, key[0]: value}
    inner = context.get(key[0], {})
    changed = _context_put(run, inner, key[1:], value) if type(inner) is dict else None
    return None if changed is None else {**context, key[0]: changed}


@builtin("context merge", "contexts: list", returns="context")
def _context_merge(run: Evaluation, contexts: list[Any]) -> dict[str, Any] | None:
    result: dict[str, Any] = {}
    for context in contexts:
        if type(context) is not dict:
            return None
        run.tick(len(context))
        result.update(context)
    return result
