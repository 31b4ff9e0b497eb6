"""Errors and findings of the expression language. Messages are Chinese: process owners read them."""

from __future__ import annotations

from dataclasses import dataclass


class FeelError(Exception):
    """An expression or a decision table that cannot be evaluated.

    `message` is a Chinese sentence for the page, `position` the offset in the text (characters, from 0) if known.
    """

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


class FeelSyntaxError(FeelError):
    """The text is no FEEL expression, or the XML no decision model; raised when it is compiled."""


class FeelUnsupported(FeelSyntaxError):
    """A construct of the standard that this interpreter refuses, such as functions implemented in Java."""


class FeelLimitExceeded(FeelError):
    """An expression that is too large, too deep or runs too long."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark of the static check: offset in the text, Chinese message, and the cell or element it stands in.

    `severity` is "error" (must be mended before saving) or "warning" (worth a look, such as a gap in a table).
    `code` tells what rules cover twice or not at all ("overlap", "gap", "unreachable", "empty"); `example` are
    values for which that was tried out.
    """

    position: int
    message_zh: str
    where: str = ""
    severity: str = "error"
    code: str = ""
    example: str = ""

    def __str__(self) -> str:
        return f"{self.where}：{self.message_zh}" if self.where else self.message_zh
