"""The conditions of a draw and what the regulation asks of them (第十六条至第十九条), live and at submission."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from app.core.errors import Invalid
from app.procedures.selection.rules.words import share_words
from app.regulations.rule_sets import RuleSet

Level = Literal["ok", "warn", "bad"]
#: A draw knows at most so many categories (ZJ-DRAW-1 §1).
MOST_CATEGORIES = 8
#: Said alike of who sits elsewhere then and of whose unit sits here: it must not tell who was drawn (no. 54).
CANNOT_SIT = "不能参加本次评审，请另选一人"


@dataclass(frozen=True)
class Finding:
    """One checked rule: what holds or not, in words, by which article, and at which field of the page."""

    code: str
    level: Level
    message: str
    article: str
    field: str

    @property
    def is_bad(self) -> bool:
        """Whether it keeps the conditions from being submitted."""
        return self.level == "bad"


@dataclass(frozen=True)
class DesignationDraft:
    """An expert asked for by name (第十九条（三）); `expert_id` is empty if the pool does not know who was typed."""

    expert_id: int | None
    category: str
    reason: str
    typed: str = ""


@dataclass(frozen=True)
class RecusalDraft:
    """A unit or a person to stay away; `source` is a code of `RecusalSource`."""

    source: str
    reason: str
    unit_id: int | None = None
    expert_id: int | None = None
    #: Received after the submission: does not belong to what was submitted.
    after_lock: bool = False


@dataclass(frozen=True)
class ConditionsDraft:
    """Conditions as the organiser sets them.

    Attributes:
        panel_size: all seats, the designated included.
        quota: category -> seats for drawn experts, those kept from an earlier draw included.
        designations: designations not yet submitted; those that stand already are facts.
        recusals: all but the project unit's own, which stands by itself.
        titles: title levels of which one is wanted; empty for any.
        natures: natures of units that are not wanted.
        exclude_directions: whoever has one of these directions is not wanted.
        security_waiver: why the panel does without a security expert; empty if it has one.
        redraw_reason: why there is a new draw.
    """

    panel_size: int
    quota: Mapping[str, int]
    designations: tuple[DesignationDraft, ...] = ()
    recusals: tuple[RecusalDraft, ...] = ()
    titles: tuple[str, ...] = ()
    natures: tuple[str, ...] = ()
    exclude_directions: tuple[str, ...] = ()
    security_waiver: str = ""
    redraw_reason: str = ""

    def plain(self) -> dict[str, Any]:
        """What a version keeps in `data`; recusals and designations have tables of their own."""
        return {
            "panel_size": self.panel_size,
            "quota": {category: seats for category, seats in self.quota.items() if seats},
            "titles": list(self.titles),
            "natures": list(self.natures),
            "exclude_directions": list(self.exclude_directions),
            "security_waiver": self.security_waiver,
            "redraw_reason": self.redraw_reason,
        }


@dataclass(frozen=True)
class Seat:
    """A seat that is filled or promised already: whose unit it takes and which category."""

    unit_id: int
    category: str


@dataclass(frozen=True)
class Designee:
    """What the register knows of somebody asked for by name.

    `recused` says why he must stay away, empty if nothing is known; `user_id` is his account. Where he works
    part-time counts as his unit too (domain.md no. 42).
    """

    expert_id: int
    name: str
    unit_id: int
    unit_name: str
    in_pool: bool
    in_term: bool
    available: bool
    directions: frozenset[str]
    user_id: int | None
    recused: str = ""
    classified_verified: bool = False
    clashes: bool = False
    part_time_units: frozenset[int] = frozenset()

    @property
    def units(self) -> frozenset[int]:
        """All units that he takes on a panel."""
        return self.part_time_units | {self.unit_id}


@dataclass(frozen=True)
class Facts:
    """What surrounds a draft: the activity, the people named, and the seats that stand.

    Attributes:
        starts_at: the beginning of the review.
        organiser_id: account of the organiser; he and the leader are never designated.
        designees: expert id -> what the register knows, for every designation of the draft.
        standing: designations of earlier versions that stand.
        kept: members kept from earlier draws.
        draws: how many draws there were.
        called_off: draws of cancelled reviews of the same unit's projects by this department.
        classified: whether only experts with verified classified experience may sit.
        part_time_units: units for which those who stand or are kept work part-time.
    """

    starts_at: datetime
    organiser_id: int
    leader_id: int
    designees: Mapping[int, Designee] = field(default_factory=dict)
    standing: tuple[Seat, ...] = ()
    kept: tuple[Seat, ...] = ()
    draws: int = 0
    called_off: int = 0
    classified: bool = False
    part_time_units: frozenset[int] = frozenset()

    @property
    def taken_units(self) -> frozenset[int]:
        """The units of those who stand or are kept."""
        return self.part_time_units | {seat.unit_id for seat in (*self.standing, *self.kept)}


#: Cancelling and entering anew would otherwise be a draw that nobody counts.
_CALLED_OFF = "本部门对同一项目单位的评审已有 {} 次抽取后取消"


def categories_of(draft: ConditionsDraft, facts: Facts, rules: RuleSet) -> tuple[str, ...]:
    """The categories of the draw in the rule set's order: with a seat, or designated (their seats may open)."""
    wanted = {category for category, seats in draft.quota.items() if seats}
    wanted |= {one.category for one in draft.designations} | {seat.category for seat in facts.standing}
    return tuple(name for name in rules.texts("selection.category_directions") if name in wanted)


