"""Reads what a PDF says, as a reader that copies its text would."""

from __future__ import annotations

import io
from typing import Any

from pypdf import PdfReader
from pypdf.generic import NameObject


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page without any white space.

    The font's own character map has two-byte codes; pypdf reads them only under the name of the standard one.
    """
    pages = []
    for page in PdfReader(io.BytesIO(pdf)).pages:
        fonts: Any = page["/Resources"]["/Font"]  # type: ignore[index]
        for font in fonts.values():
            font.get_object()[NameObject("/Encoding")] = NameObject("/Identity-H")
        pages.append("".join(page.extract_text().split()))
    return pages


def text_of(pdf: bytes) -> str:
    """The text of all pages without any white space."""
    return "".join(pages_of(pdf))
