"""Between the root and its children: messages of which the records hold the truth, and cases to be started."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.operations import OperationContext
from app.procedures.selection.service import moves


@dataclass(frozen=True)
class Nothing:
    """No inputs or no outputs."""


def tell(context: OperationContext, tidings: Iterable[moves.Tell]) -> None:
    """Queues what children are told; whoever does not wait reads the records when he comes to it."""
    for one in tidings:
        context.send_message(one.name, one.business_key, one.payload, optional=True)


def start(context: OperationContext, cases: Iterable[moves.NewCase]) -> None:
    """Starts cases below the root once its step has come to rest."""
    for one in cases:
        context.start_case(one.process_key, one.business_key, one.title, one.data, one.subject)


def tell_root(context: OperationContext) -> None:
    """Lets the root look at the records: the key of a child is the activity's number with a further part."""
    number, _, _ = context.business_key.rpartition("-")
    context.send_message(moves.PANEL_CHANGED, number, {}, optional=True)
