"""Every case that the demo world played to its end goes the same way again on the version it ran on."""

from __future__ import annotations

from flask import Flask

from app.regulations import rule_set
from app.workflow import definitions
from app.workflow.trial import recordings
from app.workflow.trial.replay import Way, replay
from app.workflow.trial.sources import of_version
from app.workflow.trial.subject import subject_of


def test_the_finished_cases_of_the_world_go_the_same_way_again(world_app: Flask) -> None:
    parted: list[tuple[str, object]] = []
    seen: dict[str, int] = {}
    with world_app.app_context():
        for row in definitions.current():
            source = of_version(row.key, row.version)
            subject = subject_of(source.parts, source.called)
            known = [element["id"] for element in row.outline["elements"]]
            for case in recordings.finished(row.id, None, 500):
                seen[row.key] = seen.get(row.key, 0) + 1
                verdict = replay(subject, case, rule_set(case.rule_set_id), known)
                if verdict.way != Way.SAME:
                    parted.append((case.business_key, verdict))
    assert parted == []
    assert seen["expert_entry"] > 10
    assert seen["invitation"] > 10
