"""One file carries processes from a test system to the real one; a stranger's file is held at arm's length."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.core import crypto
from app.workflow.parts import Parts
from app.workflow.releases import archive, blank
from app.workflow.releases.archive import Packed
from app.workflow.releases.reading import Unreadable

DMN = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL" id="d"/>'
FORM = '{"components": []}'
PARTS = Parts(blank.diagram("leave", "请假"), {"days.dmn": DMN}, {"leave/ask": FORM}, "- name: 一天\n")
LEAVE = Packed("leave", "请假", 3, "三天以内免批", PARTS)
TRAVEL = Packed("travel", "出差", None, None, Parts(blank.diagram("travel", "出差")))
MANIFEST = json.dumps({"format": "zhiku-processes", "processes": [{"key": "leave", "name": "请假"}]})


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto, "_keyring", crypto.keyring_from_secret("a secret of this test"))


def _zip(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in files.items():
            made.writestr(name, text)
    return buffer.getvalue()


def _with(**more: str | bytes) -> dict[str, str | bytes]:
    return {"manifest.json": MANIFEST, "processes/leave/diagram.bpmn": PARTS.xml, **more}


def test_what_goes_in_comes_out() -> None:
    assert archive.read(archive.write([TRAVEL, LEAVE])) == [LEAVE, TRAVEL]


def test_the_same_processes_give_the_same_bytes() -> None:
    assert archive.write([LEAVE, TRAVEL]) == archive.write([TRAVEL, LEAVE])


def _rewritten(content: bytes, name: str, change: Callable[[str], str]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        files: dict[str, str | bytes] = {one: found.read(one).decode() for one in found.namelist()}
    changed = change(str(files[name]))
    assert changed != files[name]
    return _zip({**files, name: changed})


def test_its_authors_are_vouched_for_as_long_as_nobody_alters_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    written = archive.write([replace(LEAVE, authors=("first", "second"))])
    assert archive.read(written)[0].authors == ("first", "second")
    assert archive.read(archive.write([replace(LEAVE, authors=())]))[0].authors == ()
    for name, change in (
        ("manifest.json", lambda text: text.replace('"second"', '"third"')),
        ("manifest.json", lambda text: text.replace('"seal": "', '"seal": "00')),
        ("manifest.json", lambda text: text.replace('"seal"', '"other"')),
        ("processes/leave/diagram.bpmn", lambda text: text.replace("开始", "起点")),
        ("processes/leave/forms/leave/ask.form", lambda text: text + " "),
        ("processes/leave/scenarios.yaml", lambda text: text + "\n"),
    ):
        assert archive.read(_rewritten(written, name, change))[0].authors is None, name
    monkeypatch.setattr(crypto, "_keyring", crypto.keyring_from_secret("another installation"))
    assert archive.read(written)[0].authors is None


@pytest.mark.parametrize("seal", ["", "zz", "é", "00", 7, None, ["00"]])
@pytest.mark.parametrize("authors", [[], ["first"], "first", [7], None, {}])
def test_a_seal_that_is_none_vouches_for_nobody(authors: Any, seal: Any) -> None:
    told = {"key": "leave", "name": "请假", "authors": authors, "seal": seal}
    manifest = json.dumps({"format": "zhiku-processes", "processes": [told]})
    assert archive.read(_zip(_with(**{"manifest.json": manifest})))[0].authors is None


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "manifest.json 不对"),
        ({"manifest.json": "{"}, "manifest.json 不对"),
        ({"manifest.json": "[]"}, "manifest.json 不对"),
        ({"manifest.json": MANIFEST}, "没有流程"),
        (_with(**{"../../etc/cron.d/x": "x"}), "不认识的文件"),
        (_with(**{"/etc/passwd": "x"}), "不认识的文件"),
        (_with(**{"processes/leave/forms/../../x.form": FORM}), "不认识的文件"),
        (_with(**{"processes/leave/run.py": "x"}), "不认识的文件"),
        (_with(**{"processes/Leave/diagram.bpmn": "x"}), "不认识的文件"),
        (_with(**{"processes/travel/scenarios.yaml": "x"}), "没有流程图"),
        (_with(**{"processes/leave/forms/leave/ask.form": "["}), "不是完整的 JSON"),
        (_with(**{"processes/leave/tables/days.dmn": "<!DOCTYPE a><a/>"}), "DOCTYPE"),
        (_with(**{"processes/leave/scenarios.yaml": b"\xff\xfe"}), "不是 UTF-8"),
        (_with(**{"processes/leave/scenarios.yaml": b"0" * 40_000_000}), "解开后超过 30 MB"),
        (_with(**{f"processes/leave/forms/a/f{n}.form": FORM for n in range(1100)}), "上限为 1000 个"),
        (_with(**{f"processes/leave/forms/a/f{n}.form": FORM for n in range(101)}), "一个流程最多 100 个"),
    ],
)
def test_what_does_not_belong_is_refused_with_the_reason(files: dict[str, str | bytes], said: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        archive.read(_zip(files))
    assert said in refusal.value.message
    assert refusal.value.field == "archive"


def test_two_files_of_one_name_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("manifest.json", MANIFEST)
        made.writestr("processes/leave/diagram.bpmn", PARTS.xml)
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("processes/leave/diagram.bpmn", PARTS.xml)
    with pytest.raises(Unreadable, match="有两份"):
        archive.read(buffer.getvalue())


def test_a_broken_file_is_no_failure_of_ours() -> None:
    whole = archive.write([LEAVE])
    for broken in (b"", b"PK", whole[:-30], whole[:40] + b"\x00" * 40 + whole[80:], b"x" * (archive.MAX_ARCHIVE + 1)):
        with pytest.raises(Unreadable):
            archive.read(broken)
