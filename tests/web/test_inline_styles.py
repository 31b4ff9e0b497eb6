"""The one relaxation of the content policy: an editor's page may set styles, never scripts, and no other page may."""

from __future__ import annotations

from flask import Flask

from app.web.auth import public_page
from app.web.security import CONTENT_SECURITY_POLICY, allows_inline_styles


def _directives(policy: str) -> dict[str, str]:
    return dict(part.split(" ", 1) for part in policy.split("; "))


def test_only_the_marked_page_may_set_inline_styles(app: Flask) -> None:
    @public_page
    @allows_inline_styles
    def editor() -> str:
        return "编辑器"

    @public_page
    def other() -> tuple[str, int]:
        return "别的页", 200

    app.add_url_rule("/test-editor", view_func=editor)
    app.add_url_rule("/test-other", view_func=other)
    client = app.test_client()
    assert client.get("/test-other").headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    relaxed = _directives(client.get("/test-editor").headers["Content-Security-Policy"])
    strict = _directives(CONTENT_SECURITY_POLICY)
    assert {name for name in strict if relaxed[name] != strict[name]} == {"style-src"}
    assert relaxed["style-src"] == "'self' 'unsafe-inline'"
    assert relaxed["script-src"] == "'self'"


def test_a_page_that_answers_with_a_status_keeps_it(app: Flask) -> None:
    @public_page
    @allows_inline_styles
    def refused() -> tuple[str, int]:
        return "不行", 409

    app.add_url_rule("/test-refused", view_func=refused)
    assert app.test_client().get("/test-refused").status_code == 409
