"""What an operation says when it cannot be carried out."""

from __future__ import annotations


class OperationError(Exception):
    """An operation could not run. A boundary error event with this ``code`` catches it; else an incident tells why.

    ``message`` is Chinese and may be shown to whoever made the step.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
