"""The conditions as they are hashed and sealed (draw.md §2), and the seats they give to the draw."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.draw import Seats, normalise
from app.procedures.selection.rules.conditions import ConditionsDraft, Facts, categories_of
from app.regulations.rule_sets import RuleSet


def open_seats(draft: ConditionsDraft, facts: Facts) -> dict[str, int]:
    """Category -> seats that this draw fills: the quota less the members kept from earlier draws."""
    kept = Counter(seat.category for seat in facts.kept)
    return {category: seats - kept[category] for category, seats in draft.quota.items() if seats > kept[category]}


def designated_seats(draft: ConditionsDraft, facts: Facts) -> dict[str, int]:
    """Category -> seats of the designated: those that may still open to this draw."""
    names = [one.category for one in draft.designations] + [seat.category for seat in facts.standing]
    return dict(sorted(Counter(names).items()))


def conditions_of(
    heading: Mapping[str, Any], draft: ConditionsDraft, facts: Facts, counts: Sequence[Mapping[str, Any]],
    salt: bytes, rules: RuleSet,
) -> dict[str, Any]:
    """The conditions to be committed to: whole numbers and texts only, every text in NFC, nobody's name.

    `heading` holds number, version and draw of the activity. Who is recused and who is designated enters by a
    digest under the salt of the draw: it can be checked once the salt is known, and not guessed before.
    """
    designated = designated_seats(draft, facts)
    return normalise(
        {
            **heading,
            "categories": list(categories_of(draft, facts, rules)),
            "quota": open_seats(draft, facts),
            "panel_size": draft.panel_size,
            "designated": sum(designated.values()),
            "designated_seats": designated,
            "kept": len(facts.kept),
            "titles": list(draft.titles),
            "natures": list(draft.natures),
            "exclude_directions": list(draft.exclude_directions),
            "classified": facts.classified,
            "security_waiver": draft.security_waiver,
            "starts_at": facts.starts_at.isoformat(),
            "recusals": _digest(salt, ([one.unit_id, one.expert_id, one.source] for one in draft.recusals)),
            "designations": _digest(salt, ([one.expert_id, one.category] for one in draft.designations)),
            "filters": [[count["code"], count["removed"], count["left"]] for count in counts],
            "rule_set": rules.code,
        }
    )


def _digest(salt: bytes, rows: Iterable[Sequence[Any]]) -> str:
    text = json.dumps(sorted(rows, key=json.dumps), ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(salt, text.encode(), "sha256").hex()


def fingerprint(draft: ConditionsDraft, facts: Facts) -> str:
    """What is compared between submission and lock: a change of anything that was submitted gives another one."""
    content = [
        draft.plain(), facts.starts_at.isoformat(), facts.classified,
        sorted([one.expert_id or 0, one.category, one.reason] for one in draft.designations),
        sorted([one.unit_id or 0, one.expert_id or 0, one.source] for one in draft.recusals if not one.after_lock),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def drawn_seats(conditions: Mapping[str, Any], opened: Iterable[Mapping[str, int]]) -> Seats:
    """All seats of a draw: those of its conditions and those that were opened in its rounds."""
    seats = Seats(tuple(conditions["categories"]), conditions["quota"])
    for more in opened:
        seats = seats.opening(more)
    return seats
