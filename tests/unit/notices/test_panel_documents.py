"""The papers of a draw and of its panel: everything can be read, nothing is cut, nobody's name is mutilated."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from app.core.clock import ZONE
from app.notices.documents.calendar_entry import CalendarEntry, calendar_file
from app.notices.documents.commitment_sheet import CommitmentSheet, commitment_sheet_pdf
from app.notices.documents.draw_record import (
    DrawRecord,
    Given,
    RecordedDesignation,
    RecordedDraw,
    RecordedRound,
    RecordedSeat,
    Walked,
    draw_record_pdf,
)
from app.notices.documents.enclosures import freeze, make, media_type
from app.notices.documents.glyphs import BY_HAND
from app.notices.documents.panel_papers import Member, PanelPaper, panel_list_pdf, sign_in_sheet_pdf
from tests.fakes.pdf import pages_of, text_of

HASH = hashlib.sha256(b"commit").hexdigest()
FACTS = (("评审", "省级数据共享平台二期技术评审"), ("评审时间", "3月4日（周三）09:00"), ("组织人", "郭子安"))
PRINTED: dict[str, Any] = {"printed_by": "郭子安", "printed_at": "2026年3月2日 09:36", "printed_on": date(2026, 3, 2)}


def walked(count: int) -> list[Walked]:
    return [Walked(place, f"张{place}*", "软件与应用", "同单位", "UNIT_TAKEN") for place in range(1, count + 1)]


def played(**changes: Any) -> RecordedRound:
    whole = RecordedRound("第 1 轮", "2026年3月2日 09:35:08", 0, 0, {}, {}, walked(13), {}, "坐满 6 席。")
    return replace(whole, **changes)


def draw(**changes: Any) -> RecordedDraw:
    whole = RecordedDraw(
        title="第 1 次抽取　已抽取",
        facts=(("原因", "首次抽取"), ("席位", "软件与应用 2")),
        filters=(("在库、在聘期内", 9, 391), ("类别符合", 188, 203)),
        commit=HASH,
        short_code="9C41-847A",
        list_hash=HASH[::-1],
        committed_at="2026年3月2日 09:31:04",
        candidates=183,
        contributions=(Given("郭子安（组织方）", "浏览器随机", "a8f0 51cc", "2026年3月2日 09:33:20"),),
        unwitnessed="未经第二方见证",
        rounds=(played(),),
        signed="监督人任立诚于 2026年3月2日 09:41 签署抽取记录。",
        certificate="抽取证书在评审开始或取消时公开。",
    )
    return replace(whole, **changes)


def record(**changes: Any) -> DrawRecord:
    whole = DrawRecord(
        number="PS-2026-0034",
        facts=FACTS,
        draws=(draw(),),
        designations=(RecordedDesignation("陈思远", "人工智能", "熟悉模型评测", "何景行 10:05 已同意"),),
        seats=(RecordedSeat(1, "张**", "软件与应用", "系统抽取，第 1 次第 1 轮", "已接受"),),
        the_draw="全部合格专家排成一个随机次序。",
        rests_on_trail="失格和离组的人员以审计留痕为据。",
        names_note="姓名在评审开始前60分钟显示。",
        signers=("组织人：", "监督人："),
        **PRINTED,
    )
    return replace(whole, **changes)


def commitment(**changes: Any) -> CommitmentSheet:
    whole = CommitmentSheet(
        "PS-2026-0034", "第 1 次抽取", FACTS, HASH, "9C41-847A", HASH, HASH, 183, "2026年3月2日 09:31:04",
        ("组织人：", "监督人："), **PRINTED,
    )  # fmt: skip
    return replace(whole, **changes)


def members(count: int) -> list[Member]:
    return [
        Member(
            line, f"陈思{'一二三四五六七八九十甲乙丙丁戊'[line - 1]}", "山西省大数据发展有限公司（太原）",
            "正高级工程师", "网络与信息安全", "系统抽取\n第 1 次第 1 轮", "已确认", "3月3日 10:12\n已确认",
            "3月4日 08:52",
        )
        for line in range(1, count + 1)
    ]  # fmt: skip


def panel(count: int = 7, **changes: Any) -> PanelPaper:
    whole = PanelPaper(
        "PS-2026-0034", FACTS, members(count), "", ("组织人：", "组织部门（盖章）："), **PRINTED,
        checks=(("人数", "7 人，单数（第十七条）"), ("同一单位", "没有重复（第十八条（三））")),
    )  # fmt: skip
    return replace(whole, **changes)


class TestTheRecord:
    def test_it_holds_everything_of_the_draw(self) -> None:
        text = text_of(draw_record_pdf(record()))
        for words in (
            "评审专家抽取记录表", "PS-2026-0034", "打印：郭子安2026年3月2日09:36", "第1次抽取已抽取", "首次抽取", "188",
            "9C41-847A", HASH, HASH[::-1], "183人", "a8f051cc", "未经第二方见证", "第1轮", "同单位", "UNIT_TAKEN",
            "坐满6席", "签署抽取记录", "证书在评审开始或取消时公开", "人工遴选（指定专家）", "熟悉模型评测", "抽取结果",
            "系统抽取，第1次第1轮", "全部合格专家排成一个随机次序", "以审计留痕为据", "监督人：",
            "姓名在评审开始前60分钟显示",
        ):  # fmt: skip
            assert words in text, words

    def test_a_replacement_round_says_how_many_left_and_why_others_cannot_sit(self) -> None:
        again = played(retained=5, left=1, ineligible={"长期请假": 1, "工作单位已变更": 2}, opened={"人工智能": 1})
        text = text_of(draw_record_pdf(record(draws=(draw(rounds=(again,)),))))
        assert "保留成员5人，成员离组1人，失格3人（长期请假1、工作单位已变更2），转入抽取的席位：人工智能1席。" in text

    def test_whom_it_does_not_list_it_counts(self) -> None:
        cut = played(walked=walked(2), left_out={"同单位": 12, "无席": 30})
        text = text_of(draw_record_pdf(record(draws=(draw(rounds=(cut,)),))))
        assert "另有42位顺延未逐一列出：同单位12、无席30" in text

    def test_a_long_walk_runs_over_the_pages_with_its_head_on_each(self) -> None:
        pages = pages_of(draw_record_pdf(record(draws=(draw(rounds=(played(walked=walked(150)),)),))))
        assert all(f"张{place}*" in "".join(pages) for place in range(1, 151))
        assert sum("次序候选人可任类别结果代码" in page for page in pages) >= 4

    def test_every_draw_of_the_activity_is_in_it(self) -> None:
        second = draw(title="第 2 次抽取　已抽取", facts=(("原因", "条件变更"),))
        text = text_of(draw_record_pdf(record(draws=(draw(), second))))
        assert text.index("第1次抽取已抽取") < text.index("第2次抽取已抽取") < text.index("抽取结果")

    def test_signatures_stand_with_what_is_signed(self) -> None:
        for count in (13, 19, 25, 31, 37):
            last = pages_of(draw_record_pdf(record(draws=(draw(rounds=(played(walked=walked(count)),)),))))[-1]
            assert "组织人：" in last
            assert "以审计留痕为据" in last

    def test_before_anybody_sits_it_says_so(self) -> None:
        assert "现在没有专家在组" in text_of(draw_record_pdf(record(seats=())))


class TestTheCommitment:
    def test_it_is_one_page_with_the_code_to_be_read_out(self) -> None:
        pages = pages_of(commitment_sheet_pdf(commitment()))
        assert len(pages) == 1
        for words in ("抽取承诺单", "现场核对短码9C41-847A", HASH[:32], HASH[32:], "183人", "抄写的短码", "监督人："):
            assert words in pages[0].replace("\n", ""), words


class TestTheListAndTheSignInSheet:
    @pytest.mark.parametrize("make_pdf", [panel_list_pdf, sign_in_sheet_pdf])
    def test_everybody_stands_on_it(self, make_pdf: Any) -> None:
        text = text_of(make_pdf(panel(15)))
        assert all(member.name in text for member in members(15))
        assert text.count("正高级工程师") == 15

    def test_a_panel_of_seven_fits_one_page(self) -> None:
        assert len(pages_of(panel_list_pdf(panel()))) == 1
        assert len(pages_of(sign_in_sheet_pdf(panel()))) == 1

    def test_the_list_shows_its_checks_and_the_sheet_what_a_signature_means(self) -> None:
        assert "7人，单数（第十七条）" in text_of(panel_list_pdf(panel()))
        text = text_of(sign_in_sheet_pdf(panel()))
        for words in ("本人签名", "3月4日08:52", "没有应当回避的情形（第十八条（三））", "评审小组组长由专家推举产生"):
            assert words in text

    @pytest.mark.parametrize("make_pdf", [panel_list_pdf, sign_in_sheet_pdf])
    def test_a_name_that_cannot_be_printed_is_left_to_the_pen(self, make_pdf: Any) -> None:
        rare = [replace(members(1)[0], name="王𠮷"), *members(5)[1:]]
        text = text_of(make_pdf(panel(members=rare)))
        assert BY_HAND in text
        assert "〓" not in text
        assert "王" not in text


@pytest.mark.parametrize(
    ("make_pdf", "paper"),
    [(draw_record_pdf, record()), (commitment_sheet_pdf, commitment()), (panel_list_pdf, panel()),
     (sign_in_sheet_pdf, panel())],
)  # fmt: skip
def test_only_a_paper_of_the_demo_says_that_it_has_no_force(make_pdf: Any, paper: Any) -> None:
    assert "演示，无效力" in text_of(make_pdf(replace(paper, is_demo=True)))
    assert "演示" not in text_of(make_pdf(paper))
    assert make_pdf(paper) == make_pdf(paper)


def test_a_calendar_file_kept_as_data_comes_out_the_same_and_says_what_it_is() -> None:
    entry = CalendarEntry(
        "PS-2026-0034-01@zhiku", 2, datetime(2026, 3, 2, 9, tzinfo=ZONE), datetime(2026, 3, 4, 9, tzinfo=ZONE),
        datetime(2026, 3, 4, 13, tzinfo=ZONE), "评审", "太原", "组织部门",
    )  # fmt: skip
    kind, data = freeze(entry)
    assert make(kind, data, is_demo=False) == calendar_file(entry)
    assert "（演示）评审" in make(kind, data, is_demo=True).decode()
    assert media_type(kind).startswith("text/calendar")
    assert media_type("appointment_letter") == "application/pdf"
