"""Article 11(二)4: the routes A to D3, years counted without doubling, priority certificates."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procedures.entry.rules.content import ExperienceRow
from app.procedures.entry.rules.qualification import (
    month_number,
    priority_certificates,
    related_months,
    standing,
)
from tests.unit.procedures.forms import RULES, TODAY, form

UNTITLED: dict[str, Any] = {
    "education__title_level": "无",
    "education__title": None,
    "education__title_series": None,
    "education__title_certs": [],
}


def degree(name: str, informatization: bool = True) -> dict[str, Any]:
    row = {"school": "并州大学", "major": "软件工程", "degree": name, "graduated": "2010-07"}
    return {"education__education": [{**row, "informatization": informatization}]}


def post(level: str, manages: bool) -> dict[str, Any]:
    held = {"identity__post_level": level, "identity__manages_projects": manages}
    return {**UNTITLED, **degree("大专及以下"), **held}


def worked(*spans: tuple[str, str], related: bool = True) -> dict[str, Any]:
    rows = [{"since": a, "until": b, "unit": "甲", "post": "乙", "related": related} for a, b in spans]
    return {"experience__experiences": rows}


@pytest.mark.parametrize(
    ("change", "route"),
    [
        (post("副处级", manages=True), "A"),
        (post("副处级", manages=False), ""),
        (post("科级及以下", manages=True), ""),
        ({**degree("大专及以下")}, "B"),
        ({**degree("大专及以下"), "education__title_level": "副高"}, "B"),
        ({**degree("大专及以下"), "education__title_level": "中级"}, ""),
        ({**degree("大专及以下"), "education__title_series": "高校教师"}, "C"),
        ({**UNTITLED, **degree("大专及以下"), "education__equivalent": "注册信息安全专业人员"}, "C"),
        ({**UNTITLED, **degree("博士研究生"), **worked(("2023-03", "2026-03"))}, "D1"),
        ({**UNTITLED, **degree("博士研究生"), **worked(("2023-04", "2026-03"))}, ""),
        ({**UNTITLED, **degree("硕士研究生"), **worked(("2021-03", ""))}, "D2"),
        ({**UNTITLED, **degree("硕士研究生"), **worked(("2021-04", ""))}, ""),
        ({**UNTITLED, **degree("本科"), **worked(("2018-03", ""))}, "D3"),
        ({**UNTITLED, **degree("本科"), **worked(("2018-04", ""))}, ""),
        ({**UNTITLED, **degree("本科", informatization=False), **worked(("2000-01", ""))}, ""),
        ({**UNTITLED, **degree("本科"), **worked(("2000-01", ""), related=False)}, ""),
    ],
)
def test_the_route_follows_from_the_form(change: dict[str, Any], route: str) -> None:
    assert standing(form(**change), RULES, TODAY).route == route


def test_every_open_route_is_known() -> None:
    change = {"identity__post_level": "正处级", "identity__manages_projects": True}
    assert standing(form(**change), RULES, TODAY).routes == ("A", "B", "D2")


def test_the_best_degree_says_how_many_years_are_needed() -> None:
    found = standing(form(**UNTITLED, **degree("博士研究生"), **worked(("2024-01", ""))), RULES, TODAY)
    assert (found.route, found.degree, found.needed, found.related_years) == ("", "博士研究生", 3, 2)


def row(since: str, until: str = "", related: bool = True) -> ExperienceRow:
    return ExperienceRow(since, until, "甲", "乙", "", related)


def test_overlapping_jobs_are_not_doubled() -> None:
    jobs = [row("2011-03", "2012-10"), row("2012-06", "2013-03")]
    assert related_months(jobs, TODAY) == (24, 4)


def test_a_job_inside_another_adds_nothing() -> None:
    assert related_months([row("2010-01", "2020-01"), row("2012-01", "2013-01")], TODAY) == (120, 12)


def test_gaps_do_not_count() -> None:
    assert related_months([row("2010-01", "2011-01"), row("2015-01", "2016-01")], TODAY) == (24, 0)


def test_months_are_rounded_down_to_years() -> None:
    found = standing(form(**worked(("2014-04", "2026-03"))), RULES, TODAY)
    assert found.related_years == 11


_MONTHS = st.dates(date(1990, 1, 1), date(2026, 2, 28)).map(lambda day: f"{day:%Y-%m}")
_JOBS = st.lists(st.tuples(_MONTHS, _MONTHS).map(lambda pair: row(min(pair), max(pair))), max_size=6)


@given(_JOBS)
def test_the_union_equals_the_months_counted_one_by_one(jobs: list[ExperienceRow]) -> None:
    covered = {m for job in jobs for m in range(month_number(job.since), month_number(job.until))}
    assert related_months(jobs, TODAY)[0] == len(covered)


def test_a_priority_certificate_is_found_by_its_name() -> None:
    assert priority_certificates(form(), RULES) == ("信息系统项目管理师",)
    assert priority_certificates(form(education__title_certs=[{"name": "高级技师"}]), RULES) == ()
