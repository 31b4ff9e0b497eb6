"""Where the SMS gateway reports what became of messages it had accepted: machine to machine, no page, no session.

POST /sms/reports with `Authorization: Bearer <ZHIKU_SMS_REPORT_TOKEN>` and JSON: `status` (delivered, failed),
`request_id` (ours) or `message_id` (the gateway's), `reason`. The same report may come twice.
"""

from __future__ import annotations

import hmac
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, request

from app.core import clock
from app.core.actor import public
from app.core.errors import NotFound
from app.core.transaction import transaction
from app.notices import reports
from app.notices.reports import DeliveryReport
from app.web.auth import client_address, public_page
from app.web.security import csrf, limit_form
from app.workflow import receipts

sms = Blueprint("sms", __name__, url_prefix="/sms")

Answer = tuple[Response, int]

#: No id of ours or of a gateway is longer; the database keeps no more.
_LONGEST_ID = 120


@sms.post("/reports")
@csrf.exempt
@public_page
@limit_form(per_address="600 per minute")
def take_report() -> Answer:
    """Writes a report down: 200 also for one known already, 401, 404 for an unknown message, 422 for no report."""
    if not _is_gateway():
        return _refused(401, "没有有效的访问令牌")
    report = _report(request.get_json(silent=True))
    if report is None:
        return _refused(422, "报告须含 status（delivered 或 failed）和 request_id 或 message_id")
    actor = public("短信网关", client_address())
    try:
        with transaction():
            is_new = reports.take(report, actor=actor, now=clock.now(), receipt=receipts.post)
    except NotFound as unknown:
        return _refused(404, unknown.message)
    return jsonify(result="recorded" if is_new else "known"), 200


def _is_gateway() -> bool:
    expected = str(current_app.config["SMS_REPORT_TOKEN"])
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode(), expected.encode())
    return bool(expected) and scheme.lower() == "bearer" and same


def _report(body: Any) -> DeliveryReport | None:
    if not isinstance(body, dict) or body.get("status") not in ("delivered", "failed"):
        return None
    request_id, message_id, reason = (body.get(name) for name in ("request_id", "message_id", "reason"))
    if not (_is_id(request_id) or _is_id(message_id)):
        return None
    return DeliveryReport(
        delivered=body["status"] == "delivered",
        request_id=request_id if _is_id(request_id) else None,
        message_id=message_id if _is_id(message_id) else None,
        reason=reason if isinstance(reason, str) else "",
    )


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value.isprintable()


def _refused(status: int, words: str) -> Answer:
    answer = jsonify(error=words)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer, status


def register(app: Flask) -> None:
    """Hangs the address on the application."""
    app.register_blueprint(sms)
