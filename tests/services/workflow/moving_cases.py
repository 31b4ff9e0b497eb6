"""Two versions of a process and a migration between them, in few words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from app.core import clock
from app.core.database import db
from app.core.transaction import transaction
from app.workflow import definitions
from app.workflow.migration import carrying, undoing
from app.workflow.migration.models import MigrationItem
from app.workflow.migration.verdicts import Move, Verdict, dry_run
from tests.services.workflow.world import World, in_transaction
from tests.unit.engine import diagrams as d

REASON = "局务会要求加一道复核"


def steps(*names: str, groups: dict[str, str] | None = None, more: tuple[d.Node, ...] = ()) -> bytes:
    """Tasks one after another."""
    path = ["begin", *names, "done"]
    held = groups or {}
    tasks = [d.user(name, group=held.get(name, "center_clerk")) for name in names]
    nodes = [d.start(), *tasks, *more, d.end()]
    late = [f"{made[1]} > done" for made in more if made[0] == "boundaryEvent"]
    pairs = pairwise(path)
    return d.diagram("line", nodes, [*(f"{one} > {other}" for one, other in pairs), *late])


def move(key: str, before: int, after: int) -> Move:
    """From one version to another."""
    found = {row.version: row for row in definitions.versions(key)}
    return Move(found[before], found[after])


def tried(key: str, cases: Sequence[int], before: int = 1, after: int = 2) -> list[Verdict]:
    """The dry run."""
    verdicts = dry_run(cases, move(key, before, after))
    db.session.rollback()
    return verdicts


def begin(world: World, key: str, cases: Sequence[int], before: int = 1, after: int = 2) -> list[int]:
    """Begins a migration; gives the ids of its items."""

    def act() -> list[int]:
        number = carrying.begin(key, move(key, before, after), cases, REASON, world["owner"])
        return carrying.pending_of(number, 1000)

    return in_transaction(act)


def carry(items: Sequence[int]) -> None:
    """Carries items out, each in a transaction of its own."""
    for item in items:
        with transaction():
            carrying.carry_out(item, clock.now())


def migrate(world: World, key: str, *cases: int, before: int = 1, after: int = 2) -> list[MigrationItem]:
    """A whole migration; gives its items as they stand then."""
    items = begin(world, key, cases, before, after)
    carry(items)
    return [item(one) for one in items]


def item(item_id: int) -> MigrationItem:
    """An item as it is in the database now."""
    row = db.session.get_one(MigrationItem, item_id, populate_existing=True)
    db.session.expunge_all()
    db.session.rollback()
    return row


def undo(world: World, item_id: int, by: str = "owner", reason: str = "弄错了批次") -> None:
    """Undoes the migration of one case."""
    in_transaction(lambda: undoing.undo(item_id, world[by], reason))
