"""场景: the scenarios of a draft with how each went at the last check; one is taken out after a second question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.errors import NotFound
from app.core.transaction import transaction
from app.identity import permissions
from app.operations import catalogue
from app.web.auth import current_actor, requires
from app.web.studio.blueprint import studio
from app.workflow import definitions
from app.workflow.models import Definition
from app.workflow.releases import checking, drafts
from app.workflow.releases.models import ProcessDraft
from app.workflow.releases.states import DraftState
from app.workflow.trial import answers, keeping
from app.workflow.trial.files import read_file


@dataclass(frozen=True)
class Line:
    """One scenario: `state` is passed, failed, or unknown until the next check."""

    name: str
    steps: int
    state: str
    words: str
    message: str = ""


@dataclass(frozen=True)
class Lines:
    """The scenarios of a process; `fault` says why its file cannot be read."""

    found: tuple[Line, ...]
    fault: str | None


def lines(draft: ProcessDraft | None, newest: Definition | None, report: Mapping[str, Any] | None) -> Lines:
    """The scenarios of the draft, else of the version in force."""
    row = draft or newest
    file = read_file(row.scenarios if row is not None else None)
    runs = {run["name"]: run for run in (report or {}).get("scenarios", ())}
    return Lines(tuple(_line(one.name, len(one.steps), runs.get(one.name)) for one in file.scenarios), file.fault)


def _line(name: str, steps: int, run: Mapping[str, Any] | None) -> Line:
    if run is None:
        return Line(name, steps, "unknown", "这一版还没有检查")
    if run["ok"]:
        return Line(name, steps, "passed", "走通")
    return Line(name, steps, "failed", "没有走通", str(run["message"]))


@studio.get("/drafts/<int:draft_id>/scenarios")
@requires(permissions.PROCESS_EDIT)
def draft_scenarios(draft_id: int) -> str:
    """The scenarios of a draft on a page of their own."""
    draft = drafts.get(draft_id)
    return render_template(
        "studio/scenarios.html", key=draft.key, draft=draft, newest=definitions.newest(draft.key),
        report=checking.present_report(draft), may_edit=True, writes=draft.state == DraftState.DRAFT,
    )


@studio.get("/drafts/<int:draft_id>/scenarios/remove")
@requires(permissions.PROCESS_EDIT)
def confirm_remove_scenario(draft_id: int) -> str:
    """Asks once more before a scenario is taken out."""
    draft, name = drafts.get(draft_id), request.args.get("name", "")
    if name not in {one.name for one in read_file(draft.scenarios).scenarios}:
        raise NotFound(f"没有名为“{name[:60]}”的场景，可能已被改名或删除")
    return render_template(
        "confirm.html", heading=f"删除场景：{name}", act="删除这个场景", errors={},
        consequence="删除后，检查不再重走这条路；已发布的版本里仍然保留。",
        action=url_for("studio.remove_scenario", draft_id=draft.id, name=name, rev=draft.rev),
        back=url_for("studio.draft_scenarios", draft_id=draft.id), stay="不删除，返回",
        trail=[("流程", url_for("studio.index")), (draft.name, url_for("studio.process", key=draft.key)),
               ("删除场景", "")],
    )


@studio.post("/drafts/<int:draft_id>/scenarios/remove")
@requires(permissions.PROCESS_EDIT)
def remove_scenario(draft_id: int) -> Response:
    """Takes a scenario out of the draft."""
    name = request.args.get("name", "")
    rev = request.args.get("rev", type=int, default=-1)
    with transaction():
        keeping.remove(draft_id, rev, name, current_actor())
    flash(f"已删除场景“{name}”。", "ok")
    return redirect(url_for("studio.draft_scenarios", draft_id=draft_id))


def label_of(operation: str) -> str:
    """What people call an operation."""
    entry = catalogue.get(operation)
    return entry.label if entry is not None else operation


def register(app: Flask) -> None:
    """Gives the templates what the pages of trials and scenarios need."""
    app.jinja_env.globals.update(
        scenario_lines=lines, trial_fields=_fields, trial_choices=_choices, answer_errors=_errors,
    )
    app.jinja_env.filters.update(operation_label=label_of)


def _fields(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names with their values as they are edited."""
    return [(name, answers.shown(value)) for name, value in values.items()]


def _choices(values: tuple[str, ...], chosen: str, words: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """The choices with their words; an expression that stands there now is one of them."""
    formula = [(chosen, chosen)] if chosen.startswith("=") else []
    return [*formula, *zip(values, words or values, strict=True)]


def _errors(errors: Mapping[str, str]) -> dict[str, str]:
    """The errors of an answer by the names of their controls."""
    return {name if name == "fails_with" else f"o.{name}": message for name, message in errors.items()}
