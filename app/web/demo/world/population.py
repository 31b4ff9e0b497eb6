"""How many units and experts the demo has, and what they are like: the proportions of domain.md §7, scaled down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import TypeVar

from app.web.demo.world.invention import People, credit_code_of

T = TypeVar("T")

UNITS = 150
EXPERTS = 400
_IN_LARGE_UNITS = 0.82
_LARGEST = 36

NATURES = (("行政机关", 12), ("事业单位", 24), ("国有企业", 16), ("高校", 18), ("科研院所", 8), ("行业协会", 2),
           ("非国有企业", 18), ("其他", 2))
DIRECTIONS = (("软件与应用", 30), ("系统集成", 22), ("大数据", 18), ("网络与信息安全", 16), ("云网基础设施", 15),
              ("信息化项目监理", 12), ("人工智能", 12), ("成本评估", 10), ("国产化应用", 7), ("密码应用", 6),
              ("保密", 5), ("审计", 5), ("物联网", 5), ("区块链", 3), ("涉密工程", 3))
_TITLES = (("正高", 18), ("副高", 57), ("其他", 25))
_ROUTES = {"其他": (("A", 10), ("C", 6), ("D1", 3), ("D2", 5), ("D3", 4))}
_PLACES = ("龙城", "并州", "汾水", "太行", "晋北", "晋南", "上党", "河东", "云中", "雁门", "平阳",
           "潞州", "泽州", "代州", "绛州")
_KINDS = {
    "行政机关": ("大数据应用局", "审批服务管理局", "数字资源局", "政务服务局"),
    "事业单位": ("信息中心", "测绘数据院", "网络安全中心", "数据资源中心"),
    "国有企业": ("数字产业集团有限公司", "云计算有限公司", "通信建设有限公司"),
    "高校": ("大学", "理工学院", "师范学院", "财经学院"),
    "科研院所": ("软件研究所", "电子技术研究院", "人工智能研究院"),
    "行业协会": ("软件行业协会", "信息化协会"),
    "非国有企业": ("数据有限公司", "科技股份有限公司", "信息安全技术有限公司", "工程监理有限公司"),
    "其他": ("数字经济联合会", "标准化技术委员会"),
}


@dataclass(frozen=True)
class InventedUnit:
    """A unit of the demo."""

    name: str
    uscc: str
    nature: str


@dataclass(frozen=True)
class InventedExpert:
    """An expert of the demo; `unit` is an index into the units, `term_start` the first day of the present term."""

    name: str
    sex: str
    id_number: str
    phone: str
    email: str
    unit: int
    title: str | None
    title_level: str
    post: str
    post_level: str | None
    route: str
    directions: tuple[str, ...]
    exemption: str | None
    term_start: date


def units(source: Random) -> list[InventedUnit]:
    """The units, each with a name of its own."""
    found: dict[str, InventedUnit] = {}
    while len(found) < UNITS:
        nature = _weighted(source, NATURES)
        name = source.choice(_PLACES) + source.choice(_KINDS[nature])
        if name in found:
            name = source.choice(_PLACES) + name
        if name not in found:
            found[name] = InventedUnit(name, credit_code_of(len(found) + 1), nature)
    return list(found.values())


def experts(source: Random, people: People, today: date) -> Iterator[InventedExpert]:
    """The experts: few large units and many small ones, ages about 46, terms begun in the last two years."""
    places = _unit_of_each(source)
    for index in range(EXPERTS):
        yield _expert(source, people, places[index], today)


def _unit_of_each(source: Random) -> list[int]:
    sizes: list[int] = []
    while sum(sizes) < EXPERTS * _IN_LARGE_UNITS:
        sizes.append(max(1, round(_LARGEST / (len(sizes) + 1) ** 0.75)))
    places = [unit for unit, size in enumerate(sizes[:UNITS]) for _ in range(size)][:EXPERTS]
    small = list(range(min(len(sizes), UNITS - 1), UNITS))
    while len(places) < EXPERTS:
        places.append(small[len(places) % len(small)])
    source.shuffle(places)
    return places


def _expert(source: Random, people: People, unit: int, today: date) -> InventedExpert:
    sex = "男" if source.random() < 0.68 else "女"
    exempt = source.random() < 0.02
    age = source.randint(66, 78) if exempt else min(65, max(28, round(source.gauss(46, 8))))
    level = _weighted(source, _TITLES)
    route = "B" if level != "其他" else _weighted(source, _ROUTES[level])
    return InventedExpert(
        name=people.name(sex), sex=sex, id_number=people.id_number(sex, people.born(age, today)),
        phone=people.phone(), email=people.email(), unit=unit,
        title={"正高": "正高级工程师", "副高": "高级工程师"}.get(level), title_level=level if level != "其他" else "无",
        post=source.choice(("主任", "副主任", "科长", "教研室主任", "总工程师", "技术负责人")),
        post_level="副处" if route == "A" else None, route=route, directions=_directions(source),
        exemption="享受政府特殊津贴" if exempt else None,
        term_start=date.fromordinal(today.toordinal() - source.randrange(20, 415)),
    )


def _directions(source: Random) -> tuple[str, ...]:
    count = _weighted(source, ((1, 15), (2, 35), (3, 50)))
    chosen: list[str] = []
    while len(chosen) < count:
        direction = _weighted(source, DIRECTIONS)
        if direction not in chosen:
            chosen.append(direction)
    return tuple(chosen)


def _weighted(source: Random, choices: tuple[tuple[T, int], ...]) -> T:
    return source.choices([value for value, _ in choices], [weight for _, weight in choices])[0]
