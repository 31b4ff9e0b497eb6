"""A draft of conditions held against the register: the facts it is judged by and what the filters would leave."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from app.core.database import db
from app.draw import Candidate, Shortage, shortages
from app.procedures.selection import store
from app.procedures.selection.eligibility import (
    CategoryCount,
    Criteria,
    Pool,
    by_category,
    largest_unit_percent,
    pool,
)
from app.procedures.selection.eligibility.clashes import clashing_activities, on_activities
from app.procedures.selection.eligibility.filters import in_term, is_away, tied
from app.procedures.selection.models import LIVE, Activity, DesignationState, RecusalSource
from app.procedures.selection.rules.conditions import (
    ConditionsDraft,
    DesignationDraft,
    Designee,
    Facts,
    Finding,
    RecusalDraft,
    Seat,
    categories_of,
    check,
)
from app.procedures.selection.rules.sealing import open_seats
from app.procedures.selection.rules.timing import check_times
from app.registers import ties
from app.registers.models import Expert, ExpertState
from app.regulations.rule_sets import RuleSet


@dataclass(frozen=True)
class Preview:
    """What a draft would come to if it were locked now; counts only, nobody's name.

    Attributes:
        findings: every rule, those that hold too.
        pool: total, filters and how many are left.
        units: how many units those left come from.
        shortage: `成本评估 需 2，可用单位 1`, empty if the list can fill the seats.
        categories: counts of each category after each filter.
    """

    findings: tuple[Finding, ...]
    pool: Pool
    units: int
    shortage: str
    categories: tuple[CategoryCount, ...]


def draft_of(found: Activity, version: int | None = None) -> ConditionsDraft:
    """The conditions of an activity as a draft: the version in force with its recusals and unsubmitted designations."""
    data = store.conditions(found, version).data
    return ConditionsDraft(
        panel_size=data.get("panel_size", found.panel_size),
        quota=dict(data.get("quota", {})),
        designations=tuple(
            DesignationDraft(one.expert_id, one.category, one.reason)
            for one in store.designations_of(found.number)
            if one.state == DesignationState.DRAFT
        ),
        recusals=tuple(
            RecusalDraft(one.source.value, one.reason, one.unit_id, one.expert_id, one.after_lock)
            for one in store.recusals_of(found.number)
            if one.source != RecusalSource.PROJECT_UNIT
        ),
        titles=tuple(data.get("titles", ())),
        natures=tuple(data.get("natures", ())),
        exclude_directions=tuple(data.get("exclude_directions", ())),
        security_waiver=data.get("security_waiver", ""),
        redraw_reason=data.get("redraw_reason", ""),
    )


def facts_of(found: Activity, draft: ConditionsDraft, rules: RuleSet, now: datetime) -> Facts:
    """What the records and the register say about a draft."""
    standing = store.standing_of(found.number)
    kept = [one for one in store.live_invitations(found.number) if one.draw_id is not None]
    named = [one.expert_id for one in draft.designations if one.expert_id is not None]
    there = {one.expert_id for one in standing} | {one.expert_id for one in kept}
    part_time = ties.part_time_units(there, found.starts_at.date()) if there else {}
    return Facts(
        starts_at=found.starts_at,
        organiser_id=found.organiser_id,
        leader_id=found.leader_id,
        designees=_designees(named, found, draft, rules, now) if named else {},
        standing=tuple(Seat(one.unit_id, one.category) for one in standing),
        kept=tuple(Seat(one.unit_id, one.category) for one in kept),
        draws=found.draw_no,
        called_off=store.called_off(found),
        classified=found.classified,
        part_time_units=frozenset().union(*part_time.values()),
    )


def _designees(
    expert_ids: Collection[int], found: Activity, draft: ConditionsDraft, rules: RuleSet, now: datetime
) -> dict[int, Designee]:
    today = now.date()
    units, people = recused_of(found, draft.recusals)
    clashing = clashing_activities(found.number, found.starts_at, found.half_days, rules)
    flags = (
        in_term(found.starts_at.date(), today),
        is_away(today),
        Expert.id.in_(tied(units, found.starts_at, rules)),
        Expert.id.in_(on_activities(clashing, LIVE)),
    )
    statement = sa.select(Expert, *flags).where(Expert.id.in_(expert_ids))
    part_time = ties.part_time_units(expert_ids, found.starts_at.date())
    return {
        person.id: Designee(
            expert_id=person.id,
            name=person.name,
            unit_id=person.unit_id,
            unit_name=person.unit.name,
            in_pool=person.state != ExpertState.REMOVED,
            in_term=bool(term) and person.state == ExpertState.IN_POOL,
            available=not away,
            directions=frozenset(one.direction for one in person.directions),
            user_id=person.user_id,
            recused=_why_recused(person, units, people, bool(bound)),
            classified_verified=person.classified_verified_at is not None,
            clashes=bool(clash),
            part_time_units=part_time.get(person.id, frozenset()),
        )
        for person, term, away, bound, clash in db.session.execute(statement)
    }


def _why_recused(person: Expert, units: Collection[int], people: Collection[int], bound: bool) -> str:
    if person.id in people:
        return "已列为本次评审的回避专家"
    if person.unit_id in units:
        return f"所在单位{person.unit.name}是回避单位"
    return "与回避单位有任职、亲属或持股关系" if bound else ""


def recused_of(found: Activity, recusals: Iterable[RecusalDraft]) -> tuple[frozenset[int], frozenset[int]]:
    """Unit ids and expert ids that stay away, the project's unit always among them, who recused himself, and who
    conducts the review.
    """
    units = {found.project_unit_id}
    people = set(store.recused_themselves(found.number) | store.conducting(found))
    for one in recusals:
        if one.unit_id is not None:
            units.add(one.unit_id)
        if one.expert_id is not None:
            people.add(one.expert_id)
    return frozenset(units), frozenset(people)


def criteria_of(found: Activity, draft: ConditionsDraft, facts: Facts, rules: RuleSet) -> Criteria:
    """What the filters go by for a draft."""
    units, people = recused_of(found, draft.recusals)
    taken = facts.taken_units.union(*(designee.units for designee in facts.designees.values()))
    return Criteria(
        activity_no=found.number,
        starts_at=facts.starts_at,
        half_days=found.half_days,
        categories=categories_of(draft, facts, rules),
        titles=draft.titles,
        natures=draft.natures,
        exclude_directions=draft.exclude_directions,
        classified=found.classified,
        recused_units=units,
        recused_experts=people,
        taken_units=taken,
    )


def examine(found: Activity, draft: ConditionsDraft, rules: RuleSet, now: datetime) -> tuple[Finding, ...]:
    """Every rule about a draft, times included: the live check and the check at submission and lock."""
    return check(draft, facts_of(found, draft, rules, now), rules) + check_times(found.starts_at, now, rules)


def shortage_of(
    eligible: Iterable[tuple[int, int, int]], draft: ConditionsDraft, criteria: Criteria, facts: Facts
) -> Shortage | None:
    """What a list lacks for the seats that this draw fills: only units and what their people can do count."""
    able = {(unit_id, mask) for _, unit_id, mask in eligible}
    candidates = (Candidate("", str(unit_id), mask) for unit_id, mask in able)
    return shortages(candidates, criteria.categories, open_seats(draft, facts))


def preview(found: Activity, draft: ConditionsDraft, rules: RuleSet, now: datetime) -> Preview:
    """What a draft would come to if it were locked now."""
    facts = facts_of(found, draft, rules, now)
    findings = check(draft, facts, rules) + check_times(found.starts_at, now, rules)
    criteria = criteria_of(found, draft, facts, rules)
    if not criteria.categories or any(finding.code == "CATEGORIES_MANY" for finding in findings):
        return Preview(findings, Pool(0, ()), 0, "", ())
    left = pool(criteria, rules, now)
    short = shortage_of(left.eligible, draft, criteria, facts)
    return Preview(
        findings=(*findings, *concentration(largest_unit_percent(left.eligible), rules)),
        pool=replace(left, eligible=()),
        units=len({unit_id for _, unit_id, _ in left.eligible}),
        shortage=short.text() if short else "",
        categories=by_category(criteria, rules, now),
    )


def concentration(percent: int, rules: RuleSet) -> tuple[Finding, ...]:
    """Warns of a unit that has more than the usual share of those who can be drawn."""
    most = rules.integer("selection.largest_unit_warning")
    if percent <= most:
        return ()
    message = f"合格人选中有一个单位占 {percent}%，超过 {most}%，其专家更常被抽到同一单位而让位"
    return (Finding("UNIT_LARGE", "warn", message, "第十八条（一）", "quota"),)
