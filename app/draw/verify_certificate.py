"""Checks the certificate of a random draw by the rules ZJ-DRAW-1, with nothing but Python's standard library.

    python3 verify_certificate.py certificate.json
    python3 verify_certificate.py --auditor certificate.json     (insists on the auditor's copy)

Answers 0 if everything holds and 1 if not, and then names the first thing that does not hold. It can be copied
alone to any machine: it reads the one file, writes none and calls no network. It shares no code with the
application that made the certificate. Read it from `verify` downwards; the section numbers are those of the rules.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REASONS = ("INELIGIBLE_NOW", "ALREADY_INVITED", "NO_CATEGORY", "UNIT_TAKEN", "NO_SEAT", "WOULD_BLOCK", "TAKEN")
INELIGIBILITIES = ("LEAVE", "REMOVED", "SUSPENDED", "RECUSAL", "CLASH", "UNIT_CHANGED")
MAX_CATEGORIES, MAX_CONTRIBUTION, MAX_INTEGER = 8, 64, 2**53 - 1
USAGE = "没有可读取的证书文件；用法：python3 verify_certificate.py [--auditor] certificate.json"
RESTS_ON = "失格和离组的人数以审计留痕为据，不由抽取证明。"
UNWITNESSED = "未经第二方见证"
IDENTIFIED = "审计副本：名单中的代号与所附专家、单位编号全部一致；副本的签名另行核验。"
PROVES = "核验证明：评审小组由抽取前锁定的名单和条件推出。"
DOES_NOT_PROVE = "核验不证明：锁定的名单没有遗漏；这一点以审计副本和各项筛除人数为准。"


class Fault(Exception):
    """The first thing that does not hold, in Chinese."""


@dataclass(frozen=True)
class RoundFacts:
    """What a round comes to: numbers of people and of seats."""

    number: int
    ineligible: int
    left: int
    opened: int
    taken: int
    complete: bool

    def text(self) -> str:
        """One line of the report."""
        opened = f"，新开席位 {self.opened} 个" if self.opened else ""
        came = f"取中 {self.taken} 人" if self.complete else "没有可行的组成"
        return f"第 {self.number} 轮：失格 {self.ineligible} 人，离组 {self.left} 人{opened}，{came}"


@dataclass(frozen=True)
class Report:
    """What came out: whether all holds, the first thing that does not, and the lines to be read."""

    ok: bool
    fault: str | None
    messages: tuple[str, ...]
    rounds: tuple[RoundFacts, ...] = ()


@dataclass
class Draw:
    """What the rounds follow from, and what the rounds checked so far have come to."""

    candidates: list[tuple[str, str, int]]
    categories: list[str]
    seats: list[int]  # by category, those opened so far included
    unopened: int
    seed: bytes
    index: dict[str, int]
    invited: set[str] = field(default_factory=set)
    members: list[str] = field(default_factory=list)
    complete: bool = False


def verify(document: object, *, auditor: bool = False) -> Report:
    """Checks a certificate: the value read from JSON, or the bytes of the file.

    Salt and ids of an auditor's copy are checked if they are there; `auditor` insists on them.
    """
    try:
        return _verified(read(document) if isinstance(document, bytes) else document, auditor)
    except Fault as fault:
        why = str(fault)
    except RecursionError:
        why = "内容嵌套过深"
    return Report(ok=False, fault=why, messages=(f"核验不通过：{why}",))


def _verified(document: object, auditor: bool) -> Report:
    certificate = _object(document, "证书")
    _need(certificate.get("spec") == "ZJ-DRAW-1", "证书不是按 ZJ-DRAW-1 规则出具的")
    draw = _opening(certificate, _object(certificate.get("conditions"), "抽取条件"))
    identified = auditor or "draw_salt" in certificate or "identities" in certificate
    if identified:
        _check_identities(certificate, draw.candidates)
    rounds = _list(certificate.get("rounds"), "轮次")
    _need(bool(rounds), "证书没有任何一轮抽取")
    facts = tuple(_check_round(draw, number, one) for number, one in enumerate(rounds, 1))
    panel = sorted(draw.members) if draw.complete else []
    _need(_list(certificate.get("panel"), "评审小组名单") == panel, "评审小组名单与最后一轮抽取的成员不一致")
    code = certificate["commit"].upper()
    lines = ["核验通过", f"名单 {len(draw.candidates)} 人，承诺码 {code[:4]}-{code[-4:]}，抽取产生 {len(panel)} 人"]
    lines += [one.text() for one in facts] + [RESTS_ON]
    people = [one.get("by") for one in certificate["contributions"] if one.get("by") != "public"]
    if len(people) < 2 or "witness" not in people:
        lines.append(UNWITNESSED)
    lines += [IDENTIFIED] * identified + [PROVES, DOES_NOT_PROVE]
    return Report(ok=True, fault=None, messages=tuple(lines), rounds=facts)


def read(content: bytes) -> Any:
    """The JSON of a file; a fault if it is none, or if an object names a key twice."""
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=int)
    except UnicodeDecodeError as error:
        raise Fault("文件不是 UTF-8 文本") from error
    except json.JSONDecodeError as error:
        raise Fault(f"文件不是合法的 JSON（第 {error.lineno} 行第 {error.colno} 个字符）") from error
    except ValueError as error:
        raise Fault("文件中有过长或不合法的数") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    twice = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
    _need(not twice, f"JSON 中的键“{_short('、'.join(twice))}”重复")
    return dict(pairs)


def _need(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Fault(otherwise)


def _object(value: Any, what: str) -> Any:
    _need(isinstance(value, dict), f"{what}缺失或不是 JSON 对象")
    return value


def _list(value: Any, what: str, length: int | None = None) -> Any:
    _need(isinstance(value, list), f"{what}缺失或不是列表")
    _need(length in (None, len(value)), f"{what}不是 {length} 项")
    return value


def _hex(value: Any, what: str, *lengths: int) -> str:
    fits = isinstance(value, str) and len(value) in lengths and re.fullmatch("[0-9a-f]+", value)
    _need(bool(fits), f"{what}缺失或不是规定长度的小写十六进制数")
    return str(value)


def _count(value: Any, what: str) -> int:
    """A whole number from 0 on; 1.0 and true are none."""
    _need(type(value) is int and 0 <= value <= MAX_INTEGER, f"{what}缺失或不是非负整数")
    return int(value)


def _short(value: object) -> str:
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 80 else shown[:80] + "…"


def _opening(certificate: dict[str, Any], conditions: dict[str, Any]) -> Draw:
    """Sections 1 to 3: list, conditions, commitment, seed."""
    categories, seats, designated = _seats(conditions)
    candidates = _candidates(certificate.get("candidates"), len(categories))
    lines = "".join(f"{pid}\t{unit}\t{mask}\n" for pid, unit, mask in candidates)
    listed = hashlib.sha256(lines.encode("ascii"))
    _need(_hex(certificate.get("list_hash"), "名单摘要", 64) == listed.hexdigest(), "名单与名单摘要不一致")
    server_seed = bytes.fromhex(_hex(certificate.get("server_seed"), "系统种子", 64))
    conditioned = hashlib.sha256(canonical(conditions).encode("utf-8"))
    hashes = conditioned.digest() + listed.digest() + len(candidates).to_bytes(8, "big")
    commit = hashlib.sha256(b"ZJ-DRAW-1/commit" + server_seed + hashes)
    matches = _hex(certificate.get("commit"), "承诺值", 64) == commit.hexdigest()
    _need(matches, "承诺值与名单、抽取条件和系统种子不一致")
    seed = hashlib.sha256(b"ZJ-DRAW-1/seed" + server_seed + commit.digest())
    contributions = _list(certificate.get("contributions"), "投入的随机值")
    _need(bool(contributions), "没有人投入随机值")
    for one in contributions:
        given = _object(one, "投入的随机值").get("value")
        value = bytes.fromhex(_hex(given, "投入的随机值", *range(2, 2 * MAX_CONTRIBUTION + 1, 2)))
        seed.update(len(value).to_bytes(4, "big") + value)
    index = {pid: at for at, (pid, _, _) in enumerate(candidates)}
    return Draw(candidates, categories, seats, designated, seed.digest(), index)


def _seats(conditions: dict[str, Any]) -> tuple[list[str], list[int], int]:
    for key in ("activity", "categories", "quota", "panel_size"):
        _need(key in conditions, f"抽取条件缺少 {key}")
    categories = _list(conditions["categories"], "抽取条件的类别")
    fit = all(isinstance(name, str) for name in categories) and len(set(categories)) == len(categories)
    _need(fit and len(categories) <= MAX_CATEGORIES, f"抽取条件的类别不是至多 {MAX_CATEGORIES} 个不同的文字")
    quota = _object(conditions["quota"], "抽取条件的席位")
    for name, count in quota.items():
        _need(name in categories, f"抽取条件的席位用了没有列出的类别“{_short(name)}”")
        _count(count, f"类别“{_short(name)}”的席位数")
    designated = _count(conditions.get("designated", 0), "人工遴选的席位数")
    return categories, [quota.get(name, 0) for name in categories], designated


def _candidates(value: object, categories: int) -> list[tuple[str, str, int]]:
    candidates: list[tuple[str, str, int]] = []
    for number, one in enumerate(_list(value, "名单"), 1):
        pid, unit, mask = _list(one, f"名单第 {number} 行", 3)
        _hex(pid, f"名单第 {number} 行的代号", 32)
        _hex(unit, f"名单第 {number} 行的单位代号", 32)
        known = _count(mask, f"名单第 {number} 行的类别") < 1 << categories
        _need(known, f"名单第 {number} 行的类别超出抽取条件")
        _need(not candidates or candidates[-1][0] < pid, f"名单第 {number} 行没有按代号排序或代号重复")
        candidates.append((pid, unit, mask))
    return candidates


def canonical(value: Any) -> str:
    """Section 2: RFC 8785 for what conditions may hold: keys by UTF-16 code units, whole numbers, texts as they are."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        _need(abs(value) <= MAX_INTEGER, "抽取条件中有过大的数")
        return str(value)
    if isinstance(value, str):
        _need(not re.search("[\ud800-\udfff]", value), "抽取条件中有不成对的代理字符")
        return json.dumps(value, ensure_ascii=False)  # escapes what RFC 8785 escapes, and in the same way
    if isinstance(value, list):
        return "[" + ",".join(canonical(one) for one in value) + "]"
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: str(key).encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in keys) + "}"
    raise Fault("抽取条件中有小数，规则只允许整数")


