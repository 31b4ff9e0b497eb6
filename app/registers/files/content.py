"""What a file is, by its content and never by its name."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"

NAMES = {PDF: "PDF 文档", JPEG: "JPG 图片", PNG: "PNG 图片"}
EXTENSIONS = {PDF: (".pdf",), JPEG: (".jpg", ".jpeg"), PNG: (".png",)}

_MARKUP = re.compile(rb"<\s*(!doctype|html|svg|script|\?xml|body|iframe|object|embed)", re.IGNORECASE)
_HEAD_BYTES = 2048
_MAX_NAME = 120

#: First bytes -> what people call it, for the message of a refusal.
_KNOWN_STRANGERS = (
    (b"PK\x03\x04", "Office 文档或压缩包"),
    (b"\xd0\xcf\x11\xe0", "旧版 Office 文档"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"GIF8", "GIF 图片"),
    (b"BM", "BMP 图片"),
    (b"II*\x00", "TIFF 图片"),
    (b"MM\x00*", "TIFF 图片"),
    (b"MZ", "程序"),
    (b"\x7fELF", "程序"),
    (b"#!", "脚本"),
)


def media_type(data: bytes) -> str | None:
    """PDF, JPEG or PNG by the first bytes; None for everything else."""
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    return None


def is_markup(data: bytes) -> bool:
    """SVG, HTML and XML: what a browser may run scripts from, whatever the name says."""
    head = data[:_HEAD_BYTES].replace(b"\x00", b"")
    return _MARKUP.search(head) is not None


def stranger(data: bytes) -> str:
    """What a file that is not taken seems to be, in words."""
    if data[8:12] in (b"heic", b"heix", b"mif1") and data[4:8] == b"ftyp":
        return "HEIC 图片"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP 图片"
    return next((words for start, words in _KNOWN_STRANGERS if data.startswith(start)), "别的格式")


def extension_fits(name: str, found: str) -> bool:
    """Whether the name's extension is one of the content's kind; a name without any fits."""
    extension = PurePosixPath(name.lower()).suffix
    return extension == "" or extension in EXTENSIONS[found]


def safe_name(name: str) -> str:
    """The last part of the name without control signs, at most 120 signs with its extension; never empty."""
    last = re.split(r"[/\\]", name)[-1]
    clean = "".join(sign for sign in last if sign.isprintable()).strip(" .")
    if not clean:
        return "未命名文件"
    if len(clean) <= _MAX_NAME:
        return clean
    extension = PurePosixPath(clean).suffix[:10]
    return clean[: _MAX_NAME - len(extension)] + extension
