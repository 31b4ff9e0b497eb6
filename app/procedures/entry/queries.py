"""Looking at applications: in words, masked for staff, searched; and who may read papers and whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.database import db
from app.core.masking import mask_email, mask_id_number, mask_phone
from app.identity import permissions, reveal
from app.procedures.entry import store
from app.procedures.entry.models import EDITABLE, Application, ApplicationState, Decision, SupplementRequest
from app.procedures.entry.rules.form import CHANNELS
from app.procedures.entry.rules.papers import PAPER_WORDS
from app.procedures.entry.rules.qualification import ROUTES
from app.registers import experts, proposed
from app.registers.files.access import readers_of
from app.registers.files.models import StoredFile


def state_word(found: Application) -> str:
    """The state in the procedure's words; between 拟入库 and the end the proposed list knows more."""
    if found.state == ApplicationState.PROPOSED and found.number is not None:
        row = proposed.proposed(found.number)
        if row is not None:
            return row.state.label
    return found.state.label


@dataclass(frozen=True)
class Paper:
    """A paper with the word for its kind."""

    file: StoredFile
    word: str


@dataclass(frozen=True)
class ApplicationView:
    """An application as staff see it beside a task: identity and contact masked (第六条)."""

    application: Application
    state: str
    channel: str
    route: str
    id_number: str
    phone: str
    email: str
    papers: tuple[Paper, ...]
    precheck: Decision | None
    supplement: SupplementRequest | None


def view(number: str) -> ApplicationView:
    """The masked view of a submitted application.

    :raises NotFound: there is none of that number.
    """
    found = store.application(number)
    return ApplicationView(
        application=found,
        state=state_word(found),
        channel=CHANNELS.get(found.channel, found.channel),
        route=f"{found.route} {ROUTES[found.route]}" if found.route in ROUTES else "",
        id_number=mask_id_number(found.id_number or ""),
        phone=mask_phone(found.phone),
        email=mask_email(found.email),
        papers=tuple(Paper(file, PAPER_WORDS.get(file.purpose, file.purpose)) for file in store.papers_of(found)),
        precheck=last_of(found, "precheck"),
        supplement=found.supplements[-1] if found.supplements else None,
    )


def last_of(found: Application, stage: str) -> Decision | None:
    """The latest conclusion of a stage."""
    return next((item for item in reversed(found.decisions) if item.stage == stage), None)


def earlier_of_person(found: Application) -> Sequence[Application]:
    """Other submitted applications of the same person, latest first: a refusal or upheld objection stays known."""
    statement = sa.select(Application).where(
        Application.id_number_index == found.id_number_index,
        Application.id != found.id,
        Application.number.is_not(None),
    )
    return db.session.scalars(statement.order_by(Application.submitted_at.desc())).all()


@dataclass(frozen=True)
class ApplicationFilter:
    """What applications are searched by; empty fields do not narrow."""

    text: str = ""
    state: str = ""
    submitted_before: datetime | None = None


def search(wanted: ApplicationFilter, limit: int = 50) -> Sequence[Application]:
    """Submitted applications, latest first, from `submitted_before` on; priority certificates mark, not order.

    `text` is a case number, the beginning of a name or a unit, or a whole ID number.
    """
    statement = sa.select(Application).where(Application.submitted_at.is_not(None))
    if wanted.text.strip():
        text = wanted.text.strip()
        begins = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        statement = statement.where(
            sa.or_(
                Application.number == store.normal(text),
                Application.name.like(begins, escape="\\"),
                Application.unit_name.like(begins, escape="\\"),
                Application.id_number_index == experts.id_number_index(text),
            )
        )
    if wanted.state:
        statement = statement.where(Application.state == ApplicationState(wanted.state))
    if wanted.submitted_before is not None:
        statement = statement.where(Application.submitted_at < wanted.submitted_before)
    return db.session.scalars(statement.order_by(Application.submitted_at.desc(), Application.id).limit(limit)).all()


def begun_on_paper(limit: int = 50) -> Sequence[Application]:
    """Paper applications that the centre can still type into, those touched last first."""
    statement = sa.select(Application).where(Application.intake == store.PAPER, Application.state.in_(EDITABLE))
    return db.session.scalars(statement.order_by(Application.updated_at.desc(), Application.id).limit(limit)).all()


@reveal.provider("application")
def _revealed(number: str, actor: Actor) -> reveal.Revealed | None:
    """The whole values behind the masks; `app.identity.reveal` asks for the reason and writes the audit line."""
    permissions.require(actor, permissions.APPLICATION_READ)
    found = store.find(number)
    if found is None or found.state == ApplicationState.DRAFT:
        return None
    values = {"身份证号": found.id_number or "", "手机号码": found.phone, "电子邮箱": found.email}
    return reveal.Revealed(f"入库申请 {found.number}", values)


@readers_of(store.OWNER)
def _may_read_paper(actor: Actor, file: StoredFile) -> bool:
    """Staff who check applications read the papers of submitted ones; the applicant's page asks its own session."""
    if not permissions.allowed(actor, permissions.APPLICATION_READ):
        return False
    found = db.session.get(Application, int(file.owner_id))
    return found is not None and found.state != ApplicationState.DRAFT
