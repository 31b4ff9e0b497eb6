"""Staff with passwords, and a browser for each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.core import clock
from app.core.actor import SYSTEM
from app.core.transaction import transaction
from app.identity import accounts, passwords
from app.identity.accounts import Person
from tests.web.house_rules import HouseClient

GOOD = "Fenhe-17-qiao"
_HASH = passwords.hash_password(GOOD)


@pytest.fixture
def staff(app: Flask) -> Callable[..., int]:
    """`staff("liwenjing", "bureau_reviewer")` makes an account with the password GOOD; returns its id."""

    def make(login: str, *roles: str, name: str = "李文静", must_change: bool = False) -> int:
        with app.app_context(), transaction():
            user = accounts.admit_account(
                Person(login, name, "13912345678", "x@example.cn", None, "省政务信息管理局"), roles, actor=SYSTEM,
                now=clock.now(),
            )
            user.password_hash, user.must_change_password = _HASH, must_change
            return user.id

    return make


@pytest.fixture
def browser(app: Flask) -> Callable[[], HouseClient]:
    """A new browser, with cookies of its own."""

    def make() -> HouseClient:
        app.test_client_class = HouseClient
        client = app.test_client()
        assert isinstance(client, HouseClient)
        return client

    return make
