"""Fills the annex form (附件 申报表) from an application."""

from __future__ import annotations

from app.core import clock
from app.notices.documents.application_form import ApplicationForm
from app.procedures.entry import store
from app.procedures.entry.models import Application
from app.procedures.entry.rules.papers import PHOTO
from app.registers.files import service as files
from app.regulations import rule_set_to_show


def filled_form(found: Application, *, is_demo: bool) -> ApplicationForm:
    """The form as the applicant submitted it, his ID number whole: for himself and those entitled only."""
    rules = rule_set_to_show(clock.today())
    photo = next((paper for paper in store.papers_of(found) if paper.purpose == PHOTO), None)
    degrees = "；".join(f"{row.school} {row.major}（{row.graduated}）" for row in found.education)
    reviews = "\n".join(f"{row.reviewed} {row.project}" for row in found.past_reviews)
    jobs = "\n".join(f"{row.since} 至 {row.until or '今'} {row.unit} {row.post}" for row in found.experiences)
    return ApplicationForm(
        number=str(found.number or found.draft_no), filled_on=found.signed_on or clock.today(), name=found.name or "",
        gender=found.sex or "", native_place=found.native_place or "", political_status=found.political_status or "",
        birth_month=found.birth_month or "", id_number=found.id_number or "",
        unit_and_department="　".join(filter(None, (found.unit_name, found.department))), post=found.post or "",
        title=found.title or "", natures=rules.texts("entry.unit_natures"), nature=found.unit_nature or "",
        address=found.address or "", school_and_major=degrees,
        education=found.education[0].degree if found.education else "", phone=found.phone, email=found.email,
        title_certificates="；".join(row.name for row in found.title_certs),
        licences="；".join(f"{row.name} {row.number}" for row in found.licences), industry=found.industry or "",
        years_in_field=f"{found.professional_years} 年" if found.professional_years is not None else "",
        directions=rules.texts("entry.directions"), chosen_directions=found.directions,
        max_directions=rules.integer("entry.max_directions"),
        experience="\n".join(filter(None, (found.experience_text, jobs))),
        past_reviews="无" if found.no_reviews else reviews, signed_by=found.signature or "",
        signed_on=found.signed_on, recommendation=found.recommendation_text or "",
        recommended_on=found.recommended_on, other_nature=found.unit_nature_other or "",
        other_direction=found.direction_other or "", photo=files.read(photo) if photo else None, is_demo=is_demo,
    )
