"""What an operation may know besides its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from app.core.actor import Actor
    from app.regulations import RuleSet


class SendMessage(Protocol):
    """Queues a message that the workflow layer delivers to the cases of `business_key` after the commit.

    `optional` marks tidings: the records hold the truth and the receiver reads them again, so that the message is
    done with when nobody waits for it. Any other message is tried again until somebody does, or an operator looks.
    """

    def __call__(
        self, name: str, business_key: str, payload: Mapping[str, Any], *, optional: bool = False
    ) -> None: ...


class StartCase(Protocol):
    """Starts a case below the present one, in the same transaction, once this step's token has come to rest.

    The child goes by the same rule set and is started by the actor of the step; `data` is plain JSON, `subject` what
    the case is about (`type:id`). Nothing is started when the operation fails afterwards.
    """

    def __call__(
        self, process_key: str, business_key: str, title: str, data: Mapping[str, Any], subject: str | None = None
    ) -> None: ...


@dataclass(frozen=True)
class OperationContext:
    """The step an operation runs in.

    ``now`` is the instant of the step and the only clock; ``rules`` the rule set the instance started with;
    ``actor`` whoever made the step (SYSTEM for timers). What an operation sends or starts belongs to the step: it is
    gone with the operation when that fails.
    """

    now: datetime
    actor: Actor
    instance_id: str
    business_key: str
    rules: RuleSet
    send_message: SendMessage
    start_case: StartCase
