"""What the process owners of the demo have begun: a version that waits for approval, a changed parameter, a notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

import sqlalchemy as sa

from app.core import clock
from app.core.database import db
from app.notices import texts
from app.regulations import changes
from app.regulations.rule_sets import plain_value
from app.web.demo.world import second_look
from app.web.demo.world.acts import World, at
from app.workflow.models import Instance
from app.workflow.releases import drafts, publishing
from app.workflow.room import suspension

Deed = Callable[[], object]

KEY = "objection_handling"
_PARAMETER = "entry.publish_period"
_NOTICE = "supplement_wanted"
_OWNER, _SECOND_OWNER = "shenwangshu", "xuyanqiu"


def told(world: World, suspended: str) -> Iterator[tuple[datetime, Deed]]:
    """Every act with its moment; `suspended` is the applicant whose case stands still."""
    yield at(date(2026, 2, 26), "15:10"), lambda: _write(world)
    yield at(date(2026, 2, 27), "09:40"), lambda: _submit(world)
    yield at(date(2026, 2, 27), "14:20"), lambda: _propose_period(world)
    yield at(date(2026, 2, 28), "10:05"), lambda: _propose_notice(world)
    yield at(date(2026, 2, 28), "15:30"), lambda: _suspend(world, suspended)


def _write(world: World) -> None:
    """A second look at the investigation's report, drawn by the one owner."""
    actor = world.staff[_OWNER]
    draft = drafts.begin(KEY, actor)
    changed = second_look.added_to(drafts.parts_of(draft))
    parts = drafts.DraftChange(xml=changed.xml, forms=changed.forms, scenarios=changed.scenarios)
    drafts.save(draft.id, draft.rev, parts, actor)


def _submit(world: World) -> None:
    draft = drafts.active(KEY)
    if draft is None:
        raise LookupError(f"no draft of {KEY}")
    note = "核实报告送局领导之前，由另一名资格审查岗人员核对证据，写明核对意见。"
    publishing.submit(draft.id, draft.rev, world.staff[_OWNER], note=note)


def _propose_period(world: World) -> None:
    """Half the time for the notice, from the next quarter on; waits for the other owner."""
    present = int(plain_value(world.rules[_PARAMETER]))
    wanted = changes.Proposal(
        _PARAMETER, present // 2, date(2026, 4, 1), "", "公示文书已由系统按模板生成，拟写所需的时间减半。"
    )
    changes.propose(wanted, world.staff[_OWNER], clock.now())


def _propose_notice(world: World) -> None:
    """A clearer word to applicants, by the second owner; waits for the first."""
    sections = texts.present_sections(texts.NOTICE, _NOTICE)
    letter = f"{sections['mail']}\n\n上传前请核对扫描件是否清晰、盖章是否完整。"
    wanted = texts.Wanted(
        texts.NOTICE, _NOTICE, {**sections, "mail": letter}, "近期补正多因扫描件未盖章，在通知中提醒申请人核对。"
    )
    texts.propose(wanted, world.staff[_SECOND_OWNER], clock.now())


def _suspend(world: World, name: str) -> None:
    statement = sa.select(Instance.id).where(Instance.business_key == world.numbers[name])
    case = int(db.session.execute(statement).scalar_one())
    suspension.suspend(case, world.staff[_OWNER], "申请人的工作单位来函说明情况，核实期间暂停办理。")
