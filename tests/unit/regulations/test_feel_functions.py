"""What the regulation adds to expressions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from app.core.clock import ZONE
from app.feel import FeelError, check_expression, compile_expression, from_feel, to_feel
from app.regulations.errors import NotAPeriod, UnknownParameter
from app.regulations.feel_functions import feel_functions
from app.regulations.rule_sets import shipped_rules

NOW = datetime(2026, 2, 25, 16, 30, tzinfo=ZONE)
FUNCTIONS = feel_functions(shipped_rules(), NOW)


def value_of(text: str, **variables: Any) -> Any:
    compiled = compile_expression(text, names=frozenset(variables), functions=FUNCTIONS)
    return from_feel(compiled({name: to_feel(value) for name, value in variables.items()}, functions=FUNCTIONS))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('deadline("publicity.period", now())', "2026-03-04T00:00:00+08:00"),
        ("working days after(today(), 5)", "2026-03-03"),
        ('working days after(date("2026-02-13"), 5)', "2026-02-27"),
        ('parameter("entry.max_age")', 65),
        ('parameter("publicity.office_close")', "18:00:00"),
        ('count(parameter("entry.directions"))', 16),
        ('list contains(parameter("entry.priority_certificates"), "系统分析师")', True),
        ('date and time(date("2026-03-03"), time("23:59:59+08:00")) < deadline("publicity.period", now())', True),
        ("now()", "2026-02-25T16:30:00+08:00"),
        ("today()", "2026-02-25"),
    ],
)
def test_expressions_reach_the_rule_set(text: str, value: Any) -> None:
    assert value_of(text) == value


def test_an_age_is_compared_with_the_parameter() -> None:
    assert value_of('age > parameter("entry.max_age")', age=66) is True
    assert value_of('age > parameter("entry.max_age")', age=65) is False


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('deadline("entry.nothing", now())', UnknownParameter),
        ('deadline("entry.max_directions", now())', NotAPeriod),
        ('parameter("entry.nothing")', UnknownParameter),
    ],
)
def test_a_wrong_key_is_an_error_and_no_null(text: str, error: type[Exception]) -> None:
    with pytest.raises((error, FeelError)):
        value_of(text)


def test_a_number_of_days_must_be_whole() -> None:
    with pytest.raises((ValueError, FeelError)):
        value_of("working days after(today(), 1.5)")


def test_the_editor_knows_their_types() -> None:
    assert check_expression('deadline("publicity.period", now())', variables={}, functions=FUNCTIONS) == []
    assert check_expression('deadline("publicity.period")', variables={}, functions=FUNCTIONS) != []


def test_the_functions_of_different_moments_are_the_same_to_the_compiler() -> None:
    later = feel_functions(shipped_rules(), datetime(2026, 3, 2, 9, tzinfo=ZONE))
    assert dict(later) == dict(FUNCTIONS)
    compiled = compile_expression("today()", names=frozenset(), functions=FUNCTIONS)
    assert from_feel(compiled({}, functions=later)) == str(date(2026, 3, 2))
