"""Two process owners, a leader, and a small process that they change."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa

from app.core import audit, clock
from app.core.actor import SYSTEM, Actor
from app.core.audit import AuditEntry
from app.core.database import db
from app.core.transaction import transaction
from app.identity import accounts, roles
from app.notices.models import InboxMessage
from app.workflow.releases import drafts, publishing
from app.workflow.releases.models import ProcessDraft
from tests.services.workflow.world import World, in_transaction
from tests.unit.engine import diagrams as d

T = TypeVar("T")


def steps(*names: str, key: str = "leave") -> bytes:
    """A process of user tasks one after the other."""
    path = ["begin", *names, "done"]
    flows = [f"{before} > {after}" for before, after in itertools.pairwise(path)]
    drawn = d.diagram(key, [d.start(), *(d.user(name) for name in names), d.end()], flows)
    return drawn.replace(b'formKey="test/', f'formKey="{key}/'.encode())


class Desk:
    """The office with a second owner; every act is one transaction."""

    def __init__(self, world: World) -> None:
        self.world = world
        person = accounts.Person(login="owner2", name="许砚秋", unit_id=1, unit_name="单位1")
        with transaction():
            user = accounts.admit_account(person, {roles.PROCESS_OWNER}, actor=SYSTEM, now=clock.now())
            self.second = accounts.actor_of(user, "127.0.0.1")
        self.first, self.leader = world["owner"], world["leader"]

    def deploy(self, *names: str) -> None:
        """The process `leave` in force, as it comes with the product."""
        self.world.deploy("leave", steps(*names))

    def begin(self, actor: Actor | None = None) -> tuple[int, int]:
        """A draft of `leave`: id and rev."""
        return self.do(lambda: _mark(drafts.begin("leave", actor or self.first)))

    def changed(self, *names: str, actor: Actor | None = None) -> tuple[int, int]:
        """A draft of `leave` with these steps, saved by the first owner."""
        draft_id, rev = self.begin(actor)
        return draft_id, self.save(draft_id, rev, *names, actor=actor)

    def save(self, draft_id: int, rev: int, *names: str, actor: Actor | None = None) -> int:
        """Saves other steps with a form for each."""
        form = next(iter(self.draft(draft_id).forms.values()))
        forms = {f"leave/{name}": form for name in names}
        change = drafts.DraftChange(xml=steps(*names), forms=forms)
        return self.do(lambda: drafts.save(draft_id, rev, change, actor or self.first))

    def submitted(self, *names: str, publish_at: Any = None) -> tuple[int, int]:
        """A draft that waits for its approval."""
        draft_id, rev = self.changed(*names)
        self.do(lambda: publishing.submit(draft_id, rev, self.first, note="加一步", publish_at=publish_at))
        return draft_id, rev

    def approve(self, draft_id: int, rev: int, actor: Actor | None = None, **more: Any) -> publishing.Decision:
        """The other owner approves."""
        return self.do(lambda: publishing.approve(draft_id, rev, actor or self.second, **more))

    def draft(self, draft_id: int) -> ProcessDraft:
        """A draft as it is in the database now, detached."""
        row = db.session.get_one(ProcessDraft, draft_id, populate_existing=True)
        db.session.expunge(row)
        db.session.rollback()
        return row

    def told(self, user: Actor) -> list[str]:
        """The titles of a person's messages, in order."""
        rows = db.session.scalars(
            sa.select(InboxMessage.title).where(InboxMessage.user_id == user.user_id).order_by(InboxMessage.id)
        )
        found = list(rows)
        db.session.rollback()
        return found

    def trail(self) -> list[str]:
        """The acts on `leave` in the audit trail, whose chain holds."""
        assert list(audit.verify()) == []
        rows = db.session.scalars(
            sa.select(AuditEntry.action)
            .where(AuditEntry.subject_type == "definition", AuditEntry.subject_id == "leave")
            .order_by(AuditEntry.seq)
        )
        found = list(rows)
        db.session.rollback()
        return found

    @staticmethod
    def do(act: Callable[[], T]) -> T:
        """One act of one person."""
        return in_transaction(act)


def _mark(draft: ProcessDraft) -> tuple[int, int]:
    return draft.id, draft.rev
