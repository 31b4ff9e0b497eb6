"""An application form of an invented person, right in every field, for tests to change one thing at a time."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from app.procedures.entry.rules.content import Form
from app.procedures.entry.rules.form import read_form
from app.registers.identity_number import check_character
from app.regulations.rule_sets import RuleSet, shipped_rules

TODAY = date(2026, 3, 2)
RULES: RuleSet = shipped_rules()
REQUIRED_PAPERS = ("photo", "cv", "degree", "title", "experience", "identity", "recommendation")

_CONTENT: dict[str, dict[str, Any]] = {
    "channel": {"channel": "unit", "privacy_read": True},
    "identity": {
        "name": "周启明",
        "political_status": "群众",
        "native_place": "山西太原",
        "unit_name": "并州大学信息工程学院",
        "unit_nature": "高校",
        "address": "太原市迎泽区学府街 1 号",
        "department": "网络中心",
        "post": "主任",
        "post_level": "无",
        "directions": ["网络与信息安全", "密码应用"],
    },
    "education": {
        "education": [
            {
                "school": "并州大学",
                "major": "计算机科学与技术",
                "degree": "硕士研究生",
                "graduated": "2003-07",
                "informatization": True,
            }
        ],
        "title": "正高级工程师",
        "title_level": "正高",
        "title_series": "工程",
        "title_certs": [{"name": "信息系统项目管理师", "issued": "2012-11"}],
    },
    "experience": {
        "industry": "教育",
        "professional_years": "20",
        "experience_text": "长期从事校园网络与信息安全建设。",
        "experiences": [
            {"since": "2003-07", "until": "", "unit": "并州大学", "post": "工程师", "related": True},
        ],
        "past_reviews": [
            {"project": "政务云二期", "reviewed": "2024-05"},
            {"project": "一网通办", "reviewed": "2022-01"},
        ],
    },
    "papers": {},
    "commitments": {
        "commitment_1": True,
        "commitment_2": True,
        "commitment_3": True,
        "commitment_4": True,
        "signature": "周启明",
        "recommendation_text": "同意推荐。",
        "recommended_on": "2026-02-11",
    },
}


def id_number(born: str = "19770912", order: str = "001", region: str = "140105") -> str:
    """A right ID number for a birth date yyyymmdd; an odd `order` is a man's."""
    first = region + born + order
    return first + check_character(first)


def content(**changes: Any) -> dict[str, dict[str, Any]]:
    """The form as typed; a change is named <step>__<field>, and None takes the field away."""
    made = copy.deepcopy(_CONTENT)
    made["identity"]["id_number"] = id_number()
    for name, value in changes.items():
        step, _, field = name.partition("__")
        if value is None:
            made[step].pop(field, None)
        else:
            made[step][field] = value
    return made


def form(**changes: Any) -> Form:
    """The form read, which must have no faults."""
    read, errors = read_form(content(**changes), RULES, TODAY)
    assert errors == {}
    return read


def errors_of(**changes: Any) -> dict[str, str]:
    """The faults of the changed form."""
    return read_form(content(**changes), RULES, TODAY)[1]
