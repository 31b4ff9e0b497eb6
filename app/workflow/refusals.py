"""Why an act on a case is refused, in words for the person, with what is kept."""

from __future__ import annotations

from app.core.errors import Conflict, Stale
from app.workflow.attempt import Settling


class StepRefused(Settling):
    """The step could not be carried out and was rolled back; an incident is recorded for the operators.

    None is recorded where a procedure refused it as a user's error: he was told, and nothing failed.
    """

    status = 409


class TaskTaken(Settling, Conflict):
    """The task is done or taken away by now; what the person typed is kept as a draft."""

    status = 409


class PageStale(Settling, Stale):
    """The page was made before somebody else acted on the task; what was typed is kept as a draft."""

    status = 409


class CaseSuspended(StepRefused):
    """The case is suspended (暂停); what the person typed is kept as a draft where the act was his submission."""

    status = 409
