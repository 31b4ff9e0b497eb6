"""The world of these tests, fresh in each."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.procedures.selection.world import World, world


@pytest.fixture
def there(database: Any) -> World:
    """Department, staff, units and 44 experts."""
    return world()
