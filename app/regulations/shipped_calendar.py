"""The calendar that the product brings along: chinesecalendar's official years, corrected, with notice numbers."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from chinese_calendar import constants

from app.regulations.calendar import OfficialYear, WorkCalendar

_DATA = Path(__file__).parent / "data" / "calendar.yaml"
_SOURCE = "chinesecalendar 1.11.0"


@cache
def shipped_calendar() -> WorkCalendar:
    """The official years 2004-2026 and the statutory days beyond them; reads no database."""
    data: dict[str, Any] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    names = {festival.value: str(festival.chinese) for festival in constants.Holiday}
    rest = {day: names[english] for day, english in constants.holidays.items()}
    makeup = {day: names[english] for day, english in constants.workdays.items()}
    for day, name in data["missing_makeup_days"].items():
        makeup[day] = name
    years = sorted({day.year for day in rest})
    return WorkCalendar(
        years={year: _official(year, rest, makeup, data["notices"]) for year in years},
        statutory=data["statutory_days"],
        fixed=_fixed(data["fixed_days"]),
    )


def _official(
    year: int, rest: dict[date, str], makeup: dict[date, str], notices: dict[int, str]
) -> OfficialYear:
    return OfficialYear(
        year=year,
        rest={day: name for day, name in rest.items() if day.year == year},
        makeup={day: name for day, name in makeup.items() if day.year == year},
        source=_SOURCE,
        notice_number=notices.get(year),
    )


def _fixed(days: dict[str, str]) -> dict[tuple[int, int], str]:
    parsed = {}
    for text, name in days.items():
        month, day = text.split("-")
        parsed[int(month), int(day)] = name
    return parsed
