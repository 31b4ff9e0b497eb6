"""Engines of one process, each on a database of its own, that share what SQLAlchemy compiled for the first of them."""

from __future__ import annotations

from sqlalchemy.engine import Engine

#: By the kind of database: the engine whose dialect has asked its database what it can do.
_first: dict[str, Engine] = {}


def share_compiled(engine: Engine) -> None:
    """Every test's engine is new; compiling its statements anew costs a third of a test of services."""
    first = _first.setdefault(engine.dialect.name, engine)
    if first is engine:
        engine.connect().close()
        engine.dispose()
        return
    # What was compiled is kept by the dialect that it was compiled for.
    engine.dialect = engine.pool._dialect = first.dialect
    engine._compiled_cache = first._compiled_cache
