"""A round against the plain reading of section 5: the first legal panel in lottery order, and a reason for each."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.draw import (
    Candidate,
    Ineligibility,
    Malformed,
    Prepared,
    Reason,
    Round,
    RoundResult,
    Seats,
    Shortage,
    replay,
    shortages,
    walk,
)
from app.draw.verify_certificate import verify
from tests.unit.draw.certificates import invented, rounds, sealed


@dataclass(frozen=True)
class Case:
    """One round: everything the walk is given."""

    order: tuple[int, ...]
    candidates: tuple[Candidate, ...]
    seats: Seats
    retained: tuple[str, ...] = ()
    invited: frozenset[str] = frozenset()
    ineligible: tuple[str, ...] = ()

    def walked(self) -> RoundResult:
        return walk(
            self.order, self.candidates, self.seats, retained=self.retained, invited=self.invited,
            ineligible=dict.fromkeys(self.ineligible, Ineligibility.LEAVE),
        )

    def free(self) -> list[Candidate]:
        """Who can still be drawn, in lottery order."""
        in_order = [self.candidates[index] for index in self.order]
        return [one for one in in_order if one.pid not in self.invited and one.pid not in self.ineligible]

    def kept(self) -> list[Candidate]:
        return [one for one in self.candidates if one.pid in self.retained]


def seated(masks: Sequence[int], seats: Seats) -> bool:
    """Whether the people can sit, tried seat by seat."""
    chairs = [bit for bit, count in enumerate(seats.counts) for _ in range(count)]

    def place(rest: Sequence[int], empty: tuple[int, ...]) -> bool:
        return not rest or any(
            rest[0] >> bit & 1 and place(rest[1:], empty[:at] + empty[at + 1 :]) for at, bit in enumerate(empty)
        )

    return place(list(masks), tuple(chairs))


def legal_panels(case: Case, members: Sequence[Candidate]) -> Iterator[list[Candidate]]:
    """Every legal panel with these members, in lottery order, by trying them all."""
    missing = case.seats.total - len(members)
    if missing < 0:
        return
    for more in itertools.combinations([one for one in case.free() if one not in members], missing):
        panel = [*members, *more]
        if len({one.unit for one in panel}) == len(panel) and seated([one.mask for one in panel], case.seats):
            yield panel


def expected_log(case: Case) -> list[tuple[int, str, Reason]]:
    """Section 5 word by word."""
    members, log = case.kept(), []
    for index in case.order:
        if len(members) == case.seats.total:
            break
        one = case.candidates[index]
        reason = next(code for code, applies in table(case, members, one) if applies())
        log.append((index, one.pid, reason))
        if reason is Reason.TAKEN:
            members.append(one)
    return log


def table(
    case: Case, members: Sequence[Candidate], one: Candidate
) -> Sequence[tuple[Reason, Callable[[], bool]]]:
    """The codes and when they apply, in the order of the specification."""
    return [
        (Reason.INELIGIBLE_NOW, lambda: one.pid in case.ineligible),
        (Reason.ALREADY_INVITED, lambda: one.pid in case.invited),
        (Reason.NO_CATEGORY, lambda: one.mask == 0),
        (Reason.UNIT_TAKEN, lambda: one.unit in {member.unit for member in members}),
        (Reason.NO_SEAT, lambda: not seated([member.mask for member in [*members, one]], case.seats)),
        (Reason.WOULD_BLOCK, lambda: next(legal_panels(case, [*members, one]), None) is None),
        (Reason.TAKEN, lambda: True),
    ]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Small pools of few units, so that dead ends, blocks and shortages are common."""
    size, categories = draw(st.integers(0, 8)), draw(st.integers(1, 3))
    names = tuple("abc"[:categories])
    people = tuple(
        Candidate(f"{at:032x}", f"{draw(st.integers(0, 4)):032x}", draw(st.integers(0, (1 << categories) - 1)))
        for at in range(size)
    )
    seats = Seats(names, {name: draw(st.integers(0, 2)) for name in names})
    first = Case(tuple(draw(st.permutations(range(size)))), people, seats)
    if not draw(st.booleans()):
        return first
    taken = first.walked().members
    gone = draw(st.sets(st.sampled_from([one.pid for one in people]))) if people else set()
    retained = tuple(pid for pid in taken if pid not in gone and draw(st.booleans()))
    opened = {name: 1 for name in names if draw(st.integers(0, 3)) == 0}
    return Case(first.order, people, seats.opening(opened), retained, frozenset(taken), tuple(gone))


@settings(max_examples=3000, deadline=None)
@given(cases())
def test_the_panel_is_the_first_legal_one_in_lottery_order(case: Case) -> None:
    result = case.walked()
    first = next(legal_panels(case, case.kept()), None)
    if first is None:
        assert (result.complete, result.log, result.members) == (False, (), ())
        assert result.shortage
        assert result.shortage.available < result.shortage.wanted
    else:
        assert result.complete
        assert sorted(result.members) == sorted(one.pid for one in first)
        assert list(result.log) == expected_log(case)
        assert result.shortage is None


@settings(max_examples=500, deadline=None)
@given(cases())
def test_every_member_gets_the_first_category_that_leaves_everyone_seated(case: Case) -> None:
    result = case.walked()
    masks = {one.pid: one.mask for one in case.candidates}
    left = dict(zip(case.seats.categories, case.seats.counts, strict=True))
    for at, pid in enumerate(result.members):
        others = [masks[other] for other in result.members[at + 1 :]]
        for bit, name in enumerate(case.seats.categories):
            after = {**left, name: left[name] - 1}
            fits = masks[pid] >> bit & 1 and left[name] and seated(others, Seats(case.seats.categories, after))
            if fits:
                break
        assert result.seats[pid] == name
        left[name] -= 1


