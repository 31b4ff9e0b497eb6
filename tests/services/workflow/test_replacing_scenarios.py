"""A scenario that strays from a changed diagram is walked anew and takes its old place in the draft."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from app.core import audit
from app.core.audit import AuditEntry
from app.core.database import db
from app.core.errors import Conflict
from app.workflow.parts import Parts
from app.workflow.releases import drafts
from app.workflow.releases.drafts import DraftChange
from app.workflow.scenarios import parse_scenarios, run
from app.workflow.trial import keeping, runs
from app.workflow.trial.files import mark_of
from app.workflow.trial.subject import unpacked
from tests.services.workflow import trials as t
from tests.unit.engine import diagrams as d

SCENARIOS = """\
# 三种走法
process: reviews
begins: 2026-03-02T09:00:00+08:00
scenarios:
  - name: 甲
    steps:
      - complete: first
        with: {said: true}
      - complete: last
    passes: [first, last]
    avoids: [warn]
    ends: done

  # 乙的说明
  - name: 乙
    steps: [{complete: first}, {complete: last}]
    ends: done
"""


def diagram(*tasks: str) -> str:
    """One task after the other."""
    order = ["begin", *tasks, "done"]
    flows = [f"{one} > {other}" for one, other in pairwise(order)]
    return d.diagram("reviews", [d.start(), *(d.node("userTask", one) for one in tasks), d.end()], flows).decode()


def _changed() -> int:
    """A draft into which a second review was drawn after its scenarios were kept."""
    draft = t.drafted("reviews", Parts(diagram("first", "last"), scenarios=SCENARIOS))
    change = DraftChange(xml=diagram("first", "second", "last"))
    t.written(lambda: drafts.save(draft, drafts.get(draft).rev, change, t.OWNER))
    return draft


def _walked_anew(draft: int, name: str = "甲") -> int:
    trial = t.begun(draft, runs.Setting(scenario=name))
    assert not t.written(lambda: runs.walk(trial, 1))
    assert t.done(trial, "second", agreed=True)
    assert t.written(lambda: runs.follow(trial, t.steps(trial), to_the_end=True))
    assert t.is_over(trial)
    return trial


def _mark(trial: int) -> str:
    found = keeping.mark_to_replace(runs.get(trial))
    assert found is not None
    return found


def _text(draft: int) -> str:
    return drafts.get(draft).scenarios or ""


def test_a_scenario_is_walked_to_where_it_strays(database: Any) -> None:
    trial = t.begun(_changed(), runs.Setting(scenario="甲"))
    assert not t.written(lambda: runs.walk(trial, 1))
    found = runs.get(trial)
    assert found.trouble is not None
    assert found.trouble["act"]["element"] == "last"
    assert [step.act["element"] for step in runs.steps_of(found)[1:]] == ["first"]


def test_walking_stops_where_the_process_ends_before_the_scenario(database: Any) -> None:
    draft = t.drafted("reviews", Parts(diagram("first"), scenarios=SCENARIOS))
    trial = t.begun(draft, runs.Setting(scenario="甲"))
    assert not t.written(lambda: runs.walk(trial, 1))
    assert t.is_over(trial)
    assert t.steps(trial) == 2


def test_the_run_takes_the_place_of_the_scenario_it_was_begun_from(database: Any) -> None:
    draft = _changed()
    trial = _walked_anew(draft)
    before = database.query(AuditEntry).count()
    t.written(lambda: keeping.replace(trial, "甲", _mark(trial), t.OWNER))
    kept, other = parse_scenarios(_text(draft))
    assert (kept.name, other) == ("甲", parse_scenarios(SCENARIOS)[1])
    assert [step.element for step in kept.steps] == ["first", "second", "last"]
    assert kept.avoids == {"warn"}
    assert _text(draft).startswith(SCENARIOS[: SCENARIOS.index("  - name: 甲")])
    assert _text(draft).endswith(SCENARIOS[SCENARIOS.index("\n  # 乙的说明"):])
    assert "done" in run(unpacked(runs.get(trial).content).process, kept, runs.rules_of(runs.get(trial))).ends
    lines = database.query(AuditEntry).order_by(AuditEntry.seq).all()[before:]
    assert [(one.action, one.detail["after"]["changed"]) for one in lines] == [("process_draft.save", ["scenarios"])]
    assert list(audit.verify()) == []
    assert runs.get(trial).draft_rev == drafts.get(draft).rev
    assert keeping.mark_to_replace(runs.get(trial)) is None  # what it was begun from is replaced already


def test_what_the_new_way_passes_is_avoided_no_longer(database: Any) -> None:
    draft = t.drafted("reviews", Parts(diagram("first", "warn", "last"), scenarios=SCENARIOS))
    trial = t.begun(draft, runs.Setting(scenario="甲"))
    assert not t.written(lambda: runs.walk(trial, 1))
    assert t.done(trial, "warn")
    assert t.done(trial, "last")
    t.written(lambda: keeping.replace(trial, "甲", _mark(trial), t.OWNER))
    assert parse_scenarios(_text(draft))[0].avoids == frozenset()


def test_a_scenario_deleted_meanwhile_is_not_replaced_and_the_run_can_still_be_kept(database: Any) -> None:
    draft = _changed()
    trial = _walked_anew(draft)
    mark = _mark(trial)
    t.written(lambda: keeping.remove(draft, drafts.get(draft).rev, "甲", t.OWNER))
    left = _text(draft)
    with pytest.raises(Conflict, match="场景“甲”已被删除，没有替换"):
        t.written(lambda: keeping.replace(trial, "甲", mark, t.OWNER))
    assert _text(draft) == left
    assert keeping.mark_to_replace(runs.get(trial)) is None
    t.written(lambda: keeping.keep(trial, "甲", t.OWNER))
    assert [one.name for one in parse_scenarios(_text(draft))] == ["乙", "甲"]


def test_a_scenario_changed_meanwhile_is_not_replaced(database: Any) -> None:
    draft = _changed()
    first, second = _walked_anew(draft), _walked_anew(draft)
    mark = _mark(first)
    t.written(lambda: keeping.replace(second, "甲", _mark(second), t.OWNER))
    newer = _text(draft)
    with pytest.raises(Conflict, match="在此期间已被改过，没有替换"):
        t.written(lambda: keeping.replace(first, "甲", mark, t.OWNER))
    assert _text(draft) == newer
    present = mark_of(newer, "甲")
    assert present is not None
    t.written(lambda: keeping.replace(first, "甲", present, t.OWNER))


def test_a_run_that_is_not_over_replaces_nothing(database: Any) -> None:
    draft = _changed()
    trial = t.begun(draft, runs.Setting(scenario="甲"))
    with pytest.raises(Conflict, match="还没有走到结束"):
        t.written(lambda: keeping.replace(trial, "甲", _mark(trial), t.OWNER))
    t.written(lambda: drafts.discard(draft, t.OWNER, "不改了"))
    db.session.expire_all()
    assert keeping.mark_to_replace(runs.get(trial)) is None
