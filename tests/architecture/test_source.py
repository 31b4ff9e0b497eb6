"""Conventions of the source that no linter knows: sizes, the one clock, the one transaction, exact pins."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
MODULES = sorted(path for path in APP.rglob("*.py") if "migrations" not in path.parts)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted((APP / "web" / "templates").rglob("*.html"))

_CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
_CHANCE = re.compile(
    r"(?<![.\w])(random|secrets)\.\w+\(|\buuid[14]\(|^from (random|secrets) import (?!Random$)", re.MULTILINE
)
_PINNED = re.compile(r"^[A-Za-z0-9_.\[\]-]+==[\w.]+(; .+)?$")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_import_contracts_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_no_module_is_longer_than_400_lines() -> None:
    assert {_name(path): lines for path in MODULES if (lines := _lines(path)) >= 400} == {}


def test_no_test_module_is_longer_than_500_lines() -> None:
    assert {_name(path): lines for path in TESTS if (lines := _lines(path)) > 500} == {}


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_functions_stay_short() -> None:
    long = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (length := (node.end_lineno or 0) - node.lineno) > 60:
                long[f"{_name(path)}:{node.name}"] = length
    assert long == {}


def test_time_and_chance_come_from_the_core() -> None:
    found = {}
    for path in MODULES:
        if path.parent == APP / "core":
            continue
        text = path.read_text(encoding="utf-8")
        if own := [*_own_clocks(ast.parse(text)), *(hit.group() for hit in _CHANCE.finditer(text))]:
            found[_name(path)] = own
    assert found == {}


def _own_clocks(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        named = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if named and (node.value.id, node.attr) in _CLOCKS:  # type: ignore[attr-defined]
            yield f"line {node.lineno}: {node.value.id}.{node.attr}"  # type: ignore[attr-defined]


def test_only_the_transaction_commits() -> None:
    found = []
    for path in MODULES:
        if path == APP / "core" / "transaction.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
                found.append(f"{_name(path)}:{node.lineno}")
    assert found == []


def test_only_jobs_put_work_into_celery() -> None:
    calls = re.compile(r"\.(delay|apply_async|send_task)\(")
    elsewhere = [path for path in MODULES if "jobs" not in path.parts and path.name != "celery_app.py"]
    assert [_name(path) for path in elsewhere if calls.search(path.read_text("utf-8"))] == []


def test_a_template_needs_no_inline_code_and_keeps_the_tone() -> None:
    forbidden = {
        "inline style": r"<[^>]*\sstyle=", "inline handler": r"<[^>]*\son[a-z]+=", "style element": r"<style",
        "inline script": r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", "unescaped": r"\|\s*safe\b",
        "loud": r"！|请注意|温馨提示|系统错误", "elsewhere": r"(?:src|href)=\"(?:https?:)?//",
    }
    patterns = {name: re.compile(pattern) for name, pattern in forbidden.items()}
    found = {}
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        if broken := [name for name, pattern in patterns.items() if pattern.search(text)]:
            found[_name(path)] = broken
    assert TEMPLATES
    assert found == {}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-node.txt"])
def test_every_direct_requirement_is_pinned(name: str) -> None:
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith(("#", "-r "))]
    assert [line for line in lines if not _PINNED.match(line)] == []


def test_no_tracked_file_names_a_registry_or_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    # In pieces, so that this file does not name them itself.
    names = ("registry" + r"\.npmjs", "pypi" + r"\.org", "python" + "hosted", "/ro" + "ot/", "/wo" + "rk/")
    forbidden = re.compile("|".join(names))
    paths = [ROOT / name for name in listed.stdout.splitlines()]
    texts = {path: path.read_text(encoding="utf-8", errors="ignore") for path in paths if path.is_file()}
    assert {_name(path): hit.group() for path, text in texts.items() if (hit := forbidden.search(text))} == {}
