"""Certificate and auditor's copy (section 7), what the verifier says of them, and files that are none."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.draw import (
    Candidate,
    Identity,
    Malformed,
    Round,
    auditor_copy,
    commitment,
    cond_hash,
    list_hash,
    pseudonym,
    replay,
)
from app.draw import verify_certificate as verifier
from app.draw.verify_certificate import main, verify
from tests.unit.draw.certificates import VECTORS, Certificate, changed, flip, invented, sealed

SALT = bytes(range(32))


@pytest.fixture(scope="module")
def document() -> Certificate:
    """A certificate with replacements and an opened seat."""
    return VECTORS[5]


@pytest.fixture
def audited() -> tuple[Certificate, dict[str, Identity]]:
    """A draw of 20 experts of 7 units with real ids behind the pseudonyms, and who they are."""
    people = {
        pseudonym(SALT, "expert", number): Identity(number, f"单位{number % 7}") for number in range(100, 120)
    }
    chance = random.Random(1)
    candidates = sorted(
        Candidate(pid, pseudonym(SALT, "unit", one.unit_id), chance.randrange(4)) for pid, one in people.items()
    )
    return _with_list(candidates), people


def _with_list(candidates: list[Candidate]) -> Certificate:
    made = invented(random.Random(4), 0, 2, 1)
    listed = list_hash(candidates)
    server_seed = bytes.fromhex(made["server_seed"])
    made |= {
        "candidates": [[*one] for one in candidates],
        "list_hash": listed.hex(),
        "commit": commitment(server_seed, cond_hash(made["conditions"]), listed, len(candidates)).hex(),
    }
    result = replay(sealed(made), [Round()])[0]
    made["rounds"] = [{"retained": [], "ineligible": [], "log": [[*entry] for entry in result.log]}]
    return {**made, "panel": sorted(result.members)}


def test_a_certificate_has_the_form_of_the_rules(document: Certificate) -> None:
    made = json.loads(json.dumps(invented(random.Random(8), 30, 3, 12)))
    assert set(made) == {*document, "committed_at"}
    assert set(made["rounds"][0]) == {"retained", "ineligible", "log"}
    assert made["contributions"][0]["by"] == "organizer"
    assert verify(made).ok


def test_the_report_counts_what_rests_on_the_audit_trail(document: Certificate) -> None:
    report = verify(document)
    assert [(one.ineligible, one.left, one.opened, one.taken) for one in report.rounds] == [
        (0, 0, 0, 4), (8, 1, 1, 2), (6, 2, 0, 2), (9, 2, 0, 2), (11, 2, 0, 2)]
    assert report.messages[3] == "第 2 轮：失格 8 人，离组 1 人，新开席位 1 个，取中 2 人"
    assert verifier.RESTS_ON in report.messages
    assert report.messages[-2:] == (verifier.PROVES, verifier.DOES_NOT_PROVE)


def test_a_round_without_a_legal_panel_says_so() -> None:
    assert verify(VECTORS[9]).messages[3] == "第 2 轮：失格 4 人，离组 4 人，没有可行的组成"


@pytest.mark.parametrize(("by", "witnessed"), [
    (["organizer", "witness"], True), (["witness", "organizer", "public"], True), (["organizer"], False),
    (["witness"], False), (["organizer", "public"], False), (["witness", "public"], False), ([None, None], False),
])
def test_it_says_when_no_second_person_contributed(by: list[str | None], witnessed: bool) -> None:
    short = changed(VECTORS[0], lambda one: one.update(contributions=[{"by": who, "value": "00"} for who in by]))
    report = verify(short)  # no draw took place, so that the values decide nothing
    assert report.ok
    assert (verifier.UNWITNESSED not in report.messages) is witnessed


def test_further_keys_are_ignored(document: Certificate) -> None:
    more = {**document, "committed_at": "2026-03-02T01:00:00Z", "signature": {"value": 1.5}, "unit": None}
    assert verify(more).ok


# ---- the auditor's copy ----


def test_the_auditors_copy_names_whom_the_pseudonyms_stand_for(
    audited: tuple[Certificate, dict[str, Identity]]
) -> None:
    public, people = audited
    copy = json.loads(json.dumps(auditor_copy(public, SALT, people)))
    assert copy["draw_salt"] == SALT.hex()
    assert {pid: (expert, unit) for pid, expert, unit in copy["identities"]} == {
        pid: (one.expert_id, one.unit_id) for pid, one in people.items()}
    assert [line[0] for line in copy["identities"]] == [one[0] for one in public["candidates"]]
    report = verify(copy, auditor=True)
    assert report.ok
    assert verifier.IDENTIFIED in report.messages


def test_the_public_certificate_is_no_auditors_copy(audited: tuple[Certificate, dict[str, Identity]]) -> None:
    assert verifier.IDENTIFIED not in verify(audited[0]).messages
    assert verify(audited[0], auditor=True).fault == "审计副本的盐值缺失或不是规定长度的小写十六进制数"


@pytest.mark.parametrize(("name", "change"), [
    ("salt", lambda one: one.update(draw_salt=flip(one["draw_salt"]))),
    ("no salt", lambda one: one.pop("draw_salt")),
    ("no ids", lambda one: one.pop("identities")),
    ("an expert", lambda one: one["identities"][3].__setitem__(1, 999)),
    ("a unit", lambda one: one["identities"][3].__setitem__(2, "单位9")),
    ("a pid", lambda one: one["identities"][3].__setitem__(0, "0" * 32)),
    ("an id that is no id", lambda one: one["identities"][3].__setitem__(1, True)),
    ("somebody left out", lambda one: one["identities"].pop()),
    ("another order", lambda one: one["identities"].reverse()),
])
def test_a_changed_auditors_copy_does_not_hold(
    name: str, change: Any, audited: tuple[Certificate, dict[str, Identity]]
) -> None:
    copy = auditor_copy(audited[0], SALT, audited[1])
    report = verify(changed(copy, change))
    assert report.fault, name
    assert "审计副本" in report.fault


def test_an_auditors_copy_of_other_people_is_not_made(audited: tuple[Certificate, dict[str, Identity]]) -> None:
    public, people = audited
    first, second, *_ = people
    with pytest.raises(Malformed, match="not those"):
        auditor_copy(public, SALT, {**people, first: people[second]})
    with pytest.raises(Malformed, match="no identity"):
        auditor_copy(public, SALT, {})


# ---- files that are no certificate ----


@pytest.mark.parametrize(("content", "fault"), [
    (b"", "文件不是合法的 JSON（第 1 行第 1 个字符）"),
    (b"\xff\xfe{}", "文件不是 UTF-8 文本"),
    (b"{", "文件不是合法的 JSON（第 1 行第 2 个字符）"),
    (b"[]", "证书缺失或不是 JSON 对象"),
    (b"null", "证书缺失或不是 JSON 对象"),
    (b"{}", "证书不是按 ZJ-DRAW-1 规则出具的"),
    (b'{"a": NaN}', "文件中有过长或不合法的数"),
    (b'{"a": ' + b"9" * 5000 + b"}", "文件中有过长或不合法的数"),
    (b'{"a": 1, "a": 1}', "JSON 中的键“a”重复"),
    (b'{"spec": "ZJ-DRAW-1", "x": {"b": 1, "b": 2}}', "JSON 中的键“b”重复"),
    (b"[" * 200_000, "内容嵌套过深"),
    (b'{"spec": "ZJ-DRAW-1"}', "抽取条件缺失或不是 JSON 对象"),
], ids=str)
def test_a_file_that_is_no_certificate_is_refused_by_name(content: bytes, fault: str) -> None:
    report = verify(content)
    assert (report.ok, report.fault, report.messages) == (False, fault, (f"核验不通过：{fault}",))


@pytest.mark.parametrize(("value", "fault"), [
    (1.5, "抽取条件中有小数，规则只允许整数"), (1.0, "抽取条件中有小数，规则只允许整数"),
    (2**53, "抽取条件中有过大的数"), ("\ud800", "抽取条件中有不成对的代理字符"),
])
def test_conditions_hold_whole_numbers_and_real_texts(value: object, fault: str, document: Certificate) -> None:
    made = changed(document, lambda one: one["conditions"].update(version=value))
    assert verify(made).fault == fault
    assert verify(json.dumps(made).encode()).fault == fault


def test_a_byte_order_mark_does_no_harm(document: Certificate) -> None:
    assert verify(b"\xef\xbb\xbf" + json.dumps(document).encode()).ok


def test_the_command_line_answers_0_or_1(
    document: Certificate, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "证书.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert main([str(path)]) == 0
    assert main(["--auditor", str(path)]) == 1
    for wrong in ([], [str(path), str(path)], [str(tmp_path)], [str(tmp_path / "none.json")]):
        capfdbinary.readouterr()
        assert main(wrong) == 1
        assert verifier.USAGE in capfdbinary.readouterr().out.decode()


paths = st.lists(st.integers(0, 200), min_size=1, max_size=5)
junk = st.sampled_from([
    None, True, False, 0, 1, -1, 2**60, 1.0, 0.5, "", "a", "LEAVE", "TAKEN", [], [[]], [1, 2], ["x", "y", "z"], {},
    {"software": 1}, {"software": -1}, {"software": "1"}, {"value": 3}, "0" * 32, "0" * 64, [None, None, None],
])


@settings(max_examples=1500, deadline=None)
@given(st.integers(0, len(VECTORS) - 1), paths, junk, st.booleans())
def test_nothing_put_anywhere_breaks_the_verifier(number: int, path: list[int], value: Any, leave_out: bool) -> None:
    """Whatever stands wherever, the answer is a report, and one that only accepts what the same rules accept."""
    made = json.loads(json.dumps(VECTORS[number]))
    at: Any = made
    for step in path:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        if not keys:
            break
        key = keys[step % len(keys)]
        if isinstance(at[key], dict | list) and step is not path[-1]:
            at = at[key]
            continue
        if leave_out:
            del at[key]
        else:
            at[key] = value
        break
    report = verify(made)
    assert report.ok == (report.fault is None)
    assert report.messages
