"""What a value may be by itself, beside the others of its set, and beside the text of the regulation."""

from __future__ import annotations

from typing import Any

import pytest

from app.regulations.bounds import bounds, fault_of, legal_note, misfits, off_the_text
from app.regulations.parameters import REGISTER, Type
from app.regulations.rule_sets import plain_value, read_file, read_values

SHIPPED = read_file().values


@pytest.mark.parametrize("declared", REGISTER, ids=lambda declared: declared.key)
def test_every_shipped_value_is_within_its_bounds_and_comes_back_as_it_was(declared: Any) -> None:
    value = read_values(SHIPPED)[declared.key]
    assert fault_of(declared.key, SHIPPED[declared.key]) is None
    assert plain_value(value) == SHIPPED[declared.key]
    if declared.type is Type.INTEGER:
        least, most = bounds(declared)
        assert least <= value.value <= most


def test_the_shipped_set_fits_together() -> None:
    assert misfits(read_values(SHIPPED)) == {}


@pytest.mark.parametrize(
    ("changed", "keys", "words"),
    [
        ({"objection.warning_second": 15}, {"objection.warning_second", "objection.decision_period"}, "须早于"),
        ({"invitation.window_opens": "21:00"}, {"invitation.window_opens", "invitation.window_closes"}, "须早于"),
        ({"selection.security_directions": ["量子"]}, {"selection.security_directions",
                                                       "selection.category_directions"}, "“量子”"),
        ({"selection.panel_sizes": [3, 5]}, {"selection.panel_sizes", "selection.panel_min"}, "少于小组最少人数"),
        ({"selection.panel_sizes": [5, 6]}, {"selection.panel_sizes"}, "双数"),
        ({"selection.security_min": 6}, {"selection.security_min"}, "多于小组最少人数"),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_together_are_told_by_both_keys(
    changed: dict[str, Any], keys: set[str], words: str
) -> None:
    found = misfits(read_values({**SHIPPED, **changed}))
    assert set(found) == keys
    assert all(words in message for message in found.values())


def test_a_value_off_the_text_is_told_with_its_direction() -> None:
    assert legal_note("publicity.period", 5) is None
    assert "少于办法的规定" in str(legal_note("publicity.period", 3))
    assert "多于办法的规定" in str(legal_note("publicity.period", 7))
    assert "局领导" in str(legal_note("entry.directions", ["甲"]))


def test_internal_limits_are_off_no_text() -> None:
    assert not off_the_text("entry.publish_period", 30)
