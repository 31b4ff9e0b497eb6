"""组织一次评审: what is reviewed, when and where, who approves and who watches; then the case begins."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock, randomness, settings
from app.core.actor import Actor
from app.core.errors import Invalid, UserError
from app.core.transaction import transaction
from app.identity import accounts, permissions, roles
from app.procedures.selection.models import RecusalSource
from app.procedures.selection.rules.activity import MOST_HALF_DAYS, ActivityDraft, check_activity
from app.procedures.selection.rules.conditions import ConditionsDraft, RecusalDraft
from app.procedures.selection.service import activities as service
from app.regulations import RuleSet, rule_set_for, rule_set_to_show
from app.web.activities.blueprint import PROCESS, Page, activities
from app.web.activities.finding import Found, found_units, number_in, unit
from app.web.auth import current_actor, requires
from app.workflow import instances

_FIELDS = (
    "title", "kind", "project_unit", "project_unit_q", "participants_q", "starts_on", "starts_at", "half_days", "city",
    "address", "contact_phone", "panel_size", "leader", "witness", "sheet",
)
#: The controls that can have an error, as they follow each other on the page.
_ORDER = (
    "title", "kind", "project_unit", "participants", "starts_on", "starts_at", "half_days", "city", "address",
    "contact_phone", "panel_size", "leader", "witness",
)
_PARTICIPANT = "建设、供货、监理等参建单位"


@activities.get("/new")
@requires(permissions.ACTIVITY_MANAGE)
def new() -> Page:
    """The empty form."""
    sheet = randomness.token()
    return _page(
        {**dict.fromkeys(_FIELDS, ""), "half_days": "1", "participants": [], "classified": False, "sheet": sheet}, {}
    )


@activities.post("/new")
@requires(permissions.ACTIVITY_MANAGE)
def create() -> ResponseReturnValue:
    """Looks up units, or writes the activity and starts its case, both or neither."""
    typed = _typed()
    if request.form.get("_do") == "find":
        return _page(typed, {})
    actor, now = current_actor(), clock.now()
    try:
        with transaction():
            number = _created_once(typed, actor, now, rule_set_for(now.date()))
    except Invalid as refusal:
        return _page(typed, _fields(refusal.errors, typed))
    except UserError as refusal:
        return _page(typed, _fields({refusal.field or "title": refusal.message}, typed))
    flash(f"已建立评审 {number}。设好条件后提交，由系统锁定名单并抽取。", "ok")
    return redirect(url_for("activities.conditions", number=number))


def _typed() -> dict[str, Any]:
    typed: dict[str, Any] = {name: request.form.get(name, "").strip() for name in _FIELDS}
    typed["participants"] = list(dict.fromkeys(request.form.getlist("participants")))
    typed["classified"] = request.form.get("classified") == "yes"
    return typed


def _fields(errors: dict[str, str], typed: dict[str, Any]) -> dict[str, str]:
    """Errors by the controls of this page, in its order; of a missing time the day is to be filled in first."""
    at = {"participants" if field.startswith("recusals") else field: words for field, words in errors.items()}
    if "starts_at" in at and not typed["starts_on"]:
        at["starts_on"] = at.pop("starts_at")
    return {field: at[field] for field in sorted(at, key=_place)}


def _place(field: str) -> int:
    return _ORDER.index(field) if field in _ORDER else len(_ORDER)


def _created_once(typed: dict[str, Any], actor: Actor, now: datetime, rules: RuleSet) -> str:
    """The number of the activity; the same form sent again, as by a double click, gives the number of the first.

    The same `sheet` with other content is another activity: somebody went back in his browser and wrote anew.
    """
    content = json.dumps([actor.user_id, typed], sort_keys=True).encode()
    key = f"activity.sheet.{hashlib.sha256(content).hexdigest()}"
    if typed["sheet"] and not settings.claim(key):
        return str(settings.stored(key))
    number = _create(typed, actor, now, rules)
    if typed["sheet"]:
        settings.store(key, number)
    return number


def _create(typed: dict[str, Any], actor: Actor, now: datetime, rules: RuleSet) -> str:
    draft = _draft(typed)
    errors = {one.field: one.message for one in check_activity(draft, actor.user_id or 0, now, rules) if one.is_bad}
    if number_in(typed["panel_size"]) not in rules.numbers("selection.panel_sizes"):
        sizes = "、".join(map(str, rules.numbers("selection.panel_sizes")))
        errors["panel_size"] = f"专家人数：请选择 {sizes} 人之一，须为单数（第十七条）"
    if errors:
        raise Invalid(errors)
    made = service.create(draft, actor=actor, now=now, rules=rules)
    number, title = made.number, made.title
    first = ConditionsDraft(panel_size=int(typed["panel_size"]), quota={}, recusals=_participants(typed))
    service.save_conditions(number, first, actor=actor, now=now)
    data = {
        "activity": number, "organiser_id": actor.user_id, "organiser_unit": made.organiser_unit_id,
        "leader_id": made.leader_id, "witness_id": made.witness_id,
    }
    instances.start(PROCESS, number, title, data, actor, subject=f"activity:{number}", rules=rules)
    return number


def _participants(typed: dict[str, Any]) -> tuple[RecusalDraft, ...]:
    ids = [unit_id for one in typed["participants"] if (unit_id := number_in(one)) is not None]
    return tuple(RecusalDraft(RecusalSource.PARTICIPANT.value, _PARTICIPANT, unit_id=unit_id) for unit_id in ids)


def _draft(typed: dict[str, Any]) -> ActivityDraft:
    return ActivityDraft(
        title=typed["title"], kind=typed["kind"], project_unit_id=number_in(typed["project_unit"]),
        contact_phone=typed["contact_phone"], leader_id=number_in(typed["leader"]), starts_at=moment(typed),
        city=typed["city"], address=typed["address"], half_days=number_in(typed["half_days"]) or 0,
        witness_id=number_in(typed["witness"]), classified=typed["classified"],
    )


def moment(typed: dict[str, Any]) -> datetime | None:
    """The beginning as entered in the two controls of a form; None if either is empty or no date."""
    try:
        found = datetime.fromisoformat(f"{typed.get('starts_on', '')}T{typed.get('starts_at', '')}")
    except ValueError:
        return None
    return found.replace(tzinfo=clock.ZONE)


def _page(typed: dict[str, Any], errors: dict[str, str]) -> Page:
    actor, rules = current_actor(), rule_set_to_show(clock.today())
    project = _chosen([typed["project_unit"]])
    participants = _chosen(typed["participants"])
    page = render_template(
        "activities/new.html", typed=typed, errors=errors,
        kinds=[(kind, kind) for kind in rules.texts("selection.activity_kinds")],
        sizes=[(size, f"{size} 人") for size in rules.numbers("selection.panel_sizes")],
        panel_min=rules.integer("selection.panel_min"),
        half_days=[(count, f"{count} 个半天") for count in range(1, MOST_HALF_DAYS + 1)],
        project_chosen=project, project_found=_found(typed["project_unit_q"], project),
        participants_chosen=participants, participants_found=_found(typed["participants_q"], participants),
        leaders=_leaders(actor), witnesses=_witnesses(actor),
        reply_words=f"{rules['invitation.reply_period'].words}内",
        latest_words=rules["selection.draw_latest"].words, earliest_words=rules["selection.draw_earliest"].words,
        stop_words=rules["selection.hard_stop"].words,
    )
    return (page, 422) if errors else page


def _chosen(ids: list[str]) -> list[Found]:
    found = [unit(unit_id) for one in ids if (unit_id := number_in(one)) is not None]
    return [one for one in found if one is not None]


def _found(query: str, chosen: list[Found]) -> list[Found]:
    return found_units(query, [one.id for one in chosen])


def _leaders(actor: Actor) -> list[tuple[int, str]]:
    """The leaders of the own unit, oneself never among them."""
    found = accounts.users_in_role(roles.DEPT_LEADER, actor.unit_id)
    return [(user.id, user.name) for user in found if user.id != actor.user_id]


def _witnesses(actor: Actor) -> list[tuple[int, str]]:
    found = accounts.users_in_role(roles.DISCIPLINE_WITNESS)
    return [(user.id, f"{user.name}（{user.unit_name}）") for user in found if user.id != actor.user_id]
