"""What the tests of trials share: the shipped processes as drafts, and everything a trial must leave alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.database import db
from app.core.transaction import transaction
from app.workflow.parts import Parts
from app.workflow.releases import drafts
from app.workflow.trial import runs, sources
from app.workflow.trial.models import Trial
from app.workflow.trial.sandbox import COMPLETE, MESSAGE, Doing
from app.workflow.trial.subject import unpacked
from tests.processes.shipped import ROOT, compiled

T = TypeVar("T")
OWNER = Actor(user_id=901, name="樊立新", roles=frozenset({"process_owner"}))
TRIAL_TABLES = ("wf_trial", "wf_trial_step")


def shipped_parts(key: str) -> Parts:
    """A shipped process as a draft would hold it."""
    compiled(key)  # fills the catalogue of operations
    tables = {path.name: path.read_text("utf-8") for path in (ROOT / "processes" / "dmn").glob("*.dmn")}
    forms = {
        path.relative_to(ROOT / "forms").with_suffix("").as_posix(): path.read_text("utf-8")
        for path in (ROOT / "forms").glob("*/*.form")
    }
    scenarios = (ROOT / "processes" / "scenarios" / f"{key}.yaml").read_text("utf-8")
    return Parts((ROOT / "processes" / "bpmn" / f"{key}.bpmn").read_text("utf-8"), tables, forms, scenarios)


def written(act: Callable[[], T]) -> T:
    """An act as a page makes it: in a transaction of its own."""
    with transaction():
        return act()


def drafted(key: str, parts: Parts | None = None) -> int:
    """A draft with these parts, else with what is shipped; its id."""
    given = parts or shipped_parts(key)
    return written(lambda: drafts.create(key, "流程", given, OWNER).id)


def begun(draft_id: int, setting: runs.Setting | None = None) -> int:
    """A trial of a draft; its id."""
    return written(lambda: runs.begin(sources.of_draft(draft_id), setting or runs.Setting(), OWNER).id)


def done(trial_id: int, element: str, **values: Any) -> bool:
    """Completes an open task of the trial."""
    return written(lambda: runs.act(trial_id, steps(trial_id), Doing(COMPLETE, element, values=values)))


def told(trial_id: int, message: str, **values: Any) -> bool:
    """Gives the trial a message."""
    return written(lambda: runs.act(trial_id, steps(trial_id), Doing(MESSAGE, message, values=values)))


def steps(trial_id: int) -> int:
    """How many steps the trial has made."""
    return runs.get(trial_id).steps


def is_over(trial_id: int) -> bool:
    """Whether the trial has reached an end."""
    return bool(runs.steps_of(runs.get(trial_id))[-1].act["over"])


def subject(trial: Trial) -> Any:
    """What the trial runs on."""
    return unpacked(trial.content)


def contents_elsewhere() -> dict[str, int]:
    """How many rows every table holds that is no trial's."""
    names = [table for table in db.metadata.tables if table not in TRIAL_TABLES]
    with db.engine.connect() as connection:
        return {name: int(connection.scalar(sa.text(f'SELECT count(*) FROM "{name}"')) or 0) for name in names}
