"""A calendar entry for a phone or a mail program (iCalendar, RFC 5545): a pure function from typed data to bytes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

#: No line is longer than this many octets, the line end apart (RFC 5545 §3.1).
LINE_OCTETS = 75
MEDIA_TYPE = "text/calendar; charset=utf-8"
_LINE_END = "\r\n"
_PRODUCT = "-//Zhiku//Review calendar//ZH"


@dataclass(frozen=True)
class CalendarEntry:
    """One meeting of one person.

    `uid` stays the same for as long as it is the same meeting, and `sequence` rises with every change, so that a
    calendar that has the entry already replaces it. All three instants are aware; in the file they stand in UTC.
    """

    uid: str
    sequence: int
    stamped_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str
    description: str

    def check(self) -> None:
        """Refuses an entry that no calendar could place. :raises ValueError: it ends before it begins."""
        if self.ends_at <= self.starts_at:
            raise ValueError(f"{self.uid} ends before it begins")

    def as_demo(self) -> CalendarEntry:
        """The same entry, marked as invented."""
        return replace(self, summary=f"（演示）{self.summary}")


def calendar_file(entry: CalendarEntry) -> bytes:
    """The file, in UTF-8 with folded lines."""
    entry.check()
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_PRODUCT}", "CALSCALE:GREGORIAN", "BEGIN:VEVENT",
        f"UID:{_escaped(entry.uid)}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTAMP:{_instant(entry.stamped_at)}",
        f"DTSTART:{_instant(entry.starts_at)}",
        f"DTEND:{_instant(entry.ends_at)}",
        f"SUMMARY:{_escaped(entry.summary)}",
        f"LOCATION:{_escaped(entry.location)}",
        f"DESCRIPTION:{_escaped(entry.description)}",
        "STATUS:CONFIRMED", "TRANSP:OPAQUE", "CLASS:PRIVATE",
        "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip
    return "".join(_folded(line) + _LINE_END for line in lines).encode()


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """TEXT of RFC 5545 §3.3.11; controls other than the line break mean nothing in it and are left out."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in lines if sign == "\n" or (ord(sign) >= 32 and ord(sign) != 127))
    for sign in ("\\", ";", ","):
        kept = kept.replace(sign, f"\\{sign}")
    return kept.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Breaks a line between characters, never inside one: what follows a break begins with a blank."""
    pieces, room, piece = [], LINE_OCTETS, ""
    for sign in line:
        width = len(sign.encode())
        if width > room:
            pieces.append(piece)
            piece, room = "", LINE_OCTETS - 1
        piece += sign
        room -= width
    return f"{_LINE_END} ".join((*pieces, piece))
