"""The regulation's text, to which every article on every page links, and the statement on accessibility."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path

from flask import Blueprint, render_template

from app.web.articles import article_number
from app.web.auth import public_page

about = Blueprint("about", __name__)

_CHAPTER = "# "


@dataclass(frozen=True)
class Article:
    """One article: its number, and its paragraphs as they stand in the regulation."""

    number: int
    title: str
    paragraphs: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Chapter:
    """A chapter with its articles."""

    title: str
    articles: list[Article] = field(default_factory=list)


@functools.cache
def chapters() -> tuple[Chapter, ...]:
    """The regulation as read from regulation.txt."""
    found: list[Chapter] = []
    for line in (Path(__file__).parent / "regulation.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith(_CHAPTER):
            found.append(Chapter(line.removeprefix(_CHAPTER)))
            continue
        number = article_number(line)
        if number is None:
            found[-1].articles[-1].paragraphs.append(line)
        else:
            title, _, text = line.partition("　")
            found[-1].articles.append(Article(number, title, [text]))
    return tuple(found)


@about.get("/about/regulation")
@public_page
def regulation() -> str:
    """管理办法全文; each article has an anchor."""
    return render_template("about/regulation.html", chapters=chapters())


@about.get("/about/accessibility")
@public_page
def accessibility() -> str:
    """无障碍说明."""
    return render_template("about/accessibility.html")
