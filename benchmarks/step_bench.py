"""What it costs to complete a user task of a process of three, durably.

    python -m benchmarks.step_bench

(a) bare SpiffWorkflow: lock the row, deserialise state and specification, complete, serialise, write state and one
audit row, commit. (b) our service layer: lock, authority, step, projections, history, hash-chained audit, commit.
Both on the same database and settings, taking turns in the same run; ratios hold on a busy machine, times do not.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import Flask
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.util.task import TaskState

from app.core.database import WRITING, db
from app.core.transaction import transaction
from app.workflow import tasks
from app.workflow.attempt import attempt
from benchmarks.ground import applications, checkpoint, counted, median_ms, wal_position
from tests.services.workflow.world import World, three_steps

ROUNDS, WARM_UP = 60, 10
#: Completions whose statements, rows and WAL are counted.
COUNTED = 30

Act = Callable[[], object]
DOERS = {"submit": "clerk", "review": "reviewer", "approve": "leader"}
#: Five fields, then two and two, as the peers were measured.
VALUES: Mapping[str, dict[str, str]] = {
    "submit": {f"field_{n}": f"第{n}项的内容，约二十个字，用来量一量" for n in range(5)},
    "review": {"decision": "通过", "opinion": "材料齐全，符合条件"},
    "approve": {"decision": "同意", "opinion": "同意拟入库"},
}


@dataclass
class Measured:
    """Times of every completion in seconds, and the database work of one."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    statements: float = 0
    rows: float = 0
    wal: float | None = None

    def add(self, act: Callable[[], object]) -> None:
        """Runs `act` under the clock."""
        wall, cpu = time.perf_counter(), time.process_time()
        act()
        self.cpu.append(time.process_time() - cpu)
        self.wall.append(time.perf_counter() - wall)


class Bare:
    """SpiffWorkflow as its documentation stores it: everything in one JSON text."""

    def __init__(self, app: Flask) -> None:
        self._engine = db.engine
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(DEFAULT_CONFIG))
        parser = SpiffBpmnParser()
        parser.add_bpmn_xml(etree.fromstring(three_steps()), "three_steps.bpmn")
        self._spec = parser.get_spec("three_steps")
        metadata = sa.MetaData()
        self._state = sa.Table("bare_state", metadata, sa.Column("id", sa.Integer, primary_key=True),
                               sa.Column("state", sa.Text))
        self._audit = sa.Table("bare_audit", metadata, sa.Column("id", sa.Integer, primary_key=True),
                               sa.Column("instance_id", sa.Integer), sa.Column("what", sa.Text))
        with self._engine.begin() as connection:
            metadata.create_all(connection)

    def start(self) -> int:
        """Stores a new instance at its first task."""
        workflow = BpmnWorkflow(self._spec)
        workflow.do_engine_steps()
        with self._engine.begin() as connection:
            text = self._serializer.serialize_json(workflow)
            done = connection.execute(sa.insert(self._state).values(state=text))
            return int(done.inserted_primary_key[0])

    def complete(self, instance_id: int, values: Mapping[str, Any]) -> None:
        """One completion in one transaction."""
        with self._engine.connect().execution_options(**WRITING) as connection, connection.begin():
            row = sa.select(self._state.c.state).where(self._state.c.id == instance_id).with_for_update()
            workflow = self._serializer.deserialize_json(connection.scalar(row))
            task = next(iter(workflow.get_tasks(state=TaskState.READY, manual=True)))
            task.data.update(values)
            task.run()
            workflow.do_engine_steps()
            text = self._serializer.serialize_json(workflow)
            connection.execute(sa.update(self._state).where(self._state.c.id == instance_id).values(state=text))
            what = json.dumps({"task": task.task_spec.name, "values": values}, ensure_ascii=False)
            connection.execute(sa.insert(self._audit).values(instance_id=instance_id, what=what))


class Ours:
    """Our service layer, as a page calls it."""

    def __init__(self) -> None:
        self._world = World()
        self._world.deploy("three_steps", three_steps())
        self._number = 0

    def start(self) -> int:
        """A new case at its first task."""
        self._number += 1
        return self._world.start("three_steps", f"RK-2026-{self._number:04}")

    def task_id(self, instance_id: int, element: str) -> str:
        """Not part of what is measured: a page knows its task."""
        return self._world.task(instance_id, element).id

    def complete(self, task_id: str, element: str) -> None:
        """One completion in one transaction."""
        actor = self._world[DOERS[element]]
        attempt(transaction, lambda: tasks.complete(task_id, VALUES[element], actor, 0))


def measure(app: Flask) -> tuple[Measured, Measured]:
    """Both in turns on one database."""
    bare, ours = Bare(app), Ours()
    results = Measured(), Measured()
    for round_number in range(WARM_UP + ROUNDS):
        if round_number == WARM_UP:
            results = Measured(), Measured()
        theirs, mine = bare.start(), ours.start()
        for element, values in VALUES.items():
            results[0].add(lambda theirs=theirs, values=values: bare.complete(theirs, values))
            task_id = ours.task_id(mine, element)
            results[1].add(lambda task_id=task_id, element=element: ours.complete(task_id, element))
    _count(results[0], lambda: _bare_reviews(bare))
    _count(results[1], lambda: _our_reviews(ours))
    return results


def _bare_reviews(bare: Bare) -> list[Act]:
    instances = [bare.start() for _ in range(COUNTED)]
    for one in instances:
        bare.complete(one, VALUES["submit"])
    return [lambda one=one: bare.complete(one, VALUES["review"]) for one in instances]


def _our_reviews(ours: Ours) -> list[Act]:
    cases = [ours.start() for _ in range(COUNTED)]
    for case in cases:
        ours.complete(ours.task_id(case, "submit"), "submit")
    reviews = [ours.task_id(case, "review") for case in cases]
    return [lambda one=one: ours.complete(one, "review") for one in reviews]


def _count(measured: Measured, prepare: Callable[[], list[Act]]) -> None:
    """The database work of one completion, on average; the pages it touches were touched since the checkpoint."""
    db.session.rollback()
    checkpoint(db.engine)
    acts = prepare()
    db.session.rollback()
    began = wal_position(db.engine)
    with counted(db.engine) as work:
        for act in acts:
            act()
    ended = wal_position(db.engine)
    measured.statements, measured.rows = work.statements / len(acts), work.rows / len(acts)
    measured.wal = (ended - began) / len(acts) / 1024 if began is not None and ended is not None else None


def main() -> None:
    """Prints the table."""
    for name in ("spiff", "spiff.task", "spiff.workflow"):
        logging.getLogger(name).setLevel(logging.WARNING)
    print(f"{'one completion':44}{'wall ms':>9}{'cpu ms':>9}{'stmts':>7}{'rows':>6}{'WAL KiB':>9}")
    with applications() as made:
        for database, app in made:
            with app.app_context():
                bare, ours = measure(app)
            for what, one in (("(a) bare SpiffWorkflow, 2 rows", bare), ("(b) service layer", ours)):
                wal = f"{one.wal:9.1f}" if one.wal is not None else f"{'-':>9}"
                label = f"{database} {what}"
                print(f"{label:44}{median_ms(one.wall):9.2f}{median_ms(one.cpu):9.2f}"
                      f"{one.statements:7.1f}{one.rows:6.1f}{wal}")
            wall, cpu = (median_ms(a) / median_ms(b) for a, b in ((ours.wall, bare.wall), (ours.cpu, bare.cpu)))
            print(f"{database + ' (b) / (a)':44}{wall:9.2f}{cpu:9.2f}   aim: at most 3.5")


if __name__ == "__main__":
    main()
