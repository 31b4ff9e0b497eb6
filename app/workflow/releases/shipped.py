"""What comes with the product: put in force on set-up, but never over a version that an owner made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa

from app.core import audit, clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFound, UserError
from app.engine import CompiledProcess, DefinitionRefused, compile_process
from app.identity import permissions
from app.workflow import definitions
from app.workflow.comparison import compare
from app.workflow.models import Definition
from app.workflow.parts import Parts
from app.workflow.releases import drafts
from app.workflow.releases.models import ProcessDraft, ShippedOffer
from app.workflow.releases.states import DraftOrigin

_CALLED = re.compile(r'calledElement="([^"]+)"')


def deploy_shipped(root: Path, actor: Actor) -> list[Definition]:
    """Deploys everything under `root` (processes/bpmn, processes/dmn, processes/scenarios, forms); idempotent.

    Diagrams that others call come first. The key of a process is its file name. Where an owner's version is in force
    it stays: content that was never deployed becomes an offer in the studio. Gives what is in force of each.
    """
    tables = {path.name: path.read_text(encoding="utf-8") for path in sorted(root.glob("processes/dmn/*.dmn"))}
    forms = {
        path.relative_to(root / "forms").with_suffix("").as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.glob("forms/*/*.form"))
    }
    files = sorted(root.glob("processes/bpmn/*.bpmn"))
    diagrams = {path.stem: path.read_text(encoding="utf-8") for path in files}
    deployed = []
    for key in _callees_first(diagrams):
        scenarios = root / "processes" / "scenarios" / f"{key}.yaml"
        text = scenarios.read_text(encoding="utf-8") if scenarios.exists() else None
        deployed.append(_ship(key, Parts(diagrams[key], tables, forms, text), actor))
    return [row for row in deployed if row is not None]


def open_offers() -> list[ShippedOffer]:
    """What an update brought and nobody answered yet, by key."""
    statement = sa.select(ShippedOffer).where(ShippedOffer.answered_at.is_(None)).order_by(ShippedOffer.key)
    return list(db.session.scalars(statement))


def offer(key: str) -> ShippedOffer | None:
    """The open offer for a process."""
    found = db.session.get(ShippedOffer, key)
    return found if found is not None and found.answered_at is None else None


def take_up(key: str, actor: Actor) -> ProcessDraft:
    """取用: the offered content as a draft, compared and approved like any other.

    :raises Conflict: there is a draft already. :raises NotFound: nothing is offered.
    """
    found = offer(key)
    if found is None:
        raise NotFound(f"产品更新没有带来流程“{key}”的新版本")
    base = definitions.version_in_force(key)
    draft = drafts.create(key, found.name, _offered(found), actor, base_version=base, origin=DraftOrigin.SHIPPED)
    draft.note = "采用产品更新带来的版本"
    return draft


def decline(key: str, actor: Actor, reason: str) -> None:
    """不采用: the offer is not shown again unless an update brings something else."""
    permissions.require(actor, permissions.PROCESS_EDIT)
    if not reason.strip():
        raise UserError("写明不采用的理由", "reason")
    found = offer(key)
    if found is None:
        raise NotFound(f"产品更新没有带来流程“{key}”的新版本")
    _answer(found, actor)
    audit.record(actor, "definition.decline_offer", "definition", key, reason=reason.strip())


def changes_of(found: ShippedOffer) -> list[str]:
    """What the offered content would change of the version in force, in words."""
    newest = definitions.newest(found.key)
    return compare(definitions.parts_of(newest), _offered(found)).summary() if newest is not None else []


def settle(draft: ProcessDraft, actor: Actor) -> None:
    """The offer that a draft took up is answered once the draft is published."""
    found = offer(draft.key)
    if draft.origin == DraftOrigin.SHIPPED and found is not None:
        _answer(found, actor)


def _answer(found: ShippedOffer, actor: Actor) -> None:
    found.answered_at, found.answered_by_name = clock.now(), actor.name


def _ship(key: str, parts: Parts, actor: Actor) -> Definition | None:
    """One process: deployed, left alone or offered; what is in force then."""
    newest = definitions.newest(key)
    called = {name: text.encode() for name, text in definitions.called_diagrams(parts.xml).items()}
    try:
        compiled = compile_process(parts.xml.encode(), parts.table_bytes(), called)
        own = parts.used_by(compiled)
        if newest is not None and newest.origin == definitions.OWNER:
            return _keep_owners(newest, compiled, own, actor)
        if newest is not None and _is_same(newest, own):
            return newest
        return definitions.deploy(
            key, parts.xml.encode(), parts.table_bytes(), parts.forms, parts.scenarios, actor
        )
    except DefinitionRefused:
        if not any(_is_owners(name) for name in called):
            raise
        # It does not fit the version that an owner made of what it calls: what is in force stays.
        _offer(key, key, parts, actor)
        return newest


def _keep_owners(newest: Definition, compiled: CompiledProcess, own: Parts, actor: Actor) -> Definition:
    if not _was_deployed(newest.key, own.own_digest()):
        _offer(newest.key, compiled.name or newest.key, own, actor)
    return newest


def _was_deployed(key: str, digest: str) -> bool:
    return any(definitions.parts_of(row).own_digest() == digest for row in definitions.versions(key))


def _is_same(newest: Definition, own: Parts) -> bool:
    """Whether there is nothing new, or only that an owner changed what it calls: that is his to bring in."""
    if definitions.parts_of(newest).own_digest() != own.own_digest():
        return False
    called = definitions.called_diagrams(own.xml)
    changed = {name for name in {*called, *newest.called} if called.get(name) != newest.called.get(name)}
    return all(_is_owners(name) for name in changed)


def _is_owners(key: str) -> bool:
    newest = definitions.newest(key)
    return newest is not None and newest.origin == definitions.OWNER


def _offer(key: str, name: str, own: Parts, actor: Actor) -> None:
    digest = own.own_digest()
    found = db.session.get(ShippedOffer, key)
    if found is not None and found.hash == digest:
        return
    if found is None:
        found = ShippedOffer(key=key)
        db.session.add(found)
    found.hash, found.name, found.xml, found.scenarios = digest, name, own.xml, own.scenarios
    found.tables, found.forms = dict(own.tables), dict(own.forms)
    found.offered_at, found.answered_at, found.answered_by_name = clock.now(), None, None
    db.session.flush()
    audit.record(actor, "definition.offer", "definition", key, after={"content": digest})


def _offered(found: ShippedOffer) -> Parts:
    return Parts(found.xml, found.tables, found.forms, found.scenarios)


def _callees_first(diagrams: Mapping[str, str]) -> list[str]:
    order: list[str] = []

    def place(key: str, above: tuple[str, ...]) -> None:
        if key in order or key in above or key not in diagrams:
            return
        for callee in _CALLED.findall(diagrams[key]):
            place(callee, (*above, key))
        order.append(key)

    for key in diagrams:
        place(key, ())
    return order
