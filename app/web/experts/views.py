"""The register of experts as staff see it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from app.core import audit, clock
from app.core.masking import mask_email, mask_id_number, mask_phone
from app.core.transaction import transaction
from app.identity import permissions
from app.procedures.entry.rules.qualification import ROUTES
from app.registers import experts as register
from app.registers import units
from app.registers.experts import ExpertFilter
from app.registers.models import Expert, ExpertState
from app.regulations import rule_set_to_show
from app.web.auth import current_actor, requires

experts = Blueprint("experts", __name__, url_prefix="/experts")

_PAGE = 30


@experts.get("/")
@requires(permissions.EXPERT_READ)
def index() -> str:
    """Experts by number, filtered by name or number, direction, unit, title and state; all in the URL."""
    wanted = ExpertFilter(
        text=request.args.get("q", "").strip(), direction=request.args.get("direction", ""),
        state=_state(request.args.get("state", "")), unit_id=request.args.get("unit", type=int),
        title=request.args.get("title", "").strip(),
    )
    after = request.args.get("after", "")
    found = list(register.search(wanted, after=after, limit=_PAGE + 1))
    today = clock.today()
    rows = [register.masked(person, today) for person in found[:_PAGE]]
    kept: dict[str, Any] = {key: value for key, value in request.args.items() if value and key != "after"}
    return render_template(
        "experts/index.html", rows=rows, wanted=wanted, directions=_directions(), states=list(ExpertState),
        unit=units.unit(wanted.unit_id) if wanted.unit_id else None,
        next_url=url_for("experts.index", after=rows[-1].number, **kept) if len(found) > _PAGE else "",
        first_url=url_for("experts.index", **kept) if after else "",
    )


def _state(text: str) -> str:
    return text if text in set(ExpertState) else ""


def _directions() -> tuple[str, ...]:
    return rule_set_to_show(clock.today()).texts("entry.directions")


@experts.get("/<number>")
@requires(permissions.EXPERT_READ)
def detail(number: str) -> str:
    """One expert with every term; the look at the name is written into the trail (第六条, 第二十六条)."""
    actor = current_actor()
    with transaction():
        person = register.by_number(number)
        audit.record(actor, "expert.read", "expert", number)
        return _page(person)


def _page(person: Expert) -> str:
    today = clock.today()
    return render_template(
        "experts/detail.html", person=person, overlay=register.overlay(person, today), today=today,
        route=f"{person.route} {ROUTES[person.route]}" if person.route in ROUTES else person.route,
        id_number=mask_id_number(person.id_number), phone=mask_phone(person.phone), email=mask_email(person.email),
        may_reveal=permissions.allowed(current_actor(), permissions.PERSONAL_REVEAL),
    )
