"""What can go wrong with notices."""

from __future__ import annotations


class TemplateRefused(ValueError):
    """A template that is not there, is badly written, or was given other data than it declares."""


class DeliveryFailed(Exception):
    """A channel could not deliver. `is_permanent` means that trying again on it is useless."""

    def __init__(self, reason: str, *, is_permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_permanent = is_permanent
