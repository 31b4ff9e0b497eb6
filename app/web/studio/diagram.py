"""The diagram of a draft for the modeler: read, saved under `If-Match`, checked."""

from __future__ import annotations

from flask import Response, jsonify, request
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from app.core.transaction import transaction
from app.identity import permissions
from app.web.auth import current_actor, requires
from app.web.studio.answers import refuses_as_json, rev_of_request, saved
from app.web.studio.blueprint import studio
from app.workflow.releases import checking, drafts


@studio.get("/token.json")
@requires(permissions.PROCESS_READ)
def token() -> Response:
    """A valid CSRF token for a page that has been open since an earlier session: its work can still be saved."""
    answer: Response = jsonify({"csrf_token": generate_csrf()})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@studio.get("/drafts/<int:draft_id>/diagram.bpmn")
@requires(permissions.PROCESS_READ)
def draft_diagram(draft_id: int) -> AnyResponse:
    """The BPMN of a draft; its ETag is what a save must name."""
    draft = drafts.get(draft_id)
    headers = {"ETag": f'"{draft.rev}"', "Cache-Control": "no-store"}
    return Response(draft.xml, mimetype="application/xml", headers=headers)


@studio.put("/drafts/<int:draft_id>/diagram")
@requires(permissions.PROCESS_EDIT)
@refuses_as_json
def save_diagram(draft_id: int) -> Response:
    """Saves the diagram under `If-Match`. 409 when somebody saved meanwhile, 422 when it is no BPMN at all."""
    content, rev = request.get_data(cache=False), rev_of_request()
    with transaction():
        new = drafts.save(draft_id, rev, drafts.DraftChange(xml=content), current_actor())
    return saved(draft_id, new)


@studio.post("/drafts/<int:draft_id>/check")
@requires(permissions.PROCESS_EDIT)
@refuses_as_json
def check(draft_id: int) -> Response:
    """The check list of the draft as it is saved; kept with it, so that a submission need not check again."""
    examined = checking.examine(draft_id)
    with transaction():
        checking.keep(examined)
    answer: Response = jsonify({**examined.report.as_json(), "rev": examined.rev})
    return answer
