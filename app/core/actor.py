"""Who acts: passed explicitly to every function that changes or reveals something."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ActorKind = Literal["user", "public", "system"]


@dataclass(frozen=True)
class Actor:
    """A person at a page, a member of the public, or the system itself.

    `roles` are the keys of `app.identity.roles`; `address` is the network address for the audit trail.
    """

    user_id: int | None
    name: str
    roles: frozenset[str] = field(default_factory=frozenset)
    unit_id: int | None = None
    address: str | None = None
    kind: ActorKind = "user"

    def has(self, *roles: str) -> bool:
        """True if the actor holds any of the roles."""
        return not self.roles.isdisjoint(roles)


#: Timers, queued messages and deliveries act as this.
SYSTEM = Actor(user_id=None, name="系统", kind="system")


def public(name: str, address: str | None) -> Actor:
    """An applicant or objector on the public pages, who has no account (domain.md R5)."""
    return Actor(user_id=None, name=name, address=address, kind="public")
