"""One memory of compiled SQL for the databases of all tests.

SQLAlchemy keeps what it has compiled with an engine and its dialect. Every test has an engine of its own, on a copy
of its own, and would compile anew what a hundred tests before it asked; a third of a page test went into that.
"""

from __future__ import annotations

from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache

#: So many statements are remembered; one application of the product asks less than half of them.
ROOM = 4000

_make_engine = SQLAlchemy._make_engine
#: Kind of database -> the first engine of this process that was connected, whose dialect and memory all use.
_first: dict[str, Engine] = {}


def share_compiled() -> None:
    """From here on the engines of this process that are of one kind share what they have compiled."""
    SQLAlchemy._make_engine = _sharing  # type: ignore[method-assign]


def _sharing(db: SQLAlchemy, bind_key: str | None, options: dict[str, Any], app: Any) -> Engine:
    engine = _make_engine(db, bind_key, options, app)
    kind = f"{engine.dialect.name}+{engine.dialect.driver}"
    if kind in _first:
        engine.dialect = engine.pool._dialect = _first[kind].dialect
        engine._compiled_cache = _first[kind]._compiled_cache
    else:
        event.listen(engine, "first_connect", lambda *_: _lend(kind, engine))
    return engine


def _lend(kind: str, engine: Engine) -> None:
    """Connecting has taught the dialect what server it speaks to: now it can be lent."""
    engine._compiled_cache = LRUCache(ROOM)
    _first.setdefault(kind, engine)
