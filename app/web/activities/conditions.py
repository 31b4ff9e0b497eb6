"""抽取条件 (第十九条（一）): set with a live check, saved as often as wanted, submitted once; then only to be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import Invalid, NotAllowed
from app.identity import permissions
from app.procedures.selection import examination, store
from app.procedures.selection.models import ActivityConditions, ActivityState, DesignationState, RecusalSource
from app.procedures.selection.rules.conditions import (
    MOST_CATEGORIES,
    ConditionsDraft,
    most_designated,
    require,
)
from app.procedures.selection.service import activities as service
from app.registers import units
from app.web.activities import conditions_form as forms
from app.web.activities.blueprint import (
    Page,
    Visit,
    activities,
    complete,
    holding,
    open_task,
    own_task,
    visit,
)
from app.web.activities.conditions_form import Typed
from app.web.activities.finding import found_people, found_units, note_search, number_in
from app.web.activities.refusals import Note, refusal_of
from app.web.activities.supply import forecast_of, supply_of
from app.web.activities.words import condition_facts, designee_name, marks, rule_checks
from app.web.auth import requires
from app.workflow.models import Task

TASK = "set_conditions"
#: The levels of a title as the annex's form knows them.
TITLE_LEVELS = ("正高", "副高", "中级", "其他", "无")


@activities.get("/<number>/conditions")
@requires(permissions.ACTIVITY_READ)
def conditions(number: str) -> Page:
    """The form while it is to be filled in, else the conditions as they stand."""
    seen = visit(number)
    task = own_task(seen, TASK)
    return _form(seen, task, _saved(seen), {}) if task is not None else _shown(seen)


@activities.post("/<number>/conditions")
@requires(permissions.ACTIVITY_MANAGE)
def save_conditions(number: str) -> ResponseReturnValue:
    """What the pressed button says: a row more or less, a look-up, a check, saving, submitting."""
    seen = visit(number)
    typed = forms.from_request(request.form)
    typed.redraw = seen.activity.draw_no > 0
    # only what the page offers: free text here would be sealed with the conditions and published
    typed.titles = [one for one in TITLE_LEVELS if one in typed.titles]
    typed.natures = [one for one in seen.rules.texts("entry.unit_natures") if one in typed.natures]
    task = own_task(seen, TASK)
    if task is None:
        return _not_now(seen)
    act = request.form.get("_do", "check")
    if act == "find":
        note_search(seen, typed.person_q, typed.named_q)
    if forms.change(typed, act) or act == "find":
        return _form(seen, task, typed, {})
    deed = _DEEDS.get(act)
    if deed is None:
        return _form(seen, task, typed, {})
    refused = refusal_of(lambda: deed(seen, task, forms.draft_of(typed)), "没有提交" if act == "submit" else "没有保存")
    if refused is not None:
        errors = forms.at_controls(refused.errors, typed)
        return _form(seen, task, typed, errors, refused.note, refused.status)
    return _after(seen, act)


def _not_now(seen: Visit) -> ResponseReturnValue:
    """Somebody submitted meanwhile, or it is another's."""
    task = open_task(seen.number, TASK)
    if task is not None:
        raise NotAllowed(f"“{task.name}”由{task.assignee_name or '评审组织部门'}办理，您不能改抽取条件")
    return _shown(seen, ("care", "条件没有保存：", "条件已经提交或锁定，锁定后任何人不能改。下面是现在的条件。")), 409


def _save(seen: Visit, _task: Task, draft: ConditionsDraft) -> None:
    holding(seen, lambda: service.save_conditions(seen.number, draft, actor=seen.actor, now=seen.now))


def _submit(seen: Visit, task: Task, draft: ConditionsDraft) -> None:
    """Saves and completes the task, both or neither; what the rules refuse is told before anything is locked."""
    number = seen.number
    require(examination.examine(seen.activity, draft, seen.rules, seen.now))

    def save() -> None:
        service.save_conditions(number, draft, actor=seen.actor, now=seen.now)

    complete(seen, task, {}, before=save)


#: What a button of the page does, with its case.
_DEEDS: dict[str, Callable[[Visit, Task, ConditionsDraft], None]] = {"save": _save, "submit": _submit}


def _after(seen: Visit, act: str) -> ResponseReturnValue:
    number = seen.number
    if act == "save":
        flash("已存草稿。提交以后条件才会锁定。", "ok")
        return redirect(url_for("activities.conditions", number=number))
    after = store.activity(number)
    if after.state is ActivityState.LOCKED:
        flash("条件已锁定，承诺值已公布。请打印承诺单，然后各方投入一个数。", "ok")
        return redirect(url_for("activities.draw", number=number))
    if after.state is ActivityState.APPROVING:
        flash(f"已提交抽取条件，由分管领导 {after.leader_name} 审批；同意后自动锁定。", "ok")
        return redirect(url_for("activities.board", number=number))
    return redirect(url_for("activities.conditions", number=number))


