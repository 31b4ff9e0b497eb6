"""What one expert's answer costs in a panel whose seats have running timers, durably.

    python -m benchmarks.panel_bench

The constructs, without any database: one instance for all seats (a multi-instance sub-process with a timer on each
task, as peers draw it) against an instance a seat; each reads its state, takes one answer, and writes the state.
Then on each database, taking turns in the same run: (a) bare SpiffWorkflow with one instance for all nine, the row
locked, state and one audit row written; (b) our service layer with the shipped diagrams: the answer of one of nine,
and the step in which the root takes notice of it.
"""

from __future__ import annotations

import gc
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.util.task import TaskState

from app import regulations
from app.core import clock
from app.core.database import WRITING, db
from app.core.transaction import transaction
from app.engine import Execution, compile_process, hardening
from app.procedures.selection.models import SeatState
from app.workflow import messages, tasks
from app.workflow.attempt import attempt
from benchmarks.ground import applications, counted, median_ms
from tests.services.procedures.selection.house import House
from tests.services.procedures.selection.world import COST, SECURITY, SOFTWARE, STARTS_AT, conditions
from tests.unit.engine import diagrams as d

SEATS = 9
SIZES = (5, 7, 9)
ROUNDS, WARM_UP = 8, 2
PANELS = 5
ANSWER = {"answer": "accept", "way": "login"}


def _seat(*before: d.Node) -> tuple[list[d.Node], list[str]]:
    nodes = [*before, d.start("asked"), d.user("answer"), d.boundary("silent", "answer", d.timer("Duration", '"PT2H"')),
             d.end("answered"), d.end("passed_on")]  # fmt: skip
    return nodes, ["asked > answer", "answer > answered", "silent > passed_on"]


def for_all() -> bytes:
    """One instance: every seat an instance of a sub-process, each with its timer."""
    nodes, flows = _seat()
    inner = d.sub("seat", nodes, flows, d.multi("seats", "line"))
    return d.diagram("panel", [d.start(), inner, d.end()], ["begin > seat", "seat > done"])


def for_one() -> bytes:
    """An instance for one seat."""
    nodes, flows = _seat()
    return d.diagram("seat", nodes, flows)


@dataclass
class Times:
    """Seconds of every act, by wall clock and by processor."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def add(self, act: Callable[[], object]) -> None:
        """Runs `act` under both clocks."""
        wall, cpu = time.perf_counter(), time.process_time()
        act()
        self.cpu.append(time.process_time() - cpu)
        self.wall.append(time.perf_counter() - wall)


class Bare:
    """SpiffWorkflow as its documentation stores it, with its own defects unmended: state in one JSON text."""

    def __init__(self, content: bytes, process: str) -> None:
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(DEFAULT_CONFIG))
        parser = SpiffBpmnParser()
        parser.add_bpmn_xml(etree.fromstring(content), "panel.bpmn")
        self._spec = parser.get_spec(process)
        self._inner = parser.get_subprocess_specs(process)

    def started(self, seats: int) -> str:
        """The state of a new instance in which every seat waits for its answer."""
        with hardening.stock():
            workflow = BpmnWorkflow(self._spec, self._inner)
            workflow.task_tree.data["seats"] = list(range(seats))
            workflow.do_engine_steps()
            workflow.refresh_waiting_tasks()
            return str(self._serializer.serialize_json(workflow))

    def answered(self, state: str) -> str:
        """The state after one more answer."""
        with hardening.stock():
            workflow = self._serializer.deserialize_json(state)
            task = next(iter(workflow.get_tasks(state=TaskState.READY, manual=True)))
            task.data.update(ANSWER)
            task.run()
            workflow.do_engine_steps()
            return str(self._serializer.serialize_json(workflow))


class Engine:
    """Our engine: the specification is cached, the state is small."""

    def __init__(self, content: bytes) -> None:
        compiled = compile_process(content, {})
        self._host = d.FakeHost()
        self._host.specs[compiled.spec_hash] = compiled.spec_text
        self._hash = compiled.spec_hash

    def started(self, seats: int) -> bytes:
        """As above."""
        return Execution.start(self._hash, {"seats": list(range(seats))}, self._host).dump()

    def answered(self, state: bytes) -> bytes:
        """As above."""
        execution = Execution.load(self._hash, state, self._host)
        execution.complete(execution.open_tasks()[0].id, ANSWER)
        return execution.dump()


def constructs() -> None:
    """Prints what one answer costs by either construct at each size of panel."""
    print(f"{'one answer, no database; cpu ms':44}{'for all':>9}{'a seat':>9}{'ratio':>7}")
    makers: tuple[tuple[str, Any, Any], ...] = (
        ("bare SpiffWorkflow", Bare(for_all(), "panel"), Bare(for_one(), "seat")),
        ("our engine", Engine(for_all()), Engine(for_one())),
    )
    for name, whole, single in makers:
        for seats in SIZES:
            all_times, one_times = Times(), Times()
            for turn in range(ROUNDS + WARM_UP):
                if turn == WARM_UP:
                    all_times, one_times = Times(), Times()
                _in_turns(whole, single, seats, all_times, one_times)
            together, alone = median_ms(all_times.cpu), median_ms(one_times.cpu)
            print(f"{f'{name}, {seats} seats':44}{together:9.2f}{alone:9.2f}{together / alone:7.1f}")


def _in_turns(whole: Any, single: Any, seats: int, all_times: Times, one_times: Times) -> None:
    state = whole.started(seats)
    kept = [state]
    for _ in range(seats):
        one = single.started(1)
        all_times.add(lambda: kept.append(whole.answered(kept[-1])))
        one_times.add(lambda one=one: single.answered(one))


class BarePanel:
    """One instance for all nine in a row of a table; an answer locks the row, and leaves an audit row."""

    def __init__(self) -> None:
        self._bare = Bare(for_all(), "panel")
        metadata = sa.MetaData()
        self._state = sa.Table("bare_panel", metadata, sa.Column("id", sa.Integer, primary_key=True),
                               sa.Column("state", sa.Text))  # fmt: skip
        self._audit = sa.Table("bare_panel_audit", metadata, sa.Column("id", sa.Integer, primary_key=True),
                               sa.Column("panel", sa.Integer), sa.Column("what", sa.Text))  # fmt: skip
        with db.engine.begin() as connection:
            metadata.create_all(connection)

    def start(self) -> int:
        """A panel of which nobody has answered."""
        with db.engine.begin() as connection:
            made = connection.execute(sa.insert(self._state).values(state=self._bare.started(SEATS)))
            return int(made.inserted_primary_key[0])

    def answer(self, panel: int) -> None:
        """One answer in one transaction."""
        table = self._state
        with db.engine.connect().execution_options(**WRITING) as connection, connection.begin():
            state = connection.scalar(sa.select(table.c.state).where(table.c.id == panel).with_for_update())
            values = {"state": self._bare.answered(state)}
            connection.execute(sa.update(table).where(table.c.id == panel).values(values))
            connection.execute(sa.insert(self._audit).values(panel=panel, what=json.dumps(ANSWER)))


class OurPanels:
    """Panels of nine in the house, drawn and invited, every reply period running."""

    def __init__(self) -> None:
        clock.allow_moving(True)
        clock.travel_to(datetime(2026, 3, 2, 9, 0, tzinfo=clock.ZONE))
        with transaction() as session:
            regulations.seed(session)
        self._house = House(pool=60)
        self._made = 0

    def start(self) -> str:
        """A panel of which nobody has answered; each on a day of its own, so that nobody's time clashes."""
        self._made += 1
        draft = conditions(panel_size=SEATS, quota={SECURITY: 3, SOFTWARE: 3, COST: 3})
        return self._house.drawn(draft, starts_at=STARTS_AT + timedelta(days=self._made))

    def answers(self, number: str) -> list[Callable[[], object]]:
        """The acceptance of each of the nine, as a page makes it."""
        found = []
        for one in self._house.members(number, SeatState.SENT):
            actor, task_id = self._house.expert(one), self._house.task(one.number, "answer_invitation")
            found.append(
                lambda task_id=task_id, actor=actor: attempt(
                    transaction, lambda: tasks.complete(task_id, ANSWER, actor, None)
                )
            )
        return found

    def notice(self) -> list[Callable[[], object]]:
        """The steps in which the root takes notice of what its children told."""
        with transaction():
            due = messages.due(clock.now(), SEATS)
        return [lambda one=one: _delivered(one) for one in due]

    def settle(self) -> None:
        """Lets everything else happen."""
        self._house.quiet()


