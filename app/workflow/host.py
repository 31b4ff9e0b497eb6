"""What the engine needs from us during one step: operations, functions, the clock; and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.database import db
from app.core.errors import UserError
from app.core.savepoint import savepoint
from app.feel import Function
from app.operations import OperationContext, OperationError, catalogue
from app.regulations import RuleSet, deadline
from app.regulations.feel_functions import feel_functions
from app.workflow.models import Spec
from app.workflow.recording import Answer, failed

#: Code of an operation that the procedure refused as a user's error.
REFUSED = "refused"


@dataclass(frozen=True)
class QueuedMessage:
    """A message that an operation wants another case to have after the commit."""

    name: str
    business_key: str
    payload: dict[str, Any]
    optional: bool = False


@dataclass(frozen=True)
class WantedCase:
    """A case to be started: by a page or a procedure, or by an operation below the case it runs in."""

    process_key: str
    business_key: str
    title: str
    data: Mapping[str, Any]
    subject: str | None = None


@dataclass(frozen=True)
class AskedDeadline:
    """A period that an expression of this step counted: the parameter and the moment it began to run."""

    key: str
    start: datetime
    provisional: bool


@dataclass
class StepHost:
    """Serves one step of one case (`app.engine.Host`)."""

    instance_id: int
    business_key: str
    rules: RuleSet
    actor: Actor
    moment: datetime
    variable_types: Mapping[str, str]
    messages: list[QueuedMessage] = field(default_factory=list)
    children: list[WantedCase] = field(default_factory=list)
    #: Deadlines counted in this step, by the instant they gave; they explain due dates and timers.
    deadlines: dict[datetime, AskedDeadline] = field(default_factory=dict)
    #: What operations answered in this step, in order (`app.workflow.recording`).
    answers: list[Answer] = field(default_factory=list)

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        """The regulation's functions; `deadline` also notes what it was asked."""
        functions = dict(feel_functions(self.rules, self.moment))
        functions["deadline"] = replace(functions["deadline"], call=self._noting(functions["deadline"].call))
        return functions

    def _noting(self, count: Callable[..., Any]) -> Callable[[str, datetime], datetime]:
        def noted(name: str, start: datetime) -> datetime:
            due_at: datetime = count(name, start)
            self.deadlines[due_at] = AskedDeadline(name, start, deadline(self.rules, name, start).provisional)
            return due_at

        return noted

    def spec_text(self, spec_hash: str) -> str:
        """The stored specification; the engine asks only when its cache has none."""
        text = db.session.scalar(sa.select(Spec.text).where(Spec.hash == spec_hash))
        if text is None:
            raise LookupError(f"no specification {spec_hash}")
        return str(text)

    def now(self) -> datetime:
        """The moment of the step."""
        return self.moment

    def call_operation(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Runs an operation; when it fails, nothing of what it wrote, audited, sent or wanted started is left.

        :raises OperationError: also for what the procedure refused as a user's error.
        """
        sent, wanted = len(self.messages), len(self.children)
        try:
            with savepoint():
                result = catalogue.call(name, arguments, self._context())
        except UserError as refusal:
            self._forget(sent, wanted)
            error = OperationError(REFUSED, refusal.message)
            self.answers.append(failed(name, error))
            raise error from refusal
        except Exception as failure:
            self._forget(sent, wanted)
            self.answers.append(failed(name, failure))
            raise
        self.answers.append(Answer(name, result))
        return result

    def _forget(self, sent: int, wanted: int) -> None:
        del self.messages[sent:]
        del self.children[wanted:]

    def _context(self) -> OperationContext:
        return OperationContext(
            now=self.moment,
            actor=self.actor,
            instance_id=str(self.instance_id),
            business_key=self.business_key,
            rules=self.rules,
            send_message=self._send,
            start_case=self._start,
        )

    def _send(self, name: str, business_key: str, payload: Mapping[str, Any], *, optional: bool = False) -> None:
        self.messages.append(QueuedMessage(name, business_key, dict(payload), optional))

    def _start(
        self, process_key: str, business_key: str, title: str, data: Mapping[str, Any], subject: str | None = None
    ) -> None:
        self.children.append(WantedCase(process_key, business_key, title, dict(data), subject))
