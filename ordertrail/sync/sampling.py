"""A look into a source before it is mapped: what may be read there, its columns, and a few rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused
from ordertrail.records.models import Source
from ordertrail.records.shapes import RECORDS, Problem, Record
from ordertrail.sync.connectors.base import Notes
from ordertrail.sync.mapping import Stream, to_records
from ordertrail.sync.sources import opened, zone_of

ROWS = 20
DOCUMENTS = 20
LOOKED_AT = 1 << 20
"""Bytes of a file that are looked at; a longer text file is cut at the end of a line."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The columns of a table, file or list of documents, and its first rows. What a person must still choose (an encoding, a
    sheet, the row of the header) stands in ``choices``, by the name of the setting."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...] = ()
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def values(self, column: str, most: int = 3) -> str:
        """The first different values of a column, for the eye."""
        texts = dict.fromkeys(str(row[column]) for row in self.rows if row.get(column) not in (None, ""))
        return " · ".join(text[:40] for text in islice(texts, most))


def places(source: Source) -> list[str]:
    """What may be read of a source: its tables, or the files in its folder; empty where that cannot be listed.

    Refused when the source cannot be reached.
    """
    if source.connector == "sql":
        from ordertrail.sync.connectors.sql_tables import table_names

        with _database(source) as connection:
            return table_names(connection)
    if source.connector == "files" and source.settings.get("folder"):
        folder = Path(str(source.settings["folder"])).expanduser()
        return sorted(
            path.name for path in folder.glob("*") if path.is_file() and not path.name.startswith((".", "~$"))
        )
    return []


def sample(source: Source, declared: Mapping[str, Any]) -> Sample:
    """The first rows of what a stream (as declared, its fields may be missing) reads. Refused when nothing can be read."""
    if source.connector == "sql":
        return _of_table(source, str(declared.get("from", "")))
    if source.connector == "files":
        return _of_file(source, declared)
    return _of_answer(source, declared)


def _database(source: Source) -> Any:
    from ordertrail.sync.connectors.sql_engine import address, engine, snapshot
    from ordertrail.sync.secrets import secrets_of

    url = address(str(source.settings.get("url", "")), secrets_of(source).get("password", ""))
    return snapshot(engine(url, str(source.settings.get("encoding", ""))))


def _of_table(source: Source, name: str) -> Sample:
    import sqlalchemy as sa

    from ordertrail.sync.connectors.sql_tables import table

    with _database(source) as connection:
        found = table(connection, name, "t", ())
        rows = connection.execute(sa.select(*found.source.c).limit(ROWS)).mappings().all()
    return Sample(found.columns, tuple(dict(row) for row in rows))


def newest_file(source: Source, pattern: str) -> Path:
    """The newest file of a source's folder that a pattern fits. Refused("file_missing") when there is none."""
    folder = Path(str(source.settings.get("folder", ""))).expanduser()
    files = [path for path in folder.glob(pattern or "*") if path.is_file() and not path.name.startswith((".", "~$"))]
    if not files:
        detail = _("No file in %(folder)s is called like “%(pattern)s”; upload one, or put it there.")
        raise Refused("file_missing", detail % {"folder": folder, "pattern": pattern})
    return max(files, key=lambda path: path.stat().st_mtime_ns)


def _of_file(source: Source, declared: Mapping[str, Any]) -> Sample:
    from ordertrail.sync.connectors.file_preview import preview

    path = newest_file(source, str(declared.get("from", "")))
    seen = preview(_head(path), {**source.settings, **declared}, path.name)
    choices: dict[str, Mapping[str, str]] = {}
    if seen.encodings:
        choices["encoding"] = seen.encodings
    if len(seen.sheets) > 1:
        choices["sheet"] = {name: name for name in seen.sheets}
    if len(seen.header_rows) > 1:
        choices["header_row"] = {str(row): _("row %(row)s") % {"row": row} for row in seen.header_rows}
    chosen = {"encoding": seen.encoding, "sheet": seen.sheet, "header_row": str(seen.header_row or "")}
    return Sample(seen.columns, seen.samples[:ROWS], choices, chosen, seen.notes)


def _head(path: Path) -> bytes:
    """The file; of a long text file only its beginning."""
    from ordertrail.sync.connectors.sheets import kind_of

    with path.open("rb") as file:
        head = file.read(LOOKED_AT)
        if len(head) < LOOKED_AT or kind_of(head[:4096]) != "text":
            return head + file.read()
    return head[: head.rfind(b"\n") + 1] or head


def _of_answer(source: Source, declared: Mapping[str, Any]) -> Sample:
    """The first documents of a list of an API: their fields by dotted path."""
    bare = {**declared, "fields": {"number": declared.get("key") or "id"}, "key": declared.get("key") or "id"}
    bare = {name: value for name, value in bare.items() if name not in ("lines", "line_fields", "cursor", "version")}
    needed = {"work_order": ("sku", "planned_qty"), "payment": ("amount",), "customer": ("name",)}
    bare["fields"] |= {name: {"value": "0"} for name in needed.get(str(declared.get("kind")), ())}
    connector = opened(source)
    stream = Stream.from_json(bare, source.settings)
    landing = next(connector.fetch(stream, None), None)
    rows: list[Mapping[str, Any]] = []
    for document in connector.read(stream, landing) if landing else ():
        if not isinstance(document, Problem):
            rows.append(document.row)
        if len(rows) >= ROWS:
            break
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    return Sample(columns, tuple(rows))


@dataclass(frozen=True, slots=True)
class Tried:
    """What a mapping makes of the first documents: records, and what could not be read."""

    records: tuple[Record, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def tried(source: Source, declared: Mapping[str, Any]) -> Tried:
    """Read the first documents with a mapping, and keep nothing of it. Refused when the mapping or the source makes no sense."""
    stream = Stream.from_json(declared, source.settings)
    connector = opened(source)
    connector.settings["streams"] = [dict(declared)]
    records: list[Record] = []
    problems: list[Problem] = []
    notes = Notes()
    landing = next(connector.fetch(stream, None), None)
    documents = connector.read(stream, landing) if landing else iter(())
    for record in to_records(stream, islice(documents, DOCUMENTS), zone_of(source), notes=notes):
        if isinstance(record, Problem):
            problems.append(record)
        elif isinstance(record, RECORDS[stream.kind]):
            records.append(record)
    told = tuple(dict.fromkeys(one.detail for one in (*notes, *connector.notes)))
    return Tried(tuple(records), tuple(problems), told)
