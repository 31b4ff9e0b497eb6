"""Log-in page, the second factor, first-login links, log-out."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound, UserError
from app.core.transaction import transaction
from app.identity import accounts, links, passwords, sign_in
from app.identity.models import User
from app.identity.policy import POLICY
from app.web.auth.access import public_page
from app.web.auth.blueprint import auth, landing
from app.web.auth.session import (
    begin_session,
    client_address,
    current_person,
    end_session,
    machine_time,
    single_session,
)
from app.web.redirects import own_path
from app.web.security import limit_form

_HALF_WAY = "second_factor_for"
_HALF_WAY_SECONDS = 300


@dataclass(frozen=True)
class _HalfWay:
    """Somebody whose password was right and who still owes the code."""

    login: str
    wanted: str
    until: float


@auth.get("/login")
@public_page
def login() -> ResponseReturnValue:
    """The log-in page."""
    person = current_person()
    if person is not None:
        return redirect(landing(request.args.get("next")))
    return _login_page()


def _login_page(error: str = "", typed: str = "") -> str:
    return render_template(
        "auth/login.html", errors={"login": error} if error else {}, typed=typed,
        idle_time=current_app.permanent_session_lifetime, wanted=own_path(request.values.get("next"), ""),
    )


@auth.post("/login")
@public_page
@limit_form(per_address="30 per minute", per_target="10 per minute", target=lambda: request.form.get("login"))
def log_in() -> ResponseReturnValue:
    """Checks account and password; goes on, or to the second factor, or says neither which was wrong nor why."""
    typed, password = request.form.get("login", ""), request.form.get("password", "")
    with transaction():
        attempt = sign_in.begin(typed, client_address(), clock.now())
    if not sign_in.password_right(attempt, password):
        with transaction():
            sign_in.fail(attempt, client_address(), "密码不符")
        return _login_page(sign_in.REFUSED, typed), 422
    if attempt.needs_second_factor:
        until = machine_time().timestamp() + _HALF_WAY_SECONDS
        session[_HALF_WAY] = asdict(_HalfWay(typed, own_path(request.form.get("next"), ""), until))
        return redirect(url_for("auth.code"))
    with transaction():
        user = sign_in.succeed(attempt, client_address(), clock.now(), single=single_session())
    begin_session(user)
    return redirect(landing(request.form.get("next")))


def _half_way() -> _HalfWay | None:
    kept = session.get(_HALF_WAY)
    half_way = None if kept is None else _HalfWay(**kept)
    return half_way if half_way is not None and half_way.until > machine_time().timestamp() else None


@auth.get("/login/code")
@public_page
def code() -> ResponseReturnValue:
    """Asks for the code of the authenticator app."""
    return redirect(url_for("auth.login")) if _half_way() is None else render_template("auth/code.html", errors={})


@auth.post("/login/code")
@public_page
@limit_form(per_address="30 per minute")
def check_code() -> ResponseReturnValue:
    """Checks the code; each try counts as a try of the password does."""
    half_way = _half_way()
    if half_way is None:
        return redirect(url_for("auth.login"))
    now = clock.now()
    with transaction():
        attempt = sign_in.begin(half_way.login, client_address(), now)
        owner = None if attempt.user_id is None else db.session.get_one(User, attempt.user_id)
        right = owner is not None and sign_in.use_code(owner, request.form.get("code", ""), machine_time())
        if right:
            user = sign_in.succeed(attempt, client_address(), now, single=single_session())
        else:
            sign_in.fail(attempt, client_address(), "动态验证码不符")
    if not right:
        message = "动态验证码不符或已经用过，请输入应用里现在显示的 6 位数字"
        return render_template("auth/code.html", errors={"code": message}), 422
    begin_session(user)
    return redirect(landing(half_way.wanted))


@auth.post("/logout")
@public_page
def logout() -> ResponseReturnValue:
    """Ends the session; harmless for those who have none."""
    end_session()
    flash("已退出", "ok")
    return redirect(url_for("auth.login"))


@auth.get("/login/first/<token>")
@public_page
def first_login(token: str) -> str:
    """Shows whose account the link opens and asks for a password; the link stays unused."""
    return _first_login_page(token, links.owner_of(token, clock.now()))


def _first_login_page(token: str, user: User, errors: dict[str, str] | None = None) -> str:
    return render_template(
        "auth/first_login.html", token=token, account=user.login, name=user.name, policy=POLICY, errors=errors or {}
    )


@auth.post("/login/first/<token>")
@public_page
@limit_form(per_address="30 per minute")
def use_first_login(token: str) -> ResponseReturnValue:
    """Sets the first password and uses the link up."""
    owner = links.owner_of(token, clock.now())
    try:
        hashed = hashed_new_password(owner.login)
    except UserError as error:
        return _first_login_page(token, owner, {error.field or "password": error.message}), 422
    try:
        with transaction():
            user = links.use(token, clock.now())
            sign_in.set_password(user, hashed, accounts.actor_of(user, client_address()), clock.now())
    except NotFound as error:
        flash(error.message, "care")
        return redirect(url_for("auth.login"))
    session.clear()
    flash("密码已设好，请用账号和新密码登录", "ok")
    return redirect(url_for("auth.login"))


def hashed_new_password(account: str) -> str:
    """The hash of the new password of a form (`password`, `again`).

    :raises UserError: too weak, or the two differ.
    """
    password = request.form.get("password", "")
    passwords.check_strength(password, account)
    if password != request.form.get("again", ""):
        raise UserError("两次输入的密码不一样，请重新输入", field="again")
    return passwords.hash_password(password)
