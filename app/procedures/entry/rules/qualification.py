"""Article 11(二)4: by which route somebody is qualified, and how the years of work are counted (no. 16)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.procedures.entry.rules.content import EducationRow, ExperienceRow, Form, Qualification
from app.procedures.entry.rules.form import (
    BACHELOR,
    DOCTOR,
    ENGINEERING,
    LEADING_POST_LEVELS,
    MASTER,
    SENIOR_TITLE_LEVELS,
)
from app.regulations.rule_sets import RuleSet

ROUTES = {
    "A": "副处级及以上政务信息化项目建设管理岗位职务",
    "B": "高级工程师（正高级或副高级）专业技术职称",
    "C": "同等专业水平认证",
    "D1": "信息化相关专业博士研究生毕业",
    "D2": "信息化相关专业硕士研究生毕业",
    "D3": "信息化相关专业本科毕业",
}
_DEGREE_ROUTES = (
    ("D1", DOCTOR, "entry.doctor_years"),
    ("D2", MASTER, "entry.master_years"),
    ("D3", BACHELOR, "entry.bachelor_years"),
)


@dataclass(frozen=True)
class Standing:
    """What opens Article 11 to somebody: every open route, best first, and how near the D routes are.

    `needed` are the years the best degree asks for, 0 without such a degree.
    """

    routes: tuple[str, ...]
    related_years: int
    overlap_months: int
    degree: str
    needed: int

    @property
    def route(self) -> str:
        """The route taken, empty if none is open."""
        return self.routes[0] if self.routes else ""


def month_number(text: str) -> int:
    """yyyy-MM as a count of months, so that spans are differences."""
    return int(text[:4]) * 12 + int(text[5:7]) - 1


def related_months(rows: Iterable[ExperienceRow], today: date) -> tuple[int, int]:
    """Months of related work, overlaps counted once, and how many months overlapped."""
    this_month = today.year * 12 + today.month - 1
    spans = sorted(
        (month_number(row.since), month_number(row.until) if row.until else this_month)
        for row in rows
        if row.related and row.since
    )
    total = sum(max(0, end - start) for start, end in spans)
    union, reached = 0, 0
    for start, end in spans:
        union += max(0, end - max(start, reached))
        reached = max(reached, end)
    return union, total - union


def standing(form: Form, rules: RuleSet, today: date) -> Standing:
    """The routes open to the applicant by what the form says; proofs are checked by people."""
    months, overlap = related_months(form.career.experiences, today)
    years = months // 12
    routes = []
    identity, qualification = form.identity, form.qualification
    if identity.manages_projects and identity.post_level in LEADING_POST_LEVELS:
        routes.append("A")
    if qualification.title_series == ENGINEERING and qualification.title_level in SENIOR_TITLE_LEVELS:
        routes.append("B")
    if qualification.equivalent or _has_other_senior_title(qualification):
        routes.append("C")
    degree, needed = "", 0
    for route, name, key in _DEGREE_ROUTES:
        if not _holds(qualification.education, name):
            continue
        if not degree:
            degree, needed = name, rules.integer(key)
        if years >= rules.integer(key):
            routes.append(route)
    return Standing(tuple(routes), years, overlap, degree, needed)


def _has_other_senior_title(qualification: Qualification) -> bool:
    """Professors and the like are no engineers; their title is judged as an equivalent (domain.md §2)."""
    return qualification.title_level in SENIOR_TITLE_LEVELS and qualification.title_series not in ("", ENGINEERING)


def _holds(rows: Sequence[EducationRow], degree: str) -> bool:
    return any(row.degree == degree and row.informatization for row in rows)


def priority_certificates(form: Form, rules: RuleSet) -> tuple[str, ...]:
    """Which certificates of Article 11(二)5 the applicant holds; they only order the queue."""
    held = [row.name for row in form.qualification.title_certs] + [form.qualification.title]
    return tuple(name for name in rules.texts("entry.priority_certificates") if any(name in item for item in held))
