"""What people change about their own account: password and second factor."""

from __future__ import annotations

import base64
import io

import qrcode
from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.database import db
from app.core.errors import NotAllowed, UserError
from app.core.masking import mask_email, mask_phone
from app.core.transaction import transaction
from app.identity import permissions, sign_in
from app.identity.models import User
from app.identity.policy import POLICY
from app.identity.sessions import SignedIn
from app.web.auth.access import login_required_page
from app.web.auth.blueprint import auth
from app.web.auth.session import client_address, current_actor, current_person, machine_time
from app.web.auth.views import hashed_new_password
from app.web.security import limit_form

_UNCONFIRMED = "second_factor_to_confirm"


def _person() -> SignedIn:
    person = current_person()
    if person is None:
        raise NotAllowed
    return person


@auth.get("/account")
@login_required_page
def account() -> str:
    """What the person's own account is and may; where to change the password and the second factor."""
    person = _person()
    user = db.session.get_one(User, person.id)
    return render_template(
        "auth/account.html", person=person, user=user, phone=mask_phone(user.phone or ""),
        email=mask_email(user.email or ""),
        powers=[each.label for each in permissions.declared() if permissions.allowed(person, each.key)],
    )


@auth.get("/password")
@login_required_page
def change_password() -> str:
    """Asks for the present and the new password."""
    return _password_page({})


def _password_page(errors: dict[str, str]) -> str:
    must = _person().must_change_password
    return render_template("auth/password.html", policy=POLICY, errors=errors, must=must)


@auth.post("/password")
@login_required_page
@limit_form(per_address="30 per minute")
def set_password() -> ResponseReturnValue:
    """Changes the password; every session of the account ends, this one too. Wrong tries count as at log-in."""
    person = _person()
    try:
        hashed = hashed_new_password(person.login)
    except UserError as error:
        return _password_page({error.field or "password": error.message}), 422
    with transaction():
        attempt = sign_in.begin(person.login, client_address(), clock.now())
    if not sign_in.password_right(attempt, request.form.get("current", "")):
        with transaction():
            sign_in.fail(attempt, client_address(), "修改密码时现密码不符")
        words = f"现在的密码不正确。连续 {POLICY.failures_before_lock} 次不正确会锁定账号"
        return _password_page({"current": words}), 422
    with transaction():
        user = db.session.get_one(User, person.id)
        sign_in.set_password(user, hashed, current_actor(), clock.now())
    session.clear()
    flash("密码已修改，各处的登录都已退出，请用新密码登录", "ok")
    return redirect(url_for("auth.login"))


@auth.get("/second-factor")
@login_required_page
def second_factor() -> str:
    """Shows the secret to scan, or that the second factor is on."""
    return _second_factor_page({})


def _second_factor_page(errors: dict[str, str]) -> str:
    person = _person()
    if not person.is_manager:
        raise NotAllowed("动态验证码只用于管理权限账号")
    if person.has_second_factor:
        return render_template("auth/second_factor.html", errors=errors, secret="", picture="")
    secret = session.setdefault(_UNCONFIRMED, sign_in.new_second_factor())
    uri = sign_in.second_factor_uri(secret, person.login)
    return render_template("auth/second_factor.html", errors=errors, secret=secret, picture=_qr_code(uri))


def _qr_code(text: str) -> str:
    picture = io.BytesIO()
    qrcode.make(text, box_size=5, border=4).save(picture, "PNG")
    return "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()


@auth.post("/second-factor")
@login_required_page
@limit_form(per_address="30 per minute")
def set_second_factor() -> ResponseReturnValue:
    """Turns the second factor on by a code made from the new secret, or off by a code of the present one."""
    person = _person()
    if not person.is_manager:
        raise NotAllowed("动态验证码只用于管理权限账号")
    typed = request.form.get("code", "")
    try:
        with transaction():
            user = db.session.get_one(User, person.id)
            if person.has_second_factor:
                sign_in.drop_second_factor(user, typed, current_actor(), machine_time())
            else:
                secret = session.get(_UNCONFIRMED, "")
                sign_in.set_second_factor(user, secret, typed, current_actor(), machine_time())
    except UserError as error:
        return _second_factor_page({"code": error.message}), 422
    session.pop(_UNCONFIRMED, None)
    flash("动态验证码已停用" if person.has_second_factor else "动态验证码已启用，下次登录时要输入", "ok")
    return redirect(url_for("auth.second_factor"))
