"""How long a lock takes: filters, pseudonyms, sorting, hash, sealed list and commit, with everything else it writes.

    python -m benchmarks.lock_bench

Pools of 5,000 and 100,000 experts in the proportions of the design (unit sizes by rank, scarce directions), each
with two ties; 200 of them sit on another review at the same time. A replacement round over the whole list is
measured too: statuses since the lock, free masks, walk, stored log.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app import regulations
from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.database import db
from app.core.randomness import seeded
from app.core.transaction import transaction
from app.identity import accounts, roles
from app.identity.accounts import Person
from app.procedures.selection import examination, sealed, store
from app.procedures.selection.eligibility import counts, pool, status_changes
from app.procedures.selection.models import Activity, Invitation, SeatState
from app.procedures.selection.rules.activity import ActivityDraft
from app.procedures.selection.rules.conditions import ConditionsDraft
from app.procedures.selection.service import activities, drawing, locking
from app.registers.models import Expert, ExpertDirection, ExpertState, ExpertTerm, ExpertTie, TieKind, Unit
from app.regulations.rule_sets import shipped_rules
from benchmarks.ground import applications, median_ms

SIZES = ((5_000, 60, 15), (100_000, 1_000, 5))
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=clock.ZONE)
RULES = shipped_rules()
#: Weights of domain.md §7.
DIRECTIONS = {
    "软件与应用": 30, "系统集成": 22, "大数据": 18, "网络与信息安全": 16, "云网基础设施": 15, "信息化项目监理": 12,
    "人工智能": 12, "成本评估": 10, "国产化应用": 7, "密码应用": 6, "保密": 5, "审计": 5, "物联网": 5, "区块链": 3,
    "涉密工程": 3,
}  # fmt: skip
QUOTA = {"网络与信息安全": 2, "软件与应用": 2, "大数据": 2, "成本评估": 1}
CLASHING = 200
_CHUNK = 5_000


@dataclass(frozen=True)
class Ground:
    """A filled database: who organises, and for which unit's project."""

    organiser: Actor
    leader: Actor
    project: int


def population(size: int, source: Random) -> Iterator[dict[str, Any]]:
    """Experts as rows, with `directions` beside their columns; unit ids from 1."""
    units = unit_of_each(size, source)
    names, weights = list(DIRECTIONS), list(DIRECTIONS.values())
    for number in range(1, size + 1):
        yield {
            "id": number, "number": f"ZJ-2026-{number:06d}", "name": "甲", "sex": "男", "id_number": "x",
            "id_number_index": f"i{number}", "phone": "x", "phone_index": f"p{number}", "email": "x",
            "unit_id": units[number - 1], "title": "高级工程师", "title_level": source.choice(("正高", "副高", "无")),
            "state": ExpertState.REMOVED if source.random() < 0.03 else ExpertState.IN_POOL,
            "leave_until": date(2026, 6, 1) if source.random() < 0.04 else None, "created_at": NOW, "updated_at": NOW,
            "directions": set(source.choices(names, weights, k=source.choices((1, 2, 3), (15, 35, 50))[0])),
        }  # fmt: skip


def unit_of_each(size: int, source: Random) -> list[int]:
    """Units by rank, the largest of 150, for 82 % of the people; the rest are alone in theirs."""
    places: list[int] = []
    rank = 0
    while len(places) < size * 0.82:
        rank += 1
        places += [rank] * max(1, round(150 / rank**0.75))
    places += range(rank + 1, rank + 1 + max(0, size - len(places)))
    source.shuffle(places)
    return places[:size]


def fill(size: int) -> Ground:
    """Units, experts with directions, terms and ties, staff, and a review that clashes."""
    people = list(population(size, seeded(7)))
    last_unit = max(one["unit_id"] for one in people)
    project = last_unit + 1
    insert(Unit, ({"id": n, "name": f"单位 {n}", "nature": "高校", "checked": True, "created_at": NOW}
                  for n in range(1, project + 1)))  # fmt: skip
    insert(Expert, ({key: value for key, value in one.items() if key != "directions"} for one in people))
    insert(ExpertDirection, (
        {"expert_id": one["id"], "direction": name, "position": at}
        for one in people for at, name in enumerate(sorted(one["directions"]))
    ))  # fmt: skip
    insert(ExpertTerm, (
        {"expert_id": one["id"], "seq": 1, "start_on": date(2025, 3, 10), "end_on": date(2027, 3, 9),
         "appointment_no": f"PZ-{one['id']}", "rule_set_code": RULES.code, "created_at": NOW}
        for one in people
    ))  # fmt: skip
    insert(ExpertTie, (
        {"expert_id": one["id"], "kind": TieKind.EMPLOYMENT, "unit_id": (one["id"] * step) % last_unit + 1,
         "unit_name": "单位", "from_on": date(2015, 1, 1), "to_on": date(2024, 1, 1), "created_at": NOW}
        for one in people for step in (3, 7)
    ))  # fmt: skip
    ground = Ground(staff("org", roles.DEPT_ORGANISER, project), staff("lead", roles.DEPT_LEADER, project), project)
    add_clash(ground)
    return ground


def insert(model: Any, rows: Iterator[dict[str, Any]]) -> None:
    """Rows of one table in large bites."""
    statement = sa.insert(model.__table__)
    bite: list[dict[str, Any]] = []
    for row in rows:
        bite.append(row)
        if len(bite) == _CHUNK:
            db.session.connection().execute(statement, bite)
            bite = []
    if bite:
        db.session.connection().execute(statement, bite)


