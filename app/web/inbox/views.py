"""待办: views, filters and pages all stand in the URL; claiming and picking are POSTs."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.core import clock
from app.core.actor import Actor
from app.core.errors import UserError
from app.core.transaction import transaction
from app.identity import permissions
from app.web.auth import current_actor, requires
from app.web.cases.deadlines import dues_of
from app.web.cases.processes import in_force, names, steps
from app.web.inbox import bulk
from app.web.inbox.grouping import Group, by_urgency
from app.workflow import inbox as inbox_service
from app.workflow import tasks
from app.workflow.definitions import DefinitionView
from app.workflow.inbox import Filters, InboxPage, View

inbox = Blueprint("inbox", __name__, url_prefix="/inbox")

#: View -> tab, in the order of the tabs.
VIEWS: dict[View, str] = {
    "mine": "我的", "groups": "本组待领", "overdue": "已逾期", "signing": "待我签署", "transferred": "我转出的",
    "copied": "抄送我的", "done": "已办",
}
_NOTHING: dict[View, str] = {
    "mine": "没有待办", "groups": "本组没有待领的事项", "overdue": "没有逾期的事项", "signing": "没有等你签署的事项",
    "transferred": "你没有转出过事项", "copied": "没有抄送给你的办件", "done": "还没有办结过事项",
}
#: In these views the rows are still to be done, so urgency orders them and rows may be picked.
_TO_DO: frozenset[View] = frozenset({"mine", "groups", "overdue"})
_FILTERS = ("process", "element", "due", "q")
#: How many tasks of the group are tried when the first is taken meanwhile or four-eyes forbids it.
_TRIES = 10


@inbox.get("/")
@requires(permissions.TASK_WORK)
def index() -> str:
    """One page of one view."""
    actor, now = current_actor(), clock.now()
    view = _view(actor)
    filters = _filters()
    after = request.args.get("after") or None
    page = inbox_service.page(actor, view, filters, after, now)
    kept: dict[str, Any] = {name: request.args[name] for name in _FILTERS if request.args.get(name)}
    counts, processes = _counts(actor), in_force()
    return render_template(
        "inbox/index.html", view=view, page=page, kept=kept, counts=counts, groups=_groups(view, page, processes),
        tabs=_tabs(view, counts, kept), load=inbox_service.load(actor, now),
        dues=dues_of(row.task_id for row in page.rows), views=VIEWS, nothing=_NOTHING, filters=filters,
        processes=names(processes), steps=steps(processes, filters.process), today=now.date(),
        next_url=url_for("inbox.index", view=view, after=page.next_after, **kept) if page.next_after else "",
        first_url=url_for("inbox.index", view=view, **kept) if after else "",
    )


def _view(actor: Actor) -> View:
    """The tab asked for; without one, the own desk, or the group's work where the desk is empty."""
    counts = _counts(actor)
    begins = "groups" if counts.groups and not counts.mine else "mine"
    asked = request.args.get("view", begins)
    if asked not in VIEWS:
        abort(404)
    return asked


def _filters() -> Filters:
    return Filters(
        process=request.args.get("process") or None, element=request.args.get("element") or None,
        due_on=_day(request.args.get("due", "")), q=request.args.get("q", "").strip() or None,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise UserError(f"“{text}”不是日期") from wrong


def _counts(actor: Actor) -> inbox_service.Counts:
    """The figures, counted once a request: the navigation asks for them too."""
    if "inbox_counts" not in g:
        g.inbox_counts = inbox_service.counts(actor, clock.now())
    found: inbox_service.Counts = g.inbox_counts
    return found


def _groups(view: View, page: InboxPage, processes: list[DefinitionView]) -> list[Group]:
    if view not in _TO_DO:
        return [Group("", rows=list(page.rows))] if page.rows else []
    return by_urgency(page.rows, clock.now(), bulk.of_elements(processes))


def _tabs(view: View, counts: inbox_service.Counts, kept: dict[str, Any]) -> list[tuple[str, str, bool]]:
    figures: dict[str, int] = {
        "mine": counts.mine, "groups": counts.groups, "overdue": counts.overdue, "signing": counts.signing,
        "copied": counts.copied_unread,
    }
    return [
        (_tab_words(words, figures.get(key)), url_for("inbox.index", view=key, **kept), key == view)
        for key, words in VIEWS.items()
        if key != "signing" or counts.signing or view == "signing"
    ]


def _tab_words(words: str, figure: int | None) -> str:
    if not figure:
        return words
    return f"{words} {figure if figure <= MOST_COUNTED else f'{MOST_COUNTED}+'}"


#: Larger figures are shown as 99+.
MOST_COUNTED = 99


@inbox.post("/next")
@requires(permissions.TASK_WORK)
def take_next() -> Response:
    """领取下一件: the most urgent of one's groups that one may do."""
    actor = current_actor()
    waiting = inbox_service.page(actor, "groups", Filters(), None, clock.now(), size=_TRIES)
    for row in waiting.rows:
        try:
            with transaction():
                tasks.claim(row.task_id, actor)
        except UserError:
            continue
        return redirect(url_for("tasks.page", task_id=row.task_id))
    flash("本组现在没有你可以领取的事项。", "")
    return redirect(url_for("inbox.index", view="groups"))


@inbox.post("/bulk")
@requires(permissions.TASK_WORK)
def pick() -> ResponseReturnValue:
    """Goes on with the picked tasks to the page of the act."""
    act = bulk.act(request.form.get("act", ""))
    if act is None:
        abort(404)
    picked = request.form.getlist("task")
    if not picked:
        flash(f"还没有勾选：先勾选人员，再按“{act.button}”。", "care")
        return redirect(url_for("inbox.index", view=request.form.get("view", "mine")))
    return redirect(url_for(act.endpoint, task=picked), 303)


def waiting_count(actor: Actor) -> int | None:
    """For the navigation: how much is on one's own desk."""
    return _counts(actor).mine

