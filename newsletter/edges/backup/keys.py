"""The key of one backup: from a passphrase by scrypt, or from a key file that lies in the state folder."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from newsletter.errors import StateError
from newsletter.model.where import Where

_BYTES = 32
_SCRYPT = {"n": 1 << 16, "r": 8, "p": 1}  # 64 MB and a fifth of a second
_N_MAX = 1 << 20


@dataclass(frozen=True, slots=True)
class Keyring:
    """Where keys come from. A passphrase goes before the key file."""

    passphrase: str
    file: Path  # made when a backup first needs it, its owner's alone

    def fresh(self) -> tuple[bytes, Mapping[str, Any]]:
        """A key for one new backup, and what its header says of it."""
        salt = os.urandom(_BYTES)
        if self.passphrase:
            told: dict[str, Any] = {"kdf": "scrypt", "salt": salt.hex(), **_SCRYPT}
        else:
            _make(self.file)
            told = {"kdf": "keyfile", "salt": salt.hex()}
        key = self._derived(told, "")
        return key, {**told, "check": _check(key)}

    def key(self, header: Mapping[str, Any], place: str) -> bytes:
        """The key of a backup that is there. Raises StateError where it is not the right one."""
        key = self._derived(header, place)
        if not hmac.compare_digest(_check(key), str(header.get("check"))):
            raise self._wrong(header, place)
        return key

    def _derived(self, header: Mapping[str, Any], place: str) -> bytes:
        salt = bytes.fromhex(str(header.get("salt", "")))
        if header.get("kdf") == "scrypt":
            if not self.passphrase:
                raise self._wrong(header, place)
            n, r, p = (int(header[name]) for name in ("n", "r", "p"))
            return Scrypt(salt, _BYTES, min(n, _N_MAX), r, p).derive(self.passphrase.encode())
        if not self.file.is_file():
            raise self._wrong(header, place)
        return hmac.new(self.file.read_bytes(), b"backup" + salt, hashlib.sha256).digest()

    def _wrong(self, header: Mapping[str, Any], place: str) -> StateError:
        if header.get("kdf") == "scrypt":
            what = "Lösenfrasen är fel." if self.passphrase else "Säkerhetskopian kräver en lösenfras."
            do = (
                "Sätt NEWSLETTER_BACKUP_PASSPHRASE (eller _FILE) till den fras som gällde när kopian gjordes."
            )
        else:
            what = "Nyckelfilen till säkerhetskopian saknas eller är en annan."
            do = f"Lägg tillbaka backup.key, som den såg ut när kopian gjordes, som {self.file}"
        return StateError(what, where=Where(place), why="Utan den går kopian inte att läsa.", do=do)


def _check(key: bytes) -> str:
    return hmac.new(key, b"check", hashlib.sha256).hexdigest()[:16]


def _make(file: Path) -> None:
    if file.exists():
        return
    fresh = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(secrets.token_bytes(_BYTES))
        out.flush()
        os.fsync(out.fileno())
    fresh.rename(file)
