"""Names of things on the pages of an activity, and small facts that several of them show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.core import clock
from app.procedures.selection import store
from app.procedures.selection.models import ActivityConditions, Designation, DesignationState
from app.procedures.selection.rules.conditions import Finding, most_designated
from app.procedures.selection.rules.words import share_words
from app.procedures.selection.service import versions
from app.registers import experts
from app.regulations import RuleSet
from app.web.activities.blueprint import Visit

NUMERALS = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")


@dataclass(frozen=True)
class Mark:
    """A line of the rules list: `level` is ok, warn, bad or idle."""

    level: str
    words: str
    article: str = ""


@dataclass(frozen=True)
class Link:
    """A paper or page offered, with what it is for."""

    name: str
    url: str
    note: str = ""


def marks(findings: Iterable[Finding]) -> list[Mark]:
    """Findings of the rules as lines of the list; what is wrong first."""
    order = {"bad": 0, "warn": 1, "ok": 2}
    found = sorted(findings, key=lambda one: order[one.level])
    return [Mark(one.level, one.message, one.article) for one in found]


def numeral(line: int) -> str:
    """一 … 十五."""
    if line < len(NUMERALS):
        return NUMERALS[line]
    tens, ones = divmod(line, 10)
    return ("" if tens == 1 else NUMERALS[tens]) + "十" + (NUMERALS[ones] if ones else "")


def clock_time(value: datetime) -> str:
    """09:31:04: a moment of the ceremony, all of one day."""
    return f"{value.astimezone(clock.ZONE):%H:%M:%S}"


def window_words(rules: RuleSet) -> str:
    """08:00–20:00: when invitations go out."""
    return f"{rules['invitation.window_opens'].words}–{rules['invitation.window_closes'].words}"


def condition_facts(seen: Visit, version: ActivityConditions) -> list[tuple[str, str]]:
    """A version of the conditions as names and values, for reading."""
    data, size = version.data, panel_size_of(version)
    designated = designated_of(seen, version)
    words = f"{size} 人"
    if designated:
        most = most_designated(size, seen.rules)
        words += f"，其中指定 {designated} 人（上限 {most} 人，{_share(seen)}向下取整）"
    before = [one for one in store.recusals_of(seen.number) if not one.after_lock]
    units = len({one.unit_id for one in before if one.unit_id is not None})
    people = sum(one.expert_id is not None for one in before)
    pairs = [
        ("专家人数", words),
        ("席位", "，".join(f"{name} {seats}" for name, seats in data.get("quota", {}).items())),
        ("职称", "、".join(data.get("titles", ()))),
        ("不抽取的单位", "、".join(data.get("natures", ()))),
        ("回避", f"{units} 个单位" + (f"、{people} 名个人" if people else "")),
        ("不设安全席位", data.get("security_waiver", "")),
        ("重新抽取的原因", data.get("redraw_reason", "")),
    ]
    return [(name, value) for name, value in pairs if value]


def designated_of(seen: Visit, version: ActivityConditions) -> int:
    """How many seats of a version are designated: as sealed, or before the lock as they stand."""
    if versions.DESIGNATED in version.data:
        return sum(version.data[versions.DESIGNATED].values())
    drafts = [one for one in store.designations_of(seen.number) if one.state is DesignationState.DRAFT]
    return len(drafts) + len(store.standing_of(seen.number))


def panel_size_of(version: ActivityConditions) -> int:
    """All seats of a locked version; the size itself may have changed with a later one."""
    quota, designated = version.data.get("quota", {}), version.data.get(versions.DESIGNATED, {})
    return sum(quota.values()) + sum(designated.values())


def _share(seen: Visit) -> str:
    return share_words(seen.rules.integer("selection.designated_share"))


def rule_checks(seen: Visit, version: ActivityConditions) -> list[Mark]:
    """Number, security seats and share of the designated of a locked version."""
    rules, size, designated = seen.rules, panel_size_of(version), designated_of(seen, version)
    least, most = rules.integer("selection.panel_min"), most_designated(size, rules)
    security = rules.texts("selection.security_directions")
    every = Counter(version.data.get("quota", {})) + Counter(version.data.get(versions.DESIGNATED, {}))
    secure, wanted = sum(every[name] for name in security), rules.integer("selection.security_min")
    odd = size % 2 == 1 and size >= least
    found = [Mark("ok" if odd else "bad", f"{size} 人，单数，不少于 {least} 人", "第十七条")]
    if secure >= wanted:
        found.append(Mark("ok", f"安全相关 {secure} 人，不少于 {wanted} 人", "第十七条"))
    else:
        found.append(Mark("warn", "不设安全相关专家，分管领导已同意", "第十七条"))
    within = designated <= most
    words = f"指定 {designated} 人，不超过{_share(seen)}（上限 {most} 人）" if designated else "没有指定专家"
    return [*found, Mark("ok" if within else "bad", words, "第十九条（三）")]


def designee_name(one: Designation) -> str:
    """Who was asked for by name: no secret, since the organiser named him himself."""
    return experts.expert(one.expert_id).name
