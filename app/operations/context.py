"""What an operation may know besides its inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.core.actor import Actor
    from app.regulations import RuleSet


@dataclass(frozen=True)
class OperationContext:
    """The step an operation runs in.

    ``now`` is the instant of the step and the only clock; ``rules`` the rule set the instance started with;
    ``actor`` whoever made the step (SYSTEM for timers). ``send_message(name, business_key, payload)`` queues a message
    that the workflow layer delivers to the other instance after the commit.
    """

    now: datetime
    actor: Actor
    instance_id: str
    business_key: str
    rules: RuleSet
    send_message: Callable[[str, str, Mapping[str, Any]], None]
