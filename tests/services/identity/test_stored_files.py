"""Uploaded files: judged by content, cleaned, kept whole, handed to those entitled, gone when deleted."""

from __future__ import annotations

import io
import os
import struct
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF
from PIL import Image

from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.errors import NotFound
from app.core.transaction import transaction
from app.registers.files import access, service
from app.registers.files.accepted import Accepted, FileRefused, Upload
from app.registers.files.images import PhotoRule, photo_rule
from app.registers.files.models import StoredFile
from app.registers.files.store import FileMissing
from app.regulations.rule_sets import shipped_rules

RULE = PhotoRule(max_kilobytes=500, width=413, height=579, tolerance=10)
CLERK = Actor(user_id=7, name="马晓岚", roles=frozenset({"center_clerk"}))


def picture(width: int = 413, height: int = 579, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (240, 240, 250)).save(out, kind, **options)
    return out.getvalue()


def document(pages: int = 2, script: str | None = None) -> bytes:
    pdf = FPDF()
    for _ in range(pages):
        pdf.add_page()
    data = bytes(pdf.output())
    return data if script is None else data.replace(b"/Type /Catalog", b"/Type /Catalog " + script.encode(), 1)


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(FileRefused) as refused:
        service.check_paper(Upload(name, data))
    return refused.value.message


def photo_refusal(data: bytes, name: str) -> str:
    with pytest.raises(FileRefused) as refused:
        service.check_photo(Upload(name, data), RULE)
    return refused.value.message


def test_the_photo_rule_comes_from_the_rule_set() -> None:
    rule = photo_rule(shipped_rules())
    assert rule == RULE
    assert (rule.widths, rule.heights) == ((372, 454), (522, 636))


def test_a_photo_of_eleven_megabytes_is_told_its_size_and_the_limit() -> None:
    data = picture() + b"\x00" * int(11.2 * 1024 * 1024)
    assert photo_refusal(data, "证件照原图.jpg") == "“证件照原图.jpg”有 11.2 MB，请缩小到 500 KB 以内再选"


@pytest.mark.parametrize(("width", "height"), [(371, 579), (455, 579), (413, 521), (413, 637), (579, 413)])
def test_a_photo_of_another_format_is_told_its_pixels(width: int, height: int) -> None:
    message = photo_refusal(picture(width, height), "我.jpg")
    assert f"是 {width}×{height} 像素" in message
    assert "413×579" in message


@pytest.mark.parametrize(("width", "height"), [(372, 522), (413, 579), (454, 636)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_within_the_tolerance_is_taken(width: int, height: int, kind: str) -> None:
    photo = service.check_photo(Upload(f"我.{kind.lower()}", picture(width, height, kind)), RULE)
    assert (photo.width, photo.height) == (width, height)
    assert photo.media_type == f"image/{kind.lower()}"


def test_a_pdf_named_jpg_is_told_so() -> None:
    assert "内容是 PDF 文档，不是图片" in photo_refusal(document(), "证件照.jpg")
    message = refusal(document(), "毕业证.jpg")
    assert "内容其实是 PDF 文档" in message
    assert "扩展名改为 .pdf" in message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "网页或矢量图"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><svg onload="x()"/>', "网页或矢量图"),
        (b"<!DOCTYPE html><html><script>1</script>", "网页或矢量图"),
        ("<html>".encode("utf-16"), "网页或矢量图"),
        (b"PK\x03\x04 docx", "Office 文档或压缩包"),
        (b"MZ\x90\x00", "程序"),
        (b"#!/bin/sh\n", "脚本"),
        (b"GIF89a", "GIF 图片"),
        (b"\x00\x00\x00\x18ftypheic", "HEIC 图片"),
        (b"plain words", "别的格式"),
    ],
)
@pytest.mark.parametrize("name", ["图.svg", "图.png", "简历.pdf"])
def test_what_is_no_paper_is_refused_whatever_its_name(data: bytes, words: str, name: str) -> None:
    message = refusal(data, name)
    assert words in message
    assert name in message


def test_an_empty_file_is_said_to_be_empty() -> None:
    assert refusal(b"", "简历.pdf") == "“简历.pdf”是空文件，请重新选择"


