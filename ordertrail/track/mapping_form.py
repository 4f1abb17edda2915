"""A mapping as a form: for each field of a record the column it comes from, what its values mean, how its days are written.

What a form does not show of a declared value (a scale, a pattern, a default) stays as long as the column does.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from ordertrail.records import shapes
from ordertrail.records.models import Source
from ordertrail.sync.sampling import Sample
from ordertrail.sync.spec import CHOICES, LINES, MANY
from ordertrail.sync.stream import streams as parsed
from ordertrail.sync.suggest import suggest
from ordertrail.track import meanings
from ordertrail.track.field_words import word

HIDDEN = frozenset({"ref", "lines", "allocations", "reported", "changed_at"})
"""Fields of records that a person does not map by hand."""
CONSTANT = "="
"""Begins the text of a field whose value is the same for every document."""
KINDS = tuple(shapes.RECORDS)


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field: its words, the column (several between commas for a field that takes many; ``=CNY`` for a constant), example
    values, and how they are understood."""

    name: str
    words: str
    needed: bool
    many: bool
    column: str
    suggested: bool
    values: str
    choices: tuple[str, ...]
    meanings: str
    dates: str
    dated: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A stream as it stands in the form."""

    declared: dict[str, Any]
    fields: list[FieldRow]
    line_fields: list[FieldRow]

    @property
    def lines(self) -> str:
        """Where the lines stand: "" none, "rows", or "from"."""
        lines = self.declared.get("lines") or {}
        return "rows" if lines.get("rows") or lines.get("path") else "from" if lines.get("from") else ""


def remembered(kind: str, columns: Sequence[str], but: Source) -> dict[str, Any]:
    """What people have decided about columns of the same names in other sources: field to value spec."""
    found: dict[str, Any] = {}
    for source in Source.objects.exclude(pk=but.pk).order_by("pk"):
        for stream in source.settings.get("streams", ()):
            if stream.get("kind") == kind:
                for name, spec in stream.get("fields", {}).items():
                    column = spec.get("column") if isinstance(spec, Mapping) else spec
                    if isinstance(column, str) and column in columns:
                        found[name] = spec
    return found


def proposed(source: Source, kind: str, reads: str, seen: Sample) -> dict[str, Any]:
    """A first mapping of a table that nobody has mapped yet: what was decided elsewhere, then what looks likely."""
    told = suggest(seen.columns, seen.rows, kind)
    told["fields"] = {**told.get("fields", {}), **remembered(kind, seen.columns, source)}
    return {"kind": kind, "from": reads, **told}


def draft(declared: Mapping[str, Any], seen: Sample, *, suggested: bool) -> Draft:
    """The form of a declared stream."""
    kind = str(declared["kind"])
    shape = shapes.RECORDS[kind]
    rows = _rows(shape, kind, declared.get("fields", {}), seen, suggested=suggested)
    line_rows = []
    if kind in LINES:
        line_rows = _rows(LINES[kind][1], f"{kind}_line", declared.get("line_fields", {}), seen, suggested=suggested)
    return Draft(dict(declared), rows, line_rows)


def _rows(shape: type[Any], kind: str, told: Mapping[str, Any], seen: Sample, *, suggested: bool) -> list[FieldRow]:
    return [
        _row(field, kind, told.get(field.name), seen, suggested=suggested)
        for field in dataclasses.fields(shape)
        if field.name not in HIDDEN
    ]


def _row(field: Any, kind: str, spec: Any, seen: Sample, *, suggested: bool) -> FieldRow:
    column = shown_column(spec)
    more = spec if isinstance(spec, Mapping) else {}
    choices = tuple(filter(None, CHOICES.get((kind, field.name), ())))
    told = more.get("map") or {}
    if not told and choices and suggested and column:
        told = meanings.guessed(choices, dict.fromkeys(str(row[column]) for row in seen.rows if row.get(column)))
    bare = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    return FieldRow(
        field.name,
        str(word(field.name)),
        bare,
        field.name in MANY,
        column,
        suggested and bool(column),
        seen.values(column.split(",")[0].strip()) if column and not column.startswith(CONSTANT) else "",
        tuple(meanings.shown(field.name, choice) for choice in choices),
        "\n".join(f"{value} = {meanings.shown(field.name, ours)}" for value, ours in told.items()),
        ", ".join(more.get("dates") or ()),
        "date" in str(field.type),
    )


def shown_column(spec: Any) -> str:
    """A value spec as the form shows it.

    >>> shown_column("order_no"), shown_column(["a", "b"]), shown_column({"value": "CNY"}), shown_column({"column": "x", "map": {}})
    ('order_no', 'a, b', '=CNY', 'x')
    """
    if isinstance(spec, Mapping):
        return CONSTANT + str(spec["value"]) if "value" in spec else str(spec.get("column", ""))
    if isinstance(spec, list | tuple):
        return ", ".join(filter(None, map(shown_column, spec)))
    return str(spec or "")


def posted(form: QueryDict, before: Mapping[str, Any]) -> dict[str, Any]:
    """The declaration that a form means, with what it does not show taken from ``before``."""
    kind = str(before["kind"])
    told: dict[str, Any] = {
        **{name: value for name, value in before.items() if name not in ("fields", "line_fields", "lines")},
        "from": form.get("from", str(before.get("from", ""))).strip(),
        "key": form.get("key", "").strip(),
    }
    for name in ("version", "cursor", "sheet", "decimal"):
        if name in form:
            _set(told, name, form.get(name, "").strip())
    if (row := form.get("header_row", "")).isdigit():
        told["header_row"] = int(row)
    told["fields"] = _fields(form, "f-", shapes.RECORDS[kind], before.get("fields", {}))
    where = form.get("lines", "")
    if kind in LINES and where:
        told["lines"] = _lines(form, where, before.get("lines") or {})
        told["line_fields"] = _fields(form, "l-", LINES[kind][1], before.get("line_fields", {}))
    return told


def reading(form: QueryDict) -> dict[str, str]:
    """How the files of the source are read, where the form says it: settings of the source, not of a stream."""
    return {name: form.get(name, "").strip() for name in ("encoding", "separator") if form.get(name)}


def _set(told: dict[str, Any], name: str, text: str) -> None:
    if text:
        told[name] = text
    else:
        told.pop(name, None)


def _lines(form: QueryDict, where: str, before: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in before.items() if name not in ("rows", "from", "parent", "key")}
    if where == "rows":
        found: dict[str, Any] = {**kept} if kept.get("path") else {**kept, "rows": True}
    else:
        found = {**kept, "from": form.get("lines-from", "").strip(), "parent": form.get("lines-parent", "").strip()}
    _set(found, "key", form.get("lines-key", "").strip())
    return found


def _fields(form: QueryDict, prefix: str, shape: type[Any], before: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for field in dataclasses.fields(shape):
        if field.name in HIDDEN:
            if field.name in before:
                found[field.name] = before[field.name]
            continue
        spec = _spec(form, f"{prefix}{field.name}", before.get(field.name), many=field.name in MANY)
        if spec is not None:
            found[field.name] = spec
    return found


def _spec(form: QueryDict, name: str, before: Any, *, many: bool) -> Any:
    """One field's value spec; None when nothing is chosen for it."""
    column = form.get(name, "").strip()
    if not column:
        return None
    if column == shown_column(before) and (many or (f"{name}-map" not in form and f"{name}-dates" not in form)):
        return before
    if column.startswith(CONSTANT):
        return {"value": column[len(CONSTANT) :].strip()}
    if many:
        return [part.strip() for part in column.split(",") if part.strip()]
    kept = dict(before) if isinstance(before, Mapping) and before.get("column") == column else {}
    told = meant(form.get(f"{name}-map", ""), name.partition("-")[2])
    dates = [part.strip() for part in form.get(f"{name}-dates", "").split(",") if part.strip()]
    for key, value in (("map", told), ("dates", dates)):
        if value:
            kept[key] = value
        elif f"{name}-{key}" in form:
            kept.pop(key, None)
    kept.pop("column", None)
    return {"column": column, **kept} if kept else column


def meant(text: str, field: str = "state") -> dict[str, str]:
    r"""What each value means, a line each, as the code that the words mean.

    >>> meant("30 = confirmed\n90=已取消\n\n")
    {'30': 'confirmed', '90': 'cancelled'}
    """
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {value.strip(): meanings.code(field, ours) for value, _sign, ours in pairs}


def with_stream(settings: Mapping[str, Any], stream: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a source with one stream put in, or in the place of the one that has its name.

    Refused("mapping_invalid") when the whole makes no sense.
    """
    name = name_of(stream)
    others = [one for one in settings.get("streams", ()) if name_of(one) != name]
    told = {**settings, "streams": [*others, dict(stream)]}
    parsed(told)
    return told


def name_of(stream: Mapping[str, Any]) -> str:
    """What a stream is called: its name, else the kind of its documents."""
    return str(stream.get("name") or stream.get("kind", ""))
