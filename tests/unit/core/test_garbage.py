"""Without the search for cyclic garbage for a while, and as before afterwards."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import suppress

import pytest

from app.core.garbage import without_collecting


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    was_on = gc.isenabled()
    yield
    (gc.enable if was_on else gc.disable)()


def test_nothing_is_searched_meanwhile_and_again_after_an_error() -> None:
    gc.enable()
    during: list[bool] = []
    with suppress(ZeroDivisionError), without_collecting():
        during.append(gc.isenabled())
        raise ZeroDivisionError
    assert (during, gc.isenabled()) == ([False], True)


def test_what_was_off_stays_off() -> None:
    gc.disable()
    with without_collecting():
        pass
    assert not gc.isenabled()
