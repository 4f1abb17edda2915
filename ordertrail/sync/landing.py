"""Landing: the bytes of a source as immutable files, on the disk before anything is read out of them."""

from __future__ import annotations

import gzip
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from ordertrail.lib import clock
from ordertrail.records.models import Batch, Source
from ordertrail.sync.connectors.base import Landing


@dataclass(frozen=True, slots=True)
class Landed:
    """A landing whose bytes are on the disk: all of it but the body."""

    name: str
    media: str
    meta: dict[str, str]
    sha256: str
    size: int
    path: str
    cursor: str | None
    total: int | None


def folder() -> Path:
    """Where landed bytes lie."""
    return Path(settings.HOME) / "landed"


def keep(code: str, landing: Landing) -> Landed:
    """Write the bytes under their sha256; the same bytes are stored once.

    The file is whole and on the disk before its name exists, so that a kill leaves a whole file or none.
    """
    sha256 = hashlib.sha256(landing.body).hexdigest()
    path = folder() / code / f"{landing.at:%Y-%m}" / f"{sha256}.gz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        try:
            with unfinished.open("wb") as file:
                file.write(gzip.compress(landing.body, compresslevel=1, mtime=0))
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(path)
        except OSError:
            unfinished.unlink(missing_ok=True)  # on a full disk it would keep the room that others need
            raise
        _sync_folder(path.parent)
    where = str(path.relative_to(folder()))
    return Landed(
        landing.name, landing.media, landing.meta, sha256, len(landing.body), where, landing.cursor, landing.total
    )


def land(source: Source, stream: str, landed: Landed) -> Batch:
    """The row of a landing that is on the disk."""
    return Batch.objects.create(
        source=source,
        stream=stream,
        name=landed.name[:300],
        media=landed.media,
        meta=landed.meta,
        sha256=landed.sha256,
        size=landed.size,
        path=landed.path,
        learned_at=clock.now(),
    )


def again(batch: Batch) -> Landing:
    """The landing that ``batch`` keeps, as it came. ValueError when the file is damaged: its bytes no longer have their
    sha256.
    """
    body = gzip.decompress((folder() / batch.path).read_bytes())
    if hashlib.sha256(body).hexdigest() != batch.sha256:
        raise ValueError(f"{batch.path} is damaged: its bytes do not have the sha256 they were landed with")
    return Landing(body, batch.media, batch.name, batch.learned_at, meta=dict(batch.meta))


def _sync_folder(path: Path) -> None:
    """Bring the folder's entry to the disk too, or a power cut could lose the name of a whole file."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
