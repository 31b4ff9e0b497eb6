"""Both notices in one, for who is invited shortly before the start (domain.md no. 45)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.core import clock
from app.core.database import db
from app.procedures.selection.models import SeatState
from tests.services.procedures.selection import world as w
from tests.web.house_rules import Page
from tests.web.panel_house import House, copies, started

AFTERNOON = datetime(2026, 3, 5, 14, 0, tzinfo=clock.ZONE)


def afternoon(there: w.World) -> str:
    """As `invited`, for a review at two in the afternoon."""
    return started(w.drawn(there, starts_at=AFTERNOON)[0], there)


@pytest.fixture
def late_house(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, sqlite_schema: Path) -> Iterator[House]:
    """All five have accepted; three and a half hours before the start one asks for leave and is replaced."""
    made = copies(tmp_path_factory.mktemp("panel"), sqlite_schema, "afternoon", afternoon)(tmp_path)
    for number in made.invitations():
        made.answer(number, "accept")
    made.quiet()
    clock.travel_to(AFTERNOON - timedelta(hours=3, minutes=30))
    first = made.invitations()[0]
    made.client(made.expert_of(first)).post(f"/mine/invitations/{first}/leave", data={"why": "身体原因"})
    made.quiet()
    yield made
    with made.app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_the_one_page_tells_everything_and_one_tap_confirms(late_house: House) -> None:
    number = late_house.invitations()[-1]
    assert late_house.read(number).combined
    address = f"/invitation/{late_house.token(number)}"
    page = late_house.client().page(address)
    assert page.heading == "请确认参加这次评审"
    assert "您由系统随机抽中。距开始不久，确认即为接受。" in page.text
    for words in ("省级数据共享平台二期技术评审", "省政务云运营中心", "太原迎泽大街", "今天 14:00", "今天 12:30 前"):
        assert words in page.text, words
    assert page.root.xpath('//button[@name="answer" and @value="accept"]')[0].text_content() == "确认参加"
    page = Page(late_house.client().post(address, data={"answer": "accept"}, follow_redirects=True))
    assert "您已于 今天 10:30 确认参加。" in page.text
    assert late_house.read(number).state is SeatState.CONFIRMED
