"""Reviews by chance, with fixed seeds: whatever happens, no panel breaks the regulation and every draw verifies."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest

from app.core import randomness
from tests.services.procedures.selection.chance import Play
from tests.services.procedures.selection.world import world

#: What the seeds below must have come through, or they show nothing.
SEEN = {"draw", "accept", "decline", "recuse", "silence", "confirm", "list_ready", "final", "short"}


def played(seed: int, steps: int = 45) -> Counter[str]:
    """Three reviews from one pool with all that chance brings, the clock going on so many times."""
    play = Play(world(60), seed, reviews=3)
    play.run(steps)
    play.finish()
    return play.moves


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_the_panel_is_lawful_and_every_draw_verifies(
    database: Any, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The draws' own secrets too: with those of the system the same dice would lead elsewhere in every run.
    monkeypatch.setattr(randomness, "secret_bytes", Random(seed).randbytes)
    moves = played(seed)
    assert moves.keys() >= SEEN
