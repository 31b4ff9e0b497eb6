"""Trial runs: begun from a draft or a version, led step by step, taken back, begun anew, and swept at last.

Callers hold the transaction. Only the tables of this package are ever written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotFound
from app.regulations import RuleSet, rule_set, rule_set_to_show
from app.workflow.parts import Parts
from app.workflow.scenarios import Json, Scenario, Step
from app.workflow.trial import answers, sandbox
from app.workflow.trial.files import read_file
from app.workflow.trial.models import Trial, TrialStep
from app.workflow.trial.sandbox import Doing, Impossible, Made, TrialHost
from app.workflow.trial.subject import Subject, subject_of, unpacked

#: How long a trial is kept after somebody touched it last.
KEPT = timedelta(days=30)
#: At most so many steps at one press of a button: a cycle would never end.
MOST_STEPS = 60
#: At most so many steps in one trial.
LONGEST = 500


@dataclass(frozen=True)
class Source:
    """What is tried: the parts of a draft as saved, or of a version, with the diagrams they call."""

    key: str
    name: str
    parts: Parts
    called: Mapping[str, str] = field(default_factory=dict)
    draft_id: int | None = None
    draft_rev: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class Setting:
    """How a trial begins: by a scenario, or at a moment with these start data."""

    begins: datetime | None = None
    data: Json = field(default_factory=dict)
    scenario: str | None = None


def begin(source: Source, setting: Setting, actor: Actor) -> Trial:
    """Begins a trial and runs to its first wait; what fails on the way stands in `trouble`.

    :raises NotRunnable: the parts cannot be run. :raises NotFound: there is no such scenario.
    """
    subject = subject_of(source.parts, source.called)
    file = read_file(source.parts.scenarios)
    chosen = _chosen(file.scenarios, setting.scenario)
    now = clock.now()
    trial = Trial(
        key=source.key, name=source.name, draft_id=source.draft_id, draft_rev=source.draft_rev,
        version=source.version, content=subject.packed(), rule_set_id=rule_set_to_show(now.date()).id,
        begins=chosen.begins if chosen else setting.begins or now,
        start_data=dict(chosen.start if chosen else setting.data),
        answers=_recorded(chosen.operations if chosen else file.operations),
        script_name=chosen.name if chosen else None,
        script=[_step_json(step) for step in chosen.steps] if chosen else [],
        files={}, steps=0, created_at=now, created_by_id=actor.user_id, created_by_name=actor.name, touched_at=now,
    )
    db.session.add(trial)
    db.session.flush()
    _start(trial, subject)
    return trial


def _chosen(scenarios: tuple[Scenario, ...], name: str | None) -> Scenario | None:
    if name is None:
        return None
    found = next((one for one in scenarios if one.name == name), None)
    if found is None:
        raise NotFound(f"没有名为“{name}”的场景，可能已被改名或删除")
    return found


def _recorded(operations: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {answers.RECORDED: answer} for name, answer in operations.items()}


def _step_json(step: Step) -> dict[str, Any]:
    return {**asdict(step), "at": step.at.isoformat() if step.at else None}


def get(trial_id: int) -> Trial:
    """A trial. :raises NotFound:"""
    found = db.session.get(Trial, trial_id, populate_existing=True)
    if found is None:
        raise NotFound("没有这次试运行，可能已超过保存期")
    return found


def steps_of(trial: Trial) -> list[TrialStep]:
    """The steps made, in order."""
    statement = sa.select(TrialStep).where(TrialStep.trial_id == trial.id).order_by(TrialStep.number)
    return list(db.session.scalars(statement))


def of_process(key: str, limit: int = 20) -> list[Trial]:
    """The latest trials of a process."""
    heavy = (sa.orm.defer(Trial.content), sa.orm.defer(Trial.answers))
    statement = sa.select(Trial).options(*heavy).where(Trial.key == key).order_by(Trial.id.desc()).limit(limit)
    return list(db.session.scalars(statement))


def _locked(trial_id: int, at_step: int | None) -> Trial:
    statement = sa.select(Trial).where(Trial.id == trial_id).with_for_update()
    trial: Trial | None = db.session.scalar(statement, execution_options={"populate_existing": True})
    if trial is None:
        raise NotFound("没有这次试运行，可能已超过保存期")
    if at_step is not None and at_step != trial.steps:
        raise Conflict(f"这次试运行已在另一个页面走到第 {trial.steps} 步，请看现在的情形再继续")
    trial.touched_at = clock.now()
    return trial


# --- leading it ---------------------------------------------------------------------------------------------------


def act(trial_id: int, at_step: int, doing: Doing) -> bool:
    """Does one act; False if it was not possible, and `trouble` says why.

    :raises Conflict: it was led on elsewhere, or is over.
    """
    trial = _locked(trial_id, at_step)
    return _act(trial, unpacked(trial.content), doing)


def go_to(trial_id: int, at_step: int, moment: datetime) -> bool:
    """Lets time pass: what is due on the way fires in its order, then it is `moment`.

    :raises Invalid: the moment is past.
    """
    trial = _locked(trial_id, at_step)
    subject = unpacked(trial.content)
    last = _last(trial)
    if moment < last.moment:
        raise Invalid({"moment": "时钟只能往后拨；要回到以前，请退回上一步"})
    for _ in range(MOST_STEPS):
        due = next_due(trial, subject)
        if due is None or due[1] > moment:
            break
        if not _act(trial, subject, Doing(sandbox.UNTIL, due[0])):
            return False
    else:
        _trouble(trial, Impossible(f"到指定的时刻之前要走 {MOST_STEPS} 步以上，先停在这里，可以继续拨"))
        return False
    if not _last(trial).act["over"] and _last(trial).moment < moment:
        return _act(trial, subject, Doing(sandbox.WAIT), moment)
    return True


def next_due(trial: Trial, subject: Subject) -> tuple[str, datetime] | None:
    """The timer that fires next: its element and instant."""
    last = _last(trial)
    if last.act["over"]:
        return None
    waiting = sandbox.restored(_host(trial, subject, last), last.state).timers()
    return (waiting[0].element_id, waiting[0].due_at) if waiting else None


def follow(trial_id: int, at_step: int, *, to_the_end: bool = False) -> bool:
    """Makes the next step of the loaded scenario, or all that are left. :raises Conflict: none is left."""
    trial = _locked(trial_id, at_step)
    subject = unpacked(trial.content)
    left = trial.script[_last(trial).scripted :] if trial.steps else trial.script
    if not left:
        raise Conflict("场景的步骤已经走完")
    for raw in left if to_the_end else left[:1]:
        if not _act(trial, subject, doing_of(raw), _moment(raw.get("at")), scripted=1):
            return False
    return True


def walk(trial_id: int, at_step: int) -> bool:
    """Makes the steps of the loaded scenario as far as they go; False if it strays or ends before they do."""
    trial = _locked(trial_id, at_step)
    subject = unpacked(trial.content)
    if not trial.steps:
        return False
    for raw in trial.script[_last(trial).scripted :]:
        if _last(trial).act["over"] or trial.steps >= LONGEST:
            return False
        if not _act(trial, subject, doing_of(raw), _moment(raw.get("at")), scripted=1):
            return False
    return True


def doing_of(raw: Mapping[str, Any]) -> Doing:
    """A step of a scenario as an act."""
    return Doing(raw["kind"], raw["element"], raw.get("item"), raw.get("values") or {})


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def back(trial_id: int, at_step: int) -> None:
    """Takes the last step back. :raises Conflict: nothing was done yet."""
    trial = _locked(trial_id, at_step)
    trial.trouble = None
    if trial.steps <= 1:
        raise Conflict("已经在开头，没有可以退回的步骤")
    _drop(trial, TrialStep.number == trial.steps)
    trial.steps -= 1


def anew(trial_id: int, at_step: int, data: Json | None = None) -> bool:
    """Begins the trial once more, with the answers as they are now and, if given, other start data."""
    trial = _locked(trial_id, at_step)
    trial.trouble = None
    if data is not None:
        trial.start_data = dict(data)
    _drop(trial, sa.true())
    trial.steps = 0
    return _start(trial, unpacked(trial.content))


def set_answer(trial_id: int, operation: str, answer: Json | None) -> None:
    """What an operation answers from now on; None takes what was typed back."""
    trial = _locked(trial_id, None)
    known = {key: value for key, value in trial.answers.get(operation, {}).items() if key != answers.TYPED}
    if answer is not None:
        known[answers.TYPED] = dict(answer)
    trial.answers = {**trial.answers, operation: known}


def keep_file(trial_id: int, record: Mapping[str, Any]) -> None:
    """Notes an upload, without its content."""
    trial = _locked(trial_id, None)
    trial.files = {**trial.files, str(record["id"]): dict(record)}


def sweep(now: datetime) -> int:
    """Deletes trials that nobody touched for a month; gives how many."""
    old = list(db.session.scalars(sa.select(Trial.id).where(Trial.touched_at < now - KEPT)))
    if old:
        db.session.execute(sa.delete(TrialStep).where(TrialStep.trial_id.in_(old)))
        db.session.execute(sa.delete(Trial).where(Trial.id.in_(old)))
    return len(old)


# --- inside -------------------------------------------------------------------------------------------------------


def _start(trial: Trial, subject: Subject) -> bool:
    try:
        made = sandbox.begin(_host(trial, subject, None), trial.start_data)
    except Impossible as failure:
        return _trouble(trial, failure)
    return _add(trial, made, 0)


def _act(
    trial: Trial, subject: Subject, doing: Doing, moment: datetime | None = None, scripted: int = 0
) -> bool:
    last = _last(trial)
    if last.act["over"]:
        raise Conflict("流程已经走到结束；可以退回一步，或者重新开始")
    if trial.steps >= LONGEST:
        raise Conflict(f"一次试运行最多 {LONGEST} 步，请重新开始")
    host = _host(trial, subject, last)
    host.moment = max(host.moment, moment) if moment else host.moment
    try:
        made = sandbox.do(host, last.state, doing)
    except Impossible as failure:
        return _trouble(trial, failure, doing)
    return _add(trial, made, last.scripted + scripted)


def _host(trial: Trial, subject: Subject, last: TrialStep | None) -> TrialHost:
    return TrialHost(
        subject, rules_of(trial), last.moment if last else trial.begins, trial.answers, dict(_calls(trial))
    )


def rules_of(trial: Trial) -> RuleSet:
    """The rule set the trial goes by."""
    return rule_set(trial.rule_set_id)


def _calls(trial: Trial) -> Counter[str]:
    """How often each operation was called in the steps made."""
    rows = db.session.scalars(sa.select(TrialStep.calls).where(TrialStep.trial_id == trial.id))
    return Counter(call["operation"] for calls in rows for call in calls)


def _last(trial: Trial) -> TrialStep:
    found = db.session.get(TrialStep, (trial.id, trial.steps)) if trial.steps else None
    if found is None:
        raise Conflict("流程没有启动起来：改好启动数据或操作结果后重新开始")
    return found


def _add(trial: Trial, made: Made, scripted: int) -> bool:
    trial.steps += 1
    trial.trouble = None
    db.session.add(
        TrialStep(
            trial_id=trial.id, number=trial.steps, moment=made.moment,
            act={**made.doing.as_json(), "over": made.is_over}, calls=list(made.calls), passed=list(made.passed),
            data=made.data, scripted=scripted, state=made.state,
        )
    )
    db.session.flush()
    return True


def _trouble(trial: Trial, failure: Impossible, doing: Doing | None = None) -> bool:
    trial.trouble = {
        "message": failure.message, "element": failure.element_id, "operation": failure.operation,
        "act": doing.as_json() if doing else None,
    }
    return False


def _drop(trial: Trial, which: Any) -> None:
    db.session.execute(
        sa.delete(TrialStep)
        .where(TrialStep.trial_id == trial.id, which)
        .execution_options(synchronize_session="fetch")
    )
