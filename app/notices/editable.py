"""Notices and letters as people edit them: sections with their variables, and what is wrong with other words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from app.core.errors import NotFound
from app.notices import letters, templates
from app.notices.errors import TemplateRefused
from app.notices.grammar import TextFault, check, fill
from app.notices.sms_length import LONGEST, segments
from app.notices.variables import variable

NOTICE, LETTER = "notice", "letter"
_PART_WORDS = {"subject": "标题", "sms": "短信", "mail": "邮件", "inbox": "站内消息"}
#: Parts that stay on one line.
_ONE_LINE = frozenset({"subject", "sms"})


@dataclass(frozen=True)
class Part:
    """One section as shipped, with the variables it may use and those it must keep."""

    name: str
    label: str
    variables: frozenset[str]
    needed: frozenset[str]
    text: str


@dataclass(frozen=True)
class Text:
    """A notice or letter as people edit it."""

    kind: str
    key: str
    label: str
    channels: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def sections(self) -> dict[str, str]:
        return {part.name: part.text for part in self.parts}

    @property
    def digest(self) -> str:
        """Of the shipped wording; another one after an update of the product."""
        return hashlib.sha256(json.dumps(self.sections, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def text(kind: str, key: str) -> Text:
    """The shipped notice or letter. :raises NotFound:"""
    try:
        return _notice_text(key) if kind == NOTICE else _letter_text(key)
    except TemplateRefused:
        raise NotFound(f"没有名为“{key}”的文书") from None


def all_texts() -> list[Text]:
    """Letters first, then notices, by key."""
    found = [_letter_text(one.key) for one in letters.all_letters()]
    return found + [_notice_text(one.key) for one in templates.all_templates()]


def _notice_text(key: str) -> Text:
    notice = templates.template(key)
    parts = [
        _part(name, _PART_WORDS[name], notice.data, notice.sections[name])
        for name in _PART_WORDS if name in notice.sections
    ]  # fmt: skip
    return Text(NOTICE, key, notice.label, notice.channels, tuple(parts))


def _letter_text(key: str) -> Text:
    letter = letters.letter(key)
    parts = [_part(one.name, one.label, one.variables, one.text) for one in letter.sections]
    return Text(LETTER, key, letter.label, ("paper",), tuple(parts))


def _part(name: str, label: str, variables: frozenset[str], shipped: str) -> Part:
    # Whatever a shipped section tells of rights and duties, another wording of it must tell too.
    needed = {one for one in variables if variable(one).is_needed and _stands_in(one, shipped)}
    return Part(name, label, variables, frozenset(needed), shipped)


def _stands_in(name: str, shipped: str) -> bool:
    return f"{{{{ {name} }}}}" in shipped or f"link({name})" in shipped


def faults(of: Text, sections: Mapping[str, str]) -> dict[str, list[TextFault]]:
    """What is wrong, by section; empty if nothing is."""
    found = {}
    for part in of.parts:
        wrong = check(sections.get(part.name, ""), part.variables, part.needed)
        if not wrong and of.kind == NOTICE and part.name in _ONE_LINE:
            wrong = _line_faults(part, sections[part.name])
        if wrong:
            found[part.name] = wrong
    return found


def _line_faults(part: Part, typed: str) -> list[TextFault]:
    if "\n" in typed.strip():
        return [TextFault(2, 1, f"{part.label}只能写一行")]
    if part.name == "sms":
        count = segments(_sample(part.name, typed, part.variables))
        if count > LONGEST:
            return [TextFault(0, 0, f"按示例数据要分 {count} 条发送，最多 {LONGEST} 条")]
    return []


def _sample(name: str, typed: str, names: frozenset[str]) -> str:
    return fill(name, typed, {one: variable(one).example for one in names}, "https://zhiku.example.gov.cn")
