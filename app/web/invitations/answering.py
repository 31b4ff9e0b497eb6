"""Reading an expert's answer from a form and giving it to the case of the invitation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.errors import Conflict
from app.core.transaction import transaction
from app.procedures.selection.models import AnswerWay
from app.procedures.selection.service import invitations
from app.web.activities.blueprint import open_task
from app.workflow import instances, messages, tasks, timers
from app.workflow.attempt import attempt
from app.workflow.refusals import StepRefused, TaskTaken

ASKED, TOLD = "answer_invitation", "confirm_details"
#: Which step takes which answer: to accept is not to confirm what was told later.
STEPS = {"accept": (ASKED,), "confirm": (TOLD,), "decline": (ASKED, TOLD), "recuse": (ASKED, TOLD)}
#: Why an expert cannot come; 其他 is to be explained.
OTHER = "其他"
REASONS = ("时间冲突", "身体原因", "外出", OTHER)
#: The grounds of 第十八条（三） that the expert himself knows of.
GROUNDS = ("与评审对象或其单位有利害关系", "与项目负责人有近亲属等关系", OTHER)
RECUSED = "本人申请回避"
_LONGEST = 200


@dataclass(frozen=True)
class Reply:
    """What the form says; `errors` is what is missing, by field."""

    answer: str
    reason: str
    errors: Mapping[str, str]


def read(form: Mapping[str, str]) -> Reply:
    """The answer with its reason. Whether it may be given now is for the case to say."""
    answer = form.get("answer", "")
    if answer not in STEPS:
        return Reply("", "", {"": "请用页面上的按钮答复"})
    if answer != "decline":
        return Reply(answer, RECUSED if answer == "recuse" else "", {})
    reason, errors = read_reason(form, REASONS, "原因")
    return Reply(answer, reason, errors)


def read_reason(form: Mapping[str, str], choices: tuple[str, ...], label: str) -> tuple[str, dict[str, str]]:
    """The picked reason with what was added to it, and what is missing."""
    why, detail = form.get("why", ""), " ".join(form.get("detail", "").split())
    if why not in choices:
        return "", {"why": f"{label}：请选择一项"}
    if why == OTHER and not detail:
        return "", {"detail": f"{label}选了“{OTHER}”，请写明"}
    if len(detail) > _LONGEST:
        return "", {"detail": f"补充说明有 {len(detail)} 个字，请缩短到 {_LONGEST} 个字以内"}
    return (f"{why}：{detail}" if detail else why), {}


def give(number: str, reply: Reply, way: AnswerWay, enter: Callable[[], Actor]) -> bool:
    """Completes the expert's open task with the answer; `enter` gives him as actor inside the transaction.

    False if nothing waits for an answer any more: answered before, passed on, or taken back meanwhile.
    :raises StepRefused: something on the way failed; nothing was recorded.
    """

    def act() -> None:
        messages.hold(number, SYSTEM)  # the case before the link: as every step of the case does
        actor, task = enter(), open_task(number, *STEPS[reply.answer])
        if task is None:
            raise Conflict("这次邀请已经不用答复")
        tasks.complete(task.id, {"answer": reply.answer, "reason": reply.reason, "way": way.value}, actor, None)

    try:
        attempt(transaction, act)
    except StepRefused:
        raise
    except (TaskTaken, Conflict):
        return False
    return True


def keep_late(number: str, answer: str, actor: Actor) -> bool:
    """Lets the timer go first, then keeps an answer that came after it; False if the seat was not passed on."""
    now = clock.now()
    try:
        with transaction():
            for instance_id in instances.running(number):
                timers.fire_due_of(instance_id)
            invitations.note_late_reply(number, answer, actor=actor, now=now)
    except Conflict:
        return False
    return True
