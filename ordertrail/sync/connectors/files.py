"""Spreadsheets and CSV files: uploaded, or lying in a folder that is watched."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.lib.refused import Refused
from ordertrail.records.shapes import Problem
from ordertrail.sync.connectors import base, grids, large, sheets
from ordertrail.sync.connectors.base import Landing, Notes, RawDocument
from ordertrail.sync.connectors.file_documents import Documents, Part
from ordertrail.sync.stream import Stream

LARGEST = 100 << 20
"""Bytes of a spreadsheet file; text files may be as long as they like."""

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
MEDIA = {"zip": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "ole": "application/vnd.ms-excel"}


def safe_name(name: str) -> str:
    r"""A file's name as it may be shown and kept: its last part, without signs that hide or turn, at most 120 long.

    >>> safe_name("..\\..\\x.csv"), safe_name("a\u202evsc.exe"), safe_name("=cmd|'/C calc'!A0.csv")
    ('x.csv', 'avsc.exe', "C calc'!A0.csv")
    """
    last = _UNSAFE.sub("", name).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1].strip()
    stem, dot, suffix = last.rpartition(".")
    if len(last) > 120:
        last = stem[: 119 - len(suffix)] + dot + suffix if dot and len(suffix) < 10 else last[:120]
    return last or "file"


class Connector(base.Connector):
    """Files. Settings: ``folder`` (watched; without it files are uploaded), ``encoding``, ``separator``,
    ``settle_seconds``; of a stream: ``from`` (a pattern such as "orders*.csv"), ``sheet``, ``header_row``, and
    ``options`` ``fill_down``, ``complete`` (each file lists all documents, so what is missing from the newest was
    deleted).
    """

    name: ClassVar[str] = "files"
    title: ClassVar[Any] = gettext_lazy("Spreadsheets and CSV files")

    def test(self) -> str:
        """What lies in the folder."""
        if not self.settings.get("folder"):
            return _("Files are uploaded by hand; there is no folder to look into.")
        folder = self._folder()
        names = sorted(path.name for path in folder.iterdir() if path.is_file())
        if not names:
            return _("The folder %(folder)s is there and empty.") % {"folder": folder}
        return _("The folder %(folder)s holds %(count)s files: %(names)s") % {
            "folder": folder,
            "count": len(names),
            "names": ", ".join(names[:10]) + (" …" if len(names) > 10 else ""),
        }

    def _folder(self) -> Path:
        folder = Path(str(self.settings["folder"])).expanduser()
        if not folder.is_dir():
            raise Refused("source_unreachable", _("There is no folder %(folder)s.") % {"folder": folder})
        return folder

    def fetch(self, stream: Stream, since: str | None) -> Iterator[Landing]:
        """Files that came or changed after ``since``, oldest first. One that may still be growing waits, and what came
        after it too.
        """
        if not self.settings.get("folder"):
            return
        after = int(since or 0)
        for stamp, path in self._files(stream):
            if stamp <= after:
                continue
            if not self._settled(path):
                self.notes.add(
                    "file_growing", _("“%(name)s” is still growing; it waits for the next run.") % {"name": path.name}
                )
                return
            yield from self._landings(stream, path, str(stamp))

    def _files(self, stream: Stream) -> list[tuple[int, Path]]:
        """The stream's files with the time of their last change, oldest first. The later of the two times that a file
        system keeps counts, since a file that is moved here keeps its old one.
        """
        pattern = stream.from_ or str(self.settings.get("pattern", "*"))
        found = []
        for path in self._folder().glob(pattern):
            if path.is_file() and not path.name.startswith((".", "~$")):
                stat = path.stat()
                found.append((max(stat.st_mtime_ns, stat.st_ctime_ns), path))
        found.sort(key=lambda one: (one[0], one[1].name))
        return found[-1:] if stream.options.get("complete") else found

    def _settled(self, path: Path) -> bool:
        """Whether a file has stopped growing: its size stays the same for a moment."""
        wait = float(self.settings.get("settle_seconds", 1))
        stat = path.stat()
        if wait and time.time() - stat.st_mtime < wait:
            time.sleep(wait)
        return path.stat().st_size == stat.st_size

    def _landings(self, stream: Stream, path: Path, cursor: str) -> Iterator[Landing]:
        beside = self._beside(stream, path)
        sizes = [one.stat().st_size for one in (path, beside) if one]
        with path.open("rb") as file:
            kind = sheets.kind_of(file.read(4096))
        if kind == "text" and sum(sizes) > large.LARGE:
            yield from self._pieces(stream, path, beside, cursor)
            return
        if kind != "text" and sizes[0] > LARGEST:
            raise Refused(
                "file_too_large",
                _("“%(name)s” is larger than %(most)s MB.") % {"name": path.name, "most": LARGEST >> 20},
            )
        yield self.landing(path.name, path.read_bytes(), beside.read_bytes() if beside else b"", cursor=cursor)

    def _pieces(self, stream: Stream, path: Path, beside: Path | None, cursor: str) -> Iterator[Landing]:
        """A long text file, cut."""
        how, columns = self.how(stream), stream.columns()
        head = Part(large.file_grid(path, how, columns, self.notes), columns, how.header_row, path.name)
        below = None
        if beside:
            how, columns = self.how(stream, lines=True), stream.columns(lines=True)
            below = Part(large.file_grid(beside, how, columns, self.notes), columns, how.header_row, beside.name)
        documents = Documents(stream, self.zone, Notes(), head, below)
        yield from large.landings(documents, safe_name(path.name), cursor, self.now)

    def _beside(self, stream: Stream, path: Path) -> Path | None:
        """The file that holds the lines: what the star of one pattern stands for, stands in the other one too."""
        declared = stream.lines
        if not declared or not declared.from_ or declared.from_ == stream.from_:
            return None
        parts = re.compile(re.escape(stream.from_).replace(r"\*", "(.*)").replace(r"\?", "(.)"))
        match = parts.fullmatch(path.name)
        name = declared.from_
        for text in match.groups() if match else ():
            name = re.sub(r"[*?]", lambda _star, text=text: text, name, count=1)  # type: ignore[misc]
        beside = path.parent / name
        if not beside.is_file():
            raise Refused(
                "file_missing",
                _("“%(name)s” has come, but not “%(lines)s”, which holds its lines.")
                % {"name": path.name, "lines": name},
            )
        return beside

    def landing(self, name: str, body: bytes, lines: bytes = b"", *, cursor: str | None = None) -> Landing:
        """An uploaded file, with the file that holds its lines where there is one, as a landing."""
        meta = {"parts": json.dumps([len(body), len(lines)])} if lines else {}
        media = MEDIA.get(sheets.kind_of(body[:4096]), "text/csv")
        return Landing(body + lines, media, safe_name(name), self.now(), cursor, None, meta)

    def read(self, stream: Stream, landing: Landing) -> Iterator[RawDocument | Problem]:
        """The documents of a file. Refused when it is no table, or when a person must choose its sheet, encoding or
        header.
        """
        with ExitStack() as stack:
            yield from self.documents(stream, landing, stack)

    def documents(self, stream: Stream, landing: Landing, stack: ExitStack) -> Documents:
        """The file's tables, opened for as long as ``stack`` lives."""
        if landing.meta.get("piece"):
            return large.documents_of(stream, self.zone, self.notes, landing)
        sizes = json.loads(landing.meta.get("parts", "[]")) or [len(landing.body), 0]
        body, rest = landing.body[: sizes[0]], landing.body[sizes[0] :]
        head = self._part(stream, body, landing.name, stack, lines=False)
        declared = stream.lines
        below = None
        if declared and declared.from_:
            below = self._part(stream, rest or body, landing.name, stack, lines=True)
        return Documents(stream, self.zone, self.notes, head, below)

    def _part(self, stream: Stream, body: bytes, name: str, stack: ExitStack, *, lines: bool) -> Part:
        how, columns = self.how(stream, lines=lines), stream.columns(lines=lines)
        grid = stack.enter_context(grids.opened(body, name, how, columns, self.notes))
        return Part(grid, columns, how.header_row, name)

    def how(self, stream: Stream, *, lines: bool = False) -> grids.How:
        """What the settings say about the documents' file, or about the lines' one."""
        sheet, header_row = stream.sheet, stream.header_row
        if lines and stream.lines:
            sheet, header_row = stream.lines.sheet, stream.lines.header_row
        encoding, separator = (str(self.settings.get(word, "")) for word in ("encoding", "separator"))
        return grids.How(encoding, separator, sheet, header_row)

    def keys(self, stream: Stream) -> Iterator[str] | None:
        """The refs in the newest file where each file is complete; else a file does not say what was deleted."""
        if not (stream.options.get("complete") and self.settings.get("folder")):
            return None
        return self._keys(stream)

    def _keys(self, stream: Stream) -> Iterator[str]:
        for _stamp, path in self._files(stream):
            for landing in self._landings(stream, path, ""):
                for document in self.read(stream, landing):
                    if document.ref:
                        yield document.ref
