"""What the editors are told as JSON: a refusal in Chinese, a draft that somebody else saved meanwhile."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, request

from app.core import clock
from app.core.database import db
from app.core.errors import UserError
from app.workflow.releases.drafts import DraftOvertaken
from app.workflow.releases.models import ProcessDraft

_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')


class RevMissing(UserError):
    """A page that does not say which state it was made from could overwrite anything."""

    status = 428


def refuses_as_json(view: Callable[..., Any]) -> Callable[..., Any]:
    """Refusals of this view are `{"message": …}`; of a draft saved meanwhile also who did it and when."""

    @functools.wraps(view)
    def answering(*arguments: Any, **named: Any) -> Any:
        try:
            return view(*arguments, **named)
        except UserError as refusal:
            answer = jsonify(refused(refusal))
            answer.status_code = refusal.status
            return answer

    return answering


def refused(refusal: UserError) -> dict[str, Any]:
    """The refusal as plain JSON."""
    found: dict[str, Any] = {"message": refusal.message}
    if isinstance(refusal, DraftOvertaken):
        found |= {"rev": refusal.rev, "saved_by": refusal.saved_by_name, "saved_at": _hour(refusal.saved_at)}
    return found


def rev_of_request() -> int:
    """The state of the draft that the page was made from, out of the header `If-Match`. :raises RevMissing:"""
    found = _ETAG.fullmatch(request.headers.get("If-Match", "").strip())
    if found is None:
        raise RevMissing("这一页没有说明是从哪一份草稿改起的，请重新打开")
    return int(found.group(1))


def saved(draft_id: int, rev: int) -> Response:
    """The new state of a draft that was just saved."""
    draft = db.session.get_one(ProcessDraft, draft_id)
    answer: Response = jsonify({"rev": rev, "saved_at": _hour(draft.saved_at), "saved_by": draft.saved_by_name})
    answer.headers["ETag"] = f'"{rev}"'
    return answer


def _hour(moment: Any) -> str:
    return f"{moment.astimezone(clock.ZONE):%H:%M}"
