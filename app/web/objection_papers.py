"""The papers that come with an objection, read from the form that was sent."""

from __future__ import annotations

from flask import request

from app.core.errors import Invalid, UserError
from app.procedures.objection.rules.filing import FILE_WORDS
from app.procedures.objection.service import Paper
from app.registers.files import service as files
from app.registers.files.accepted import Upload


def sent_papers(*kinds: str) -> list[Paper]:
    """The files sent under these field names, checked.

    :raises Invalid: a file cannot be taken, at its field.
    """
    found = []
    for kind in kinds:
        for one in request.files.getlist(kind):
            if one.filename:
                try:
                    found.append(Paper(kind, files.check_paper(Upload(one.filename, one.read()))))
                except UserError as refusal:
                    raise Invalid({kind: f"{FILE_WORDS[kind]}：{refusal.message}"}) from refusal
    return found
