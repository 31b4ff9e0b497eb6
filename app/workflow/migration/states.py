"""The states of a migration's items, and their words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ItemState(StrEnum):
    """One case of a migration. `PENDING` is still to be done; whoever is killed on the way leaves it so."""

    PENDING = "pending"
    MIGRATED = "migrated"
    REFUSED = "refused"
    UNDONE = "undone"


ITEM_WORDS: Mapping[ItemState, str] = {
    ItemState.PENDING: "待迁移",
    ItemState.MIGRATED: "已迁移",
    ItemState.REFUSED: "未能迁移",
    ItemState.UNDONE: "已撤销迁移",
}

#: Which state may follow which.
ITEM_MOVES: Mapping[ItemState, frozenset[ItemState]] = {
    ItemState.PENDING: frozenset({ItemState.MIGRATED, ItemState.REFUSED}),
    ItemState.MIGRATED: frozenset({ItemState.UNDONE}),
    ItemState.REFUSED: frozenset(),
    ItemState.UNDONE: frozenset(),
}
