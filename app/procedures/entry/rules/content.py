"""The application form read: one value a step and a row, as the rules and the columns take it (domain.md §2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.registers.identity_number import IdentityNumber


@dataclass(frozen=True)
class EducationRow:
    """A degree with its school, major and month."""

    school: str
    major: str
    degree: str
    graduated: str
    informatization: bool


@dataclass(frozen=True)
class TitleCertRow:
    """A certificate of a professional title."""

    name: str
    level: str
    issuer: str
    number: str
    issued: str


@dataclass(frozen=True)
class LicenceRow:
    """A licence to practise."""

    name: str
    number: str


@dataclass(frozen=True)
class ExperienceRow:
    """A job; `until` is empty for one that goes on."""

    since: str
    until: str
    unit: str
    post: str
    duty: str
    related: bool


@dataclass(frozen=True)
class PastReviewRow:
    """A project reviewed, with its month."""

    project: str
    reviewed: str


@dataclass(frozen=True)
class Channel:
    """Step 须知与渠道."""

    channel: str


@dataclass(frozen=True)
class Identity:
    """Step 身份、单位与方向."""

    name: str
    political_status: str
    native_place: str
    id_number: IdentityNumber | None
    employed: bool
    unit_name: str
    unit_uscc: str
    unit_nature: str
    unit_nature_other: str
    address: str
    department: str
    post: str
    post_level: str
    manages_projects: bool
    directions: tuple[str, ...]
    direction_other: str


@dataclass(frozen=True)
class Qualification:
    """Step 学历与职称."""

    education: tuple[EducationRow, ...]
    title: str
    title_level: str
    title_series: str
    title_certs: tuple[TitleCertRow, ...]
    licences: tuple[LicenceRow, ...]
    equivalent: str
    exemption: str


@dataclass(frozen=True)
class Career:
    """Step 工作经历."""

    industry: str
    professional_years: int | None
    experience_text: str
    experiences: tuple[ExperienceRow, ...]
    no_reviews: bool
    past_reviews: tuple[PastReviewRow, ...]


@dataclass(frozen=True)
class Commitments:
    """Step 承诺与推荐: `given` are the items ticked, 1 to 4."""

    given: tuple[int, ...]
    signature: str
    recommendation_text: str
    recommended_on: date | None


@dataclass(frozen=True)
class Form:
    """The whole form, read; papers are kept apart as attachments."""

    channel: Channel
    identity: Identity
    qualification: Qualification
    career: Career
    commitments: Commitments
