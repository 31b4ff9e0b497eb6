"""An activity and its conditions until the lock: entered, saved, submitted, approved; recusals also after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.identity import accounts, permissions, roles
from app.identity.models import AccountState, User
from app.procedures.selection import access, examination, store
from app.procedures.selection.models import (
    ACTIVITY_TRANSITIONS,
    Activity,
    ActivityConditions,
    ActivityState,
    Designation,
    DesignationState,
    Recusal,
    RecusalSource,
)
from app.procedures.selection.rules.activity import ActivityDraft, check_activity
from app.procedures.selection.rules.conditions import (
    ConditionsDraft,
    DesignationDraft,
    Facts,
    RecusalDraft,
    approval_reasons,
    require,
    unknown,
)
from app.procedures.selection.rules.limits import too_long, unstorable
from app.procedures.selection.rules.sealing import fingerprint
from app.procedures.selection.service import notify_staff, versions
from app.registers import experts, numbers, units
from app.registers.states import check_transition
from app.regulations.rule_sets import RuleSet

#: What an activity takes over from a draft as it is; title and texts are stripped.
_PLAIN = ("kind", "classified", "project_unit_id", "leader_id", "witness_id", "starts_at", "half_days")
_TEXTS = ("title", "contact_phone", "city", "address")
#: Why people enter a recusal; the project unit's own stands by itself and is kept by the system alone.
_SOURCES = frozenset(source.value for source in RecusalSource if source is not RecusalSource.PROJECT_UNIT)
#: A review for which nothing more may change.
_OVER = (ActivityState.HELD, ActivityState.CANCELLED)


@dataclass(frozen=True)
class Submitted:
    """Whether the leader must agree before the lock, why, and who may."""

    needs_approval: bool
    approval_reason: str
    approvers: tuple[int, ...]


def create(draft: ActivityDraft, *, actor: Actor, now: datetime, rules: RuleSet) -> Activity:
    """Enters an activity with its first, empty version of the conditions; the web then starts the case.

    :raises NotAllowed: not an organiser. :raises Invalid: faults by field.
    """
    permissions.require(actor, permissions.ACTIVITY_MANAGE)
    organiser = _account(actor.user_id)
    if organiser is None or organiser.unit_id is None:
        raise NotAllowed("您的账号没有所属单位，不能组织评审")
    _require_draft(draft, organiser, now, rules)
    found = Activity(
        number=numbers.next_number(numbers.ACTIVITY, now.year), state=ActivityState.DRAFT,
        organiser_unit_id=organiser.unit_id, organiser_unit_name=organiser.unit_name, organiser_id=organiser.id,
        organiser_name=organiser.name, panel_size=rules.integer("selection.panel_min"), rule_set_code=rules.code,
        created_at=now,
    )  # fmt: skip
    _take_over(found, draft)
    db.session.add(found)
    db.session.flush()
    db.session.add(_first_version(found, actor, now))
    db.session.flush()
    _note_project_unit(found, actor, now)
    after = {"title": found.title, "kind": found.kind, "state": found.state.value,
             "starts_at": found.starts_at.isoformat()}  # fmt: skip
    audit.record(actor, "activity.create", "activity", found.number, after=after)
    return found


def change(number: str, draft: ActivityDraft, *, actor: Actor, now: datetime, rules: RuleSet) -> Activity:
    """Corrects an activity before its first draw; later only the time can change (`panel.reschedule`).

    :raises NotAllowed: of another unit. :raises Conflict: submitted or drawn. :raises Invalid: faults by field.
    """
    found = _editable(number, actor)
    if found.draw_no:
        raise Conflict("已经抽取过，评审信息不能修改；时间和地点请用“改期”")
    organiser = accounts.get(found.organiser_id)
    _require_draft(draft, organiser, now, rules)
    before = {"title": found.title, "starts_at": found.starts_at.isoformat()}
    _take_over(found, draft)
    _note_project_unit(found, actor, now)
    after = {"title": found.title, "starts_at": found.starts_at.isoformat()}
    audit.record(actor, "activity.change", "activity", found.number, before=before, after=after)
    return found


def _account(user_id: int | None) -> User | None:
    return db.session.get(User, user_id) if user_id is not None else None


def _require_draft(draft: ActivityDraft, organiser: User, now: datetime, rules: RuleSet) -> None:
    require(check_activity(draft, organiser.id, now, rules))
    units.unit(draft.project_unit_id or 0)
    errors = {}
    leader = _account(draft.leader_id)
    if not _serves(leader, roles.DEPT_LEADER) or (leader and leader.unit_id != organiser.unit_id):
        errors["leader"] = "分管领导：须是本部门在用的分管领导账号"
    if draft.witness_id is not None and not _serves(_account(draft.witness_id), roles.DISCIPLINE_WITNESS):
        errors["witness"] = "监督人：须是在用的纪检监督账号"
    if errors:
        raise Invalid(errors)


def _serves(account: User | None, role: str) -> bool:
    return account is not None and account.state == AccountState.ACTIVE.value and role in account.roles


def _take_over(found: Activity, draft: ActivityDraft) -> None:
    for name in _PLAIN:
        setattr(found, name, getattr(draft, name))
    for name in _TEXTS:
        setattr(found, name, getattr(draft, name).strip())
    if draft.classified:
        found.address = ""  # where it is held is told outside this system (domain.md §0.7)
    leader, witness = _account(draft.leader_id), _account(draft.witness_id)
    found.leader_name = leader.name if leader else ""
    found.witness_name = witness.name if witness else None


def _first_version(found: Activity, actor: Actor, now: datetime) -> ActivityConditions:
    return ActivityConditions(
        activity_no=found.number, version=1, data=ConditionsDraft(found.panel_size, {}).plain(), saved_at=now,
        saved_by_id=actor.user_id, saved_by_name=actor.name,
    )  # fmt: skip


def _note_project_unit(found: Activity, actor: Actor, now: datetime) -> None:
    """Keeps the recusal of the project's unit in step with the activity."""
    for known in store.recusals_of(found.number):
        if known.source == RecusalSource.PROJECT_UNIT:
            db.session.delete(known)
    draft = RecusalDraft(RecusalSource.PROJECT_UNIT.value, "被评审项目单位", unit_id=found.project_unit_id)
    db.session.add(_recusal(found, draft, actor, now))
    db.session.flush()


