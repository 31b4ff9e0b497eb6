"""The roles of the pool, which are also the candidate groups of the diagrams (第四条, 第五条, 第二十四条)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from app.core.errors import UserError

BUREAU_REVIEWER = "bureau_reviewer"
BUREAU_LEADER = "bureau_leader"
CENTER_CLERK = "center_clerk"
DEPT_ORGANISER = "dept_organiser"
DEPT_LEADER = "dept_leader"
EXPERT = "expert"
DISCIPLINE_WITNESS = "discipline_witness"
AUDITOR = "auditor"
PROCESS_OWNER = "process_owner"
SYSTEM_ADMIN = "system_admin"
SECURITY_ADMIN = "security_admin"

#: Role key -> 中文, in the order in which pages list them.
LABELS: dict[str, str] = {
    BUREAU_REVIEWER: "资格审查岗",
    BUREAU_LEADER: "局领导",
    CENTER_CLERK: "中心经办",
    DEPT_ORGANISER: "评审组织",
    DEPT_LEADER: "分管领导",
    EXPERT: "专家",
    DISCIPLINE_WITNESS: "纪检监督",
    PROCESS_OWNER: "流程管理员",
    SYSTEM_ADMIN: "系统管理员",
    SECURITY_ADMIN: "安全管理员",
    AUDITOR: "审计员",
}

ALL: frozenset[str] = frozenset(LABELS)
#: 三员: whoever holds one of these holds nothing else, so that nobody grants, uses and audits a power himself.
ADMINISTRATORS: frozenset[str] = frozenset({SYSTEM_ADMIN, SECURITY_ADMIN, AUDITOR})
#: 管理权限账号 of 第二十四条: these may (or, by setting, must) use a second factor.
MANAGERS: frozenset[str] = ADMINISTRATORS | {PROCESS_OWNER, BUREAU_REVIEWER, BUREAU_LEADER, CENTER_CLERK}
#: Those who work for the bureau, the centre or a department; experts and applicants do not.
STAFF: frozenset[str] = ALL - {EXPERT}


def label(role: str) -> str:
    """The Chinese name of a role; an unknown key is shown as it is."""
    return LABELS.get(role, role)


def labels(roles: Iterable[str]) -> str:
    """The Chinese names of several roles in the order of `LABELS`, joined for reading."""
    held = set(roles)
    return "、".join(text for key, text in LABELS.items() if key in held)


def check_combination(roles: Collection[str]) -> None:
    """Refuses sets of roles that one account must not hold.

    :raises UserError: an unknown role, or an administrator's role together with any other.
    """
    unknown = sorted(set(roles) - ALL)
    if unknown:
        raise UserError(f"没有“{'、'.join(unknown)}”这个角色", field="roles")
    administrative = set(roles) & ADMINISTRATORS
    if administrative and len(set(roles)) > 1:
        raise UserError(
            f"{labels(administrative)}须与其他角色分设账号：系统管理员、安全管理员、审计员不得由同一账号兼任，"
            "也不得兼任业务角色",
            field="roles",
        )
