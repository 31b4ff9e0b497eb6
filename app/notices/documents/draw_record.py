"""The record form of the draws of an activity 抽取记录表 (第十九条、第二十六条): all draws, all rounds, who sits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.notices.documents import tables
from app.notices.documents.glyphs import name_or_place
from app.notices.documents.paper import Paper
from app.notices.documents.tables import Column

TITLE = "评审专家抽取记录表"
#: Notes and signatures stay together on one page; mm.
_CLOSING = 55.0


@dataclass(frozen=True)
class Walked:
    """One candidate whom a round came to; `name` is masked before its time."""

    place: int
    name: str
    categories: str
    result: str
    code: str


@dataclass(frozen=True)
class RecordedRound:
    """One round; the counts of those who left or are ineligible rest on the trail, not on the draw.

    `walked` may leave out who was passed over; `left_out` then says how many, by result.
    """

    title: str
    made_at: str
    retained: int
    left: int
    ineligible: Mapping[str, int]
    opened: Mapping[str, int]
    walked: Sequence[Walked]
    left_out: Mapping[str, int]
    outcome: str


@dataclass(frozen=True)
class Given:
    """One value that went into the seed."""

    who: str
    manner: str
    value: str
    at: str


@dataclass(frozen=True)
class RecordedDraw:
    """The n-th draw: `filters` are (words, removed, left), `facts` what was set, all in words."""

    title: str
    facts: Sequence[tuple[str, str]]
    filters: Sequence[tuple[str, int, int]]
    commit: str
    short_code: str
    list_hash: str
    committed_at: str
    candidates: int
    contributions: Sequence[Given]
    unwitnessed: str
    rounds: Sequence[RecordedRound]
    signed: str
    certificate: str


@dataclass(frozen=True)
class RecordedDesignation:
    """Who was asked for by name, why, and what the leader said."""

    name: str
    category: str
    reason: str
    decision: str


@dataclass(frozen=True)
class RecordedSeat:
    """Who sits where, and by which way he came there."""

    line: int
    name: str
    category: str
    way: str
    state: str


@dataclass(frozen=True)
class DrawRecord:
    """The whole form; all moments and codes are in words already."""

    number: str
    facts: Sequence[tuple[str, str]]
    draws: Sequence[RecordedDraw]
    designations: Sequence[RecordedDesignation]
    seats: Sequence[RecordedSeat]
    the_draw: str
    rests_on_trail: str
    names_note: str
    signers: Sequence[str]
    printed_by: str
    printed_at: str
    printed_on: date
    is_demo: bool = False
    notes: Sequence[str] = field(default=())


def draw_record_pdf(record: DrawRecord) -> bytes:
    """The form on A4, as many pages as it takes."""
    paper = Paper(f"{TITLE} {record.number}", record.printed_on, margin=18)
    paper.heading(TITLE, 20)
    tables.origin(paper, record.printed_by, record.printed_at, is_demo=record.is_demo)
    tables.paired_facts(paper, (("编号", record.number), *record.facts))
    for draw in record.draws:
        _draw(paper, draw)
    _designations(paper, record.designations)
    _seats(paper, record)
    paper.room(_CLOSING)
    for note in (record.the_draw, record.rests_on_trail, *record.notes):
        tables.remark(paper, note)
    tables.signing_lines(paper, record.signers)
    return paper.finished()


def _draw(paper: Paper, draw: RecordedDraw) -> None:
    tables.section(paper, draw.title, 14, keep=50)
    tables.facts(paper, draw.facts)
    if draw.filters:
        tables.section(paper, "筛选")
        heads = (Column("筛选"), Column("去掉（人）", 28, "right"), Column("剩余（人）", 28, "right"))
        counts = [(words, str(removed), str(left)) for words, removed, left in draw.filters]
        tables.table(paper, heads, counts, whole=True)
    tables.section(paper, "承诺和投入", keep=75)
    tables.facts(
        paper,
        (
            ("承诺短码", f"{draw.short_code}（{draw.committed_at} 公布，早于任何投入）"),
            ("承诺值", _grouped(draw.commit)),
            ("名单摘要", f"{draw.candidates} 人，{_grouped(draw.list_hash)}"),
        ),
    )
    if draw.contributions:
        paper.ln(2)
        columns = (Column("投入人", 44), Column("方式", 26), Column("投入值"), Column("时间", 34))
        rows = [(one.who, one.manner, one.value, one.at) for one in draw.contributions]
        tables.table(paper, columns, rows, whole=True)
    if draw.unwitnessed:
        tables.remark(paper, draw.unwitnessed, 10.5)
    for played in draw.rounds:
        _round(paper, played)
    tables.remark(paper, f"{draw.signed}{draw.certificate}", 10)


def _round(paper: Paper, played: RecordedRound) -> None:
    tables.section(paper, f"{played.title}　{played.made_at}")
    before = [f"保留成员 {played.retained} 人"] if played.retained else []
    before += [f"成员离组 {played.left} 人"] if played.left else []
    if played.ineligible:
        before.append(f"失格 {sum(played.ineligible.values())} 人（{_counted(played.ineligible)}）")
    before += [f"转入抽取的席位：{_counted(played.opened, '席')}"] if played.opened else []
    if before:
        paper.paragraphs("，".join(before) + "。", 10, indent="")
        paper.ln(1)
    if played.walked:
        columns = (
            Column("次序", 14, "centre"), Column("候选人", 26), Column("可任类别"), Column("结果", 36),
            Column("代码", 40),
        )  # fmt: skip
        rows = [
            (str(one.place), name_or_place(one.name), one.categories, one.result, one.code) for one in played.walked
        ]
        tables.table(paper, columns, rows, size=9, least=6)
    if played.left_out:
        passed = sum(played.left_out.values())
        tables.remark(paper, f"另有 {passed} 位顺延未逐一列出：{_counted(played.left_out)}；逐人记录见抽取证书。", 9)
    tables.remark(paper, f"本轮结果：{played.outcome}", 10)


def _designations(paper: Paper, designations: Sequence[RecordedDesignation]) -> None:
    if designations:
        tables.section(paper, "人工遴选（指定专家）", 14)
        columns = (Column("专家", 28), Column("类别", 34), Column("理由"), Column("审批", 52))
        rows = [(name_or_place(one.name), one.category, one.reason, one.decision) for one in designations]
        tables.table(paper, columns, rows)


def _seats(paper: Paper, record: DrawRecord) -> None:
    tables.section(paper, "抽取结果", 14, keep=45)
    if not record.seats:
        paper.paragraphs("现在没有专家在组。", 10.5, indent="")
        return
    columns = (
        Column("席位", 14, "centre"), Column("专家", 34), Column("类别"), Column("产生方式", 48), Column("状态", 32)
    )  # fmt: skip
    rows = [
        (str(one.line), name_or_place(one.name), one.category, one.way, one.state) for one in record.seats
    ]
    tables.table(paper, columns, rows, whole=True)
    if record.names_note:
        tables.remark(paper, record.names_note, 9)


def _counted(counts: Mapping[str, int], unit: str = "") -> str:
    return "、".join(f"{words} {count}{f' {unit}' if unit else ''}" for words, count in counts.items())


def _grouped(digits: str) -> str:
    """Hex digits in groups of eight, as they can be read aloud."""
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))