def _recusal(found: Activity, draft: RecusalDraft, actor: Actor, now: datetime, *, after_lock: bool = False) -> Recusal:
    return Recusal(
        activity_no=found.number, unit_id=draft.unit_id, expert_id=draft.expert_id,
        source=RecusalSource(draft.source), reason=draft.reason.strip(), after_lock=after_lock, received_at=now,
        recorded_by_id=actor.user_id, recorded_by_name=actor.name,
    )  # fmt: skip


def _editable(number: str, actor: Actor) -> Activity:
    """The activity, locked, if its conditions may be typed into.

    :raises NotAllowed: of another unit. :raises Conflict: submitted or locked.
    """
    found = store.locked(number)
    permissions.require(actor, permissions.ACTIVITY_MANAGE, found)
    version = store.conditions(found)
    if version.locked_at is not None:
        raise Conflict(f"第 {version.version} 版条件已于 {version.locked_at:%H:%M} 锁定，锁定后任何人不能改")
    if found.state != ActivityState.DRAFT or version.submitted_at is not None:
        raise Conflict(f"第 {version.version} 版条件已经提交，不能再改")
    return found


def save_conditions(number: str, draft: ConditionsDraft, *, actor: Actor, now: datetime) -> ActivityConditions:
    """Keeps what was typed, whatever its faults but for people and units that do not exist and texts without room.

    :raises NotAllowed: of another unit. :raises Conflict: submitted or locked. :raises Invalid: faults by field.
    """
    found = _editable(number, actor)
    require(unstorable(draft))
    version = store.conditions(found)
    before = {"panel_size": found.panel_size, "data": version.data}
    _save_designations(found, draft.designations, actor, now)
    _save_recusals(found, draft.recusals, actor, now)
    found.panel_size = draft.panel_size
    version.data = draft.plain()
    version.saved_at, version.saved_by_id, version.saved_by_name = now, actor.user_id, actor.name
    db.session.flush()
    after = {"panel_size": found.panel_size, "data": version.data, "version": version.version,
             "designations": len(draft.designations), "recusals": len(draft.recusals)}  # fmt: skip
    audit.record(actor, "activity.save_conditions", "activity", found.number, before=before, after=after)
    return version


