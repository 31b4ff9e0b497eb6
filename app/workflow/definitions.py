"""Versions of processes: each pins its diagram, decision tables, forms, called diagrams and scenarios."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from app.core import audit, clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.engine import CompiledProcess, DefinitionRefused, compile_process
from app.regulations.feel_functions import feel_functions
from app.regulations.rule_sets import shipped_rules
from app.workflow.conformance import Surroundings, check, refused
from app.workflow.form_types import variable_types
from app.workflow.models import Definition, Spec
from app.workflow.states import DefinitionState

_CALLED = re.compile(r'calledElement="([^"]+)"')
_DECISION = re.compile(r'<(?:\w+:)?decision\s[^>]*\bid="([^"]+)"')


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
class _Parts:
    """What a version consists of, as text."""

    bpmn: str
    tables: dict[str, str]
    forms: dict[str, str]
    called: dict[str, str]
    scenarios: str | None

    def digest(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


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
    called = _called_diagrams(bpmn.decode())
    callable_xml = {name: text.encode() for name, text in called.items()}
    findings = check(bpmn, Surroundings(tables=tables, forms=forms, called=callable_xml))
    if refused(findings):
        raise DefinitionRefused(findings)
    compiled = compile_process(bpmn, tables, callable_xml)
    parts = _Parts(
        bpmn=bpmn.decode(),
        tables=_used_tables(compiled, tables),
        forms=_used_forms(compiled, forms),
        called=called,
        scenarios=scenarios,
    )
    newest = _newest(key)
    if newest is not None and newest.content_hash == parts.digest():
        return newest
    return _publish(key, compiled, parts, newest, actor, note)


def _publish(
    key: str, compiled: CompiledProcess, parts: _Parts, newest: Definition | None, actor: Actor, note: str | None
) -> Definition:
    if db.session.get(Spec, compiled.spec_hash) is None:
        db.session.add(Spec(hash=compiled.spec_hash, text=compiled.spec_text))
        db.session.flush()
    row = Definition(
        key=key,
        version=newest.version + 1 if newest else 1,
        name=compiled.name or key,
        xml=parts.bpmn,
        tables=parts.tables,
        forms=parts.forms,
        called=parts.called,
        scenarios=parts.scenarios,
        outline=_outline(compiled),
        variable_types=variable_types(parts.forms, feel_functions(shipped_rules(), clock.now())),
        spec_hash=compiled.spec_hash,
        content_hash=parts.digest(),
        state=DefinitionState.PUBLISHED,
        note=note,
        published_at=clock.now(),
        published_by_id=actor.user_id,
        published_by_name=actor.name,
    )
    if newest is not None:
        newest.state = DefinitionState.RETIRED
    db.session.add(row)
    db.session.flush()
    before = {"version": newest.version, "content": newest.content_hash} if newest else None
    after = {"version": row.version, "content": row.content_hash}
    audit.record(actor, "definition.publish", "definition", key, before=before, after=after, note=note)
    return row


def deploy_shipped(root: Path, actor: Actor) -> list[Definition]:
    """Deploys everything under `root` (processes/bpmn, processes/dmn, processes/scenarios, forms); idempotent.

    Diagrams that others call come first. The key of a process is its file name.
    """
    tables = {path.name: path.read_bytes() for path in sorted(root.glob("processes/dmn/*.dmn"))}
    forms = {
        path.relative_to(root / "forms").with_suffix("").as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.glob("forms/*/*.form"))
    }
    diagrams = {path.stem: path.read_bytes() for path in sorted(root.glob("processes/bpmn/*.bpmn"))}
    deployed = []
    for key in _callees_first(diagrams):
        scenarios = root / "processes" / "scenarios" / f"{key}.yaml"
        text = scenarios.read_text(encoding="utf-8") if scenarios.exists() else None
        deployed.append(deploy(key, diagrams[key], tables, forms, text, actor))
    return deployed


def latest(key: str) -> Definition:
    """The version that new instances start with. :raises NotFound:"""
    row = _newest(key)
    if row is None:
        raise NotFound(f"没有名为“{key}”的流程")
    return row


def versions(key: str) -> list[Definition]:
    """All versions, newest first."""
    statement = sa.select(Definition).where(Definition.key == key).order_by(Definition.version.desc())
    return list(db.session.scalars(statement))


def current() -> list[Definition]:
    """The newest version of every process, by key."""
    versions_by_key = sa.select(Definition.key, sa.func.max(Definition.version).label("version"))
    newest = versions_by_key.group_by(Definition.key).subquery()
    rows = sa.select(Definition).join(
        newest, sa.and_(Definition.key == newest.c.key, Definition.version == newest.c.version)
    )
    return list(db.session.scalars(rows.order_by(Definition.key)))


def form_text(definition_id: int, form_key: str) -> str | None:
    """The form-js schema pinned with a version, or None."""
    forms = db.session.scalar(sa.select(Definition.forms).where(Definition.id == definition_id))
    return (forms or {}).get(form_key)


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


def _newest(key: str) -> Definition | None:
    statement = sa.select(Definition).where(Definition.key == key).order_by(Definition.version.desc()).limit(1)
    found: Definition | None = db.session.scalar(statement)
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


def _called_diagrams(bpmn: str) -> dict[str, str]:
    """The newest versions of every process that is called, directly or by one that is called."""
    found: dict[str, str] = {}
    wanted = list(_CALLED.findall(bpmn))
    while wanted:
        key = wanted.pop()
        row = None if key in found else _newest(key)
        if row is not None:
            found[key] = row.xml
            wanted += _CALLED.findall(row.xml)
    return found


def _callees_first(diagrams: Mapping[str, bytes]) -> list[str]:
    order: list[str] = []

    def place(key: str, above: tuple[str, ...]) -> None:
        if key in order or key in above or key not in diagrams:
            return
        for callee in _CALLED.findall(diagrams[key].decode()):
            place(callee, (*above, key))
        order.append(key)

    for key in diagrams:
        place(key, ())
    return order


def _used_tables(compiled: CompiledProcess, tables: Mapping[str, bytes]) -> dict[str, str]:
    decisions = {element.decision for element in compiled.elements if element.decision}
    texts = {name: xml.decode() for name, xml in tables.items()}
    return {name: text for name, text in texts.items() if decisions.intersection(_DECISION.findall(text))}


def _used_forms(compiled: CompiledProcess, forms: Mapping[str, str]) -> dict[str, str]:
    keys = sorted({element.form_key for element in compiled.elements if element.form_key})
    return {key: forms[key] for key in keys if key in forms}
