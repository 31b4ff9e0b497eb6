"""Two who approve at the same moment: one change of a value, one calendar, one wording comes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Conflict
from app.core.transaction import transaction
from app.notices import texts
from app.regulations import calendar_import, changes, rule_set_for, store
from app.regulations.calendar_import import Notice
from app.regulations.changes import Proposal
from tests.competing.conftest import Race

DAY = date(2026, 4, 1)
OWNER = Actor(user_id=1, name="沈望舒", roles=frozenset({"process_owner"}))
SECOND = Actor(user_id=2, name="许砚秋", roles=frozenset({"process_owner"}))
LEADER = Actor(user_id=3, name="赵廷和", roles=frozenset({"bureau_leader"}))
CLERK = Actor(user_id=4, name="马晓岚", roles=frozenset({"center_clerk"}))


def propose(race: Race, key: str = "publicity.period", value: Any = 7) -> int:
    with race.app.app_context(), transaction():
        return changes.propose(Proposal(key, value, DAY, "〔2026〕12号", "异议增多"), OWNER, clock.now())


def approving(number: int, by: Actor = LEADER) -> Callable[[], None]:
    def act() -> None:
        with transaction():
            changes.approve(number, by, clock.now())

    return act


def outcomes(results: list[Any]) -> list[str]:
    return sorted(type(one).__name__ for one in results)


def test_one_change_approved_by_two_is_approved_once(race: Race) -> None:
    number = propose(race)
    results = race.run([approving(number), approving(number)])
    assert outcomes(results) == ["Conflict", "NoneType"]


def test_of_two_changes_of_one_value_one_is_approved(race: Race) -> None:
    numbers = [propose(race, value=7), propose(race, value=9)]
    results = race.run([approving(number) for number in numbers])
    assert outcomes(results) == ["Conflict", "NoneType"]
    with race.app.app_context():
        store.forget()
        won = 7 if results[0] is None else 9
        assert rule_set_for(DAY).integer("publicity.period") == won


def test_changes_of_two_values_approved_at_once_stand_in_one_set(race: Race) -> None:
    numbers = [propose(race), propose(race, "publicity.mail_grace", 2), propose(race, "entry.publish_period", 6)]
    assert race.run([approving(number) for number in numbers]) == [None] * 3
    with race.app.app_context():
        store.forget()
        rules = rule_set_for(DAY)
        assert [rules.integer(f"publicity.{name}") for name in ("period", "mail_grace")] == [7, 2]
        assert rules.integer("entry.publish_period") == 6
        assert len(store.rule_sets()) == 2


def test_an_approval_and_a_withdrawal_leave_one_of_the_two(race: Race) -> None:
    number = propose(race)

    def withdraw() -> None:
        with transaction():
            changes.withdraw(number, LEADER if not_open(number) else OWNER, "不要了", clock.now())

    def not_open(number: int) -> bool:
        return changes.change(number).row.status != "proposed"

    results = race.run([approving(number), withdraw])
    with race.app.app_context():
        store.forget()
        status = changes.change(number).row.status
        expected = 7 if status == "approved" else 5
        assert status in ("approved", "withdrawn")
        assert rule_set_for(DAY).integer("publicity.period") == expected
    assert results.count(None) >= 1


def test_one_notice_confirmed_by_two_is_confirmed_once(race: Race) -> None:
    notice = Notice(2027, "〔2026〕9号", "", {date(2027, 1, 1): "元旦"}, {})
    with race.app.app_context(), transaction():
        number = calendar_import.propose(notice, CLERK, clock.now())

    def confirm() -> None:
        with transaction():
            calendar_import.confirm(number, OWNER, clock.now())

    results = race.run([confirm, confirm])
    assert sum(isinstance(one, Conflict) for one in results) == 1


def test_one_wording_is_proposed_and_approved_once(race: Race) -> None:
    words = "您的入库申请 {{ number }} 没有通过资格审查，理由见邮件。"
    with race.app.app_context(), transaction():
        sections = {**texts.text(texts.NOTICE, "qualification_failed").sections, "sms": words}
        number = texts.propose(
            texts.Wanted(texts.NOTICE, "qualification_failed", sections, "说清楚"), OWNER, clock.now()
        )

    def approve() -> None:
        with transaction():
            texts.approve(number, SECOND, clock.now())

    results = race.run([approve, approve])
    assert outcomes(results) == ["Conflict", "NoneType"]
    with race.app.app_context():
        texts.forget()
        assert texts.notice("qualification_failed").sections["sms"] == words


def test_of_two_wordings_of_one_text_proposed_at_once_one_waits(race: Race) -> None:
    def proposing(words: str, by: Actor) -> Callable[[], int]:
        def act() -> int:
            with transaction():
                sections = {**texts.text(texts.NOTICE, "qualification_failed").sections, "sms": words}
                return texts.propose(
                    texts.Wanted(texts.NOTICE, "qualification_failed", sections, "说清楚"), by, clock.now()
                )

        return act

    acts = [
        proposing(f"您的入库申请 {{{{ number }}}} 没有通过资格审查，{words}。", by)
        for words, by in (("理由见邮件", OWNER), ("详见邮件", SECOND))
    ]
    for _ in range(3):
        results = race.run(acts)
        assert outcomes(results) == ["Conflict", "int"], results
        assert "已有一份修改在等审批" in next(one.message for one in results if isinstance(one, Conflict))
        with race.app.app_context(), transaction():
            texts.withdraw(next(one for one in results if isinstance(one, int)), OWNER, clock.now())


def test_of_two_notices_of_one_year_confirmed_at_once_one_is_official(race: Race) -> None:
    with race.app.app_context(), transaction():
        numbers = [
            calendar_import.propose(
                Notice(2027, f"〔2026〕{n}号", "", {date(2027, 1, n): "元旦"}, {}), CLERK, clock.now()
            )
            for n in (1, 2)
        ]

    def confirming(number: int) -> Callable[[], None]:
        def act() -> None:
            with transaction():
                calendar_import.confirm(number, OWNER, clock.now())

        return act

    assert race.run([confirming(number) for number in numbers]) == [None, None]
    with race.app.app_context():
        rows = calendar_import.notices_of(2027)
        assert sorted(row.status for row in rows) == ["official", "replaced"]
