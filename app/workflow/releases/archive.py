"""Processes as one file: diagrams, forms, tables and scenarios, so that a test system feeds the real one.

A zip with `manifest.json` and a folder `processes/<key>/` for each process. What is read is never unpacked to disk.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.core import plain_json
from app.workflow.parts import Parts
from app.workflow.releases import authorship, reading
from app.workflow.releases.reading import Unreadable

FORMAT = "zhiku-processes"
MAX_ARCHIVE = 10_000_000
MAX_FILES = 1000
#: All files of an archive unpacked; a zip bomb is far beyond it.
MAX_UNPACKED = 30_000_000
#: The methods that are unpacked bit by bit, as much as is asked for; others fill the memory first.
_BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MOMENT = (2000, 1, 1, 0, 0, 0)
_NAME = re.compile(
    r"processes/(?P<key>[a-z][a-z0-9_]{1,59})/"
    r"(?:(?P<diagram>diagram\.bpmn)|(?P<scenarios>scenarios\.yaml)"
    r"|tables/(?P<table>[a-z0-9_-]+\.dmn)|forms/(?P<form>[a-z0-9_-]+/[a-z0-9_-]+)\.form)"
)


@dataclass(frozen=True)
class Packed:
    """One process of an archive. `version` is None for a draft.

    `authors` are fingerprints (`authorship`), None where this installation does not vouch for them.
    """

    key: str
    name: str
    version: int | None
    note: str | None
    parts: Parts
    authors: tuple[str, ...] | None = None


def write(processes: Iterable[Packed]) -> bytes:
    """The archive; the same processes give the same bytes."""
    packed = sorted(processes, key=lambda one: one.key)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        manifest = {"format": FORMAT, "processes": [_told(one) for one in packed]}
        _put(archive, "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")
        for one in packed:
            _put_process(archive, one)
    return buffer.getvalue()


def read(content: bytes) -> list[Packed]:
    """The processes of an archive, each part read as a stranger's. :raises Unreadable: says what is wrong with it."""
    if len(content) > MAX_ARCHIVE:
        raise Unreadable(f"压缩包有 {len(content) / 1_000_000:.1f} MB，上限为 {MAX_ARCHIVE // 1_000_000} MB", "archive")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = _files(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise Unreadable("这个文件不是完整的 zip 压缩包，请重新导出", "archive") from error
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]
        raise Unreadable("压缩包的内容损坏了，请重新导出", "archive") from error
    try:
        return _processes(files)
    except Unreadable as error:
        raise Unreadable(error.message, "archive") from error


def _told(one: Packed) -> dict[str, Any]:
    told: dict[str, Any] = {"key": one.key, "name": one.name, "version": one.version, "note": one.note}
    if one.authors is not None:
        told |= {"authors": list(one.authors), "seal": authorship.seal(one.parts, one.authors)}
    return told


def _put_process(archive: zipfile.ZipFile, one: Packed) -> None:
    folder = f"processes/{one.key}"
    _put(archive, f"{folder}/diagram.bpmn", one.parts.xml)
    for name, text in sorted(one.parts.tables.items()):
        _put(archive, f"{folder}/tables/{name}", text)
    for key, text in sorted(one.parts.forms.items()):
        _put(archive, f"{folder}/forms/{key}.form", text)
    if one.parts.scenarios is not None:
        _put(archive, f"{folder}/scenarios.yaml", one.parts.scenarios)


def _put(archive: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, _MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, text.encode())


def _files(archive: zipfile.ZipFile) -> dict[str, str]:
    """The texts of the archive by name, counted while they are unpacked, whatever its directory says of their size."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_FILES:
        raise Unreadable(f"压缩包里有 {len(entries)} 个文件，上限为 {MAX_FILES} 个", "archive")
    files: dict[str, str] = {}
    left = MAX_UNPACKED
    for entry in entries:
        name = entry.filename
        if name != "manifest.json" and not _NAME.fullmatch(name):
            raise Unreadable(f"压缩包里有不认识的文件“{name[:80]}”，没有导入", "archive")
        if name in files:
            raise Unreadable(f"压缩包里“{name[:80]}”有两份，没有导入", "archive")
        if entry.compress_type not in _BOUNDED:
            raise Unreadable("压缩包用了不常见的压缩方式，用“导出”得到的压缩包导入", "archive")
        if entry.flag_bits & 1:
            raise Unreadable("压缩包加了密码，去掉密码再导入", "archive")
        with archive.open(entry) as stream:
            raw = stream.read(left + 1)
        left -= len(raw)
        if left < 0:
            raise Unreadable(f"压缩包解开后超过 {MAX_UNPACKED // 1_000_000} MB，没有导入", "archive")
        files[name] = _text(name, raw)
    return files


def _text(name: str, raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(f"“{name[:80]}”不是 UTF-8 文字，没有导入", "archive") from error


def _processes(files: Mapping[str, str]) -> list[Packed]:
    told = _manifest(files.get("manifest.json"))
    found: dict[str, dict[str, Any]] = {}
    for name, text in files.items():
        match = _NAME.fullmatch(name)
        if match is not None:
            _sort_in(found.setdefault(match["key"], {"tables": {}, "forms": {}}), match, text)
    if not found:
        raise Unreadable("压缩包里没有流程")
    return [_packed(key, parts, told.get(key, {})) for key, parts in sorted(found.items())]


def _sort_in(parts: dict[str, Any], match: re.Match[str], text: str) -> None:
    if match["table"]:
        parts["tables"][match["table"]] = text
    elif match["form"]:
        parts["forms"][match["form"]] = text
    else:
        parts["diagram" if match["diagram"] else "scenarios"] = text


def _packed(key: str, parts: Mapping[str, Any], told: Mapping[str, Any]) -> Packed:
    if "diagram" not in parts:
        raise Unreadable(f"压缩包里流程“{key}”没有流程图 diagram.bpmn")
    version, note = told.get("version"), told.get("note")
    found = Parts(parts["diagram"], parts["tables"], parts["forms"], parts.get("scenarios"))
    return Packed(
        key=key,
        name=reading.process_name(str(told.get("name") or key)),
        version=version if isinstance(version, int) else None,
        note=reading.release_note(str(note)[: reading.MAX_NOTE]) if note else None,
        parts=reading.parts(found),
        authors=authorship.sealed_authors(found, told.get("authors"), told.get("seal")),
    )


def _manifest(text: str | None) -> dict[str, Mapping[str, Any]]:
    try:
        manifest = plain_json.read(text or "")
        if manifest["format"] != FORMAT:
            raise ValueError(manifest["format"])
        return {str(one["key"]): one for one in manifest["processes"]}
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable("这个压缩包不是由“导出”得到的：manifest.json 不对") from error
