"""Who can be drawn: each filter removes whom it must, everybody is counted once, on each database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.database import db
from app.procedures.selection import examination
from app.procedures.selection.eligibility import Criteria, Pool, by_category, counts, pool, status_changes
from app.procedures.selection.eligibility.shortfall import largest_unit_percent
from app.procedures.selection.models import ActivityState, Invitation, SeatState
from app.procedures.selection.service import activities
from app.registers import ties
from app.registers.models import BarKind, Expert, ExpertState, ReentryBar, TieKind
from tests.services.procedures.selection.world import (
    COST,
    RULES,
    SECURITY,
    SOFTWARE,
    STARTS_AT,
    World,
    activity,
    conditions,
    designation,
    recusal,
    unit,
    world,
)

CATEGORIES = (SOFTWARE, SECURITY, COST)


@pytest.fixture
def there(any_database: Any) -> World:
    """The world on SQLite and on PostgreSQL."""
    return world()


def criteria(**changes: Any) -> Criteria:
    return replace(Criteria("", STARTS_AT, 1, CATEGORIES), **changes)


def found(**changes: Any) -> Pool:
    db.session.flush()
    return pool(criteria(**changes), RULES, clock.now())


def ids(**changes: Any) -> set[int]:
    return {expert_id for expert_id, _, _ in found(**changes).eligible}


def removed(code: str, **changes: Any) -> int:
    return next(one.removed for one in found(**changes).counts if one.code == code)


def test_everybody_able_is_in_the_list_with_what_he_can_do(there: World) -> None:
    able = {one.id: {held.direction for held in one.directions} & set(CATEGORIES) for one in there.experts}
    expected = {
        (one.id, one.unit_id, sum(1 << CATEGORIES.index(name) for name in able[one.id]))
        for one in there.experts if able[one.id]
    }  # fmt: skip
    assert set(found().eligible) == expected


def test_the_counts_add_up_and_name_the_filters_in_order(there: World) -> None:
    there.experts[0].state = ExpertState.REMOVED
    there.experts[1].leave_until = date(2026, 4, 1)
    made = found(taken_units=frozenset({there.units[2].id}))
    assert made.total == len(there.experts)
    left = made.total
    for one in made.counts:
        left -= one.removed
        assert one.left == left
    assert made.left == len(made.eligible)
    assert [one.label for one in made.counts] == [
        "在库、在聘期内", "没有请假、暂停、受限", "类别符合", "职称等条件符合", "时间不冲突", "回避单位和个人",
        "与指定专家或已在组专家同单位",
    ]  # fmt: skip


def test_counting_alone_gives_the_same_counts(there: World) -> None:
    there.experts[0].state = ExpertState.REMOVED
    db.session.flush()
    wanted = criteria(recused_units=frozenset({there.units[0].id}), titles=("副高",))
    assert counts(wanted, RULES, clock.now()).counts == pool(wanted, RULES, clock.now()).counts


def away(person: Expert) -> None:
    person.leave_until = date(2026, 3, 2)


def suspended(person: Expert) -> None:
    person.suspended_since = clock.now()


def gone(person: Expert) -> None:
    person.state = ExpertState.REMOVED


def awaiting_renewal(person: Expert) -> None:
    person.state = ExpertState.AWAITING_RENEWAL


def term_ends_before(person: Expert) -> None:
    person.terms[0].end_on = STARTS_AT.date() - timedelta(days=1)


def term_begins_later(person: Expert) -> None:
    person.terms[0].start_on = date(2026, 3, 3)


def barred(person: Expert) -> None:
    db.session.add(
        ReentryBar(
            id_number_index=person.id_number_index, expert_id=person.id, kind=BarKind.COOLDOWN,
            starts_on=date(2025, 3, 3), until=date(2026, 3, 2), source="解聘", reason="弄虚作假",
            created_at=clock.now(),
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code"),
    [(gone, "pool"), (awaiting_renewal, "pool"), (term_ends_before, "pool"), (term_begins_later, "pool"),
     (away, "available"), (suspended, "available"), (barred, "available")],
)  # fmt: skip
def test_who_is_not_there_is_not_drawn(there: World, change: Callable[[Expert], None], code: str) -> None:
    person = there.expert(SECURITY)
    before = removed(code)
    change(person)
    assert person.id not in ids()
    assert removed(code) == before + 1


def test_a_term_to_the_day_of_the_review_and_a_leave_that_ended_do_not_remove(there: World) -> None:
    person = there.expert(SECURITY)
    person.terms[0].end_on = STARTS_AT.date()
    person.leave_until = date(2026, 3, 1)
    assert person.id in ids()


def test_titles_natures_and_directions_narrow(there: World) -> None:
    person = there.expert(SECURITY, SOFTWARE)
    person.title_level = None
    assert person.id not in ids(titles=("正高", "副高"))
    assert person.id in ids()
    person.title_level = "副高"
    assert person.id in ids(titles=("正高", "副高"))
    assert person.id not in ids(exclude_directions=(SOFTWARE,))
    there.units[0].nature = "非国有企业"
    assert there.experts[0].id not in ids(natures=("非国有企业",))


def test_a_classified_review_draws_only_verified_experience(there: World) -> None:
    person = there.expert(SECURITY)
    person.classified_verified_at = clock.now()
    assert ids(classified=True) == {person.id}
    assert "classified" in {one.code for one in found(classified=True).counts}


def test_who_sits_elsewhere_at_that_time_is_not_drawn(there: World) -> None:
    other = activity(there, starts_at=STARTS_AT + timedelta(hours=3, minutes=59))
    person = there.expert(SECURITY)
    seat = invitation(other.number, person, SeatState.SENT)
    assert person.id not in ids()
    seat.state = SeatState.DECLINED
    assert person.id in ids()


@pytest.mark.parametrize(
    ("hours", "half_days", "clashes"),
    [(4, 1, False), (-4, 1, False), (-5, 2, True), (-8, 2, False), (-3, 1, True), (0, 1, True)],
)
def test_half_days_that_touch_do_not_clash(there: World, hours: int, half_days: int, clashes: bool) -> None:
    other = activity(there, starts_at=STARTS_AT + timedelta(hours=hours), half_days=half_days)
    person = there.expert(SECURITY)
    invitation(other.number, person, SeatState.CONFIRMED)
    assert (person.id not in ids()) == clashes


def test_a_cancelled_review_is_no_clash(there: World) -> None:
    other = activity(there)
    person = there.expert(SECURITY)
    invitation(other.number, person, SeatState.ACCEPTED)
    other.state = ActivityState.CANCELLED
    assert person.id in ids()


def invitation(number: str, person: Expert, state: SeatState) -> Invitation:
    made = Invitation(
        number=f"{number}-01", activity_no=number, seq=1, line=1, expert_id=person.id, unit_id=person.unit_id,
        category=SECURITY, state=state, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def test_people_of_a_recused_unit_and_recused_people_stay_away(there: World) -> None:
    person, colleague = there.experts[0], there.experts[30]
    assert person.unit_id == colleague.unit_id
    assert not {person.id, colleague.id} & ids(recused_units=frozenset({person.unit_id}))
    assert ids() - ids(recused_experts=frozenset({person.id})) == {person.id}


@pytest.mark.parametrize(
    ("kind", "to_on", "stays_away"),
    [
        (TieKind.EMPLOYMENT, None, True),
        (TieKind.EMPLOYMENT, date(2023, 3, 5), True),
        (TieKind.EMPLOYMENT, date(2023, 3, 4), False),
        (TieKind.PART_TIME, date(2024, 1, 1), True),
        (TieKind.KIN, None, True),
        (TieKind.KIN, date(2026, 3, 4), False),
        (TieKind.SHAREHOLDING, date(2026, 3, 5), True),
    ],
)
def test_ties_to_a_recused_unit_count(there: World, kind: TieKind, to_on: date | None, stays_away: bool) -> None:
    person = there.expert(SECURITY)
    ties.add(person, kind, there.project.name, to_on=to_on, actor=there.clerk, now=clock.now())
    assert (person.id not in ids(recused_units=frozenset({there.project.id}))) == stays_away
    assert person.id in ids()


@pytest.mark.parametrize(
    ("kind", "to_on", "stays_away"),
    [(TieKind.PART_TIME, None, True), (TieKind.PART_TIME, date(2026, 3, 4), False), (TieKind.EMPLOYMENT, None, False)],
)
def test_whoever_works_part_time_for_a_taken_unit_counts_as_one_of_it(
    there: World, kind: TieKind, to_on: date | None, stays_away: bool
) -> None:
    person, taken = there.experts[0], there.units[7]
    assert person.id in ids(taken_units=frozenset({taken.id}))
    ties.add(person, kind, taken.name, to_on=to_on, actor=there.clerk, now=clock.now())
    assert (person.id in ids(taken_units=frozenset({taken.id}))) is not stays_away


def test_the_part_time_unit_of_a_designated_expert_is_taken_too(there: World) -> None:
    review, named = activity(there), there.experts[0]
    ties.add(named, TieKind.PART_TIME, there.units[7].name, actor=there.clerk, now=clock.now())
    draft = conditions(panel_size=7, quota={SECURITY: 2, SOFTWARE: 2, COST: 2}, designations=(designation(named),))
    facts = examination.facts_of(review, draft, RULES, clock.now())
    units = examination.criteria_of(review, draft, facts, RULES).taken_units
    assert units == {named.unit_id, there.units[7].id}
    both = replace(draft, designations=(*draft.designations, designation(there.experts[7])))
    found = {one.message for one in examination.examine(review, both, RULES, clock.now()) if one.code == "SAME_UNIT"}
    assert found == {f"指定专家：{there.experts[7].name} 与{named.name}同属{there.units[7].name}"}


def test_a_tie_to_a_unit_registered_later_counts_by_its_name(there: World) -> None:
    person = there.expert(SECURITY)
    made = ties.add(person, TieKind.EMPLOYMENT, "后来登记的公司", actor=there.clerk, now=clock.now())
    assert made.unit_id is None
    assert person.id not in ids(recused_units=frozenset({unit("后来登记的公司").id}))


def test_a_short_pool_is_counted_by_category_without_names(there: World) -> None:
    for person in there.experts:
        if COST in {held.direction for held in person.directions}:
            person.leave_until = date(2026, 4, 1)
    keeps = there.expert(COST)
    keeps.leave_until = None
    db.session.flush()
    table = {(one.category, one.code): one for one in by_category(criteria(), RULES, clock.now())}
    assert table[COST, "unit"].experts == table[COST, "unit"].units == 1
    assert table[SECURITY, "category"].experts >= table[SECURITY, "unit"].experts > 0
    assert "name" not in table[COST, "unit"].plain()


def test_the_share_of_the_largest_unit(there: World) -> None:
    assert largest_unit_percent([(1, 7, 1), (2, 7, 1), (3, 8, 1)]) == 66
    assert largest_unit_percent([]) == 0


def test_the_preview_warns_of_a_large_unit_and_names_a_shortage(there: World) -> None:
    review = activity(there)
    few = replace(conditions(), titles=("正高",))
    there.expert(SECURITY).title_level = "正高"
    db.session.flush()
    made = examination.preview(review, few, RULES, clock.now())
    assert made.shortage == "软件与应用 需 2，可用单位 1"
    assert {one.category for one in made.categories} == {SECURITY, SOFTWARE, COST}
    assert "UNIT_LARGE" in {one.code for one in made.findings}
    enough = examination.preview(review, conditions(), RULES, clock.now())
    assert enough.shortage == ""
    assert {one.category for one in enough.categories} == {SECURITY, SOFTWARE, COST}
    assert 0 < enough.units <= enough.pool.left
    assert enough.pool.left == len(ids(recused_units=frozenset({there.project.id})))
    assert enough.pool.eligible == ()


# ---- what became of people since the lock ----


def changes(there: World, number: str, *people: Expert, seated: set[int] | None = None) -> dict[int, str]:
    db.session.flush()
    review = examination.store.activity(number)
    units = {one.id: there.units[there.experts.index(one) % len(there.units)].id for one in people}
    return {
        who: str(code) for who, code in status_changes(review, units, RULES, clock.now(), seated=seated or ()).items()
    }


@pytest.mark.parametrize(
    ("change", "code"),
    [(away, "LEAVE"), (suspended, "SUSPENDED"), (barred, "SUSPENDED"), (gone, "REMOVED"),
     (awaiting_renewal, "SUSPENDED"), (term_ends_before, "SUSPENDED")],
)  # fmt: skip
def test_what_changed_since_the_lock_has_a_code(there: World, change: Callable[[Expert], None], code: str) -> None:
    review = activity(there)
    person, other = there.experts[0], there.experts[1]
    assert changes(there, review.number, person, other) == {}
    change(person)
    assert changes(there, review.number, person, other) == {person.id: code}
    assert changes(there, review.number, other) == {}


def test_a_unit_that_changed_since_the_lock_makes_ineligible(there: World) -> None:
    review = activity(there)
    there.experts[0].unit_id = there.units[5].id
    assert changes(there, review.number, there.experts[0]) == {there.experts[0].id: "UNIT_CHANGED"}


def test_a_recusal_after_the_lock_makes_ineligible(there: World) -> None:
    review = activity(there)
    person, of_unit = there.experts[0], there.experts[1]
    for draft in (recusal(expert_id=person.id, source="written"), recusal(unit_id=of_unit.unit_id)):
        activities.record_recusal(review.number, draft, RULES, actor=there.organiser, now=clock.now())
    assert changes(there, review.number, *there.experts[:3]) == {person.id: "RECUSAL", of_unit.id: "RECUSAL"}


def test_saying_yes_elsewhere_is_a_clash_and_being_asked_is_none(there: World) -> None:
    review, other = activity(there), activity(there)
    seat = invitation(other.number, there.experts[0], SeatState.SENT)
    assert changes(there, review.number, there.experts[0]) == {}
    seat.state = SeatState.ACCEPTED
    assert changes(there, review.number, there.experts[0]) == {there.experts[0].id: "CLASH"}


def test_the_end_of_a_term_does_not_unseat_who_said_yes(there: World) -> None:
    review = activity(there)
    awaiting_renewal(there.experts[0])
    assert changes(there, review.number, there.experts[0], seated={there.experts[0].id}) == {}


def test_a_long_list_is_looked_at_in_one_go(there: World) -> None:
    review = activity(there)
    gone(there.experts[3])
    db.session.flush()
    units = {one.id: one.unit_id for one in there.experts} | {10_000 + extra: 1 for extra in range(100)}
    assert status_changes(review, units, RULES, clock.now()) == {there.experts[3].id: "REMOVED"}


def test_who_conducts_the_review_is_not_drawn_for_it(there: World) -> None:
    review, draft = activity(there), conditions()

    def drawable() -> set[int]:
        db.session.flush()
        facts = examination.facts_of(review, draft, RULES, clock.now())
        left = pool(examination.criteria_of(review, draft, facts, RULES), RULES, clock.now())
        return {expert_id for expert_id, _, _ in left.eligible}

    before = drawable()
    own = [one for one in there.experts if one.id in before][:3]
    for person, conducts in zip(own, (there.organiser, there.leader, there.witness), strict=True):
        person.user_id = conducts.user_id
    assert before - drawable() == {one.id for one in own}
