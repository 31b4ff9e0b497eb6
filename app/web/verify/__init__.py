"""核验抽取证书: the public page that checks certificates in the browser, the verifier to take away (draw.md §8)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.core import crypto
from app.core.errors import NotAllowed, NotFound
from app.draw import SPEC
from app.procedures.selection import store
from app.procedures.selection.queries.certificates import require_public
from app.web import navigation
from app.web.auth import public_page
from app.web.certificates.downloads import sent

verify = Blueprint("verify", __name__, url_prefix="/verify")

#: The one-file verifier of the product, handed out as it is.
VERIFIER = Path(__file__).parents[2] / "draw" / "verify_certificate.py"


_KEY_GROUP = 8


@verify.get("")
@public_page
def index() -> str:
    """What a certificate proves and what it does not, the check in the browser, the file to run offline."""
    return _page({}, {})


@verify.get("/certificate")
@public_page
def fetch() -> ResponseReturnValue:
    """Leads from the number of a review to its certificate, or says why there is none."""
    typed = {name: request.args.get(name, "").strip() for name in ("number", "draw")}
    number, draw_no = store.normal(typed["number"]), typed["draw"] or "1"
    if not number or not draw_no.isdecimal():
        return _page(typed, {"number": "评审编号：请填写编号和第几次抽取，如 PS-2026-0034、1"}), 422
    try:
        require_public(number, int(draw_no))
    except (NotFound, NotAllowed) as refused:
        return _page(typed, {"number": refused.message}), 404
    return redirect(url_for("certificates.download", number=number, draw_no=int(draw_no)))


def _page(typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    key = crypto.public_key().hex()
    return render_template(
        "verify/index.html", spec=SPEC, algorithm=crypto.SIGNATURE_ALGORITHM, size=VERIFIER.stat().st_size,
        key_groups=[key[at : at + _KEY_GROUP] for at in range(0, len(key), _KEY_GROUP)], typed=typed, errors=errors,
    )


@verify.get("/verify_certificate.py")
@public_page
def script() -> Response:
    """The verifier as a download."""
    return sent(VERIFIER.read_bytes(), "text/x-python", VERIFIER.name)


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    app.register_blueprint(verify)
    navigation.public_page("verify.index", "核验抽取", order=40)