def most_designated(panel_size: int, rules: RuleSet) -> int:
    """How many of a panel may be designated: a third, rounded down (第十九条（三）, domain.md no. 35)."""
    return panel_size // rules.integer("selection.designated_share")


def approval_reasons(draft: ConditionsDraft, facts: Facts, rules: RuleSet) -> tuple[str, ...]:
    """Why the leader must agree before the lock: no security expert, or a redraw beyond those that are free."""
    reasons = []
    if draft.security_waiver and not _security_seats(draft, facts, rules):
        reasons.append(f"不设安全相关领域专家：{draft.security_waiver}")
    if facts.draws + facts.called_off > rules.integer("selection.redraws_without_leader"):
        reasons += [f"第 {facts.draws + 1} 次抽取：{draft.redraw_reason}"] if facts.draws else []
        reasons += [_CALLED_OFF.format(facts.called_off)] if facts.called_off else []
    return tuple(reasons)


def require(findings: Iterable[Finding]) -> None:
    """Refuses what is bad, each message at its field.

    :raises Invalid: there is something bad.
    """
    errors: dict[str, str] = {}
    for finding in findings:
        if finding.is_bad:
            errors[finding.field] = "；".join(filter(None, (errors.get(finding.field), finding.message)))
    if errors:
        raise Invalid(errors)


def check(draft: ConditionsDraft, facts: Facts, rules: RuleSet) -> tuple[Finding, ...]:
    """Every rule about the seats, the designated and the recused; times are `timing.check_times`."""
    found: list[Finding] = []
    found += _size(draft, rules)
    found += _categories(draft, facts, rules)
    found += _seats(draft, facts)
    found += _security(draft, facts, rules)
    found += _share(draft, facts, rules)
    for index, one in enumerate(draft.designations):
        found += _designated(index, one, draft, facts, rules)
    found += _units(draft, facts)
    found += _recusals(draft, rules)
    found += _redraw(draft, facts)
    return tuple(found)


def _size(draft: ConditionsDraft, rules: RuleSet) -> Iterator[Finding]:
    size, least = draft.panel_size, rules.integer("selection.panel_min")
    allowed = rules.numbers("selection.panel_sizes")
    article, where = "第十七条", "panel_size"
    if size < least:
        yield Finding("SIZE_SMALL", "bad", f"专家人数：{size} 人，不少于 {least} 人", article, where)
    elif size % 2 == 0:
        yield Finding("SIZE_EVEN", "bad", f"专家人数：{size} 人是双数，须为单数", article, where)
    elif size not in allowed:
        yield Finding("SIZE_LARGE", "bad", f"专家人数：{size} 人，最多 {max(allowed)} 人", article, where)
    else:
        yield Finding("SIZE", "ok", f"{size} 人，单数，不少于 {least} 人", article, where)


