"""Certificates of the product: they verify with the one file alone, no altered one does, and none before the reveal."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.core import clock, crypto
from app.core.errors import NotFound
from app.procedures.selection import sealed, seats, store
from app.procedures.selection.models import Activity
from app.procedures.selection.queries import certificates
from app.procedures.selection.queries.certificates import NotRevealed
from app.procedures.selection.service import drawing
from tests.services.procedures.selection.making import answer, final, hand_over, live, settle
from tests.services.procedures.selection.world import World, conditions, designation, drawn, locked

VERIFIER = Path(__file__).parents[4] / "app" / "draw" / "verify_certificate.py"
Certificate = dict[str, Any]


def offline(document: Certificate, folder: Path, *options: str) -> tuple[int, str]:
    """Exit code and words of the verifier, run alone from another folder without the product's packages."""
    copied = folder / "verify_certificate.py"
    copied.write_bytes(VERIFIER.read_bytes())
    (folder / "certificate.json").write_bytes(certificates.as_file(document))
    done = subprocess.run(
        [sys.executable, "-I", "-S", copied.name, *options, "certificate.json"], cwd=folder, capture_output=True,
        env={"PYTHONIOENCODING": "utf-8"}, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.decode("utf-8")


def revealed(found: Activity, there: World) -> Activity:
    """The activity with its draws open."""
    drawing.reveal(found, actor=there.organiser, now=clock.now())
    return found


@pytest.fixture
def played(there: World) -> Activity:
    """A panel with a decline and its replacement round, revealed."""
    found, _ = drawn(there)
    settle(found)
    hand_over(found)
    first, *_ = live(found)
    answer(first, "decline")
    settle(found)
    return revealed(found, there)


def test_the_certificate_of_the_product_verifies_with_the_one_file_alone(played: Activity, tmp_path: Path) -> None:
    document = certificates.public_certificate(played.number, 1)
    assert len(document["rounds"]) == 2
    code, words = offline(document, tmp_path)
    assert code == 0, words
    assert "核验通过" in words
    assert "未经第二方见证" not in words


def test_the_auditors_copy_verifies_and_names_who_stands_behind_the_pseudonyms(
    played: Activity, tmp_path: Path
) -> None:
    document = certificates.auditors_copy(played.number, 1)
    code, words = offline(document, tmp_path, "--auditor")
    assert code == 0, words
    taken = {one.pid: one.expert_id for one in seats.invitations_of(played.number)}
    identities = {pid: expert_id for pid, expert_id, _ in document["identities"]}
    assert taken.items() <= identities.items()
    assert document["filter_counts"][0]["label"] == "在库、在聘期内"


def test_the_public_certificate_holds_pseudonyms_and_no_names(played: Activity) -> None:
    text = certificates.as_file(certificates.public_certificate(played.number, 1)).decode()
    opened = sealed.opened(store.draw(played.number, 1))
    assert opened.salt.hex() not in text
    assert "identities" not in text
    people = seats.people(member.expert_id for member in opened.members)
    assert not [person.name for person in people.values() if person.name in text]
    assert not [person.unit.name for person in people.values() if person.unit.name in text]


def _flip(text: str, at: int = 0) -> str:
    return text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]


def _list(document: Certificate) -> None:
    document["candidates"][3][2] ^= 1


def _dropped(document: Certificate) -> None:
    del document["candidates"][5]


def _conditions(document: Certificate) -> None:
    document["conditions"]["rule_set"] += "x"


def _quota(document: Certificate) -> None:
    quota = document["conditions"]["quota"]
    quota[next(iter(quota))] += 1


def _server_seed(document: Certificate) -> None:
    document["server_seed"] = _flip(document["server_seed"])


def _commit(document: Certificate) -> None:
    document["commit"] = _flip(document["commit"], 63)


def _list_hash(document: Certificate) -> None:
    document["list_hash"] = _flip(document["list_hash"], 63)


def _contribution(document: Certificate) -> None:
    document["contributions"][1]["value"] = _flip(document["contributions"][1]["value"])


def _log(document: Certificate) -> None:
    entry = document["rounds"][0]["log"][0]
    entry[2] = "UNIT_TAKEN" if entry[2] == "TAKEN" else "TAKEN"


def _log_of_the_replacement(document: Certificate) -> None:
    document["rounds"][1]["log"].pop()


def _panel(document: Certificate) -> None:
    document["panel"][0] = _flip(document["panel"][0])


def _invented_retained(document: Certificate) -> None:
    retained = document["rounds"][1]["retained"]
    retained[0] = next(pid for pid, *_ in document["candidates"] if pid not in retained)


