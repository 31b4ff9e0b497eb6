"""Loads the invented world: rule sets, diagrams, units, experts and staff, then the story until the demo begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from flask import current_app

from app.core import clock, randomness
from app.core.actor import SYSTEM
from app.core.database import db
from app.core.garbage import without_collecting
from app.core.settings import store, stored
from app.core.transaction import transaction
from app.identity import accounts, roles
from app.identity.accounts import Person
from app.registers import experts as register
from app.registers import units as unit_register
from app.registers.models import Expert
from app.regulations import rule_set_for
from app.web.demo.moves import start_clock
from app.web.demo.world import acts, panel_story, population, staff, story, studio_story
from app.web.demo.world.applicants import invented
from app.web.demo.world.invention import People
from app.web.demo.world.population import InventedExpert
from app.web.installation import install

SEED = 20260302
LOADED = "demo.loaded_at"
_OTHERS = 18
#: Of these, two years of re-entry bar run: the start page's applicant can try what happens.
_REMOVED = 3
_FIRST_EXPERT = "张敬之"

Progress = Callable[[str], None]


def is_loaded() -> bool:
    """True once the whole world is there."""
    return stored(LOADED) is not None


def load(say: Progress) -> None:
    """Loads everything; an interrupted load begins anew on an empty database (`make reset`)."""
    # Searching takes a sixth of the time and saves some 50 MB that are there.
    with without_collecting():
        _load(say)


def _load(say: Progress) -> None:
    beginning = datetime.fromisoformat(current_app.config["DEMO_START"])
    source = randomness.seeded(SEED)
    people = People(source)
    clock.travel_to(beginning - timedelta(days=420))
    with transaction():
        install(SYSTEM)
    clock.travel_to(datetime(2025, 1, 6, 9, tzinfo=clock.ZONE))
    cast = story.named_cast(invented(people, source, _OTHERS))
    say("单位和专家")
    with transaction():
        _population(people, beginning)
    with transaction():
        team = staff.admit_staff(clock.now())
    world = acts.World(team, people, source, {})
    studio = studio_story.told(world, cast.to_supplement[-1].name)
    deeds = sorted((*story.told(world, cast), *panel_story.told(world), *studio), key=lambda deed: deed[0])
    for done, (moment, deed) in enumerate(deeds):
        if done % 40 == 0:
            say(f"办件经过 {done}/{len(deeds)}")
        _until(moment)
        with transaction():
            deed()
        _settle_down()
    _until(beginning)
    with transaction():
        start_clock(beginning)
        store(LOADED, beginning.isoformat())


def _until(moment: datetime) -> None:
    """Lets time pass to `moment`, doing at its hour whatever falls due on the way."""
    from app.web.demo.moves import next_deadline

    while (due := next_deadline(clock.now())) is not None and due <= moment:
        clock.travel_to(due)
        current_app.extensions["run_until_quiet"](clock.now())
    clock.travel_to(moment)
    _settle_down()


def _settle_down() -> None:
    """Does what is due at this moment: messages between cases, notices."""
    current_app.extensions["run_until_quiet"](clock.now())
    db.session.rollback()


def _population(people: People, beginning: datetime) -> None:
    source = randomness.seeded(SEED + 1)
    rows = [
        unit_register.register(one.name, one.uscc, one.nature, actor=SYSTEM, now=clock.now())
        for one in population.units(source)
    ]
    invented_experts = sorted(population.experts(source, people, beginning.date()), key=lambda one: one.term_start)
    for one in invented_experts:
        _appoint(one, rows[one.unit].id)
    _accounts_of_experts()
    for person in _to_remove():
        clock.travel_to(beginning - timedelta(days=60))
        register.remove(person.id, "14.7", rule_set_for(clock.today()), reason="因个人原因不能胜任，本人申请",
                        actor=SYSTEM, now=clock.now())


def _appoint(one: InventedExpert, unit_id: int) -> None:
    moment = datetime.combine(one.term_start, datetime.min.time(), tzinfo=clock.ZONE) + timedelta(hours=9)
    clock.travel_to(moment)
    appointee = register.Appointee(
        application_no="", name=one.name, sex=one.sex, id_number=one.id_number, phone=one.phone, email=one.email,
        unit_id=unit_id, department="信息化部", post=one.post, post_level=one.post_level, title=one.title,
        title_level=one.title_level, title_series="工程" if one.title else None, directions=one.directions,
        direction_other=None, exemption=one.exemption, route=one.route,
    )
    register.appoint(appointee, rule_set_for(moment.date()), actor=SYSTEM, now=moment)


def _accounts_of_experts() -> None:
    """Every expert may sign in; the first, 张敬之, can be entered from the start page."""
    people = db.session.query(Expert).order_by(Expert.id).all()
    people[0].name = _FIRST_EXPERT
    for person in people:
        known = Person(login=person.number.lower(), name=person.name, phone=person.phone, email=person.email)
        user = accounts.admit_account(known, {roles.EXPERT}, actor=SYSTEM, now=clock.now())
        register.link_account(person.id, user.id, actor=SYSTEM)


def _to_remove() -> Iterator[Expert]:
    yield from db.session.query(Expert).order_by(Expert.id.desc()).limit(_REMOVED)
