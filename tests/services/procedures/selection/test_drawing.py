"""From the commitment to the reveal: who gives a value and when, the first round, replacements, signature."""

from __future__ import annotations

from tests.services.procedures.selection.world import World, drawn


def test_a_panel_is_drawn(there: World) -> None:
    _, outcome = drawn(there)
    assert outcome.complete
    assert len(outcome.invite) == 5