def _categories(draft: ConditionsDraft, facts: Facts, rules: RuleSet) -> Iterator[Finding]:
    known = rules.texts("selection.category_directions")
    unknown = [name for name, seats in draft.quota.items() if seats and name not in known]
    if unknown:
        yield Finding("CATEGORY_UNKNOWN", "bad", f"席位：“{'、'.join(unknown)}”不能作为抽取的类别", "第十六条", "quota")
    if any(seats < 0 for seats in draft.quota.values()):
        yield Finding("SEATS_NEGATIVE", "bad", "席位：每个类别的席位数不小于 0", "第十六条", "quota")
    number = len(categories_of(draft, facts, rules))
    if number > MOST_CATEGORIES:
        message = f"席位：共 {number} 个类别，一次抽取最多 {MOST_CATEGORIES} 个"
        yield Finding("CATEGORIES_MANY", "bad", message, "第十六条", "quota")
    kept = Counter(seat.category for seat in facts.kept)
    for category, number in kept.items():
        if draft.quota.get(category, 0) < number:
            message = f"席位：{category} 已有 {number} 名专家接受邀请，席位数不能少于 {number}"
            yield Finding("SEATS_KEPT", "bad", message, "第十九条（五）", f"quota.{category}")


def _seats(draft: ConditionsDraft, facts: Facts) -> Iterator[Finding]:
    drawn = sum(draft.quota.values())
    designated = len(draft.designations) + len(facts.standing)
    if drawn + designated == draft.panel_size:
        message = f"席位 {drawn + designated} 个，与专家人数一致"
        yield Finding("SEATS", "ok", message, "第十九条（二）", "quota")
        return
    parts = f"抽取 {drawn} 席" + (f"、指定 {designated} 席" if designated else "")
    off = drawn + designated - draft.panel_size
    difference = f"多 {off} 席" if off > 0 else f"少 {-off} 席"
    message = f"席位：{parts}，比专家人数 {draft.panel_size} {difference}"
    yield Finding("SEATS", "bad", message, "第十九条（二）", "quota")


def _security_seats(draft: ConditionsDraft, facts: Facts, rules: RuleSet) -> int:
    security = rules.texts("selection.security_directions")
    drawn = sum(seats for category, seats in draft.quota.items() if category in security)
    designated = [one.category for one in draft.designations] + [seat.category for seat in facts.standing]
    return drawn + sum(category in security for category in designated)


def _security(draft: ConditionsDraft, facts: Facts, rules: RuleSet) -> Iterator[Finding]:
    seats, least = _security_seats(draft, facts, rules), rules.integer("selection.security_min")
    article = "第十七条"
    if seats >= least:
        yield Finding("SECURITY", "ok", f"安全相关 {seats} 人，不少于 {least} 人", article, "quota")
    elif draft.security_waiver:
        message = "不设安全相关领域专家，须分管领导同意"
        yield Finding("SECURITY_WAIVED", "warn", message, article, "security_waiver")
    else:
        names = "、".join(rules.texts("selection.security_directions"))
        message = f"安全相关领域专家（{names}）不少于 {least} 名；确不需要的，请填写理由，由分管领导同意"
        yield Finding("SECURITY", "bad", message, article, "security_waiver")


def _share(draft: ConditionsDraft, facts: Facts, rules: RuleSet) -> Iterator[Finding]:
    number = len(draft.designations) + len(facts.standing)
    most, share = most_designated(draft.panel_size, rules), share_words(rules.integer("selection.designated_share"))
    article, where = "第十九条（三）", "designations"
    if number > most:
        message = f"指定专家：{number} 人，{draft.panel_size} 人小组最多指定 {most} 人（{share}，向下取整）"
        yield Finding("SHARE", "bad", message, article, where)
    elif number:
        yield Finding("SHARE", "ok", f"指定 {number} 人，不超过{share}（上限 {most} 人）", article, where)


def _designated(
    index: int, one: DesignationDraft, draft: ConditionsDraft, facts: Facts, rules: RuleSet
) -> Iterator[Finding]:
    where, article = f"designations.{index}.expert", "第十九条（三）"
    known = facts.designees.get(one.expert_id) if one.expert_id is not None else None
    if known is None:
        yield from unknown(index, one)
        return
    if [other.expert_id for other in draft.designations[:index]].count(one.expert_id):
        yield Finding("DESIGNATED_TWICE", "bad", f"指定专家：{known.name} 已在名单中", article, where)
    for code, message, by in _against(known, facts):
        yield Finding(code, "bad", f"指定专家：{known.name} {message}", by, where)
    if one.category not in rules.texts("selection.category_directions"):
        yield Finding("DESIGNATED_CATEGORY", "bad", "指定专家：请选择类别", article, f"designations.{index}.category")
    elif one.category not in known.directions:
        message = f"指定专家：{known.name} 的技术方向没有“{one.category}”"
        yield Finding("DESIGNATED_CATEGORY", "bad", message, "第十八条（二）", f"designations.{index}.category")
    if not one.reason.strip():
        message = "指定理由：请填写"
        yield Finding("DESIGNATED_REASON", "bad", message, article, f"designations.{index}.reason")


