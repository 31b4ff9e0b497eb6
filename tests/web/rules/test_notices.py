"""The holiday notice at the pages: pasted, read back day by day, confirmed by another, taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from app.identity import roles
from app.jobs import calendar_alarm
from app.jobs.calendar_alarm import warn_of_missing_year
from app.regulations import current_calendar, store
from tests.conftest import client_of, person
from tests.web.house_rules import HouseClient, Page

TEXT = """国办发明电〔2026〕9号
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日至11日放假调休，共7天。2月14日（周日）上班。"""
FORM = {"year": "2027", "notice_number": "", "source": "中国政府网", "text": TEXT}
NEW = "/rules/notices/new"


@pytest.fixture
def clerk(client: HouseClient, login: Callable[..., object]) -> HouseClient:
    login(roles.CENTER_CLERK)
    return client


def entered(client: HouseClient) -> str:
    answer = client.post(NEW, data={**FORM, "notice_number": "国办发明电〔2026〕9号", "act": "propose"})
    assert answer.status_code == 302, Page(answer).text[:500]
    return str(answer.headers["Location"])


def test_what_was_understood_is_shown_day_by_day(clerk: HouseClient) -> None:
    page = Page(clerk.post(NEW, data={**FORM, "act": "preview"}))
    assert page.status == 200
    assert "放假 10 天，调休上班 1 天" in page.text
    assert "2月14日（周日）调休上班" in page.text
    assert page.typed("notice_number") == "国办发明电〔2026〕9号"
    assert "没有读到：清明" in page.text


def test_lines_that_could_not_be_read_are_named_and_nothing_is_entered(clerk: HouseClient) -> None:
    bad = TEXT.replace("共3天", "共4天")
    for act in ("preview", "propose"):
        page = Page(clerk.post(NEW, data={**FORM, "text": bad, "act": act}))
        assert page.status == 422
        assert "第 2 行" in page.text
        assert "写明共 4 天，读出放假 3 天" in page.text
        assert page.typed("text") == bad


@pytest.mark.parametrize(
    ("field", "typed", "at"),
    [("year", "20270", "year"), ("year", "", "year"), ("text", " ", "text"), ("text", "没有日子", "text"),
     ("source", "字" * 300, "source")],
)  # fmt: skip
def test_a_form_that_cannot_be_is_refused_at_its_field(clerk: HouseClient, field: str, typed: str, at: str) -> None:
    page = Page(clerk.post(NEW, data={**FORM, field: typed, "notice_number": "〔2026〕9号", "act": "propose"}))
    assert page.status == 422
    assert at in page.errors


def test_another_keeper_confirms_after_seeing_what_changes(
    clerk: HouseClient, app: Flask, login: Callable[..., object]
) -> None:
    where = entered(clerk)
    own = clerk.page(where)
    assert "由另一人复核" in own.text
    assert "与现在的日历不同的日子" in own.text
    clerk.post(f"{where}/confirm")
    assert "待复核" in clerk.page(where).text
    login(roles.PROCESS_OWNER)
    assert clerk.post(f"{where}/confirm").status_code == 302
    with app.app_context():
        store.forget()
        assert current_calendar().is_official(2027)
    year = clerk.page("/rules/calendar/2027").text
    assert "国办发明电〔2026〕9号" in year
    assert "暂定" not in year
    again = clerk.post(f"{where}/confirm", follow_redirects=True)
    assert "已经复核" in again.get_data(as_text=True)


def test_a_wrong_notice_is_taken_back_and_kept(clerk: HouseClient) -> None:
    where = entered(clerk)
    assert clerk.post(f"{where}/withdraw", data={"reason": ""}).status_code == 422
    clerk.post(f"{where}/withdraw", data={"reason": "贴错了年份"})
    assert "已撤回" in clerk.page(where).text
    assert "贴错了年份" in clerk.page("/rules/calendar/2027").text


@pytest.mark.parametrize(
    ("act", "reason", "outcome"), [("withdraw", "贴错了年份", "已撤回（贴错了年份）。"), ("confirm", "", "已复核。")]
)
def test_every_other_keeper_is_asked_to_confirm_and_who_entered_it_is_answered(
    clerk: HouseClient, app: Flask, login: Callable[..., object], act: str, reason: str, outcome: str
) -> None:
    owner, leader = client_of(app), client_of(app)
    login(roles.PROCESS_OWNER, client=owner)
    login(roles.BUREAU_LEADER, client=leader)
    where = entered(clerk)
    told = owner.page("/messages/")
    assert "录入了 2027 年放假通知（国办发明电〔2026〕9号），请你对照原文复核。" in told.text
    assert "放假 10 天，调休上班 1 天。" in told.text
    assert where in told.links().values()
    assert owner.post(f"{where}/{act}", data={"reason": reason}).status_code == 302
    answered = clerk.page("/messages/")
    assert outcome in answered.text
    assert where in answered.links().values()
    assert "放假通知" not in leader.page("/messages/").text, "who keeps no calendar confirms nothing"


def test_who_takes_back_the_own_notice_is_told_nothing(clerk: HouseClient) -> None:
    clerk.post(f"{entered(clerk)}/withdraw", data={"reason": "贴错了年份"})
    assert "没有消息" in clerk.page("/messages/").text


def test_only_keepers_enter_notices(client: HouseClient, login: Callable[..., object]) -> None:
    login(roles.BUREAU_REVIEWER)
    assert client.get(NEW).status_code == 403
    assert client.post("/rules/notices/1/confirm").status_code == 403


class TestTheAlarm:
    """From November on while the next year is missing: a banner, and a notice once."""

    def test_the_banner_leads_keepers_to_the_form(self, clerk: HouseClient, travel: Callable[[str], object]) -> None:
        assert "还没有录入" not in clerk.page("/rules/").text
        travel("2026-11-01 09:00")
        page = clerk.page("/rules/")
        assert "2027 年的放假通知还没有录入" in page.text
        assert page.links()["录入 2027 年的放假通知"] == "/rules/notices/new?year=2027"

    def test_keepers_are_told_once(
        self, app: Flask, travel: Callable[[str], datetime], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(calendar_alarm, "_last", {})
        with app.app_context():
            person(roles.CENTER_CLERK)
            person(roles.PROCESS_OWNER)
            assert warn_of_missing_year(travel("2026-10-31 23:00")) == 0
            assert warn_of_missing_year(travel("2026-11-01 09:00")) == 2
            assert warn_of_missing_year(travel("2026-11-02 09:00")) == 0
            assert warn_of_missing_year(travel("2027-11-02 09:00")) == 2, "the year after is another matter"
