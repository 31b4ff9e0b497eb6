"""What a paper embeds of the typeface draws as the typeface does, also what an earlier paper has flattened."""

from __future__ import annotations

from typing import Any

from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont, newTable
from fpdf import FPDF

from app.notices.documents.glyphs import font_path
from app.notices.documents.typeface import typeface

WORDS = "省直政务信息化专家库 2026年（签字）：A–z，〔2026〕12号。"


def drawn(outlines: Any, name: str) -> Any:
    pen = RecordingPen()
    outlines[name].draw(pen)
    return pen.value


def embedded(words: str) -> dict[str, Any]:
    """Glyph -> how the outlines in a finished paper draw it, read back from what is embedded."""
    paper = FPDF()
    paper.add_page()
    font = paper.fonts["zh"] = typeface(paper, "zh")
    paper.set_font("zh", size=12)
    paper.cell(0, 10, words)
    paper.output()
    table = newTable("CFF ")
    table.decompile(font.ttfont["CFF "].compile(font.ttfont), TTFont())
    outlines = table.cff.topDictIndex[0].CharStrings
    return {name: drawn(outlines, name) for name in outlines.keys()}  # noqa: SIM118 - no mapping


def test_every_paper_draws_each_character_as_the_typeface_does() -> None:
    first, second = embedded(WORDS), embedded(WORDS + "办法")
    assert len(set(second) - set(first)) == 2
    with TTFont(font_path(), lazy=True) as read:
        whole = read.getGlyphSet()
        for paper in (first, second):
            assert len(paper) > len(set(WORDS))
            assert [name for name, outline in paper.items() if outline != drawn(whole, name)] == []