def _save_designations(
    found: Activity, drafts: tuple[DesignationDraft, ...], actor: Actor, now: datetime
) -> None:
    """Replaces the designations not yet submitted."""
    require(finding for index, one in enumerate(drafts) if one.expert_id is None for finding in unknown(index, one))
    highest = 0
    for known in store.designations_of(found.number):
        if known.state == DesignationState.DRAFT:
            db.session.delete(known)
        else:
            highest = known.seq
    db.session.flush()
    for seq, one in enumerate(drafts, start=highest + 1):
        person = experts.expert(one.expert_id or 0)
        db.session.add(
            Designation(
                activity_no=found.number, seq=seq, expert_id=person.id, unit_id=person.unit_id, category=one.category,
                reason=one.reason.strip(), state=DesignationState.DRAFT, requested_by_id=actor.user_id,
                requested_by_name=actor.name, requested_at=now,
            )
        )


def _save_recusals(found: Activity, drafts: tuple[RecusalDraft, ...], actor: Actor, now: datetime) -> None:
    """Replaces the recusals of the conditions; the project's unit stays, and so do those of an earlier lock."""
    _require_known(drafts)
    staying = set()
    for known in store.recusals_of(found.number):
        if known.after_lock or known.source == RecusalSource.PROJECT_UNIT:
            staying.add((known.unit_id, known.expert_id, known.source.value))
        else:
            db.session.delete(known)
    for one in drafts:
        if (one.unit_id, one.expert_id, one.source) not in staying:
            db.session.add(_recusal(found, one, actor, now))


def _require_known(drafts: tuple[RecusalDraft, ...]) -> None:
    errors = {}
    for index, one in enumerate(drafts):
        if (one.unit_id is None) == (one.expert_id is None):
            errors[f"recusals.{index}.who"] = "回避：请选择单位或专家"
        if one.source not in _SOURCES:
            errors[f"recusals.{index}.source"] = "因何回避：请选择"
    if errors:
        raise Invalid(errors)
    for one in drafts:
        if one.unit_id is not None:
            units.unit(one.unit_id)
        if one.expert_id is not None:
            experts.expert(one.expert_id)


def submit_conditions(number: str, rules: RuleSet, *, actor: Actor, now: datetime) -> Submitted:
    """Submits the version in force for the lock, by way of the leader where he must agree (第十七条, 第十九条).

    :raises Invalid: what the rules refuse, at its field. :raises Conflict: submitted already, or the leader must agree
        and nobody but who submits could do so.
    """
    found = store.locked(number)
    version = store.conditions(found)
    if version.submitted_at is not None or found.state != ActivityState.DRAFT:
        raise Conflict(f"第 {version.version} 版条件已经提交")
    draft = examination.draft_of(found)
    require(examination.examine(found, draft, rules, now))
    facts = examination.facts_of(found, draft, rules, now)
    reasons = "；".join(approval_reasons(draft, facts, rules))
    approvers = access.approvers(found, now.date(), by=actor.user_id) if reasons else ()
    if reasons and not approvers:
        raise Conflict("条件须分管领导同意，提交的人不能审批自己提交的条件，请由组织人提交")
    version.submitted_at, version.saved_by_id, version.saved_by_name = now, actor.user_id, actor.name
    version.data = {**version.data, versions.FINGERPRINT: fingerprint(draft, facts)}
    _note_units(found, facts)
    after = {"version": version.version, "needs_approval": bool(reasons)}
    audit.record(actor, "activity.submit_conditions", "activity", found.number, after=after, reason=reasons or None)
    written = _written(found, rules)
    if written.number > written.most:
        notify_staff.recusals_many(found, written, actor=actor, now=now)
    if reasons:
        _move(found, ActivityState.APPROVING, actor)
        notify_staff.conditions_approval_requested(found, approvers, reasons, actor=actor, now=now)
    db.session.flush()
    return Submitted(bool(reasons), reasons, approvers)


def _note_units(found: Activity, facts: Facts) -> None:
    """Notes the units of the designated as they are at the submission."""
    for one in store.designations_of(found.number):
        if one.state == DesignationState.DRAFT:
            one.unit_id = facts.designees[one.expert_id].unit_id


