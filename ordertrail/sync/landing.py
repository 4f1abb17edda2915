"""Landing: the bytes of a source as immutable files, on the disk before anything is read out of them."""

from __future__ import annotations

import gzip
import hashlib
import os
from pathlib import Path

from django.conf import settings

from ordertrail.lib import clock
from ordertrail.records.models import Batch, Source
from ordertrail.sync.connectors.base import Landing


def folder() -> Path:
    """Where landed bytes lie."""
    return Path(settings.HOME) / "landed"


def land(source: Source, stream: str, landing: Landing) -> Batch:
    """Write the landing's bytes under their sha256 and keep a row of it; the same bytes are stored once.

    The file is whole and on the disk before its name exists, so that a kill leaves a whole file or none.
    """
    sha256 = hashlib.sha256(landing.body).hexdigest()
    path = folder() / source.code / f"{landing.at:%Y-%m}" / f"{sha256}.gz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        with unfinished.open("wb") as file:
            file.write(gzip.compress(landing.body, compresslevel=1, mtime=0))
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
        _sync_folder(path.parent)
    return Batch.objects.create(
        source=source,
        stream=stream,
        name=landing.name[:300],
        media=landing.media,
        meta=landing.meta,
        sha256=sha256,
        size=len(landing.body),
        path=str(path.relative_to(folder())),
        learned_at=clock.now(),
    )


def landed(batch: Batch) -> Landing:
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
