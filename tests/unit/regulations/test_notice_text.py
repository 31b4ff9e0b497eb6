"""Reading the yearly notice: its sentences, tables, and what is wrong line by line."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.regulations.notice_text import read_notice
from app.regulations.shipped_calendar import shipped_calendar

NOTICE_2026 = """国务院办公厅关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。
"""


def test_the_real_notice_of_2026_gives_the_calendar_of_2026() -> None:
    found = read_notice(2026, NOTICE_2026)
    known = shipped_calendar().years[2026]
    assert found.faults == ()
    assert set(found.makeup) == set(known.makeup)
    differing = {day for day in found.rest if day.weekday() < 5} ^ {day for day in known.rest if day.weekday() < 5}
    assert differing == set()
    assert found.notice_number == "国办发明电〔2025〕7号"
    assert found.missing_festivals == ()
    assert [number for number, _ in found.unused] == [1, 2, 10]


def test_the_words_of_the_issue() -> None:
    found = read_notice(2026, "元旦：1月1日至3日放假调休，共3天。1月4日（周日）上班。")
    assert list(found.rest) == [date(2026, 1, 1) + timedelta(days=n) for n in range(3)]
    assert found.makeup == {date(2026, 1, 4): "元旦"}


@pytest.mark.parametrize(
    "text",
    [
        "| 2026-01-01 | 放假 | 元旦 |\n| 2026-01-04 | 上班 | 元旦 |",
        "2026-01-01,放假,元旦\n2026-01-04,上班,元旦",
        "2026/1/1\t休\t元旦\n2026/1/4\t班\t元旦",
        "日期,安排,节日\n1月1日,放假,元旦\n1月4日,调休上班,元旦",
        "节日\t放假时间\t调休上班日期\n元旦\t1月1日\t1月4日",
        "元旦：1月1日放假1天，1月4日上班",
    ],
)
def test_tables_and_sentences_say_the_same(text: str) -> None:
    found = read_notice(2026, text)
    assert found.faults == ()
    assert found.rest == {date(2026, 1, 1): "元旦"}
    assert found.makeup == {date(2026, 1, 4): "元旦"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("元旦：1月1日至4日放假，共3天。", "共 3 天，读出放假 4 天"),
        ("元旦：1月4日（周六）上班。", "写的是周六，实际是周日"),
        ("元旦：2月30日放假。", "没有2026年2月30日"),
        ("元旦：1月3日至1日放假。", "早于"),
        ("元旦：1月1日至3月1日放假。", "太长"),
        ("元旦：1月1日。", "没有写“放假”还是“上班”"),
        ("元旦：1月5日上班。", "本来就是工作日"),
        ("元旦：2025年12月31日放假。", "不在 2026 年"),
        ("2026-13-01,放假,元旦", "没有2026年13月"),
        ("元旦,放假", "不是日期"),
        ("3日放假。", "没有写月份"),
    ],
)
def test_a_line_that_cannot_be_is_named_with_its_number(line: str, message: str) -> None:
    found = read_notice(2026, f"通知\n\n{line}")
    assert [fault.line for fault in found.faults] == [3]
    assert message in found.faults[0].message


def test_a_day_both_off_and_at_work_is_told() -> None:
    found = read_notice(2026, "元旦：1月3日放假。\n补充：1月3日上班。")
    assert found.faults[0].line == 2
    assert "第 1 行写为放假" in found.faults[0].message


def test_a_weekend_of_the_year_before_is_passed_over() -> None:
    found = read_notice(2023, "元旦：2022年12月31日至2023年1月2日放假调休，共3天。")
    assert found.faults == ()
    assert list(found.rest) == [date(2023, 1, 1), date(2023, 1, 2)]


def test_festivals_that_no_line_names_are_told() -> None:
    assert read_notice(2026, "元旦：1月1日放假。").missing_festivals == ("春节", "清明", "劳动", "端午", "中秋", "国庆")


def test_other_words_are_left_unused() -> None:
    found = read_notice(2026, "各地要安排好值班。\n电话 010-12345678")
    assert found.days == ()
