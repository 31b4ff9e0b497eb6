"""我的聘任: an expert reads the own data, and no letter of anybody else."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.database import db
from app.identity import roles
from app.registers.models import Expert
from tests.web.house_rules import HouseClient


@pytest.fixture
def app(world_app: Flask) -> Flask:
    """The application with the demo world."""
    return world_app


@pytest.fixture
def letters(app: Flask) -> tuple[str, str]:
    """The letter of 张敬之 and that of somebody else."""
    with app.app_context():
        own = db.session.scalars(sa.select(Expert).where(Expert.name == "张敬之")).first()
        other = db.session.scalars(sa.select(Expert).where(Expert.name != "张敬之")).first()
        assert own is not None
        assert other is not None
        return own.terms[-1].appointment_no, other.terms[-1].appointment_no


def test_the_expert_sees_masked_numbers_and_the_own_letter(client: HouseClient, letters: tuple[str, str]) -> None:
    client.post("/demo/enter", data={"role": roles.EXPERT})
    page = client.page("/mine/")
    assert page.heading == "张敬之"
    assert "********" in page.text
    assert client.get(f"/mine/letters/{letters[0]}.pdf").data.startswith(b"%PDF-")


def test_another_s_letter_is_not_there(client: HouseClient, letters: tuple[str, str]) -> None:
    client.post("/demo/enter", data={"role": roles.EXPERT})
    client.page(f"/mine/letters/{letters[1]}.pdf", 404)