def _check_identities(certificate: dict[str, Any], candidates: list[tuple[str, str, int]]) -> None:
    """Section 7: the auditor's copy has a line `[pid, expert id, unit id]` for every candidate."""
    salt = bytes.fromhex(_hex(certificate.get("draw_salt"), "审计副本的盐值", 64))
    lines = _list(certificate.get("identities"), "审计副本的编号对照")
    _need(len(lines) == len(candidates), "审计副本的编号对照与名单人数不同")
    for number, (line, (pid, unit, _)) in enumerate(zip(lines, candidates), 1):  # noqa: B905 - same length
        where = f"审计副本的编号对照第 {number} 行"
        named, *ids = _list(line, where, 3)
        _need(all(type(one) in (int, str) for one in ids), f"{where}的编号不是整数或文字")
        texts = [text.encode("utf-8", "replace") for text in (f"expert:{ids[0]}", f"unit:{ids[1]}")]
        made = [hmac.new(salt, text, "sha256").hexdigest()[:32] for text in texts]
        _need([named, *made] == [pid, pid, unit], f"{where}与名单的代号不一致")


def order(seed: bytes, n: int) -> Iterator[int]:
    """Section 4: 0…n-1 shuffled from the front (Fisher-Yates), one after the other."""
    words = _words(seed)
    swapped: dict[int, int] = {}  # any other place still holds its own number
    for t in range(n):
        rest = n - t
        word = next(word for word in words if word < 2**64 - 2**64 % rest)
        j = t + word % rest
        yield swapped.get(j, j)
        swapped[j] = swapped.get(t, t)


