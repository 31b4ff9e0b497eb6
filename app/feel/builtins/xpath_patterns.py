"""From the regular expressions of XPath, which FEEL uses, to those of the engine.

What XPath does not know is refused, never run with another meaning: look-around, possessive quantifiers, fuzzy
matching, word boundaries, POSIX classes.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

_SPACE = r" \t\n\r"
_NOT_WORD = r"\p{P}\p{Z}\p{C}"
_INITIAL = r"_:\p{L}"
_NAME = r"\-._:\p{L}\p{N}\p{M}\u00B7"
_CLASSES = {
    "s": f"[{_SPACE}]", "S": f"[^{_SPACE}]", "w": f"[^{_NOT_WORD}]", "W": f"[{_NOT_WORD}]",
    "i": f"[{_INITIAL}]", "I": f"[^{_INITIAL}]", "c": f"[{_NAME}]", "C": f"[^{_NAME}]",
}  # fmt: skip
_PLAIN_ESCAPES = frozenset("nrt\\|.?*+(){}-[]^$dD")
_PROPERTY = regex.compile(r"\\([pP])\{(Is)?([A-Za-z][\w-]*)\}")
_COUNT = regex.compile(r"\{\d+(?:,\d*)?\}")
_SET_SIGNS = "&|~"


def translated(pattern: str, flags: str) -> str:
    """The pattern for the engine. Raises ValueError where XPath has no such pattern."""
    return "".join(_Translation(_without_space(pattern) if "x" in flags else pattern, flags).pieces())


def _without_space(pattern: str) -> str:
    return str(regex.sub(r"(\[[^\]]*\])|\s+", lambda match: match[1] or "", pattern))


class _Translation:
    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern, self.flags = pattern, flags
        self.index = 0
        self.depth = 0
        self.quantifiable = False

    def pieces(self) -> Iterator[str]:
        while self.index < len(self.pattern):
            character = self.pattern[self.index]
            if character == "\\":
                yield self._escape()
                self.quantifiable = True
            elif self.depth or character == "[":
                yield self._class_part(character)
                self.quantifiable = True
            else:
                yield self._outside(character)
        if self.depth:
            raise ValueError("class without end")

    def _next(self, count: int = 1) -> str:
        taken = self.pattern[self.index : self.index + count]
        self.index += count
        return taken

    def _escape(self) -> str:
        found = _PROPERTY.match(self.pattern, self.index)
        if found:
            self.index = found.end()
            return f"\\{found[1]}{{{'In' if found[2] else ''}{found[3]}}}"  # `Is` names a block, which is `In` here
        letter = self._next(2)[1:]
        if letter in _CLASSES:
            return _CLASSES[letter]
        if letter in _PLAIN_ESCAPES or (letter.isdecimal() and letter != "0" and not self.depth):
            return "\\" + letter
        raise ValueError(f"no such escape: {letter}")

    def _class_part(self, character: str) -> str:
        if character == "[":
            if self.depth and self.pattern[self.index - 1] != "-":
                raise ValueError("class in a class")
            opening = self._next(2) if self.pattern.startswith("[^", self.index) else self._next()
            self.depth += 1
            if self.pattern.startswith("]", self.index):
                raise ValueError("empty class")
            return f"--{opening}" if self.depth > 1 else opening
        self.index += 1
        if character == "]":
            self.depth -= 1
        if character == "-" and self.pattern.startswith("[", self.index):
            return ""  # class subtraction: the sign goes before the inner class
        if (
            character == "-"
            and self.pattern.startswith("-", self.index)
            and self.pattern[self.index + 1 :][:1] != "["
        ):
            raise ValueError("sign of a range twice")
        return "\\" + character if character in _SET_SIGNS else character

    def _outside(self, character: str) -> str:
        if character in "*+?{":
            return self._quantifier()
        if self.pattern.startswith("(?:", self.index):
            self.quantifiable = False
            return self._next(3)
        if character in "}]" or self.pattern.startswith("(?", self.index):
            raise ValueError("not known to XPath")
        self.index += 1
        self.quantifiable = character not in "(|^$"
        if character == "." and "s" not in self.flags:
            return r"[^\n\r]"
        return r"\Z" if character == "$" and "m" not in self.flags else character

    def _quantifier(self) -> str:
        count = _COUNT.match(self.pattern, self.index)
        if not self.quantifiable or (self.pattern[self.index] == "{" and not count):
            raise ValueError("nothing to repeat")
        text = self._next(len(count.group()) if count else 1)
        if self.pattern.startswith("?", self.index):
            text += self._next()
        self.quantifiable = False
        return text
