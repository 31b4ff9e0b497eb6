"""Notices and letters filled with examples, for previews; no real person's data is in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.notices import settings
from app.notices.documents.appointment_letter import AppointmentLetter, appointment_letter_pdf
from app.notices.documents.objection_decision import (
    CandidateLetter,
    ObjectionDecision,
    ObjectorLetter,
    decision_to_candidate,
    decision_to_objector,
)
from app.notices.documents.panel_papers import Member, PanelPaper, panel_list_pdf, sign_in_sheet_pdf
from app.notices.documents.publicity_notice import ListedCandidate, PublicityNotice, publicity_notice_pdf
from app.notices.grammar import fill
from app.notices.texts import Text
from app.notices.variables import variable

_DAY = date(2026, 3, 10)
_NAMES = {
    "objector": "给异议人的决定书", "candidate": "给专家本人的决定书", "list": "名单确认单", "sign-in": "签到表",
}  # fmt: skip


def filled(text: Text, sections: Mapping[str, str]) -> dict[str, str]:
    """Each section in words.

    :raises TemplateRefused: it cannot be filled.
    """
    address = settings.current().public_url
    return {
        part.name: fill(part.name, sections[part.name], {n: variable(n).example for n in part.variables}, address)
        for part in text.parts
    }


def papers(key: str) -> dict[str, str]:
    """The papers that a letter's wording makes: key in the address -> what it is called."""
    if key == "objection_decision":
        return {one: _NAMES[one] for one in ("objector", "candidate")}
    if key == "panel_papers":
        return {one: _NAMES[one] for one in ("list", "sign-in")}
    return {"paper": {"appointment_letter": "聘书", "publicity_notice": "公示"}.get(key, "文书")}


def paper(key: str, which: str, wording: Mapping[str, str]) -> bytes:
    """A PDF of an invented case, marked as having no force."""
    if key == "appointment_letter":
        letter = AppointmentLetter("晋政信聘〔2026〕0031号", "周启明", _DAY, date(2028, 3, 9), _DAY, is_demo=True)
        return appointment_letter_pdf(letter, wording)
    if key == "publicity_notice":
        return publicity_notice_pdf(_publicity(wording), wording)
    if key == "objection_decision":
        if which == "candidate":
            return decision_to_candidate(CandidateLetter(_decision(), ()), wording)
        return decision_to_objector(ObjectorLetter(_decision(), "孙立群", date(2026, 3, 3)), wording)
    make = sign_in_sheet_pdf if which == "sign-in" else panel_list_pdf
    return make(_panel(), wording)


def _publicity(wording: Mapping[str, str]) -> PublicityNotice:
    return PublicityNotice(
        batch="GS-2026-002", title="关于省直政务信息化专家库拟入库专家名单的公示",
        text=fill("text", wording["text"], {"first_name": "周启明", "count": "2"}),
        period="5个工作日", published_on=date(2026, 3, 2), first_day=date(2026, 3, 3), last_day=date(2026, 3, 9),
        contact="省数字政府服务中心，0351-0000000",
        candidates=(
            ListedCandidate("周启明", "某某大学", "教授", ("大数据",)),
            ListedCandidate("吴清源", "某某研究院", "高级工程师", ("网络与信息安全",)),
        ),
        is_demo=True,
    )  # fmt: skip


def _decision() -> ObjectionDecision:
    return ObjectionDecision(
        number="YY-2026-0003", application_number="RK-2026-0147", batch="GS-2026-002", candidate="周启明",
        candidate_unit="某某大学", accepted_on=date(2026, 3, 4), findings="经向发证机关查证，证书真实有效。",
        conclusion="异议不成立", reasons="所反映的情况与查证结果不符。", consequence="聘任继续办理。",
        decided_on=date(2026, 3, 20), is_demo=True,
    )  # fmt: skip


def _panel() -> PanelPaper:
    members = tuple(
        Member(n, name, "某某大学", "教授", "大数据", "系统抽取", "已确认", "3月9日 10:24\n已确认", "")
        for n, name in enumerate(("周启明", "吴清源", "郑明远", "冯致和", "陈思齐"), start=1)
    )
    return PanelPaper(
        number="PS-2026-0034", facts=(("评审", "全省政务云扩容项目技术评审"), ("评审时间", "3月10日（周二）09:00")),
        members=members, names_note="", signers=("组织人：", "组织部门（盖章）："), printed_by="郭子安",
        printed_at="2026年3月9日 16:00", printed_on=date(2026, 3, 9),
        checks=(("人数", "5 人，单数，应为 5 人（第十七条）"),), is_demo=True,
    )  # fmt: skip
