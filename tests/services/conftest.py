"""Services are tested below the pages: their applications have none, which is most of the cost of making one."""

from __future__ import annotations

import pytest
from flask import Flask

from app.web import files


def _register_files_only(app: Flask) -> None:
    """In the place of `app.web.setup.register_web`: of all areas only this one readies something below the pages."""
    files.register(app)


@pytest.fixture(autouse=True)
def without_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Applications of these tests answer no request."""
    monkeypatch.setattr("app.web.setup.register_web", _register_files_only)
