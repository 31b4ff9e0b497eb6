"""Looking at accounts: the list, one account, and the questions before a serious act."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from app.core import audit, clock
from app.core.audit_trail import TrailFilter, page
from app.core.masking import mask_email, mask_phone
from app.core.transaction import transaction
from app.identity import accounts, directory, permissions, roles
from app.identity.models import AccountState, User
from app.registers import units
from app.web.admin.blueprint import admin
from app.web.auth import current_actor, requires

_PAGE = 50
_HISTORY = 20


@admin.get("", endpoint="accounts")
@requires(permissions.ACCOUNT_READ)
def list_accounts() -> str:
    """Accounts by name, login, role and state; keyset pages."""
    typed = {name: request.args.get(name, "").strip() for name in ("q", "role", "state")}
    after = request.args.get("after", "")
    found = directory.find(
        words=typed["q"], role=typed["role"], state=typed["state"], size=_PAGE + 1,
        after=int(after) if after.isascii() and after.isdigit() else 0,
    )
    shown = found[:_PAGE]
    kept: dict[str, Any] = {name: value for name, value in typed.items() if value}
    return render_template(
        "admin/accounts.html", users=shown, typed=typed, roles=roles.LABELS.items(), now=clock.now(),
        role_words=roles.labels, states=[(state.value, state.label) for state in AccountState],
        state_words=state_words, is_filtered=bool(kept),
        more=url_for("admin.accounts", **kept, after=shown[-1].id) if len(found) > _PAGE else "",
        first=url_for("admin.accounts", **kept) if after else "",
        may_create=permissions.allowed(current_actor(), permissions.ACCOUNT_CREATE),
    )


def state_words(user: User) -> tuple[str, str]:
    """The word and the kind of its tag; a lock counts before the state."""
    if user.locked_until is not None and user.locked_until > clock.now():
        return "已锁定", "bad"
    state = AccountState(user.state)
    return state.label, {"invited": "", "active": "ok", "disabled": "end"}[state.value]


@admin.get("/new")
@requires(permissions.ACCOUNT_CREATE)
def new_account() -> str:
    """Asks whose account to open."""
    return new_account_page({}, {})


def new_account_page(typed: dict[str, str], errors: dict[str, str]) -> str:
    """The form of a new account, with what was typed."""
    names = [unit.name for unit in units.search(typed.get("unit", ""))]
    return render_template("admin/new.html", typed=typed, errors=errors, units=names)


@admin.get("/<int:user_id>/edit")
@requires(permissions.ACCOUNT_CREATE)
def edit_account(user_id: int) -> str:
    """The form for name, unit and contact. Contact is shown whole to be corrected, so the look is written down."""
    with transaction():
        user = accounts.get(user_id)
        audit.record(current_actor(), "account.read_account", accounts.SUBJECT, user.id, note=f"{user.name}，变更信息")
    typed = {"name": user.name, "unit": user.unit_name, "phone": user.phone or "", "email": user.email or ""}
    return edit_account_page(user, typed, {})


def edit_account_page(user: User, typed: dict[str, str], errors: dict[str, str]) -> str:
    """The form of an account's facts, with what was typed."""
    names = [unit.name for unit in units.search(typed.get("unit", ""))]
    return render_template("admin/edit.html", user=user, typed=typed, errors=errors, units=names)


@admin.get("/<int:user_id>")
@requires(permissions.ACCOUNT_READ)
def account(user_id: int) -> str:
    """One account: state, roles, sessions, what happened to it, and the acts of this administrator."""
    with transaction():  # looking at somebody's account is written down, so this read is a write
        user = accounts.get(user_id)
        audit.record(current_actor(), "account.read_account", accounts.SUBJECT, user.id, note=user.name)
    return account_page(user, {})


def account_page(user: User, errors: dict[str, str], chosen: set[str] | None = None) -> str:
    """The page of an account; `chosen` keeps ticked roles after a refusal."""
    actor = current_actor()
    is_own = actor.user_id == user.id
    may = {
        "create": permissions.allowed(actor, permissions.ACCOUNT_CREATE) and not is_own,
        "grant": permissions.allowed(actor, permissions.ROLE_GRANT) and not is_own,
        "end": permissions.allowed(actor, permissions.SESSION_END) and not is_own,
        "history": permissions.allowed(actor, permissions.AUDIT_READ),
    }
    acts = TrailFilter(subject_type=accounts.SUBJECT, subject_id=str(user.id))
    return render_template(
        "admin/account.html", user=user, errors=errors, state=state_words(user), may=may, is_own=is_own,
        phone=mask_phone(user.phone or ""), email=mask_email(user.email or ""),
        role_options=list(roles.LABELS.items()), held=user.roles if chosen is None else chosen,
        administrators=roles.ADMINISTRATORS, role_words=roles.labels(user.roles),
        locked=user.locked_until is not None and user.locked_until > clock.now(),
        history=page(acts, None, _HISTORY) if may["history"] else [],
    )


@admin.get("/<int:user_id>/disable")
@requires(permissions.ACCOUNT_CREATE)
def confirm_disable(user_id: int) -> str:
    """Asks for the reason before an account is closed."""
    return disable_page(accounts.get(user_id), {})


def disable_page(user: User, errors: dict[str, str]) -> str:
    """The question before closing, naming the consequence."""
    return render_template(
        "confirm.html", heading=f"停用账号：{user.name}", errors=errors, reason=request.form.get("reason", ""),
        consequence=f"{user.name}（{user.login}）会立即退出，不能再登录。角色和办理记录保留，以后可以重发首次登录链接再启用。",
        act=f"停用{user.name}的账号", action=url_for("admin.disable", user_id=user.id),
        back=url_for("admin.account", user_id=user.id), stay="不停用，返回", reason_label="停用原因",
        reason_hint="写入操作留痕。",
        trail=[
            ("账号与角色", url_for("admin.accounts")),
            (user.name, url_for("admin.account", user_id=user.id)),
            ("停用", ""),
        ],
    )
