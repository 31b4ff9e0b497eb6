"""What people send as JSON: kept and shown by every database and page, or refused."""

from __future__ import annotations

import pytest

from app.core import plain_json


def test_plain_data_are_read_as_they_are() -> None:
    read = plain_json.read('{"a": [1, 2.5, true, null, "周启明 \\ud83d\\ude00"]}')
    assert read == {"a": [1, 2.5, True, None, "周启明 😀"]}


@pytest.mark.parametrize(
    "text",
    [
        "", "{", '{"a": NaN}', '{"a": -Infinity}', '{"a": 1e999}', '{"a": "\\ud800"}', '{"\\udfff": 1}',
        '{"a": "\\u0000"}', "[" * 100_000, "[" * 61 + "1" + "]" * 61, "9" * 5_000,
    ],
    ids=["empty", "cut", "nan", "infinity", "overflow", "surrogate", "key", "nul", "bomb", "deep", "digits"],
)
def test_what_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(plain_json.NotPlain):
        plain_json.read(text)
