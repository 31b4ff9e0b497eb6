"""The review itself as the organiser enters it: title, kind, people, time and place (第二条, 第十六条)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.procedures.selection.rules.conditions import Finding
from app.procedures.selection.rules.timing import check_times
from app.regulations.rule_sets import RuleSet

#: A code number: capital letters, digits and hyphens, nothing that could tell what is reviewed (domain.md §0.7).
_CODE_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{2,19}")
_TITLE, _CITY, _ADDRESS, _PHONE = 120, 40, 160, 30
#: A review lasts whole half-days, at most a working week.
MOST_HALF_DAYS = 10


@dataclass(frozen=True)
class ActivityDraft:
    """A review as entered. `leader_id` and `witness_id` are accounts; `project_unit_id` a row of the register.

    Without a witness the draw is 未经第二方见证. Of a classified one `title` is the code number only.
    """

    title: str
    kind: str
    project_unit_id: int | None
    contact_phone: str
    leader_id: int | None
    starts_at: datetime | None
    city: str
    address: str = ""
    half_days: int = 1
    witness_id: int | None = None
    classified: bool = False


def check_activity(draft: ActivityDraft, organiser_id: int, now: datetime, rules: RuleSet) -> tuple[Finding, ...]:
    """Every rule about the review itself."""
    return tuple(_texts(draft, rules)) + tuple(_people(draft, organiser_id)) + _times(draft, now, rules)


def _texts(draft: ActivityDraft, rules: RuleSet) -> Iterator[Finding]:
    yield from _title(draft)
    if draft.kind not in rules.texts("selection.activity_kinds"):
        yield Finding("KIND", "bad", "评审类型：请选择", "第二条", "kind")
    if not draft.contact_phone.strip() or len(draft.contact_phone) > _PHONE:
        yield _bad("PHONE", "联系电话：请填写", "contact_phone")
    for where, message in place_faults(draft.city, draft.address, classified=draft.classified).items():
        yield _bad(where.upper(), message, where)


def _title(draft: ActivityDraft) -> Iterator[Finding]:
    title = draft.title.strip()
    if not title:
        yield _bad("TITLE", "评审名称：请填写", "title")
    elif draft.classified and not _CODE_NUMBER.fullmatch(title):
        message = "评审名称：涉密评审只填写代号（大写字母、数字和连字符，3 至 20 位），不得写项目内容"
        yield Finding("TITLE_CLASSIFIED", "bad", message, "第六条", "title")
    elif len(title) > _TITLE:
        yield _bad("TITLE", f"评审名称：最多 {_TITLE} 字", "title")


def place_faults(city: str, address: str, *, classified: bool) -> dict[str, str]:
    """What is wrong with a place: field -> message; where a classified review is held is told elsewhere."""
    faults = {}
    if not city.strip() or len(city) > _CITY:
        faults["city"] = f"评审城市：请填写，最多 {_CITY} 字"
    if not classified and not address.strip():
        faults["address"] = "评审地点：请填写"
    elif len(address) > _ADDRESS:
        faults["address"] = f"评审地点：最多 {_ADDRESS} 字"
    return faults


def _people(draft: ActivityDraft, organiser_id: int) -> Iterator[Finding]:
    if draft.project_unit_id is None:
        yield Finding("PROJECT_UNIT", "bad", "项目单位：请选择", "第十八条（三）", "project_unit")
    if draft.leader_id is None:
        yield Finding("LEADER", "bad", "分管领导：请选择", "第十九条（三）", "leader")
    elif draft.leader_id == organiser_id:
        yield Finding("LEADER", "bad", "分管领导：不能是组织人本人", "第十九条（三）", "leader")
    if draft.witness_id is None:
        yield Finding("WITNESS", "warn", "没有监督人，抽取记录将写明“未经第二方见证”", "第二十六条", "witness")
    elif draft.witness_id in (organiser_id, draft.leader_id):
        yield Finding("WITNESS", "bad", "监督人：不能是组织人或分管领导", "第二十六条", "witness")


def _times(draft: ActivityDraft, now: datetime, rules: RuleSet) -> tuple[Finding, ...]:
    if draft.starts_at is None:
        return (_bad("TIME", "评审时间：请填写", "starts_at"),)
    if not 1 <= draft.half_days <= MOST_HALF_DAYS:
        return (_bad("HALF_DAYS", f"评审时长：1 至 {MOST_HALF_DAYS} 个半天", "half_days"),)
    return check_times(draft.starts_at, now, rules)


def _bad(code: str, message: str, where: str) -> Finding:
    return Finding(code, "bad", message, "第十六条", where)
