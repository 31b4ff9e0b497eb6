"""What the register takes over for recusal and classified reviews when an expert is appointed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from app.core import clock
from app.core.actor import SYSTEM
from app.procedures.entry import service as entry
from app.procedures.publicity import service as publicity
from app.registers import experts, ties, units
from app.registers.models import Expert, TieKind
from tests.services.procedures.people import CLERK, acts, proposed_expert, publicised
from tests.unit.procedures.forms import REQUIRED_PAPERS, RULES

pytestmark = pytest.mark.usefixtures("database")
JOBS = [
    {"since": "2003-07", "until": "2012-02", "unit": "汾水信息中心", "post": "工程师", "related": True},
    {"since": "2012-03", "until": "", "unit": "并州大学", "post": "主任", "related": True},
]


@pytest.fixture
def appointed(travel: Callable[[str], datetime]) -> Callable[..., Expert]:
    """Leads an application to the appointment."""

    def lead(**changes: object) -> Expert:
        number = proposed_expert(**changes)
        batch = publicised(number)
        travel("2026-03-10 00:00")
        publicity.close_period(number, batch, RULES, actor=SYSTEM, now=clock.now())
        return experts.by_number(entry.appoint(number, RULES, actor=SYSTEM, now=clock.now()).expert_no)

    return lead


def test_the_jobs_of_the_application_become_ties(appointed: Callable[..., Expert]) -> None:
    known = units.take_over("汾水信息中心", None, "事业单位", None, actor=CLERK, now=clock.now())
    person = appointed(experience__experiences=JOBS)
    first, second = ties.of_expert(person.id)
    assert (first.unit_id, first.kind, first.from_on, first.to_on) == (
        known.id, TieKind.EMPLOYMENT, date(2003, 7, 1), date(2012, 2, 29),
    )  # fmt: skip
    assert (second.unit_name, second.to_on) == ("并州大学", None)


def test_classified_experience_is_verified_by_its_paper(appointed: Callable[..., Expert]) -> None:
    papers = (*REQUIRED_PAPERS, "classified")
    person = appointed(papers=papers, identity__directions=["网络与信息安全", "涉密工程"])
    assert person.classified_verified_at == clock.now()


def test_without_the_paper_nothing_is_verified(appointed: Callable[..., Expert]) -> None:
    assert appointed().classified_verified_at is None


def test_a_tie_of_kin_is_entered_with_its_audit_line(appointed: Callable[..., Expert]) -> None:
    person = appointed()
    made = ties.add(person, TieKind.KIN, "汾水信息中心", kinsman="周明远", actor=CLERK, now=clock.now())
    assert made.person == "周明远"
    assert "expert.add_tie" in acts(person.number)
