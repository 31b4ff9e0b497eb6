"""The office of the workflow's tests, on SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.workflow.world import World


@pytest.fixture
def world(any_database: Any) -> World:
    """People of every role and an empty house, on each database."""
    return World()


@pytest.fixture
def light_world(database: Any) -> World:
    """The same on SQLite only, for rules that no database can change."""
    return World()
