"""Files that people bring: put, whole and under a safe name, into the folder that their source is read from."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from ordertrail.lib.gate import writing
from ordertrail.lib.refused import Refused
from ordertrail.records.models import Batch, Source
from ordertrail.sync.connectors import sheets
from ordertrail.sync.connectors.files import safe_name

if TYPE_CHECKING:
    Upload = UploadedFile[Any]
else:
    Upload = UploadedFile

LARGEST = 1 << 30
"""Bytes of one file: a gigabyte."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file that was put where its source reads it, or that had come before (``at``: when)."""

    name: str
    at: datetime | None = None


def folder_of(source: Source) -> Path:
    """The folder that the source is read from; a source without one gets its own in the data folder, made here."""
    told = str(source.settings.get("folder", ""))
    if told:
        return Path(told).expanduser()
    own = Path(settings.HOME) / "uploads" / source.code
    own.mkdir(parents=True, exist_ok=True)
    with writing():
        source.settings = {**source.settings, "folder": str(own), "settle_seconds": 0}
        Source.objects.filter(pk=source.pk).update(settings=source.settings)
    return own


def receive(source: Source, file: Upload | None, pattern: str = "*") -> Received:
    """Put an uploaded file into its source's folder under a name that ``pattern`` fits; written whole, then named.

    Refused("no_file"), ("file_empty"), ("file_too_large"), ("file_foreign"), ("not_for_files"), ("folder_closed").
    """
    if source.connector != "files":
        raise Refused("not_for_files", _("%(source)s is not read from files; nothing was kept.") % {"source": source})
    if file is None:
        raise Refused("no_file", _("Choose a file first, then upload it."))
    name = safe_name(str(file.name))
    told = {"name": name, "most": LARGEST >> 20}
    if not file.size:
        raise Refused("file_empty", _("“%(name)s” is empty; nothing was kept.") % told)
    if file.size > LARGEST:
        raise Refused("file_too_large", _("“%(name)s” is larger than %(most)s MB.") % told)
    sheets.refuse_foreign(sheets.kind_of(file.read(4096)), name)
    sha256 = _sha256(file.chunks())
    before = Batch.objects.filter(source=source, sha256=sha256, applied_at__isnull=False).order_by("learned_at").first()
    if before is not None:
        return Received(name, before.learned_at)
    _write(folder_of(source), fitting(name, pattern), file)
    return Received(name)


def _sha256(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def _write(folder: Path, name: str, file: Upload) -> None:
    unfinished = folder / f".{os.getpid()}-{name}"
    try:
        with unfinished.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        unfinished.rename(folder / name)
    except OSError as fault:
        unfinished.unlink(missing_ok=True)
        detail = _("The folder %(folder)s does not take the file: %(why)s.")
        raise Refused("folder_closed", detail % {"folder": folder, "why": fault.strerror}) from fault


def fitting(name: str, pattern: str) -> str:
    """``name`` so that ``pattern`` fits it: as it is, else put where the pattern's star stands.

    >>> fitting("orders-9.csv", "orders*.csv"), fitting("Mai 2026.csv", "orders*.csv"), fitting("a.csv", "")
    ('orders-9.csv', 'orders-Mai 2026.csv', 'a.csv')
    """
    if not pattern or fnmatch(name, pattern):
        return name
    stem = Path(name).stem
    return re.sub(r"\*", lambda _star: f"-{stem}", pattern, count=1) if "*" in pattern else pattern


def patterns(source: Source) -> Mapping[str, str]:
    """The kinds of files of a source: what a stream is called, and the pattern of its files' names."""
    streams: list[dict[str, Any]] = source.settings.get("streams", [])
    return {str(one.get("name") or one["kind"]): str(one.get("from") or "*") for one in streams}
