"""The page of a process: its diagram in the editor, the way to publication, the versions (ui/09-studio.html)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.core.errors import NotFound
from app.core.transaction import transaction
from app.identity import permissions
from app.web.auth import current_actor, requires
from app.web.security import allows_inline_styles
from app.web.studio.blueprint import studio
from app.workflow import definitions
from app.workflow.models import Definition
from app.workflow.releases import checking, drafts, publishing, queries, record, shipped
from app.workflow.releases.models import ProcessDraft
from app.workflow.releases.states import ACT_WORDS, ORIGIN_WORDS, STATE_WORDS, DraftState


@dataclass(frozen=True)
class GateStep:
    """A step on the way to publication: `mark` is done, bad, now or idle; `sign` stands in the mark."""

    label: str
    mark: str
    sign: str
    words: str


@studio.get("/processes/<key>")
@requires(permissions.PROCESS_READ)
@allows_inline_styles
def process(key: str) -> str:
    """The draft in the editor, or the version in force to be read."""
    draft, newest = drafts.active(key), definitions.newest(key)
    if draft is None and newest is None:
        raise NotFound(f"没有名为“{key}”的流程")
    return render_template("studio/process.html", **_facts(key, draft, newest))


def _facts(key: str, draft: ProcessDraft | None, newest: Definition | None) -> dict[str, Any]:
    actor = current_actor()
    may_edit = permissions.allowed(actor, permissions.PROCESS_EDIT)
    report = checking.present_report(draft) if draft is not None else None
    return {
        "key": key,
        "name": draft.name if draft is not None else newest.name if newest is not None else key,
        "draft": draft,
        "newest": newest,
        "report": report,
        "errors_found": checking.count_of(report, "error"),
        "gate": gate(draft),
        "may_edit": may_edit,
        "writes": may_edit and draft is not None and draft.state == DraftState.DRAFT,
        "why_not_approve": publishing.why_not_approve(draft, actor) if draft is not None else None,
        "overtaken": draft is not None and draft.base_version != (newest.version if newest is not None else None),
        "versions": queries.versions(key),
        "steps": record.steps(draft.id) if draft is not None else [],
        "authors": drafts.authors(draft.id) if draft is not None else [],
        "offer": shipped.offer(key),
        "callers": queries.callers_of(key),
        "state_words": STATE_WORDS,
        "origin_words": ORIGIN_WORDS,
        "act_words": ACT_WORDS,
        "addresses": _addresses(key, draft, newest),
        "link": optional_url,
    }


def _addresses(key: str, draft: ProcessDraft | None, newest: Definition | None) -> dict[str, str]:
    """Where the script of the editor finds and leaves things; empty where there is nothing to do."""
    if draft is None:
        shown = newest.version if newest is not None else 0
        return {
            "xml": url_for("studio.version_diagram", key=key, version=shown), "save": "", "check": "",
            "catalogue": url_for("studio.catalogue_json", process=key),
        }
    return {
        "xml": url_for("studio.draft_diagram", draft_id=draft.id),
        "save": url_for("studio.save_diagram", draft_id=draft.id),
        "check": url_for("studio.check", draft_id=draft.id),
        "catalogue": url_for("studio.catalogue_json", draft=draft.id),
    }


def optional_url(endpoint: str, **values: Any) -> str:
    """The address of a page of another part of the product, or nothing where that part is not installed."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def gate(draft: ProcessDraft | None) -> list[GateStep]:
    """How far a draft has come, step by step."""
    if draft is None:
        return []
    report = checking.present_report(draft)
    errors = checking.count_of(report, "error")
    state = DraftState(draft.state)
    sent = state in (DraftState.SUBMITTED, DraftState.APPROVED)
    return [
        GateStep("草稿", "done", "✓", "已存"),
        _check_step(report is not None, errors, checking.count_of(report, "override")),
        _trial_step(report),
        GateStep("他人审批", *(
            ("done", "✓", "已批准") if state == DraftState.APPROVED else
            ("now", "4", "正在审批") if sent else ("idle", "4", "未提交")
        )),
        GateStep("发布", *(("now", "5", "待发布") if state == DraftState.APPROVED else ("idle", "5", "未发布"))),
    ]


def _check_step(is_checked: bool, errors: int, overrides: int) -> GateStep:
    if not is_checked:
        return GateStep("检查", "now", "2", "还没有检查")
    if errors:
        return GateStep("检查", "bad", str(errors), f"{errors} 处错误")
    if overrides:
        return GateStep("检查", "bad", str(overrides), f"{overrides} 处须局领导批准")
    return GateStep("检查", "done", "✓", "通过")


def _trial_step(report: Any) -> GateStep:
    runs = report["scenarios"] if report else []
    if runs and all(run["ok"] for run in runs):
        return GateStep("试运行", "done", "✓", f"{len(runs)} 个场景走通")
    return GateStep("试运行", "idle", "3", "场景没有都走通" if runs else "还没有场景走过")


@studio.post("/processes/<key>/draft")
@requires(permissions.PROCESS_EDIT)
def begin(key: str) -> AnyResponse:
    """开始修改: a draft with the content of the version in force."""
    with transaction():
        drafts.begin(key, current_actor())
    flash("已开始一份草稿，改动都存在草稿里，发布前不影响办件。", "ok")
    return redirect(url_for("studio.process", key=key), 303)


@studio.get("/processes/<key>/versions/<int:version>")
@requires(permissions.PROCESS_READ)
def version(key: str, version: int) -> str:
    """One version to be read: the diagram, what changed, who wrote and who approved it."""
    row = version_row(key, version)
    line = next(line for line in queries.versions(key) if line.definition.id == row.id)
    return render_template(
        "studio/version.html", row=row, line=line, newest=definitions.latest(key), draft=drafts.active(key),
        may_edit=permissions.allowed(current_actor(), permissions.PROCESS_EDIT), link=optional_url,
    )


@studio.get("/processes/<key>/versions/<int:version>/diagram.bpmn")
@requires(permissions.PROCESS_READ)
def version_diagram(key: str, version: int) -> AnyResponse:
    """The BPMN of one version, which never changes."""
    return Response(version_row(key, version).xml, mimetype="application/xml")


def version_row(key: str, version: int) -> Definition:
    """A version of a process. :raises NotFound:"""
    found = next((row for row in definitions.versions(key) if row.version == version), None)
    if found is None:
        raise NotFound(f"流程“{key}”没有第 {version} 版")
    return found


def typed_rev() -> int:
    """The state of the draft that a page was made from; -1, which no draft has, where it does not say."""
    return request.form.get("rev", type=int, default=-1)
