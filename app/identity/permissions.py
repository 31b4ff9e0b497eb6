"""What each role may do: permissions with their Chinese words, and rules about single objects.

A page names one permission (`app.web.auth.requires`); the function that changes something calls `require`
with the object. `object_rule` lets the owner of a kind of object narrow a permission further.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from app.core.errors import NotAllowed
from app.identity import roles as r


class Bearer(Protocol):
    """Whoever holds roles: an Actor or a User."""

    @property
    def roles(self) -> Collection[str]: ...


@dataclass(frozen=True)
class Permission:
    """A right by key, its Chinese words, and the roles that hold it."""

    key: str
    label: str
    roles: frozenset[str]


ObjectRule = Callable[[Any, Any], bool]

_permissions: dict[str, Permission] = {}
_object_rules: dict[str, list[ObjectRule]] = {}


def declare(key: str, label: str, roles: Iterable[str]) -> str:
    """Declares a permission and returns its key; a second declaration of the same key is a mistake."""
    held_by = frozenset(roles)
    if key in _permissions:
        raise ValueError(f"permission {key} is declared twice")
    if not held_by <= r.ALL:
        raise ValueError(f"permission {key} names unknown roles: {sorted(held_by - r.ALL)}")
    _permissions[key] = Permission(key, label, held_by)
    return key


def permission(key: str) -> Permission:
    """The declared permission of this key.

    :raises KeyError: nobody declared it.
    """
    return _permissions[key]


def declared() -> tuple[Permission, ...]:
    """All permissions in the order of their declaration."""
    return tuple(_permissions.values())


def object_rule(key: str) -> Callable[[ObjectRule], ObjectRule]:
    """Adds a rule `(actor, object) -> bool` that must hold too whenever `key` is asked about an object."""
    permission(key)

    def add(rule: ObjectRule) -> ObjectRule:
        _object_rules.setdefault(key, []).append(rule)
        return rule

    return add


def allowed(bearer: Bearer, key: str, obj: object = None) -> bool:
    """Whether the bearer holds the permission, and for this object if one is given."""
    if permission(key).roles.isdisjoint(bearer.roles):
        return False
    return obj is None or all(rule(bearer, obj) for rule in _object_rules.get(key, ()))


def require(bearer: Bearer, key: str, obj: object = None) -> None:
    """As `allowed`, but refuses.

    :raises NotAllowed: names what may not be done.
    """
    if not allowed(bearer, key, obj):
        raise NotAllowed(f"您的角色不能“{permission(key).label}”")


_BUREAU = (r.BUREAU_REVIEWER, r.BUREAU_LEADER)
_POOL = (*_BUREAU, r.CENTER_CLERK)

TASK_WORK = declare("task.work", "办理待办", r.ALL - r.ADMINISTRATORS)
TASK_MANAGE = declare("task.manage", "改派、作废他人的办件", (r.BUREAU_LEADER, r.CENTER_CLERK, r.PROCESS_OWNER))
CASE_READ = declare("case.read", "查看办件", (*_POOL, r.DISCIPLINE_WITNESS))
APPLICATION_READ = declare("application.read", "查看申请材料", _POOL)
APPLICATION_RECEIVE = declare("application.receive", "代录纸质申请", (r.CENTER_CLERK,))
OBJECTION_READ = declare("objection.read", "查看异议和异议人", _BUREAU)
OBJECTION_RECEIVE = declare("objection.receive", "登记纸质异议", (r.BUREAU_REVIEWER, r.CENTER_CLERK))
EXPERT_READ = declare("expert.read", "查看专家名册", _POOL)
EXPERT_OWN = declare("expert.own", "查看本人的聘任信息", (r.EXPERT,))
PERSONAL_REVEAL = declare("personal.reveal", "查看完整证件号和联系方式", (r.BUREAU_REVIEWER, r.CENTER_CLERK))
PUBLICITY_PUBLISH = declare("publicity.publish", "发布公示", (r.CENTER_CLERK,))
OUTBOX_READ = declare("outbox.read", "查看发出的通知", (r.CENTER_CLERK, r.SYSTEM_ADMIN))
INCIDENT_READ = declare("incident.read", "查看流程故障", (r.PROCESS_OWNER, r.SYSTEM_ADMIN))
INCIDENT_MEND = declare("incident.mend", "重试、跳过出错的环节", (r.PROCESS_OWNER,))
PROCESS_READ = declare("process.read", "查看流程图", (*_POOL, r.PROCESS_OWNER, r.DISCIPLINE_WITNESS))
PROCESS_EDIT = declare("process.edit", "修改流程图、表单和决策表", (r.PROCESS_OWNER,))
PROCESS_APPROVE = declare("process.approve", "审批流程版本", (r.PROCESS_OWNER, r.BUREAU_LEADER))
CASE_REPAIR = declare("case.repair", "移动、暂停、恢复办件", (r.PROCESS_OWNER,))
ROOM_READ = declare("room.read", "查看运行监控", (r.PROCESS_OWNER, r.SYSTEM_ADMIN, r.BUREAU_LEADER))
TEMPLATE_EDIT = declare("template.edit", "修改文书模板", (r.PROCESS_OWNER,))
TEMPLATE_APPROVE = declare("template.approve", "审批文书模板", (r.PROCESS_OWNER, r.BUREAU_LEADER))
RULES_READ = declare("rules.read", "查看制度参数和工作日", (*_POOL, r.PROCESS_OWNER, r.AUDITOR))
RULES_CONTINUE = declare("rules.continue", "登记沿用决定", (r.BUREAU_LEADER,))
RULES_EDIT = declare("rules.edit", "维护制度参数和工作日", (r.PROCESS_OWNER,))
RULES_APPROVE = declare("rules.approve", "审批制度参数和工作日", (r.PROCESS_OWNER, r.BUREAU_LEADER))
CALENDAR_KEEP = declare("calendar.keep", "录入和复核放假通知", (r.CENTER_CLERK, r.PROCESS_OWNER))
ACCOUNT_READ = declare("account.read", "查看账号和角色", (r.SYSTEM_ADMIN, r.SECURITY_ADMIN, r.AUDITOR))
ACCOUNT_CREATE = declare("account.create", "开立、停用账号", (r.SYSTEM_ADMIN,))
ROLE_GRANT = declare("role.grant", "授予、收回角色", (r.SECURITY_ADMIN,))
SESSION_END = declare("session.end", "结束会话、解除锁定", (r.SECURITY_ADMIN,))
AUDIT_READ = declare("audit.read", "查看留痕", (r.AUDITOR,))
SYSTEM_HEALTH = declare("system.health", "查看运行状况", (r.SYSTEM_ADMIN, r.PROCESS_OWNER))
ACTIVITY_MANAGE = declare("activity.manage", "组织评审", (r.DEPT_ORGANISER,))
ACTIVITY_READ = declare(
    "activity.read", "查看评审活动", (r.DEPT_ORGANISER, r.DEPT_LEADER, r.DISCIPLINE_WITNESS, *_POOL, r.AUDITOR)
)
DESIGNATION_DECIDE = declare("designation.decide", "审批指定专家", (r.DEPT_LEADER, r.DEPT_ORGANISER))
DRAW_WITNESS = declare("draw.witness", "见证抽取", (r.DISCIPLINE_WITNESS,))
DRAW_AUDIT = declare("draw.audit", "核验抽取", (r.AUDITOR,))
INVITATION_OWN = declare("invitation.own", "答复本人的评审邀请", (r.EXPERT,))
PHONE_ANSWER = declare("invitation.phone", "代记电话答复", (r.CENTER_CLERK, r.DEPT_ORGANISER))
LATE_LEAVE_JUDGE = declare("invitation.judge_late_leave", "认定迟请假", (r.CENTER_CLERK, r.DEPT_ORGANISER))
DEPUTY_APPOINT = declare("deputy.appoint", "委托代审", (r.DEPT_LEADER,))
