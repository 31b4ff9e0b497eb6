"""The 省直政务信息化专家申报表 exactly as in the annex of the regulation."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.notices.documents.glyphs import demand_printable_name
from app.notices.documents.paper import Cell, Paper
from app.regulations.wording import formal_date

TITLE = "省直政务信息化专家申报表"

#: The four commitments of the annex, word for word.
COMMITMENTS = (
    "本人符合《省直政务信息化专家和专家库管理办法》第十一条所述之条件、且不存在禁止申报的情形；",
    "自愿申请成为山西省政务信息化专家库的专家，严格遵守有关法律法规及项目评审的相关规定；",
    "对山西省政务信息化专家申报表中所填内容及所提供材料的真实性、有效性负责，申报所提供的资料及相关证明材料"
    "是真实有效原件的扫描件或复印件，已经本人核对与原件一致，不存在虚假行为，且不侵犯任何第三人的权利及权益。"
    "如承诺不实或违反承诺，本人愿意承担相应法律责任。",
    "同意按《省直政务信息化专家和专家库管理办法》相关规定在省政务信息管理局官方网站公示个人相关信息。",
)

_LABEL = 32.0
_PHOTO = 36.0
_PHOTO_ROW = 16.0


@dataclass(frozen=True)
class ApplicationForm:
    """What the form shows; empty texts leave the cell to be filled in by hand.

    `natures` and `directions` are all choices of the annex in its order, the chosen ones apart; `other_nature`
    and `other_direction` are written behind 其他. `photo` is a JPEG or PNG.
    """

    number: str
    filled_on: date
    name: str
    gender: str
    native_place: str
    political_status: str
    birth_month: str
    id_number: str
    unit_and_department: str
    post: str
    title: str
    natures: Sequence[str]
    nature: str
    address: str
    school_and_major: str
    education: str
    phone: str
    email: str
    title_certificates: str
    licences: str
    industry: str
    years_in_field: str
    directions: Sequence[str]
    chosen_directions: Sequence[str]
    max_directions: int
    experience: str
    past_reviews: str
    signed_by: str = ""
    signed_on: date | None = None
    recommendation: str = ""
    recommended_on: date | None = None
    other_nature: str = ""
    other_direction: str = ""
    photo: bytes | None = None
    is_demo: bool = False


def application_form_pdf(form: ApplicationForm) -> bytes:
    """The filled form.

    :raises UnprintableName: the font lacks a character of the applicant's name.
    """
    demand_printable_name(form.name)
    paper = Paper(f"{TITLE} {form.number}", form.filled_on, margin=20)
    paper.heading(TITLE, 18)
    paper.size(9)
    paper.line_at(paper.l_margin, paper.get_y() - 5, paper.epw, f"编号：{form.number}", "right")
    paper.ln(1)
    _person(paper, form)
    _unit(paper, form)
    _profession(paper, form)
    _commitment(paper, form)
    _recommendation(paper, form)
    return paper.finished()


def _label(text: str, width: float = _LABEL) -> Cell:
    return Cell(text, width, "centre")


def _person(paper: Paper, form: ApplicationForm) -> None:
    width = paper.epw - _PHOTO
    top = paper.get_y()
    rows = (
        (_label("姓名", 20), Cell(form.name, 34, "centre"), _label("性别", 15), Cell(form.gender, 15, "centre"),
         _label("籍贯", 15), Cell(form.native_place, width - 99, "centre")),
        (_label("政治面貌", 24), Cell(form.political_status, 40, "centre"), _label("出生年月", 24),
         Cell(form.birth_month, width - 88, "centre")),
        (_label("居民身份证号码", 40), Cell(form.id_number, width - 40, "centre", 12)),
    )
    for number, cells in enumerate(rows):
        x = paper.l_margin
        for cell in cells:
            paper.boxed(x, top + number * _PHOTO_ROW, _PHOTO_ROW, cell)
            x += cell.width
    height = len(rows) * _PHOTO_ROW
    _photo(paper, form.photo, paper.l_margin + width, top, height)
    paper.set_xy(paper.l_margin, top + height)


def _photo(paper: Paper, photo: bytes | None, x: float, y: float, height: float) -> None:
    if photo is None:
        paper.boxed(x, y, height, Cell("二寸\n免冠\n电子\n照片", _PHOTO, "centre"))
        return
    paper.rect(x, y, _PHOTO, height)
    paper.image(
        io.BytesIO(photo), x + 1, y + 1, _PHOTO - 2, height - 2, keep_aspect_ratio=True, alt_text="二寸免冠电子照片"
    )


def _unit(paper: Paper, form: ApplicationForm) -> None:
    right = 62.0
    middle = paper.epw - _LABEL - right
    unit = Cell(form.unit_and_department, middle)
    half = max(9.0, paper.height_of(unit) / 2, *(paper.height_of(Cell(t, right - 16)) for t in (form.post, form.title)))
    y = paper.get_y()
    paper.boxed(paper.l_margin, y, half * 2, _label("工作单位及部门"))
    paper.boxed(paper.l_margin + _LABEL, y, half * 2, unit)
    for number, (label, text) in enumerate((("职务", form.post), ("职称", form.title))):
        x = paper.l_margin + _LABEL + middle
        paper.boxed(x, y + number * half, half, _label(label, 16))
        paper.boxed(x + 16, y + number * half, half, Cell(text, right - 16))
    paper.set_xy(paper.l_margin, y + half * 2)
    wide = paper.epw - _LABEL
    natures = _boxes(form.natures, [form.nature], form.other_nature)
    paper.row((_label("单位性质"), Cell(natures, wide)), 14)
    paper.row((_label("工作地址"), Cell(form.address, wide)))
    school = Cell(form.school_and_major, wide - 54)
    paper.row((_label("毕业院校及专业"), school, _label("学历", 16), Cell(form.education, 38)))


def _profession(paper: Paper, form: ApplicationForm) -> None:
    half = (paper.epw - 2 * _LABEL) / 2
    pairs = (
        ("联系电话", form.phone, "电子邮箱", form.email),
        ("专业技术资格证书名称", form.title_certificates, "执业资格证书名称及注册号", form.licences),
        ("从事行业", form.industry, "从事专业年限", form.years_in_field),
    )
    for left, left_text, right, right_text in pairs:
        paper.row((_label(left), Cell(left_text, half), _label(right), Cell(right_text, half)), 11)
    wide = paper.epw - _LABEL
    directions = _boxes(form.directions, form.chosen_directions, form.other_direction)
    paper.row((_label(f"技术方向\n（最多{form.max_directions}项）"), Cell(directions, wide)), 30)
    paper.flowing_row(_label("专业相关经历"), Cell(form.experience, wide), 45)
    paper.flowing_row(_label("参与政务信息化项目评审情况"), Cell(form.past_reviews, wide), 40)


def _boxes(choices: Sequence[str], chosen: Sequence[str], other: str) -> str:
    marked = []
    for choice in choices:
        text = f"{'■' if choice in chosen else '□'} {choice}"
        marked.append(text + (f"：{other}" if other else "______") if choice == "其他" else text)
    # A no-break join keeps a box with its word: the pairs are parted by full-width spaces.
    return "　".join(mark.replace(" ", "\u00a0") for mark in marked)


def _commitment(paper: Paper, form: ApplicationForm) -> None:
    text = "本人郑重承诺：\n" + "\n".join(f"{number}. {words}" for number, words in enumerate(COMMITMENTS, start=1))
    signed = formal_date(form.signed_on) if form.signed_on else "　　年　　月　　日"
    _signed_block(paper, "本人承诺", text, f"签名：{form.signed_by or '　　　　　　'}", signed)


def _recommendation(paper: Paper, form: ApplicationForm) -> None:
    dated = formal_date(form.recommended_on) if form.recommended_on else "　　年　　月　　日"
    heading = "单位推荐意见（在职人员需填写此栏）："
    _signed_block(paper, heading, form.recommendation, "单位（盖章）", dated, least=55)


def _signed_block(
    paper: Paper, heading: str, text: str, signature: str, dated: str, least: float = 0
) -> None:
    paper.size(10.5)
    lines = paper.lines_of(text, paper.epw - 8)
    leading = paper.leading
    height = max(least, (len(lines) + 5) * leading + 6)
    paper.room(height)
    x, y = paper.l_margin, paper.get_y()
    paper.rect(x, y, paper.epw, height)
    paper.line_at(x + 4, y + 3, paper.epw - 8, heading, "centre" if heading == "本人承诺" else "left")
    for number, line in enumerate(lines, start=1):
        paper.line_at(x + 4, y + 3 + number * leading, paper.epw - 8, line)
    below = y + height - 2.6 * leading
    paper.line_at(x + paper.epw - 78, below, 70, signature, "centre")
    paper.line_at(x + paper.epw - 78, below + leading * 1.2, 70, dated, "centre")
    paper.set_xy(x, y + height)
