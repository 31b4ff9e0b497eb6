"""What the records can keep of typed conditions: a draft is saved with all its faults, but for what has no room."""

from __future__ import annotations

from collections.abc import Iterator

from app.procedures.selection.rules.conditions import ConditionsDraft, Finding

#: Most characters of a reason, as long as its columns.
LONGEST_REASON = 300
#: Most characters of a category, as long as its columns; every direction is shorter.
LONGEST_CATEGORY = 20


def too_long(reason: str, what: str) -> str:
    """What is said of a reason that has no room; empty if it has."""
    return f"{what}：最多 {LONGEST_REASON} 字" if len(reason.strip()) > LONGEST_REASON else ""


def unstorable(draft: ConditionsDraft) -> Iterator[Finding]:
    """Texts that are longer than the records hold, each at its field."""
    yield from _reason(draft.security_waiver, "不设安全席位的理由", "security_waiver")
    yield from _reason(draft.redraw_reason, "重新抽取的原因", "redraw_reason")
    for index, one in enumerate(draft.recusals):
        yield from _reason(one.reason, "回避原因", f"recusals.{index}.reason")
    for index, named in enumerate(draft.designations):
        yield from _reason(named.reason, "指定理由", f"designations.{index}.reason")
        if len(named.category) > LONGEST_CATEGORY:
            yield _bad("指定专家：请选择类别", f"designations.{index}.category")
    if any(len(category) > LONGEST_CATEGORY for category in draft.quota):
        yield _bad("席位：请选择列出的专业类别", "quota")


def _reason(reason: str, what: str, where: str) -> Iterator[Finding]:
    message = too_long(reason, what)
    if message:
        yield _bad(message, where)


def _bad(message: str, where: str) -> Finding:
    return Finding("TOO_LONG", "bad", message, "第十九条（一）", where)