def test_a_paper_above_the_limit_is_told_its_size() -> None:
    assert refusal(document() + b" " * 11_000_000, "简历.pdf").startswith("“简历.pdf”有 10.5 MB，请缩小到 10 MB")


def test_a_document_is_taken_with_its_pages() -> None:
    paper = service.check_paper(Upload("简历.pdf", document(3)))
    assert (paper.media_type, paper.pages) == ("application/pdf", 3)


def test_pages_in_packed_object_streams_are_counted() -> None:
    packed = zlib.compress(b"1 0 2 60 << /Type /Page >> << /Type /Page >> << /Type /Pages >>")
    data = b"%PDF-1.5\n5 0 obj << /Type /ObjStm /N 2 /First 8 /Filter /FlateDecode >>\nstream\n" + packed
    data += b"\nendstream endobj\nstartxref\n0\n%%EOF\n"
    assert service.check_paper(Upload("简历.pdf", data)).pages == 2


def test_a_packed_bomb_in_a_document_is_refused() -> None:
    packed = zlib.compress(b" " * (80 * 1024 * 1024))
    data = b"%PDF-1.5\n5 0 obj << /Type /ObjStm >>\nstream\n" + packed + b"\nendstream endobj\n%%EOF\n"
    assert "解开后过大" in refusal(data, "简历.pdf")


@pytest.mark.parametrize(
    "script",
    [
        "/OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
        "/AA << /J#61vaScript 1 >>",
        "/Names << /EmbeddedFiles 3 0 R >>",
        "/OpenAction << /S /Launch >>",
    ],
)
def test_a_document_with_programs_or_attachments_is_refused(script: str) -> None:
    assert "脚本、程序或附件" in refusal(document(script=script), "简历.pdf")


def test_a_locked_cut_off_or_endless_document_is_refused() -> None:
    assert "密码或限制" in refusal(document(script="/Encrypt 9 0 R"), "简历.pdf")
    assert "不完整" in refusal(document()[:-60], "简历.pdf")
    assert "读不出页面" in refusal(b"%PDF-1.4\nnothing\n%%EOF", "简历.pdf")
    assert "有 201 页，最多 200 页" in refusal(b"%PDF-1.4\n" + b"<< /Type /Page >>\n" * 201 + b"%%EOF", "简历.pdf")


