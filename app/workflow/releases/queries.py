"""What the studio's pages show: the processes, the versions of one, what waits for an approval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.database import db
from app.workflow import definitions
from app.workflow.models import Definition, Incident, Instance
from app.workflow.releases import publishing, shipped
from app.workflow.releases.models import ACTIVE_DRAFTS, ProcessDraft, ShippedOffer
from app.workflow.releases.states import DraftState

_RUNNING = sa.text("wf_instance.status IN ('running', 'suspended')")
_OPEN = sa.text("wf_incident.status = 'open'")


@dataclass(frozen=True)
class ProcessLine:
    """A process on the index: what is in force, what is being made, what runs, what failed, what an update brought.

    `stale_calls` are the processes it calls that have a newer version than the one pinned with it.
    """

    key: str
    name: str
    in_force: Definition | None
    draft: ProcessDraft | None
    running: int
    incidents: int
    offer: ShippedOffer | None
    stale_calls: tuple[str, ...]


@dataclass(frozen=True)
class VersionLine:
    """A version in the table of versions; `running` cases still follow it."""

    definition: Definition
    in_force: bool
    running: int


def processes() -> list[ProcessLine]:
    """Every process that has a version, a draft or an offer, by key."""
    in_force = {row.key: row for row in definitions.current()}
    drafts = {row.key: row for row in db.session.scalars(sa.select(ProcessDraft).where(ACTIVE_DRAFTS))}
    offers = {row.key: row for row in shipped.open_offers()}
    running, incidents = _running_by_process(), _incidents_by_process()
    lines = []
    for key in sorted({*in_force, *drafts, *offers}):
        row, draft, offer = in_force.get(key), drafts.get(key), offers.get(key)
        named = row or draft or offer
        lines.append(
            ProcessLine(
                key=key,
                name=named.name if named is not None else key,
                in_force=row,
                draft=draft,
                running=running.get(key, 0),
                incidents=incidents.get(key, 0),
                offer=offer,
                stale_calls=_stale_calls(row, in_force),
            )
        )
    return lines


def versions(key: str) -> list[VersionLine]:
    """All versions of a process, newest first, with the cases that still follow each."""
    rows = definitions.versions(key)
    counts = sa.select(Instance.definition_id, sa.func.count()).where(_RUNNING, Instance.process_key == key)
    running = {row[0]: row[1] for row in db.session.execute(counts.group_by(Instance.definition_id))}
    return [VersionLine(row, place == 0, running.get(row.id, 0)) for place, row in enumerate(rows)]


def waiting_for(actor: Actor) -> list[ProcessDraft]:
    """The submitted drafts that this person may approve, the oldest first."""
    return [draft for draft in submitted() if publishing.why_not_approve(draft, actor) is None]


def submitted() -> list[ProcessDraft]:
    """Every draft that waits for an approval, the oldest first."""
    statement = sa.select(ProcessDraft).where(ACTIVE_DRAFTS, ProcessDraft.state == DraftState.SUBMITTED)
    return list(db.session.scalars(statement.order_by(ProcessDraft.submitted_at, ProcessDraft.id)))


def callers_of(key: str) -> list[Definition]:
    """The versions in force that have pinned the process `key`."""
    return [row for row in definitions.current() if key in row.called]


def _stale_calls(row: Definition | None, in_force: Mapping[str, Definition]) -> tuple[str, ...]:
    if row is None:
        return ()
    return tuple(
        in_force[name].name for name, xml in row.called.items() if name in in_force and in_force[name].xml != xml
    )


def _running_by_process() -> dict[str, int]:
    counts = sa.select(Instance.process_key, sa.func.count()).where(_RUNNING).group_by(Instance.process_key)
    return {row[0]: row[1] for row in db.session.execute(counts)}


def _incidents_by_process() -> dict[str, int]:
    counts = (
        sa.select(Instance.process_key, sa.func.count(Incident.id))
        .join(Incident, Incident.instance_id == Instance.id)
        .where(_OPEN)
        .group_by(Instance.process_key)
    )
    return {row[0]: row[1] for row in db.session.execute(counts)}
