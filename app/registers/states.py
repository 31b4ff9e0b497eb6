"""States with their permitted transitions, and the column type that keeps a code (architecture.md rule 8)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Self, TypeVar

import sqlalchemy as sa

from app.core.errors import Conflict


class Labelled(StrEnum):
    """A code kept in the database with the Chinese word that people see."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        """Keeps `code` as the value and `label` beside it."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member


S = TypeVar("S", bound=Labelled)
Transitions = Mapping[S, frozenset[S]]


class WrongState(Conflict):
    """What was asked is not possible in the state the thing is in by now."""


def check_transition(transitions: Transitions[S], before: S, after: S, what: str) -> None:
    """Lets only listed transitions pass.

    :raises WrongState: naming both states.
    """
    if after not in transitions[before]:
        raise WrongState(f"{what}目前是“{before.label}”，不能改为“{after.label}”")


def coded(kind: type[S]) -> sa.Enum:
    """A text column that holds the codes of `kind`, portable and readable in the database."""
    return sa.Enum(kind, native_enum=False, create_constraint=False, length=24, values_callable=_codes)


def _codes(kind: type[Labelled]) -> list[str]:
    return [member.value for member in kind]