@pytest.mark.parametrize("number", range(60))
def test_what_the_core_draws_the_verifier_accepts(number: int) -> None:
    chance = random.Random(number)
    document = invented(chance, chance.randrange(60), chance.randrange(1, 9), chance.randrange(1, 30))
    report = verify(document)
    assert report.ok, report.fault
    assert [one.complete for one in report.rounds] == [
        one.complete for one in replay(sealed(document), rounds(document))
    ]


def test_a_draw_of_nobody_falls_short() -> None:
    result = walk((), (), Seats(("a",), {"a": 1}))
    assert result.shortage == Shortage(("a",), 1, 0)
    assert not result.complete


def test_nobody_is_drawn_for_no_seat() -> None:
    result = walk((0,), (Candidate("1" * 32, "2" * 32, 1),), Seats(("a",), {}))
    assert (result.complete, result.log, result.members) == (True, (), ())


def test_one_candidate_for_one_seat() -> None:
    result = walk((0,), (Candidate("1" * 32, "2" * 32, 3),), Seats(("a", "b"), {"b": 1}))
    assert result.log == ((0, "1" * 32, Reason.TAKEN),)
    assert dict(result.seats) == {"1" * 32: "b"}


def test_a_shortage_names_the_smallest_set_that_falls_short() -> None:
    """Two units in all, one of which can do costs: costs want two, and everything together wants four."""
    people = [Candidate(f"{at:032x}", unit * 32, mask) for at, (unit, mask) in enumerate([("a", 1), ("b", 3)])]
    found = shortages(people, ["software", "cost"], {"software": 2, "cost": 2})
    assert found == Shortage(("cost",), 2, 1)
    assert found.text({"cost": "成本评估"}) == "成本评估 需 2，可用单位 1"
    assert shortages(people, ["software", "cost"], {"software": 1, "cost": 1}) is None


def test_a_shortage_of_several_categories_names_them_all() -> None:
    found = shortages([Candidate("1" * 32, "a" * 32, 3)], ["x", "y"], {"x": 1, "y": 1})
    assert found
    assert found.text() == "x、y 需 2，可用单位 1"


def test_units_of_those_retained_do_not_count_as_available() -> None:
    people = [Candidate(f"{at:032x}", unit * 32, 1) for at, unit in enumerate("aab")]
    kept = people[0].pid
    result = walk((0, 1, 2), people, Seats(("x",), {"x": 3}), retained=[kept], invited=[kept])
    assert result.shortage == Shortage(("x",), 2, 1)


@pytest.mark.parametrize(("retained", "invited", "ineligible"), [
    (["9" * 32], ["9" * 32], []),
    (["1" * 32], [], []),
    (["1" * 32], ["1" * 32], ["1" * 32]),
    (["1" * 32, "1" * 32], ["1" * 32], []),
    (["0" * 31 + "0", "1" * 32], ["0" * 32, "1" * 32], []),
    ([], ["9" * 32], []),
], ids=["unknown", "never invited", "ineligible", "twice", "of one unit", "a stranger invited"])
def test_members_who_cannot_be_retained_are_refused(
    retained: list[str], invited: list[str], ineligible: list[str]
) -> None:
    people = [Candidate("0" * 32, "a" * 32, 1), Candidate("1" * 32, "a" * 32, 1), Candidate("2" * 32, "b" * 32, 1)]
    with pytest.raises(Malformed):
        walk((0, 1, 2), people, Seats(("x",), {"x": 2}), retained=retained, invited=invited,
             ineligible=dict.fromkeys(ineligible, Ineligibility.LEAVE))


def test_a_replay_refuses_who_was_no_member_before() -> None:
    draw = sealed(invented(random.Random(3), 40, 2, 20, replacements=0))
    first = replay(draw, [Round()])[0]
    assert first.complete
    leaving, *staying = first.members
    second = Round(tuple(staying))
    with pytest.raises(Malformed, match="no member"):
        replay(draw, [Round(), second, Round((leaving,))])


def test_a_prepared_list_gives_the_same_round_as_the_list() -> None:
    draw = sealed(invented(random.Random(3), 40, 3, 20, replacements=0))
    ready = Prepared(draw.candidates)
    gone = {draw.candidates[at].pid: Ineligibility.CLASH for at in (0, 5, 9)}
    for _ in range(2):
        assert walk(draw.order, ready, draw.seats, ineligible=gone) == walk(
            draw.order, draw.candidates, draw.seats, ineligible=gone)


@pytest.mark.parametrize(("categories", "quota"), [
    (("a", "a"), {}), (tuple("abcdefghi"), {}), (("a",), {"b": 1}), (("a",), {"a": -1}), (("a",), {"a": True}),
    (("a",), {"a": 1.0}),
])
def test_seats_that_make_no_sense_are_refused(categories: tuple[str, ...], quota: dict[str, int]) -> None:
    with pytest.raises(Malformed):
        Seats(categories, quota)


def test_opening_seats_adds_to_the_quota_and_knows_its_categories() -> None:
    seats = Seats(("a", "b"), {"a": 1})
    assert seats.opening({"b": 2}).counts == (1, 2)
    with pytest.raises(Malformed):
        seats.opening({"c": 1})


def test_a_mask_beyond_the_categories_is_refused() -> None:
    with pytest.raises(Malformed):
        shortages([Candidate("1" * 32, "a" * 32, 4)], ["x", "y"], {"x": 1})
