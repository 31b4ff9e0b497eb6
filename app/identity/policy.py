"""How sign-in is protected: limits of this installation, not of the regulation (等保 2.0 third level)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class SignInPolicy:
    """Failures before the lock, how long it lasts, what a password needs, how long a first-login link lives."""

    failures_before_lock: int = 5
    lock_lasts: timedelta = timedelta(minutes=30)
    password_min_length: int = 10
    password_max_length: int = 128
    password_kinds: int = 3
    link_lasts: timedelta = timedelta(days=7)


POLICY = SignInPolicy()
