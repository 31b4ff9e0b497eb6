"""What a comparison tells: signs, what of a thing changed from what to what, and the whole as lines in Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum


class Sign(StrEnum):
    """What became of a thing. `MOVED`: only its place changed (in a table or form: its position)."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


SIGN_WORDS: Mapping[Sign, str] = {
    Sign.ADDED: "新增", Sign.REMOVED: "删去", Sign.CHANGED: "修改", Sign.MOVED: "移动",
}  # fmt: skip


@dataclass(frozen=True)
class Aspect:
    """One property that differs: its Chinese name, and its text in both versions (empty where it is absent)."""

    what: str
    before: str
    after: str

    @property
    def words(self) -> str:
        """As one line."""
        if not self.before:
            return f"{self.what}：加上“{self.after}”"
        if not self.after:
            return f"{self.what}：去掉“{self.before}”"
        return f"{self.what}：“{self.before}”改为“{self.after}”"


@dataclass(frozen=True)
class Change:
    """An element, flow, form field, table row or scenario that differs. `kind` is its Chinese kind (用户任务)."""

    id: str
    kind: str
    name: str
    sign: Sign
    aspects: tuple[Aspect, ...] = ()

    @property
    def title(self) -> str:
        """用户任务“二次审查”."""
        return f"{self.kind}“{self.name or self.id}”"

    @property
    def words(self) -> str:
        """新增用户任务“二次审查”; 用户任务“形式审查”改了期限、办理组."""
        if self.sign != Sign.CHANGED:
            return f"{SIGN_WORDS[self.sign]}{self.title}"
        what = "、".join(dict.fromkeys(aspect.what for aspect in self.aspects))
        return f"{self.title}改了{what}"


@dataclass(frozen=True)
class PartChange:
    """A form or table that differs: the rows are its fields, columns or rules."""

    key: str
    kind: str
    title: str
    sign: Sign
    rows: tuple[Change, ...] = ()

    @property
    def words(self) -> str:
        """As one line, with how many of its parts were added, removed, changed."""
        head = f"{self.kind}“{self.title or self.key}”"
        if self.sign != Sign.CHANGED:
            return f"{SIGN_WORDS[self.sign]}{head}"
        return f"{head}：{counted(self.rows)}"


def counted(changes: Iterable[Change]) -> str:
    """新增 1 处，修改 2 处."""
    signs = [change.sign for change in changes]
    told = [f"{SIGN_WORDS[sign]} {signs.count(sign)} 处" for sign in Sign if sign in signs]
    return "，".join(told) or "写法有变，内容相同"


def differing(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Aspect, ...]:
    """The properties that differ, in the order in which the newer version has them."""
    names = dict.fromkeys([*after, *before])
    return tuple(
        Aspect(name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name, "") != after.get(name, "")
    )


@dataclass(frozen=True)
class Thing:
    """One thing of one version, ready to be held against the other version's. `place` is where it is drawn."""

    id: str
    kind: str
    name: str
    aspects: Mapping[str, str]
    place: object = None


def compared(before: Mapping[str, Thing], after: Mapping[str, Thing], *, ordered: bool = False) -> Iterator[Change]:
    """The differences of things by id: those of the newer version in its order, then those removed.

    `ordered`: their order means something, so that a thing that changed it was moved.
    """
    moved = _out_of_order(list(before), list(after)) if ordered else frozenset()
    for key, thing in after.items():
        old = before.get(key)
        if old is None:
            yield Change(thing.id, thing.kind, thing.name, Sign.ADDED, differing({}, thing.aspects))
        elif aspects := differing(old.aspects, thing.aspects):
            yield Change(thing.id, thing.kind, thing.name or old.name, Sign.CHANGED, aspects)
        elif key in moved or old.place != thing.place:
            yield Change(thing.id, thing.kind, thing.name, Sign.MOVED)
    for key, thing in before.items():
        if key not in after:
            yield Change(thing.id, thing.kind, thing.name, Sign.REMOVED, differing(thing.aspects, {}))


def _out_of_order(before: list[str], after: list[str]) -> frozenset[str]:
    """The fewest keys that must be taken out for the rest to stand in the same order."""
    old = [key for key in before if key in set(after)]
    new = [key for key in after if key in set(before)]
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    kept = {key for block in blocks for key in old[block.a : block.a + block.size]}
    return frozenset(new) - kept
