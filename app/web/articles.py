"""Links from an article's number to its text (第十二条（三） → the page of the regulation)."""

from __future__ import annotations

import re

from flask import url_for

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")}
_ARTICLE = re.compile(r"^第([一二三四五六七八九十]{1,3})条")


def article_number(text: str) -> int | None:
    """12 for 第十二条（三）; None if the text names no article of the regulation."""
    found = _ARTICLE.match(text)
    if not found:
        return None
    tens, ten, ones = found.group(1).partition("十")
    if not ten:
        return _DIGITS[tens] if len(tens) == 1 else None
    return 10 * _DIGITS.get(tens, 1) + (_DIGITS[ones] if ones else 0)


def article_url(text: str) -> str | None:
    """Where the article can be read, or None."""
    number = article_number(text)
    return None if number is None else url_for("about.regulation", _anchor=f"article-{number}")
