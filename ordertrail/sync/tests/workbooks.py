"""Real spreadsheet files made for tests: as programs write them, and as nobody should."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter

Row = Sequence[Any]


def xlsx(
    rows: Sequence[Row], sheet: str = "订单", more: Callable[[Any, Any], None] | None = None, **options: Any
) -> bytes:
    """A workbook with one sheet; ``more(workbook, sheet)`` may add to it. Dates are written as dates."""
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, {"strings_to_formulas": False, **options})
    page = workbook.add_worksheet(sheet)
    days = workbook.add_format({"num_format": "yyyy-mm-dd"})
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, date):
                page.write_datetime(number, column, value, days)
            elif value is not None:
                page.write(number, column, value)
    if more:
        more(workbook, page)
    workbook.close()
    return out.getvalue()


def rezipped(
    body: bytes, change: Mapping[str, Callable[[bytes], bytes]] | None = None, added: Mapping[str, bytes] | None = None
) -> bytes:
    """A workbook with some of its parts changed or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, change[name](part) if change and name in change else part)
        for name, part in (added or {}).items():
            new.writestr(name, part)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def archive(parts: Mapping[str, bytes], *, link: str = "") -> bytes:
    """A ZIP archive of any parts; ``link`` is one that is a symbolic link."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, part in parts.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if name == link:
                info.external_attr = 0o120777 << 16
            new.writestr(info, part)
    return out.getvalue()


def ods(rows: Sequence[Row]) -> bytes:
    """A small OpenDocument sheet of texts and numbers."""

    def cell(value: Any) -> str:
        if isinstance(value, (int, float)):
            return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    body = "".join("<table:table-row>" + "".join(map(cell, row)) + "</table:table-row>" for row in rows)
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{names}:office:1.0"'
        f' xmlns:table="{names}:table:1.0" xmlns:text="{names}:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="订单">{body}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    return archive(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def xls(rows: Sequence[Row]) -> bytes:
    """A workbook of the format of 1997 (BIFF8 in an OLE file): texts and numbers in one sheet called Sheet1."""
    cells = b""
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                cells += _record(0x0204, struct.pack("<HHHHB", number, column, 0, len(value), 1) + text)
            elif value is not None:
                cells += _record(0x0203, struct.pack("<HHHd", number, column, 0, value))
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1997, 0, 0)) + cells + _record(0x000A, b"")
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1997, 0, 0)) + _record(
        0x0042, struct.pack("<H", 1200)
    )
    name = b"Sheet1"
    length = len(begin) + 4 + 8 + len(name) + 4
    book = begin + _record(0x0085, struct.pack("<IHBB", length, 0, len(name), 0) + name) + _record(0x000A, b"") + sheet
    return _ole("Workbook", book)


def _ole(name: str, stream: bytes) -> bytes:
    """An OLE file (512-byte sectors) with one stream, long enough not to need the small-sector table."""
    stream = stream.ljust(4096, b"\0")
    sectors = -(-len(stream) // 512)
    stream = stream.ljust(sectors * 512, b"\0")

    def entry(title: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = title.encode("utf-16-le")
        head = text.ljust(64, b"\0") + struct.pack("<H", len(text) + 2 if title else 0)
        return (
            head
            + struct.pack("<BBIII", kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(name, 2, 0xFFFFFFFF, 2, len(stream))
    directory += entry("", 0, 0xFFFFFFFF, 0, 0) * 2
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    fat = struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * (4 * 108)
    return header + fat + directory + stream
