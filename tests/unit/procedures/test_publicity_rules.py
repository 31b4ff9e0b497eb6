"""The publicity period: day 1, rest days, make-up days, the year's end (domain.md no. 1–6)."""

from __future__ import annotations

from datetime import datetime

import pytest

from app.core.clock import ZONE
from app.procedures.publicity.rules import check_notice, period
from tests.unit.procedures.forms import RULES


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("published", "ends", "closes"),
    [
        ("2026-03-02T00:00", "2026-03-10T00:00", "2026-03-10T00:00"),
        ("2026-03-02T23:59", "2026-03-10T00:00", "2026-03-10T00:00"),
        # 02-14 and 02-28 are make-up days; the Spring Festival lies between.
        ("2026-02-13T17:00", "2026-02-28T00:00", "2026-02-28T00:00"),
        ("2026-09-30T09:00", "2026-10-14T00:00", "2026-10-14T00:00"),
        # published on a Saturday: day 1 is Monday; it ends on Friday and names close on Monday.
        ("2026-03-07T09:00", "2026-03-14T00:00", "2026-03-16T00:00"),
        ("2026-12-24T09:00", "2027-01-01T00:00", "2027-01-04T00:00"),
    ],
)
def test_the_period_ends_at_midnight_and_names_close_on_the_next_working_day(
    published: str, ends: str, closes: str
) -> None:
    found = period(RULES, at(published))
    assert found.deadline.due_at == at(ends)
    assert found.close_at == at(closes)


def test_a_period_into_a_year_without_official_days_is_provisional() -> None:
    assert not period(RULES, at("2026-12-23T09:00")).deadline.provisional
    assert period(RULES, at("2026-12-25T09:00")).provisional


def test_an_announced_end_is_never_shortened() -> None:
    assert period(RULES, at("2026-03-02T09:00"), at("2026-03-12T00:00")).deadline.due_at == at("2026-03-12T00:00")
    assert period(RULES, at("2026-03-02T09:00"), at("2026-03-05T00:00")).deadline.due_at == at("2026-03-10T00:00")


def test_a_notice_says_what_is_missing() -> None:
    now = at("2026-03-02T09:00")
    empty = dict.fromkeys(("title", "document_no", "text", "site_address"), " ")
    assert set(check_notice(empty, now, now)) == set(empty)
    whole = {"title": "公示", "document_no": "1 号", "text": "现予公示", "site_address": "www.example.cn"}
    assert check_notice(whole, at("2026-03-02T09:01"), now) == {
        "site_address": "官方网站地址：“www.example.cn”不是网址，应以 https:// 开头",
        "published_at": "公布时间：还没有到，请填写官方网站上实际公布的时间",
    }
