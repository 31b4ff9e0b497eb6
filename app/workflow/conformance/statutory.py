"""The legal steps of a shipped process: what the regulation demands of every path, and by which article.

They are data (processes/statutory.yaml, where the words are explained), so that lawyers can read them.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).parents[3] / "processes" / "statutory.yaml"
_DATA = "data"

#: One way to recognise an element: by operation, form, decision, message or timer.
Sign = Mapping[str, Any]


@dataclass(frozen=True)
class LegalStep:
    """One demand: ``name`` in the regulation's words, by ``article``.

    ``outcomes`` are cases in which it holds: operation or message -> the fields of its result; ``data`` likewise,
    variable -> value.
    """

    key: str
    name: str
    article: str
    signs: tuple[Sign, ...] = ()
    before: tuple[str, ...] = ()
    outcomes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)
    never: bool = False
    reached: bool = False
    groups: tuple[str, ...] = ()
    users: str | None = None
    four_eyes: str | None = None
    due: str | None = None
    boundary: Sign | None = field(default=None, hash=False)
    beside: Sign | None = field(default=None, hash=False)


@dataclass(frozen=True)
class Baseline:
    """The legal steps of the process ``key``; ``goals`` are what they must come before."""

    key: str
    goals: tuple[LegalStep, ...] = ()
    steps: tuple[LegalStep, ...] = ()

    def named(self, key: str) -> LegalStep:
        """The step or goal of that key. :raises KeyError: there is none."""
        return next(entry for entry in (*self.goals, *self.steps) if entry.key == key)


def baseline_of(key: str) -> Baseline | None:
    """The legal steps of a shipped process, None for any other."""
    return _baselines().get(key)


@functools.cache
def _baselines() -> Mapping[str, Baseline]:
    return read_baselines(_FILE.read_text(encoding="utf-8"))


def read_baselines(text: str) -> dict[str, Baseline]:
    """Reads the data file. :raises ValueError: a word in it means nothing, or names no step."""
    found = {}
    for key, raw in yaml.safe_load(text).items():
        goals = tuple(_step(name, entry) for name, entry in raw["goals"].items())
        steps = tuple(_step(name, entry) for name, entry in raw["steps"].items())
        found[key] = Baseline(key, goals, steps)
        known = {entry.key for entry in (*goals, *steps)}
        named = {name for step in steps for name in (*step.before, *filter(None, [step.four_eyes]))}
        if len(known) < len(goals) + len(steps) or named - known:
            raise ValueError(f"{key}: a step is named twice, or these are no steps: {sorted(named - known)}")
    return found


def _step(key: str, raw: Mapping[str, Any]) -> LegalStep:
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()
    }
    when = dict(given.pop("when", {}))
    signs = given.pop("is", ())
    try:
        return LegalStep(key, signs=signs, data=when.pop(_DATA, {}), outcomes=when, **given)
    except TypeError as error:
        raise ValueError(f"{key}: {error}") from error