def _move(found: Activity, after: ActivityState, actor: Actor) -> None:
    before = found.state
    check_transition(ACTIVITY_TRANSITIONS, before, after, f"评审 {found.number}")
    found.state = after
    audit.record(
        actor, "activity.change_state", "activity", found.number, before={"state": before.value},
        after={"state": after.value},
    )  # fmt: skip


def record_conditions_approval(number: str, outcome: str, reason: str, *, actor: Actor, now: datetime) -> bool:
    """What the leader says to conditions that need him; refused ones come back as a new version.

    :raises NotAllowed: neither the leader nor his deputy, or the organiser or the submitter himself.
    :raises Conflict: nothing waits for it. :raises Invalid: refused without a reason.
    """
    found = store.locked(number)
    version = store.conditions(found)
    if found.state != ActivityState.APPROVING or version.approval_outcome is not None:
        raise Conflict("没有待审批的抽取条件")
    access.require_approver(found, actor, now.date(), by=version.saved_by_id)
    if outcome not in (versions.AGREED, versions.REFUSED):
        raise Invalid({"outcome": "审批意见：请选择同意或不同意"})
    agreed = outcome == versions.AGREED
    if not agreed and not reason.strip():
        raise Invalid({"reason": "理由：不同意的，请填写"})
    version.approval_outcome, version.approval_reason = outcome, reason.strip() or None
    version.approved_by_id, version.approved_by_name, version.approved_at = actor.user_id, actor.name, now
    after = {"version": version.version, "outcome": outcome}
    audit.record(
        actor, "activity.approve_conditions", "activity", found.number, after=after, reason=version.approval_reason
    )
    if not agreed:
        _move(found, ActivityState.DRAFT, actor)
        versions.open_next(found, actor=actor, now=now)
    words = "同意" if agreed else "不同意"
    notify_staff.conditions_decided(found, words, reason.strip(), actor.name, actor=actor, now=now)
    db.session.flush()
    return agreed


def record_recusal(number: str, draft: RecusalDraft, rules: RuleSet, *, actor: Actor, now: datetime) -> Recusal:
    """Records a recusal after the lock, until the meeting starts (第十八条（三）3, domain.md no. 44).

    Whoever sits and is concerned is found and replaced when the panel is settled next: the caller tells the case.
    More than the usual number of written requests is reported to the leader, never refused.

    :raises NotAllowed: of another unit. :raises Conflict: the meeting has begun or is off.
    :raises Invalid: no unit or person, no reason.
    """
    found = store.locked(number)
    permissions.require(actor, permissions.ACTIVITY_MANAGE, found)
    if found.state in _OVER or now >= found.starts_at:
        raise Conflict("评审已经开始，不再受理书面回避；现场回避请在会议登记中记明")
    if not draft.reason.strip():
        raise Invalid({"reason": "回避原因：请填写"})
    if message := too_long(draft.reason, "回避原因"):
        raise Invalid({"reason": message})
    if draft.source not in _SOURCES:
        raise Invalid({"source": "因何回避：请选择"})
    if (draft.unit_id is None) == (draft.expert_id is None):
        raise Invalid({"who": "回避：请选择单位或专家"})
    _require_known((draft,))
    made = _recusal(found, draft, actor, now, after_lock=store.conditions(found).submitted_at is not None)
    db.session.add(made)
    db.session.flush()
    written = _written(found, rules)
    after = {"source": made.source.value, "unit_id": made.unit_id, "expert_id": made.expert_id,
             "after_lock": made.after_lock}  # fmt: skip
    reports = made.source == RecusalSource.WRITTEN and written.number > written.most
    note = f"书面回避 {written.number} 项，超过 {written.most} 项，已报分管领导" if reports else None
    audit.record(actor, "activity.record_recusal", "activity", found.number, after=after, reason=made.reason, note=note)
    if reports:
        notify_staff.recusals_many(found, written, actor=actor, now=now)
    return made


def _written(found: Activity, rules: RuleSet) -> notify_staff.WrittenRecusals:
    """What the project's unit asked for in writing so far."""
    known = [one for one in store.recusals_of(found.number) if one.source == RecusalSource.WRITTEN]
    most = rules.integer("selection.max_written_recusals")
    return notify_staff.WrittenRecusals(len(known), most, known[-1].reason if known else "")
