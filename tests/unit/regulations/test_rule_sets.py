"""The register of parameters and the shipped rule set."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from app.regulations.errors import RuleSetRefused, UnknownParameter
from app.regulations.parameters import REGISTER
from app.regulations.rule_sets import read_file, read_values, shipped_rules


def test_the_shipped_set_is_in_force_for_two_years() -> None:
    rules = shipped_rules()
    assert (rules.valid_from, rules.valid_to) == (date(2025, 1, 1), date(2026, 12, 31))
    assert rules.covers(date(2025, 1, 1))
    assert rules.covers(date(2026, 12, 31))
    assert not rules.covers(date(2027, 1, 1))


def test_every_declared_parameter_has_a_value_an_article_and_words() -> None:
    rules = shipped_rules()
    assert len({item.key for item in REGISTER}) == len(REGISTER)
    for item in REGISTER:
        value = rules[item.key]
        assert value.article == item.article
        assert value.article.startswith(("第", "附件", "内部时限"))
        assert value.label
        assert value.words


@pytest.mark.parametrize(
    ("key", "value", "article"),
    [
        ("publicity.period", 5, "第十二条（三）"),
        ("objection.decision_period", 15, "第十二条（三）"),
        ("term.years", 2, "第十三条"),
        ("reentry.bar_years", 2, "第十五条"),
        ("entry.max_age", 65, "第十一条（一）5"),
        ("entry.max_directions", 3, "附件"),
        ("selection.panel_min", 5, "第十七条"),
        ("selection.security_min", 1, "第十七条"),
        ("selection.designated_share", 3, "第十九条（三）"),
        ("invitation.reply_period", 2, "第十九条（五）"),
        ("leave.notice", 3, "第二十条"),
    ],
)
def test_holds_the_numbers_of_the_regulation(key: str, value: int, article: str) -> None:
    assert (shipped_rules().integer(key), shipped_rules()[key].article) == (value, article)


def test_lists_the_sixteen_directions_and_the_six_certificates() -> None:
    rules = shipped_rules()
    assert len(rules.texts("entry.directions")) == 16
    assert len(rules.texts("entry.priority_certificates")) == 6
    assert set(rules["entry.direction_fields"].value) == set(rules.texts("entry.directions"))


def test_values_have_their_types() -> None:
    rules = shipped_rules()
    assert rules["publicity.office_close"].value == time(18)
    assert rules["publicity.period"].words == "5个工作日"
    with pytest.raises(TypeError):
        rules.integer("entry.directions")
    with pytest.raises(TypeError):
        rules.texts("entry.max_age")


def test_panels_are_odd_from_the_smallest_on_and_categories_leave_out_what_cannot_be_drawn() -> None:
    rules = shipped_rules()
    sizes = rules.numbers("selection.panel_sizes")
    assert sizes == (5, 7, 9, 11, 13, 15)
    assert sizes[0] == rules.integer("selection.panel_min")
    assert rules["selection.panel_sizes"].words == "5、7、9、11、13、15人"
    assert set(rules.texts("entry.directions")) - set(rules.texts("selection.category_directions")) == {"其他"}
    assert set(rules.texts("selection.security_directions")) < set(rules.texts("selection.category_directions"))
    with pytest.raises(TypeError):
        rules.texts("selection.panel_sizes")
    with pytest.raises(TypeError):
        rules.numbers("entry.directions")


def test_an_undeclared_key_is_unknown() -> None:
    with pytest.raises(UnknownParameter):
        shipped_rules()["entry.shoe_size"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"entry.max_age": "65"}, "entry.max_age"),
        ({"entry.max_age": True}, "entry.max_age"),
        ({"entry.max_age": -1}, "entry.max_age"),
        ({"entry.shoe_size": 43}, "unknown parameter entry.shoe_size"),
        ({"entry.directions": ["保密", "保密"]}, "twice"),
        ({"selection.panel_sizes": [7, 5]}, "selection.panel_sizes: the numbers must rise"),
        ({"selection.panel_sizes": []}, "selection.panel_sizes"),
        ({"selection.panel_sizes": [5, "7"]}, "selection.panel_sizes"),
        ({"publicity.office_close": "25:00"}, "publicity.office_close"),
        ({"entry.direction_fields": ["保密"]}, "entry.direction_fields"),
    ],
)
def test_a_set_that_does_not_fit_the_register_is_refused(change: dict[str, Any], fault: str) -> None:
    with pytest.raises(RuleSetRefused, match=fault):
        read_values({**read_file().values, **change})


def test_a_missing_value_is_named() -> None:
    values = dict(read_file().values)
    del values["term.years"]
    with pytest.raises(RuleSetRefused, match=r"missing parameter term\.years"):
        read_values(values)


def test_in_a_sentence_a_long_list_is_told_by_its_first_entry_and_its_length() -> None:
    rules = shipped_rules()
    assert rules["entry.directions"].brief == "云网基础设施等 16 项"
    assert rules["entry.direction_fields"].brief == "云网基础设施等 16 项"
    assert rules["publicity.period"].brief == rules["publicity.period"].words
