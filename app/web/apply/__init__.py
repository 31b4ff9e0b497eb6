"""The applicant's pages: begin, fill in by steps, resume by number and code, pre-check, submit (第十二条（一）)."""

from __future__ import annotations

from flask import Flask

from app.procedures.entry.rules.papers import PAPER_WORDS
from app.web import navigation


def register(app: Flask) -> None:
    """Hangs the applicant's pages on the application."""
    from app.web.apply import begin, intake, papers, steps, submission  # noqa: F401 - their routes hang on the blueprint
    from app.web.apply.blueprint import apply

    app.jinja_env.filters["pair"] = lambda word: (word, word)
    app.jinja_env.globals["paper_word"] = lambda kind: PAPER_WORDS.get(kind, kind)
    app.register_blueprint(apply)
    navigation.public_page("apply.start", "申请入库", order=20)
