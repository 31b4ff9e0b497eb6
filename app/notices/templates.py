"""Notice templates: one file a notice, with a head and a section for each way it is told.

The head declares what the notice is called, on which channels it goes (in the order they are tried), which data
it needs, and for how long its text may be kept where it holds a code or a link:

    label: 申请收讫
    channels: inbox mail sms
    data: name number state_path
    keep_hours: 24
    --- subject
    ...
    --- sms
    ...
    --- mail
    ...

Data are words already: `due`, `reply_by`, `decide_by` are what `regulations.wording.due_words` says;
`last_day`, `*_on`, `*_until`, `term_*` are days in words, `*_path` begins with a slash, `reasons` and `items` may
have several lines. The in-app message is the text of the section `inbox`, or of `sms` where there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.notices.errors import TemplateRefused
from app.notices.grammar import fill

FOLDER = Path(__file__).parent / "templates"
CHANNELS = ("inbox", "sms", "mail")
_HEAD = {"label", "channels", "data", "keep_hours"}
_SECTIONS = {"subject", "sms", "mail", "inbox"}


@dataclass(frozen=True)
class Template:
    """A parsed notice: `keep_hours` is None where the text may stay."""

    key: str
    label: str
    channels: tuple[str, ...]
    data: frozenset[str]
    keep_hours: int | None
    sections: Mapping[str, str]


@dataclass(frozen=True)
class Rendered:
    """A notice in words: the title, and the text for each channel."""

    title: str
    texts: Mapping[str, str]


@cache
def template(key: str) -> Template:
    """The notice `key`, read once.

    :raises TemplateRefused: there is no such file, or it is badly written.
    """
    path = FOLDER / f"{key}.txt"
    if not path.is_file():
        raise TemplateRefused(f"no notice template {key}")
    return parse(key, path.read_text(encoding="utf-8"))


def all_templates() -> list[Template]:
    """Every shipped notice, by key."""
    return [template(path.stem) for path in sorted(FOLDER.glob("*.txt"))]


def parse(key: str, text: str) -> Template:
    """Reads head and sections of a template.

    :raises TemplateRefused: unknown or missing parts.
    """
    head_text, *parts = ("\n" + text).split("\n--- ")
    head = dict(_head_line(key, line) for line in head_text.strip().splitlines())
    sections = {}
    for part in parts:
        name, _, body = part.partition("\n")
        sections[name.strip()] = body.strip("\n")
    channels = tuple(head.get("channels", "").split())
    _check(key, head, sections, channels)
    return Template(
        key=key,
        label=head["label"],
        channels=channels,
        data=frozenset(head.get("data", "").split()),
        keep_hours=int(head["keep_hours"]) if "keep_hours" in head else None,
        sections=sections,
    )


def _head_line(key: str, line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or name not in _HEAD:
        raise TemplateRefused(f"{key}: head line {line!r}")
    return name, value.strip()


def _check(key: str, head: Mapping[str, str], sections: Mapping[str, str], channels: tuple[str, ...]) -> None:
    if not head.get("label"):
        raise TemplateRefused(f"{key}: no label")
    if not channels or set(channels) - set(CHANNELS):
        raise TemplateRefused(f"{key}: channels {channels}")
    if set(sections) - _SECTIONS:
        raise TemplateRefused(f"{key}: sections {sorted(set(sections) - _SECTIONS)}")
    wanted = {"subject"} | {channel for channel in channels if channel != "inbox"}
    if "inbox" in channels and "inbox" not in sections:
        wanted.add("sms")
    if wanted - set(sections):
        raise TemplateRefused(f"{key}: missing sections {sorted(wanted - set(sections))}")


def render(notice: Template, data: Mapping[str, Any], public_url: str) -> Rendered:
    """Fills a notice; `link(path)` in it gives an address of this installation.

    :raises TemplateRefused: data is missing, or is given that the notice does not declare.
    """
    if set(data) != notice.data:
        raise TemplateRefused(
            f"{notice.key}: missing {sorted(notice.data - set(data))}, unexpected {sorted(set(data) - notice.data)}"
        )
    texts = {name: fill(notice.key, body, data, public_url) for name, body in notice.sections.items()}
    title = " ".join(texts.pop("subject").splitlines())  # a break of any kind would end the header of a mail
    if "inbox" in notice.channels and "inbox" not in texts:
        texts["inbox"] = texts["sms"]
    return Rendered(title, texts)
