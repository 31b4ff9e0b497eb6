"""三员分立, and what each role may do."""

from __future__ import annotations

import itertools

import pytest

from app.core.actor import Actor
from app.core.errors import NotAllowed, UserError
from app.identity import permissions, roles


def holder(*held: str) -> Actor:
    return Actor(user_id=1, name="某人", roles=frozenset(held))


@pytest.mark.parametrize("pair", list(itertools.combinations(sorted(roles.ALL), 2)))
def test_an_administrator_holds_no_second_role(pair: tuple[str, str]) -> None:
    if roles.ADMINISTRATORS.isdisjoint(pair):
        roles.check_combination(pair)
    else:
        with pytest.raises(UserError, match="分设账号") as refused:
            roles.check_combination(pair)
        assert refused.value.field == "roles"


@pytest.mark.parametrize("role", sorted(roles.ALL))
def test_every_role_may_stand_alone(role: str) -> None:
    roles.check_combination({role})


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(UserError, match="superuser"):
        roles.check_combination({"superuser"})


def test_roles_are_named_in_the_order_of_the_list() -> None:
    assert roles.labels({"process_owner", "bureau_reviewer"}) == "资格审查岗、流程管理员"


def test_a_permission_counts_for_its_roles_only() -> None:
    assert permissions.allowed(holder(roles.AUDITOR), permissions.AUDIT_READ)
    others = roles.ALL - {roles.AUDITOR}
    assert not any(permissions.allowed(holder(role), permissions.AUDIT_READ) for role in others)


def test_a_refusal_names_what_may_not_be_done() -> None:
    with pytest.raises(NotAllowed, match="授予、收回角色"):
        permissions.require(holder(roles.SYSTEM_ADMIN), permissions.ROLE_GRANT)


def test_no_administrator_holds_the_power_of_another() -> None:
    powers = {permissions.ACCOUNT_CREATE, permissions.ROLE_GRANT, permissions.AUDIT_READ}
    for role in roles.ADMINISTRATORS:
        assert len([power for power in powers if permissions.allowed(holder(role), power)]) == 1


def test_no_administrator_sees_applications_or_numbers() -> None:
    for role in roles.ADMINISTRATORS:
        for power in (permissions.APPLICATION_READ, permissions.PERSONAL_REVEAL, permissions.TASK_WORK):
            assert not permissions.allowed(holder(role), power)


def test_every_permission_says_in_chinese_what_it_is() -> None:
    for each in permissions.declared():
        assert each.roles <= roles.ALL
        assert each.roles
        assert all("一" <= sign <= "鿿" or sign == "、" for sign in each.label), each


def test_a_rule_about_the_object_narrows_a_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permissions, "_object_rules", {})

    @permissions.object_rule(permissions.CASE_READ)
    def not_ones_own(actor: Actor, case: dict[str, int]) -> bool:
        return case["applicant"] != actor.user_id

    clerk = holder(roles.CENTER_CLERK)
    assert permissions.allowed(clerk, permissions.CASE_READ)
    assert permissions.allowed(clerk, permissions.CASE_READ, {"applicant": 2})
    assert not permissions.allowed(clerk, permissions.CASE_READ, {"applicant": 1})
    assert not permissions.allowed(holder(roles.EXPERT), permissions.CASE_READ, {"applicant": 2})


def test_a_permission_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        permissions.declare(permissions.AUDIT_READ, "查看留痕", [roles.AUDITOR])
