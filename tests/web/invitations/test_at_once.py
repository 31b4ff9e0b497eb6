"""Two clicks at the same instant, and somebody who tries one address after the other."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.core.database import db
from app.procedures.selection.models import SeatState
from app.workflow.models import Task
from tests.conftest import build_app, client_of
from tests.web.house_rules import HouseClient
from tests.web.panel_house import House


def test_of_two_clicks_at_once_one_counts_and_both_see_it(house: House) -> None:
    number = house.invitations()[0]
    address = f"/invitation/{house.token(number)}"
    clients = [house.client(), house.client()]
    sent = [{"answer": "accept"}, {"answer": "decline", "why": "外出"}]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda pair: pair[0].post(address, data=pair[1]), zip(clients, sent, strict=True)))
    assert [answer.status_code for answer in answers] == [302, 302]
    kept = house.read(number)
    assert kept.state in (SeatState.ACCEPTED, SeatState.DECLINED)
    headings = {client.page(address).heading for client in clients}
    assert headings == {"您将参加的评审" if kept.state is SeatState.ACCEPTED else "这次邀请已结束"}
    with house.app.app_context():
        done = sa.select(sa.func.count()).where(Task.business_key == number, sa.text("wf_task.status = 'completed'"))
        assert db.session.scalar(done) == 1


class TestTheLimits:
    @pytest.fixture
    def limited(self, house: House, tmp_path: Path) -> Iterator[HouseClient]:
        """A browser of the same house with its limits on."""
        app = build_app(house.app.config["SQLALCHEMY_DATABASE_URI"], tmp_path, RATELIMIT_ENABLED=True)
        yield client_of(app)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()

    def test_who_tries_addresses_is_stopped(self, limited: HouseClient) -> None:
        codes = [limited.get(f"/invitation/guess{number}").status_code for number in range(121)]
        assert (codes[0], codes[-1]) == (404, 429)

    def test_one_link_takes_so_many_forms_and_no_more(self, house: House, limited: HouseClient) -> None:
        address = f"/invitation/{house.token(house.invitations()[0])}"
        codes = [limited.post(address, data={"answer": "decline"}).status_code for _ in range(31)]
        assert (codes[0], codes[-1]) == (422, 429)
