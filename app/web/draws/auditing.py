"""The auditor's pages: all draws with their reasons and certificates, and one draw with all that is on record."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, cast

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import audit_trail, clock
from app.core.audit_trail import TrailFilter
from app.core.errors import NotFound
from app.identity import permissions
from app.procedures.selection import store
from app.procedures.selection.queries import draw_papers
from app.procedures.selection.queries import draws as records
from app.procedures.selection.queries.draws import KINDS, DrawFilter, Kind
from app.procedures.selection.queries.panel_papers import Printing
from app.regulations import rule_set_to_show
from app.web.audit.views import Line, line_of
from app.web.auth import current_actor, requires
from app.web.certificates.papers import offered
from app.workflow import instances

draws = Blueprint("draws", __name__, url_prefix="/draws")

_PAGE = 20
#: So many lines of the trail are shown on the page; all of them are in the search.
_TRAIL = 100
_FILTERS = ("q", "kind", "since", "until")


@draws.get("")
@requires(permissions.DRAW_AUDIT)
def index() -> ResponseReturnValue:
    """All draws, newest first; the filter stands in the address."""
    errors: dict[str, str] = {}
    typed = {name: request.args.get(name, "").strip() for name in _FILTERS}
    wanted = _filter(typed, errors)
    rules, before = rule_set_to_show(clock.today()), request.args.get("before", type=int)
    found = [] if errors else records.listing(wanted, rules, before=before, limit=_PAGE + 1)
    lines, kept = found[:_PAGE], {name: value for name, value in typed.items() if value}
    page = render_template(
        "draws/index.html", lines=lines, typed=typed, errors=errors, kinds=KINDS, is_filtered=bool(kept),
        summary=None if errors else records.summary(wanted), warning=rules["selection.largest_unit_warning"],
        next_url=_url(kept, lines[-1].id) if len(found) > _PAGE else "", first_url=_url(kept) if before else "",
    )
    return (page, 422) if errors else page


def _url(kept: dict[str, Any], before: int | None = None) -> str:
    return url_for("draws.index", **kept, before=before)


def _filter(typed: dict[str, str], errors: dict[str, str]) -> DrawFilter:
    since, until = _day("since", typed, errors), _day("until", typed, errors)
    return DrawFilter(
        text=typed["q"],
        kind=cast("Kind", typed["kind"]) if typed["kind"] in KINDS else "",
        since=None if since is None else datetime.combine(since, time(), clock.ZONE),
        until=None if until is None else datetime.combine(until + timedelta(days=1), time(), clock.ZONE),
    )


def _day(name: str, typed: dict[str, str], errors: dict[str, str]) -> date | None:
    if not typed[name]:
        return None
    try:
        return date.fromisoformat(typed[name])
    except ValueError:
        errors[name] = f"“{typed[name]}”不是日期，请按 年-月-日 填写，如 2026-03-09"
        return None


@draws.get("/<number>/<int:draw_no>")
@requires(permissions.DRAW_AUDIT)
def show(number: str, draw_no: int) -> str:
    """One draw with all that is on record of it, and the lines of the trail about its activity."""
    found = store.activity(number)
    draw = store.draw(found.number, _number(draw_no))
    now = clock.now()
    rules = instances.rules_of(found.number) or rule_set_to_show(now.date())
    record = draw_papers.record_of(found, rules, Printing(current_actor().name, now))
    trail = _trail(found.number)
    others = [(one.draw_no, one.draw_no == draw.draw_no) for one in store.draws_of(found.number)]
    return render_template(
        "draws/show.html", activity=found, draw=draw, line=records.one(draw, found, rules), others=others,
        record=record, drawn=record.draws[[no for no, _ in others].index(draw.draw_no)], papers=offered(found),
        trail=trail, is_cut=len(trail) == _TRAIL, warning=rules["selection.largest_unit_warning"],
    )


def _number(draw_no: int) -> int:
    if not 0 < draw_no < 2**31:
        raise NotFound("没有这次抽取")
    return draw_no


def _trail(number: str) -> list[Line]:
    wanted = TrailFilter(subject_type="activity", subject_id=number)
    return [line_of(entry) for entry in audit_trail.page(wanted, None, _TRAIL)]
