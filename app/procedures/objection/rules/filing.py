"""What an objection must state, by who objects and how it comes in (第十二条（三）, domain.md no. 7)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.registers import credit_code, identity_number

INDIVIDUAL, UNIT, ANONYMOUS = "individual", "unit", "anonymous"
ONLINE, COUNTER, POST = "online", "counter", "post"
SEAL, EVIDENCE, LETTER = "seal", "evidence", "letter"
FILE_WORDS = {SEAL: "盖章的异议书扫描件", EVIDENCE: "证据材料", LETTER: "异议书扫描件"}
LONGEST = 5000
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
#: One address and no more: the receipt must not be spread to others.
_EMAIL = re.compile(r"[^@\s<>\"',;:()\[\]\\]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
_NAME = re.compile(r"[\u3400-\u9fff·A-Za-z .]{2,40}")


@dataclass(frozen=True)
class Filing:
    """A checked objection; fields that do not apply are None."""

    kind: str
    name: str | None
    id_number: str | None
    uscc: str | None
    contact: str | None
    phone: str | None
    email: str | None
    address: str | None
    matter: str
    grounds: str


class _Fields:
    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.errors: dict[str, str] = {}

    def text(self, field: str, label: str, *, required: bool = True, longest: int = 120) -> str:
        text = str(self.values.get(field) or "").strip()
        if not text and required:
            self.errors[field] = f"{label}：请填写"
        elif len(text) > longest:
            self.errors[field] = f"{label}：写了 {len(text)} 字，最多 {longest} 字"
        return text


def check_online(values: Mapping[str, Any], papers: Collection[str], today: date) -> tuple[Filing, dict[str, str]]:
    """An objection made online: real name proved, a unit's with its sealed scan; the errors by field."""
    fields = _Fields(values)
    kind = str(values.get("kind") or "")
    if kind not in (INDIVIDUAL, UNIT):
        fields.errors["kind"] = "异议人：请选择个人或单位，匿名的异议不予受理"
    filing = _read(fields, kind, today, required=True)
    if kind == UNIT and SEAL not in papers:
        fields.errors[SEAL] = f"{FILE_WORDS[SEAL]}：请上传"
    return filing, fields.errors


def check_paper(
    values: Mapping[str, Any], delivery: str, received_at: datetime | None, postmark: date | None, now: datetime
) -> tuple[Filing, dict[str, str]]:
    """An objection that came on paper, as staff type it in; an anonymous one is recorded too (no. 8)."""
    fields = _Fields(values)
    kind = str(values.get("kind") or "")
    if kind not in (INDIVIDUAL, UNIT, ANONYMOUS):
        fields.errors["kind"] = "异议人：请选择个人、单位或匿名"
    if delivery not in (COUNTER, POST):
        fields.errors["delivery"] = "提出方式：请选择当面送达或邮寄"
    if received_at is None or received_at > now:
        fields.errors["received_at"] = "收件时间：请填写，不能晚于现在"
    if delivery == POST and (postmark is None or postmark > now.date()):
        fields.errors["postmark"] = "邮戳日期：请照信封填写，不能晚于今天"
    filing = _read(fields, kind, now.date(), required=kind != ANONYMOUS)
    return filing, fields.errors


def _read(fields: _Fields, kind: str, today: date, *, required: bool) -> Filing:
    individual, unit = kind == INDIVIDUAL, kind == UNIT
    name = fields.text("objector_name", "单位名称" if unit else "姓名", required=required)
    if name and individual and not _NAME.fullmatch(name):
        fields.errors["objector_name"] = f"姓名：“{name[:40]}”不像姓名，请照身份证填写"
    email = fields.text("email", "电子邮箱", required=False)
    if email and not _EMAIL.fullmatch(email):
        fields.errors["email"] = f"电子邮箱：“{email[:40]}”不是邮箱地址"
    return Filing(
        kind=kind,
        name=name or None,
        id_number=_id_number(fields, today) if individual else None,
        uscc=_uscc(fields) if unit else None,
        contact=(fields.text("contact", "联系人", longest=40) or None) if unit else None,
        phone=_phone(fields, required=required),
        email=email or None,
        address=fields.text("address", "通讯地址", required=False, longest=200) or None,
        matter=fields.text("matter", "异议事项", longest=LONGEST),
        grounds=fields.text("grounds", "理由和依据", longest=LONGEST),
    )


def is_mobile(typed: str) -> bool:
    """True for a mobile number, blanks between its digits allowed."""
    return _MOBILE.fullmatch("".join(typed.split())) is not None


def _phone(fields: _Fields, *, required: bool) -> str | None:
    phone = "".join(fields.text("phone", "手机号码", required=required).split())
    if phone and not _MOBILE.fullmatch(phone):
        fields.errors["phone"] = f"手机号码：“{phone[:40]}”不是 11 位手机号码"
    return phone or None


def _id_number(fields: _Fields, today: date) -> str | None:
    typed = fields.text("id_number", "身份证号")
    if not typed:
        return None
    try:
        return identity_number.parse(typed, today).text
    except identity_number.BadIdentityNumber as error:
        fields.errors["id_number"] = f"身份证号：{error.reason}"
        return None


def _uscc(fields: _Fields) -> str | None:
    typed = fields.text("uscc", "统一社会信用代码")
    if not typed:
        return None
    try:
        return credit_code.parse(typed)
    except credit_code.BadCreditCode as error:
        fields.errors["uscc"] = f"统一社会信用代码：{error.reason}"
        return None
