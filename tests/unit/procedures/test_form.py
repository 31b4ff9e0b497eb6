"""The application form: what each field takes, and what is said of what it does not take."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.procedures.entry.rules.form import COMMITMENTS, STEPS, highest_degree, read_form, read_step
from app.procedures.entry.rules.papers import missing_papers, required_papers
from tests.unit.procedures.forms import REQUIRED_PAPERS, RULES, TODAY, content, errors_of, form, id_number


def test_a_right_form_has_no_faults() -> None:
    read = form()
    assert read.identity.id_number is not None
    assert read.identity.id_number.sex == "男"
    assert [row.project for row in read.career.past_reviews] == ["一网通办", "政务云二期"]
    assert highest_degree(read.qualification.education) == "硕士研究生"


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"channel__channel": "post"}, "channel.channel", "申请渠道：没有“post”这一项，请重新选择"),
        ({"channel__privacy_read": None}, "channel.privacy_read", "个人信息处理告知：请阅读后勾选"),
        ({"identity__name": None}, "identity.name", "姓名：请填写"),
        ({"identity__name": "周"}, "identity.name", "“周”不像姓名"),
        ({"identity__name": "<b>周启明</b>"}, "identity.name", "只用汉字、字母和间隔号"),
        ({"identity__id_number": id_number()[:17] + "5"}, "identity.id_number", "身份证号：最后一位与前 17 位不符"),
        ({"identity__id_number": "14010"}, "identity.id_number", "身份证号：应为 18 位，现有 5 位"),
        ({"identity__unit_uscc": "91350100M000100Y44"}, "identity.unit_uscc", "最后一位与前 17 位不符"),
        ({"identity__unit_nature": "其他"}, "identity.unit_nature_other", "其他单位性质：请填写"),
        ({"identity__directions": []}, "identity.directions", "技术方向：请选择 1 到 3 项"),
        (
            {"identity__directions": ["人工智能", "区块链", "物联网", "大数据"]},
            "identity.directions",
            "技术方向：选了 4 项，最多 3 项",
        ),
        ({"identity__directions": ["占星"]}, "identity.directions", "没有“占星”这一项"),
        ({"identity__directions": ["其他"]}, "identity.direction_other", "其他技术方向：请填写"),
        ({"education__education": []}, "education.education", "请至少填写一条"),
        ({"education__title_series": None}, "education.title_series", "职称系列：请选择"),
        ({"experience__professional_years": "四十"}, "experience.professional_years", "“四十”不是整数"),
        ({"experience__professional_years": "61"}, "experience.professional_years", "应在 0 到 60 之间"),
        ({"experience__professional_years": "40"}, "experience.professional_years", "按年龄 48 周岁最多 32 年"),
        ({"experience__experience_text": "字" * 5001}, "experience.experience_text", "写了 5001 字，最多 5000 字"),
        ({"experience__experiences": None}, "experience.experiences", "工作经历：请至少填写一条"),
        ({"experience__past_reviews": None}, "experience.past_reviews", "没有的勾选“无”"),
        ({"commitments__commitment_4": None}, "commitments.commitment_4", "同意公示个人相关信息：请阅读后勾选"),
        ({"commitments__commitment_1": "0"}, "commitments.commitment_1", "本人承诺第 1 项"),
        ({"commitments__signature": "周启民"}, "commitments.signature", "与姓名“周启明”不一致"),
        ({"commitments__recommendation_text": None}, "commitments.recommendation_text", "在职人员须填写"),
        ({"commitments__recommended_on": "2026-03-03"}, "commitments.recommended_on", "还没有到"),
    ],
)
def test_a_fault_is_named_with_its_value(change: dict[str, Any], field: str, message: str) -> None:
    errors = errors_of(**change)
    assert list(errors) == [field]
    assert message in errors[field]


def test_faults_of_a_row_carry_its_number() -> None:
    rows = [{"project": "甲", "reviewed": "2024-05"}, {}, {"project": "", "reviewed": "2024-13"}]
    errors = errors_of(experience__past_reviews=rows)
    assert errors == {
        "experience.past_reviews-2-project": "项目名称：请填写",
        "experience.past_reviews-2-reviewed": "评审年月：“2024-13”不是年月，请按 2019-11 的样子填写",
    }


def test_a_job_ends_after_it_began() -> None:
    rows = [{"since": "2010-05", "until": "2010-04", "unit": "甲", "post": "乙", "related": True}]
    assert errors_of(experience__experiences=rows) == {
        "experience.experiences-0-until": "终止年月：2010-04 早于起始年月 2010-05"
    }


def test_post_or_title_is_enough_but_one_is_needed() -> None:
    assert errors_of(identity__post=None) == {}
    untitled = {"education__title_level": "无", "education__title": None, "education__title_series": None}
    assert errors_of(**untitled) == {}
    assert errors_of(identity__post=None, **untitled) == {"identity.post": "职务、职称：至少填写一项"}


def test_who_does_not_work_any_more_needs_no_recommendation() -> None:
    change: dict[str, Any] = {
        "identity__not_employed": True,
        "identity__department": None,
        "commitments__recommendation_text": None,
        "commitments__recommended_on": None,
    }
    read = form(**change)
    assert not read.identity.employed
    assert "recommendation" not in required_papers(read)


def test_directions_keep_the_order_of_the_annex() -> None:
    assert form(identity__directions=["大数据", "人工智能"]).identity.directions == ("人工智能", "大数据")


@pytest.mark.parametrize(
    ("change", "extra"),
    [
        ({}, set()),
        ({"education__equivalent": "注册信息安全专业人员"}, {"equivalent"}),
        ({"education__exemption": "享受政府特殊津贴"}, {"exemption"}),
        ({"identity__directions": ["涉密工程"]}, {"classified"}),
    ],
)
def test_papers_follow_from_the_form(change: dict[str, Any], extra: set[str]) -> None:
    read = form(**change)
    assert set(required_papers(read)) == set(REQUIRED_PAPERS) | extra
    assert set(missing_papers(read, REQUIRED_PAPERS)) == {f"papers.{kind}" for kind in extra}


def test_missing_papers_are_named_at_their_step() -> None:
    assert missing_papers(form(), set(REQUIRED_PAPERS) - {"photo", "cv", "recommendation"}) == {
        "identity.photo": "二寸免冠电子照片：请上传",
        "papers.cv": "个人简历：请上传",
        "commitments.recommendation": "单位推荐意见（盖章）：请上传",
    }


def test_an_empty_form_says_what_is_missing_in_every_step_that_asks() -> None:
    _, errors = read_form({}, RULES, TODAY)
    assert {field.partition(".")[0] for field in errors} == set(STEPS) - {"papers"}


def test_the_commitments_are_those_of_the_annex() -> None:
    assert len(COMMITMENTS) == 4
    assert "公示" in COMMITMENTS[3]


_JUNK: tuple[Any, ...] = (
    None, True, 7, "", "甲", "2026-13", "0", "\x00", "9" * 400, [], [{"since": 5}], [["甲"]], {"甲": 1},
)  # fmt: skip


@given(st.sampled_from(STEPS), st.lists(st.sampled_from(_JUNK), min_size=20, max_size=20))
def test_whatever_is_typed_is_answered_and_never_breaks(step: str, junk: list[Any]) -> None:
    values = dict(zip(content()[step], junk, strict=False))
    _, errors = read_step(step, values, RULES, TODAY)
    assert all(message for message in errors.values())
