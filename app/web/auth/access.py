"""Every view says who may open it, by exactly one of three tags; what says nothing is open to nobody.

The tag is kept on the function (`view.permission`), and one hook before every request obeys it, so that the order
of decorators cannot open a page by mistake and a test can list every route.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.errors import NotAllowed
from app.identity import permissions
from app.identity.sessions import SignedIn
from app.web import security

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "(public)"
SIGNED_IN = "(signed in)"
#: Files of the browser code; they hold nothing of anybody.
FILE_ENDPOINTS = frozenset({"static", "bootstrap.static"})
#: What somebody may still open whose password must be changed first.
_ALWAYS = frozenset({"auth.change_password", "auth.logout", "preferences.text_size", *FILE_ENDPOINTS})
_SECOND_FACTOR = frozenset({"auth.second_factor", "auth.set_second_factor"})


class UndeclaredView(RuntimeError):
    """A view carries no tag: a mistake of ours, and the page stays shut."""


def public_page(view: View) -> View:
    """Anybody may open it; what it shows, it decides itself."""
    return _tag(view, PUBLIC)


def login_required_page(view: View) -> View:
    """Anybody who is signed in may open it."""
    return _tag(view, SIGNED_IN)


def requires(permission: str) -> Callable[[View], View]:
    """Only those who hold the permission (a key of `app.identity.permissions`) may open it."""
    permissions.permission(permission)
    return lambda view: _tag(view, permission)


def _tag(view: View, permission: str) -> View:
    if getattr(view, "permission", permission) != permission:
        raise UndeclaredView(f"{view.__name__} declares two permissions")
    view.permission = permission  # type: ignore[attr-defined]
    return view


def declared_permission(endpoint: str) -> str | None:
    """The tag of an endpoint's view, or None if it has none."""
    if endpoint in FILE_ENDPOINTS:
        return PUBLIC
    found: str | None = getattr(current_app.view_functions[endpoint], "permission", None)
    return found


def guard() -> ResponseReturnValue | None:
    """Before every request: lets it pass, sends to the log-in page, or refuses.

    :raises NotAllowed: signed in, but without the permission. UndeclaredView: the view carries no tag.
    """
    if request.endpoint is None:
        return None
    needed = declared_permission(request.endpoint)
    if needed is None:
        raise UndeclaredView(f"{request.endpoint} carries none of public_page, login_required_page, requires")
    if needed == PUBLIC:
        return None
    if not current_user.is_authenticated:
        return _to_login()
    diverted = _first_things_first(current_user)
    if diverted is not None:
        return diverted
    if needed != SIGNED_IN and not permissions.allowed(current_user, needed):
        words = permissions.permission(needed).label
        raise NotAllowed(f"您的角色不能“{words}”。如果工作需要，请联系本单位的管理员")
    return None


def _to_login() -> ResponseReturnValue:
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("auth.login", next=request.full_path.rstrip("?")))
    return security.keep_typed("登录已经结束", "提交没有被接受，系统里的内容没有改变。请重新登录后再提交。", status=401)


def _first_things_first(person: SignedIn) -> ResponseReturnValue | None:
    if request.endpoint in _ALWAYS:
        return None
    if person.must_change_password:
        return redirect(url_for("auth.change_password"))
    must = current_app.config.get("MANAGERS_NEED_SECOND_FACTOR", False)
    if must and person.is_manager and not person.has_second_factor and request.endpoint not in _SECOND_FACTOR:
        return redirect(url_for("auth.second_factor"))
    return None
