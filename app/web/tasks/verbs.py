"""The rarer verbs of a task, each on a page that says what follows and asks for the reason (no dialogs)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.actor import Actor
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.transaction import transaction
from app.identity import permissions
from app.web.auth import current_actor, requires
from app.web.tasks.pages import tasks_pages
from app.workflow import assignment, tasks
from app.workflow.attempt import attempt
from app.workflow.states import Act
from app.workflow.taskpage import TaskDetail

Typed = Mapping[str, Any]


@dataclass(frozen=True)
class Verb:
    """One verb. `asks` are the controls of its page: person, people, target, signer, agree, reason, note, opinion."""

    key: str
    act: Act
    word: str
    brief: str
    consequence: str
    button: str
    done: str
    asks: tuple[str, ...]
    do: Callable[[str, Typed, Actor], Any]
    #: How the reason is called where it is not simply the reason.
    reason: str = "理由"
    is_final: bool = False


def _number(typed: Typed, name: str) -> int:
    text = str(typed.get(name, ""))
    if not text.isdecimal():
        raise Invalid({name: "请选择人员"})
    return int(text)


def _numbers(typed: Typed) -> list[int]:
    return [int(text) for text in typed["user_ids"] if text.isdecimal()]


def _sign(task_id: str, typed: Typed, actor: Actor) -> None:
    if typed.get("agrees") not in ("yes", "no"):
        raise Invalid({"agrees": "请选择同意或不同意"})
    tasks.sign(task_id, typed["agrees"] == "yes", typed["opinion"], actor)


VERBS: tuple[Verb, ...] = (
    Verb(
        "transfer", Act.TRANSFER, "转办", "交给同组另一人，自己不再办",
        "转办后这件事归对方办理，你不再办；时限不变，草稿不随同转去。", "转办给所选人员", "已转办",
        ("person", "reason"), lambda t, v, a: tasks.transfer(t, _number(v, "to_user_id"), a, v["reason"]),
    ),
    Verb(
        "delegate", Act.DELEGATE, "委托", "请人先办，办完回到我这里",
        "对方办好后交回给你，由你核对、提交；时限不变，仍由你负责。", "委托所选人员", "已委托",
        ("person", "reason"), lambda t, v, a: tasks.delegate(t, _number(v, "to_user_id"), a, v["reason"]),
    ),
    Verb(
        "return", Act.RETURN, "退回", "退到已办过的环节，须写理由",
        "办件回到所选环节，由原来的办理人重办；这一环节现有的草稿保留。", "退回所选环节", "已退回",
        ("target", "reason"), lambda t, v, a: tasks.return_to(t, v["element_id"], a, v["reason"]),
        reason="退回理由",
    ),
    Verb(
        "sign", Act.SIGN, "签署意见", "被请加签，写下意见",
        "意见写入办理经过。全部加签人签署后，办理人的提交才生效。", "签署意见并交回", "已签署意见",
        ("agree", "opinion"), _sign,
    ),
    Verb(
        "add-signers", Act.ADD_SIGNER, "加签", "请别人先出意见，再往下走",
        "所选人员都签署后，这一环节才能办结；时限不变。", "请所选人员签署", "已加签",
        ("people", "note"), lambda t, v, a: tasks.add_signers(t, _numbers(v), a, v["note"] or None),
        reason="请他们看什么",
    ),
    Verb(
        "remove-signer", Act.REMOVE_SIGNER, "减签", "撤下还没有签署的人",
        "撤下后不再等他签署；已签署的意见不能撤下。", "撤下所选人员", "已减签",
        ("signer", "reason"), lambda t, v, a: tasks.remove_signer(t, _number(v, "user_id"), a, v["reason"]),
        reason="减签理由",
    ),
    Verb(
        "copy", Act.COPY, "抄送", "请人知道，不用他办",
        "所选人员能查看这个办件和今后的进展，不能办理。", "抄送给所选人员", "已抄送",
        ("people", "note"), lambda t, v, a: tasks.copy_to(t, _numbers(v), a, v["note"] or None), reason="附言",
    ),
    Verb(
        "remind", Act.REMIND, "催办", "提醒办理人",
        "提醒会立即发给办理人；还没有人领取的，发给本组每个人。", "发送催办提醒", "已催办",
        ("note",), lambda t, v, a: tasks.remind(t, a, v["note"] or None), reason="附言",
    ),
    Verb(
        "reassign", Act.REASSIGN, "改派", "换人办理",
        "原办理人不再办理，他的草稿保留；时限不变。", "改派给所选人员", "已改派",
        ("person", "reason"), lambda t, v, a: tasks.reassign(t, _number(v, "to_user_id"), a, v["reason"]),
        reason="改派理由",
    ),
    Verb(
        "withdraw", Act.WITHDRAW, "撤回", "下一环节打开前，收回刚才的提交",
        "这一环节回到提交之前，你可以改了再交；撤回会记入办理经过。下一环节已有人打开的，不能撤回。",
        "撤回我的提交", "已撤回，可以修改后重新提交", (), lambda t, v, a: tasks.withdraw(t, a),
    ),
)
_BY_KEY = {verb.key: verb for verb in VERBS}
_ANYBODY = SimpleNamespace(candidate_groups=(), unit_id=None)


def offered(acts: frozenset[str] | set[str]) -> list[Verb]:
    """The verbs a person may use now, in their fixed order."""
    return [verb for verb in VERBS if verb.act.value in acts]


@tasks_pages.get("/<task_id>/<key>")
@requires(permissions.TASK_WORK)
def verb(task_id: str, key: str) -> str:
    """The page of a verb: what follows, whom, why."""
    return _verb_page(_verb(key), tasks.detail(task_id, current_actor()), {}, {})


@tasks_pages.post("/<task_id>/<key>")
@requires(permissions.TASK_WORK)
def act(task_id: str, key: str) -> ResponseReturnValue:
    """Does it, in one transaction."""
    chosen, actor, typed = _verb(key), current_actor(), _typed()
    try:
        attempt(transaction, lambda: chosen.do(task_id, typed, actor))
    except Invalid as wrong:
        return _verb_page(chosen, tasks.detail(task_id, actor), typed, wrong.errors), 422
    flash(f"{chosen.done}。", "ok")
    if chosen.act in (Act.COPY, Act.REMIND, Act.ADD_SIGNER, Act.REMOVE_SIGNER, Act.WITHDRAW):
        return redirect(url_for("tasks.page", task_id=task_id))
    return redirect(url_for("inbox.index"))


def _verb(key: str) -> Verb:
    if key not in _BY_KEY:
        raise NotFound
    return _BY_KEY[key]


def _typed() -> dict[str, Any]:
    form = request.form
    names = ("to_user_id", "user_id", "element_id", "agrees", "reason", "note", "opinion")
    return {**{name: form.get(name, "").strip() for name in names}, "user_ids": form.getlist("user_ids")}


def _verb_page(chosen: Verb, detail: TaskDetail, typed: Typed, errors: Mapping[str, str]) -> str:
    if chosen.act not in detail.acts:
        raise NotAllowed(f"现在不能{chosen.word}“{detail.task.name}”")
    return render_template(
        "tasks/verb.html", verb=chosen, detail=detail, task=detail.task, typed=typed, errors=dict(errors),
        persons=_persons(chosen, detail), people=_people(chosen, detail),
        targets=[(target.element_id, target.name) for target in detail.return_targets],
        signers=[(signer.user_id, signer.user_name) for signer in detail.signers if signer.answered_at is None],
    )


def _persons(chosen: Verb, detail: TaskDetail) -> list[tuple[int, str]]:
    """Whom the task may be given."""
    if "person" not in chosen.asks:
        return []
    found = assignment.eligible(detail.task, (detail.task.assignee_id,))
    return [(person.id, f"{person.name}（{person.unit_name}）") for person in found]


def _people(chosen: Verb, detail: TaskDetail) -> list[tuple[int, str]]:
    """Whom it may be shown to: any member of staff."""
    if "people" not in chosen.asks:
        return []
    out = {current_actor().user_id, *(signer.user_id for signer in detail.signers if chosen.act is Act.ADD_SIGNER)}
    found = assignment.eligible(_ANYBODY, out)
    return [(person.id, f"{person.name}（{person.unit_name}）") for person in found]
