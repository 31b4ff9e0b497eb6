"""What forms say, as HTML or in words: texts with a few marks, and values that cannot be changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup, escape

from app.workflow.forms import Part
from app.workflow.forms.checks import in_words
from app.workflow.forms.components import Field, Files, Moment
from app.workflow.forms.expressions import shown
from app.workflow.forms.reading import parse_moment

_BOLD = re.compile(r"\*\*(.+?)\*\*")


def prose(text: str) -> Markup:
    """Paragraphs, `# ` headings, `- ` lists and `**bold**`; whatever else the text holds is escaped."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if block.strip()]
    return Markup("").join(map(_block, blocks))


def _block(block: str) -> Markup:
    lines = block.split("\n")
    heading = re.match(r"#{1,6} +(.*)", block)
    if heading and len(lines) == 1:
        return Markup("<h3>{}</h3>").format(_inline(heading.group(1)))
    if all(line.startswith("- ") for line in lines):
        items = Markup("").join(Markup("<li>{}</li>").format(_inline(line[2:])) for line in lines)
        return Markup("<ul>{}</ul>").format(items)
    return Markup("<p>{}</p>").format(Markup("<br>").join(map(_inline, lines)))


def _inline(text: str) -> Markup:
    return Markup(_BOLD.sub(r"<b>\1</b>", str(escape(text))))  # noqa: S704 (escaped first)


def words(part: Part) -> str:
    """The value of a part as a person reads it: labels of options, dates in words, 是 or 否."""
    labels = {option.value: option.label for option in part.options}
    if isinstance(part.value, list) and labels:
        return "、".join(labels.get(item, str(item)) for item in part.value)
    if isinstance(part.component, Moment) and part.value:
        return in_words(parse_moment(part.value, part.component.subtype))
    return labels.get(part.value, "") if labels else shown(part.value)


def read_out(parts: Sequence[Part]) -> list[tuple[str, str]]:
    """Labels and values of every field, rows numbered; for reading what was submitted or left."""
    found: list[tuple[str, str]] = []
    for part in parts:
        if isinstance(part.component, Files):
            found.append((part.label, "、".join(str(file["name"]) for file in part.value or [])))
        elif isinstance(part.component, Field):
            found.append((part.label, words(part)))
        found += read_out(part.parts)
        for number, row in enumerate(part.rows, start=1):
            found += [(f"{part.label} {number}：{label}", value) for label, value in read_out(row)]
    return found


def groupby_row(parts: Sequence[Part]) -> Iterator[tuple[str | None, list[Part]]]:
    """Parts that stand side by side: neighbours with the same row, where there are at least two."""
    for row, together in groupby(parts, key=lambda part: part.component.row):
        found = list(together)
        yield (row if len(found) > 1 else None), found