def _delivered(message_id: int) -> None:
    with transaction():
        messages.deliver_queued(message_id, clock.now())


@dataclass
class Figures:
    """What was measured on one database; statements and rows of one answer on average."""

    bare: Times = field(default_factory=Times)
    answer: Times = field(default_factory=Times)
    notice: Times = field(default_factory=Times)
    statements: float = 0
    rows: float = 0


def measure() -> Figures:
    """All in turns on one database; the first panel warms up."""
    bare, ours, figures = BarePanel(), OurPanels(), Figures()
    for turn in range(PANELS + 1):
        theirs, number = bare.start(), ours.start()
        gc.collect()
        figures = Figures() if turn <= 1 else figures
        with counted(db.engine) as work:
            for act in ours.answers(number):
                before = work.statements, work.rows
                figures.answer.add(act)
                figures.statements += (work.statements - before[0]) / SEATS / PANELS
                figures.rows += (work.rows - before[1]) / SEATS / PANELS
                for step in ours.notice():
                    figures.notice.add(step)
                figures.bare.add(lambda theirs=theirs: bare.answer(theirs))
        ours.settle()
    return figures


def main() -> None:
    """Prints both tables."""
    for name in ("spiff", "spiff.task", "spiff.workflow"):
        logging.getLogger(name).setLevel(logging.WARNING)
    constructs()
    print(f"\n{f'one answer in a panel of {SEATS}, durable':44}{'wall ms':>9}{'cpu ms':>9}{'stmts':>7}{'rows':>6}")
    with applications() as made:
        for database, app in made:
            with app.app_context():
                found = measure()
            _print(f"{database} (a) bare, one instance for all", found.bare)
            work = f"{found.statements:7.1f}{found.rows:6.1f}"
            _print(f"{database} (b) service layer, the answer", found.answer, work)
            _print(f"{database} (b) the root takes notice", found.notice)
            wall, cpu = (
                median_ms(ours) / median_ms(theirs)
                for ours, theirs in ((found.answer.wall, found.bare.wall), (found.answer.cpu, found.bare.cpu))
            )
            print(f"{database + ' (b) / (a), the answer':44}{wall:9.2f}{cpu:9.2f}   aim: the answer at most 10 ms")


def _print(label: str, times: Times, rest: str = "") -> None:
    print(f"{label:44}{median_ms(times.wall):9.2f}{median_ms(times.cpu):9.2f}{rest}")


if __name__ == "__main__":
    main()
