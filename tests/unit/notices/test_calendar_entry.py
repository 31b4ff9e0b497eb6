"""The calendar file: what RFC 5545 asks, and what survives the way through a calendar program."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock
from app.notices.documents.calendar_entry import LINE_OCTETS, CalendarEntry, calendar_file

STARTS = datetime(2026, 3, 4, 9, 0, tzinfo=clock.ZONE)
ENTRY = CalendarEntry(
    uid="PS-2026-0034-07@zhiku", sequence=0, stamped_at=datetime(2026, 3, 2, 10, 24, tzinfo=clock.ZONE),
    starts_at=STARTS, ends_at=STARTS + timedelta(hours=4), summary="评审（技术评审）", location="龙城市区",
    description="名单确定后告知项目、单位和详细地址。",
)


def read_back(data: bytes) -> list[tuple[str, str]]:
    """Names and values as a calendar program reads them: unfolded first, then unescaped."""
    text = data.decode().replace("\r\n ", "")
    pairs = []
    for line in text.split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        pairs.append((name, unescaped(value)))
    return pairs


def unescaped(value: str) -> str:
    out, signs = "", iter(value)
    for sign in signs:
        if sign != "\\":
            out += sign
            continue
        after = next(signs)
        out += "\n" if after in "nN" else after
    return out


def test_the_instants_stand_in_utc() -> None:
    found = dict(read_back(calendar_file(ENTRY)))
    assert found["DTSTART"] == "20260304T010000Z"
    assert found["DTEND"] == "20260304T050000Z"
    assert found["DTSTAMP"] == "20260302T022400Z"


def test_the_frame_is_that_of_one_published_event() -> None:
    lines = [f"{name}:{value}" for name, value in read_back(calendar_file(ENTRY))]
    assert lines[:5] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Zhiku//Review calendar//ZH",
                         "CALSCALE:GREGORIAN", "BEGIN:VEVENT"]
    assert lines[-2:] == ["END:VEVENT", "END:VCALENDAR"]
    assert "SUMMARY:评审（技术评审）" in lines


def test_a_new_time_keeps_the_uid_and_raises_the_sequence() -> None:
    day = timedelta(days=1)
    moved = replace(ENTRY, sequence=1, starts_at=ENTRY.starts_at + day, ends_at=ENTRY.ends_at + day)
    before, after = dict(read_back(calendar_file(ENTRY))), dict(read_back(calendar_file(moved)))
    assert before["UID"] == after["UID"] == "PS-2026-0034-07@zhiku"
    assert (before["SEQUENCE"], after["SEQUENCE"]) == ("0", "1")


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n"), max_size=400))
def test_every_text_comes_back_and_no_line_is_too_long(text: str) -> None:
    data = calendar_file(replace(ENTRY, description=text, summary=text, location=text))
    assert all(len(line) <= LINE_OCTETS for line in data.split(b"\r\n"))
    found = dict(read_back(data))
    assert found["DESCRIPTION"] == found["SUMMARY"] == found["LOCATION"] == text


def test_no_line_break_in_a_text_begins_a_line_of_the_file() -> None:
    data = calendar_file(replace(ENTRY, summary="评审\r\nATTENDEE:mailto:a@example.cn\rX\x00\x0bY"))
    assert b"\r\nATTENDEE" not in data
    assert dict(read_back(data))["SUMMARY"] == "评审\nATTENDEE:mailto:a@example.cn\nXY"


def test_a_line_ends_with_both_signs_and_nothing_else_ends_one() -> None:
    data = calendar_file(replace(ENTRY, description="一\n二\u2028三"))
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert data.replace(b"\r\n", b"").count(b"\n") == data.replace(b"\r\n", b"").count(b"\r") == 0


def test_an_entry_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        calendar_file(replace(ENTRY, ends_at=STARTS))


def test_an_installation_for_show_marks_its_entries() -> None:
    assert dict(read_back(calendar_file(ENTRY.as_demo())))["SUMMARY"] == "（演示）评审（技术评审）"
