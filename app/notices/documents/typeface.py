"""The typeface of all documents, read once a process: of its thirty thousand characters a paper embeds some hundred."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from fontTools.cffLib import TopDict
from fontTools.cffLib.transforms import desubroutinizeCharString
from fontTools.ttLib import TTFont, getTableClass
from fpdf import FPDF
from fpdf.fonts import SubsetMap, TTFFont

from app.notices.documents.glyphs import font_path

#: The table with the outlines; it alone goes into a PDF.
_OUTLINES = "CFF "


#: Name of a glyph -> its outline, whole: what it called from the subroutines of the typeface stands in it.
_flattened: dict[str, bytes] = {}


class _OutlineTable(getTableClass(_OUTLINES)):  # type: ignore[misc]
    """The outlines with the two steps of subsetting that would otherwise walk every glyph of every paper anew."""

    def closure_glyphs(self, subsetter: Any) -> None:
        """Adds nothing: a font whose glyphs go by number has none that are composed of others."""

    def prune_post_subset(self, outlines: TTFont, options: Any) -> bool:
        """As fontTools does for outlines without subroutines, with what earlier papers flattened."""
        options.desubroutinize = True
        self.cff.desubroutinize = lambda: _flatten(self.cff.topDictIndex[0])
        return bool(super().prune_post_subset(outlines, options))


def _flatten(font: TopDict) -> None:
    for name in font.charset:
        outline = font.CharStrings.getItemAndSelector(name)[0]
        if name in _flattened:
            outline.setBytecode(_flattened[name])
            continue
        desubroutinizeCharString(outline)
        outline.compile()
        _flattened[name] = outline.bytecode
    for part in font.FDArray:
        if hasattr(part.Private, "Subrs"):
            del part.Private.Subrs
        part.Private.rawDict.pop("Subrs", None)
    font.GlobalSubrs.clear()


class _Outlines(TTFont):
    """The typeface's outlines for one paper, which leaves those that it shows."""

    def save(self, *_: Any, **__: Any) -> None:
        """Writes nothing: fpdf makes a whole font file here, and then embeds only the table of outlines."""


def typeface(paper: FPDF, key: str) -> TTFFont:
    """The typeface for a paper to write with under the name `key`; like `add_font`, but without reading it all again.

    What fpdf makes of the whole font (characters, widths, metrics) is shared by all papers and never changed; what a
    paper changes is its own.
    """
    whole, names = _whole()
    own = copy.copy(whole)
    own.fontkey, own.i = key, len(paper.fonts) + 1
    own.desc = copy.copy(whole.desc)
    own.missing_glyphs = []
    own.ttfont = _outlines(names)
    own.subset = SubsetMap(own)
    return own


@cache
def _whole() -> tuple[TTFFont, list[str]]:
    """The typeface as fpdf reads it, and the names of all its glyphs by number."""
    read = TTFFont(FPDF(), font_path(), "", "")
    names = read.ttfont.getGlyphOrder()
    read.close()
    return read, names


def _outlines(names: list[str]) -> _Outlines:
    outlines = _Outlines(font_path(), lazy=True, recalcTimestamp=False)
    for table in {*outlines.keys()} - {"GlyphOrder", _OUTLINES}:
        del outlines[table]
    outlines.setGlyphOrder(list(names))
    outlines[_OUTLINES] = _OutlineTable(_OUTLINES)
    outlines[_OUTLINES].decompile(outlines.reader[_OUTLINES], outlines)
    outlines[_OUTLINES].cff.topDictIndex[0].charset = list(names)
    # The bounds of the whole font hold for the part that is embedded; counting them anew takes half the time.
    outlines.recalcBBoxes = False
    return outlines
