"""What failed: recorded with its cause, retried with back-off and by hand, skipped with a reason."""

from __future__ import annotations

from app.core.actor import Actor
from app.workflow.models import Incident


def page(actor: Actor, *, status: str = "open", after: int | None = None, size: int = 20) -> list[Incident]:
    """Incidents, newest first. :raises NotAllowed:"""
    raise NotImplementedError


def retry(incident_id: int, actor: Actor) -> None:
    """Runs the failed element again. :raises NotAllowed: :raises StepRefused: it failed again (kept open)."""
    raise NotImplementedError


def skip(incident_id: int, actor: Actor, reason: str) -> None:
    """Goes on as if the failed element had run without result, with reason. :raises NotAllowed: :raises Invalid:"""
    raise NotImplementedError
