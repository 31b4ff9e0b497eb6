"""What keeps an act from being done, as pages show it: at the fields, or above them; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from app.core.errors import Invalid, NotAllowed, NotFound, UserError
from app.workflow.refusals import PageStale, StepRefused, TaskTaken

#: The look of the box above the page, its strong words, the rest.
Note = tuple[str, str, str]


@dataclass(frozen=True)
class Refusal:
    """Errors by field, or a note where no field is to blame."""

    errors: dict[str, str] = field(default_factory=dict)
    note: Note | None = None
    status: int = 422


def refusal_of(act: Callable[[], object], not_done: str) -> Refusal | None:
    """Does it; gives what refused it, None if it was done. `not_done` begins the note: 没有提交.

    :raises NotAllowed, NotFound: those have pages of their own.
    """
    try:
        act()
    except (TaskTaken, PageStale) as late:
        return Refusal(note=("care", f"{not_done}：", f"{late.message}。"), status=late.status)
    except StepRefused as refused:
        return _at_fields(_reason(refused)) or _noted(refused, not_done)
    except (NotAllowed, NotFound):
        raise
    except UserError as refusal:
        return _at_fields(refusal) or _noted(refusal, not_done)
    return None


def _reason(refused: BaseException) -> BaseException:
    """What an operation said before the engine and the workflow passed it on."""
    reason = refused.__cause__
    while reason is not None and not isinstance(reason, UserError):
        reason = reason.__cause__
    return reason or refused


def _at_fields(refusal: BaseException) -> Refusal | None:
    if isinstance(refusal, Invalid):
        return Refusal(refusal.errors)
    if isinstance(refusal, UserError) and refusal.field:
        return Refusal({refusal.field: refusal.message})
    return None


def _noted(refusal: UserError, not_done: str) -> Refusal:
    return Refusal(note=("bad", f"{not_done}：", f"{refusal.message}。"), status=refusal.status)
