"""What a notice would make of the open deadlines is told before it is applied, and comes true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.jobs.due import run_until_quiet
from app.regulations import calendar_import
from app.regulations.calendar_import import Notice
from app.workflow import recounting
from app.workflow.models import Timer
from tests.services.workflow.test_timers import _with_deadline
from tests.services.workflow.world import World, in_transaction

Travel = Callable[[str], datetime]
CLERK = Actor(user_id=901, name="马晓岚", roles=frozenset({"center_clerk"}))
OWNER = Actor(user_id=902, name="沈望舒", roles=frozenset({"process_owner"}))


def propose(rest: date, *more: date) -> int:
    days = dict.fromkeys((rest, *more), "临时")
    notice = Notice(rest.year, "国办发明电〔2026〕9号", "", days, {})
    return in_transaction(lambda: calendar_import.propose(notice, CLERK, clock.now()))


def moved(number: int) -> list[recounting.Recounted]:
    return recounting.preview(calendar_import.entered(number).year)


def test_a_day_off_moves_what_spans_it_as_was_said(world: World) -> None:
    world.deploy("timed", _with_deadline("objection.acceptance_period"))
    case = world.start("timed")
    number = propose(date(2026, 3, 4))
    (said,) = moved(number)
    assert (said.was.date(), said.becomes.date()) == (date(2026, 3, 5), date(2026, 3, 6))
    assert said.label == "受理期限"
    assert world.timers(case)[0].due_at == said.was, "looking changes nothing"
    in_transaction(lambda: calendar_import.confirm(number, OWNER, clock.now()))
    run_until_quiet(clock.now())
    assert world.timers(case)[0].due_at == said.becomes


def test_what_would_come_earlier_is_not_moved(world: World, travel: Travel) -> None:
    travel("2026-04-29 09:00")  # the first of May rests from the first to the fifth
    world.deploy("timed", _with_deadline("objection.acceptance_period"))
    world.start("timed")
    assert moved(propose(date(2026, 1, 1))) == [], "a shorter holiday shortens no deadline"


def test_a_guess_that_the_notice_confirms_is_provisional_no_more(world: World, travel: Travel) -> None:
    travel("2026-12-30 09:00")
    world.deploy("timed", _with_deadline("objection.acceptance_period"))
    world.start("timed")
    (said,) = moved(propose(date(2027, 1, 1)))
    assert (said.was, said.was_provisional, said.is_provisional) == (said.becomes, True, False)


def test_a_period_of_hours_is_left_as_it_was_told(world: World) -> None:
    world.deploy("timed", _with_deadline("invitation.reply_period"))
    (timer,) = world.timers(world.start("timed"))
    told = timer.due_at - timedelta(seconds=1)
    in_transaction(lambda: db.session.execute(sa.update(Timer).values(due_at=told)))
    assert moved(propose(date(2026, 3, 2))) == [], "the last instant in time that was told stays the last one"
