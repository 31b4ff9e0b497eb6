"""Personal data at rest: encrypted for its place, found by a blind index, masked on pages."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag

from app.core import crypto, masking

NUMBER = "14010519820312001X"


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto, "_keyring", crypto.keyring_from_secret("a secret of this test"))


def test_what_was_encrypted_comes_back() -> None:
    assert crypto.decrypt(crypto.encrypt(NUMBER, "expert.id_number"), "expert.id_number") == NUMBER


def test_the_same_number_looks_different_each_time() -> None:
    first, second = (crypto.encrypt(NUMBER, "expert.id_number") for _ in range(2))
    assert first != second
    assert NUMBER.encode() not in first


def test_a_value_copied_to_another_column_does_not_decrypt() -> None:
    with pytest.raises(InvalidTag):
        crypto.decrypt(crypto.encrypt(NUMBER, "expert.id_number"), "application.id_number")


@pytest.mark.parametrize("place", [2, 14, -1])
def test_an_altered_value_does_not_decrypt(place: int) -> None:
    value = bytearray(crypto.encrypt(NUMBER, "expert.id_number"))
    value[place] ^= 1
    with pytest.raises(InvalidTag):
        crypto.decrypt(bytes(value), "expert.id_number")


def test_a_value_of_an_unknown_key_is_said_to_be_so() -> None:
    value = bytearray(crypto.encrypt(NUMBER, "expert.id_number"))
    value[1] = 9
    with pytest.raises(ValueError, match="unknown key 9"):
        crypto.decrypt(bytes(value), "expert.id_number")


def test_another_secret_cannot_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    value = crypto.encrypt(NUMBER, "expert.id_number")
    monkeypatch.setattr(crypto, "_keyring", crypto.keyring_from_secret("another secret"))
    with pytest.raises(InvalidTag):
        crypto.decrypt(value, "expert.id_number")


def test_what_was_signed_is_known_again_by_the_public_key_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    signature, key = crypto.sign(b"content", "draw certificate"), crypto.public_key()
    assert (len(signature), len(key)) == (64, 32)
    assert crypto.verify(b"content", "draw certificate", signature)
    monkeypatch.setattr(crypto, "_keyring", crypto.keyring_from_secret("another house"))
    assert crypto.public_key() != key
    assert crypto.verify(b"content", "draw certificate", signature, key)
    assert not crypto.verify(b"content", "draw certificate", signature)


@pytest.mark.parametrize(
    ("content", "purpose", "flipped"),
    [(b"c0ntent", "draw certificate", None), (b"content", "other paper", None), (b"content", "draw certificate", 0),
     (b"content", "draw certificate", 63)],
)  # fmt: skip
def test_a_signature_holds_for_its_content_and_purpose_only(content: bytes, purpose: str, flipped: int | None) -> None:
    signature = bytearray(crypto.sign(b"content", "draw certificate"))
    if flipped is not None:
        signature[flipped] ^= 1
    assert not crypto.verify(content, purpose, bytes(signature))


@pytest.mark.parametrize("key", [b"", b"short", bytes(33)])
def test_what_is_no_key_verifies_nothing(key: bytes) -> None:
    assert not crypto.verify(b"content", "draw certificate", crypto.sign(b"content", "draw certificate"), key)


def test_the_blind_index_finds_equal_numbers_however_written() -> None:
    assert crypto.blind_index("14010519820312001x", "expert.id_number") == crypto.blind_index(
        " 140105 19820312 001X", "expert.id_number"
    )


def test_the_blind_index_differs_by_purpose_and_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    first = crypto.blind_index(NUMBER, "expert.id_number")
    assert first != crypto.blind_index(NUMBER, "application.id_number")
    monkeypatch.setattr(crypto, "_keyring", crypto.keyring_from_secret("another secret"))
    assert first != crypto.blind_index(NUMBER, "expert.id_number")


def test_masks_show_only_what_they_must() -> None:
    assert masking.mask_id_number(NUMBER) == "140***********001X"
    assert masking.mask_phone("13912345678") == "139****5678"
    assert masking.mask_name("赵海宁") == "赵**"
    assert masking.mask_name("赵") == "*"
    assert masking.mask_email("shuyao@example.cn") == "s***@example.cn"
    assert masking.mask_phone("12345") == "*****"
