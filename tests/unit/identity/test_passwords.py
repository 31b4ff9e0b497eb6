"""Which passwords are taken, and how they are kept."""

from __future__ import annotations

import pytest

from app.core.errors import UserError
from app.identity import passwords

GOOD = "Fenhe-17-qiao"


def test_the_hash_is_argon2id_and_says_nothing() -> None:
    hashed = passwords.hash_password(GOOD)
    assert hashed.startswith("$argon2id$")
    assert GOOD not in hashed
    assert passwords.matches(hashed, GOOD)
    assert not passwords.matches(hashed, GOOD + "x")
    assert not passwords.outdated(hashed)


def test_equal_passwords_have_different_hashes() -> None:
    assert passwords.hash_password(GOOD) != passwords.hash_password(GOOD)


def test_without_a_hash_no_password_fits() -> None:
    assert not passwords.matches(None, GOOD)
    assert not passwords.matches("not a hash", GOOD)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("Ab1-", "有 4 位，至少要 10 位"),
        ("abcdefghijkl", "只有 1 类字符"),
        ("abcdefgh1234", "只有 2 类字符"),
        ("Liwenjing-2026", "不能含有账号"),
        ("Password-2026", "password"),
        ("Zhiku-Shanxi-1", "zhiku"),
        ("A1-" + "x" * 130, "最多 128 位"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password: str, words: str) -> None:
    with pytest.raises(UserError, match=words) as refused:
        passwords.check_strength(password, "liwenjing")
    assert refused.value.field == "password"


def test_chinese_counts_as_a_kind_of_signs() -> None:
    passwords.check_strength("汾河水Fenhe2026", "liwenjing")
