"""Looking at objections: who objects is for the bureau's handlers only, and every look is recorded (no. 12)."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.masking import mask_id_number, mask_name, mask_phone
from app.identity import permissions, reveal
from app.procedures.objection import store
from app.procedures.objection.models import Objection, ObjectionState
from app.procedures.objection.rules.filing import FILE_WORDS
from app.registers.files import service as files
from app.registers.files.access import readers_of
from app.registers.files.models import StoredFile


@dataclass(frozen=True)
class Objector:
    """Who objected, masked."""

    kind: str
    name: str
    id_number: str
    uscc: str
    phone: str


@dataclass(frozen=True)
class ObjectionView:
    """An objection as its handlers see it; `papers` are (file, word)."""

    objection: Objection
    state: str
    delivery: str
    objector: Objector
    matter: str
    grounds: str
    papers: tuple[tuple[StoredFile, str], ...]


def view(number: str, *, actor: Actor) -> ObjectionView:
    """The whole objection for a handler; the look is recorded, so a writing transaction is needed.

    :raises NotAllowed: not one of the bureau's. :raises NotFound: there is none.
    """
    permissions.require(actor, permissions.OBJECTION_READ)
    found = store.objection(number)
    audit.record(actor, "objection.view", "objection", number, note="异议内容")
    return ObjectionView(
        objection=found,
        state=found.state.label,
        delivery=found.delivery.label,
        objector=_objector(found),
        matter=found.matter,
        grounds=found.grounds,
        papers=tuple(
            (file, FILE_WORDS.get(file.purpose, file.purpose)) for file in files.of_owner(store.OWNER, number)
        ),
    )


def _objector(found: Objection) -> Objector:
    name = found.objector_name or ""
    return Objector(
        kind=found.kind.label,
        name=mask_name(name) if found.kind.value == "individual" else name,
        id_number=mask_id_number(found.objector_id_number or ""),
        uscc=found.objector_uscc or "",
        phone=mask_phone(found.objector_phone or ""),
    )


@dataclass(frozen=True)
class ObjectionLine:
    """An objection in a list: the case, never who objected."""

    number: str
    candidate: str
    application_no: str | None
    state: ObjectionState
    overdue: bool


def of_candidate(application_no: str) -> list[ObjectionLine]:
    """The objections to one candidate in the order of their numbers."""
    return _lines(sa.select(Objection).where(Objection.application_no == application_no).order_by(Objection.number))


def latest(limit: int = 50, before: str | None = None) -> list[ObjectionLine]:
    """Objections, latest first, from the one before the number `before` on."""
    statement = sa.select(Objection).order_by(Objection.number.desc()).limit(limit)
    return _lines(statement.where(Objection.number < before) if before else statement)


def _lines(statement: sa.Select[Objection]) -> list[ObjectionLine]:
    return [
        ObjectionLine(item.number, item.candidate_name, item.application_no, item.state, item.overdue_since is not None)
        for item in db.session.scalars(statement)
    ]


@reveal.provider("objection")
def _revealed(number: str, actor: Actor) -> reveal.Revealed | None:
    """Who objected, in clear; only for the bureau's handlers."""
    permissions.require(actor, permissions.OBJECTION_READ)
    found = db.session.get(Objection, number)
    if found is None:
        return None
    values = {
        "异议人": found.objector_name,
        "身份证号": found.objector_id_number,
        "统一社会信用代码": found.objector_uscc,
        "联系人": found.objector_contact,
        "手机号码": found.objector_phone,
        "电子邮箱": found.objector_email,
        "通讯地址": found.objector_address,
    }
    return reveal.Revealed(f"异议 {number}", {word: value for word, value in values.items() if value})


@readers_of(store.OWNER)
def _may_read_paper(actor: Actor, file: StoredFile) -> bool:
    return permissions.allowed(actor, permissions.OBJECTION_READ)
