"""Failures by cause: the groups, one group with its cases, and retrying it slice by slice with the progress shown."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import NotFound
from app.identity import permissions
from app.web.auth import current_actor, requires
from app.web.incidents.views import KINDS, incidents, line_of, may_mend, retry_each
from app.web.room.blueprint import names_cases, tabs
from app.workflow.room import causes as cause_queries
from app.workflow.room.causes import Cause

#: So many are retried by one request, each in a transaction of its own; the page goes on with the next.
SLICE = 10
_SHOWN = 50


@incidents.get("/causes")
@requires(permissions.INCIDENT_READ)
def causes() -> str:
    """Open failures by cause, the most frequent first."""
    actor = current_actor()
    return render_template("incidents/causes.html", causes=cause_queries.causes(), kinds=KINDS, tabs=tabs(actor))


@incidents.get("/cause")
@requires(permissions.INCIDENT_READ)
def cause() -> str:
    """One cause with its cases; while a retry of all is under way, how far it has come."""
    actor, found = current_actor(), _cause()
    done, failed, total = (request.args.get(name, 0, type=int) for name in ("done", "failed", "total"))
    after = request.args.get("after", 0, type=int)
    rows = cause_queries.of_cause(found.kind, found.operation, found.code, limit=_SHOWN)
    left = bool(total) and bool(
        cause_queries.of_cause(found.kind, found.operation, found.code, after=after, limit=1)
    )
    return render_template(
        "incidents/cause.html", cause=found, lines=[line_of(one) for one in rows], kinds=KINDS,
        names_cases=names_cases(actor), may_mend=may_mend(actor) and found.kind == "operation", shown=_SHOWN,
        done=done, failed=failed, total=total, after=after, left=left,
    )


def _cause() -> Cause:
    """The cause that the address names, also when nothing of it is open any more. :raises NotFound: no such kind."""
    kind, operation, code = (request.values.get(name, "") for name in ("kind", "operation", "code"))
    if kind not in KINDS or not code:
        raise NotFound("没有这种故障")
    found = [one for one in cause_queries.causes() if (one.kind, one.operation, one.code) == (kind, operation, code)]
    return found[0] if found else Cause(kind, operation, code, 0, None, None, "")


@incidents.post("/cause/retry")
@requires(permissions.INCIDENT_MEND)
def retry_slice() -> ResponseReturnValue:
    """重试 the next of one cause; the answer leads back to the progress."""
    actor, found = current_actor(), _cause()
    done, failed, total, after = (
        request.form.get(name, 0, type=int) for name in ("done", "failed", "total", "after")
    )
    total = total or found.count
    ids = [
        one.id for one in cause_queries.of_cause(found.kind, found.operation, found.code, after=after, limit=SLICE)
    ]
    succeeded, refused = retry_each(ids, actor)
    done, failed = done + succeeded, failed + refused
    return redirect(
        url_for(
            "incidents.cause", kind=found.kind, operation=found.operation, code=found.code, done=done, failed=failed,
            total=total, after=ids[-1] if ids else after,
        )
    )
