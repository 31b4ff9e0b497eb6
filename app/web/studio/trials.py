"""试运行: a draft or version led step by step by its owner, who plays every role; nothing leaves the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.core import clock
from app.core.errors import Conflict, Invalid, UserError
from app.core.transaction import transaction
from app.identity import permissions
from app.regulations import current_calendar, workdays
from app.web import forms
from app.web.auth import current_actor, requires
from app.web.studio import trial_sheets as sheets
from app.web.studio.blueprint import studio
from app.workflow import definitions
from app.workflow.releases import drafts
from app.workflow.scenarios import RAISES
from app.workflow.trial import answers, keeping, runs, sandbox, sources, viewing
from app.workflow.trial.files import read_file
from app.workflow.trial.runs import Setting, Source
from app.workflow.trial.sandbox import Doing
from app.workflow.trial.subject import unpacked
from app.workflow.trial.viewing import TrialView, Work

_HOURS = timedelta(hours=2)


@studio.get("/processes/<key>/trials")
@requires(permissions.PROCESS_EDIT)
def trials(key: str) -> str:
    """Where a trial is begun, and the latest trials of the process."""
    return _begin_page(key, {})


@studio.post("/processes/<key>/trials")
@requires(permissions.PROCESS_EDIT)
def begin_trial(key: str) -> ResponseReturnValue:
    """Begins a trial of the draft, or of the version that was chosen."""
    try:
        setting = _setting()
        with transaction():
            begun = runs.begin(_source(key), setting, current_actor())
            trial_id = begun.id
            if request.form.get("walk") == "1":
                runs.walk(trial_id, begun.steps)
    except Invalid as wrong:
        return _begin_page(key, wrong.errors), 422
    except Conflict as refused:
        return _begin_page(key, {"source": refused.message}), refused.status
    return redirect(url_for("studio.trial", trial_id=trial_id))


def _setting() -> Setting:
    scenario = request.form.get("scenario") or None
    if scenario is not None:
        return Setting(scenario=scenario)
    data = sheets.json_object(request.form.get("data", ""), "data")
    return Setting(sheets.moment_sent("begins", clock.now()), data)


def _source(key: str) -> Source:
    version = request.values.get("version", type=int)
    if version is not None:
        return sources.of_version(key, version)
    draft = drafts.active(key)
    return sources.of_draft(draft.id) if draft is not None else sources.of_version(key, definitions.latest(key).version)


def _begin_page(key: str, errors: dict[str, str]) -> str:
    source = _source(key)
    file = read_file(source.parts.scenarios)
    return render_template(
        "studio/trials.html", key=key, source=source, file=file, errors=errors, found=runs.of_process(key),
        typed=request.form, begins=clock.now(), start=answers.shown(dict(file.start)),
    )


@studio.get("/trials/<int:trial_id>")
@requires(permissions.PROCESS_EDIT)
def trial(trial_id: int) -> str:
    """The trial as it stands."""
    view = viewing.view(runs.get(trial_id))
    work = _chosen(view, request.args.get("task"))
    return _page(view, sheets.sheet_of(view, work) if work else None)


def _chosen(view: TrialView, task_id: str | None) -> Work | None:
    found = [work for work in view.works if work.task.id == task_id]
    return next(iter(found or view.works), None)


def _page(view: TrialView, sheet: sheets.Sheet | None, errors: Mapping[str, str] | None = None) -> str:
    draft = drafts.active(view.trial.key)
    return render_template(
        "studio/trial.html", view=view, trial=view.trial, sheet=sheet, bound=sheet.bound if sheet else None,
        errors={**(sheet.bound.errors if sheet and sheet.bound else {}), **(errors or {})}, own=dict(errors or {}),
        typed=request.form, draft=draft, shown=answers.shown, sources=SOURCE_WORDS, kinds=KIND_WORDS,
        replaces=keeping.mark_to_replace(view.trial) if view.over else None,
        draft_moved=draft is not None and view.trial.draft_id == draft.id and view.trial.draft_rev != draft.rev,
    )


#: Where the answer of an operation comes from.
SOURCE_WORDS: Mapping[str, str] = {
    answers.TYPED: "你设定的", answers.RECORDED: "场景记录的", answers.DEFAULT: "按类型给的",
    answers.UNKNOWN: "目录中没有",
}
KIND_WORDS: Mapping[str, str] = {
    sandbox.START: "发起", sandbox.COMPLETE: "办结", sandbox.MESSAGE: "收到消息", sandbox.UNTIL: "期限届满",
    sandbox.WAIT: "时间过去",
}


@studio.get("/trials/<int:trial_id>/diagram.bpmn")
@requires(permissions.PROCESS_EDIT)
def trial_diagram(trial_id: int) -> Response:
    """The diagram as the trial runs it."""
    return Response(unpacked(runs.get(trial_id).content).xml, mimetype="application/xml")


@studio.get("/trials/<int:trial_id>/state.json")
@requires(permissions.PROCESS_EDIT)
def trial_state(trial_id: int) -> Response:
    """Where the tokens are, for the viewer."""
    return jsonify(viewing.view(runs.get(trial_id)).state)


@studio.post("/trials/<int:trial_id>/tasks/<task_id>")
@requires(permissions.PROCESS_EDIT)
def complete_in_trial(trial_id: int, task_id: str) -> ResponseReturnValue:
    """办结 in the name of whoever does the task, with its form checked as ever."""
    view = viewing.view(runs.get(trial_id))
    work = next((one for one in view.works if one.task.id == task_id), None)
    if work is None:
        flash("这一环节已经不在待办，下面是现在的情形。", "care")
        return redirect(url_for("studio.trial", trial_id=trial_id))
    sheet = sheets.sheet_of(view, work, sent=True)
    if sheet.bound is not None and (sheet.bound.action != forms.SUBMIT or not sheet.bound.is_valid):
        return _page(view, sheet), 422 if sheet.bound.errors else 200
    try:
        values = {**(sheet.bound.values if sheet.bound else {}), **sheets.loose_values(work.suggested)}
    except Invalid as wrong:
        return _page(view, sheet, wrong.errors), 422
    return _act(trial_id, Doing(sandbox.COMPLETE, work.task.element_id, work.task.item_key, values))


@studio.post("/trials/<int:trial_id>/message")
@requires(permissions.PROCESS_EDIT)
def message_in_trial(trial_id: int) -> ResponseReturnValue:
    """Gives the run a message, as another case or page would send it."""
    name = request.form.get("name", "")
    view = viewing.view(runs.get(trial_id))
    likes = next((one.fields for one in view.messages if one.name == name), {})
    try:
        values = sheets.loose_values(likes)
    except Invalid as wrong:
        return _page(view, None, {f"{name}-{sheets.MORE}": message for message in wrong.errors.values()}), 422
    return _act(trial_id, Doing(sandbox.MESSAGE, name, values=values))


def _act(trial_id: int, doing: Doing) -> ResponseReturnValue:
    return _led(trial_id, lambda at: runs.act(trial_id, at, doing))


def _led(trial_id: int, act: Callable[[int], object]) -> ResponseReturnValue:
    """One act of leading the trial, from the step that the page was made at."""
    at_step = request.form.get("step", type=int, default=-1)
    try:
        with transaction():
            act(at_step)
    except UserError as refused:
        flash(f"{refused.message}。", "care")
    return redirect(url_for("studio.trial", trial_id=trial_id))


@studio.post("/trials/<int:trial_id>/clock")
@requires(permissions.PROCESS_EDIT)
def clock_of_trial(trial_id: int) -> ResponseReturnValue:
    """拨时钟 of the trial: two hours, a working day, to the next timer, or to a moment."""
    return _led(trial_id, lambda at: runs.go_to(trial_id, at, _moment_wanted(trial_id)))


def _moment_wanted(trial_id: int) -> datetime:
    view = viewing.view(runs.get(trial_id))
    move, now = request.form.get("move", ""), view.moment
    if move == "hours":
        return now + _HOURS
    if move == "workday":
        day = workdays.next_workday(now.date(), current_calendar())
        return datetime.combine(day, now.time(), tzinfo=now.tzinfo)
    if move == "timer":
        if not view.timers:
            raise Conflict("没有在走的计时，时钟没有拨动")
        return max(now, view.timers[0].due_at)
    return sheets.moment_sent("moment", now)


@studio.post("/trials/<int:trial_id>/follow")
@requires(permissions.PROCESS_EDIT)
def follow_scenario(trial_id: int) -> ResponseReturnValue:
    """Makes the next step of the loaded scenario, or all."""
    to_the_end = request.form.get("all") == "1"
    return _led(trial_id, lambda at: runs.follow(trial_id, at, to_the_end=to_the_end))


@studio.post("/trials/<int:trial_id>/back")
@requires(permissions.PROCESS_EDIT)
def back_in_trial(trial_id: int) -> ResponseReturnValue:
    """退回一步 of the trial."""
    return _led(trial_id, lambda at: runs.back(trial_id, at))


@studio.post("/trials/<int:trial_id>/anew")
@requires(permissions.PROCESS_EDIT)
def begin_anew(trial_id: int) -> ResponseReturnValue:
    """重新开始, with other start data if they were changed."""

    def act(at: int) -> None:
        typed = request.form.get("data")
        runs.anew(trial_id, at, None if typed is None else sheets.json_object(typed, "data"))

    return _led(trial_id, act)


@studio.post("/trials/<int:trial_id>/keep")
@requires(permissions.PROCESS_EDIT)
def keep_scenario(trial_id: int) -> ResponseReturnValue:
    """存为场景 in the draft of the process; a name that is taken there asks whether to replace."""
    name = " ".join(request.form.get("name", "").split())
    try:
        with transaction():
            keeping.keep(trial_id, name, current_actor())
    except UserError as refused:
        if refused.field == "name" and keeping.mark_in_draft(runs.get(trial_id).key, name) is not None:
            return redirect(url_for("studio.confirm_replace_scenario", trial_id=trial_id, name=name))
        return _not_kept(trial_id, refused)
    return _kept(trial_id, f"已存为场景“{name}”，以后每次检查都会重走一遍。")


@studio.get("/trials/<int:trial_id>/replace")
@requires(permissions.PROCESS_EDIT)
def confirm_replace_scenario(trial_id: int) -> ResponseReturnValue:
    """Asks once more before the trial takes the place of a scenario of the same name."""
    found, name = runs.get(trial_id), request.args.get("name", "")
    mark = keeping.mark_in_draft(found.key, name)
    back = url_for("studio.trial", trial_id=trial_id)
    if mark is None:
        flash(f"没有名为“{name[:keeping.MAX_NAME]}”的场景，可能已被改名或删除。", "care")
        return redirect(back)
    return render_template(
        "confirm.html", heading=f"替换场景：{name}", act="替换这个场景", errors={},
        consequence="已有同名的场景。替换后，检查按这次的步骤重走，原来的走法不再保留；已发布的版本里仍然保留。",
        action=url_for("studio.replace_scenario", trial_id=trial_id), hidden={"name": name, "mark": mark},
        back=back, stay="不替换，返回",
        trail=[("流程", url_for("studio.index")), (found.name, url_for("studio.process", key=found.key)),
               ("试运行", back), ("替换场景", "")],
    )


@studio.post("/trials/<int:trial_id>/replace")
@requires(permissions.PROCESS_EDIT)
def replace_scenario(trial_id: int) -> ResponseReturnValue:
    """替换场景, if it is still the one that the page was made for."""
    name = request.form.get("name", "")
    try:
        with transaction():
            keeping.replace(trial_id, name, request.form.get("mark", ""), current_actor())
    except UserError as refused:
        return _not_kept(trial_id, refused)
    return _kept(trial_id, f"已替换场景“{name}”，以后每次检查都按这次的步骤重走。")


def _not_kept(trial_id: int, refused: UserError) -> ResponseReturnValue:
    view = viewing.view(runs.get(trial_id))
    work = _chosen(view, None)
    words = refused.errors.get("name", refused.message) if isinstance(refused, Invalid) else refused.message
    return _page(view, sheets.sheet_of(view, work) if work else None, {"name": words}), refused.status


def _kept(trial_id: int, words: str) -> Response:
    url = url_for("studio.process", key=runs.get(trial_id).key, _anchor="pane-scenarios")
    flash(Markup('{}<a href="{}">看全部场景</a>').format(words, url), "ok")
    return redirect(url_for("studio.trial", trial_id=trial_id))


@studio.get("/trials/<int:trial_id>/answers/<operation>")
@requires(permissions.PROCESS_EDIT)
def answer_in_trial(trial_id: int, operation: str) -> str:
    """What an operation answers from now on."""
    return _answer_page(trial_id, operation, {})


@studio.post("/trials/<int:trial_id>/answers/<operation>")
@requires(permissions.PROCESS_EDIT)
def set_answer_in_trial(trial_id: int, operation: str) -> ResponseReturnValue:
    """Sets or takes back what the owner typed."""
    try:
        typed = None
        if request.form.get("act") != "take_back":
            entered = {name.removeprefix("o."): text for name, text in request.form.items() if name.startswith("o.")}
            fails = request.form.get("fails_with", "") if request.form.get("outcome") == "fails" else ""
            if request.form.get("outcome") == "fails" and not fails.strip():
                raise Invalid({"fails_with": "写明返回哪个错误代码"})
            typed = answers.typed_answer(operation, entered, fails)
        with transaction():
            runs.set_answer(trial_id, operation, typed)
    except Invalid as wrong:
        return _answer_page(trial_id, operation, wrong.errors), 422
    flash("已取消你设定的结果。" if typed is None else "已设定，下一次调用起用这个结果。", "ok")
    return redirect(url_for("studio.trial", trial_id=trial_id, _anchor="answers"))


def _answer_page(trial_id: int, operation: str, errors: Mapping[str, str]) -> str:
    view = viewing.view(runs.get(trial_id))
    found = next((one for one in view.answering if one.name == operation), None)
    if found is None:
        raise viewing.no_operation(operation)
    fields: list[dict[str, Any]] = [
        {"name": name, "shape": shape,
         "text": request.form.get(f"o.{name}", answers.shown(found.given.answer.get(name)))}
        for name, shape in (found.entry.outputs if found.entry else ())
    ]
    return render_template(
        "studio/trial_answer.html", view=view, trial=view.trial, found=found, fields=fields, errors=errors,
        raises=RAISES, typed=request.form, sources=SOURCE_WORDS,
    )
