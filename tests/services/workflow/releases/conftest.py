"""The desk of the process owners, on each database."""

from __future__ import annotations

import pytest

from tests.services.workflow.releases.desk import Desk
from tests.services.workflow.world import World


@pytest.fixture
def desk(world: World) -> Desk:
    """On SQLite and on PostgreSQL."""
    return Desk(world)


@pytest.fixture
def light_desk(light_world: World) -> Desk:
    """On SQLite only, for rules that no database can change."""
    return Desk(light_world)
