"""Applicants of the demo: what they typed into the form, and papers that pass the checks of real uploads."""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any

from fpdf import FPDF
from PIL import Image, ImageDraw

from app.core.actor import public
from app.procedures.entry import store
from app.procedures.entry.rules.form import COMMITMENTS, DEGREES, STEPS, read_form
from app.procedures.entry.rules.papers import PHOTO, required_papers
from app.procedures.entry.service import drafts, submission
from app.registers.files import service as files
from app.registers.files.accepted import Upload
from app.registers.files.images import photo_rule
from app.regulations.rule_sets import RuleSet
from app.web.demo.world.invention import People
from app.web.demo.world.population import DIRECTIONS


@dataclass(frozen=True)
class Applicant:
    """Who applies, from where, in which directions and with which title; `missing` papers are left out."""

    name: str
    sex: str = "男"
    unit: str = "并州大学"
    nature: str = "高校"
    title: str = "高级工程师"
    level: str = "副高"
    directions: tuple[str, ...] = ("软件与应用", "大数据")
    channel: str = "unit"
    missing: tuple[str, ...] = ()
    age: int = 45


def invented(people: People, source: Random, count: int) -> list[Applicant]:
    """Applicants nobody will look at closely."""
    found = []
    for _ in range(count):
        sex = source.choice(("男", "女"))
        unit, nature = source.choice(_UNITS)
        title, level = source.choice((("高级工程师", "副高"), ("正高级工程师", "正高"), ("高级工程师", "副高")))
        directions = tuple(dict.fromkeys(source.choice(DIRECTIONS)[0] for _ in range(2)))
        directions = tuple(name for name in directions if name != "涉密工程") or ("软件与应用",)
        channel = source.choice(("self", "unit"))
        found.append(Applicant(people.name(sex), sex, unit, nature, title, level, directions, channel))
    return found


_UNITS = (("并州大学信息工程学院", "高校"), ("太行信息中心", "事业单位"), ("晋北软件研究所", "科研院所"),
          ("龙城理工学院", "高校"), ("汾水数据有限公司", "非国有企业"),
          ("省测绘数据院", "事业单位"), ("云中通信建设有限公司", "国有企业"))


def typed_form(one: Applicant, people: People, today: date, source: Random) -> dict[str, dict[str, Any]]:
    """The whole form as this person would type it, step by step."""
    born = people.born(one.age, today)
    graduated = f"{born.year + 24}-07"
    return {
        "channel": {"channel": one.channel, "privacy_read": "1"},
        "identity": {
            "name": one.name, "political_status": source.choice(("中共党员", "群众", "九三学社社员")),
            "native_place": "山西太原", "id_number": people.id_number(one.sex, born), "unit_name": one.unit,
            "unit_nature": one.nature, "address": "龙城市学府路 1 号（演示）", "department": "信息化部", "post": "主任",
            "post_level": "科级及以下", "directions": list(one.directions),
        },
        "education": {
            "education": [{"school": "并州大学", "major": "计算机科学与技术", "degree": DEGREES[1],
                           "graduated": graduated, "informatization": "1"}],
            "title_level": one.level, "title_series": "工程", "title": one.title,
            "title_certs": [{"name": "信息系统项目管理师", "level": "高级", "issued": f"{born.year + 32}-11"}],
            "licences": [],
        },
        "experience": {
            "industry": "信息技术", "professional_years": str(max(1, one.age - 25)),
            "experience_text": "长期从事政务信息化项目规划、建设与评审工作，主持省级平台建设三项。",
            "experiences": [{"since": f"{born.year + 24}-08", "unit": one.unit, "post": "工程师", "related": "1",
                             "duty": "政务信息系统设计与实施"}],
            "past_reviews": [{"project": "省级政务服务平台验收（演示）", "reviewed": "2025-06"}],
        },
        "papers": {},
        "commitments": {
            **{f"commitment_{item}": "1" for item in range(1, len(COMMITMENTS) + 1)}, "signature": one.name,
            "recommendation_text": "同意推荐。", "recommended_on": today.isoformat(),
        },
    }


def begin_draft(
    one: Applicant, people: People, source: Random, rules: RuleSet, now: datetime, until: str = "commitments"
) -> str:
    """A draft filled in up to a step, with its papers if it is whole; gives the draft's number."""
    actor = public(one.name, None)
    found = drafts.create_draft(people.phone(), people.email(), channel=one.channel, actor=actor, now=now, rules=rules)
    # The code went to a phone that does not exist; the invented applicant has typed it in.
    found.phone_verified_at = now
    typed = typed_form(one, people, now.date(), source)
    for step in STEPS[: STEPS.index(until) + 1]:
        drafts.save_step(found.draft_no, step, typed[step], actor=actor, now=now, rules=rules)
    if until == "commitments":
        _attach_papers(found.draft_no, one, rules, now)
    return found.draft_no


def _attach_papers(draft_no: str, one: Applicant, rules: RuleSet, now: datetime) -> None:
    form, _ = read_form(store.content_of(store.application(draft_no)), rules, now.date())
    for kind in required_papers(form):
        if kind == PHOTO:
            accepted = files.check_photo(Upload("照片.jpg", photo(rules)), photo_rule(rules))
        else:
            accepted = files.check_paper(Upload(f"{kind}.pdf", paper(kind)))
        drafts.attach_file(draft_no, kind, accepted, actor=public(one.name, None), now=now)


def submit_draft(draft_no: str, one: Applicant, rules: RuleSet, now: datetime) -> str:
    """Submits and gives the case number."""
    return submission.submit(draft_no, actor=public(one.name, None), now=now, rules=rules)


@functools.cache
def paper(kind: str) -> bytes:
    """A page that says what it stands for."""
    document = FPDF()
    document.add_page()
    document.set_font("helvetica", size=18)
    document.cell(text=f"Invented paper of the demo: {kind}")
    return bytes(document.output())


@functools.lru_cache(maxsize=1)
def _photo(width: int, height: int) -> bytes:
    picture = Image.new("RGB", (width, height), "#dfe6ee")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((width * 0.32, height * 0.2, width * 0.68, height * 0.5), fill="#9aa7b5")
    draw.ellipse((width * 0.15, height * 0.58, width * 0.85, height * 1.3), fill="#7d8b9b")
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=85)
    return made.getvalue()


def photo(rules: RuleSet) -> bytes:
    """A picture of nobody in the size of a 二寸 photo."""
    return _photo(rules.integer("entry.photo_width"), rules.integer("entry.photo_height"))
