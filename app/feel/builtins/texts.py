"""Built-in functions on strings."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from app.feel.arithmetic import truncated
from app.feel.builtin_registry import builtin
from app.feel.builtins.patterns import Pattern, compiled_pattern
from app.feel.limits import Evaluation

_REFERENCE = re.compile(r"\\[\\$]|\$\d+")


@builtin("substring", "string: string, start position: number, length: ~number?", returns="string")
def _substring(run: Evaluation, text: str, start: Any, length: Any = None) -> str | None:
    first = truncated(start)
    if first == 0 or abs(first) > len(text):
        return None
    index = first - 1 if first > 0 else len(text) + first
    if length is None:
        return text[index:]
    return text[index : index + truncated(length)] if truncated(length) >= 1 else None


@builtin("string length", "string: string", returns="number")
def _length(run: Evaluation, text: str) -> Any:
    return Decimal(len(text))


@builtin("upper case", "string: string", returns="string")
def _upper(run: Evaluation, text: str) -> str:
    return text.upper()


@builtin("lower case", "string: string", returns="string")
def _lower(run: Evaluation, text: str) -> str:
    return text.lower()


@builtin("substring before", "string: string, match: string", returns="string")
def _before(run: Evaluation, text: str, match: str) -> str:
    return text[: text.index(match)] if match in text else ""


@builtin("substring after", "string: string, match: string", returns="string")
def _after(run: Evaluation, text: str, match: str) -> str:
    return text[text.index(match) + len(match) :] if match in text else ""


@builtin("contains", "string: string, match: string", returns="boolean")
def _contains(run: Evaluation, text: str, match: str) -> bool:
    return match in text


@builtin("starts with", "string: string, match: string", returns="boolean")
def _starts_with(run: Evaluation, text: str, match: str) -> bool:
    return text.startswith(match)


@builtin("ends with", "string: string, match: string", returns="boolean")
def _ends_with(run: Evaluation, text: str, match: str) -> bool:
    return text.endswith(match)


@builtin("matches", "input: string, pattern: string, flags: ~string?", returns="boolean")
def _matches(run: Evaluation, text: str, pattern: str, flags: str | None = None) -> bool | None:
    compiled = compiled_pattern(pattern, flags or "")
    return None if compiled is None else compiled.search(text, run)


@builtin("replace", "input: string, pattern: string, replacement: string, flags: ~string?", returns="string")
def _replace(
    run: Evaluation, text: str, pattern: str, replacement: str, flags: str | None = None
) -> str | None:
    compiled = compiled_pattern(pattern, flags or "")
    if compiled is None:
        return None
    literal = "q" in (flags or "")
    pieces: list[str] = []
    position = 0
    for match in compiled.matches(text, run):
        piece = replacement if literal else _expanded(replacement, match)
        pieces += (text[position : match.start()], piece)
        run.check_characters(len(piece))
        position = match.end()
    return "".join((*pieces, text[position:]))


def _expanded(replacement: str, match: Any) -> str:
    """`$1` in the replacement stands for a group; the longest number that is a group counts."""
    groups = len(match.groups())

    def reference(found: re.Match[str]) -> str:
        text = found.group()
        if text[0] == "\\":
            return text[1:]
        number = text[1:]
        while len(number) > 1 and int(number) > groups:
            number = number[:-1]
        content = (match.group(int(number)) or "") if int(number) <= groups else ""
        return content + text[1 + len(number) :]

    return _REFERENCE.sub(reference, replacement)


@builtin("split", "string: string, delimiter: string", returns="list<string>")
def _split(run: Evaluation, text: str, delimiter: str) -> list[str] | None:
    compiled: Pattern | None = compiled_pattern(delimiter, "")
    if compiled is None:
        return None
    parts, position = [], 0
    for match in compiled.matches(text, run):
        parts.append(text[position : match.start()])
        position = match.end()
    return [*parts, text[position:]]


@builtin("string join", "list: list, delimiter: ~string?", returns="string")
def _join(run: Evaluation, items: list[Any], delimiter: str | None = None) -> str | None:
    if any(item is not None and type(item) is not str for item in items):
        return None
    texts = [item for item in items if item is not None]
    run.check_characters(sum(map(len, texts)) + len(delimiter or "") * len(texts))
    return (delimiter or "").join(texts)
