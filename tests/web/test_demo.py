"""The demo: one click into a role, the clock that moves forward and drives everything, the way back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from flask import Flask

import config
from app.core import audit, clock
from app.core.database import db
from app.core.settings import store, stored
from app.core.transaction import transaction
from app.factory import create_app
from app.web.demo import initial
from app.workflow.models import Incident, Timer
from tests.conftest import START
from tests.web.house_rules import HouseClient, Page

Ran = list[datetime]


@pytest.fixture
def ran(app: Flask) -> Ran:
    """The moments at which the jobs were asked to run."""
    moments: Ran = []

    def run(now: datetime) -> SimpleNamespace:
        moments.append(now)
        return SimpleNamespace(done=3, failed=0)

    app.extensions["run_until_quiet"] = run
    return moments


def step(client: HouseClient, name: str) -> Page:
    return Page(client.post("/demo/clock", data={"step": name, "back": "/about/accessibility"}, follow_redirects=True))


@pytest.mark.parametrize(
    ("name", "then"),
    [("hours", START.replace(hour=11)), ("workday", START.replace(day=3))],
)
def test_a_step_moves_the_clock_and_runs_what_is_due(
    client: HouseClient, ran: Ran, name: str, then: datetime
) -> None:
    page = step(client, name)
    assert clock.now() == then
    assert ran == [then]
    assert (page.path, "到期的 3 件已自动办理" in page.text) == ("/about/accessibility", True)


def test_what_failed_on_the_way_is_told_though_the_case_noted_it_itself(app: Flask, client: HouseClient) -> None:
    def run(now: datetime) -> SimpleNamespace:
        with transaction() as session:
            session.add_all(
                Incident(kind="operation", code="refused", message="账号已属于他人", detail="", actor_name="系统",
                         status="open", created_at=now, last_failed_at=now)
                for _ in range(2)
            )
        return SimpleNamespace(done=5, failed=0)

    app.extensions["run_until_quiet"] = run
    page = step(client, "hours")
    assert "到期的 5 件已自动办理" in page.text
    assert "其中 2 件没有办成，已记为故障，流程管理员在“运行监控”里看到原因，消除后重试。" in page.text


def test_a_working_day_from_friday_leads_over_the_weekend(
    client: HouseClient, ran: Ran, travel: Callable[[str], datetime]
) -> None:
    travel("2026-03-06 15:00")
    step(client, "workday")
    assert clock.now().strftime("%m-%d %H:%M") == "03-09 15:00"


def test_the_next_deadline_is_that_of_the_nearest_pending_timer(app: Flask, client: HouseClient, ran: Ran) -> None:
    _timers(app, (5, "pending"), (4, "pending"), (3, "done"), (1, "pending"))
    step(client, "deadline")
    assert clock.now() == START.replace(day=4, hour=0)


def _timers(app: Flask, *timers: tuple[int, str]) -> None:
    """Timers of no case, by a connection that does not ask for one."""
    engine = sa.create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    with engine.begin() as connection:
        for number, (day, status) in enumerate(timers):
            moments = dict.fromkeys(("due_at", "wake_at", "engine_at"), START.replace(day=day, hour=0))
            connection.execute(sa.insert(Timer.__table__).values(
                instance_id=1, task_id=str(number), element_id="t", name="t", status=status, **moments
            ))
    engine.dispose()


def test_without_any_deadline_ahead_the_clock_stays(client: HouseClient, ran: Ran) -> None:
    page = step(client, "deadline")
    assert (clock.now(), ran) == (START, [])
    assert "后面没有待到的时限" in page.text


def test_the_clock_moves_to_the_same_hour_of_a_chosen_day(client: HouseClient, ran: Ran) -> None:
    client.post("/demo/clock/date", data={"date": "2026-04-07", "back": "/"})
    assert clock.now() == START.replace(month=4, day=7)


@pytest.mark.parametrize(
    ("typed", "message"),
    [("2026-03-02", "时钟只能往后拨，请选今天之后的日期"), ("2026-01-05", "时钟只能往后拨，请选今天之后的日期"),
     ("明天", "“明天”不是日期，请按 年-月-日 填写，如 2026-03-09")],
)
def test_the_clock_never_goes_back_and_what_was_typed_is_kept(
    client: HouseClient, ran: Ran, typed: str, message: str
) -> None:
    page = Page(client.post("/demo/clock/date", data={"date": typed, "back": "/"}))
    assert (page.status, page.errors, page.typed("date")) == (422, {"date": message}, typed)
    assert (clock.now(), ran) == (START, [])


def test_a_moved_clock_is_kept_over_a_restart_and_leaves_a_trace(app: Flask, client: HouseClient, ran: Ran) -> None:
    step(client, "hours")
    with app.app_context():
        assert stored("clock.offset_seconds") == clock.offset().total_seconds()
        actions = db.session.query(audit.AuditEntry.action).all()
    assert ("demo.move_clock",) in actions


def test_one_click_signs_in_as_somebody_of_the_role(client: HouseClient, login: Callable[[str], object]) -> None:
    login("auditor")
    assert "吴明远 · 审计员" in client.page("/nowhere", 404).root.find(".//header").text_content()


def test_a_role_that_nobody_holds_cannot_be_entered(client: HouseClient) -> None:
    assert Page(client.post("/demo/enter", data={"role": "bureau_leader"})).status == 404


def test_the_initial_data_come_back_with_files_and_clock(app: Flask, client: HouseClient, ran: Ran) -> None:
    with app.app_context():
        with transaction():
            store("clock.offset_seconds", clock.offset().total_seconds())
            store("proof", "as loaded")
        initial.keep()
        with transaction():
            store("proof", "changed")
    step(client, "hours")
    page = Page(client.post("/demo/reset", follow_redirects=True))
    assert "已恢复初始数据，时钟回到 2026年3月2日（周一）09:00" in page.text
    with app.app_context():
        assert stored("proof") == "as loaded"
    assert clock.now() == START


def test_nothing_runs_in_the_restored_data_with_the_later_clock(
    app: Flask, client: HouseClient, ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy, seen = threading.Lock(), []
    app.extensions["background_busy"] = busy
    with app.app_context():
        initial.keep()
    step(client, "hours")
    monkeypatch.setattr(initial, "_backup", lambda source, target: seen.append((clock.now(), busy.locked())))
    client.post("/demo/reset")
    assert seen == [(START, True)]
    assert not busy.locked()


def test_restoring_asks_first_and_says_what_is_lost(client: HouseClient) -> None:
    page = client.page("/demo/reset")
    assert "不能找回" in page.text
    assert page.links()["不恢复，返回"] == "/demo/"


def test_production_knows_none_of_it() -> None:
    secrets = {"SECRET_KEY": "s" * 40, "DATA_KEY": "d" * 40}
    production = create_app(config.Production, SQLALCHEMY_DATABASE_URI="sqlite://", **secrets)
    assert [rule.rule for rule in production.url_map.iter_rules() if rule.rule.startswith("/demo")] == []
