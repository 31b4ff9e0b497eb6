"""The clerk writes the notice and publishes all picked names at once; each case then keeps its own clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotFound, UserError
from app.core.transaction import transaction
from app.identity import permissions
from app.notices import texts
from app.notices.documents.publicity_notice import LETTER
from app.notices.grammar import fill
from app.procedures.publicity import queries
from app.procedures.publicity.service import Notice, create_batch
from app.registers.models import ProposedExpert
from app.regulations import RuleSet, deadline, rule_set_to_show
from app.web.auth import current_actor, requires
from app.workflow import instances, messages, tasks
from app.workflow.taskpage import TaskDetail

publishing = Blueprint("publishing", __name__, url_prefix="/publishing")

Page = str | Response | tuple[str, int]
#: Parameters that make up the period of a batch.
_PERIOD_KEYS = ("publicity.period", "publicity.mail_grace")
_FIELDS = ("title", "document_no", "text", "site_address", "published_on", "published_at")


@publishing.get("/")
@requires(permissions.PUBLICITY_PUBLISH)
def compose() -> Page:
    """The picked names, a notice to write, and the period as it would run."""
    details = _details(request.args.getlist("task"), current_actor())
    people = _people(details)
    return _page(details, people, _suggested(people), {})


def _details(task_ids: list[str], actor: Actor) -> list[TaskDetail]:
    return [tasks.detail(task_id, actor) for task_id in dict.fromkeys(task_ids)]


def _people(details: list[TaskDetail]) -> list[ProposedExpert]:
    waiting = {row.application_no: row for row in queries.waiting()}
    found = [waiting.get(detail.instance.business_key) for detail in details]
    if not found or None in found:
        raise NotFound("所选人员已不在待公示名单中，请回到待办重新勾选")
    return [row for row in found if row is not None]


def _suggested(people: list[ProposedExpert]) -> dict[str, str]:
    now = clock.now()
    ordinal = sum(1 for batch in queries.latest(limit=200) if batch.published_at.year == now.year) + 1
    names = {"first_name": people[0].name, "count": str(len(people))}
    return {
        "title": f"关于省直政务信息化专家库 {now.year} 年第 {ordinal} 批拟入库专家名单的公示",
        "document_no": "",
        "text": fill("text", texts.wording(LETTER, now.date())["text"], names),
        "site_address": "",
        "published_on": now.date().isoformat(),
        "published_at": f"{now:%H:%M}",
    }


def _page(
    details: list[TaskDetail], people: list[ProposedExpert], typed: dict[str, str], errors: dict[str, str]
) -> Page:
    now = clock.now()
    moment = _moment(typed) or now
    page = render_template(
        "publicity/compose.html", details=details, people=people, typed=typed, errors=errors,
        period=deadline(_period_rules(people), "publicity.period", moment),
    )
    return (page, 422) if errors else page


def _moment(typed: dict[str, str]) -> datetime | None:
    try:
        found = datetime.fromisoformat(f"{typed.get('published_on', '')}T{typed.get('published_at', '')}")
    except ValueError:
        return None
    return found.replace(tzinfo=clock.ZONE)


@publishing.post("/")
@requires(permissions.PUBLICITY_PUBLISH)
def publish() -> Page:
    """Publishes all or none: the batch, and the completed task of each name, in one transaction."""
    actor = current_actor()
    details = _details(request.form.getlist("task"), actor)
    people = _people(details)
    typed: dict[str, Any] = {field: request.form.get(field, "") for field in _FIELDS}
    moment = _moment(typed)
    if moment is None:
        return _page(details, people, typed, {"published_on": "公布时间：请填写官方网站上实际公布的日期和时刻"})
    notice = Notice(typed["title"], typed["document_no"], typed["text"], typed["site_address"], moment)
    numbers = {detail.task.id: detail.instance.business_key for detail in details}
    try:
        batch_no = _publish(numbers, notice, actor)
    except Invalid as refusal:
        details = _details(list(numbers), actor)
        return _page(details, _people(details), typed, refusal.errors)
    except UserError as refusal:
        flash(f"没有发布：{refusal.message}", "bad")
        return redirect(url_for("inbox.index"))
    flash(f"已发布：{batch_no}，{len(numbers)} 人开始公示")
    return redirect(url_for("publicity_board.show", number=batch_no))


def rules_of_batch(numbers: Iterable[str]) -> RuleSet:
    """The rules that all these cases go by; a batch has one period, and each case keeps that of its start.

    :raises Conflict: the cases are pinned to rules with different periods.
    """
    pinned = [instances.rules_of(number) or rule_set_to_show(clock.today()) for number in numbers]
    periods = {tuple(rules[key].words for key in _PERIOD_KEYS): rules for rules in pinned}
    if len(periods) > 1:
        words = "、".join(sorted(period for period, _ in periods))
        raise Conflict(f"勾选的人员按不同时期的规则办理，公示期分别是{words}，请分批公示")
    return pinned[0] if pinned else rule_set_to_show(clock.today())


def _period_rules(people: list[ProposedExpert]) -> RuleSet:
    """For the page: the rules of the first name, which publishing demands of all."""
    first = people[0].application_no if people else ""
    return instances.rules_of(first) or rule_set_to_show(clock.today())


def _publish(numbers: dict[str, str], notice: Notice, actor: Actor) -> str:
    now = clock.now()
    with transaction():
        for number in sorted(numbers.values()):
            messages.hold(number, actor)
        rules = rules_of_batch(numbers.values())
        batch = create_batch(list(numbers.values()), notice, actor=actor, now=now, rules=rules)
        batch_no = batch.number
        for task_id in numbers:
            tasks.complete(task_id, {"batch_no": batch_no}, actor, None)
    return batch_no
