"""The browser's session: who is signed in, from where, beginning and end."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, current_app, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, current_user, login_user, logout_user

from app.core import audit, clock
from app.core.actor import Actor, public
from app.core.database import db
from app.core.errors import NotFound
from app.core.transaction import transaction
from app.identity import accounts, sign_in
from app.identity.models import User
from app.identity.sessions import SignedIn, signed_in

login_manager = LoginManager()


class PageSessions(SecureCookieSessionInterface):
    """Sessions in a signed cookie, prolonged by pages only.

    What a script fetches on the side may be answered after the next page has written to the session; sending the
    cookie again would then undo it (a message that was to be shown is lost) and keep an idle desk signed in.
    """

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        if request.headers.get("Sec-Fetch-Dest") == "empty":
            return session.modified
        return super().should_set_cookie(app, session)


def register_session(app: Flask) -> None:
    """Lets Flask-Login find the person by the random token of the account."""
    app.session_interface = PageSessions()
    login_manager.init_app(app)
    # Its own "strong" protection is silently none for permanent sessions; rotating the token is ours.
    login_manager.session_protection = None
    login_manager.user_loader(signed_in)


def client_address() -> str | None:
    """The network address of the browser, behind as many proxies as TRUSTED_PROXIES says."""
    return request.remote_addr


def current_person() -> SignedIn | None:
    """Who is signed in, or None."""
    return current_user if current_user.is_authenticated else None


def current_actor() -> Actor:
    """Who acts in this request; a member of the public if nobody is signed in."""
    person = current_person()
    return public("公众", client_address()) if person is None else person.actor(client_address())


def machine_time() -> datetime:
    """Real time, whatever the demo clock says: authenticator apps go by it."""
    return clock.now() - clock.offset()


def single_session() -> bool:
    """Whether logging in ends the sessions elsewhere; in the demo many people enter as the same person."""
    return bool(current_app.config["MODE"] == "production")


def begin_session(user: User) -> None:
    """Starts the browser's session anew, so that nothing of an earlier one goes on."""
    token = user.session_token
    session.clear()
    session.permanent = True
    person = signed_in(token)
    if person is None:
        raise NotFound("这个账号已经停用")
    login_user(person)


def end_session() -> None:
    """Ends the session and, where sessions are single, every copy of it."""
    person = current_person()
    if person is not None:
        with transaction():
            user = db.session.get_one(User, person.id)
            sign_in.sign_out(user, person.actor(client_address()), everywhere=single_session())
    logout_user()
    session.clear()


def login_as_demo(role: str, login: str | None = None) -> User:
    """Signs in as somebody of this role (or as `login`) with one click; the demo and tests only.

    :raises NotFound: outside the demo, or nobody holds the role.
    """
    if current_app.config["MODE"] not in ("demo", "testing"):
        raise NotFound
    with transaction():
        found = accounts.users_in_role(role)
        user = next((each for each in found if login in (None, each.login)), None)
        if user is None:
            raise NotFound("演示数据里没有这个角色的人")
        user.session_started_at = clock.now()
        user.session_address = client_address()
        audit.record(accounts.actor_of(user, client_address()), "session.sign_in", "user", user.id, note="演示一键进入")
    begin_session(user)
    return user
