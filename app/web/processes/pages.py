"""The processes in force: their diagram, and the same in words, element by element."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from app.identity import permissions
from app.web.auth import requires
from app.web.cases.processes import in_force
from app.workflow import definitions
from app.workflow.definitions import ElementView

processes = Blueprint("processes", __name__, url_prefix="/processes")


@processes.get("/")
@requires(permissions.PROCESS_READ)
def index() -> str:
    """What new cases start with."""
    return render_template("processes/index.html", found=definitions.current())


@processes.get("/<key>")
@requires(permissions.PROCESS_READ)
def detail(key: str) -> str:
    """One process as it is in force."""
    found = definitions.latest(key)
    view = next(one for one in in_force() if one.key == key)
    return render_template(
        "processes/detail.html", found=found, versions=definitions.versions(key),
        steps=[element for element in view.elements.values() if _is_told(element)],
    )


def _is_told(element: ElementView) -> bool:
    return bool(element.name and element.documentation)


@processes.get("/<key>/diagram.bpmn")
@requires(permissions.PROCESS_READ)
def diagram(key: str) -> Response:
    """The BPMN in force."""
    return Response(definitions.latest(key).xml, mimetype="application/xml")
