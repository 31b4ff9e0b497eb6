"""The steps of `make`: skipped while nothing changed, and honest about what failed."""

from __future__ import annotations

import importlib.util
import socket
import sys
from pathlib import Path
from types import ModuleType

import pytest

SETUP = Path(__file__).resolve().parents[3] / "tools" / "setup.py"


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """tools/setup.py, keeping its marks in a folder of the test."""
    specification = importlib.util.spec_from_file_location("zhiku_setup", SETUP)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "STATE", tmp_path / ".state")
    return module


def test_a_step_runs_once_until_what_it_is_made_from_changes(setup: ModuleType, tmp_path: Path) -> None:
    source, runs = tmp_path / "requirements.txt", []
    for text in ("a==1", "a==1", "a==2"):
        source.write_text(text)
        setup.step("packages", lambda: runs.append(source.read_text()), made_from=[source], mark="packages")
    assert runs == ["a==1", "a==2"]


def test_a_step_runs_again_when_its_result_is_gone(setup: ModuleType, tmp_path: Path) -> None:
    runs: list[int] = []
    for done in (True, False):
        setup.step("database", lambda: runs.append(1), made_from=[], mark="database", done=done)
    assert len(runs) == 2


def test_a_failed_step_is_not_remembered_as_done(setup: ModuleType, tmp_path: Path) -> None:
    def fail() -> None:
        raise setup.StepFailed("no network", "plug it in")

    with pytest.raises(setup.StepFailed, match="packages: no network") as failed:
        setup.step("packages", fail, made_from=[], mark="packages")
    assert failed.value.advice == "plug it in"
    assert not (tmp_path / ".state" / "packages").exists()


def test_a_failed_command_shows_the_end_of_what_it_said(setup: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    script = "print('the cause'); raise SystemExit(3)"
    with pytest.raises(setup.StepFailed, match=r"it broke \(exit 3\)"):
        setup._must([sys.executable, "-c", script], "it broke", "mend it")
    assert "the cause" in capsys.readouterr().out


def test_a_port_in_use_is_named_with_a_way_out(setup: ModuleType) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(setup.StepFailed, match=f"port {port} of 127.0.0.1 is in use") as failed:
            setup._free_or_fail(port)
    assert failed.value.advice.endswith(f"make run PORT={port + 1}")


def test_every_command_of_the_makefile_is_known(setup: ModuleType) -> None:
    makefile = (SETUP.parents[1] / "Makefile").read_text()
    asked = {line.split("$(SETUP) ")[1].split()[0] for line in makefile.splitlines() if "@$(SETUP)" in line}
    assert asked == {"run", "reset", "setup", "check", "test", "bench"}
