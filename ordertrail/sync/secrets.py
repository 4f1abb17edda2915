"""Credentials of sources: encrypted in the store, never shown again.

The key lies in the data folder beside, not in, the store, with mode 600; several keys may stand in the file, the first
writes and all can read, so that a key can be replaced while syncs run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused

KEYS = "source-keys"


def _keys() -> MultiFernet:
    path = Path(settings.HOME) / KEYS
    if not path.exists():
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
    return MultiFernet([Fernet(line) for line in path.read_bytes().split()])


def seal(secrets: Mapping[str, str]) -> bytes:
    """``secrets`` as they may stand in the store; empty when there are none."""
    told = {name: value for name, value in secrets.items() if value}
    return _keys().encrypt(json.dumps(told).encode()) if told else b""


def unseal(sealed: bytes) -> dict[str, str]:
    """The secrets again; Refused("key_lost") when no key in the data folder fits."""
    if not sealed:
        return {}
    try:
        told: dict[str, str] = json.loads(_keys().decrypt(bytes(sealed)))
    except InvalidToken:
        detail = _("The credentials of this source were sealed with another key; type them in again on its page.")
        raise Refused("key_lost", detail) from None
    return told
