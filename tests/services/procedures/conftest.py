"""The store of files and the notices of these tests, on each database."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.registers.files import service as files


@pytest.fixture(autouse=True)
def _file_store(tmp_path: Path) -> None:
    files.configure(tmp_path / "uploads")
