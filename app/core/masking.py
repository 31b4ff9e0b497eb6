"""How personal data is shown to those who need not see it whole (domain.md §5)."""

from __future__ import annotations


def mask_name(name: str) -> str:
    """赵海宁 -> 赵**; a name of one character is hidden whole."""
    return name[0] + "*" * (len(name) - 1) if len(name) > 1 else "*" * len(name)


def mask_id_number(number: str) -> str:
    """14010519820312001X -> 140***********001X."""
    if len(number) < 8:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def mask_phone(phone: str) -> str:
    """13912345678 -> 139****5678."""
    if len(phone) < 8:
        return "*" * len(phone)
    return phone[:3] + "*" * (len(phone) - 7) + phone[-4:]


def mask_email(email: str) -> str:
    """shuyao@example.cn -> s***@example.cn."""
    user, at, host = email.partition("@")
    return (user[:1] + "***" + at + host) if at else "*" * len(email)