def staff(login: str, role: str, unit_id: int) -> Actor:
    """An account in use."""
    person = Person(login, login, unit_id=unit_id, unit_name="部门")
    user = accounts.admit_account(person, {role}, actor=SYSTEM, now=NOW)
    return accounts.actor_of(user, None)


def submitted(ground: Ground) -> Activity:
    """An activity whose conditions wait for their lock."""
    draft = ActivityDraft(
        title="基准评审", kind="技术评审", project_unit_id=ground.project, contact_phone="0351-1",
        leader_id=ground.leader.user_id, starts_at=NOW + timedelta(days=3), city="太原", address="一号楼",
    )  # fmt: skip
    found = activities.create(draft, actor=ground.organiser, now=NOW, rules=RULES)
    activities.save_conditions(found.number, ConditionsDraft(7, QUOTA), actor=ground.organiser, now=NOW)
    activities.submit_conditions(found.number, RULES, actor=ground.organiser, now=NOW)
    return found


def add_clash(ground: Ground) -> None:
    """Experts who have accepted for the same half-day."""
    other = submitted(ground)
    for seq in range(1, CLASHING + 1):
        db.session.add(
            Invitation(
                number=f"{other.number}-{seq}", activity_no=other.number, seq=seq, line=seq, expert_id=seq, unit_id=1,
                category="软件与应用", state=SeatState.ACCEPTED, created_at=NOW,
            )
        )
    db.session.flush()


def lock_once(ground: Ground) -> tuple[float, float, str]:
    """Seconds of one lock with its commit by the wall and of this processor, and the number of its activity."""
    with transaction():
        number = submitted(ground).number
    began, worked = time.perf_counter(), time.process_time()
    with transaction():
        done = locking.lock(number, RULES, actor=ground.organiser, now=NOW)
    spent, busy = time.perf_counter() - began, time.process_time() - worked
    if not done.locked:
        raise RuntimeError(done.shortage)
    return spent, busy, number


def parts(number: str, rounds: int) -> Iterator[tuple[str, float]]:
    """The larger parts of a lock apart, and a round over its list, in milliseconds."""
    found = store.activity(number)
    drawn = store.draw_in_force(found)
    if drawn is None:
        raise RuntimeError("not locked")
    draft = examination.draft_of(found)
    criteria = examination.criteria_of(found, draft, examination.facts_of(found, draft, RULES, NOW), RULES)
    eligible = pool(criteria, RULES, NOW).eligible
    behind = sealed.opened(drawn)
    yield "filters, counts only", timed(rounds, lambda: counts(criteria, RULES, NOW))
    yield "filters with the list", timed(rounds, lambda: pool(criteria, RULES, NOW))
    yield "pseudonyms, sorting", timed(rounds, lambda: sealed.make(behind.salt, behind.server_seed, eligible))
    yield "text to be sealed", timed(rounds, lambda: sealed.seal(behind))
    yield "statuses since the lock", timed(rounds, lambda: status_changes(found, behind.units, RULES, NOW))


def timed(rounds: int, run: Callable[[], object]) -> float:
    """The median of several runs in milliseconds."""
    spent = []
    for _ in range(rounds):
        began = time.perf_counter()
        run()
        spent.append(time.perf_counter() - began)
    return median_ms(spent)


def rounds_of(ground: Ground, number: str, rounds: int) -> tuple[float, float]:
    """Milliseconds of the first walk, stored, and of replacement rounds in which the whole panel is new."""
    with transaction():
        drawing.contribute(number, "organizer", "a1", "browser", RULES, actor=ground.organiser, now=NOW)
    began = time.perf_counter()
    with transaction():
        drawing.draw(number, RULES, actor=ground.organiser, now=NOW)
    first = time.perf_counter() - began
    spent = []
    for _ in range(rounds):
        began = time.perf_counter()
        with transaction():
            found = store.locked(number)
            drawn = store.draw_in_force(found, lock=True)
            if drawn is not None:
                drawing.run_round(found, drawn, RULES, actor=ground.organiser, now=NOW)
        spent.append(time.perf_counter() - began)
    return first * 1000, median_ms(spent)


def measure(name: str, app: Flask, size: int, aim: int, rounds: int) -> None:
    """Prints the figures of one pool on one database."""
    with app.app_context():
        db.drop_all()
        db.create_all()
        with transaction() as session:
            regulations.seed(session)
            ground = fill(size)
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(sa.text("ANALYZE"))
        locks = [lock_once(ground) for _ in range(rounds + 1)][1:]
        number = locks[-1][2]
        drawn = store.draw_in_force(store.activity(number))
        in_list = drawn.candidate_count if drawn else 0
        report(f"{name}, {size:,} experts, {in_list:,} in the list: lock", median_ms([one[0] for one in locks]), aim)
        report("    of this process alone (the rest is waiting)", median_ms([one[1] for one in locks]))
        for what, spent in parts(number, rounds):
            report(f"    {what}", spent)
        first, further = rounds_of(ground, number, min(rounds, 5))
        report("    draw of the first round", first)
        report("    replacement round", further)
        db.session.remove()


def report(what: str, milliseconds: float, aim: int | None = None) -> None:
    """One line."""
    print(f"{what:<72}{milliseconds:>9.1f} ms" + (f"   aim {aim:,}" if aim else ""))


def main(sizes: Sequence[tuple[int, int, int]] = SIZES) -> None:
    """Both databases, both sizes."""
    with applications() as known:
        for name, app in known:
            for size, aim, rounds in sizes:
                measure(name, app, size, aim, rounds)


if __name__ == "__main__":
    main()
