"""A case hears of its notice by the job that delivers it, and is not disturbed when it does not wait."""

from __future__ import annotations

from typing import Any

import pytest

from app.core import clock
from app.core.actor import SYSTEM
from app.jobs.due import run_until_quiet
from app.notices import outbox
from app.notices.outbox import Recipient
from tests.services.workflow.world import World, in_transaction
from tests.unit.engine import diagrams as d

DATA = {"name": "赵海宁", "number": "RK-2026-0147", "reasons": "年龄超过上限"}
SEAT = "PS-2026-0001-07"


def _notify(to: Recipient, key: str = SEAT) -> int:
    return in_transaction(
        lambda: outbox.send(
            "refused", to, DATA, subject_type="invitation", subject_id="7", now=clock.now(), actor=SYSTEM, reply_to=key
        )
    )


def _invitation() -> bytes:
    handed = d.catch("handed", d.message("notice_handed_over", "handed"))
    failed = d.catch("failed", d.message("notice_failed", "failed"))
    nodes = [d.start(), d.node("eventBasedGateway", "sent"), handed, failed, d.user("reply"), d.user("call"), d.end()]
    flows = [
        "begin > sent", "sent > handed", "sent > failed", "handed > reply", "failed > call", "reply > done",
        "call > done",
    ]  # fmt: skip
    return d.diagram("invitation", nodes, flows)


@pytest.mark.parametrize(
    ("to", "opened"),
    [(Recipient(None, "赵海宁", "13912345678"), "reply"), (Recipient(None, "赵海宁"), "call")],
)
def test_a_case_goes_on_when_its_notice_was_handed_over_or_failed(world: World, to: Recipient, opened: str) -> None:
    world.deploy("invitation", _invitation())
    seat = world.start("invitation", SEAT)
    number = _notify(to)
    assert world.open(seat) == []
    run_until_quiet(clock.now())
    assert world.open(seat) == [opened]
    values: dict[str, Any] | None = world.history(seat)[-1].values
    assert values is not None
    assert values["outbox_id"] == number
    if opened == "reply":
        assert values["handed_at"] == clock.now().isoformat()


def test_a_case_that_waits_for_nothing_is_not_disturbed(light_world: World) -> None:
    plain = d.diagram("plain", [d.start(), d.user("work"), d.end()], ["begin > work", "work > done"])
    light_world.deploy("plain", plain)
    case = light_world.start("plain", SEAT)
    _notify(Recipient(None, "赵海宁", "13912345678"))
    _notify(Recipient(None, "赵海宁", "13912345678"), key="PS-2026-0404-01")
    run_until_quiet(clock.now())
    assert (light_world.acts(case), light_world.incidents()) == (["start"], [])
