"""The blueprint, and which applications this browser has opened by number and code."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from app.core.actor import Actor, public
from app.core.errors import NotAllowed
from app.identity import permissions
from app.procedures.entry import store
from app.procedures.entry.models import Application
from app.web.auth import client_address
from app.web.auth.session import machine_time
from app.web.error_pages import error_page
from app.web.pages import signed_in

apply = Blueprint("apply", __name__, url_prefix="/apply")

_OPENED = "opened_applications"
#: How long an opened application stays open without a further act, by real time; the drafts themselves stay.
IDLE = timedelta(minutes=60)


def open_here(found: Application) -> None:
    """Lets this browser work on the application from now on."""
    opened = dict(session.get(_OPENED, {}))
    opened[found.draft_no] = machine_time().isoformat()
    session[_OPENED] = opened


def close_here(draft_no: str) -> None:
    """Forgets the application in this browser."""
    opened = dict(session.get(_OPENED, {}))
    opened.pop(draft_no, None)
    session[_OPENED] = opened


def is_open(draft_no: str) -> bool:
    """True if this browser opened the application and was not idle for too long."""
    since = session.get(_OPENED, {}).get(draft_no)
    return since is not None and abs(machine_time() - datetime.fromisoformat(since)) < IDLE


class NotOpenedHere(NotAllowed):
    """This browser has not opened the application by its code, or too long ago, or there is none."""

    def __init__(self, number: str) -> None:
        super().__init__("请先用申请编号和验证码打开这份申请，填过的内容都还在")
        self.number = number


@apply.app_errorhandler(NotOpenedHere)
def ask_for_code(refused: NotOpenedHere) -> ResponseReturnValue:
    """A link from a letter leads to where the code is asked for; what was posted is refused."""
    if request.method in ("GET", "HEAD"):
        flash(refused.message, "care")
        return redirect(url_for("apply.resume", number=refused.number))
    return error_page(refused.status, refused.message)


def opened(number: str) -> Application:
    """The application, if it was opened here by its code.

    :raises NotOpenedHere: it was not, or too long ago; says nothing about whether there is one.
    """
    found = store.find(number)
    if found is None or not is_open(found.draft_no):
        raise NotOpenedHere(number)
    open_here(found)
    return found


def applicant(found: Application | None = None) -> Actor:
    """The applicant as the one who acts; with a paper application it is the clerk who types it in, by his name."""
    staff = signed_in()
    if staff is not None and permissions.allowed(staff, permissions.APPLICATION_RECEIVE):
        return staff
    name = found.name if found is not None and found.name else "申请人"
    return public(name, client_address())
