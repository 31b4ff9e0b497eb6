"""Argon2id hashes, and what makes a password acceptable."""

from __future__ import annotations

import functools
import string

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.core import randomness
from app.core.errors import UserError
from app.identity.policy import POLICY

_hasher = PasswordHasher()
#: What people type when a rule asks for capitals, digits and a sign.
_WORN_OUT = ("password", "passw0rd", "qwerty", "1qaz2wsx", "admin", "12345", "zhiku", "welcome", "abc123")


def hash_password(password: str) -> str:
    """The argon2id hash to keep; takes tens of milliseconds, so never inside a writing transaction."""
    return _hasher.hash(password)


@functools.cache
def _nobodys_hash() -> str:
    return _hasher.hash(randomness.token())


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; without a hash it takes as long and is False."""
    try:
        _hasher.verify(password_hash or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def outdated(password_hash: str) -> bool:
    """True if the hash was made with weaker settings than today's and should be renewed."""
    return _hasher.check_needs_rehash(password_hash)


def check_strength(password: str, login: str, field: str = "password") -> None:
    """Refuses passwords that are short, of too few kinds of characters, worn out, or hold the login.

    :raises UserError: says which rule and how to mend it.
    """
    if len(password) < POLICY.password_min_length:
        raise UserError(f"密码有 {len(password)} 位，至少要 {POLICY.password_min_length} 位", field=field)
    if len(password) > POLICY.password_max_length:
        raise UserError(f"密码有 {len(password)} 位，最多 {POLICY.password_max_length} 位", field=field)
    kinds = _kinds(password)
    if kinds < POLICY.password_kinds:
        raise UserError(
            f"密码只有 {kinds} 类字符，请在大写字母、小写字母、数字、符号中用到 {POLICY.password_kinds} 类", field=field
        )
    lowered = password.lower()
    if login.lower() in lowered:
        raise UserError("密码里不能含有账号", field=field)
    worn_out = next((word for word in _WORN_OUT if word in lowered), None)
    if worn_out is not None:
        raise UserError(f"密码里含有常被猜中的“{worn_out}”，请换掉这一段", field=field)


def _kinds(password: str) -> int:
    groups = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
    found = sum(any(sign in group for sign in password) for group in groups)
    others = any(sign not in "".join(groups) for sign in password)
    return found + others
