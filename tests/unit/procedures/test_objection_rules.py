"""Objections: what must be stated, the last moment of each way, and the letters (domain.md no. 2, 7–9, 12)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from app.core.clock import ZONE
from app.procedures.objection.rules import letters
from app.procedures.objection.rules.admissibility import (
    Assessment,
    deemed_accepted_at,
    is_in_period,
    publicity_period,
)
from app.procedures.objection.rules.filing import check_online, check_paper
from tests.unit.procedures.forms import RULES, TODAY, id_number

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
INDIVIDUAL: dict[str, Any] = {
    "kind": "individual", "objector_name": "高望山", "id_number": id_number("19700101"), "phone": "13700001111",
    "matter": "职称证书不实", "grounds": "证书编号查不到",
}  # fmt: skip
UNIT: dict[str, Any] = {
    "kind": "unit", "objector_name": "汾水数据有限公司", "uscc": "91350100M000100Y43", "contact": "高望山",
    "phone": "13700001111", "matter": "业绩不实", "grounds": "项目由我公司承担",
}  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_an_individual_gives_name_number_and_phone() -> None:
    filing, errors = check_online(INDIVIDUAL, (), TODAY)
    assert errors == {}
    assert (filing.name, filing.id_number, filing.uscc) == ("高望山", id_number("19700101"), None)


def test_a_unit_gives_its_code_a_contact_and_the_sealed_scan() -> None:
    assert check_online(UNIT, {"seal"}, TODAY)[1] == {}
    assert check_online(UNIT, (), TODAY)[1] == {"seal": "盖章的异议书扫描件：请上传"}
    assert set(check_online({**UNIT, "uscc": "", "contact": ""}, {"seal"}, TODAY)[1]) == {"uscc", "contact"}


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"kind": "anonymous"}, "kind", "匿名的异议不予受理"),
        ({"objector_name": ""}, "objector_name", "姓名：请填写"),
        ({"objector_name": "高"}, "objector_name", "不像姓名"),
        ({"id_number": id_number("19700101")[:17] + "A"}, "id_number", "最后一位为数字或 X"),
        ({"phone": "0351-1234567"}, "phone", "不是 11 位手机号码"),
        ({"matter": " "}, "matter", "异议事项：请填写"),
        ({"grounds": "字" * 5001}, "grounds", "写了 5001 字，最多 5000 字"),
        ({"email": "gao"}, "email", "不是邮箱地址"),
        ({"email": "gao@example.cn,all@example.cn"}, "email", "不是邮箱地址"),
        ({"email": "gao@example.cn\nBcc:all@example.cn"}, "email", "不是邮箱地址"),
        ({"phone": "1370000111\u0661"}, "phone", "不是 11 位手机号码"),
    ],
)
def test_online_every_fault_is_named(change: dict[str, Any], field: str, message: str) -> None:
    errors = check_online({**INDIVIDUAL, **change}, (), TODAY)[1]
    assert message in errors[field]


def test_on_paper_an_anonymous_letter_is_recorded_too() -> None:
    letter = {"kind": "anonymous", "matter": "学历不实", "grounds": "有人知道"}
    filing, errors = check_paper(letter, "post", NOW, date(2026, 2, 28), NOW)
    assert errors == {}
    assert (filing.name, filing.phone) == (None, None)


def test_on_paper_the_way_and_its_dates_are_needed() -> None:
    assert set(check_paper(INDIVIDUAL, "online", None, None, NOW)[1]) == {"delivery", "received_at"}
    assert set(check_paper(INDIVIDUAL, "post", NOW, None, NOW)[1]) == {"postmark"}
    assert set(check_paper(INDIVIDUAL, "post", NOW, date(2026, 3, 3), NOW)[1]) == {"postmark"}
    assert check_paper(INDIVIDUAL, "counter", NOW, None, NOW)[1] == {}


PERIOD = publicity_period(RULES, at("2026-02-25T09:00"), at("2026-03-04T00:00"))


@pytest.mark.parametrize(
    ("way", "received", "postmark", "in_time"),
    [
        ("online", "2026-03-03T23:59:59", None, True),
        ("online", "2026-03-04T00:00:00", None, False),
        ("counter", "2026-03-02T19:00", None, True),
        ("counter", "2026-03-03T18:00", None, True),
        ("counter", "2026-03-03T18:01", None, False),
        ("post", "2026-03-09T10:00", date(2026, 3, 3), True),
        ("post", "2026-03-09T10:00", date(2026, 3, 4), False),
    ],
)
def test_each_way_has_its_last_moment(way: str, received: str, postmark: date | None, in_time: bool) -> None:
    assert is_in_period(RULES, PERIOD, way, at(received), postmark) is in_time


def test_a_period_on_guessed_days_makes_nobody_late() -> None:
    counted = publicity_period(RULES, at("2026-12-28T09:00"), at("2027-01-06T00:00"))
    assert counted.provisional
    assert is_in_period(RULES, counted, "online", at("2027-02-01T00:00"), None)


def test_silence_accepts_on_the_last_day_for_answering() -> None:
    assert deemed_accepted_at(RULES, at("2026-02-26T10:00")) == at("2026-02-28T23:59:59")


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ((True, True, True), ""),
        ((False, True, True), "不在公示期内提出"),
        ((True, False, True), "没有实名提出"),
        ((False, True, False), "所指的人不在公示名单中"),
        ((False, False, True), "不在公示期内提出、没有实名提出"),
    ],
)
def test_the_suggestion_says_why_not(facts: tuple[bool, bool, bool], reason: str) -> None:
    found = Assessment(*facts)
    assert (found.reason, found.admissible) == (reason, reason == "")


def test_words_that_tell_who_objected_are_kept_from_the_candidate() -> None:
    words = letters.withheld(("高望山", "13700001111", None, "", "并州大学"), "并州大学")
    assert words == ("13700001111", "高望山")
    assert letters.disclosed("据 高 望 山 反映", words)
    assert not letters.disclosed("据群众反映，并州大学", words)


def test_the_conclusion_and_what_follows_from_it() -> None:
    assert (letters.conclusion(True), letters.consequence(True)) == ("异议成立", "不予聘任为政务信息化专家。")
    assert (letters.conclusion(False), letters.consequence(False)) == ("异议不成立", "入库申请继续办理。")
