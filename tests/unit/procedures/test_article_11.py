"""The decision table of Article 11: every condition says whether it holds, by which article and why."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.feel.tables import DecisionModel
from app.procedures.entry.rules.facts import BarFact, Surroundings, bar_standing, gather
from app.procedures.entry.rules.form import read_form
from app.procedures.entry.rules.precheck import Precheck, conclude
from tests.unit.procedures.forms import REQUIRED_PAPERS, RULES, TODAY, content, id_number

TABLE = DecisionModel.parse((Path(__file__).parents[3] / "processes/dmn/article_11.dmn").read_bytes())


def check(around: dict[str, Any] | None = None, **changes: Any) -> Precheck:
    """What the table finds on a form changed so, with other surroundings."""
    known = {"bars": (), "in_pool": False, "duplicate": False, "papers": frozenset(REQUIRED_PAPERS)}
    form, _ = read_form(content(**changes), RULES, TODAY)
    assert form.identity.id_number is not None
    facts = gather(form, form.identity.id_number, Surroundings(**{**known, **(around or {})}), RULES, TODAY)
    return conclude(TABLE.decide("article_11", {"facts": facts.plain()}).value)


def of(result: Precheck, condition: str) -> tuple[str, str]:
    """Result and reason of one condition, which must stand exactly once."""
    found = [(finding.result, finding.reason) for finding in result.findings if finding.condition == condition]
    assert len(found) == 1, result.findings
    return found[0]


def test_a_good_application_meets_everything() -> None:
    result = check()
    assert (result.outcome, result.reasons) == ("met", ())
    assert {finding.condition for finding in result.findings} == {
        "国籍、政治素养与职业道德", "年龄", "专业技术资格", "优先入库", "禁入期", "申请材料",
    }  # fmt: skip
    assert all(finding.article.startswith("第十") for finding in result.findings)


@pytest.mark.parametrize(
    ("born", "exemption", "paper", "result"),
    [
        ("19600303", None, False, "符合"),
        ("19600302", None, False, "不符合"),
        ("19600302", "两院院士", True, "待核"),
        ("19600302", "两院院士", False, "不符合"),
        ("19600303", "享受政府特殊津贴", True, "符合"),
    ],
)
def test_age_and_its_exemption(born: str, exemption: str | None, paper: bool, result: str) -> None:
    papers = frozenset((*REQUIRED_PAPERS, *(("exemption",) if paper else ())))
    change: dict[str, Any] = {"identity__id_number": id_number(born), "education__exemption": exemption}
    assert of(check({"papers": papers}, **change), "年龄")[0] == result


def test_a_failing_condition_gives_reason_and_article() -> None:
    result = check(identity__id_number=id_number("19600302"))
    assert result.outcome == "not_met"
    assert result.reasons == ("年龄：66 周岁，超过 65 周岁，也不属于不受年龄限制的人员（第十一条（一）5）",)


def test_years_that_are_missing_are_told() -> None:
    job = {"since": "2024-01", "until": "", "unit": "甲", "post": "乙", "related": True}
    result = check(education__title_level="中级", experience__experiences=[job])
    assert of(result, "专业技术资格") == (
        "不符合", "硕士研究生毕业须有 5 年相关工作经历，按所填经历满 2 年",
    )  # fmt: skip


def test_the_route_is_named() -> None:
    assert of(check(), "专业技术资格") == ("符合", "走 B 路径：高级工程师（正高级或副高级）专业技术职称")
    assert "走 D2 路径" in of(check(education__title_level="中级"), "专业技术资格")[1]


def test_priority_certificates_are_only_mentioned() -> None:
    assert of(check(), "优先入库") == ("符合", "持有信息系统项目管理师证书，优先审查")
    result = check(education__title_certs=[])
    assert "优先入库" not in {finding.condition for finding in result.findings}
    assert result.outcome == "met"


@pytest.mark.parametrize(
    ("bars", "result"),
    [
        ((), "符合"),
        ((BarFact(False, date(2026, 3, 2)),), "不符合"),
        ((BarFact(False, date(2026, 3, 1)),), "符合"),
        ((BarFact(True, date(2026, 3, 2)),), "不符合"),
        ((BarFact(True, date(2026, 3, 1)),), "待核"),
    ],
)
def test_bars(bars: tuple[BarFact, ...], result: str) -> None:
    assert of(check({"bars": bars}), "禁入期")[0] == result


def test_the_longest_running_bar_counts() -> None:
    bars = (BarFact(False, date(2026, 5, 1)), BarFact(True, date(2027, 5, 1)))
    assert bar_standing(bars, TODAY) == ("cooldown", date(2027, 5, 1))
    assert "2027-05-01 以前不得申请" in of(check({"bars": bars}), "禁入期")[1]


@pytest.mark.parametrize(("fact", "condition"), [("in_pool", "是否已在库"), ("duplicate", "重复申请")])
def test_one_person_is_in_once(fact: str, condition: str) -> None:
    result = check({fact: True})
    assert of(result, condition)[0] == "不符合"
    assert result.outcome == "not_met"


def test_missing_papers_are_to_be_looked_at() -> None:
    result = check({"papers": frozenset(REQUIRED_PAPERS) - {"cv", "degree"}})
    assert of(result, "申请材料") == ("待核", "还缺：个人简历、学历学位证书")
    assert result.outcome == "to_check"


def test_classified_work_needs_its_proof() -> None:
    chosen = {"identity__directions": ["涉密工程"]}
    assert "没有上传" in of(check(**chosen), "涉密评审条件")[1]
    papers = frozenset((*REQUIRED_PAPERS, "classified"))
    assert "待审查" in of(check({"papers": papers}, **chosen), "涉密评审条件")[1]


def test_a_commitment_that_is_missing_fails() -> None:
    assert of(check(commitments__commitment_2=None), "国籍、政治素养与职业道德")[0] == "不符合"


def test_every_rule_of_the_table_names_its_article() -> None:
    facts = gather(_form(), _number(), Surroundings((), False, False, frozenset()), RULES, TODAY)
    for rule in TABLE.decide("article_11", {"facts": facts.plain()}).matched:
        assert rule.description.startswith("第十")
    assert TABLE.check() == []


def _form() -> Any:
    return read_form(content(), RULES, TODAY)[0]


def _number() -> Any:
    return _form().identity.id_number


def test_an_empty_answer_of_the_table_concludes_nothing() -> None:
    assert conclude([]).outcome == "to_check"
    with pytest.raises(KeyError):
        conclude([{"condition": "年龄"}])
