"""Documents that go with a mail, kept as data until it is sent: making a PDF takes half a second, which no
transaction should wait for.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar, Protocol, get_type_hints

from app.notices.documents.appointment_letter import AppointmentLetter, appointment_letter_pdf
from app.notices.documents.objection_decision import (
    CandidateLetter,
    ObjectorLetter,
    decision_to_candidate,
    decision_to_objector,
)


class Enclosure(Protocol):
    """A document's data, a dataclass that can be checked cheaply before it is queued."""

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

    def check(self) -> None:
        """Raises a `UserError` if the document cannot or must not be made."""

    def as_demo(self) -> Enclosure:
        """The same document, marked as having no force."""


_KINDS: Mapping[str, tuple[type[Any], Callable[[Any], bytes]]] = {
    "appointment_letter": (AppointmentLetter, appointment_letter_pdf),
    "objector_letter": (ObjectorLetter, decision_to_objector),
    "candidate_letter": (CandidateLetter, decision_to_candidate),
}


def freeze(document: Enclosure) -> tuple[str, str]:
    """The kind and the data (JSON) of a document, after checking it.

    :raises UserError: it cannot or must not be made. :raises TypeError: no such document goes with mails.
    """
    for kind, (data_type, _) in _KINDS.items():
        if type(document) is data_type:
            document.check()
            return kind, json.dumps(dataclasses.asdict(document), ensure_ascii=False, default=date.isoformat)
    raise TypeError(f"{type(document).__name__} goes with no mail")


def make(kind: str, text: str, *, is_demo: bool) -> bytes:
    """The PDF of a document kept by `freeze`; a demo installation marks it as having no force."""
    data_type, pdf = _KINDS[kind]
    document = _thaw(data_type, json.loads(text))
    return pdf(document.as_demo() if is_demo else document)


def _thaw(data_type: type[Any], content: Mapping[str, Any]) -> Any:
    values = {}
    for name, hint in get_type_hints(data_type).items():
        value = content[name]
        if hint is date:
            value = date.fromisoformat(value)
        elif dataclasses.is_dataclass(hint):
            value = _thaw(hint, value)  # type: ignore[arg-type]
        values[name] = value
    return data_type(**values)
