"""What the codes of selection are called on pages, in notices and on paper (ui/README §2); pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from app.core.clock import ZONE
from app.draw import Ineligibility, Reason
from app.regulations.wording import date_words

_NUMERALS = "零一二三四五六七八九"


def share_words(share: int) -> str:
    """三分之一, as the regulation writes the share of the designated (第十九条（三）)."""
    return f"{_numeral(share)}分之一"


def _numeral(number: int) -> str:
    """二十一: a number below a hundred as people write it."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _NUMERALS[ones]
    return f"{_NUMERALS[tens] if tens > 1 else ''}十{_NUMERALS[ones] if ones else ''}"


#: What became of a candidate at his place in the order (draw.md §5).
REASON_WORDS: Mapping[Reason, str] = {
    Reason.TAKEN: "取中",
    Reason.UNIT_TAKEN: "同单位",
    Reason.NO_SEAT: "无席",
    Reason.WOULD_BLOCK: "会使余席坐不满",
    Reason.INELIGIBLE_NOW: "已失格",
    Reason.ALREADY_INVITED: "已邀请",
    Reason.NO_CATEGORY: "类别不符",
}

#: Why somebody who stood in the list cannot sit any more.
INELIGIBILITY_WORDS: Mapping[Ineligibility, str] = {
    Ineligibility.LEAVE: "长期请假",
    Ineligibility.REMOVED: "已出库",
    Ineligibility.SUSPENDED: "暂停参评",
    Ineligibility.RECUSAL: "应当回避",
    Ineligibility.CLASH: "与另一场评审时间冲突",
    Ineligibility.UNIT_CHANGED: "工作单位已变更",
}

MORNING_ENDS = 12
EVENING_BEGINS = 18

#: Said on certificate and record form when only one person gave a value to the seed (draw.md §3).
WITHOUT_SECOND_PERSON = "未经第二方见证"

#: What a record form says of people whose going does not follow from the draw (draw.md §8).
RESTS_ON_TRAIL = "失格和离组的人员以审计留痕为据，不由摇号推出。"

#: The one sentence of draw.md by which the draw is described on the record form.
THE_DRAW = (
    "全部合格专家排成一个随机次序；按次序逐人取中，但已失格、已邀请、不符合所需类别、所在单位已有人在组、"
    "没有适合的空席，或取中后余席无法坐满的，顺延到下一位。"
)


def reason_words(code: str) -> str:
    """取中 for TAKEN."""
    return REASON_WORDS[Reason(code)]


def ineligibility_words(code: str) -> str:
    """长期请假 for LEAVE."""
    return INELIGIBILITY_WORDS[Ineligibility(code)]


def half_day_words(starts_at: datetime, half_days: int, today: date) -> str:
    """3月4日（周三）上午; what lasts longer says so: 3月4日（周三）上午起，约 2 个半天."""
    local = starts_at.astimezone(ZONE)
    part = "上午" if local.hour < MORNING_ENDS else "下午" if local.hour < EVENING_BEGINS else "晚上"
    words = f"{date_words(local.date(), today)}{part}"
    return words if half_days == 1 else f"{words}起，约 {half_days} 个半天"
