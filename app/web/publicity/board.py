"""The publicity board: who is to be appointed, how many days are left, how to object. No log-in."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from app.core import clock
from app.procedures.publicity import queries
from app.regulations import rule_set_to_show
from app.web.auth import public_page

publicity_board = Blueprint("publicity_board", __name__, url_prefix="/board")


@publicity_board.get("/")
@public_page
def index() -> str:
    """Running notices in full, ended ones as a list."""
    now = clock.now()
    running = queries.running(rule_set_to_show(now.date()), now)
    shown = {board.number for board in running}
    past = [batch for batch in queries.latest(before=request.args.get("before")) if batch.number not in shown]
    return render_template("publicity/index.html", running=running, past=past)


@publicity_board.get("/<number>")
@public_page
def show(number: str) -> str:
    """One notice: name, unit, title and directions only."""
    now = clock.now()
    return render_template(
        "publicity/board.html", board=queries.board(number, rule_set_to_show(now.date()), now),
        rules=rule_set_to_show(now.date()),
    )


@publicity_board.get("/object")
@public_page
def choose() -> str:
    """Whom the objection is about: the names whose period runs, with what an objection needs."""
    now = clock.now()
    rules = rule_set_to_show(now.date())
    return render_template("publicity/choose.html", running=queries.running(rules, now), rules=rules)
