"""How fast the inbox is with 100,000 open tasks, and how fast due timers are found among 1,000,000 rows.

    python -m benchmarks.inbox_bench
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask

from app import regulations
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.transaction import transaction
from app.workflow import inbox, timers
from app.workflow.inbox import Filters
from benchmarks.ground import applications, median_ms

TASKS, TIMERS, PENDING, DUE = 100_000, 1_000_000, 100_000, 50
ROUNDS = 30
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=clock.ZONE)
#: A member of the two busiest groups, with tasks of his own.
ACTOR = Actor(user_id=7, name="段晓芸", roles=frozenset({"center_clerk", "bureau_reviewer"}), unit_id=1)

_GROUPS = ("center_clerk", "bureau_reviewer", "bureau_leader", "dept_organiser", "dept_leader", "expert")


def _numbers(dialect: str, count: int) -> str:
    if dialect == "postgresql":
        return f"(SELECT generate_series(1, {count}) AS n) AS numbers"
    counting = f"SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count}"
    return f"(WITH RECURSIVE c(n) AS ({counting}) SELECT n FROM c) AS numbers"


def _instant(dialect: str, moment: str) -> str:
    """`moment` is minutes after NOW, as an SQL expression."""
    base = (NOW - timedelta(hours=8)).replace(tzinfo=None)
    if dialect == "postgresql":
        return f"(timestamp '{base}' + ({moment}) * interval '1 minute') AT TIME ZONE 'UTC'"
    return f"strftime('%Y-%m-%d %H:%M:%S', '{base}', ({moment}) || ' minutes') || '.000000'"


def fill(dialect: str) -> None:
    """Tasks are due at midnights from yesterday's to the eighteenth to come; the database writes the rows itself."""
    now, at = _instant(dialect, "0"), _instant(dialect, "900 + (n % 20 - 2) * 1440")
    group = "CASE n % 6 " + " ".join(f"WHEN {i} THEN '{name}'" for i, name in enumerate(_GROUPS)) + " END"
    false = "false" if dialect == "postgresql" else "0"
    statements = [
        "INSERT INTO wf_spec (hash, text) VALUES ('h', '{}')",
        f"""INSERT INTO wf_definition (id, key, version, name, xml, tables, forms, called, outline, variable_types,
            spec_hash, content_hash, state, published_at, published_by_name)
            VALUES (1, 'p', 1, 'p', '', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', 'h', 'h', 'published', {now}, 'x')""",
        f"""INSERT INTO wf_instance (id, definition_id, spec_hash, process_key, business_key, title, status, rev,
            rule_set_id, open_incidents, started_at, started_by_name)
            VALUES (1, 1, 'h', 'p', 'RK-2026-0001', 't', 'running', 0, 1, 0, {now}, 'x')""",
        f"""INSERT INTO wf_task (id, instance_id, process_key, business_key, title, element_id, name, candidate_group,
            candidate_groups, candidate_user_ids, assignee_id, assignee_name, status, rev, due_at, provisional,
            inbox_at, created_at, warned, pending_signers)
            SELECT 'task-' || n, 1, 'expert_entry', 'RK-2026-' || n, '周启明 入库申请', 'qualification_review',
            '资格审查', {group}, '[]', '[]', CASE WHEN n % 100 = 0 THEN 7 END,
            CASE WHEN n % 100 = 0 THEN '段晓芸' END, 'open', 0, {at}, {false}, {at}, {now}, 0, 0
            FROM {_numbers(dialect, TASKS)}""",
        f"""INSERT INTO wf_timer (instance_id, task_id, element_id, name, due_at, engine_at, wake_at, status,
            provisional, attempts)
            SELECT 1, 't', 'late', '到期', {_timer(dialect)}, {_timer(dialect)}, {_timer(dialect)},
            CASE WHEN n % {TIMERS // PENDING} = 0 THEN 'pending' ELSE 'fired' END, {false}, 0
            FROM {_numbers(dialect, TIMERS)}""",
    ]
    with transaction() as session:
        for statement in statements:
            session.execute(sa.text(statement))
        regulations.seed(session)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _timer(dialect: str) -> str:
    """Of the pending timers `DUE` lie before NOW and the others after it; all fired ones lie before."""
    step = TIMERS // PENDING
    return _instant(dialect, f"CASE WHEN n % {step} = 0 THEN n / {step} - {DUE} ELSE -n END")


def timed(act: Callable[[], object]) -> float:
    """The median milliseconds of an act in a read transaction of its own."""
    act()
    found = []
    for _ in range(ROUNDS):
        db.session.rollback()
        db.session.connection()
        began = time.perf_counter()
        act()
        found.append(time.perf_counter() - began)
    db.session.rollback()
    return median_ms(found)


def whole_page() -> None:
    """What one view of the inbox page asks for: rows, figures beside the tabs, load of the coming days."""
    inbox.page(ACTOR, "groups", Filters(), None, NOW)
    inbox.counts(ACTOR, NOW)
    inbox.load(ACTOR, NOW)


def deep(pages: int) -> str | None:
    """The place after so many pages."""
    after: str | None = None
    for _ in range(pages):
        after = inbox.page(ACTOR, "groups", Filters(), after, NOW, size=200).next_after
    return after


def measure(app: Flask) -> list[tuple[str, float, float | None]]:
    """Lines of the table for one database."""
    with app.app_context():
        fill(db.engine.dialect.name)
        place = deep(50)
        found = timers.due(NOW, 200)
        assert len(found) == DUE, len(found)
        lines: list[tuple[str, Callable[[], object], float | None]] = [
            ("inbox page: groups, counts, load", whole_page, 30.0),
            ("  rows of the first page (groups)", lambda: _rows("groups"), None),
            ("  rows of a page 10,000 rows down", lambda: _rows("groups", place), None),
            ("  overdue", lambda: _rows("overdue"), None),
            ("  counts", lambda: inbox.counts(ACTOR, NOW), None),
            ("  load of eight working days", lambda: inbox.load(ACTOR, NOW), None),
            (f"{DUE} due timers among {TIMERS:,} rows", lambda: timers.due(NOW, 200), 1.0),
        ]
        return [(what, timed(act), aim) for what, act, aim in lines]


def _rows(view: inbox.View, after: str | None = None) -> inbox.InboxPage:
    return inbox.page(ACTOR, view, Filters(), after, NOW)


def main() -> None:
    """Prints the table."""
    print(f"{TASKS:,} open tasks; medians in ms\n{'':46}{'median':>9}{'aim':>7}")
    with applications() as made:
        for database, app in made:
            for what, median, aim in measure(app):
                print(f"{database + ' ' + what:46}{median:9.2f}{aim if aim is not None else '':>7}")


if __name__ == "__main__":
    main()
