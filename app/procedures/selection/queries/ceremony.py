"""A draw as it is watched: commitment, contributions, the order as far as it was walked, names masked (draw.md §6).

Only people whom a round has come to leave the seal, never anybody after them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core.database import db
from app.core.masking import mask_name
from app.draw import SPEC, Reason, short_code
from app.procedures.selection import sealed, store
from app.procedures.selection.eligibility import largest_unit_percent
from app.procedures.selection.models import Activity, Contribution, ContributorRole, PanelDraw, PanelRound
from app.procedures.selection.rules.contributions import BROWSER
from app.procedures.selection.rules.words import REASON_WORDS, ineligibility_words
from app.registers.models import Expert

_HASH_GROUP, _VALUE_GROUP = 8, 4
#: What is said in the table, longer than in the row of places.
_FULL_WORDS: Mapping[Reason, str] = {
    Reason.UNIT_TAKEN: "同单位已有人在组",
    Reason.NO_SEAT: "没有他能坐的席位",
    Reason.WOULD_BLOCK: "取中会使余席坐不满",
    Reason.ALREADY_INVITED: "已邀请过",
    Reason.NO_CATEGORY: "没有所需的类别",
    Reason.TAKEN: "取中",
}


@dataclass(frozen=True)
class Place:
    """A place of the order that a round came to; `seat` is the category if the person was taken."""

    place: int
    name: str
    categories: tuple[str, ...]
    code: str
    short: str
    words: str
    seat: str

    @property
    def taken(self) -> bool:
        """Whether this round took the person."""
        return self.code == Reason.TAKEN


@dataclass(frozen=True)
class WalkedRound:
    """A round as far as it went; `sealed` people stand behind it in the order."""

    no: int
    at: datetime
    steps: tuple[Place, ...]
    sealed: int
    complete: bool
    shortage: str

    @property
    def words(self) -> str:
        """How far it went."""
        if not self.complete:
            return f"走到第 {len(self.steps)} 位，没有坐满"
        return f"走到第 {len(self.steps)} 位坐满" + ("，其后次序仍封存" if self.sealed else "")


@dataclass(frozen=True)
class Given:
    """A contribution; `at` is None while it is still awaited."""

    who: str
    role: str
    manner: str
    value: str
    at: datetime | None


@dataclass(frozen=True)
class Ceremony:
    """A draw from its lock to its signature; `largest_unit` is the share of its largest unit in percent."""

    draw: PanelDraw
    conditions: Mapping[str, Any]
    hash_groups: tuple[str, ...]
    short_code: str
    algorithm: str
    given: tuple[Given, ...]
    rounds: tuple[WalkedRound, ...]
    filters: Sequence[Mapping[str, Any]]
    largest_unit: int

    @property
    def registered(self) -> int:
        """How many stood in the register when the filters began."""
        return self.filters[0]["left"] + self.filters[0]["removed"] if self.filters else self.draw.candidate_count


def ceremony(found: Activity, draw_no: int, *, names_shown: bool) -> Ceremony:
    """The n-th draw of an activity.

    :raises NotFound: there is none.
    """
    draw = store.draw(found.number, draw_no)
    conditions = json.loads(draw.conditions)
    rounds = store.rounds_of(draw.id)
    names = _names(draw, rounds, shown=names_shown)
    return Ceremony(
        draw, conditions, _grouped(draw.commit, _HASH_GROUP), short_code(bytes.fromhex(draw.commit)), SPEC,
        _given(found, draw), tuple(_walked(draw, made, conditions, names) for made in rounds),
        store.conditions(found, draw.conditions_version).counts or (),
        largest_unit_percent((one.expert_id, one.unit_id, 0) for one in sealed.opened(draw).members),
    )


def _grouped(text: str, size: int) -> tuple[str, ...]:
    return tuple(text[at : at + size] for at in range(0, len(text), size))


def _names(draw: PanelDraw, rounds: Sequence[PanelRound], *, shown: bool) -> Mapping[str, str]:
    """pid -> name, of those whom a round came to."""
    visited = {pid for made in rounds for _, pid, _ in made.log}
    if not visited:
        return {}
    behind = sealed.opened(draw).by_pid
    ids = {behind[pid].expert_id: pid for pid in visited}
    rows = db.session.execute(sa.select(Expert.id, Expert.name).where(Expert.id.in_(ids)))
    return {ids[row.id]: row.name if shown else mask_name(row.name) for row in rows}


def _walked(
    draw: PanelDraw, made: PanelRound, conditions: Mapping[str, Any], names: Mapping[str, str]
) -> WalkedRound:
    prepared, why = sealed.opened(draw).prepared, dict(made.ineligible)
    steps = []
    for place, (_, pid, code) in enumerate(made.log, start=1):
        reason, mask = Reason(code), prepared.candidate(pid).mask
        able = tuple(name for bit, name in enumerate(conditions["categories"]) if mask >> bit & 1)
        words = ineligibility_words(why[pid]) if reason is Reason.INELIGIBLE_NOW else _FULL_WORDS[reason]
        seat = made.seats.get(pid, "") if reason is Reason.TAKEN else ""
        steps.append(Place(place, names[pid], able, reason.value, REASON_WORDS[reason], words, seat))
    return WalkedRound(
        made.round_no + 1, made.made_at, tuple(steps), draw.candidate_count - len(steps), made.complete,
        made.shortage or "",
    )


def _given(found: Activity, draw: PanelDraw) -> tuple[Given, ...]:
    """Both sides in their order, those still awaited too."""
    known = {one.role: one for one in store.contributions_of(draw.id)}
    sides = [(ContributorRole.ORGANIZER, found.organiser_name)]
    if found.witness_name:
        sides.append((ContributorRole.WITNESS, found.witness_name))
    return tuple(_side(role, who, known.get(role)) for role, who in sides)


def _side(role: ContributorRole, who: str, one: Contribution | None) -> Given:
    if one is None:
        return Given(who, role.label, "", "", None)
    if one.manner == BROWSER:
        digits = " ".join(_grouped(one.value, _VALUE_GROUP))
        return Given(one.user_name, role.label, "浏览器随机", digits, one.given_at)
    words = f"“{bytes.fromhex(one.value).decode()}”"
    return Given(one.user_name, role.label, "本人会话，手工输入", words, one.given_at)
