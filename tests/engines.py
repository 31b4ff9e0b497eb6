"""Engines of one process, each on a database of its own, that share what SQLAlchemy compiled for any of them."""

from __future__ import annotations

from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache

#: So many statements are remembered; one application of the product asks less than half of them.
ROOM = 4000
#: By the kind of database: the engine whose dialect has asked its database what it can do.
_first: dict[str, Engine] = {}


def share_compiled(engine: Engine) -> None:
    """Every test's engine is new; compiling its statements anew costs a third of a test of pages or services."""
    first = _first.setdefault(f"{engine.dialect.name}+{engine.dialect.driver}", engine)
    if first is engine:
        engine._compiled_cache = LRUCache(ROOM)
        engine.connect().close()
        engine.dispose()
        return
    # What was compiled is kept by the dialect that it was compiled for.
    engine.dialect = engine.pool._dialect = first.dialect
    engine._compiled_cache = first._compiled_cache
