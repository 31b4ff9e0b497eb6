"""From which state an account may go where: all pairs."""

from __future__ import annotations

import itertools

import pytest

from app.core.errors import Conflict
from app.identity import accounts
from app.identity.models import TRANSITIONS, AccountState, User

ALLOWED = {
    ("invited", "active"),
    ("invited", "disabled"),
    ("active", "invited"),
    ("active", "disabled"),
    ("disabled", "invited"),
}


@pytest.mark.parametrize(("start", "end"), list(itertools.product(AccountState, AccountState)))
def test_an_account_moves_only_as_listed(start: AccountState, end: AccountState) -> None:
    assert (end in TRANSITIONS[start]) == ((start.value, end.value) in ALLOWED)
    user = User(state=start.value)
    if (start.value, end.value) in ALLOWED:
        accounts._move(user, end)
        assert user.state == end.value
    else:
        with pytest.raises(Conflict):
            accounts._move(user, end)
        assert user.state == start.value


def test_every_state_has_its_word() -> None:
    assert [state.label for state in AccountState] == ["待启用", "在用", "已停用"]