def _words(seed: bytes) -> Iterator[int]:
    block = 0
    while True:
        stream = hmac.new(seed, b"ZJ-DRAW-1/stream" + block.to_bytes(8, "big"), "sha256").digest()
        yield from (int.from_bytes(stream[at : at + 8], "big") for at in (0, 8, 16, 24))
        block += 1


def _check_round(draw: Draw, number: int, value: object) -> RoundFacts:
    """Section 5: what a round starts from, and the walk anew."""
    where = f"第 {number} 轮"
    given = _object(value, where)
    opened = _open_seats(draw, where, given.get("opened", {}))
    ineligible = _ineligible(draw, where, given.get("ineligible"))
    retained = _list(given.get("retained"), f"{where}的留任成员")
    _need(number > 1 or not (retained or ineligible), f"{where}不应有留任成员或失格人员")
    _need(all(pid in draw.members for pid in retained), f"{where}的留任成员不是上一轮的成员")
    _need(len(set(retained)) == len(retained), f"{where}的留任成员重复")
    _need(not ineligible.intersection(retained), f"{where}的留任成员同时列为失格")
    log = _list(given.get("log"), f"{where}的记录")
    left = len(draw.members) - len(retained)
    panel = Panel(draw, ineligible)
    for pid in retained:
        panel.join(*draw.candidates[draw.index[pid]])
    draw.members, draw.complete = panel.members, panel.completable()
    if draw.complete:
        _walk(draw, where, panel, ineligible, log)
    else:
        _need(not log, f"{where}已组不成评审小组，记录应为空")
    return RoundFacts(number, len(ineligible), left, opened, len(draw.members) - len(retained), draw.complete)


def _open_seats(draw: Draw, where: str, value: object) -> int:
    opened = _object(value, f"{where}新开的席位")
    for name, count in opened.items():
        _need(name in draw.categories, f"{where}新开席位用了没有列出的类别“{_short(name)}”")
        draw.seats[draw.categories.index(name)] += _count(count, f"{where}新开的席位数")
    draw.unopened -= sum(opened.values())
    _need(draw.unopened >= 0, f"{where}新开的席位多于人工遴选的席位")
    return sum(opened.values())


