"""Dates, deadlines and statuses in the words of the pages (design language §2, §3)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Literal

from app.core import clock
from app.regulations import current_calendar, workdays
from app.regulations.deadlines import last_day_of
from app.regulations.wording import WEEKDAYS, due_words, duration_words

Urgency = Literal["late", "soon", ""]
Kind = Literal["", "go", "ok", "care", "bad", "hold", "end"]

#: Which look a status word has; a word that is not here says its kind where it is used.
_KINDS: dict[Kind, tuple[str, ...]] = {
    "": ("草稿", "已提交", "待审查", "待办理", "待领取", "待发送", "未参评", "未开始"),
    "go": ("形式审查", "资格审查", "审查中", "公示中", "邀请中", "核实中", "评审中", "办理中", "发送中", "条件锁定",
           "初始名单", "详情确认中", "已承诺"),
    "ok": ("拟入库", "已入库", "在库", "已接受", "已抽取", "在用", "优秀", "合格", "已完成", "已办结", "已发送",
           "已送达", "聘任", "确定名单", "已评审", "已确认", "已入组", "已同意", "已签署", "出席"),
    "care": ("补正", "待补正", "已补正", "待答复", "待签字", "异议处理中", "暂定", "迟请假", "已收件", "须注意",
             "重试中", "待分管领导审批", "待审批", "待登记会议", "待确认详情", "待投入"),
    "bad": ("已逾期", "不通过", "不予受理", "送达失败", "缺席", "不合格", "解聘出库", "故障", "发送失败", "待处理缺额"),
    "hold": ("长期请假", "暂停", "已暂停", "待续聘", "递补中", "封存"),
    "end": ("撤回", "已撤回", "已撤销", "已停用", "拒绝", "回避", "超时", "归档", "已作废", "已结束", "已取消",
            "不同意", "逾期未审批", "已请假", "已失格", "已重新抽取", "评审中回避"),
}
_KIND_OF: dict[str, Kind] = {word: kind for kind, words in _KINDS.items() for word in words}


def status_kind(word: str) -> Kind:
    """The look of a status word; plain if it is not one of the listed ones."""
    return _KIND_OF.get(word, "")


def weekday(day: date) -> str:
    """周一 … 周日."""
    return WEEKDAYS[day.weekday()]


def short_day(day: date) -> str:
    """3月6日, with the year if it is not this year."""
    year = "" if day.year == clock.today().year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def full_day(day: date) -> str:
    """2026年3月6日, whatever the year is: for rules, which run over years."""
    return f"{day.year}年{day.month}月{day.day}日"


def day(value: date | datetime) -> str:
    """3月6日（周五）; a make-up day says so: 2月28日（周六，调休上班）."""
    when = value.astimezone(clock.ZONE).date() if isinstance(value, datetime) else value
    at_work = "，调休上班" if when.weekday() >= 5 and workdays.is_workday(when, current_calendar()) else ""
    return f"{short_day(when)}（{weekday(when)}{at_work}）"


def moment(value: datetime) -> str:
    """3月2日（周一）10:24; of today only 今天 10:24."""
    local = value.astimezone(clock.ZONE)
    when = "今天 " if local.date() == clock.today() else day(local)
    return f"{when}{local:%H:%M}"


def full_moment(value: datetime) -> str:
    """2026年3月2日（周一）10:24, whatever the year is."""
    local = value.astimezone(clock.ZONE)
    return f"{full_day(local)}（{weekday(local)}）{local:%H:%M}"


def due(due_at: datetime) -> str:
    """3月6日（周五）24:00 前; 今天 24:00 前; a deadline of hours names its minute."""
    last = last_day_of(due_at)
    when = "今天 " if last == clock.today() else day(last)
    return f"{when}{_end_of(due_at)} 前"


def full_due(due_at: datetime) -> str:
    """2026年3月6日（周五）24:00 前, whatever the day is: for clocks other than the system's."""
    last = last_day_of(due_at)
    return f"{full_day(last)}（{weekday(last)}）{_end_of(due_at)} 前"


def _end_of(due_at: datetime) -> str:
    local = due_at.astimezone(clock.ZONE)
    return "24:00" if local.time() == time() else f"{local:%H:%M}"


def left(due_at: datetime) -> str:
    """还剩 4 个工作日, on the last day hours and minutes, and 逾期 1 个工作日 once it is late.

    Working days do not count today.
    """
    return due_words(due_at, clock.now(), calendar=current_calendar()).left


def duration(length: timedelta) -> str:
    """13 小时 36 分; below two hours 95 分钟."""
    return duration_words(length)


def urgency(due_at: datetime) -> Urgency:
    """late, soon (today is the last working day), or nothing."""
    now = clock.now()
    if now >= due_at:
        return "late"
    return "" if workdays.between(now.date(), last_day_of(due_at), current_calendar()) > 0 else "soon"


def ago(value: datetime) -> str:
    """刚刚, 35 分钟前, otherwise the moment."""
    passed = clock.now() - value
    if passed < timedelta(minutes=1):
        return "刚刚"
    return f"{duration(passed)}前" if passed < timedelta(hours=1) else moment(value)


def size(count: int) -> str:
    """186 KB, 2.4 MB: as people read the size of a file."""
    if count < 1024:
        return f"{count} 字节"
    kilo = count / 1024
    return f"{kilo:.0f} KB" if kilo < 1024 else f"{kilo / 1024:.1f} MB"


FILTERS = {
    "status_kind": status_kind,
    "weekday": weekday,
    "short_day": short_day,
    "full_day": full_day,
    "day": day,
    "moment": moment,
    "full_moment": full_moment,
    "due": due,
    "full_due": full_due,
    "left": left,
    "duration": duration,
    "urgency": urgency,
    "ago": ago,
    "size": size,
}
