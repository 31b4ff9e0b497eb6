"""The panels of the demo: a review at every stage from the draft to the meeting, each act with its moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial

from app.web.demo.world import panels
from app.web.demo.world.acts import World, at
from app.web.demo.world.panels import Review

Deed = Callable[[], object]
Told = Iterator[tuple[datetime, Deed]]

_SECURITY, _SOFTWARE, _DATA, _COST = "网络与信息安全", "软件与应用", "大数据", "成本评估"
_FIVE = {_SECURITY: 1, _SOFTWARE: 2, _DATA: 1, _COST: 1}
_SIX = {_SECURITY: 2, _SOFTWARE: 2, _DATA: 1, _COST: 1}
_SEVEN = {_SECURITY: 2, _SOFTWARE: 2, _DATA: 1, _COST: 1, "系统集成": 1}
_ROOM = "政务大厦 5 层第二会议室（演示）"
#: The expert of the start page.
_EXPERT = "张敬之"


def told(world: World) -> Told:
    """Every act about panels with its moment, in no order."""
    yield from _held(world)
    yield from _held_unwitnessed(world)
    yield from _cancelled(world)
    yield from _final(world)
    yield from _meeting_to_record(world)
    yield from _list_ready(world)
    yield from _details_out(world)
    yield from _short(world)
    yield from _inviting(world)
    yield from _before_the_invitations(world)


def _drawn(world: World, one: Review, day: date, hour: str) -> Told:
    """Entered, drawn and sent within twenty minutes: in the one sitting at which the witness is present."""
    sitting: list[tuple[int, Callable[[World, Review], None]]] = [
        (0, panels.enter), (9, panels.submit), (12, panels.give), (20, panels.send),
    ]
    if one.witnessed:
        sitting += [(13, panels.witness), (18, panels.sign)]
    for minutes, act in sitting:
        yield at(day, hour) + timedelta(minutes=minutes), partial(act, world, one)


def _completed(world: World, one: Review, day: date) -> Told:
    """Drawn in the morning; one declines, one is silent, and by the afternoon the list is final."""
    yield from _drawn(world, one, day, "09:10")
    yield at(day, "09:50"), partial(panels.answer, world, one, "decline", "", others="accept")
    yield at(day, "10:40"), partial(panels.answer, world, one, "", "accept", others="accept")
    for hour in ("12:10", "12:40", "13:20", "13:50"):
        yield at(day, hour), partial(panels.answer, world, one, others="accept")
    yield at(day, "14:20"), partial(panels.confirm_list, world, one)
    yield at(day, "14:45"), partial(panels.confirm, world, one)


def _held(world: World) -> Told:
    one = Review(
        "全省一体化政务服务平台三期技术评审", "技术评审", at(date(2026, 2, 6), "09:00"), _SIX, _ROOM, project=1,
        designated=(panels.designated("熟悉平台一期、二期的架构，需要延续评审意见。", direction="人工智能"),),
    )  # fmt: skip
    yield at(date(2026, 2, 4), "09:40"), partial(
        panels.approve, world, one, "agreed", "熟悉一期情况，需要延续")
    yield from _completed(world, one, date(2026, 2, 4))
    yield at(date(2026, 2, 4), "16:00"), partial(panels.leave, world, one)
    yield at(date(2026, 2, 4), "16:20"), partial(panels.answer, world, one, others="accept")
    yield at(date(2026, 2, 4), "16:50"), partial(panels.confirm, world, one)
    yield at(date(2026, 2, 6), "11:40"), partial(panels.hold_meeting, world, one)


def _held_unwitnessed(world: World) -> Told:
    one = Review(
        "电子证照库运维项目绩效评价", "绩效评价", at(date(2026, 2, 12), "14:30"), _FIVE, _ROOM, project=2,
        witnessed=False,
    )
    yield from _completed(world, one, date(2026, 2, 10))
    yield at(date(2026, 2, 12), "17:10"), partial(panels.hold_meeting, world, one)


def _cancelled(world: World) -> Told:
    one = Review("视频会议系统升级规划论证", "规划论证", at(date(2026, 2, 27), "09:00"), _FIVE, _ROOM, project=3)
    yield from _drawn(world, one, date(2026, 2, 25), "10:00")
    yield at(date(2026, 2, 25), "11:05"), partial(panels.answer, world, one, "accept", "accept")
    yield at(date(2026, 2, 25), "15:00"), partial(panels.cancel, world, one, "项目单位撤回申报，本次评审取消。")


def _final(world: World) -> Told:
    """The expert of the start page sits here, and may still ask for leave."""
    one = Review(
        "省级数据共享平台一期验收", "验收", at(date(2026, 3, 4), "09:00"), _SIX, _ROOM, project=4,
        designated=(panels.designated("参加过一期方案评审，需要核对整改情况。", name=_EXPERT),),
    )
    yield at(date(2026, 2, 27), "09:35"), partial(panels.approve, world, one, "agreed", "熟悉一期情况，需要延续")
    yield from _completed(world, one, date(2026, 2, 27))


def _meeting_to_record(world: World) -> Told:
    one = Review("公共资源交易平台改造技术评审", "技术评审", at(date(2026, 3, 2), "08:30"), _FIVE, _ROOM, project=5)
    yield from _completed(world, one, date(2026, 2, 26))


def _list_ready(world: World) -> Told:
    one = Review("公共信用信息平台升级验收", "验收", at(date(2026, 3, 4), "14:30"), _SEVEN, _ROOM, project=6)
    yield from _drawn(world, one, date(2026, 2, 28), "14:00")
    yield at(date(2026, 2, 28), "14:40"), partial(panels.answer, world, one, others="accept")


def _details_out(world: World) -> Told:
    one = Review("政务外网骨干网扩容规划论证", "规划论证", at(date(2026, 3, 5), "14:30"), _FIVE, _ROOM, project=7)
    yield from _drawn(world, one, date(2026, 2, 28), "15:00")
    yield at(date(2026, 2, 28), "15:40"), partial(panels.answer, world, one, others="accept")
    yield at(date(2026, 3, 2), "08:20"), partial(panels.confirm_list, world, one)
    yield at(date(2026, 3, 2), "08:35"), partial(panels.confirm, world, one, 2)


def _short(world: World) -> Told:
    """The list of a scarce category ran dry: the organiser has to act."""
    scarce = "区块链"
    seats = {_SECURITY: 1, _SOFTWARE: 2, _DATA: 1, scarce: 1}
    one = Review(
        "区块链存证平台二期技术评审", "技术评审", at(date(2026, 3, 6), "09:00"), seats, _ROOM, project=8,
        titles=("正高",),
    )
    yield from _drawn(world, one, date(2026, 2, 27), "09:00")
    for hour in range(10, 20):
        yield at(date(2026, 2, 27), f"{hour}:05"), partial(panels.refuse_all, world, one, scarce)
        yield at(date(2026, 2, 27), f"{hour}:35"), partial(panels.refuse_all, world, one, scarce)


def _inviting(world: World) -> Told:
    """Drawn on Sunday evening, so that the invitations went out this morning at the opening of the window."""
    one = Review(
        "省级数据共享平台二期技术评审", "技术评审", at(date(2026, 3, 5), "09:00"), _SIX, _ROOM, project=4,
        designated=(panels.designated("二期含大模型政务问答模块，需要他评审第三分册。", name=_EXPERT),),
    )
    yield from _drawn(world, one, date(2026, 3, 1), "20:10")
    yield at(date(2026, 3, 2), "08:06"), partial(panels.answer, world, one, "accept", "", "accept")
    yield at(date(2026, 3, 2), "08:10"), partial(panels.approve, world, one, "agreed", "专业确有需要，库内可选人少")
    yield at(date(2026, 3, 2), "08:23"), partial(panels.answer, world, one, "decline", "", "recuse")


def _before_the_invitations(world: World) -> Told:
    """A designation and conditions for the leader, a commitment for the witness, and a draft."""
    designation = Review(
        "大数据中心机房改造验收", "验收", at(date(2026, 3, 6), "14:30"), _SIX, _ROOM, project=9,
        designated=(panels.designated("机房改造涉及模型训练算力，库内熟悉的人少。", direction="人工智能"),),
    )
    yield from _drawn(world, designation, date(2026, 3, 2), "08:25")
    waived = Review(
        "政务大厅叫号系统更新验收", "验收", at(date(2026, 3, 5), "09:30"),
        {_SOFTWARE: 2, "系统集成": 2, _COST: 1}, _ROOM, project=10, waiver="仅更换叫号终端，不涉及网络和数据安全。",
    )  # fmt: skip
    yield at(date(2026, 3, 2), "08:15"), partial(panels.enter, world, waived)
    yield at(date(2026, 3, 2), "08:30"), partial(panels.submit, world, waived)
    committed = Review("政务云安全加固技术评审", "技术评审", at(date(2026, 3, 5), "14:30"), _SEVEN, _ROOM, project=11)
    yield at(date(2026, 3, 2), "08:35"), partial(panels.enter, world, committed)
    yield at(date(2026, 3, 2), "08:50"), partial(panels.submit, world, committed)
    yield at(date(2026, 3, 2), "08:53"), partial(panels.give, world, committed)
    draft = Review("“一网通办”适老化改造规划论证", "规划论证", at(date(2026, 3, 9), "09:00"), _FIVE, _ROOM, project=12)
    yield at(date(2026, 3, 2), "08:55"), partial(panels.enter, world, draft)
