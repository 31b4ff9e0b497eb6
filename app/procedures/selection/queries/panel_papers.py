"""The papers of a panel from the records: 名单确认单 and 签到表; names masked until their time (domain.md no. 54)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.clock import ZONE
from app.core.masking import mask_name
from app.notices.documents.panel_papers import Member, PanelPaper
from app.procedures.selection import seats, store
from app.procedures.selection.models import LIVE, Activity, Attendance, Invitation, PanelDraw
from app.procedures.selection.rules.answers import hours, names_shown_at
from app.procedures.selection.rules.conditions import most_designated
from app.registers import units
from app.registers.models import Expert
from app.regulations.rule_sets import RuleSet
from app.regulations.wording import moment_words


@dataclass(frozen=True)
class Printing:
    """Who prints a paper, when, and whether it has no force."""

    by: str
    at: datetime
    is_demo: bool = False


def list_of(found: Activity, rules: RuleSet, printing: Printing) -> PanelPaper:
    """名单确认单: who sits, how he came there, and whether the list holds by Articles 17 to 19."""
    shown = names_are_shown(found, rules, printing.at)
    members = panel_of(found, shown=shown)
    return PanelPaper(
        number=found.number,
        facts=short_heading(found, printing.at),
        members=members,
        names_note=names_note(found, rules, shown=shown),
        signers=("组织人：", "组织部门（盖章）："),
        printed_by=printing.by,
        printed_at=moment(printing.at),
        printed_on=printing.at.date(),
        checks=_checks(found, rules),
        is_demo=printing.is_demo,
    )


def sign_in_of(found: Activity, rules: RuleSet, printing: Printing) -> PanelPaper:
    """签到表: a line for each member, with room for the signature."""
    shown = names_are_shown(found, rules, printing.at)
    return PanelPaper(
        number=found.number,
        facts=short_heading(found, printing.at),
        members=panel_of(found, shown=shown),
        names_note=names_note(found, rules, shown=shown),
        signers=("组织人：", "评审小组组长："),
        printed_by=printing.by,
        printed_at=moment(printing.at),
        printed_on=printing.at.date(),
        is_demo=printing.is_demo,
    )


def names_are_shown(found: Activity, rules: RuleSet, now: datetime) -> bool:
    """Whether whole names may stand on papers: shortly before the start, or once somebody signed in.

    Of a review that was cancelled before that time they never may.
    """
    if found.cancelled_at is not None:
        now = found.cancelled_at
    if now >= names_shown_at(found.starts_at, hours(rules)):
        return True
    return any(one.signed_in_at is not None for one in seats.invitations_of(found.number))


def names_note(found: Activity, rules: RuleSet, *, shown: bool) -> str:
    """Why names are masked on this paper; empty if they are not."""
    if shown:
        return ""
    if found.cancelled_at is not None:
        return "评审在姓名显示之前取消，姓名只显示姓氏。"
    return f"姓名在评审开始前{rules['selection.names_shown_before'].words}或签到时显示，此前只显示姓氏。"


def heading(found: Activity, now: datetime) -> list[tuple[str, str]]:
    """What every paper of an activity begins with."""
    lasting = f"，{found.half_days} 个半天"
    return [
        ("评审", found.title),
        ("评审类型", found.kind + ("（涉密，只记代号）" if found.classified else "")),
        ("组织部门", found.organiser_unit_name),
        ("项目单位", units.unit(found.project_unit_id).name),
        ("评审时间", moment_words(found.starts_at, now.astimezone(ZONE).date()) + lasting),
        ("评审地点", " ".join(filter(None, (found.city, found.address)))),
        ("组织人", found.organiser_name),
        ("分管领导", found.leader_name),
        ("监督人", found.witness_name or "没有"),
        ("小组人数", f"{found.panel_size} 人"),
    ]


_ON_LISTS = ("评审", "组织部门", "评审时间", "评审地点", "组织人")


def short_heading(found: Activity, now: datetime) -> list[tuple[str, str]]:
    """What a list begins with, so that a panel of the usual size stays on one page."""
    return [(name, words) for name, words in heading(found, now) if name in _ON_LISTS]


def panel_of(found: Activity, *, shown: bool) -> list[Member]:
    """Who holds a seat now, by the lines of the board."""
    holding = sorted((one for one in seats.invitations_of(found.number) if one.state in LIVE), key=_by_line)
    people = seats.people(one.expert_id for one in holding)
    draws = {one.id: one for one in store.draws_of(found.number)}
    leader = found.panel_leader_expert_id
    return [_member(one, people[one.expert_id], draws, shown=shown, leader=leader) for one in holding]


def _by_line(one: Invitation) -> tuple[int, int]:
    return one.line, one.seq


def _member(
    one: Invitation, person: Expert, draws: dict[int, PanelDraw], *, shown: bool, leader: int | None
) -> Member:
    is_named = one.designation_id is not None  # whoever asked for him knows his name
    name = person.name if shown or is_named else mask_name(person.name)
    return Member(
        line=one.line,
        name=f"{name}（组长）" if leader == one.expert_id else name,
        unit=person.unit.name if shown or is_named else "—",
        title=(person.title or person.post or "") if shown or is_named else "",
        category=one.category,
        way="指定专家" if is_named else way_words(draws.get(one.draw_id or 0), one.round_no),
        state=_state(one),
        confirmed_at=f"{_minute(one.confirmed_at)}\n已确认" if one.confirmed_at else "",
        signed_in=_minute(one.signed_in_at) if one.signed_in_at else "",
    )


def _state(one: Invitation) -> str:
    if one.attendance is not None:
        return Attendance(one.attendance).label
    return one.state.label


def way_words(draw: PanelDraw | None, round_no: int | None) -> str:
    """系统抽取, with the draw and the round that took him."""
    if draw is None or round_no is None:
        return "系统抽取"
    return f"系统抽取\n第 {draw.draw_no} 次第 {round_no + 1} 轮"


def _checks(found: Activity, rules: RuleSet) -> Sequence[tuple[str, str]]:
    """Counts of the live list; every line names its article."""
    holding = [one for one in seats.invitations_of(found.number) if one.state in LIVE]
    number, designated = len(holding), sum(one.designation_id is not None for one in holding)
    security = sum(one.category in rules.texts("selection.security_directions") for one in holding)
    members_units = [one.unit_id for one in holding]
    least, most = rules.integer("selection.security_min"), most_designated(found.panel_size, rules)
    doubled = number - len(set(members_units))
    odd = "单数" if number % 2 else "双数"
    return (
        ("人数", f"{number} 人，{odd}，应为 {found.panel_size} 人（第十七条）"),
        ("安全相关领域", f"{security} 人，原则上不少于 {least} 人（第十七条）"),
        ("指定专家", f"{designated} 人，上限 {most} 人（第十九条（三））"),
        ("同一单位", f"重复 {doubled} 人（第十八条（三））" if doubled else "没有重复（第十八条（三））"),
    )


def moment(value: datetime) -> str:
    """2026年3月2日 09:36."""
    local = value.astimezone(ZONE)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def _minute(value: datetime) -> str:
    local = value.astimezone(ZONE)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
