"""Who may read whose files: the owner of a kind of subject says so, and nobody may where nobody said anything."""

from __future__ import annotations

from collections.abc import Callable

from app.core.actor import Actor
from app.core.errors import NotFound
from app.registers.files.models import StoredFile

Rule = Callable[[Actor, StoredFile], bool]
_rules: dict[str, Rule] = {}


def readers_of(owner_type: str) -> Callable[[Rule], Rule]:
    """Registers who may read the files of a kind of owner: a function (actor, file) -> bool.

    Applicants have no account: the rule of their pages may ask the browser's session besides.
    """

    def add(rule: Rule) -> Rule:
        _rules[owner_type] = rule
        return rule

    return add


def may_read(actor: Actor, file: StoredFile) -> bool:
    """Whether this actor may read this file now; deleted files nobody may."""
    rule = _rules.get(file.owner_type)
    return file.deleted_at is None and rule is not None and rule(actor, file)


def require_reader(actor: Actor, file: StoredFile | None) -> StoredFile:
    """The file, for those entitled.

    :raises NotFound: no such file, or not for this actor; the message does not tell which.
    """
    if file is None or not may_read(actor, file):
        raise NotFound("没有找到这份文件，或者它不对您开放")
    return file
