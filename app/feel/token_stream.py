"""Reading tokens: the base of the parser, with names, declared names and type references."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from app.feel.errors import FeelLimitExceeded, FeelSyntaxError, FeelUnsupported
from app.feel.kinds import SIMPLE_TYPES, FeelType
from app.feel.lexer import NameScope, Token, normal_name, tokens_of
from app.feel.limits import MAX_NESTING, MAX_TEXT

_COMPOUND_TYPES = ("list", "range", "context", "function")
_TYPE_NAMES = NameScope(SIMPLE_TYPES)
_IN_NAMES = ("name", "num", "word")
_NAME_SYMBOLS = frozenset("-+*/'.")
_FULL_WIDTH = {
    "，": ",", "（": "(", "）": ")", "“": '"', "”": '"', "：": ":", "；": ";", "＝": "=", "＞": ">", "＜": "<",
    "【": "[", "】": "]", "！": "!", "？": "?", "‘": '"', "’": '"', "。": ".", "＋": "+", "－": "-", "／": "/",
}  # fmt: skip
_Result = TypeVar("_Result")


class TokenStream:
    """Tokens of one text and a place among them."""

    def __init__(self, text: str, types: Mapping[str, FeelType] | None = None) -> None:
        if len(text) > MAX_TEXT:
            raise FeelLimitExceeded(f"表达式超过 {MAX_TEXT} 个字符")
        self.text = text
        self.tokens: list[Token] = tokens_of(text)
        self.index = 0
        self.types = types or {}
        self.nesting = 0
        # Backtracking may read a token more than once; beyond this the text is hostile.
        self.work_left = 2_000 + 60 * len(self.tokens)

    def refuse(self, message: str) -> FeelSyntaxError:
        """A syntax error at the current token."""
        return FeelSyntaxError(message, self.tokens[min(self.index, len(self.tokens) - 1)][2])

    def unexpected(self, wanted: str | None = None) -> FeelSyntaxError:
        """A syntax error that says what stands here and what was wanted."""
        kind, text, _ = self.tokens[min(self.index, len(self.tokens) - 1)]
        if text in _FULL_WIDTH:
            return self.refuse(f"“{text}”是全角符号，请改用半角的 {_FULL_WIDTH[text]}")
        if text in {'"', "@"}:
            return self.refuse("文字缺少结束的引号")
        found = "表达式到此结束" if kind == "eof" else f"此处是“{text[:20]}”"
        return self.refuse(f"{found}，应为 {wanted}" if wanted else f"{found}，不合语法")

    def at(self, text: str, ahead: int = 0) -> bool:
        """Whether that symbol or word stands so many tokens ahead."""
        index = self.index + ahead
        if ahead and index >= len(self.tokens):
            return False
        token = self.tokens[index]
        return token[1] == text and (token[0] == "op" or token[0] == "name")

    def at_end(self) -> bool:
        return self.tokens[self.index][0] == "eof"

    def take(self, text: str) -> bool:
        """Step over that symbol or word if it stands here."""
        if not self.at(text):
            return False
        self.index += 1
        return True

    def need(self, text: str) -> None:
        """Step over that symbol or word, or refuse."""
        if not self.take(text):
            raise self.unexpected(text)

    def spend(self) -> None:
        """Count work, so that backtracking cannot explode."""
        self.work_left -= 1
        if self.work_left < 0:
            raise FeelLimitExceeded("表达式过于复杂，无法解析")

    def nested(self, parse: Callable[[], _Result]) -> _Result:
        """Parse one level deeper."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise FeelLimitExceeded(f"表达式嵌套超过 {MAX_NESTING} 层")
        try:
            return parse()
        finally:
            self.nesting -= 1

    def attempt(self, parse: Callable[[], _Result]) -> _Result | None:
        """The result of a parse, or None with the place restored where the text does not fit it."""
        start = self.index
        try:
            return parse()
        except FeelUnsupported:
            raise
        except FeelSyntaxError:
            self.index = start
            return None

    def declared_name(self, stops: tuple[str, ...]) -> str:
        """A name being declared: all tokens up to one of `stops`."""
        start = self.index
        if self.tokens[start][0] != "name":
            raise self.unexpected("名称")
        end = start + 1
        while self.tokens[end][1] not in stops and self._continues_name(end):
            end += 1
        if self.tokens[end][1] not in stops:
            self.index = end
            raise self.unexpected(" 或 ".join(stops))
        last = self.tokens[end - 1]
        self.index = end
        return normal_name(self.text[self.tokens[start][2] : last[2] + len(last[1])])

    def argument_name(self) -> str | None:
        """The name before `:` of a named argument, or None if the argument is positional."""
        end = self.index
        while self.tokens[end][0] in _IN_NAMES or (end > self.index and self._continues_name(end)):
            end += 1
        if end == self.index or self.tokens[end][:2] != ("op", ":"):
            return None
        name = normal_name(self.text[self.tokens[self.index][2] : self.tokens[end][2]])
        self.index = end + 1
        return name

    def _continues_name(self, index: int) -> bool:
        kind, text, _ = self.tokens[index]
        return kind in _IN_NAMES or (kind == "op" and text in _NAME_SYMBOLS)

    def type_reference(self) -> FeelType:
        """A type after `instance of` or a parameter's colon."""
        for name in _COMPOUND_TYPES:
            if self.at(name) and self.at("<", 1):
                self.index += 2
                return self.nested(lambda: self._compound_type(name))  # noqa: B023  called at once
        return self._named_type()

    def _compound_type(self, name: str) -> FeelType:
        if name == "context":
            return self._context_type()
        if name == "function":
            return self._function_type()
        element = self.type_reference()
        self.need(">")
        return FeelType(name, element)

    def _context_type(self) -> FeelType:
        fields: dict[str, FeelType | None] = {}
        while True:
            field = self.declared_name((":",))
            self.need(":")
            fields[field] = self.type_reference()
            if not self.take(","):
                break
        self.need(">")
        return FeelType("context", fields=fields)

    def _function_type(self) -> FeelType:
        parameters: list[FeelType | None] = []
        while not self.take(">"):
            parameters.append(self.type_reference())
            self.take(",")
        self.need("->")
        return FeelType("function", parameters=parameters, result=self.type_reference())

    def _named_type(self) -> FeelType:
        name, length = _TYPE_NAMES.find(self.tokens, self.index)
        if self.types:
            own, own_length = NameScope(self.types).find(self.tokens, self.index)
            if own is not None and own_length >= length:
                self.index += own_length
                return self.types[own]
        if name is not None:
            self.index += length
            return SIMPLE_TYPES[name]
        return self._imported_type()

    def _imported_type(self) -> FeelType:
        end = self.index
        if self.tokens[end][0] == "name":
            while self.tokens[end + 1][1] == "." and self.tokens[end + 2][0] == "name":
                end += 2
            qualified = "".join(token[1] for token in self.tokens[self.index : end + 1])
            if qualified in self.types:
                self.index = end + 1
                return self.types[qualified]
        raise self.refuse(f"未知的类型“{self.tokens[self.index][1]}”")


def read_type(text: str) -> FeelType:
    """A type written as text, such as `list<number>`. Raises FeelSyntaxError."""
    stream = TokenStream(text)
    found = stream.type_reference()
    if not stream.at_end():
        stream.unexpected()
    return found
