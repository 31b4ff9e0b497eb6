"""The office of the page tests."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.web.house_rules import HouseClient
from tests.web.office import Office


@pytest.fixture
def office(app: Flask) -> Office:
    """People of every role, one process with a form, nothing going on yet."""

    def new_client() -> HouseClient:
        app.test_client_class = HouseClient
        made = app.test_client()
        assert isinstance(made, HouseClient)
        return made

    return Office(app, new_client)
