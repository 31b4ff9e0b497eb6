"""PDF papers: a real document, not locked, without programs inside, of readable length."""

from __future__ import annotations

import re
import zlib

from app.registers.files.accepted import LIMITS, FileRefused

_STREAM = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
_OBJECT_STREAM = re.compile(rb"/ObjStm\b")
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_PROGRAM = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia)(?![A-Za-z])")
_LOCKED = re.compile(rb"/Encrypt(?![A-Za-z])")
_HEX_SIGN = re.compile(rb"#([0-9A-Fa-f]{2})")
_TAIL_BYTES = 2048
#: No honest object stream comes near; a compressed bomb ends here.
_MAX_UNPACKED = 64 * 1024 * 1024


def check_pdf(name: str, data: bytes) -> int:
    """Checks the document and returns the number of its pages.

    :raises FileRefused: cut off, locked, with programs or attachments inside, or too long.
    """
    if b"%%EOF" not in data[-_TAIL_BYTES:]:
        raise FileRefused(f"“{name}”不完整，像是没有传完或没有保存好，请重新导出后再选")
    structure = _structure(name, data)
    if _LOCKED.search(structure):
        raise FileRefused(f"“{name}”加了密码或限制，请另存为不加密的 PDF 再选")
    if _PROGRAM.search(structure):
        raise FileRefused(f"“{name}”里含有脚本、程序或附件，请打印成 PDF 再选")
    pages = len(_PAGE.findall(structure))
    if pages == 0:
        raise FileRefused(f"“{name}”读不出页面，请重新导出后再选")
    if pages > LIMITS.max_pages:
        raise FileRefused(f"“{name}”有 {pages} 页，最多 {LIMITS.max_pages} 页，请分成几份再选")
    return pages


def _structure(name: str, data: bytes) -> bytes:
    """Everything that says how the document is built: outside streams, and inside packed object streams."""
    parts = [_STREAM.sub(b" ", data)]
    left = _MAX_UNPACKED
    for found in _OBJECT_STREAM.finditer(data):
        unpacked = _unpack(data, found.end(), left)
        left -= len(unpacked)
        if left <= 0:
            raise FileRefused(f"“{name}”解开后过大，请重新导出后再选")
        parts.append(unpacked)
    text = b"\n".join(parts)
    # A name may be written with hex signs (/J#61vaScript); undo that before looking for it.
    return _HEX_SIGN.sub(lambda sign: bytes((int(sign.group(1), 16),)), text)


def _unpack(data: bytes, position: int, limit: int) -> bytes:
    start = data.find(b"stream", position)
    end = data.find(b"endstream", start)
    if start < 0 or end < 0:
        return b""
    body = data[start + len(b"stream") : end].lstrip(b"\r\n")
    try:
        return zlib.decompressobj().decompress(body, limit)
    except zlib.error:
        return b""
