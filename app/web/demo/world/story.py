"""What happened in the pool before the demo begins: every act with its moment, so that a case stands at every stage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from app.web.demo.world import acts
from app.web.demo.world.acts import World, at
from app.web.demo.world.applicants import Applicant

Deed = Callable[[], object]

_SUPPLEMENT = {"formal_outcome": "supplement", "formal_missing": ["recommendation"],
               "formal_opinion": "单位推荐意见未盖章，请重新上传盖章的扫描件。"}
_NOT_ACCEPTED = {"formal_outcome": "not_accepted", "formal_opinion": "所填经历与政务信息化无关，不属受理范围。"}
_FAILED = {"review_outcome": "failed",
           "review_opinion": "从业年限证明不足，不符合第十一条（二）4 的规定，可补足后重新申请。"}
_RETURNED = {"review_outcome": "returned", "review_opinion": "职称证书编号辨认不清，请形式审查时再核对。"}


@dataclass(frozen=True)
class Cast:
    """The applicants by the stage they have reached; named ones stand in the walk of the start page."""

    first_batch: list[Applicant]
    rejected_objection: Applicant
    objected: Applicant
    second_batch: list[Applicant]
    unpublished: list[Applicant]
    unconfirmed: list[Applicant]
    under_review: list[Applicant]
    submitted: list[Applicant]
    supplemented: Applicant
    to_supplement: list[Applicant]
    not_accepted: Applicant
    failed: Applicant
    withdrawn: Applicant
    lapsed: Applicant
    drafts: list[Applicant]


def named_cast(others: list[Applicant]) -> Cast:
    """The cast; `others` fill the places nobody is named for (18 of them)."""
    left = iter(others)

    def some(count: int) -> list[Applicant]:
        return [next(left) for _ in range(count)]

    return Cast(
        first_batch=some(8),
        rejected_objection=Applicant("高远志", unit="太行信息中心", nature="事业单位", directions=("系统集成",)),
        objected=Applicant("韩秋实", unit="晋北软件研究所", nature="科研院所", directions=("人工智能", "大数据")),
        second_batch=[
            Applicant("于清和", unit="太行信息中心", nature="事业单位", directions=("系统集成", "成本评估")),
            Applicant("杜可人", "女", "汾水数据有限公司", "非国有企业", "正高级工程师", "正高", ("大数据", "人工智能")),
            Applicant("周若水", unit="并州大学信息工程学院", directions=("网络与信息安全",)),
            Applicant("胡一帆", unit="晋北软件研究所", nature="科研院所", directions=("软件与应用", "区块链")),
            Applicant("梁思齐", "女", "龙城理工学院", directions=("密码应用", "保密")),
            Applicant("韩松年", unit="省测绘数据院", nature="事业单位", directions=("云网基础设施", "物联网")),
        ],
        unpublished=[
            Applicant("高建平", unit="太行信息中心", nature="事业单位", directions=("系统集成", "成本评估")),
            Applicant("冯知行", unit="晋北软件研究所", nature="科研院所", directions=("人工智能", "大数据")),
            Applicant("宋以宁", "女", "并州大学信息工程学院", directions=("保密", "审计")),
        ],
        unconfirmed=some(3),
        under_review=[
            Applicant("赵海宁", unit="龙城理工学院", directions=("软件与应用", "大数据")),
            Applicant("周启明", unit="并州大学信息工程学院", title="正高级工程师", level="正高",
                      directions=("网络与信息安全", "密码应用")),
            *some(3),
        ],
        submitted=some(4),
        supplemented=Applicant("王若兰", "女", "汾水数据有限公司", "非国有企业", directions=("大数据",)),
        to_supplement=[Applicant("孟书瑶", "女", "龙城理工学院", directions=("人工智能",)),
                       Applicant("乐小海", unit="云中通信建设有限公司", nature="国有企业")],
        not_accepted=Applicant("祁立新", unit="绛州商贸有限公司", nature="非国有企业"),
        failed=Applicant("柳春生", unit="汾水数据有限公司", nature="非国有企业"),
        withdrawn=Applicant("苏静怡", "女"),
        lapsed=Applicant("樊玉林", unit="省测绘数据院", nature="事业单位"),
        drafts=[Applicant("孔令文"), Applicant("严晓峰"), Applicant("华文博")],
    )


def told(world: World, cast: Cast) -> Iterator[tuple[datetime, Deed]]:
    """Every act with its moment, in no order."""
    yield from _first_batch(world, cast)
    yield from _second_batch(world, cast)
    yield from _waiting(world, cast)
    yield from _ended(world, cast)
    yield from _beginning(world, cast)


def _passes(
    world: World, one: Applicant, days: tuple[date, date, date], minute: int
) -> Iterator[tuple[datetime, Deed]]:
    """An application up to the conclusion of the review: submitted, checked, reviewed on these days."""
    clock_time = f"{9 + minute // 60:02d}:{minute % 60:02d}"
    yield at(days[0], clock_time), lambda: acts.apply_for(world, one)
    yield at(days[1], clock_time), lambda: acts.formal_check(world, one.name)
    yield at(days[2], clock_time), lambda: acts.review(world, one.name)


def _first_batch(world: World, cast: Cast) -> Iterator[tuple[datetime, Deed]]:
    """Published on 30 January, ended on 6 February: eight appointed, one objection rejected, one being decided."""
    members = [*cast.first_batch, cast.rejected_objection, cast.objected]
    for place, one in enumerate(members):
        days = (date(2026, 1, 12), date(2026, 1, 16), date(2026, 1, 22))
        yield from _passes(world, one, days, 7 * place)
        yield at(date(2026, 1, 26), f"10:{place:02d}"), partial(acts.confirm, world, one.name)
    yield at(date(2026, 1, 30), "10:30"), lambda: acts.publish(world, [one.name for one in members], 1)
    yield from _rejected_objection(world, cast.rejected_objection.name)
    yield from _pending_decision(world, cast.objected.name)
    yield at(date(2026, 2, 5), "15:10"), lambda: acts.object_to(
        world, cast.first_batch[0].name, "反映其兼职情况", "信件未署名。", anonymous=True)
    yield at(date(2026, 2, 6), "09:20"), lambda: acts.complete(
        world, world.numbers[f"异议：{cast.first_batch[0].name}"], "confirm_inadmissible", "luowei",
        {"acceptance_outcome": "not_accepted", "acceptance_reason": "匿名异议，依第十二条（三）不予受理。"})


def _rejected_objection(world: World, name: str) -> Iterator[tuple[datetime, Deed]]:
    def step(element: str, login: str, **values: object) -> Deed:
        return lambda: acts.complete(world, world.numbers[f"异议：{name}"], element, login, values)

    yield at(date(2026, 2, 4), "14:30"), lambda: acts.object_to(
        world, name, "从业年限不实", "其 2019 年前在其他行业工作，年限不足。")
    yield at(date(2026, 2, 5), "11:00"), step("decide_acceptance", "luowei", acceptance_outcome="accepted")
    yield at(date(2026, 2, 10), "16:00"), step(
        "investigate", "luowei", investigation_suggestion="rejected",
        investigation_report="经向原单位核实社保和任职文件，其 2006 年起从事政务信息系统建设，年限属实。")
    yield at(date(2026, 2, 12), "10:00"), step(
        "decide_objection", "zhaotinghe", decision_outcome="rejected",
        decision_reasons="经核实，从业年限符合规定，所反映情况不属实。")


def _pending_decision(world: World, name: str) -> Iterator[tuple[datetime, Deed]]:
    def step(element: str, login: str, **values: object) -> Deed:
        return lambda: acts.complete(world, world.numbers[f"异议：{name}"], element, login, values)

    yield at(date(2026, 2, 6), "16:20"), lambda: acts.object_to(
        world, name, "职称证书真实性", "其职称证书编号在发证机关网站查询不到。")
    yield at(date(2026, 2, 9), "09:40"), step("decide_acceptance", "liwenjing", acceptance_outcome="accepted")
    yield at(date(2026, 2, 27), "15:30"), step(
        "investigate", "liwenjing", investigation_suggestion="rejected",
        investigation_report="发证机关书面答复：证书编号录入有误，证书真实有效，附更正说明。")


def _second_batch(world: World, cast: Cast) -> Iterator[tuple[datetime, Deed]]:
    """Published on 25 February, open for objections until 3 March; one was filed on 27 February."""
    for place, one in enumerate(cast.second_batch):
        days = (date(2026, 1, 29), date(2026, 2, 4), date(2026, 2, 10))
        yield from _passes(world, one, days, 60 + 9 * place)
        yield at(date(2026, 2, 12), f"15:{place:02d}"), partial(acts.confirm, world, one.name)
    names = [one.name for one in cast.second_batch]
    yield at(date(2026, 2, 25), "10:00"), lambda: acts.publish(world, names, 2)
    yield at(date(2026, 2, 27), "16:05"), lambda: acts.object_to(
        world, cast.second_batch[1].name, "与在评项目承建单位的关系", "其所在公司为某在建项目的承建方，未如实填写。")


def _waiting(world: World, cast: Cast) -> Iterator[tuple[datetime, Deed]]:
    """Cases that wait for publication, confirmation, review and formal check."""
    for place, one in enumerate(cast.unpublished):
        yield from _passes(world, one, (date(2026, 2, 3), date(2026, 2, 9), date(2026, 2, 25)), 5 * place)
        yield at(date(2026, 2, 27), f"11:{place:02d}"), partial(acts.confirm, world, one.name)
    for place, one in enumerate(cast.unconfirmed):
        yield from _passes(world, one, (date(2026, 2, 5), date(2026, 2, 11), date(2026, 2, 28)), 30 + 5 * place)
    arrivals = (date(2026, 2, 9), date(2026, 2, 13), date(2026, 2, 25), date(2026, 2, 26), date(2026, 2, 27))
    for place, (one, arrived) in enumerate(zip(cast.under_review, arrivals, strict=True)):
        yield at(date(2026, 2, 6), f"14:{place:02d}"), partial(acts.apply_for, world, one)
        yield at(arrived, f"09:{12 + place:02d}"), partial(acts.formal_check, world, one.name)
    for one in cast.under_review[:3]:
        yield at(date(2026, 2, 28), "16:40"), partial(acts.claim, world, one.name, "qualification_review", "liwenjing")


def _ended(world: World, cast: Cast) -> Iterator[tuple[datetime, Deed]]:
    """Cases that ended without appointment, one by each way."""
    for place, one in enumerate((cast.not_accepted, cast.failed, cast.withdrawn, cast.lapsed)):
        yield at(date(2026, 1, 14), f"15:{place:02d}"), partial(acts.apply_for, world, one)
    yield at(date(2026, 1, 19), "10:00"), lambda: acts.formal_check(world, cast.not_accepted.name, _NOT_ACCEPTED)
    yield at(date(2026, 1, 19), "10:10"), lambda: acts.formal_check(world, cast.failed.name)
    yield at(date(2026, 1, 19), "10:20"), lambda: acts.formal_check(world, cast.lapsed.name, _SUPPLEMENT)
    yield at(date(2026, 1, 20), "09:00"), lambda: acts.withdraw(world, cast.withdrawn.name)
    yield at(date(2026, 1, 21), "11:00"), lambda: acts.review(world, cast.failed.name, _RETURNED)
    yield at(date(2026, 1, 22), "11:00"), lambda: acts.formal_check(world, cast.failed.name)
    yield at(date(2026, 1, 28), "11:00"), lambda: acts.review(world, cast.failed.name, _FAILED)


def _beginning(world: World, cast: Cast) -> Iterator[tuple[datetime, Deed]]:
    """Cases at the formal check, some to be supplemented, and drafts."""
    for place, one in enumerate((cast.supplemented, *cast.to_supplement)):
        yield at(date(2026, 2, 24), f"09:{place:02d}"), partial(acts.apply_for, world, one)
        yield at(date(2026, 2, 26), f"10:{place:02d}"), partial(acts.formal_check, world, one.name, _SUPPLEMENT)
    yield at(date(2026, 3, 1), "20:41"), lambda: acts.supplement(world, cast.supplemented.name)
    for place, one in enumerate(cast.submitted):
        yield at(date(2026, 2, 27 if place < 2 else 28), f"17:{place:02d}"), partial(acts.apply_for, world, one)
    for one, until in zip(cast.drafts, ("identity", "education", "experience"), strict=True):
        yield at(date(2026, 2, 28), "20:00"), partial(acts.leave_draft, world, one, until)
