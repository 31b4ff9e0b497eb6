"""The panel board: every line with what happened on it, the checks of the list, what comes next (no. 54)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.actor import Actor
from app.identity import permissions
from app.procedures.selection import seats, store
from app.procedures.selection.eligibility.clashes import SAID_YES
from app.procedures.selection.models import Activity, ActivityState, Invitation, SeatState
from app.procedures.selection.queries import lines
from app.procedures.selection.queries.lines import Happening, SeatLine
from app.procedures.selection.rules import answers
from app.procedures.selection.rules.conditions import most_designated
from app.regulations.rule_sets import RuleSet

__all__ = ["Happening", "ListCheck", "PanelBoard", "SeatLine", "Step", "Tally", "panel"]

_CONFIRMED = frozenset({SeatState.CONFIRMED, SeatState.SEATED})


@dataclass(frozen=True)
class ListCheck:
    """One check of the present list: `level` is ok | warn | bad."""

    code: str
    level: str
    words: str
    article: str


@dataclass(frozen=True)
class Step:
    """One step of what comes next: `state` is done | now | ahead."""

    words: str
    at: datetime | None
    state: str


@dataclass(frozen=True)
class Tally:
    """How many seats: those who accepted (or went on), those asked, those being refilled, of all."""

    size: int
    accepted: int
    confirmed: int
    asked: int
    refilling: int
    round_no: int


@dataclass(frozen=True)
class PanelBoard:
    """The board of an activity."""

    number: str
    title: str
    state: str
    state_code: str
    starts_at: datetime
    city: str
    address: str
    names_shown_at: datetime
    names_shown: bool
    shortage: str
    tally: Tally
    lines: tuple[SeatLine, ...]
    checks: tuple[ListCheck, ...]
    steps: tuple[Step, ...]


def panel(number: str, viewer: Actor, now: datetime) -> PanelBoard:
    """The board as this viewer may see it.

    :raises NotFound: no such activity. :raises NotAllowed: another unit's.
    """
    found = store.activity(number)
    permissions.require(viewer, permissions.ACTIVITY_READ, found)
    rules = seats.rules_of(found, now)
    shown_at = answers.names_shown_at(found.starts_at, answers.hours(rules))
    names_shown = now >= shown_at and found.state is not ActivityState.CANCELLED
    rows = lines.rows(found, names_shown=names_shown)
    live = [row.invitation for row in rows if row.invitation is not None]
    return PanelBoard(
        number=found.number,
        title=found.title,
        state=found.state.label,
        state_code=found.state.value,
        starts_at=found.starts_at,
        city=found.city,
        address=found.address,
        names_shown_at=shown_at,
        names_shown=names_shown,
        shortage=found.shortage or "",
        tally=_tally(found, live),
        lines=tuple(row.shown for row in rows),
        checks=_checks(found, live, rules),
        steps=_steps(found),
    )


def _tally(found: Activity, live: Sequence[Invitation]) -> Tally:
    draw = store.draw_in_force(found)
    return Tally(
        size=found.panel_size,
        accepted=sum(one.state in SAID_YES for one in live),
        confirmed=sum(one.state in _CONFIRMED for one in live),
        asked=sum(one.state not in SAID_YES for one in live),
        refilling=found.panel_size - len(live) if draw is not None and draw.drawn_at else 0,
        round_no=len(store.rounds_of(draw.id)) if draw is not None else 0,
    )


def _checks(found: Activity, live: Sequence[Invitation], rules: RuleSet) -> tuple[ListCheck, ...]:
    """The present list held against 第十七条 to 第十九条; what still waits for answers is a warning, no fault."""
    said_yes = [one for one in live if one.state in SAID_YES]
    missing = found.panel_size - len(said_yes)
    size = f"人数：差 {missing} 席，须 {found.panel_size} 人，单数" if missing else f"{found.panel_size} 人，单数"
    security = sum(one.category in rules.texts("selection.security_directions") for one in said_yes)
    least = rules.integer("selection.security_min")
    designated = len(store.standing_of(found.number))
    limit = most_designated(found.panel_size, rules)
    units = Counter(one.unit_id for one in live)
    twice = any(number > 1 for number in units.values())
    waived = security < least and bool(store.conditions(found).data.get("security_waiver"))
    secured = "安全专家：分管领导已同意不设" if waived else f"安全相关已有 {security} 人"
    return (
        ListCheck("SIZE", "warn" if missing else "ok", size, "第十七条"),
        ListCheck("SECURITY", "ok" if security >= least or waived else "warn", secured, "第十七条"),
        ListCheck(
            "SHARE", "bad" if designated > limit else "ok", f"指定 {designated} 人，上限 {limit} 人", "第十九条（三）"
        ),
        ListCheck("UNITS", "bad" if twice else "ok", "单位有重复" if twice else "单位没有重复", "第十八条（三）"),
    )  # fmt: skip


def _steps(found: Activity) -> tuple[Step, ...]:
    draw = store.draw_in_force(found)
    drawn_at = draw.drawn_at if draw is not None else None
    passed = [
        ("抽取", drawn_at),
        ("邀请与递补", found.list_confirmed_at or found.final_at),
        ("确认初始名单", found.list_confirmed_at),
        ("通知详情，再次确认", found.final_at),
        ("确定名单", found.final_at),
        ("评审，公开抽取证书", found.held_at),
    ]
    ahead = next((index for index, (_, at) in enumerate(passed) if at is None), len(passed))
    return tuple(
        Step(words, at, "done" if index < ahead else "now" if index == ahead else "ahead")
        for index, (words, at) in enumerate(passed)
    )