def _invented_ineligible(document: Certificate) -> None:
    first_visited = document["rounds"][1]["log"][0][1]
    document["rounds"][1]["ineligible"] = [[first_visited, "LEAVE"]]


TAMPERINGS: tuple[Callable[[Certificate], None], ...] = (
    _list, _dropped, _conditions, _quota, _server_seed, _commit, _list_hash, _contribution, _log,
    _log_of_the_replacement, _panel, _invented_retained, _invented_ineligible,
)  # fmt: skip


def test_no_altered_certificate_verifies(played: Activity, tmp_path: Path) -> None:
    whole = certificates.as_file(certificates.public_certificate(played.number, 1))
    for tamper in TAMPERINGS:
        document = json.loads(whole)
        tamper(document)
        code, words = offline(document, tmp_path)
        assert code == 1, tamper.__name__
        assert words.startswith("核验不通过："), tamper.__name__


def test_another_persons_id_in_the_auditors_copy_does_not_verify(played: Activity, tmp_path: Path) -> None:
    document = certificates.auditors_copy(played.number, 1)
    document["identities"][0][1] += 1
    assert offline(document, tmp_path)[0] == 1


@pytest.mark.parametrize("stage", [locked, lambda there: drawn(there)[0], final])
def test_before_the_reveal_there_is_no_certificate_for_anybody(
    there: World, stage: Callable[[World], Activity]
) -> None:
    found = stage(there)
    for made in (certificates.public_certificate, certificates.auditors_copy):
        with pytest.raises(NotRevealed, match="评审开始或取消时公开"):
            made(found.number, 1)


def test_a_draw_that_was_never_made_has_no_certificate(there: World) -> None:
    found = revealed(locked(there), there)
    with pytest.raises(NotFound, match="没有证书"):
        certificates.public_certificate(found.number, 1)


@pytest.mark.parametrize(("number", "draw_no"), [("PS-2026-9999", 1), ("PS-2026-0001", 7), ("x" * 500, 1),
                                                 ("PS-2026-0001", 2**40)])  # fmt: skip
def test_what_is_not_there_is_not_found(there: World, number: str, draw_no: int) -> None:
    drawn(there)
    with pytest.raises(NotFound):
        certificates.public_certificate(number, draw_no)


def test_with_one_person_alone_the_certificate_says_so(there: World, tmp_path: Path) -> None:
    found = revealed(drawn(there, witness_id=None)[0], there)
    assert "未经第二方见证" in offline(certificates.public_certificate(found.number, 1), tmp_path)[1]


def test_designated_seats_are_counted_and_their_names_not_told(there: World, tmp_path: Path) -> None:
    named = there.expert("大数据")
    draft = conditions(quota={"网络与信息安全": 2, "软件与应用": 1, "成本评估": 1}, designations=(designation(named),))
    found = revealed(drawn(there, draft)[0], there)
    document = certificates.public_certificate(found.number, 1)
    assert document["conditions"]["designated"] == 1
    assert named.name not in json.dumps(document, ensure_ascii=False)
    assert offline(document, tmp_path)[0] == 0


# ---- the signature of the house ----


@pytest.mark.parametrize("made", [certificates.public_certificate, certificates.auditors_copy])
def test_both_are_signed_as_a_whole(played: Activity, made: Callable[[str, int], Certificate]) -> None:
    document = json.loads(certificates.as_file(made(played.number, 1)))
    assert document["signature"]["public_key"] == crypto.public_key().hex()
    assert certificates.signature_fault(document) is None
    for key in set(document) - {"signature"}:
        altered = {**document, key: "x"}
        assert certificates.signature_fault(altered) == "签名与内容不一致，内容在签发后被改动过", key
        missing = {name: value for name, value in document.items() if name != key}
        assert certificates.signature_fault(missing) is not None


def test_a_signature_of_somebody_else_is_named(played: Activity, monkeypatch: pytest.MonkeyPatch) -> None:
    document = certificates.public_certificate(played.number, 1)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(crypto, "_keyring", crypto.keyring_from_secret("another house"))
        forged = certificates.signed({name: value for name, value in document.items() if name != "signature"})
    assert certificates.signature_fault(forged) == "签名的公钥不是本系统的公钥"
    pretended = {**forged, "signature": {**forged["signature"], "public_key": crypto.public_key().hex()}}
    assert certificates.signature_fault(pretended) == "签名与内容不一致，内容在签发后被改动过"


@pytest.mark.parametrize("broken", [None, [], "x", {}, {"signature": "x"}, {"signature": {}}, {"signature": {
    "public_key": 1, "value": None}}])  # fmt: skip
def test_what_carries_no_signature_is_told_so(there: World, broken: object) -> None:
    assert certificates.signature_fault(broken) is not None
