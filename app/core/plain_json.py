"""JSON that people type or upload: plain data that every database keeps and every page can show.

Python's reader takes more than that: lone surrogates, NUL, NaN, numbers beyond any column, nesting without bound.
"""

from __future__ import annotations

import json
from math import isfinite
from typing import Any, NoReturn

#: Data of a case and forms are some levels deep; what is deeper was made to break something.
MAX_DEPTH = 60


class NotPlain(ValueError):
    """The text is no JSON, or says what cannot be kept."""


def read(text: str) -> Any:
    """The data that a text says. :raises NotPlain:"""
    try:
        data = json.loads(text, parse_constant=_refuse)
    except NotPlain:
        raise
    except (ValueError, RecursionError) as error:
        raise NotPlain("no JSON") from error
    _demand_plain(data)
    return data


def is_plain_text(text: str) -> bool:
    """False of a text that a database or a page would refuse: with NUL, or with half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _refuse(constant: str) -> NoReturn:
    raise NotPlain(constant)


def _demand_plain(data: Any) -> None:
    waiting = [(data, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise NotPlain("too deep")
        if isinstance(value, str) and not is_plain_text(value):
            raise NotPlain("a character that cannot be kept")
        if isinstance(value, float) and not isfinite(value):
            raise NotPlain("a number without end")
        if isinstance(value, dict):
            waiting += [(one, depth + 1) for pair in value.items() for one in pair]
        elif isinstance(value, list):
            waiting += [(one, depth + 1) for one in value]
