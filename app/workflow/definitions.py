"""Versions of processes: each pins its diagram, decision tables, forms, called diagrams and scenarios."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from app.core import audit, clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, NotFound
from app.engine import CompiledProcess, DefinitionRefused, compile_process
from app.regulations.feel_functions import feel_functions
from app.regulations.rule_sets import shipped_rules
from app.workflow.conformance import Surroundings, check, refused
from app.workflow.form_types import variable_types
from app.workflow.models import Definition, Spec
from app.workflow.parts import Parts
from app.workflow.states import DefinitionState

_CALLED = re.compile(r'calledElement="([^"]+)"')

#: Where a version comes from: with the product, or from the studio.
SHIPPED, OWNER = "shipped", "owner"


@dataclass(frozen=True)
class ElementView:
    """What pages and rules need to know of an element; `groups` are role keys."""

    id: str
    kind: str
    name: str
    process_id: str
    scope_id: str | None
    lane: str | None
    documentation: str
    form_key: str | None
    groups: tuple[str, ...]
    attached_to: str | None
    properties: Mapping[str, str]


@dataclass(frozen=True)
class FlowView:
    """A sequence flow."""

    id: str
    name: str
    source: str
    target: str


@dataclass(frozen=True)
class DefinitionView:
    """A version as steps and pages use it, read once; nothing of it ever changes."""

    id: int
    key: str
    version: int
    name: str
    spec_hash: str
    elements: Mapping[str, ElementView]
    flows: tuple[FlowView, ...]
    variable_types: Mapping[str, str]

    def properties(self, element_id: str) -> Mapping[str, str]:
        """The properties of an element, empty if there is none."""
        element = self.elements.get(element_id)
        return element.properties if element else {}


@dataclass(frozen=True)
class Credit:
    """Where a version comes from and who answers for it: `origin` is shipped or owner.

    `overrides` are the legal steps that a leader let pass, each with its reason.
    """

    origin: str = SHIPPED
    note: str | None = None
    written_by: str | None = None
    approved_by_id: int | None = None
    approved_by_name: str | None = None
    restores_version: int | None = None
    overrides: Sequence[Mapping[str, Any]] = ()


#: Views by database, so that two databases in one process (tests) never share one.
_views: WeakKeyDictionary[Engine, dict[tuple[int, str], DefinitionView]] = WeakKeyDictionary()


def deploy(
    key: str,
    bpmn: bytes,
    tables: Mapping[str, bytes],
    forms: Mapping[str, str],
    scenarios: str | None,
    actor: Actor,
    *,
    note: str | None = None,
) -> Definition:
    """Checks and publishes a version of the process `key`; the same content again gives the version there is.

    `tables`: file name -> DMN XML; `forms`: form key -> form-js JSON text. Only what the diagram uses is kept.
    :raises DefinitionRefused: the findings say what and how to mend it.
    """
    texts = {name: xml.decode() for name, xml in tables.items()}
    parts = Parts(bpmn.decode(), texts, dict(forms), scenarios)
    called = called_diagrams(parts.xml)
    callable_xml = {name: text.encode() for name, text in called.items()}
    findings = check(bpmn, Surroundings(tables=tables, forms=forms, called=callable_xml))
    if refused(findings):
        raise DefinitionRefused(findings)
    before = newest(key)
    compiled = compile_process(bpmn, tables, callable_xml)
    if before is not None and before.content_hash == parts.used_by(compiled).digest(called):
        return before
    return publish(key, parts, Credit(note=note), actor)


def publish(key: str, parts: Parts, credit: Credit, actor: Actor) -> Definition:
    """Puts a version in force for new cases; whoever calls has had it checked.

    Only what the diagram uses is kept. The newest versions of the processes it calls are pinned with it.

    :raises DefinitionRefused: it cannot be compiled. :raises Conflict: another version came at the same moment.
    """
    called = called_diagrams(parts.xml)
    callable_xml = {name: text.encode() for name, text in called.items()}
    compiled = compile_process(parts.xml.encode(), parts.table_bytes(), callable_xml)
    before = newest(key)
    row = _row(key, compiled, parts.used_by(compiled), called, credit, actor)
    row.version = before.version + 1 if before else 1
    if before is not None:
        before.state = DefinitionState.RETIRED
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict(f"流程“{row.name}”同时有另一个版本发布了，请重新打开页面看现在的情况") from error
    was = {"version": before.version, "content": before.content_hash} if before else None
    now = {"version": row.version, "content": row.content_hash}
    audit.record(actor, "definition.publish", "definition", key, before=was, after=now, note=credit.note)
    return row


def _row(
    key: str, compiled: CompiledProcess, parts: Parts, called: Mapping[str, str], credit: Credit, actor: Actor
) -> Definition:
    if db.session.get(Spec, compiled.spec_hash) is None:
        db.session.add(Spec(hash=compiled.spec_hash, text=compiled.spec_text))
        db.session.flush()
    return Definition(
        key=key,
        name=compiled.name or key,
        xml=parts.xml,
        tables=dict(parts.tables),
        forms=dict(parts.forms),
        called=dict(called),
        scenarios=parts.scenarios,
        outline=_outline(compiled),
        variable_types=variable_types(parts.forms, feel_functions(shipped_rules(), clock.now())),
        spec_hash=compiled.spec_hash,
        content_hash=parts.digest(called),
        state=DefinitionState.PUBLISHED,
        note=credit.note,
        published_at=clock.now(),
        published_by_id=actor.user_id,
        published_by_name=actor.name,
        origin=credit.origin,
        written_by=credit.written_by,
        approved_by_id=credit.approved_by_id,
        approved_by_name=credit.approved_by_name,
        restores_version=credit.restores_version,
        overrides=[dict(one) for one in credit.overrides] or None,
    )


def parts_of(row: Definition) -> Parts:
    """What a version consists of."""
    return Parts(row.xml, row.tables, row.forms, row.scenarios)


def latest(key: str) -> Definition:
    """The version that new instances start with. :raises NotFound:"""
    row = newest(key)
    if row is None:
        raise NotFound(f"没有名为“{key}”的流程")
    return row


def newest(key: str) -> Definition | None:
    """The version that new instances start with, None if there is no such process."""
    statement = sa.select(Definition).where(Definition.key == key).order_by(Definition.version.desc()).limit(1)
    found: Definition | None = db.session.scalar(statement)
    return found


def version_in_force(key: str) -> int | None:
    """The number of the version that new instances start with, None if there is no such process."""
    found: int | None = db.session.scalar(sa.select(sa.func.max(Definition.version)).where(Definition.key == key))
    return found


def versions(key: str) -> list[Definition]:
    """All versions, newest first."""
    statement = sa.select(Definition).where(Definition.key == key).order_by(Definition.version.desc())
    return list(db.session.scalars(statement))


def current() -> list[Definition]:
    """The newest version of every process, by key."""
    versions_by_key = sa.select(Definition.key, sa.func.max(Definition.version).label("version"))
    last = versions_by_key.group_by(Definition.key).subquery()
    rows = sa.select(Definition).join(
        last, sa.and_(Definition.key == last.c.key, Definition.version == last.c.version)
    )
    return list(db.session.scalars(rows.order_by(Definition.key)))


def form_text(definition_id: int, form_key: str) -> str | None:
    """The form-js schema pinned with a version, or None."""
    forms = db.session.scalar(sa.select(Definition.forms).where(Definition.id == definition_id))
    return (forms or {}).get(form_key)


def called_diagrams(bpmn: str) -> dict[str, str]:
    """The newest versions of every process that is called, directly or by one that is called."""
    found: dict[str, str] = {}
    wanted = list(_CALLED.findall(bpmn))
    while wanted:
        key = wanted.pop()
        row = None if key in found else newest(key)
        if row is not None:
            found[key] = row.xml
            wanted += _CALLED.findall(row.xml)
    return found


def view(definition_id: int, spec_hash: str) -> DefinitionView:
    """The outline of a version, from the cache of this database. :raises NotFound:"""
    known = _views.setdefault(db.engine, {})
    found = known.get((definition_id, spec_hash))
    if found is None:
        row = db.session.get(Definition, definition_id)
        if row is None:
            raise NotFound(f"没有编号为 {definition_id} 的流程版本")
        found = known[(definition_id, spec_hash)] = _view(row)
    return found


def _view(row: Definition) -> DefinitionView:
    elements = {
        item["id"]: ElementView(**{**item, "groups": tuple(item["groups"])}) for item in row.outline["elements"]
    }
    return DefinitionView(
        id=row.id,
        key=row.key,
        version=row.version,
        name=row.name,
        spec_hash=row.spec_hash,
        elements=elements,
        flows=tuple(FlowView(**item) for item in row.outline["flows"]),
        variable_types=row.variable_types,
    )


def _outline(compiled: CompiledProcess) -> dict[str, Any]:
    elements = [
        {
            "id": element.id,
            "kind": element.kind,
            "name": element.name,
            "process_id": element.process_id,
            "scope_id": element.scope_id,
            "lane": element.lane,
            "documentation": element.documentation,
            "form_key": element.form_key,
            "groups": list(element.candidate_groups),
            "attached_to": element.attached_to,
            "properties": dict(element.properties),
        }
        for element in compiled.elements
    ]
    flows = [
        {"id": flow.id, "name": flow.name, "source": flow.source_id, "target": flow.target_id}
        for flow in compiled.flows
    ]
    return {"elements": elements, "flows": flows}
