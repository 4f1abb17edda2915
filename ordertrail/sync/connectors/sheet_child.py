"""A program of its own that reads one spreadsheet file under limits, so that a bad file can hurt nothing else.

python -I sheet_child.py [SHEET] < FILE > ROWS

Writes JSON lines: first the facts about the workbook, then one list of cells a row. A refusal is one line ``{"refused":
code}``. Imports nothing of the product: it runs without settings, secrets or environment.
"""

from __future__ import annotations

import datetime
import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

MEMORY = 512 << 20
SECONDS = 30
OUTPUT = 1 << 30
_PIECE = 8 << 20
_ROW_END = re.compile(rb"</(?:\w+:)?row>")
_HIDDEN = re.compile(rb"<(?:\w+:)?row\b[^>]*\bhidden=[\"'](?:1|true)[\"']")
_PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d+)[\"']")
_TYPE = re.compile(rb"\bt=[\"'](\w+)[\"']")
_ERROR = re.compile(rb"<(?:\w+:)?c\b([^>]*\bt=[\"']e[\"'][^>]*)>.*?<(?:\w+:)?v>([^<]*)<", re.DOTALL)
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


class Refusal(Exception):
    """Why the file cannot be read: a code that the parent turns into a sentence, and facts for it."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.line = {"refused": code, **facts}


def limit() -> None:
    """Bind this process to its memory, time and output; no core file."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def cell(value: Any) -> Any:
    """A cell as JSON: whole numbers as such, others with the 15 digits that spreadsheets have, days and times as tagged
    text.
    """
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        if value != value or value in (float("inf"), float("-inf")):
            return str(value)
        if abs(value) >= 1e15:
            return f"{value:.5E}"  # digits that a spreadsheet cannot hold: read as lost
        return int(value) if value == int(value) else {"decimal": format(value, ".15g")}
    if isinstance(value, datetime.datetime):
        return {"time": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"date": value.isoformat()}
    return str(value)


def check_xml(archive: zipfile.ZipFile) -> None:
    """Refuse documents that declare types or entities: no spreadsheet program writes any."""
    for entry in archive.infolist():
        if entry.filename.endswith((".xml", ".rels")):
            with archive.open(entry) as opened:
                before = b""
                while piece := opened.read(_PIECE):
                    if (
                        b"<!DOCTYPE" in before + piece
                        or b"<!ENTITY" in before + piece
                        or piece[:2] in (b"\xff\xfe", b"\xfe\xff")
                    ):
                        raise Refusal("xml_entities")
                    before = piece[-16:]


def sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """Where each sheet of an .xlsx file stands in the archive."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return {}
    targets = {
        link.get("Id"): str(link.get("Target", ""))
        for link in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314  checked by check_xml
    }
    found = {}
    for node in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():  # noqa: S314
        if node.tag.endswith("}sheet"):
            link = next((value for key, value in node.attrib.items() if key.endswith("}id")), "")
            target = targets.get(link, "")
            found[str(node.get("name"))] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def rows_of_xml(archive: zipfile.ZipFile, path: str) -> Iterator[bytes]:
    """The sheet's XML in pieces that end with a row."""
    with archive.open(path) as opened:
        rest = b""
        while piece := opened.read(_PIECE):
            rest += piece
            ends = [match.end() for match in _ROW_END.finditer(rest)]
            if ends:
                yield rest[: ends[-1]]
                rest = rest[ends[-1] :]
        yield rest


def place(attributes: bytes) -> tuple[int, int] | None:
    """Row and column, from 0, of a cell's attributes."""
    match = _PLACE.search(attributes)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + letter - 64
    return int(match[2]) - 1, column - 1


def oddities(archive: zipfile.ZipFile, path: str) -> tuple[dict[str, Any], dict[tuple[int, int], str]]:
    """What the reader does not tell: hidden rows, whether there is a filter, and cells that show an error or lost their
    value.
    """
    facts: dict[str, Any] = {"hidden_rows": 0, "filtered": False, "unplaced": 0}
    marks: dict[tuple[int, int], str] = {}

    def mark(attributes: bytes, text: str) -> None:
        where = place(attributes)
        if where is None:
            facts["unplaced"] += 1
        else:
            marks[where] = text

    for piece in rows_of_xml(archive, path):
        facts["hidden_rows"] += len(_HIDDEN.findall(piece))
        facts["filtered"] = facts["filtered"] or b"<autoFilter" in piece
        if b't="e"' in piece or b"t='e'" in piece:
            for match in _ERROR.finditer(piece):
                mark(match[1], match[2].decode("utf-8", "replace"))
        if b"<f" in piece or b":f" in piece:
            for match in _FORMULA.finditer(piece):
                kind = _TYPE.search(match[1])
                if not (match[2] and kind and kind[1] == b"str"):  # a text formula whose result is empty
                    mark(match[1], "#FORMULA!")
    return facts, marks


def chosen(workbook: Any, wanted: str) -> tuple[str, list[dict[str, Any]]]:
    """The sheet to read, and all sheets with their sizes; Refusal when a person must choose."""
    sheets = []
    for meta in workbook.sheets_metadata:
        visible = str(meta.visible).endswith(".Visible")
        sheets.append({"name": meta.name, "visible": visible, "rows": workbook.get_sheet_by_name(meta.name).height})
    if wanted:
        if wanted not in [sheet["name"] for sheet in sheets]:
            raise Refusal("sheet_missing", sheets=sheets)
        return wanted, sheets
    full = [sheet for sheet in sheets if sheet["visible"] and sheet["rows"]]
    if len(full) != 1:
        raise Refusal("sheet_choice" if full else "file_empty", sheets=sheets)
    return full[0]["name"], sheets


def run(wanted: str) -> Iterator[Any]:
    """The facts, then the rows of the sheet."""
    body = sys.stdin.buffer.read()
    archive = zipfile.ZipFile(io.BytesIO(body)) if body[:2] == b"PK" else None
    if archive:
        check_xml(archive)
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        workbook = CalamineWorkbook.from_object(io.BytesIO(body))
        name, sheets = chosen(workbook, wanted)
        sheet = workbook.get_sheet_by_name(name)
    except PasswordError:
        raise Refusal("file_locked") from None
    except CalamineError as error:
        raise Refusal("file_broken", why=str(error)) from None
    path = sheet_paths(archive).get(name) if archive else None
    facts, marks = oddities(archive, path) if archive and path in archive.namelist() else ({}, {})
    links = bool(archive and any(entry.startswith("xl/externalLinks/") for entry in archive.namelist()))
    yield {"sheet": name, "sheets": sheets, "merged": sheet.merged_cell_ranges or [], "links": links, **facts}
    marked = {row for row, _column in marks}
    for number, values in enumerate(sheet.iter_rows()):
        cells = [cell(value) for value in values]
        if number in marked:
            for column in range(len(cells)):
                cells[column] = marks.get((number, column), cells[column])
        yield cells


def main() -> None:
    """Read the file on standard input and write its rows."""
    limit()
    out = io.TextIOWrapper(sys.stdout.buffer, "utf-8", errors="surrogatepass", write_through=False)
    try:
        for line in run(sys.argv[1] if len(sys.argv) > 1 else ""):
            out.write(json.dumps(line, ensure_ascii=True, separators=(",", ":")) + "\n")
    except Refusal as refusal:
        out.write(json.dumps(refusal.line) + "\n")
    except MemoryError:
        out.write('{"refused": "file_too_large"}\n')
    except (zipfile.BadZipFile, ElementTree.ParseError, EOFError) as error:
        out.write(json.dumps({"refused": "file_broken", "why": str(error)}) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
