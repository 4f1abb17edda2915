"""Landing: the bytes of a source as immutable files, on the disk before anything is read out of them."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from ordertrail.lib import clock
from ordertrail.lib.refused import Refused
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
    """Write the bytes under their sha256; the same bytes are stored once, and mend a file that is no longer whole.

    The file is whole and on the disk before its name exists, so that a kill leaves a whole file or none.
    """
    sha256 = hashlib.sha256(landing.body).hexdigest()
    path = folder() / code / f"{landing.at:%Y-%m}" / f"{sha256}.gz"
    if not _looks_whole(path, len(landing.body)):
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
    """The landing that ``batch`` keeps, as it came. Refused("landing_damaged") when its file is gone, or its bytes no longer have
    their sha256.
    """
    try:
        body = gzip.decompress((folder() / batch.path).read_bytes())
    except FileNotFoundError:
        raise _damaged(batch, _("it is gone")) from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as fault:
        raise _damaged(batch, str(fault)) from None
    if hashlib.sha256(body).hexdigest() != batch.sha256:
        raise _damaged(batch, _("its bytes do not have the sha256 they were landed with"))
    return Landing(body, batch.media, batch.name, batch.learned_at, meta=dict(batch.meta))


def _damaged(batch: Batch, why: str) -> Refused:
    detail = _("The landed file %(path)s (“%(name)s”) is damaged: %(why)s. Bring it back from a backup.")
    return Refused("landing_damaged", detail % {"path": batch.path, "name": batch.name, "why": why})


def damaged() -> Iterator[tuple[Batch, str]]:
    """Landings whose file is gone, cut off or empty, each with its path: a look from outside that costs little. A bit that has
    flipped within is found by ``replay --check``, which reads every byte.
    """
    for batch in Batch.objects.order_by("pk").iterator():
        if not _looks_whole(folder() / batch.path, batch.size):
            yield batch, batch.path


def _looks_whole(path: Path, size: int) -> bool:
    """Whether the file is there, begins as it should, and says at its end that it holds ``size`` bytes."""
    try:
        with path.open("rb") as file:
            begins = file.read(2)
            file.seek(max(-4, -path.stat().st_size), os.SEEK_END)
            return begins == b"\x1f\x8b" and int.from_bytes(file.read(4), "little") == size % (1 << 32)
    except OSError:
        return False


def _sync_folder(path: Path) -> None:
    """Bring the folder's entry to the disk too, or a power cut could lose the name of a whole file."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
