"""Credentials of sources: encrypted in the store, never shown again.

The key lies in the data folder beside, not in, the store, with mode 600. Several keys may stand in the file, one a line: the first
writes and all can read, so that a key is replaced while syncs run (``rotate``). A key is spoken of by its id, a fingerprint.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from ordertrail.lib import bulk
from ordertrail.lib.gate import writing
from ordertrail.lib.refused import Refused
from ordertrail.records.models import Source

KEYS = "source-keys"
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did: the new key's id, those of the keys that it replaced, how many sources' credentials are sealed anew, and the
    codes of sources whose credentials no key opens (they were lost before)."""

    key: str
    before: tuple[str, ...]
    sealed: int
    lost: tuple[str, ...]


def key_id(key: bytes) -> str:
    """What a key is called where it must not be told."""
    return hashlib.sha256(key).hexdigest()[:8]


def keys() -> list[bytes]:
    """The keys in the file, the one that writes first; on first use one is made."""
    path = Path(settings.HOME) / KEYS
    if not path.exists():
        with _alone():
            if not path.exists():
                _write([Fernet.generate_key()])
    return path.read_bytes().split()


def seal(secrets: Mapping[str, str]) -> bytes:
    """``secrets`` as they may stand in the store; empty when there are none."""
    told = {name: value for name, value in secrets.items() if value}
    return _box(keys()).encrypt(json.dumps(told).encode()) if told else b""


def unseal(sealed: bytes) -> dict[str, str]:
    """The secrets again; Refused("key_lost") when no key in the data folder fits."""
    if not sealed:
        return {}
    try:
        told: dict[str, str] = json.loads(_box(keys()).decrypt(bytes(sealed)))
    except InvalidToken:
        detail = _("The credentials of this source were sealed with another key; type them in again on its page.")
        raise Refused("key_lost", detail) from None
    return told


def secrets_of(source: Source) -> dict[str, str]:
    """The secrets of ``source``, also when they were sealed anew since its row was read; Refused("key_lost")."""
    try:
        return unseal(bytes(source.secrets))
    except Refused:
        now = Source.objects.filter(pk=source.pk).values_list("secrets", flat=True).first()
        if now is None or bytes(now) == bytes(source.secrets):
            raise
        return unseal(bytes(now))


def rotate() -> Rotated:
    """Put a new key in the place of the old one and seal every source's credentials with it, while work goes on.

    The new key is written down before anything is sealed with it, and the old one is taken away when nothing needs it any more: killed
    at any moment, all that is kept can be read, and the next call goes on with the key that was begun. Done twice it makes two keys.
    """
    with _alone():
        found = keys()
        if len(found) == 1:
            found = [Fernet.generate_key(), *found]
            _write(found)
        new, old = found[0], found[1:]
        sealed = _all_sealed(new, old)
        _write([new])
        sealed += _all_sealed(new, old)  # what somebody sealed in the moment before
    ids = [key_id(key) for key in found]
    return Rotated(ids[0], tuple(ids[1:]), sealed, tuple(unreadable()))


def unreadable() -> Iterator[str]:
    """The codes of sources whose credentials no key in the file opens."""
    box = _box(keys())
    for code, sealed in Source.objects.values_list("code", "secrets"):
        if sealed and not _opens(box, bytes(sealed)):
            yield code


def _all_sealed(new: bytes, old: Sequence[bytes]) -> int:
    """Seal anew what the new key does not open, until there is nothing left; how many."""
    mine, every = Fernet(new), _box([new, *old])
    update = f"UPDATE {bulk.table(Source)} SET secrets = %s WHERE id = %s AND secrets = %s"
    count = 0
    while True:
        rows = Source.objects.exclude(secrets=b"").order_by("pk").values_list("pk", "secrets")
        left = [(pk, bytes(sealed)) for pk, sealed in rows if not _opens(mine, bytes(sealed))]
        anew = [(every.rotate(sealed), pk, sealed) for pk, sealed in left if _opens(every, sealed)]
        if not anew:
            return count
        for start in range(0, len(anew), CHUNK):
            with writing(), connection.cursor() as cursor:
                # What was typed in meanwhile is another value: it stays, and is looked at in the next round.
                cursor.executemany(update, anew[start : start + CHUNK])
                count += cursor.rowcount


def _box(found: Sequence[bytes]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in found])


def _opens(box: Fernet | MultiFernet, sealed: bytes) -> bool:
    try:
        box.decrypt(sealed)
    except InvalidToken:
        return False
    return True


def _write(found: Sequence[bytes]) -> None:
    """Write the file of keys: whole or not at all, and on the disk."""
    path = Path(settings.HOME) / KEYS
    unfinished = path.with_name(f"{KEYS}.unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(b"".join(key + b"\n" for key in found))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time that changes the keys; the lock goes with the process."""
    with (Path(settings.HOME) / f"{KEYS}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
