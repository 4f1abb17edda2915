"""Spreadsheet files (.xlsx, .xlsm, .xls, .ods): looked at from outside first, then read by a child process under
limits.
"""

from __future__ import annotations

import io
import re
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import orjson
from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused
from ordertrail.sync.connectors.delimited import Line
from ordertrail.sync.drift import closest

CHILD = Path(__file__).with_name("sheet_child.py")
SECONDS = 30
MOST_ENTRIES = 200
MOST_UNPACKED = 300 << 20
MOST_RATIO = 100
_SMALL = 1 << 20
"""An entry below this may be packed as tightly as it likes: it can hurt nobody."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURE = re.compile(
    rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|BM.{4}\0\0\0\0|II\*\0|MM\0\*|RIFF.{4}WEBP|.{4}ftyp(?:hei|mif|avi)", re.DOTALL
)
"""How PNG, JPEG, GIF, BMP, TIFF, WebP, HEIC and AVIF begin."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_READ: dict[str, Any] = {"decimal": Decimal, "date": date.fromisoformat, "time": datetime.fromisoformat}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook and what is odd about it. ``merged`` holds (first row, first column, last row, last
    column), from 0.
    """

    name: str
    sheets: tuple[dict[str, Any], ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: int = 0
    filtered: bool = False
    links: bool = False
    unplaced: int = 0
    rows: Callable[[], Iterator[Line]] = field(default=lambda: iter(()), repr=False, compare=False)


def kind_of(start: bytes) -> str:
    r"""What a file is by its first bytes: "zip", "ole", "html", "xml", "pdf", "picture" or "text"; its name may say anything.

    >>> kind_of(b"\x89PNG\r\n"), kind_of(b'<?xml version="1.0"?><!-- --><svg onload="x()">'), kind_of(b"BM,Menge")
    ('picture', 'picture', 'text')
    """
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if start.startswith(_OLE):
        return "ole"
    if start.startswith(b"%PDF"):
        return "pdf"
    if _PICTURE.match(start):
        return "picture"
    text = start[:2000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if text.startswith(b"<") and b"<svg" in text:
        return "picture"
    if text.startswith((b"<html", b"<!doctype html", b"<table", b"<head", b"<meta")):
        return "html"
    return "xml" if text.startswith(b"<?xml") else "text"


def refuse_foreign(kind: str, name: str) -> None:
    """The refusal of files that are no table at all, with the way out."""
    hints = {
        "html": _(
            "“%(name)s” is a web page, whatever its name says: open it in a spreadsheet program and save it as .xlsx."
        ),
        "xml": _("“%(name)s” is an XML file: open it in a spreadsheet program and save it as .xlsx."),
        "picture": _("“%(name)s” is a picture: send the sheet that it shows, as .xlsx or .csv."),
        "pdf": _("“%(name)s” is a PDF: export the table from its system as .xlsx or .csv instead."),
    }
    if kind in hints:
        raise Refused("file_foreign", hints[kind] % {"name": name})


def check(body: bytes, name: str) -> None:
    """Refuse a spreadsheet file that is locked, broken, or would unpack into something that hurts; opens nothing."""
    if body.startswith(_OLE):
        if _ENCRYPTED in body:
            raise Refused(
                "file_locked", _("“%(name)s” is protected by a password; save it without one.") % {"name": name}
            )
        return
    try:
        entries = zipfile.ZipFile(io.BytesIO(body)).infolist()
    except (zipfile.BadZipFile, EOFError, OSError, ValueError):
        raise Refused(
            "file_broken",
            _("“%(name)s” is not whole: it ends too early or is damaged. Send it again.") % {"name": name},
        ) from None
    names = {entry.filename for entry in entries}
    if len(entries) > MOST_ENTRIES:
        raise _bomb(name, _("it holds %(count)s parts") % {"count": f"{len(entries):,}"})
    for entry in entries:
        _check_entry(entry, name)
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if unpacked > MOST_UNPACKED:
        raise _bomb(name, _("it unpacks to %(size)s MB") % {"size": f"{unpacked >> 20:,}"})
    if unpacked > _SMALL and unpacked > packed * MOST_RATIO:
        raise _bomb(name, _("it unpacks to %(ratio)s times its size") % {"ratio": f"{unpacked // packed:,}"})
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        raise Refused(
            "file_foreign",
            _("“%(name)s” is a ZIP archive without a workbook: unpack it and send the files in it.") % {"name": name},
        )


def _check_entry(entry: zipfile.ZipInfo, name: str) -> None:
    parts = entry.filename.replace("\\", "/").split("/")
    if ".." in parts or entry.filename.startswith(("/", "\\")) or ":" in parts[0]:
        raise _bomb(name, _("one of its parts points outside"))
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _bomb(name, _("one of its parts is a link"))
    if entry.file_size > _SMALL and entry.file_size > max(entry.compress_size, 1) * MOST_RATIO:
        raise _bomb(
            name,
            _("a part unpacks to %(ratio)s times its size")
            % {"ratio": f"{entry.file_size // max(entry.compress_size, 1):,}"},
        )


def _bomb(name: str, why: str) -> Refused:
    return Refused(
        "file_unsafe", _("“%(name)s” is not opened: %(why)s, as no spreadsheet is.") % {"name": name, "why": why}
    )


@contextmanager
def opened(body: bytes, name: str, sheet: str = "") -> Iterator[Sheet]:
    """One sheet of a workbook; its rows stream from a scratch file that the child has written.

    Refused: "file_locked", "file_broken", "file_unsafe", "file_too_large", "file_foreign", "file_empty",
    "sheet_choice", "sheet_missing".
    """
    check(body, name)
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as taken, tempfile.TemporaryFile() as said:
        given.write(body)
        given.seek(0)
        code = _run(sheet, given, taken, said, name)
        taken.seek(0)
        first = taken.readline()
        if code != 0 or not first.endswith(b"\n"):
            raise _too_large(name)
        facts = orjson.loads(first)
        if "refused" in facts:
            raise _refusal(facts, name, sheet)
        merged = tuple((top, left, bottom, right) for (top, left), (bottom, right) in facts.pop("merged"))
        named = facts.pop("sheet")
        yield Sheet(named, tuple(facts.pop("sheets")), merged, **facts, rows=lambda: _rows(taken))


def _run(sheet: str, given: IO[bytes], taken: IO[bytes], said: IO[bytes], name: str) -> int:
    """Run the child; no environment but a path goes along, so nothing of ours can leak into it."""
    program = [sys.executable, "-I", "-B", str(CHILD), sheet]
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "RUST_BACKTRACE": "0"}
    try:
        return subprocess.run(
            program,
            stdin=given,
            stdout=taken,
            stderr=said,
            env=environment,
            timeout=SECONDS,
            check=False,
            close_fds=True,
        ).returncode
    except subprocess.TimeoutExpired:
        raise _too_large(name) from None


def _too_large(name: str) -> Refused:
    return Refused(
        "file_too_large",
        _(
            "“%(name)s” takes too much memory or time to read. A cell far outside the table is enough for that: "
            "copy the table into a new file, or send it as .csv."
        )
        % {"name": name},
    )


def _refusal(facts: dict[str, Any], name: str, sheet: str) -> Refused:
    names = [str(one["name"]) for one in facts.get("sheets", ())]
    listed = ", ".join(f"{one['name']} ({one['rows']:,})" for one in facts.get("sheets", ()))
    errors = [{"path": "sheet", "code": "sheet", "detail": one} for one in names]
    code = str(facts["refused"])
    if code == "sheet_choice":
        return Refused(
            code,
            _("“%(name)s” has several sheets (rows): %(sheets)s. Say which one to read.")
            % {"name": name, "sheets": listed},
            errors,
        )
    if code == "sheet_missing":
        near = closest(sheet, names)
        hint = _("Did you mean “%(name)s”?") % {"name": near} if near else listed
        return Refused(
            code,
            _("“%(name)s” has no sheet “%(sheet)s”. %(hint)s") % {"name": name, "sheet": sheet, "hint": hint},
            errors,
        )
    if code == "file_too_large":
        return _too_large(name)
    if code == "file_locked":
        return Refused(code, _("“%(name)s” is protected by a password; save it without one.") % {"name": name})
    if code == "file_empty":
        return Refused(code, _("“%(name)s” holds no rows.") % {"name": name})
    if code == "xml_entities":
        return _bomb(name, _("it declares entities"))
    hint = (
        _("A .et file of WPS has to be saved as .xlsx first.")
        if name.lower().endswith(".et")
        else _("Send it again, or save it as .xlsx.")
    )
    return Refused(
        "file_broken", _("“%(name)s” cannot be read as a spreadsheet. %(hint)s") % {"name": name, "hint": hint}
    )


def _rows(taken: IO[bytes]) -> Iterator[Line]:
    taken.seek(0)
    taken.readline()
    for number, line in enumerate(taken, 1):
        cells: list[Any] = orjson.loads(line)
        for place, value in enumerate(cells):
            if type(value) is dict:
                ((word, text),) = value.items()
                cells[place] = _READ[word](text)
        yield Line(number, cells)
