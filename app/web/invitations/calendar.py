"""The calendar file of an accepted invitation: before the details were told it names no project and no unit."""

from __future__ import annotations

from dataclasses import replace

from flask import Response

from app.core import clock
from app.core.errors import NotFound
from app.notices.documents.calendar_entry import MEDIA_TYPE, CalendarEntry, calendar_file
from app.procedures.selection import seats, store
from app.procedures.selection.service import notify
from app.web.invitations.sheet import Sheet, rules_of
from app.web.pages import is_demo


def calendar_answer(found: Sheet) -> Response:
    """The file as a download.

    :raises NotFound: the expert does not take part.
    """
    if found.phase != "coming":
        raise NotFound("这次邀请没有日程可以下载")
    entry = _entry(found)
    answer = Response(calendar_file(entry.as_demo() if is_demo() else entry), content_type=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.number}.ics"'
    return answer


def _entry(found: Sheet) -> CalendarEntry:
    now = clock.now()
    rules, activity = rules_of(found.number, now), store.activity(found.page.activity)
    whole = notify.calendar_entry(activity, seats.invitation(found.number), rules, now)
    if found.is_told:
        return whole
    return replace(
        whole, summary=f"评审（{found.page.kind}）", location=found.page.city,
        description="评审小组名单确认后告知项目、单位和详细地址。"
        f"不能参加的，请在评审开始{rules['leave.notice'].words}以前请假（第二十条）。",
    )
