"""The papers of an activity: 抽取记录表, 承诺单, 名单确认单, 签到表, for whoever may read the activity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import current_app, request, url_for
from werkzeug.wrappers import Response

from app.core import audit, clock
from app.core.errors import NotAllowed, NotFound
from app.core.transaction import transaction
from app.identity import permissions
from app.notices import texts
from app.notices.documents.commitment_sheet import commitment_sheet_pdf
from app.notices.documents.draw_record import draw_record_pdf
from app.notices.documents.panel_papers import LETTER, panel_list_pdf, sign_in_sheet_pdf
from app.notices.letters import Wording
from app.procedures.selection import store
from app.procedures.selection.access import DECIDES_UNSEEN, decides_unseen, may_read
from app.procedures.selection.models import Activity, ActivityState
from app.procedures.selection.queries import draw_papers, panel_papers
from app.procedures.selection.queries.panel_papers import Printing
from app.regulations import RuleSet, rule_set_to_show
from app.web.auth import current_actor, requires
from app.web.certificates.downloads import certificates, sent
from app.workflow import instances

NOT_THERE = "没有这个评审活动，或者您无权查看"
PDF = "application/pdf"


@dataclass(frozen=True)
class Paper:
    """A kind of paper: its name, from when there is one, and how it is made."""

    name: str
    begins: Callable[[Activity], bool]
    otherwise: str
    make: Callable[[Activity, RuleSet, Printing], bytes]


def _is_locked(found: Activity) -> bool:
    return found.draw_no > 0


def _is_invited(found: Activity) -> bool:
    return found.invitations > 0


def _commitment(found: Activity, _rules: RuleSet, printing: Printing) -> bytes:
    wanted = request.args.get("draw", found.draw_no, type=int)
    return commitment_sheet_pdf(draw_papers.commitment_of(found, wanted, printing))


def _list(found: Activity, rules: RuleSet, printing: Printing) -> bytes:
    return panel_list_pdf(panel_papers.list_of(found, rules, printing), _wording(printing))


def _sign_in(found: Activity, rules: RuleSet, printing: Printing) -> bytes:
    return sign_in_sheet_pdf(panel_papers.sign_in_of(found, rules, printing), _wording(printing))


def _wording(printing: Printing) -> Wording:
    return texts.wording(LETTER, printing.at.date())


#: Key in the address -> the paper.
PAPERS: Mapping[str, Paper] = {
    "commitment": Paper("承诺单", _is_locked, "条件锁定之后才有承诺单", _commitment),
    "record": Paper(
        "抽取记录表", _is_locked, "条件锁定之后才有抽取记录表",
        lambda found, rules, printing: draw_record_pdf(draw_papers.record_of(found, rules, printing)),
    ),
    "list": Paper("名单确认单", _is_invited, "发出邀请之后才有名单确认单", _list),
    "sign-in": Paper("签到表", _is_invited, "发出邀请之后才有签到表", _sign_in),
}  # fmt: skip


def offered(found: Activity) -> list[tuple[str, str]]:
    """Names and addresses of the papers that this activity has by now, for its pages."""
    return [
        (paper.name, url_for("certificates.document", number=found.number, kind=kind))
        for kind, paper in PAPERS.items()
        if paper.begins(found) and not (kind == "sign-in" and found.state == ActivityState.CANCELLED)
    ]


@certificates.get("/<number>/documents/<kind>.pdf")
@requires(permissions.ACTIVITY_READ)
def document(number: str, kind: str) -> Response:
    """One paper as it stands now; every download leaves a line in the trail."""
    actor, now = current_actor(), clock.now()
    found, paper = _readable(number), PAPERS.get(kind)
    if paper is None:
        raise NotFound("没有这种文书")
    if not paper.begins(found):
        raise NotFound(f"{paper.otherwise}，{found.number} 目前是“{found.state.label}”")
    rules = instances.rules_of(found.number) or rule_set_to_show(now.date())
    printing = Printing(actor.name, now, is_demo=current_app.config["MODE"] != "production")
    name = f"{paper.name}-{found.number}.pdf"
    content = paper.make(found, rules, printing)
    with transaction():
        audit.record(actor, "activity.download_document", "activity", found.number, note=name)
    return sent(content, PDF, name)


def _readable(number: str) -> Activity:
    try:
        found = store.activity(number)
    except NotFound:
        raise NotFound(NOT_THERE) from None
    if decides_unseen(current_actor(), found):
        raise NotAllowed(DECIDES_UNSEEN)
    if not may_read(current_actor(), found):
        raise NotFound(NOT_THERE)
    return found
