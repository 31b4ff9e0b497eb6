"""Encryption of personal data at rest, blind indexes to find it without decrypting, and signatures for others.

Layout of a stored value: version byte, key id byte, 12 bytes nonce, ciphertext with tag; the table and column
are authenticated with it, so that a value copied to another column does not decrypt.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.engine import Dialect

_VERSION = 1


@dataclass(frozen=True)
class Keyring:
    """Data keys by id, the id used for writing, and the key of the blind indexes (all 32 bytes)."""

    keys: Mapping[int, bytes]
    current: int
    index_key: bytes


_keyring: Keyring | None = None


def configure(keyring: Keyring) -> None:
    """Installs the keys of this process; called once by the factory."""
    global _keyring
    _keyring = keyring


@functools.cache
def keyring_from_secret(secret: str) -> Keyring:
    """Derives the keys from one secret of the environment (`ZHIKU_DATA_KEY`)."""

    def derive(label: str) -> bytes:
        return hashlib.scrypt(secret.encode(), salt=label.encode(), n=2**14, r=8, p=1, dklen=32)

    return Keyring(keys={1: derive("zhiku data 1")}, current=1, index_key=derive("zhiku index 1"))


def _ring() -> Keyring:
    if _keyring is None:
        raise RuntimeError("encryption keys are not configured")
    return _keyring


def encrypt(text: str, purpose: str) -> bytes:
    """Encrypts `text` for `purpose` (table.column)."""
    ring = _ring()
    head = bytes((_VERSION, ring.current))
    nonce = os.urandom(12)
    return head + nonce + AESGCM(ring.keys[ring.current]).encrypt(nonce, text.encode(), head + purpose.encode())


def decrypt(value: bytes, purpose: str) -> str:
    """Reverses `encrypt`.

    :raises ValueError: unknown version or key; `cryptography.exceptions.InvalidTag` if the value was altered.
    """
    version, key_id = value[0], value[1]
    ring = _ring()
    if version != _VERSION or key_id not in ring.keys:
        raise ValueError(f"value of version {version} with unknown key {key_id}")
    return AESGCM(ring.keys[key_id]).decrypt(value[2:14], value[14:], value[:2] + purpose.encode()).decode()


def blind_index(value: str, purpose: str) -> str:
    """A keyed fingerprint by which equal values are found and kept unique; upper case, spaces dropped."""
    normal = "".join(value.split()).upper()
    digest = hmac.digest(_ring().index_key, f"{purpose}:{normal}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


#: How papers that leave the house are signed.
SIGNATURE_ALGORITHM = "Ed25519"


def sign(content: bytes, purpose: str) -> bytes:
    """The signature (64 bytes) of this installation over `purpose`, a line end and `content`."""
    return _signing_key().sign(_signed(content, purpose))


def verify(content: bytes, purpose: str, signature: bytes, key: bytes | None = None) -> bool:
    """Whether `sign` made the signature: by this installation, or by the one whose public key is given."""
    try:
        known = _signing_key().public_key() if key is None else Ed25519PublicKey.from_public_bytes(key)
        known.verify(signature, _signed(content, purpose))
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key() -> bytes:
    """The 32 bytes by which anybody checks the signatures of this installation."""
    return _signing_key().public_key().public_bytes_raw()


def _signing_key() -> Ed25519PrivateKey:
    seed = hmac.digest(_ring().index_key, b"zhiku signing key 1", "sha256")
    return Ed25519PrivateKey.from_private_bytes(seed)


def _signed(content: bytes, purpose: str) -> bytes:
    return purpose.encode() + b"\n" + content


class EncryptedText(sa.types.TypeDecorator[str]):
    """A text column kept encrypted; `purpose` is table.column and authenticates the place."""

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else encrypt(value, self.purpose)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else decrypt(value, self.purpose)
