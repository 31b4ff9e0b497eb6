"""The session's cookie: pages prolong it, what a script fetches on the side does not touch it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.web.house_rules import HouseClient


def test_a_fetch_on_the_side_does_not_send_the_cookie_again(client: HouseClient, login: Callable[..., Any]) -> None:
    login("center_clerk")
    assert "Set-Cookie" in client.get("/account").headers
    assert "Set-Cookie" not in client.get("/account", headers={"Sec-Fetch-Dest": "empty"}).headers


def test_what_a_fetch_changes_is_kept(client: HouseClient, login: Callable[..., Any]) -> None:
    login("center_clerk")
    client.post("/logout", headers={"Sec-Fetch-Dest": "empty"})
    assert client.get("/account").status_code == 302
