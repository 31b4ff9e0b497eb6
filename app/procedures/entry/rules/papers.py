"""The papers of Article 12(一): which kinds there are and which an application still lacks."""

from __future__ import annotations

from collections.abc import Collection

from app.procedures.entry.rules.content import Form

PHOTO = "photo"
IDENTITY = "identity"
EXEMPTION = "exemption"
CLASSIFIED = "classified"
CLASSIFIED_DIRECTION = "涉密工程"
PAPER_WORDS = {
    PHOTO: "二寸免冠电子照片",
    "cv": "个人简历",
    "application_form": "本人签署的申请表（已键入签名的可不传）",
    "degree": "学历学位证书",
    "title": "专业技术职称证书",
    "equivalent": "同等专业水平的证明材料",
    "experience": "经历证明材料",
    IDENTITY: "身份证件",
    "recommendation": "单位推荐意见（盖章）",
    EXEMPTION: "院士或享受政府特殊津贴的证明",
    CLASSIFIED: "涉密信息化项目经历的证明",
    "other": "其他材料",
}
#: The step of the form at which a paper is asked for; the rest belong to 证明材料.
PAPER_STEPS = {PHOTO: "identity", "recommendation": "commitments"}


def required_papers(form: Form) -> tuple[str, ...]:
    """The kinds this application must bring, in the order of the list."""
    qualification = form.qualification
    needed = {PHOTO, "cv", "degree", "experience", IDENTITY}
    if qualification.title_level not in ("", "无"):
        needed.add("title")
    if qualification.equivalent:
        needed.add("equivalent")
    if qualification.exemption:
        needed.add(EXEMPTION)
    if form.identity.employed:
        needed.add("recommendation")
    if CLASSIFIED_DIRECTION in form.identity.directions:
        needed.add(CLASSIFIED)
    return tuple(kind for kind in PAPER_WORDS if kind in needed)


def missing_papers(form: Form, present: Collection[str]) -> dict[str, str]:
    """What is missing: <step>.<kind> -> message."""
    return {
        f"{PAPER_STEPS.get(kind, 'papers')}.{kind}": f"{PAPER_WORDS[kind]}：请上传"
        for kind in required_papers(form)
        if kind not in present
    }