def _ineligible(draw: Draw, where: str, value: object) -> set[str]:
    ineligible: set[str] = set()
    for pair in _list(value, f"{where}的失格人员"):
        pid, reason = _list(pair, f"{where}失格人员的一项", 2)
        known = isinstance(pid, str) and pid in draw.index
        _need(known, f"{where}的失格人员“{_short(pid)}”不在名单中")
        _need(pid not in ineligible, f"{where}的失格人员“{_short(pid)}”重复")
        _need(reason in INELIGIBILITIES, f"{where}失格的理由“{_short(reason)}”不在规则之内")
        ineligible.add(pid)
    return ineligible


def _walk(draw: Draw, where: str, panel: Panel, ineligible: set[str], log: list[Any]) -> None:
    """From position 0 on, until the seats are full: every line of the log must be the one the rules give."""
    steps = order(draw.seed, len(draw.candidates))
    for number, entry in enumerate(log, 1):
        index, _, given = _list(entry, f"{where}记录第 {number} 条", 3)
        _need(given in REASONS, f"{where}记录第 {number} 条的理由“{_short(given)}”不在规则之内")
        _need(not panel.full(), f"{where}席位已满，记录第 {number} 条起多余")
        at = next(steps)
        pid, unit, mask = draw.candidates[at]
        reason = "INELIGIBLE_NOW" if pid in ineligible else "ALREADY_INVITED" if pid in draw.invited else None
        reason = reason or panel.reason(unit, mask)
        if type(index) is not int or entry != [at, pid, reason]:
            raise Fault(f"{where}记录第 {number} 条应为 {_short([at, pid, reason])}，证书写的是 {_short(entry)}")
        if reason == "TAKEN":
            panel.join(pid, unit, mask)
    _need(panel.full(), f"{where}席位未满，记录不完整")
    draw.invited.update(panel.members)


class Panel:
    """The members of a round so far, and whether one more still leaves a legal panel.

    By Hall's theorem it is enough to count for every set of categories (a set is a number, bit i for category i):
    the members who can sit only in the set are no more than its seats, and its seats are no more than the
    members and the units without a member that can take one of them.
    """

    def __init__(self, draw: Draw, ineligible: set[str]) -> None:
        self.members: list[str] = []
        self._units = {unit: 0 for _, unit, _ in draw.candidates}  # those without a member: their free masks
        for pid, unit, mask in draw.candidates:
            if pid not in draw.invited and pid not in ineligible:
                self._units[unit] |= mask
        free = Counter(self._units.values())
        self._sets = range(1 << len(draw.seats))
        self._seats = [sum(count for bit, count in enumerate(draw.seats) if one >> bit & 1) for one in self._sets]
        self._able = [sum(count for mask, count in free.items() if mask & one) for one in self._sets]
        self._bound = [0 for _ in self._sets]

    def full(self) -> bool:
        """Whether every seat has its member."""
        return len(self.members) == self._seats[-1]

    def completable(self) -> bool:
        """Whether the members can all sit and the other seats be filled by units without a member."""
        return all(self._bound[one] <= self._seats[one] <= self._able[one] for one in self._sets)

    def join(self, pid: str, unit: str, mask: int) -> None:
        """Makes him a member; his unit sends nobody else."""
        self.members.append(pid)
        unit_mask = self._units.pop(unit)
        for one in self._sets:
            self._bound[one] += not mask & ~one
            self._able[one] += bool(mask & one) - bool(unit_mask & one)

    def reason(self, unit: str, mask: int) -> str:
        """The code of somebody who is neither ineligible nor already invited."""
        if not mask:
            return "NO_CATEGORY"
        if unit not in self._units:
            return "UNIT_TAKEN"
        if any(not mask & ~one and self._bound[one] == self._seats[one] for one in self._sets):
            return "NO_SEAT"
        rest = self._units[unit] & ~mask  # what the unit could have filled and he cannot
        tight = (one for one in self._sets if one & rest and not one & mask)
        return "WOULD_BLOCK" if any(self._able[one] == self._seats[one] for one in tight) else "TAKEN"


def main(arguments: list[str]) -> int:
    """Prints the report; 0 if everything holds, otherwise 1."""
    paths = [one for one in arguments if one != "--auditor"]
    try:
        report = verify(Path(*paths[:1] if len(paths) == 1 else "").read_bytes(), auditor="--auditor" in arguments)
    except OSError:
        report = Report(ok=False, fault=USAGE, messages=(USAGE,))
    text = "\n".join((*report.messages, ""))
    sys.stdout.buffer.write(text.encode(sys.stdout.encoding or "utf-8", "backslashreplace"))
    return int(not report.ok)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
