"""The reason that goes with a refusal or a withdrawal."""

from __future__ import annotations

from app.core.errors import Invalid

MAX_REASON = 500


def given_reason(reason: str, act: str) -> str:
    """The reason for an act (撤回), trimmed. :raises Invalid: at `reason`: there is none, or it is too long."""
    found = reason.strip()
    if not found:
        raise Invalid({"reason": f"写明{act}的理由"})
    if len(found) > MAX_REASON:
        raise Invalid({"reason": f"理由有 {len(found)} 字，请缩短到 {MAX_REASON} 字以内"})
    return found
