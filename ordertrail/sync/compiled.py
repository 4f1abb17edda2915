"""A stream made into one function from a raw document to a record: what can be decided once is decided here."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson
from django.utils.translation import gettext as _

from ordertrail.records import shapes
from ordertrail.records.shapes import Problem, Record, Same
from ordertrail.sync.connectors.base import Notes, RawDocument, Value
from ordertrail.sync.moments import day_reader, instant_reader, moment_reader
from ordertrail.sync.same_head import agree
from ordertrail.sync.spec import CHOICES, CODES, LINES, MANY, Spec, field_kinds
from ordertrail.sync.stream import Stream
from ordertrail.sync.values import Bad, Noting, code_reader, number_reader, read_flag, read_text, remembered, show

Convert = Callable[[Value], Any]

_MONEY = frozenset({"net", "gross", "total", "amount", "invoiced", "paid", "value"})
"""Number fields that the store keeps with four decimals; all others have six."""

_LONGEST = {"ref": 200, "number": 100}


class Step(NamedTuple):
    """One field of a record: its name, the column it comes from, and how a cell becomes its value."""

    field: str
    column: str
    convert: Convert


class Level:
    """How one row becomes the values of one record (a document's or a line's): constants, and steps to run for each
    row.
    """

    def __init__(self, record: type[Any]) -> None:
        self.record = record
        self.constants: dict[str, Any] = {}
        self.steps: list[Step] = []
        self.header_steps: list[Step] = []


class Mapper:
    """The compiled form of one stream: call it with a raw document. Not shared between threads."""

    def __init__(self, stream: Stream, zone: ZoneInfo, notes: Notes) -> None:
        self.stream = stream
        self.zone = zone
        self.notes = notes
        self.place = ""
        self.column = ""
        self.head = self._level(shapes.RECORDS[stream.kind], stream.fields)
        self.has_number = "number" in stream.fields
        self._add_changed_at()
        self.line: Level | None = None
        self.lines_field = ""
        self.keyed = ""
        self.counted = False
        self.by_rows = stream.lines is not None and stream.lines.rows
        if stream.lines and stream.kind in LINES:
            self.lines_field, shape = LINES[stream.kind]
            self.line = self._level(shape, stream.line_fields)
            self._add_line_ref(self.line)
        self.customers = "customer" in {f.name for f in dataclasses.fields(self.head.record)}

    def __call__(self, raw: RawDocument) -> Record | Problem:
        """The record that ``raw`` stands for, or why it cannot be one: the whole document waits, never a part of it."""
        self.place = raw.place
        self.column = self.stream.key.column
        try:
            values = self._head(raw)
            if self.by_rows and (contradiction := agree(self.head.steps, raw, self.notes)):
                self.column, bad = contradiction
                raise bad
            if self.line is not None:
                values[self.lines_field] = self._lines(self.line, raw)
            record: Record = self.head.record(**values)
            return record
        except Bad as bad:
            return Problem(raw.ref, self.place, self.column, bad.code, bad.detail, _raw_text(raw))

    def _head(self, raw: RawDocument) -> dict[str, Any]:
        ref = raw.ref
        if not ref:
            raise missing()
        if len(ref) > _LONGEST["ref"]:
            raise _too_long(ref, _LONGEST["ref"])
        values = self.head.constants.copy()
        values["ref"] = ref
        if not self.has_number:
            values["number"] = ref
        get = raw.row.get
        column = ""
        try:
            for field, column, convert in self.head.steps:
                values[field] = convert(get(column))
        except Bad:
            self.column = column
            raise
        if self.customers and not values.get("customer") and values.get("customer_name"):
            values["customer"] = values["customer_name"]
        return values

    def _lines(self, line: Level, raw: RawDocument) -> tuple[Any, ...]:
        steps, shape, counted = line.steps, line.record, self.counted
        values = line.constants.copy()
        for field, self.column, convert in line.header_steps:
            values[field] = convert(raw.row.get(self.column))
        found: list[Any] = []
        column = ""
        try:
            for row in raw.lines:
                get = row.get
                for field, column, convert in steps:
                    values[field] = convert(get(column))
                if counted:
                    values["ref"] = str(len(found) + 1)
                found.append(shape(**values))
        except Bad:
            self.column = column
            self.place = _("%(place)s, line %(number)s") % {"place": raw.place, "number": len(found) + 1}
            raise
        if self.keyed:
            self._refuse_twins(found)
        return tuple(found)

    def _refuse_twins(self, lines: Sequence[Any]) -> None:
        refs = [line.ref for line in lines]
        if len(set(refs)) < len(refs):
            self.column = self.keyed
            twice = next(ref for ref in refs if refs.count(ref) > 1)
            detail = _("Two lines of the document have the reference “%(ref)s”.") % {"ref": show(twice)}
            raise Bad("line_repeated", detail)

    def _level(self, record: type[Any], fields: Mapping[str, Sequence[Spec]]) -> Level:
        level = Level(record)
        kinds = field_kinds(record)
        shape = {f.name: f for f in dataclasses.fields(record)}
        for name, specs in fields.items():
            if name in MANY:
                self._add_many(level, name, specs)
                continue
            spec = specs[0]
            convert = self._convert(name, kinds[name], spec, shape[name])
            if not spec.column:
                level.constants[name] = convert(spec.value)
            else:
                (level.header_steps if spec.header else level.steps).append(Step(name, spec.column, convert))
        return level

    def _add_changed_at(self) -> None:
        """Without a mapping of its own, the change time is the version's or cursor's where that is a time."""
        column = self.stream.version or self.stream.cursor
        if not column or "changed_at" in self.stream.fields:
            return
        read = instant_reader(self.stream.reading, self.zone, lambda code, detail: None)

        def changed_at(value: Value) -> datetime | None:
            if isinstance(value, int) or (type(value) is str and value.isdigit()):
                return None  # a running number, not a time
            try:
                return read(value)
            except Bad:
                return None

        self.head.steps.append(Step("changed_at", column, changed_at))

    def _add_line_ref(self, line: Level) -> None:
        """A line is called by its key; without one by its place, counted from 1."""
        if "ref" in self.stream.line_fields or not any(f.name == "ref" for f in dataclasses.fields(line.record)):
            return
        if self.stream.lines and self.stream.lines.key:
            self.keyed = self.stream.lines.key
            read = code_reader(self._noting(self.keyed))
            line.steps.insert(0, Step("ref", self.keyed, _required(read)))
        else:
            self.counted = True

    def _noting(self, column: str) -> Noting:
        return lambda code, detail: self.notes.add(code, detail, column=column, place=self.place)

    def _convert(self, name: str, kind: str, spec: Spec, shape: dataclasses.Field[Any]) -> Convert:
        """The function from a cell to the value of field ``name``, with everything that ``spec`` asks for."""
        read = self._by_kind(name, kind, spec)
        choices = CHOICES.get((self.stream.kind, name))
        if spec.map is not None:
            read = _mapped(read, spec)
        elif choices and spec.column:
            read = _chosen(read, choices)
        if spec.regex:
            read = _matched(read, re.compile(spec.regex))
        if spec.reading.empty:
            read = _emptied(read, frozenset(spec.reading.empty))
        required = shape.default is dataclasses.MISSING and shape.default_factory is dataclasses.MISSING
        if spec.default is not None:
            read = _defaulted(read, read(spec.default))
        elif required and spec.column:
            read = _required(read)
        elif not required and shape.default not in (None, "", dataclasses.MISSING):
            read = _defaulted(read, shape.default)
        return read

    def _by_kind(self, name: str, kind: str, spec: Spec) -> Convert:
        noting = self._noting(spec.column)
        if kind == "flag":
            return read_flag
        if kind == "number":
            return number_reader(spec.reading.decimal, 4 if name in _MONEY else 6, noting, spec.scale)
        if kind == "code":
            read = code_reader(noting, spec.digits)
            return _limited(read, _LONGEST[name]) if name in _LONGEST else read
        if kind == "text":
            return remembered(read_text)
        return {"moment": moment_reader, "instant": instant_reader, "day": day_reader}[kind](
            spec.reading, self.zone, noting
        )

    def _add_many(self, level: Level, name: str, specs: Sequence[Spec]) -> None:
        """A field of several values: one step for each of its columns, the last of which holds them all."""
        pick: list[tuple[str, Convert]] = []
        for spec in specs:
            read: Convert = code_reader(self._noting(spec.column), spec.digits) if name in CODES else read_text
            if spec.map is not None:
                read = _mapped(read, spec)
            if spec.regex:
                read = _matched(read, re.compile(spec.regex))
            if spec.reading.empty:
                read = _emptied(read, frozenset(spec.reading.empty))
            pick.append((spec.column, _several(read, spec, name)))
        if len(pick) == 1 and pick[0][0]:
            level.steps.append(Step(name, pick[0][0], pick[0][1]))
            return
        for index, (column, read) in enumerate(pick):
            level.steps.append(Step(name, column, _Collected(read, first=index == 0)))
        _Collected.chain([step.convert for step in level.steps[-len(pick) :]])


class _Collected:
    """One of several columns that feed one field: adds its values to those of the columns before it."""

    def __init__(self, read: Convert, *, first: bool) -> None:
        self.read = read
        self.before: _Collected | None = None
        self.first = first
        self.found: tuple[Any, ...] = ()

    @staticmethod
    def chain(members: Sequence[Any]) -> None:
        """Let each member know the one before it."""
        for before, after in pairwise(members):
            after.before = before

    def __call__(self, value: Value) -> tuple[Any, ...]:
        earlier = self.before.found if self.before else ()
        own = self.read(value)
        self.found = earlier + tuple(one for one in own if one not in earlier) if own else earlier
        return self.found


def _several(read: Convert, spec: Spec, name: str) -> Convert:
    """Zero, one or (with ``split``) several values of one cell, as a tuple without repetitions."""
    separators = re.compile("[" + re.escape(spec.split) + "]") if spec.split else None

    def values(value: Value) -> tuple[Any, ...]:
        text = read(value if spec.column else spec.value)
        if not text:
            return ()
        parts = [part.strip() for part in separators.split(text)] if separators else [text]
        found = dict.fromkeys(part for part in parts if part)
        return tuple(Same(part, spec.source) for part in found) if name == "same_as" else tuple(found)

    return values


def ref_reader(stream: Stream) -> Convert:
    """The function from a key's cell to the document's ref as text, "" for none; Bad when digits are lost."""
    read: Convert = code_reader(lambda code, detail: None, stream.key.digits)
    return _matched(read, re.compile(stream.key.regex)) if stream.key.regex else read


def missing() -> Bad:
    """The refusal of a document that lacks what it must have."""
    return Bad("missing", _("It is empty, and a document cannot do without it."))


def _too_long(text: str, longest: int) -> Bad:
    return Bad("too_long", _("“%(text)s” is longer than %(longest)s signs.") % {"text": show(text), "longest": longest})


def _limited(read: Convert, longest: int) -> Convert:
    def limited(value: Value) -> Any:
        text = read(value)
        if len(text) > longest:
            raise _too_long(text, longest)
        return text

    return limited


def _required(read: Convert) -> Convert:
    def required(value: Value) -> Any:
        found = read(value)
        if found is None or found == "":
            raise missing()
        return found

    return required


def _defaulted(read: Convert, default: Any) -> Convert:
    def defaulted(value: Value) -> Any:
        found = read(value)
        return default if found is None or found == "" else found

    return defaulted


def _emptied(read: Convert, empty: frozenset[str]) -> Convert:
    nothing = read(None)

    def emptied(value: Value) -> Any:
        return nothing if (value.strip() if type(value) is str else read_text(value)) in empty else read(value)

    return emptied


def _matched(read: Convert, pattern: re.Pattern[str]) -> Convert:
    def matched(value: Value) -> Any:
        match = pattern.search(read_text(value))
        return read(match[1] if match else None)

    return matched


def _mapped(read: Convert, spec: Spec) -> Convert:
    """A table from the source's words to ours. A word that was never seen is Bad("unknown_value"), unless ``else`` is
    given.
    """
    table = {key: read(out) for key, out in spec.map or ()}
    other = read(spec.otherwise) if spec.has_otherwise else None
    table.setdefault("", read(None))

    def mapped(value: Value) -> Any:
        key = value if type(value) is str else read_text(value)
        if key in table:
            return table[key]
        key = read_text(key)
        if key in table:
            return table[key]
        if spec.has_otherwise:
            return other
        raise Bad(
            "unknown_value",
            _("“%(text)s” was never seen here. Say in the mapping what it means; known are: %(known)s.")
            % {"text": show(key), "known": ", ".join(show(one) for one in table if one)},
        )

    return mapped


def _chosen(read: Convert, choices: tuple[str, ...]) -> Convert:
    def chosen(value: Value) -> Any:
        text = read(value)
        if text and text not in choices:
            raise Bad(
                "unknown_value",
                _("“%(text)s” is not one of %(known)s. Say in the mapping what it means.")
                % {"text": show(text), "known": ", ".join(filter(None, choices))},
            )
        return text

    return chosen


def _raw_text(raw: RawDocument) -> str:
    """The document's cells as JSON, for the page of rejects; at most 4,000 signs."""
    cells = {"row": raw.row, "lines": raw.lines[:20]}
    try:
        return orjson.dumps(cells, default=str).decode()[:4000]
    except (TypeError, orjson.JSONEncodeError):
        return ascii(cells)[:4000]
