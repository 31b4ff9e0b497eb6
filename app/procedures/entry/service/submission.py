"""Submitting and supplementing: the form is read whole, its columns and rows are filled, a version is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, UserError
from app.core.masking import mask_id_number
from app.procedures.entry import store
from app.procedures.entry.models import (
    APPLICATION_TRANSITIONS,
    Application,
    ApplicationState,
    ApplicationVersion,
    Commitment,
    Education,
    Experience,
    Licence,
    PastReview,
    TitleCert,
)
from app.procedures.entry.rules.content import Form
from app.procedures.entry.rules.facts import (
    BarFact,
    Facts,
    Surroundings,
    bar_standing,
    gather,
    may_be_appointed_at,
)
from app.procedures.entry.rules.form import COMMITMENTS, read_form
from app.procedures.entry.rules.papers import missing_papers
from app.procedures.entry.service import notify
from app.registers import experts, numbers
from app.registers.identity_number import IdentityNumber, age_on
from app.registers.models import BarKind, ExpertState
from app.registers.states import check_transition
from app.regulations import deadlines
from app.regulations.deadlines import reentry_from
from app.regulations.rule_sets import RuleSet
from app.regulations.wording import formal_date


def submit(number: str, *, actor: Actor, now: datetime, rules: RuleSet) -> str:
    """Submits a draft and returns its case number RK-2026-0147; the web then starts the process with it.

    :raises Invalid: faults by <step>.<field>. :raises Conflict: the person is in the pool or applying already.
    """
    found = store.locked(number)
    if found.state != ApplicationState.DRAFT:
        raise Conflict(f"申请已经提交，编号 {found.number}")
    form, id_number = _checked_form(found, rules, now)
    if found.phone_verified_at is None and found.intake == "online":
        raise Invalid({"identity.phone": "手机号码：还没有用验证码核验"})
    index = experts.id_number_index(id_number.text)
    refuse_barred(index, rules, now)
    _fill(found, form, id_number)
    _note_commitments(found, form, actor=actor, now=now)
    found.version = 1
    found.submitted_at = now
    check_transition(APPLICATION_TRANSITIONS, found.state, ApplicationState.SUBMITTED, "申请")
    found.state = ApplicationState.SUBMITTED
    _keep_version(found, now)
    _claim_identity(found, index)
    found.number = numbers.next_number(numbers.APPLICATION, now.year)
    db.session.flush()
    audit.record(
        actor,
        "application.submit",
        "application",
        found.number,
        before={"state": ApplicationState.DRAFT.value},
        after={"state": found.state.value, "version": 1, "id_number": mask_id_number(id_number.text)},
        note=found.draft_no,
    )
    notify.received(found, actor=actor, now=now)
    return found.number


def supplement(number: str, *, actor: Actor, now: datetime, rules: RuleSet) -> int:
    """Hands in the supplemented form and returns its version; the web then tells the waiting process.

    :raises Invalid: faults by <step>.<field>. :raises Conflict: nothing is asked for, or the time is over.
    """
    found = store.locked(number)
    if found.state != ApplicationState.SUPPLEMENT:
        raise Conflict(f"申请目前是“{found.state.label}”，不需要补正")
    request = found.supplements[-1]
    period = deadlines.recompute(rules, "entry.supplement_period", request.requested_at, request.due_at)
    if period.is_late(now) and deadlines.may_expire(period):
        raise Conflict(f"补正期限已于{formal_date(period.last_day)}届满，可以重新申请")
    form, id_number = _checked_form(found, rules, now)
    index = experts.id_number_index(id_number.text)
    refuse_barred(index, rules, now)
    _fill(found, form, id_number)
    found.version += 1
    _note_commitments(found, form, actor=actor, now=now)
    check_transition(APPLICATION_TRANSITIONS, found.state, ApplicationState.FORMAL_CHECK, "申请")
    found.state = ApplicationState.FORMAL_CHECK
    request.answered_at = now
    _keep_version(found, now)
    _claim_identity(found, index)
    audit.record(
        actor,
        "application.supplement",
        "application",
        str(found.number),
        before={"state": ApplicationState.SUPPLEMENT.value, "version": found.version - 1},
        after={"state": found.state.value, "version": found.version},
    )
    return found.version


def _checked_form(found: Application, rules: RuleSet, now: datetime) -> tuple[Form, IdentityNumber]:
    form, errors = read_form(store.content_of(found), rules, now.date())
    kinds = {paper.purpose for paper in store.papers_of(found)}
    errors.update(missing_papers(form, kinds))
    id_number = form.identity.id_number
    exempt = bool(form.qualification.exemption)
    if id_number is not None and not may_be_appointed_at(id_number, now.date(), rules, exempt):
        errors.setdefault(
            "identity.id_number",
            f"年龄：按身份证号已满 {age_on(id_number.born, now.date())} 周岁，不超过"
            f" {rules.integer('entry.max_age')} 周岁方可申请，两院院士或享受政府特殊津贴者除外",
        )
    if errors or id_number is None:
        raise Invalid(errors)
    return form, id_number


def refuse_barred(index: str, rules: RuleSet, now: datetime) -> None:
    """Refuses somebody who is in the pool or whose two years after removal are not over (Art. 15, no. 29).

    :raises Conflict: in the pool. :raises UserError: barred, with the first day on which to apply.
    """
    known = experts.by_identity(index)
    if known is not None and known.state != ExpertState.REMOVED:
        raise Conflict("您已是在库专家，不需要再申请；信息变化请登录后更新", "identity.id_number")
    standing, until = bar_standing(bar_facts(index), now.date())
    if standing == "cooldown" and until is not None:
        bar = experts.bars_of(index)[0]
        first = formal_date(reentry_from(rules, bar.starts_on)) if bar.until == until else ""
        raise UserError(
            f"出库未满规定年限，{formal_date(until)}（含）以前不得申请入库（第十五条）"
            + (f"，{first}起可以申请" if first else ""),
            "identity.id_number",
        )


def bar_facts(index: str) -> list[BarFact]:
    """The bars of a person as the rules read them."""
    return [BarFact(bar.kind == BarKind.PRINCIPLE, bar.until) for bar in experts.bars_of(index)]


def facts_of(found: Application, rules: RuleSet, now: datetime) -> Facts | None:
    """The facts for the table of Article 11; None while the ID number cannot be read."""
    form, _ = read_form(store.content_of(found), rules, now.date())
    id_number = form.identity.id_number
    if id_number is None:
        return None
    index = experts.id_number_index(id_number.text)
    known = experts.by_identity(index)
    other = sa.select(Application.id).where(Application.live_index == index, Application.id != found.id)
    around = Surroundings(
        bars=tuple(bar_facts(index)),
        in_pool=known is not None and known.state != ExpertState.REMOVED,
        duplicate=db.session.execute(other).first() is not None,
        papers=frozenset(paper.purpose for paper in store.papers_of(found)),
    )
    return gather(form, id_number, around, rules, now.date())


def check_withdrawable(number: str) -> Application:
    """The application, locked, if its applicant may still withdraw it: at any time before the appointment.

    :raises Conflict: it is a draft or has ended.
    """
    found = store.locked(number)
    if ApplicationState.WITHDRAWN not in APPLICATION_TRANSITIONS[found.state]:
        raise Conflict(f"申请目前是“{found.state.label}”，不能撤回")
    return found


def _claim_identity(found: Application, index: str) -> None:
    """Lets the unique `live_index` decide which of two submissions by one person comes first."""
    db.session.flush()
    found.id_number_index = found.live_index = index
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict(
            "同一身份证号已有一件申请正在办理，不能重复申请；可凭那件的编号查询进度", "identity.id_number"
        ) from error


def _keep_version(found: Application, now: datetime) -> None:
    found.rev += 1
    found.updated_at = now
    found.versions.append(
        ApplicationVersion(
            version=found.version,
            content=found.content,
            file_ids=[paper.id for paper in store.papers_of(found)],
            submitted_at=now,
        )
    )


def _fill(found: Application, form: Form, id_number: IdentityNumber) -> None:
    for name, value in _columns(form, id_number).items():
        setattr(found, name, value)
    found.education = [
        Education(position=place, **vars(row)) for place, row in enumerate(form.qualification.education)
    ]
    found.title_certs = [
        TitleCert(position=place, **{key: value or None for key, value in vars(row).items()})
        for place, row in enumerate(form.qualification.title_certs)
    ]
    found.licences = [Licence(position=place, **vars(row)) for place, row in enumerate(form.qualification.licences)]
    found.experiences = [
        Experience(position=place, **{**vars(row), "until": row.until or None, "duty": row.duty or None})
        for place, row in enumerate(form.career.experiences)
    ]
    found.past_reviews = [
        PastReview(position=place, **vars(row)) for place, row in enumerate(form.career.past_reviews)
    ]


def _columns(form: Form, id_number: IdentityNumber) -> Mapping[str, Any]:
    identity, qualification, career, given = form.identity, form.qualification, form.career, form.commitments
    texts = {
        "name": identity.name,
        "native_place": identity.native_place,
        "political_status": identity.political_status,
        "unit_name": identity.unit_name,
        "unit_uscc": identity.unit_uscc,
        "unit_nature": identity.unit_nature,
        "unit_nature_other": identity.unit_nature_other,
        "address": identity.address,
        "department": identity.department,
        "post": identity.post,
        "post_level": identity.post_level,
        "title": qualification.title,
        "title_level": qualification.title_level,
        "title_series": qualification.title_series,
        "equivalent": qualification.equivalent,
        "exemption": qualification.exemption,
        "industry": career.industry,
        "direction_other": identity.direction_other,
        "experience_text": career.experience_text,
        "recommendation_text": given.recommendation_text,
        "signature": given.signature,
    }
    return {
        **{name: value or None for name, value in texts.items()},
        "channel": form.channel.channel,
        "sex": id_number.sex,
        "id_number": id_number.text,
        "birth_month": id_number.birth_month,
        "employed": identity.employed,
        "manages_projects": identity.manages_projects,
        "directions": list(identity.directions),
        "professional_years": career.professional_years,
        "no_reviews": career.no_reviews,
        "recommended_on": given.recommended_on,
    }


def _note_commitments(found: Application, form: Form, *, actor: Actor, now: datetime) -> None:
    """Notes each item given with the text it had; those of earlier versions stay."""
    version = max(1, found.version)
    found.signed_on = now.date()
    for item in form.commitments.given:
        text = COMMITMENTS[item - 1]
        found.commitments.append(
            Commitment(
                version=version,
                item=item,
                text_hash=hashlib.sha256(text.encode()).hexdigest(),
                given_at=now,
                address=actor.address,
            )
        )