def bomb(width: int, height: int) -> bytes:
    """A small PNG that would unpack to gigabytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")


def test_a_picture_that_would_unpack_to_gigabytes_is_never_unpacked() -> None:
    started = time.monotonic()
    assert "有 40000×40000 像素，超过 5000 万像素" in refusal(bomb(40_000, 40_000), "扫描.png")
    assert time.monotonic() - started < 1


def test_a_broken_picture_is_said_to_be_broken() -> None:
    assert "已损坏" in refusal(bomb(400, 500), "扫描.png")
    assert "已损坏" in refusal(picture()[:800], "扫描.jpg")


def test_where_and_with_what_a_photo_was_taken_is_removed() -> None:
    exif = Image.Exif()
    exif[0x0110] = "SECRET CAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    data = picture(exif=exif.tobytes(), comment=b"SECRET COMMENT")
    assert b"SECRET" in data
    photo = service.check_photo(Upload("我.jpg", data), RULE)
    assert b"SECRET" not in photo.data
    assert len(Image.open(io.BytesIO(photo.data)).getexif()) == 0


def test_words_in_a_png_and_bytes_behind_it_are_removed() -> None:
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Comment", "SECRET")
    data = picture(kind="PNG", pnginfo=words) + b"<script>SECRET</script>"
    assert b"SECRET" not in service.check_photo(Upload("我.png", data), RULE).data


def test_a_photo_lying_on_its_side_is_put_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = service.check_photo(Upload("我.jpg", picture(579, 413, exif=exif.tobytes())), RULE)
    assert (photo.width, photo.height) == (413, 579)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\用户\\简历.pdf", "简历.pdf"),
        ("简\r\n历.pdf", "简历.pdf"),
        ("  ", "未命名文件"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_only_the_last_part_of_a_name_is_kept(name: str, kept: str) -> None:
    assert service.check_paper(Upload(name, document())).name == kept


@dataclass
class Kept:
    """The service on an empty store and database."""

    folder: Path

    def keep(self, purpose: str = "resume", owner: str = "application") -> StoredFile:
        paper = service.check_paper(Upload("简历.pdf", document()))
        with transaction():
            return service.keep(
                paper, owner_type=owner, owner_id=5, purpose=purpose, actor=CLERK, now=clock.now()
            )

    def on_disk(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]


@pytest.fixture
def kept(database: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    before = service.store(), service._scanner
    service.configure(tmp_path / "contents")
    yield Kept(tmp_path / "contents")
    monkeypatch.setattr(service, "_store", before[0])
    monkeypatch.setattr(service, "_scanner", before[1])


def test_a_kept_file_lies_in_two_folders_by_its_hash_and_comes_back(kept: Kept) -> None:
    file = kept.keep()
    (path,) = kept.on_disk()
    assert path.parent == kept.folder / file.sha256[:2] / file.sha256[2:4]
    assert service.read(file) == path.read_bytes()
    assert (file.note, file.scanned_by, file.is_image) == ("PDF，2 页，1 KB", None, False)
    assert [each.id for each in service.of_owner("application", 5)] == [file.id]
    assert service.of_owner("application", 5, "photo") == []


def test_a_content_altered_on_the_disk_is_not_handed_out(kept: Kept) -> None:
    file = kept.keep()
    kept.on_disk()[0].write_bytes(document(1))
    with pytest.raises(FileMissing, match="not what was kept"):
        service.read(file)
    kept.on_disk()[0].unlink()
    with pytest.raises(FileMissing, match="not in the store"):
        service.read(file)


def test_a_deleted_file_is_hidden_at_once_and_leaves_the_disk_with_the_purge(kept: Kept) -> None:
    scan, other = kept.keep("id_document"), kept.keep("resume")
    with transaction():
        count = service.delete_of_owner("application", 5, "id_document", "核验完毕", actor=SYSTEM, now=clock.now())
    assert count == 1
    assert [file.id for file in service.of_owner("application", 5)] == [other.id]
    assert len(kept.on_disk()) == 2
    with transaction():
        assert service.purge(clock.now()) == 1
    assert len(kept.on_disk()) == 1
    assert scan.purged_at == clock.now()
    assert service.read(other)
    with transaction():
        assert service.purge(clock.now()) == 0


def test_left_overs_of_failed_uploads_are_swept_after_a_day(kept: Kept) -> None:
    file = kept.keep()

    def keep_and_fail() -> None:
        with transaction():
            service.keep(
                Accepted("x.pdf", "application/pdf", document(1), pages=1), owner_type="application", owner_id=5,
                purpose="resume", actor=CLERK, now=clock.now(),
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        keep_and_fail()
    part = kept.on_disk()[0].with_name(".crashed.part")
    part.write_bytes(b"half")
    now = datetime.now(UTC)
    assert service.sweep(now) == 0
    old = now.timestamp() - 2 * 24 * 3600
    for path in kept.on_disk():
        os.utime(path, (old, old))
    assert service.sweep(now) == 2
    assert service.read(file)


def test_a_crash_while_writing_leaves_nothing_that_looks_whole(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.registers.files.store.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        kept.keep()
    assert kept.on_disk() == []


def test_a_file_counts_as_scanned_only_where_something_scanned_it(kept: Kept) -> None:
    service.configure(kept.folder, service.Scanner("演示查毒", lambda data: "EICAR" if b"EICAR" in data else None))
    assert kept.keep().scanned_by == "演示查毒"
    assert "没有通过查毒（EICAR）" in refusal(document() + b"\n%EICAR\n%%EOF", "简历.pdf")


def test_nobody_reads_files_of_an_owner_for_whom_nobody_spoke(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "_rules", {})
    file = kept.keep()
    assert not access.may_read(CLERK, file)

    @access.readers_of("application")
    def clerks(actor: Actor, found: StoredFile) -> bool:
        return actor.has("center_clerk")

    assert access.require_reader(CLERK, file) is file
    for actor, what in ((SYSTEM, file), (CLERK, None)):
        with pytest.raises(NotFound):
            access.require_reader(actor, what)
    with transaction():
        service.delete(file, "补正时更换", actor=CLERK, now=clock.now())
    assert not access.may_read(CLERK, file)
