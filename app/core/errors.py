"""Errors with a message for the person at the page; everything else shows a neutral page and is logged."""

from __future__ import annotations

from collections.abc import Mapping


class UserError(Exception):
    """Something the person can understand and mend. `message` is Chinese; `field` names the form field."""

    status = 422

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotAllowed(UserError):
    """The person may not do or see this."""

    status = 403

    def __init__(self, message: str = "您没有办理或查看此事项的权限") -> None:
        super().__init__(message)


class NotFound(UserError):
    """There is no such thing, or the person may not know that there is."""

    status = 404

    def __init__(self, message: str = "没有找到所要的内容") -> None:
        super().__init__(message)


class Conflict(UserError):
    """Somebody else was faster, or the thing is in another state by now."""

    status = 409


class Stale(Conflict):
    """The page was made from an older state; what was typed must be kept by the caller."""


class Invalid(UserError):
    """Several fields are wrong: field name -> message."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("；".join(errors.values()))
        self.errors = dict(errors)
