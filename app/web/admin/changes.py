"""Changing accounts: each act is one POST, one transaction, one audit line (written by `app.identity.accounts`)."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Invalid, UserError
from app.core.transaction import transaction
from app.identity import accounts, permissions
from app.identity.accounts import OpenedAccount, Person
from app.identity.models import User
from app.identity.policy import POLICY
from app.notices import outbox
from app.registers import units
from app.web.admin.blueprint import admin
from app.web.admin.pages import account_page, disable_page, edit_account_page, new_account_page
from app.web.auth import current_actor, requires
from app.web.wording import day

_PHONE = re.compile(r"1[3-9][0-9]{9}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def _send_link(user: User, opened: OpenedAccount, actor: Actor) -> None:
    """Sends the link to its owner; the administrator never sees it."""
    now = clock.now()
    to = outbox.Recipient(None, user.name, user.phone, user.email)
    data = {
        "name": user.name, "login": user.login, "activation_path": opened.link_path,
        "activation_until": day(now + POLICY.link_lasts),
    }
    outbox.send(
        "account_opened", to, data, subject_type=accounts.SUBJECT, subject_id=user.id, now=now, actor=actor
    )


def _person(typed: dict[str, str], errors: dict[str, str]) -> Person:
    if typed["phone"] and not _PHONE.fullmatch(typed["phone"]):
        errors["phone"] = f"手机号码“{typed['phone']}”不对，应为 11 位、以 1 开头"
    if typed["email"] and not _EMAIL.fullmatch(typed["email"]):
        errors["email"] = f"电子邮箱“{typed['email']}”不对，应如 name@example.cn"
    if not typed["phone"] and not typed["email"]:
        errors["phone"] = "手机号码和电子邮箱至少填一项，首次登录链接要发到本人手里"
    unit = units.find(typed["unit"], None) if typed["unit"] else None
    if typed["unit"] and unit is None:
        errors["unit"] = f"单位名册里没有“{typed['unit']}”，请填登记的全称"
    if errors:
        raise Invalid(errors)
    return Person(
        login=typed["login"], name=typed["name"], phone=typed["phone"] or None, email=typed["email"] or None,
        unit_id=None if unit is None else unit.id, unit_name="" if unit is None else unit.name,
    )


@admin.post("/new")
@requires(permissions.ACCOUNT_CREATE)
def open_account() -> ResponseReturnValue:
    """Opens an account without roles and sends the first-login link to its owner."""
    typed = {name: request.form.get(name, "").strip() for name in ("login", "name", "unit", "phone", "email")}
    actor = current_actor()
    try:
        with transaction():
            wrong = accounts.check_person(Person(typed["login"], typed["name"]))
            opened = accounts.open_account(_person(typed, wrong), actor=actor, now=clock.now())
            _send_link(accounts.get(opened.user_id), opened, actor)
    except UserError as error:
        return new_account_page(typed, _errors_of(error)), 422
    flash(f"已开立账号 {opened.login}，首次登录链接已发给本人。角色由安全管理员授予。", "ok")
    return redirect(url_for("admin.account", user_id=opened.user_id))


@admin.post("/<int:user_id>/edit")
@requires(permissions.ACCOUNT_CREATE)
def change_account(user_id: int) -> ResponseReturnValue:
    """Corrects name, unit, phone and mail of an account."""
    typed = {name: request.form.get(name, "").strip() for name in ("name", "unit", "phone", "email")}

    def change(user: User, actor: Actor) -> None:
        wrong = {} if typed["name"] else {"name": "请填写姓名"}
        accounts.change_person(user, _person({**typed, "login": user.login}, wrong), actor=actor)

    try:
        return _change(user_id, change, "已变更账号信息")
    except Invalid as error:
        return edit_account_page(accounts.get(user_id), typed, error.errors), 422


def _errors_of(error: UserError) -> dict[str, str]:
    return error.errors if isinstance(error, Invalid) else {error.field or "login": error.message}


def _change(user_id: int, change: Callable[[User, Actor], None], done: str) -> ResponseReturnValue:
    with transaction():
        user = accounts.get(user_id)
        name = user.name
        change(user, current_actor())
    flash(f"{done}：{name}", "ok")
    return redirect(url_for("admin.account", user_id=user_id))


@admin.post("/<int:user_id>/roles")
@requires(permissions.ROLE_GRANT)
def grant_roles(user_id: int) -> ResponseReturnValue:
    """Sets the roles of an account; forbidden combinations are said at the field, ticks kept."""
    chosen = set(request.form.getlist("roles"))
    try:
        return _change(
            user_id, lambda user, actor: accounts.grant_roles(user, chosen, actor=actor, now=clock.now()), "已授予角色"
        )
    except UserError as error:
        if error.field != "roles":
            raise
        return account_page(accounts.get(user_id), {"roles": error.message}, chosen), 422


@admin.post("/<int:user_id>/disable")
@requires(permissions.ACCOUNT_CREATE)
def disable(user_id: int) -> ResponseReturnValue:
    """Closes an account with a reason."""
    reason = request.form.get("reason", "")
    try:
        return _change(user_id, lambda user, actor: accounts.disable(user, reason, actor=actor), "已停用账号")
    except UserError as error:
        if error.field != "reason":
            raise
        return disable_page(accounts.get(user_id), {"reason": error.message}), 422


@admin.post("/<int:user_id>/link")
@requires(permissions.ACCOUNT_CREATE)
def renew_link(user_id: int) -> ResponseReturnValue:
    """Sends a new first-login link; the old password and all sessions end."""

    def change(user: User, actor: Actor) -> None:
        _send_link(user, accounts.renew_link(user, actor=actor, now=clock.now()), actor)

    return _change(user_id, change, "已重发首次登录链接")


@admin.post("/<int:user_id>/sessions/end")
@requires(permissions.SESSION_END)
def end_sessions(user_id: int) -> ResponseReturnValue:
    """Ends all sessions of an account at once."""
    return _change(user_id, lambda user, actor: accounts.end_sessions(user, actor=actor), "已结束会话")


@admin.post("/<int:user_id>/unlock")
@requires(permissions.SESSION_END)
def unlock(user_id: int) -> ResponseReturnValue:
    """Lifts the lock after failed sign-ins."""
    return _change(user_id, lambda user, actor: accounts.unlock(user, actor=actor), "已解除锁定")


@admin.post("/<int:user_id>/second-factor/remove")
@requires(permissions.SESSION_END)
def remove_second_factor(user_id: int) -> ResponseReturnValue:
    """Removes the second factor of somebody who lost the device."""
    return _change(
        user_id, lambda user, actor: accounts.remove_second_factor(user, actor=actor), "已解除动态验证码"
    )
