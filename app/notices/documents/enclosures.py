"""Documents that go with a mail, kept as data until it is sent: making a PDF takes half a second, which no
transaction should wait for. Most are PDFs; each kind says its own media type.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple, Protocol, get_type_hints

from app.notices.documents import appointment_letter, objection_decision
from app.notices.documents.appointment_letter import AppointmentLetter, appointment_letter_pdf
from app.notices.documents.calendar_entry import MEDIA_TYPE as CALENDAR
from app.notices.documents.calendar_entry import CalendarEntry, calendar_file
from app.notices.documents.objection_decision import (
    CandidateLetter,
    ObjectorLetter,
    decision_to_candidate,
    decision_to_objector,
)
from app.notices.letters import Wording


class Enclosure(Protocol):
    """A document's data, a dataclass that can be checked cheaply before it is queued."""

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

    def check(self) -> None:
        """Raises a `UserError` if the document cannot or must not be made."""

    def as_demo(self) -> Enclosure:
        """The same document, marked as having no force."""


PDF = "application/pdf"


class _Kind(NamedTuple):
    """`letter` and `day` say in which wording it is made: that of the day of the letter."""

    data_type: type[Any]
    make: Callable[..., bytes]
    media_type: str = PDF
    letter: str | None = None
    day: Callable[[Any], date] | None = None


def _decided_on(letter: ObjectorLetter | CandidateLetter) -> date:
    return letter.decision.decided_on


_KINDS: Mapping[str, _Kind] = {
    "appointment_letter": _Kind(
        AppointmentLetter, appointment_letter_pdf, PDF, appointment_letter.LETTER, lambda letter: letter.issued_on
    ),
    "objector_letter": _Kind(ObjectorLetter, decision_to_objector, PDF, objection_decision.LETTER, _decided_on),
    "candidate_letter": _Kind(CandidateLetter, decision_to_candidate, PDF, objection_decision.LETTER, _decided_on),
    "calendar_entry": _Kind(CalendarEntry, calendar_file, CALENDAR),
}


def freeze(document: Enclosure) -> tuple[str, str]:
    """The kind and the data (JSON) of a document, after checking it.

    :raises UserError: it cannot or must not be made. :raises TypeError: no such document goes with mails.
    """
    for name, kind in _KINDS.items():
        if type(document) is kind.data_type:
            document.check()
            return name, json.dumps(dataclasses.asdict(document), ensure_ascii=False, default=_written)
    raise TypeError(f"{type(document).__name__} goes with no mail")


def _written(value: date | datetime) -> str:
    return value.isoformat()


def media_type(kind: str) -> str:
    """What a document of this kind is: application/pdf, text/calendar with its parameters."""
    return _KINDS[kind].media_type


def make(
    kind: str, text: str, *, is_demo: bool, wording: Callable[[str, date], Wording] | None = None
) -> bytes:
    """The bytes of a document kept by `freeze`; a demo installation marks it as having no force.

    `wording` gives the wording of a letter of a day; without it the shipped one is used.
    """
    known = _KINDS[kind]
    document = _thaw(known.data_type, json.loads(text))
    document = document.as_demo() if is_demo else document
    if known.letter is None or known.day is None or wording is None:
        return known.make(document)
    return known.make(document, wording(known.letter, known.day(document)))


def _thaw(data_type: type[Any], content: Mapping[str, Any]) -> Any:
    values = {}
    for name, hint in get_type_hints(data_type).items():
        value = content[name]
        if hint in (date, datetime):
            value = hint.fromisoformat(value)
        elif dataclasses.is_dataclass(hint):
            value = _thaw(hint, value)  # type: ignore[arg-type]
        values[name] = value
    return data_type(**values)