def unknown(index: int, one: DesignationDraft) -> Iterator[Finding]:
    """Says of a designation that the pool has nobody like that (第七条)."""
    message = f"指定专家：“{one.typed}”不在专家库中" if one.typed else "指定专家：请从专家库中选择"
    yield Finding("DESIGNATED_UNKNOWN", "bad", message, "第七条", f"designations.{index}.expert")


def _against(known: Designee, facts: Facts) -> Iterator[tuple[str, str, str]]:
    """Why somebody cannot be designated: code, words, article."""
    if not known.in_pool:
        yield "DESIGNATED_POOL", "不在专家库中", "第七条"
        return
    if not known.in_term:
        yield "DESIGNATED_TERM", "评审时不在聘期内", "第十三条"
    if not known.available:
        yield "DESIGNATED_AWAY", "正在请假或暂停", "第二十条"
    if known.user_id is not None and known.user_id in (facts.organiser_id, facts.leader_id):
        yield "DESIGNATED_SELF", "是本次评审的组织人或分管领导", "第十八条（三）"
    if known.recused:
        yield "DESIGNATED_RECUSED", f"须回避：{known.recused}", "第十八条（三）"
    if facts.classified and not known.classified_verified:
        yield "DESIGNATED_CLASSIFIED", "的涉密经历未经核实", "第十一条（二）6"
    if known.clashes:
        yield "DESIGNATED_CLASH", CANNOT_SIT, "第十八条（二）"


def _units(draft: ConditionsDraft, facts: Facts) -> Iterator[Finding]:
    article = "第十八条（三）"
    named: dict[int, str] = {}
    own: set[int] = set()
    clash = False
    for index, one in enumerate(draft.designations):
        known = facts.designees.get(one.expert_id or 0)
        if known is None:
            continue
        whose = _shares_unit(known, named)
        sits = bool(known.units & facts.taken_units)
        if whose or sits:
            clash = True
            at = f"同属{known.unit_name}" if not known.part_time_units else "属同一单位（兼职单位计入）"
            message = f"指定专家：{known.name} {CANNOT_SIT if sits else f'与{whose}{at}'}"
            yield Finding("SAME_UNIT", "bad", message, article, f"designations.{index}.expert")
        own.add(known.unit_id)
        for unit_id in known.units:
            named.setdefault(unit_id, known.name)
    if named and not clash:
        yield Finding("SAME_UNIT", "ok", f"指定专家来自 {len(own)} 个单位，没有重复", article, "designations")


def _shares_unit(known: Designee, named: Mapping[int, str]) -> str:
    """Who of those named with him is of one of his units; empty if nobody."""
    for unit_id in sorted(known.units):
        if named.get(unit_id, known.name) != known.name:
            return named[unit_id]
    return ""


def _recusals(draft: ConditionsDraft, rules: RuleSet) -> Iterator[Finding]:
    article = "第十八条（三）"
    for index, one in enumerate(draft.recusals):
        if (one.unit_id is None) == (one.expert_id is None):
            message = "回避：请选择单位或专家"
            yield Finding("RECUSAL", "bad", message, article, f"recusals.{index}.who")
        if not one.reason.strip():
            yield Finding("RECUSAL_REASON", "bad", "回避原因：请填写", article, f"recusals.{index}.reason")
    written = sum(one.source == "written" for one in draft.recusals)
    most = rules.integer("selection.max_written_recusals")
    if written > most:
        message = f"项目单位书面提出回避 {written} 项，超过 {most} 项，将报分管领导知悉"
        yield Finding("WRITTEN_MANY", "warn", message, article, "recusals")


def _redraw(draft: ConditionsDraft, facts: Facts) -> Iterator[Finding]:
    if facts.called_off:
        yield Finding("CALLED_OFF", "warn", _CALLED_OFF.format(facts.called_off), "第十八条（一）", "redraw_reason")
    if facts.draws and not draft.redraw_reason.strip():
        yield Finding("REDRAW_REASON", "bad", "重新抽取的原因：请填写", "第十九条（二）", "redraw_reason")
