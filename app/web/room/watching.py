"""What runs: counts by version, the list of cases, one process with its heat map, the timers to come."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

from flask import jsonify, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.errors import NotFound
from app.identity import permissions
from app.web.auth import current_actor, requires
from app.web.cases.processes import in_force, names
from app.web.cases.views import STATUS_WORDS
from app.web.room.blueprint import names_cases, room, tabs
from app.web.room.words import percent, span
from app.workflow import definitions
from app.workflow.definitions import DefinitionView, ElementView
from app.workflow.models import Definition
from app.workflow.room import overview, tally
from app.workflow.room.durations import WINDOW, Duration, durations, durations_by_version
from app.workflow.room.overview import Filters, Standing

#: Choices of age in days.
_AGES = (7, 30, 90)
_STATES = {"live": "在办（含暂停）", **{str(key): words for key, words in STATUS_WORDS.items()}, "all": "全部"}
#: The heat map has so many levels above nothing.
_LEVELS = 5
#: So many elements are named as those where cases wait longest.
_WORST = 5


@room.get("/")
@requires(permissions.ROOM_READ)
def index() -> str:
    """Live cases by process and version, and where they wait longest against their periods."""
    actor = current_actor()
    return render_template(
        "room/index.html", counts=overview.counts(clock.now()), tabs=tabs(actor), worst=_worst_of_all(),
        percent=percent, days=WINDOW.days,
    )


def _worst_of_all() -> list[tuple[DefinitionView, Line]]:
    """The worst elements of the versions in force, each with its process."""
    now = clock.now()
    views = [definitions.view(row.id, row.spec_hash) for row in in_force()]
    ids = {view.id for view in views}
    late, took = overview.late_by_version(ids, now), durations_by_version(ids, now.date())
    found = []
    for view in views:
        lines = _lines(view, Standing({}, late.get(view.id, {}), {}), took.get(view.id, {}))
        found += [(view, line) for line in _worst(lines)]
    return sorted(found, key=lambda pair: _harm(pair[1]), reverse=True)[:_WORST]


@room.get("/cases")
@requires(permissions.ROOM_READ)
def cases() -> str:
    """The list of cases; every filter stands in the URL."""
    actor, wanted = current_actor(), _wanted()
    after = request.args.get("after", type=int)
    found = overview.page(wanted, after, clock.now())
    kept: dict[str, Any] = {key: value for key, value in request.args.items() if value and key != "after"}
    return render_template(
        "room/cases.html", found=found.lines, wanted=wanted, tabs=tabs(actor), states=_STATES, ages=_AGES,
        words=STATUS_WORDS, processes=names(in_force()), names_cases=names_cases(actor), now=clock.now(), span=span,
        next_url=url_for("room.cases", after=found.next_after, **kept) if found.next_after else "",
        first_url=url_for("room.cases", **kept) if after else "",
    )


def _wanted() -> Filters:
    status = request.args.get("status", "live")
    return Filters(
        process=request.args.get("process") or None, version=request.args.get("version", type=int),
        status=status if status in _STATES else "live", days=request.args.get("days", type=int),
        late=request.args.get("late") == "1", failing=request.args.get("failing") == "1",
        q=request.args.get("q", "").strip() or None,
    )


@dataclass(frozen=True)
class Line:
    """What the table says of one element; the diagram shows the same."""

    element: ElementView
    tokens: int
    late: int
    failing: int
    took: Duration | None
    level: int


@room.get("/processes/<key>")
@requires(permissions.ROOM_READ)
def process(key: str) -> str:
    """One version of a process: where its cases stand and how long its elements took."""
    view, versions = _version(key)
    stands, took = overview.standing({view.id}, clock.now()), durations({view.id}, clock.today())
    lines = _lines(view, stands, took)
    return render_template(
        "room/process.html", view=view, versions=versions, lines=lines, whole=took.get(""), worst=_worst(lines),
        tabs=tabs(current_actor()), span=span, percent=percent, days=WINDOW.days, counted_at=tally.counted_at(),
    )


@room.get("/processes/<key>/diagram.bpmn")
@requires(permissions.ROOM_READ)
def process_diagram(key: str) -> Response:
    """The BPMN of the version."""
    view, versions = _version(key)
    return Response(next(one.xml for one in versions if one.id == view.id), mimetype="application/xml")


@room.get("/processes/<key>/state.json")
@requires(permissions.ROOM_READ)
def process_state(key: str) -> Response:
    """Tokens, failures, late tasks and the heat of each element, for the viewer."""
    view, _ = _version(key)
    stands, took = overview.standing({view.id}, clock.now()), durations({view.id}, clock.today())
    heat = {
        line.element.id: {"level": line.level, "label": span(line.took.median)}
        for line in _lines(view, stands, took) if line.took and line.took.ended and line.level
    }
    return jsonify(tokens=stands.tokens, failed=sorted(stands.failing), late=stands.late, heat=heat)


def _version(key: str) -> tuple[DefinitionView, list[Definition]]:
    """The version asked for, else the latest, with all there are. :raises NotFound:"""
    versions = list(definitions.versions(key))
    wanted = request.args.get("version", type=int)
    found = next((one for one in versions if wanted in (None, one.version)), None)
    if found is None:
        raise NotFound("没有这个流程，或者没有这一版")
    return definitions.view(found.id, found.spec_hash), versions


def _lines(view: DefinitionView, stands: Standing, took: dict[str, Duration] | Any) -> list[Line]:
    """The elements of which there is something to say, in the order of the drawing."""
    # A sub-process takes as long as all inside it, and would colour what it surrounds.
    single = {key: one for key, one in took.items() if key in view.elements and view.elements[key].kind != "subProcess"}
    longest = max((one.median.total_seconds() for one in single.values()), default=0.0)
    found = []
    for element in view.elements.values():
        tokens, late = stands.tokens.get(element.id, 0), stands.late.get(element.id, 0)
        failing, stayed = stands.failing.get(element.id, 0), took.get(element.id)
        if tokens or late or failing or stayed:
            found.append(Line(element, tokens, late, failing, stayed, _level(single.get(element.id), longest)))
    return found


def _level(took: Duration | None, longest: float) -> int:
    """How hot an element is beside the slowest of the process; the root tells the quick ones apart, too."""
    if took is None or not took.ended or longest <= 0:
        return 0
    return min(_LEVELS, ceil(_LEVELS * sqrt(took.median.total_seconds() / longest)))


def _worst(lines: list[Line]) -> list[Line]:
    """Where cases wait: first what came too late most often, then what used up most of its period."""
    waits = [line for line in lines if line.late or (line.took and line.took.with_deadline) or _lapsed(line)]
    return sorted(waits, key=_harm, reverse=True)[:_WORST]


def _lapsed(line: Line) -> int:
    return line.took.lapsed if line.took else 0


def _harm(line: Line) -> tuple[float, float, int]:
    took = line.took
    overdue, share = (took.overdue or 0.0, took.share or 0.0) if took else (0.0, 0.0)
    return overdue, share, line.late + _lapsed(line)


@room.get("/timers")
@requires(permissions.ROOM_READ)
def timers() -> str:
    """The timers of the coming days, with what holds them back."""
    actor, process_key = current_actor(), request.args.get("process") or None
    return render_template(
        "room/timers.html", found=overview.coming_timers(clock.now(), process=process_key), tabs=tabs(actor),
        processes=names(in_force()), process_key=process_key, names_cases=names_cases(actor),
        days=overview.TIMERS_AHEAD.days, now=clock.now(),
    )
