"""How long an SMS is: one message, or several that the phone joins."""

from __future__ import annotations

#: Characters of one message in Chinese, and of each part of a longer one, by the standard for SMS.
ALONE, JOINED = 70, 67
#: No more parts than gateways take.
LONGEST = 5


def segments(text: str) -> int:
    """In how many parts a text goes; characters beyond the basic plane count twice."""
    length = len(text.encode("utf-16-le")) // 2
    return 1 if length <= ALONE else -(-length // JOINED)
