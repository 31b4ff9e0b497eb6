"""The papers of draws from the records: 抽取记录表 with all draws of an activity, 承诺单 of one (draw.md §3, §8)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.core.clock import ZONE
from app.core.masking import mask_name
from app.draw import Reason, short_code
from app.notices.documents.commitment_sheet import CommitmentSheet
from app.notices.documents.draw_record import (
    DrawRecord,
    Given,
    RecordedDesignation,
    RecordedDraw,
    RecordedRound,
    RecordedSeat,
    Walked,
)
from app.procedures.selection import seats, store
from app.procedures.selection.models import (
    Activity,
    ContributorRole,
    Designation,
    DesignationState,
    DrawState,
    PanelDraw,
    PanelRound,
)
from app.procedures.selection.queries.ceremony import Place, WalkedRound, ceremony
from app.procedures.selection.queries.panel_papers import (
    Printing,
    heading,
    moment,
    names_are_shown,
    names_note,
    panel_of,
)
from app.procedures.selection.rules.words import (
    REASON_WORDS,
    RESTS_ON_TRAIL,
    THE_DRAW,
    WITHOUT_SECOND_PERSON,
    ineligibility_words,
)
from app.regulations.rule_sets import RuleSet

#: A round that came to more people lists the taken one by one and counts the others.
LISTED = 80


def record_of(found: Activity, rules: RuleSet, printing: Printing) -> DrawRecord:
    """The record form of all draws as far as they have come; whoever was passed over stays masked for good."""
    shown = names_are_shown(found, rules, printing.at)
    return DrawRecord(
        number=found.number,
        facts=(*heading(found, printing.at), ("回避", _recusals(found, rules))),
        draws=[_draw(found, one, shown=shown) for one in store.draws_of(found.number)],
        designations=_designations(found),
        seats=[
            RecordedSeat(one.line, one.name, one.category, one.way.replace("\n", "，"), one.state)
            for one in panel_of(found, shown=shown)
        ],
        the_draw=f"抽取方法（ZJ-DRAW-1 摇号顺延法）：{THE_DRAW}",
        rests_on_trail=RESTS_ON_TRAIL,
        names_note=names_note(found, rules, shown=shown),
        signers=_signers(found),
        printed_by=printing.by,
        printed_at=moment(printing.at),
        printed_on=printing.at.date(),
        is_demo=printing.is_demo,
    )


def commitment_of(found: Activity, draw_no: int, printing: Printing) -> CommitmentSheet:
    """The commitment of one draw; there is one as soon as the conditions are locked.

    :raises NotFound: no such draw.
    """
    draw = store.draw(found.number, draw_no)
    return CommitmentSheet(
        number=found.number,
        draw=f"第 {draw.draw_no} 次抽取",
        facts=(*heading(found, printing.at), ("席位", _quota(json.loads(draw.conditions)))),
        commit=draw.commit,
        short_code=short_code(bytes.fromhex(draw.commit)),
        cond_hash=draw.cond_hash,
        list_hash=draw.list_hash,
        candidates=draw.candidate_count,
        committed_at=_second(draw.committed_at),
        signers=_signers(found),
        printed_by=printing.by,
        printed_at=moment(printing.at),
        printed_on=printing.at.date(),
        is_demo=printing.is_demo,
    )


def _draw(found: Activity, draw: PanelDraw, *, shown: bool) -> RecordedDraw:
    seen = ceremony(found, draw.draw_no, names_shown=shown)
    rounds = store.rounds_of(draw.id)
    return RecordedDraw(
        title=f"第 {draw.draw_no} 次抽取　{draw.state.label}",
        facts=_facts(found, draw),
        filters=[(str(one["label"]), int(one["removed"]), int(one["left"])) for one in seen.filters],
        commit=draw.commit,
        short_code=seen.short_code,
        list_hash=draw.list_hash,
        committed_at=_second(draw.committed_at),
        candidates=draw.candidate_count,
        contributions=[
            Given(f"{one.who}（{one.role}）", one.manner, one.value, _second(one.at)) for one in seen.given if one.at
        ],
        unwitnessed=_unwitnessed(found, draw),
        rounds=[
            _round(walked, made, rounds[at - 1] if at else None)
            for at, (walked, made) in enumerate(zip(seen.rounds, rounds, strict=True))
        ],
        signed=_signature(found, draw),
        certificate=_certificate(draw),
    )


def _facts(found: Activity, draw: PanelDraw) -> list[tuple[str, str]]:
    content, version = json.loads(draw.conditions), store.conditions(found, draw.conditions_version)
    locked = f"第 {draw.conditions_version} 版，{_second(draw.committed_at)} 锁定"
    facts = [
        ("原因", draw.reason or "首次抽取"),
        ("条件", f"{locked}，规则集 {content.get('rule_set', '')}"),
        ("席位", _quota(content)),
    ]
    further = _further(content)
    if further:
        facts.append(("其他条件", further))
    if version.approved_by_name and version.approved_at:
        outcome = "同意" if version.approval_outcome == "agreed" else "不同意"
        words = f"{version.approved_by_name} {moment(version.approved_at)} {outcome}：{version.approval_reason or ''}"
        facts.append(("条件审批", words))
    if draw.ended_at:
        facts.append(("终止", f"{moment(draw.ended_at)}，{draw.end_reason or '重新抽取'}"))
    return facts


def _quota(content: Mapping[str, Any]) -> str:
    quota = content["quota"]
    words = "，".join(f"{name} {quota[name]}" for name in content["categories"] if quota.get(name))
    parts = [words or "没有抽取的席位"]
    if content.get("designated"):
        parts.append(f"指定 {content['designated']} 席")
    if content.get("kept"):
        parts.append(f"此前抽取的 {content['kept']} 人保留")
    return "；".join(parts)


def _further(content: Mapping[str, Any]) -> str:
    named = (("titles", "职称级别"), ("natures", "不抽取的单位性质"), ("exclude_directions", "不抽取的方向"))
    parts = [f"{label}：{'、'.join(content[key])}" for key, label in named if content.get(key)]
    if content.get("classified"):
        parts.append("只抽取涉密经历已核实的专家")
    if content.get("security_waiver"):
        parts.append(f"不设安全相关领域专家：{content['security_waiver']}")
    return "；".join(parts)


def _recusals(found: Activity, rules: RuleSet) -> str:
    known = store.recusals_of(found.number)
    if not known:
        return "没有"
    units = sum(one.unit_id is not None for one in known)
    late = sum(one.after_lock for one in known)
    words = f"{units} 个单位、{len(known) - units} 名个人（第十八条（三））"
    words = f"{words}，其中锁定后提出 {late} 项" if late else words
    written, most = store.written_recusals(found.number), rules.integer("selection.max_written_recusals")
    return f"{words}；项目单位书面提出 {written} 项，超过 {most} 项，已报分管领导" if written > most else words


def _unwitnessed(found: Activity, draw: PanelDraw) -> str:
    roles = {one.role for one in store.contributions_of(draw.id)}
    if ContributorRole.WITNESS in roles or (found.witness_id is not None and draw.drawn_at is None):
        return ""
    return WITHOUT_SECOND_PERSON


def _round(walked: WalkedRound, made: PanelRound, before: PanelRound | None) -> RecordedRound:
    members = len(before.seats) if before else 0
    listed = [one for one in walked.steps if len(walked.steps) <= LISTED or one.taken]
    passed = Counter(one.short for one in walked.steps if one not in listed)
    taken = sum(one.taken for one in walked.steps)
    full = f"坐满 {len(made.seats)} 席，新取中 {taken} 人。"
    return RecordedRound(
        title=f"第 {walked.no} 轮",
        made_at=_second(walked.at),
        retained=len(made.retained),
        left=members - len(made.retained),
        ineligible=Counter(ineligibility_words(code) for _, code in made.ineligible),
        opened=made.opened,
        walked=[_place(one) for one in listed],
        left_out=passed,
        outcome=full if made.complete else f"组不成评审小组：{made.shortage}。",
    )


def _place(one: Place) -> Walked:
    name = one.name if one.taken else mask_name(one.name)
    result = REASON_WORDS[Reason(one.code)]
    if one.taken and one.seat:
        result = f"{result}：{one.seat}"
    elif one.code == Reason.INELIGIBLE_NOW:
        result = f"{result}（{one.words}）"
    return Walked(one.place, name, "、".join(one.categories) or "—", result, one.code)


def _signature(found: Activity, draw: PanelDraw) -> str:
    if draw.signed_at is not None:
        return f"监督人{draw.signed_by_name}于 {moment(draw.signed_at)} 签署抽取记录。"
    if found.witness_id is None or draw.drawn_at is None:
        return ""
    return f"监督人{found.witness_name}尚未签署。"


def _certificate(draw: PanelDraw) -> str:
    if draw.drawn_at is None:
        return "尚未抽取。" if draw.state == DrawState.COMMITTED else "摇号之前已终止，没有抽取证书。"
    if draw.revealed_at is None:
        return "抽取证书在评审开始或取消时公开，此前种子和次序封存。"
    return f"种子和次序已于 {moment(draw.revealed_at)} 公开，抽取证书可在“核验抽取证书”页或用离线文件核验。"


def _designations(found: Activity) -> Sequence[RecordedDesignation]:
    known = [one for one in store.designations_of(found.number) if one.state != DesignationState.DRAFT]
    people = seats.people(one.expert_id for one in known)
    return [
        RecordedDesignation(
            people[one.expert_id].name,
            one.category + ("\n抽取后指定" if one.after_draw else ""),
            one.reason,
            _decision(one),
        )
        for one in known
    ]


def _decision(one: Designation) -> str:
    words = one.state.label
    if one.decided_by_name and one.decided_at:
        words = f"{one.decided_by_name} {moment(one.decided_at)} {words}"
    return f"{words}：{one.decision_reason}" if one.decision_reason else words


def _signers(found: Activity) -> Sequence[str]:
    return ("组织人：", "监督人：") if found.witness_id is not None else ("组织人：", "在场人：")


def _second(value: datetime) -> str:
    local = value.astimezone(ZONE)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M:%S}"


