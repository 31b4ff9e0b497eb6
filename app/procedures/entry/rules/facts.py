"""The facts that the decision table of Article 11 judges, computed from the form, the registers and the day."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from app.procedures.entry.rules.content import Form
from app.procedures.entry.rules.form import COMMITMENTS
from app.procedures.entry.rules.papers import (
    CLASSIFIED,
    CLASSIFIED_DIRECTION,
    EXEMPTION,
    PAPER_WORDS,
    required_papers,
)
from app.procedures.entry.rules.qualification import ROUTES, priority_certificates, standing
from app.registers.identity_number import IdentityNumber, age_on
from app.regulations.rule_sets import RuleSet

Bar = Literal["none", "cooldown", "principle"]
Proof = Literal["not_needed", "given", "missing"]


@dataclass(frozen=True)
class BarFact:
    """One bar of the person: barred until that day included, and perhaps in principle beyond it."""

    in_principle: bool
    until: date


@dataclass(frozen=True)
class Surroundings:
    """What the registers know of the person: bars, membership of the pool, another live application."""

    bars: tuple[BarFact, ...]
    in_pool: bool
    duplicate: bool
    papers: frozenset[str]


@dataclass(frozen=True)
class Facts:
    """Everything the table may ask; plain values only, since a diagram holds them."""

    age: int
    max_age: int
    exemption: str
    exemption_proof: Proof
    committed: bool
    route: str
    route_words: str
    related_years: int
    overlap_months: int
    degree: str
    needed_years: int
    priority: bool
    priority_certificates: list[str]
    bar: Bar
    bar_until: str
    in_pool: bool
    duplicate: bool
    missing_papers: list[str]
    classified_proof: Proof
    directions: list[str]

    def plain(self) -> dict[str, Any]:
        """As a context for the table."""
        return asdict(self)


def bar_standing(bars: Iterable[BarFact], today: date) -> tuple[Bar, date | None]:
    """Whether a person may apply today (Art. 15, no. 29, 30): the longest running bar, else the principle."""
    known = list(bars)
    running = [bar.until for bar in known if today <= bar.until]
    if running:
        return "cooldown", max(running)
    if any(bar.in_principle for bar in known):
        return "principle", None
    return "none", None


def may_be_appointed_at(number: IdentityNumber, day: date, rules: RuleSet, exempt: bool) -> bool:
    """Art. 11(一)5 on a given day (no. 14): until the day before the birthday after the limit, or exempt."""
    return exempt or age_on(number.born, day) <= rules.integer("entry.max_age")


def _proof(needed: bool, kind: str, papers: Collection[str]) -> Proof:
    if not needed:
        return "not_needed"
    return "given" if kind in papers else "missing"


def gather(form: Form, number: IdentityNumber, known: Surroundings, rules: RuleSet, today: date) -> Facts:
    """The facts of a form whose ID number could be read."""
    found = standing(form, rules, today)
    certificates = priority_certificates(form, rules)
    bar, until = bar_standing(known.bars, today)
    exemption = form.qualification.exemption
    return Facts(
        age=age_on(number.born, today),
        max_age=rules.integer("entry.max_age"),
        exemption=exemption,
        exemption_proof=_proof(bool(exemption), EXEMPTION, known.papers),
        committed=len(form.commitments.given) == len(COMMITMENTS),
        route=found.route,
        route_words=ROUTES.get(found.route, ""),
        related_years=found.related_years,
        overlap_months=found.overlap_months,
        degree=found.degree,
        needed_years=found.needed,
        priority=bool(certificates),
        priority_certificates=list(certificates),
        bar=bar,
        bar_until=until.isoformat() if until else "",
        in_pool=known.in_pool,
        duplicate=known.duplicate,
        missing_papers=[PAPER_WORDS[kind] for kind in required_papers(form) if kind not in known.papers],
        classified_proof=_proof(CLASSIFIED_DIRECTION in form.identity.directions, CLASSIFIED, known.papers),
        directions=list(form.identity.directions),
    )
