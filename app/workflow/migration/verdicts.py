"""May a case go on by another version? The dry run of a migration; nothing is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.actor import SYSTEM
from app.core.database import db
from app.core.errors import UserError
from app.engine import Migrated, MigrationRefused, StateUnreadable, migrate
from app.regulations import rule_set
from app.workflow import definitions
from app.workflow.acts import HISTORY, INSTANCE, LockedCase, Row
from app.workflow.host import StepHost
from app.workflow.models import Definition

_HISTORY = (
    sa.select(HISTORY.c.id, HISTORY.c.passed, HISTORY.c.voids)
    .where(HISTORY.c.instance_id == sa.bindparam("instance_id"))
    .order_by(HISTORY.c.id)
)


@dataclass(frozen=True)
class Verdict:
    """What the dry run says of one case: it may if there are no `reasons`; `notes` say what it keeps."""

    instance: Row
    reasons: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def may(self) -> bool:
        """True if the case can be migrated as it stands now."""
        return not self.reasons


@dataclass(frozen=True)
class Move:
    """From which version to which."""

    before: Definition
    after: Definition


def dry_run(instance_ids: Sequence[int], move: Move) -> list[Verdict]:
    """What each of the cases would come to, in the order of the ids."""
    rows = db.session.connection().execute(
        sa.select(INSTANCE).where(INSTANCE.c.id.in_(list(instance_ids))).order_by(INSTANCE.c.id)
    )
    return [judge(row, move) for row in rows.all()]


def judge(instance: Row, move: Move) -> Verdict:
    """The verdict on one case."""
    case = LockedCase(instance, {}, SYSTEM, clock.now())
    try:
        migrated, _ = attempt(case, move)
    except MigrationRefused as refused:
        return Verdict(instance, refused.reasons, ())
    return Verdict(instance, (), migrated.notes)


def attempt(case: LockedCase, move: Move) -> tuple[Migrated, StepHost]:
    """Moves the case in memory; gives the host it was done with. Raises MigrationRefused."""
    instance = case.instance
    try:
        case.require_live()
    except UserError as over:
        raise MigrationRefused([over.message]) from over
    if instance.definition_id != move.before.id:
        raise MigrationRefused([f"办件已不在第 {move.before.version} 版"])
    view = definitions.view(move.after.id, move.after.spec_hash)
    rules = rule_set(instance.rule_set_id)
    host = StepHost(instance.id, instance.business_key, rules, case.actor, case.now, view.variable_types)
    passed = passed_by(instance.id)
    try:
        migrated = migrate(instance.state, instance.spec_hash, move.after.spec_hash, host, passed)
    except StateUnreadable as damaged:
        raise MigrationRefused([f"办件的状态不能读取：{damaged}"]) from damaged
    missing = list(_never_asked(move, passed, migrated.execution.data()))
    if missing:
        raise MigrationRefused(missing)
    return migrated, host


def passed_by(instance_id: int) -> list[str]:
    """The elements that a case has completed, in order; what was withdrawn does not count."""
    rows = db.session.connection().execute(_HISTORY, {"instance_id": instance_id}).all()
    void = {row.voids for row in rows if row.voids is not None}
    return [
        entry[0]
        for row in rows
        if row.id not in void
        for entry in row.passed or ()
        if entry[2] != "sequenceFlow" and entry[3] == "completed"
    ]


def _never_asked(move: Move, passed: Sequence[str], data: Mapping[str, Any]) -> Iterator[str]:
    """Answers that only the new form of a task already done asks for, and which something ahead needs."""
    view = definitions.view(move.after.id, move.after.spec_hash)
    for element_id in dict.fromkeys(passed):
        element = view.elements.get(element_id)
        if element is None or element.form_key is None:
            continue
        before = definitions.view(move.before.id, move.before.spec_hash).elements.get(element_id)
        old_form = move.before.forms.get(before.form_key or "") if before else None
        new = _keys(move.after.forms.get(element.form_key)) - _keys(old_form)
        for key in sorted(new - data.keys()):
            if re.search(rf"(?<![\w/.]){re.escape(key)}(?![\w/])", _expressions(move.after.xml)):
                yield f"“{element.name}”已办过，新版本的表单在那里多问了“{key}”，后面的环节要用到它"


_EXPRESSION = re.compile(
    r'<bpmn:conditionExpression[^>]*>(.*?)</bpmn:conditionExpression>|<bpmn:script>(.*?)</bpmn:script>'
    r'|<spiffworkflow:parameter\s[^>]*\bvalue="([^"]*)"|<bpmn:time\w+[^>]*>(.*?)</bpmn:time\w+>',
    re.DOTALL,
)


def _expressions(xml: str) -> str:
    return "\n".join(next(filter(None, groups), "") for groups in _EXPRESSION.findall(xml))


def _keys(form: str | None) -> set[str]:
    try:
        content = json.loads(form or "{}")
    except ValueError:
        return set()
    found: set[str] = set()
    stack = [content]
    while stack:
        entry = stack.pop()
        if isinstance(entry, dict):
            found |= {str(entry[name]) for name in ("key", "path") if entry.get(name)}
            inner = entry.get("components")
            stack += inner if isinstance(inner, list) else []
    return found
