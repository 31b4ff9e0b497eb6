"""Papers that came with a request: each is checked by its content; the refused name themselves and what to do."""

from __future__ import annotations

from flask import request

from app.core.errors import UserError
from app.procedures.entry.rules import papers
from app.registers.files import service as files
from app.registers.files.accepted import Accepted, Upload
from app.registers.files.images import photo_rule
from app.regulations.rule_sets import RuleSet

#: The field of a kind's file input: file-photo, file-recommendation.
FIELD = "file-"


def sent_with_step(step: str, rules: RuleSet) -> tuple[list[tuple[str, Accepted]], dict[str, str]]:
    """The accepted papers of a step's own kinds, and what is wrong with the others, by kind."""
    accepted: list[tuple[str, Accepted]] = []
    faults: dict[str, str] = {}
    for kind, place in papers.PAPER_STEPS.items():
        if place == step:
            found, wrong = sent_in(FIELD + kind, kind, rules)
            accepted += [(kind, one) for one in found]
            faults |= wrong
    return accepted, faults


def sent_in(field: str, kind: str, rules: RuleSet) -> tuple[list[Accepted], dict[str, str]]:
    """The accepted papers of one file input, and what is wrong with the last refused one."""
    accepted: list[Accepted] = []
    faults: dict[str, str] = {}
    for one in request.files.getlist(field):
        if not one.filename:
            continue
        with one.stream:
            sent = Upload(one.filename, one.read())
        try:
            accepted.append(_checked(kind, sent, rules))
        except UserError as refusal:
            faults[kind] = f"{papers.PAPER_WORDS[kind]}：{refusal.message}"
    return accepted, faults


def _checked(kind: str, given: Upload, rules: RuleSet) -> Accepted:
    if kind == papers.PHOTO:
        return files.check_photo(given, photo_rule(rules))
    return files.check_paper(given)
