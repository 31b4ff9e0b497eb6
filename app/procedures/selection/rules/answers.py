"""Hours of invitations: when they go out, until when is answered and leave taken (第十九条（五）, 第二十条).

Exactly two hours after the message is in time, exactly three hours before the start too (domain.md no. 27).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from app.core.clock import ZONE
from app.regulations.rule_sets import RuleSet

#: Timers cannot wait for "after": they wait for the first second that is no longer in time.
TICK = timedelta(seconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Hours:
    """The periods of the rule set as spans, and the hours within which invitations are sent (no. 48)."""

    reply: timedelta
    leave: timedelta
    combined: timedelta
    names: timedelta
    opens: time
    closes: time


def hours(rules: RuleSet) -> Hours:
    """The hours of a rule set."""
    return Hours(
        reply=timedelta(hours=rules.integer("invitation.reply_period")),
        leave=timedelta(hours=rules.integer("leave.notice")),
        combined=timedelta(hours=rules.integer("invitation.combined_before")),
        names=timedelta(minutes=rules.integer("selection.names_shown_before")),
        opens=rules["invitation.window_opens"].value,
        closes=rules["invitation.window_closes"].value,
    )


def is_window_open(now: datetime, known: Hours) -> bool:
    """Whether a message may go out now; the closing hour itself is outside."""
    return known.opens <= now.astimezone(ZONE).time() < known.closes


def next_opening(now: datetime, known: Hours) -> datetime:
    """Now if the window is open, else when it opens next."""
    local = now.astimezone(ZONE)
    if is_window_open(local, known):
        return local
    day = local.date() if local.time() < known.opens else local.date() + _DAY
    return datetime.combine(day, known.opens, tzinfo=ZONE)


def can_be_asked(sent_at: datetime, starts_at: datetime, known: Hours) -> bool:
    """Whether somebody written to at `sent_at` still has his whole two hours before the start (no. 45)."""
    return starts_at - sent_at >= known.reply


def is_combined(sent_at: datetime, starts_at: datetime, known: Hours) -> bool:
    """Whether invitation and details go in one, because there is no time for two windows (no. 45)."""
    return starts_at - sent_at < known.combined


def details_at(now: datetime, starts_at: datetime, known: Hours) -> datetime:
    """When details may go to somebody who accepted: in the window, unless waiting for it leaves no two hours."""
    opening = next_opening(now, known)
    return opening if can_be_asked(opening, starts_at, known) else now


def due(handed_at: datetime, known: Hours) -> datetime:
    """The last instant at which an answer to a message taken over at `handed_at` is in time."""
    return handed_at + known.reply


def expires(due_at: datetime) -> datetime:
    """The first instant for which a timer waits so that it is later than the last one in time."""
    return due_at + TICK


def is_in_time(due_at: datetime, now: datetime) -> bool:
    """Whether an answer now is in time."""
    return now <= due_at


def leave_until(starts_at: datetime, known: Hours) -> datetime:
    """Until when leave is in time, this instant included."""
    return starts_at - known.leave


def is_leave_in_time(starts_at: datetime, now: datetime, known: Hours) -> bool:
    """Whether a leave now is one of 第二十条; a later one is 迟请假 (no. 26)."""
    return now <= leave_until(starts_at, known)


def names_shown_at(starts_at: datetime, known: Hours) -> datetime:
    """From when the organiser sees whole names (no. 54)."""
    return starts_at - known.names
