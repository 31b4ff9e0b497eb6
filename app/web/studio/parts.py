"""The forms and decision tables of a process as the studio shows them: those of its draft, else those in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from flask import request
from markupsafe import escape

from app.core.database import db
from app.core.errors import NotFound
from app.identity import permissions
from app.web.auth import current_actor
from app.web.studio import catalogue
from app.workflow import definitions, part_use
from app.workflow.models import Definition
from app.workflow.part_use import Use
from app.workflow.parts import Parts
from app.workflow.releases import drafts
from app.workflow.releases.models import ProcessDraft
from app.workflow.releases.states import ACTIVE, STATE_WORDS, DraftState


@dataclass(frozen=True)
class Workshop:
    """A process with what is in force and what is being made of it; at least one of the two is there."""

    key: str
    in_force: Definition | None
    draft: ProcessDraft | None

    @property
    def name(self) -> str:
        """What the process is called."""
        return (self.draft or self._definition).name

    @property
    def _definition(self) -> Definition:
        if self.in_force is None:
            raise NotFound(f"没有名为“{self.key}”的流程")
        return self.in_force

    @property
    def forms(self) -> Mapping[str, str]:
        """Form key -> form-js text, of the draft if there is one."""
        return (self.draft or self._definition).forms

    @property
    def tables(self) -> Mapping[str, str]:
        """File name -> DMN, of the draft if there is one."""
        return (self.draft or self._definition).tables

    @property
    def _xml(self) -> str:
        return (self.draft or self._definition).xml

    @cached_property
    def _form_uses(self) -> tuple[Use, ...]:
        return part_use.form_uses(self._xml)

    @cached_property
    def _decision_uses(self) -> tuple[Use, ...]:
        return part_use.decision_uses(self._xml)

    def form_users(self, form_key: str) -> tuple[Use, ...]:
        """The steps that use a form."""
        return tuple(use for use in self._form_uses if use.target == form_key)

    def table_users(self, file_name: str) -> tuple[Use, ...]:
        """The steps that ask a decision of a table."""
        decisions = part_use.decision_names(self.tables.get(file_name, ""))
        return tuple(use for use in self._decision_uses if use.target in decisions)

    @property
    def may_edit(self) -> bool:
        """Whether this person may change it now."""
        allowed = permissions.allowed(current_actor(), permissions.PROCESS_EDIT)
        return allowed and self.draft is not None and self.draft.state == DraftState.DRAFT

    @property
    def may_begin(self) -> bool:
        """Whether this person may begin a draft."""
        return self.draft is None and permissions.allowed(current_actor(), permissions.PROCESS_EDIT)

    @property
    def state(self) -> str:
        """What is shown: 在用 or the state of the draft."""
        return STATE_WORDS[DraftState(self.draft.state)] if self.draft else "在用"

    def version_words(self) -> str:
        """Which version this is, or on which one the draft stands."""
        if self.draft is None:
            return f"在用的第 {self._definition.version} 版"
        base = self.draft.base_version
        return f"草稿，基于第 {base} 版" if base else "新流程的草稿"


def workshop(key: str) -> Workshop:
    """One process. :raises NotFound:"""
    found = Workshop(key, definitions.newest(key), drafts.active(key))
    if found.in_force is None and found.draft is None:
        raise NotFound(f"没有名为“{key}”的流程")
    return found


def workshops() -> list[Workshop]:
    """Every process in force or in draft, by key."""
    current = {row.key: row for row in definitions.current()}
    under_way = db.session.scalars(sa.select(ProcessDraft).where(ProcessDraft.state.in_(sorted(ACTIVE))))
    draft_of = {draft.key: draft for draft in under_way}
    return [Workshop(key, current.get(key), draft_of.get(key)) for key in sorted({*current, *draft_of})]


def sent_rev() -> int:
    """The state of the draft that a page was made from; -1, which no draft has, where it does not say."""
    return request.form.get("rev", type=int, default=-1)


def feel_builtins() -> list[dict[str, Any]]:
    """The functions of our FEEL, as its editor offers them while one types."""
    return [
        {"name": one["name"], "type": "function", "params": [{"name": name} for name in one["parameters"]],
         "info": f"<div><p>{escape(one['signature'])}</p><p>{escape(one['doc'])}</p></div>"}
        for one in catalogue.offered(Parts(""))["functions"]
    ]
