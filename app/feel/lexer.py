"""Tokens of FEEL, and the names in scope: where a name such as `a-b` ends depends on which names exist."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import TypeAlias

Token: TypeAlias = tuple[str, str, int]  # kind, text, offset

_NAME_CHARACTERS = r"\w\U00010000-\U000EFFFF"
_TOKENS = re.compile(
    rf"""
  (?P<space>(?:\s|\u00a0|\ufeff|//[^\n]*|/\*.*?\*/)+)
 |(?P<num>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)(?!\w)
 |(?P<at>@"(?:[^"\\]|\\.)*")
 |(?P<str>"(?:[^"\\]|\\.)*")
 |(?P<name>(?:[^\W\d]|[\U00010000-\U000EFFFF])[{_NAME_CHARACTERS}]*)
 |(?P<word>\d[{_NAME_CHARACTERS}]*)
 |(?P<op>\*\*|\.\.|<=|>=|!=|->|.)
""",
    re.X | re.S,
)
KEYWORDS = frozenset(
    [
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "and",
        "or",
        "between",
        "instance",
        "of",
        "function",
        "external",
        "true",
        "false",
        "null",
        "not",
    ]
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.S)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text without white space and comments, closed by an "eof" token."""
    found: list[Token] = [
        (match.lastgroup or "op", match.group(), match.start())
        for match in _TOKENS.finditer(text)
        if match.lastgroup != "space"
    ]
    found.append(("eof", "", len(text)))
    return found


def unescape(text: str) -> str:
    """The content of a string literal; surrogate pairs written as escapes become one character."""
    if "\\" not in text:
        return text

    def character(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        if code:
            return chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else match[0]
        return _ESCAPED.get(match[3], "\\" + match[3])

    plain = _ESCAPE.sub(character, text)
    if any(0xD800 <= ord(one) < 0xE000 for one in plain):
        return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return plain


@functools.lru_cache(4096)
def name_tokens(name: str) -> tuple[str, ...]:
    """The token texts a name consists of."""
    return tuple(token[1] for token in tokens_of(name)[:-1])


def normal_name(name: str) -> str:
    """A name with single spaces."""
    return " ".join(name.split())


class NameScope:
    """Names known at a place, and those of the scopes around it. The longest match wins.

    `dynamic` marks a scope whose names are not all known (inside a filter the item's keys are names).
    """

    __slots__ = ("_by_first", "dynamic", "parents")

    def __init__(
        self, names: Iterable[str] = (), parents: tuple[NameScope, ...] = (), dynamic: bool = False
    ) -> None:
        self._by_first: dict[str, dict[tuple[str, ...], str]] = {}
        self.parents = parents
        self.dynamic = dynamic
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Make a name known."""
        plain = normal_name(name)
        parts = name_tokens(plain)
        if parts:
            self._by_first.setdefault(parts[0], {})[parts] = plain

    def find(self, tokens: list[Token], index: int) -> tuple[str | None, int]:
        """The longest known name starting at that token, and its number of tokens (0 if none)."""
        best: str | None = None
        length = 0
        candidates = self._by_first.get(tokens[index][1])
        if candidates:
            for parts, name in candidates.items():
                if len(parts) > length and _starts_with(tokens, index, parts):
                    best, length = name, len(parts)
        for parent in self.parents:
            name_above, length_above = parent.find(tokens, index)
            if length_above > length:
                best, length = name_above, length_above
        return best, length

    def is_dynamic(self) -> bool:
        """Whether here or around here names may exist that are not known."""
        return self.dynamic or any(parent.is_dynamic() for parent in self.parents)


def _starts_with(tokens: list[Token], index: int, parts: tuple[str, ...]) -> bool:
    if index + len(parts) >= len(tokens):
        return False
    if len(parts) == 1:
        return tokens[index][0] not in ("str", "at")
    return all(
        tokens[index + offset][1] == part and tokens[index + offset][0] not in ("str", "at")
        for offset, part in enumerate(parts)
    )
