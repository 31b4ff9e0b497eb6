"""Expressions of other products in FEEL: JUEL (`${…}`), Python, Groovy and JavaScript, where it is plainly possible.

One small grammar reads what these languages share; whatever goes beyond it is not guessed at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.feel import FeelError, compile_expression

_MAX_SIGNS, _MAX_TOKENS, _MAX_DEPTH = 1000, 300, 30
_JUEL = re.compile(r"[$#]\{(.*)\}", re.DOTALL)
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)(?![\w.])"
    r"|(?P<text>'[^'\\\n]*'|\"[^\"\\\n]*\")"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>===|!==|==|!=|<=|>=|&&|\|\||[<>!?:()\[\].,+\-*/%]))"
)
_WORDS = {
    "&&": "and", "||": "or", "===": "=", "==": "=", "!==": "!=", "eq": "=", "ne": "!=", "lt": "<",
    "gt": ">", "le": "<=", "ge": ">=", "mod": "%", "div": "/", "True": "true", "False": "false", "None": "null",
    "nil": "null",
}  # fmt: skip
_COMPARISONS = frozenset({"=", "!=", "<", ">", "<=", ">="})
_CONSTANTS = frozenset({"true", "false", "null"})
#: Words of these languages and of FEEL that are no names of data.
_KEYWORDS = frozenset({"and", "or", "not", "in", "if", "else", "then", "for", "is", "lambda", "empty", "return", "new"})
_COUNTS = frozenset({"len", "size", "count"})
#: How tightly each construct binds, from the loosest.
_IF, _OR, _AND, _NOT, _COMPARE, _ADD, _MULTIPLY, _SIGN, _WHOLE = range(9)

Piece = tuple[str, int]


@dataclass(frozen=True)
class Translated:
    """A FEEL text, and whether it differs from what was written."""

    text: str
    is_changed: bool


class _Unclear(Exception):
    """Something that the shared grammar does not have."""


def to_feel(text: str) -> Translated | None:
    """The FEEL of a condition or value, None where a person must rewrite it. A leading `=` says FEEL already."""
    written = text.strip()
    if not written or len(written) > _MAX_SIGNS:
        return None
    if written.startswith("="):
        own = written.removeprefix("=").strip()
        return Translated(own, False) if _is_feel(own) else None
    inside = _JUEL.fullmatch(written)
    try:
        feel = _Reader(inside.group(1) if inside else written).read()
    except _Unclear:  # what goes beyond the shared grammar may still be FEEL that somebody wrote without the `=`
        return Translated(written, False) if inside is None and _is_feel(written) else None
    if not _is_feel(feel):
        return None
    return Translated(feel, "".join(feel.split()) != "".join(written.split()))


def _is_feel(text: str) -> bool:
    try:
        compile_expression(text)
    except FeelError:
        return False
    return True


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or len(found) >= _MAX_TOKENS:
            raise _Unclear(text)
        kind = str(match.lastgroup)
        word = match.group(kind)
        is_word = kind in ("name", "sign") and word in _WORDS
        found.append(("sign" if is_word and _WORDS[word] not in _CONSTANTS else kind, _WORDS.get(word, word)))
        position = match.end()
    return [*found, ("end", "")]


class _Reader:
    """Recursive descent; every rule gives the FEEL text and how tightly it binds."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    def read(self) -> str:
        """The whole text. Raises _Unclear."""
        found = self._choice()
        if self._tokens[self._at][0] != "end":
            raise _Unclear(self._tokens[self._at][1])
        return found[0]

    def _next(self, *words: str) -> str:
        """Takes the next token if it is one of these, gives the empty text otherwise."""
        kind, word = self._tokens[self._at]
        if kind in ("sign", "name") and word in words:
            self._at += 1
            return word
        return ""

    def _need(self, word: str) -> None:
        if not self._next(word):
            raise _Unclear(word)

    def _choice(self) -> Piece:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _Unclear("depth")
        first = self._either()
        if self._next("?"):
            yes = self._choice()
            self._need(":")
            first = (f"if {first[0]} then {yes[0]} else {self._choice()[0]}", _IF)
        elif self._next("if"):  # Python: a if c else b
            condition = self._either()
            self._need("else")
            first = (f"if {condition[0]} then {first[0]} else {self._choice()[0]}", _IF)
        self._depth -= 1
        return first

    def _either(self) -> Piece:
        found = self._both()
        while self._next("or"):
            found = (f"{_around(found, _OR)} or {_around(self._both(), _AND)}", _OR)
        return found

    def _both(self) -> Piece:
        found = self._denied()
        while self._next("and"):
            found = (f"{_around(found, _AND)} and {_around(self._denied(), _NOT)}", _AND)
        return found

    def _denied(self) -> Piece:
        if self._next("not"):
            return f"not({self._denied()[0]})", _WHOLE
        return self._compared()

    def _compared(self) -> Piece:
        left = self._sum()
        if self._next("in"):
            return f"list contains({self._sum()[0]}, {left[0]})", _WHOLE
        if self._tokens[self._at][1] == "not" and self._tokens[self._at + 1][1] == "in":
            self._at += 2
            return f"not(list contains({self._sum()[0]}, {left[0]}))", _WHOLE
        if self._next("is"):
            sign = "!=" if self._next("not") else "="
            return f"{_around(left, _ADD)} {sign} {_around(self._sum(), _ADD)}", _COMPARE
        if sign := self._next(*_COMPARISONS):
            left = f"{_around(left, _ADD)} {sign} {_around(self._sum(), _ADD)}", _COMPARE
            if self._tokens[self._at][1] in _COMPARISONS:  # a < b < c means other things elsewhere
                raise _Unclear(sign)
        return left

    def _sum(self) -> Piece:
        found = self._product()
        while sign := self._next("+", "-"):
            found = (f"{_around(found, _ADD)} {sign} {_around(self._product(), _MULTIPLY)}", _ADD)
        return found

    def _product(self) -> Piece:
        found = self._signed()
        while sign := self._next("*", "/", "%"):
            other = self._signed()
            if sign == "%":
                found = (f"modulo({found[0]}, {other[0]})", _WHOLE)
            else:
                found = (f"{_around(found, _MULTIPLY)} {sign} {_around(other, _SIGN)}", _MULTIPLY)
        return found

    def _signed(self) -> Piece:
        if self._next("-"):
            return f"-{_around(self._signed(), _SIGN)}", _SIGN
        if self._next("!"):  # binds tighter than `not`
            return f"not({self._signed()[0]})", _WHOLE
        if self._next("empty"):
            value = self._postfix()[0]
            return f'({value} = null or {value} = "" or {value} = [])', _WHOLE
        return self._postfix()

    def _postfix(self) -> Piece:
        found = self._primary()
        while True:
            if self._next("."):
                found = self._member(found)
            elif self._next("["):
                kind, word = self._tokens[self._at]
                if kind != "text":
                    raise _Unclear(word)  # positions count from 0 elsewhere and from 1 in FEEL
                self._at += 1
                self._need("]")
                if not word[1:-1].isidentifier():
                    raise _Unclear(word)
                found = (f"{found[0]}.{word[1:-1]}", _WHOLE)
            else:
                return found

    def _member(self, source: Piece) -> Piece:
        kind, name = self._tokens[self._at]
        if kind != "name":
            raise _Unclear(name)
        self._at += 1
        if not self._next("("):
            return f"{source[0]}.{name}", _WHOLE
        arguments = self._arguments()
        if name == "equals" and len(arguments) == 1:
            return f"{_around(source, _ADD)} = {_around(arguments[0], _ADD)}", _COMPARE
        if name in ("size", "length") and not arguments:
            return f"count({source[0]})", _WHOLE
        if name in ("getVariable", "get") and source[0] in ("execution", "task", "variables") and len(arguments) == 1:
            variable = arguments[0][0].strip('"')
            if arguments[0][0].startswith('"') and variable.isidentifier():
                return variable, _WHOLE
        raise _Unclear(name)

    def _primary(self) -> Piece:
        kind, word = self._tokens[self._at]
        self._at += 1
        if kind == "number":
            return word, _WHOLE
        if kind == "text":
            if '"' in word[1:-1]:
                raise _Unclear(word)
            return f'"{word[1:-1]}"', _WHOLE
        if kind == "sign" and word == "(":
            found = self._choice()
            self._need(")")
            return found if found[1] == _WHOLE else (f"({found[0]})", _WHOLE)
        if kind == "sign" and word == "[":
            return f"[{', '.join(piece[0] for piece in self._arguments(']'))}]", _WHOLE
        if kind != "name" or word in _KEYWORDS:
            raise _Unclear(word)
        return self._named(word)

    def _named(self, word: str) -> Piece:
        if word in _COUNTS and self._next("("):
            arguments = self._arguments()
            if len(arguments) == 1:
                return f"count({arguments[0][0]})", _WHOLE
        if self._next("("):
            raise _Unclear(word)
        return word, _WHOLE

    def _arguments(self, end: str = ")") -> list[Piece]:
        found: list[Piece] = []
        if self._next(end):
            return found
        found.append(self._choice())
        while self._next(","):
            found.append(self._choice())
        self._need(end)
        return found


def _around(piece: Piece, level: int) -> str:
    """The text, in brackets where it binds more loosely than its place asks for."""
    return piece[0] if piece[1] >= level else f"({piece[0]})"