def _saved(seen: Visit) -> Typed:
    found = seen.activity
    typed = forms.from_saved(
        found.panel_size, store.conditions(found).data, store.recusals_of(found.number),
        store.designations_of(found.number),
    )
    typed.redraw = found.draw_no > 0
    return typed


def _form(
    seen: Visit, task: Task, typed: Typed, errors: dict[str, str], note: Note | None = None, status: int = 422
) -> Page:
    found, rules = seen.activity, seen.rules
    page = render_template(
        "activities/conditions.html", activity=found, works=True, typed=typed, errors=errors, note=note, rev=task.rev,
        may_manage=True, refusal=_refusal(seen), retained=_retained(seen),
        sizes=[(size, f"{size} 人") for size in rules.numbers("selection.panel_sizes")],
        categories=rules.texts("selection.category_directions"), max_categories=MOST_CATEGORIES,
        most_seats=max(rules.numbers("selection.panel_sizes")), title_levels=TITLE_LEVELS,
        unit_natures=rules.texts("entry.unit_natures"), automatic=_automatic(seen), sources=_sources(),
        employment_years=rules.integer("selection.employment_years"),
        security_min=rules.integer("selection.security_min"),
        designated_most=most_designated(number_in(typed.panel_size) or found.panel_size, rules),
        standing=_standing(seen), found=_found(typed), **_checked(seen, typed),
    )
    return (page, status) if errors or note else page


def _checked(seen: Visit, typed: Typed) -> dict[str, Any]:
    """Rules, counts and forecast of what is typed; nothing of it while the rows make no sense."""
    try:
        draft = forms.draft_of(typed)
    except Invalid:
        return {"checks": [], "supply": None, "forecast": None}
    preview = examination.preview(seen.activity, draft, seen.rules, seen.now)
    supply = supply_of(draft, preview)
    return {
        "checks": marks(preview.findings), "supply": supply,
        "forecast": forecast_of(seen, sum(draft.quota.values())) if supply else None,
    }


def _found(typed: Typed) -> dict[str, Any]:
    """What the three look-ups found, without those picked already."""
    return {
        "units": found_units(typed.unit_q, [one.id for one in typed.units]),
        "persons": found_people(typed.person_q, [one.id for one in typed.persons]),
        "named": found_people(typed.named_q, [one.id for one in typed.named]),
    }


def _sources() -> list[tuple[str, str]]:
    return [(one.value, one.label) for one in RecusalSource if one is not RecusalSource.PROJECT_UNIT]


def _automatic(seen: Visit) -> list[str]:
    return [f"被评审项目单位 {units.unit(seen.activity.project_unit_id).name}"]


def _standing(seen: Visit) -> list[dict[str, str]]:
    """Designations that were submitted before and hold or held a seat."""
    return [
        {"name": designee_name(one), "category": one.category, "state": one.state.label}
        for one in store.designations_of(seen.number)
        if one.state is not DesignationState.DRAFT
    ]


def _refusal(seen: Visit) -> str:
    """What the leader said of the version before, if he refused it."""
    earlier = [one for one in store.versions_of(seen.number) if one.version < seen.activity.conditions_version]
    if seen.activity.state is not ActivityState.DRAFT or not earlier or earlier[-1].approval_outcome != "refused":
        return ""
    return f"{earlier[-1].approval_reason}（{earlier[-1].approved_by_name}）"


def _retained(seen: Visit) -> int:
    return len(store.live_invitations(seen.number))


def _shown(seen: Visit, note: Note | None = None) -> str:
    """The conditions for reading."""
    found = seen.activity
    version = store.conditions(found)
    return render_template(
        "activities/conditions.html", activity=found, works=False, errors={}, note=note, may_manage=seen.may_manage,
        locked={"version": version.version, "at": version.locked_at, "facts": condition_facts(seen, version)},
        versions=[_version(one) for one in store.versions_of(found.number)] if found.conditions_version > 1 else [],
        checks=rule_checks(seen, version) if version.locked_at is not None else [],
        supply=None, forecast=None, refusal="",
    )


def _version(one: ActivityConditions) -> dict[str, Any]:
    approval = ""
    if one.approved_by_name:
        outcome = "同意" if one.approval_outcome == "agreed" else "不同意"
        approval = f"{one.approved_by_name}{outcome}" + (f"：{one.approval_reason}" if one.approval_reason else "")
    return {
        "version": one.version, "saved_by": one.saved_by_name, "submitted_at": one.submitted_at,
        "approval": approval, "locked_at": one.locked_at,
    }
