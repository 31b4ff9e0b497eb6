"""The people of the start page: one of each role, grouped by unit, with what waits for them now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, url_for

from app.identity import accounts, roles
from app.identity.models import User
from app.workflow import inbox

_ADMINISTRATORS_UNIT = "管理员（三员分立）"
_EXPERTS_UNIT = "专家与公众"
#: What somebody does for whom nothing waits, or whose work comes without tasks.
_DUTIES = {
    roles.BUREAU_REVIEWER: "逐项核对入库条件，提交审查结论",
    roles.BUREAU_LEADER: "复核拟入库名单，决定异议",
    roles.CENTER_CLERK: "形式审查，发布公示，登记异议",
    roles.DEPT_ORGANISER: "组织评审，抽取专家，看谁答复了",
    roles.DEPT_LEADER: "审批指定专家，适合手机",
    roles.EXPERT: "答复评审邀请，请假，看聘期，适合手机",
    roles.DISCIPLINE_WITNESS: "见证抽取，投入随机值，签署记录",
    roles.PROCESS_OWNER: "修改流程、表单和规则，互相审批，处理故障",
    roles.SYSTEM_ADMIN: "账号、发件箱、流程故障",
    roles.SECURITY_ADMIN: "授予角色，结束会话，解除锁定",
    roles.AUDITOR: "核验每次抽取，查全部留痕",
}


@dataclass(frozen=True)
class Way:
    """One line of the start page: who, what waits, and the button or link that leads in."""

    who: str
    what: str
    act: str
    #: The role, with the login after a stroke where it is not the first who holds it.
    role: str = ""
    url: str = ""


@dataclass(frozen=True)
class Group:
    """A unit with its people."""

    unit: str
    ways: Sequence[Way]


def groups(now: datetime) -> list[Group]:
    """One person of each role that anybody holds, by unit; the public's ways come last.

    Of the process owners two: what one draws, the other approves.
    """
    by_unit: dict[str, list[Way]] = {}
    for role in roles.LABELS:
        shown = accounts.users_in_role(role)[: 2 if role == roles.PROCESS_OWNER else 1]
        for place, holder in enumerate(shown):
            value = f"{role}/{holder.login}" if place else role
            by_unit.setdefault(_unit(role, holder), []).append(_way(role, holder, now, value))
    by_unit[_EXPERTS_UNIT] = [*by_unit.pop(_EXPERTS_UNIT, []), *_public_ways()]
    return [Group(unit, ways) for unit, ways in by_unit.items() if ways]


def columns(found: list[Group]) -> tuple[list[Group], list[Group]]:
    """The groups in two columns of about the same height, in their order."""
    total, passed = sum(len(group.ways) + 1 for group in found), 0
    for index, group in enumerate(found):
        if 2 * passed >= total:
            return found[:index], found[index:]
        passed += len(group.ways) + 1
    return found, []


def _unit(role: str, user: User) -> str:
    if role in roles.ADMINISTRATORS:
        return _ADMINISTRATORS_UNIT
    return _EXPERTS_UNIT if role == roles.EXPERT else user.unit_name


def _way(role: str, user: User, now: datetime, value: str) -> Way:
    label = roles.label(role)
    who = label if user.name == label else f"{user.name}，{label}"
    return Way(who, _waiting(user, now) or _DUTIES[role], "进入", role=value)


def _waiting(user: User, now: datetime) -> str:
    counts = inbox.counts(accounts.actor_of(user, None), now)
    waiting = counts.mine + counts.groups + counts.signing
    if not waiting:
        return ""
    late = f"，{counts.overdue} 件逾期" if counts.overdue else ""
    return f"{waiting} 件待办{late}"


def _public_ways() -> list[Way]:
    ways = (
        ("apply.start", "申请人", "从第一步开始填，或接着填草稿", "申请"),
        ("status.find", "申请人", "凭申请编号和验证码查看办到哪一步", "查询"),
        ("publicity_board.index", "异议人", "看公示中的名单，实名提出异议", "去公示"),
    )
    return [
        Way(who, what, act, url=url_for(endpoint))
        for endpoint, who, what, act in ways
        if endpoint in current_app.view_functions
    ]
