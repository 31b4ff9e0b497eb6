"""A4 paper to write on: millimetres, the embedded Chinese font, lines broken by our own rules, tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from app.core.clock import ZONE
from app.notices.documents.glyphs import printable
from app.notices.documents.lines import wrap
from app.notices.documents.typeface import typeface

Align = Literal["left", "centre", "right"]
_FPDF_ALIGN: dict[str, Literal["L", "C", "R"]] = {"left": "L", "centre": "C", "right": "R"}

_FONT = "serif"
#: Points to millimetres, with the leading of official documents.
_LEADING = 0.3528 * 1.55
INDENT = "　　"

VERMILION = (178, 58, 46)
INK = (0, 0, 0)


@dataclass(frozen=True)
class Cell:
    """A table cell: `width` in mm; `rows` high in grid rows is the caller's arithmetic."""

    text: str
    width: float
    align: Align = "left"
    size: float = 10.5


class Paper(FPDF):
    """One document. `margin` in mm; nothing in it depends on the machine's clock."""

    def __init__(
        self, title: str, dated: date, *, landscape: bool = False, margin: float = 22.0, page_numbers: bool = True
    ) -> None:
        super().__init__(orientation="landscape" if landscape else "portrait", unit="mm", format="A4")
        self._page_numbers = page_numbers
        self.set_margins(margin, margin, margin)
        self.set_auto_page_break(auto=False, margin=margin)
        self.c_margin = 0
        self.fonts[_FONT] = typeface(self, _FONT)
        self._set_min_pdf_version("1.6")
        self.set_title(title)
        self.set_lang("zh-CN")
        self.set_creator("智库 Zhiku")
        self.set_creation_date(datetime.combine(dated, time(), tzinfo=ZONE))
        self.add_page()
        self.size(12)

    def footer(self) -> None:
        """Page numbers on documents that may have several pages."""
        if self._page_numbers:
            self.set_y(-14)
            self.size(9)
            self.cell(0, 5, f"— {self.page_no()} —", align="C")

    def size(self, points: float) -> None:
        """Sets the size of the letters."""
        self.set_font(_FONT, size=points)

    @property
    def leading(self) -> float:
        """The height of a line in mm at the present size."""
        return self.font_size_pt * _LEADING

    @property
    def bottom(self) -> float:
        """Where the text area ends."""
        return float(self.h - self.b_margin)

    def room(self, height: float) -> None:
        """Begins a new page unless `height` mm are left."""
        if self.get_y() + height > self.bottom:
            self.new_page()

    def new_page(self) -> None:
        """Begins a new page at the present size."""
        points = self.font_size_pt
        self.add_page()
        self.size(points)

    def lines_of(self, text: str, width: float, indent: str = "") -> list[str]:
        """The lines of `text` at the present size in `width` mm."""
        return wrap(printable(text), width, self._width_of, indent)

    def _width_of(self, text: str) -> float:
        """As `get_string_width`, which looks for markdown and writing directions in each word first."""
        return self.fonts[_FONT].get_text_width(text, self.font_size_pt, None)[1] / self.k

    def line_at(self, x: float, y: float, width: float, text: str, align: Align = "left") -> None:
        """Writes one line at a place."""
        self.set_xy(x, y)
        self.cell(
            width, self.leading, printable(text), align=_FPDF_ALIGN[align], new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )

    def heading(self, text: str, points: float) -> None:
        """A centred heading."""
        self.size(points)
        for line in self.lines_of(text, self.epw):
            self.line_at(self.l_margin, self.get_y(), self.epw, line, "centre")
        self.ln(4)

    def paragraphs(self, text: str, points: float = 12, indent: str = INDENT) -> None:
        """Running text, each paragraph indented by two characters."""
        self.size(points)
        for line in self.lines_of(text, self.epw, indent):
            self.room(self.leading)
            self.line_at(self.l_margin, self.get_y(), self.epw, line)

    def signature(self, office: str, dated: str, *, is_demo: bool) -> None:
        """The issuing office, the date and the place of its seal at the right."""
        self.room(46)
        top = self.get_y() + 10
        width = 80.0
        left = self.w - self.r_margin - width
        self.size(12)
        self.line_at(left, top + 8, width, office, "centre")
        self.line_at(left, top + 8 + self.leading * 1.2, width, dated, "centre")
        self.seal_place(left + width / 2, top + 13, is_demo=is_demo)
        self.set_y(top + 36)

    def seal_place(self, x: float, y: float, *, is_demo: bool) -> None:
        """Where the seal goes, centred at a point; a demo document shows that it is none."""
        if not is_demo:
            return
        radius = 19.0
        self.set_draw_color(*VERMILION)
        self.set_text_color(*VERMILION)
        self.set_line_width(0.6)
        self.set_dash_pattern(dash=1.5, gap=1.2)
        self.circle(x, y, radius)
        self.set_dash_pattern()
        self.size(15)
        self.line_at(x - radius, y - 15, radius * 2, "演示", "centre")
        self.size(8)
        self.line_at(x - radius, y + 10, radius * 2, "印章位置 无效力", "centre")
        self.set_draw_color(*INK)
        self.set_text_color(*INK)
        self.set_line_width(0.2)

    def boxed(self, x: float, y: float, height: float, cell: Cell) -> None:
        """Draws a cell with its text in the middle of its height."""
        self.rect(x, y, cell.width, height)
        self.size(cell.size)
        lines = self.lines_of(cell.text, cell.width - 3)
        top = y + (height - len(lines) * self.leading) / 2
        for number, line in enumerate(lines):
            self.line_at(x + 1.5, top + number * self.leading, cell.width - 3, line, cell.align)

    def height_of(self, cell: Cell) -> float:
        """The height that a cell needs."""
        self.size(cell.size)
        return len(self.lines_of(cell.text, cell.width - 3)) * self.leading + 3

    def row(self, cells: Sequence[Cell], least: float = 10.0) -> None:
        """A table row as high as its highest cell, on a new page if it does not fit on this one."""
        height = max(least, *(self.height_of(cell) for cell in cells))
        self.room(height)
        x, y = self.l_margin, self.get_y()
        for cell in cells:
            self.boxed(x, y, height, cell)
            x += cell.width
        self.set_xy(self.l_margin, y + height)

    def flowing_row(self, label: Cell, content: Cell, least: float) -> None:
        """A row whose content may run over several pages; the label is repeated on each."""
        self.size(content.size)
        lines = self.lines_of(content.text, content.width - 3)
        leading = self.leading
        self.room(min(least, len(lines) * leading + 4))
        while lines:
            free = self.bottom - self.get_y()
            fitting = max(1, int((free - 4) / leading))
            part, lines = lines[:fitting], lines[fitting:]
            height = max(len(part) * leading + 4, min(least, free)) if not lines else free
            self._flowing_part(label, content, part, height)
            if lines:
                self.new_page()

    def _flowing_part(self, label: Cell, content: Cell, part: Sequence[str], height: float) -> None:
        x, y = self.l_margin, self.get_y()
        self.boxed(x, y, height, label)
        self.rect(x + label.width, y, content.width, height)
        self.size(content.size)
        for number, line in enumerate(part):
            self.line_at(x + label.width + 1.5, y + 2 + number * self.leading, content.width - 3, line)
        self.set_xy(self.l_margin, y + height)

    def finished(self) -> bytes:
        """The document as bytes."""
        return bytes(self.output())
