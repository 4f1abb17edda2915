"""A stream: what one kind of document looks like in one source, as declared in the source's settings."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused
from ordertrail.records import shapes
from ordertrail.sync.spec import CHOICES, LINES, MANY, Lines, Spec
from ordertrail.sync.values import Reading

_READING = ("decimal", "dates", "date_order", "year_pivot", "era", "excel_1904", "empty")
_SPEC = frozenset(
    {
        "column",
        "value",
        "map",
        "else",
        "scale",
        "default",
        "split",
        "regex",
        "source",
        "header",
        "optional",
        "digits",
        *_READING,
    }
)
_LINES = frozenset({"from", "parent", "key", "rows", "path", "sheet", "header_row"})
_STREAM = frozenset(
    {
        "kind",
        "name",
        "from",
        "key",
        "version",
        "cursor",
        "lag_seconds",
        "margin_seconds",
        "lines",
        "fields",
        "line_fields",
    }
    | {"derive", "sheet", "header_row", "options", *_READING}
)


@dataclass(frozen=True)
class Stream:
    """One kind of document of one source: where it is, its key and cursor, and a value spec for each field of its
    record.

    ``lag_seconds`` are read again before the cursor, since a row may be committed late; ``margin_seconds`` before now
    are left for the next run. ``options`` are the connector's own.
    """

    kind: str
    name: str
    from_: str
    key: Spec
    fields: Mapping[str, tuple[Spec, ...]]
    line_fields: Mapping[str, tuple[Spec, ...]] = field(default_factory=dict)
    version: str = ""
    cursor: str = ""
    lag_seconds: int = 0
    margin_seconds: int = 0
    lines: Lines | None = None
    derive: tuple[str, ...] = ()
    sheet: str = ""
    header_row: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    reading: Reading = field(default_factory=Reading)
    declared: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, data: Mapping[str, Any], defaults: Mapping[str, Any] | None = None) -> Stream:
        """The stream declared by ``data``; ``defaults`` hold the source's own reading settings.

        Raises Refused("mapping_invalid") with one sentence for each mistake, naming stream and field.
        """
        return _Declaration({**_reading_settings(defaults or {}), **data}, data).stream()

    def to_json(self) -> dict[str, Any]:
        """The declaration as it was given."""
        return dict(self.declared)

    def columns(self, *, lines: bool = False) -> tuple[str, ...]:
        """The columns named by the mapping on a document's row, or on its lines' rows; each once."""
        return tuple(dict.fromkeys(column for column, _spec in self._named(lines)))

    def required_columns(self, *, lines: bool = False) -> tuple[str, ...]:
        """Those of ``columns`` that must exist: all but the optional ones."""
        return tuple(dict.fromkeys(column for column, spec in self._named(lines) if not (spec and spec.optional)))

    def needed_columns(self, *, lines: bool = False) -> frozenset[str]:
        """The columns without which no document, or no line, can be read."""
        record, fields = (
            (LINES[self.kind][1], self.line_fields)
            if lines and self.lines
            else (shapes.RECORDS[self.kind], self.fields)
        )
        found = {self.key.column} if not lines else {self.lines.key} if self.lines and self.lines.key else set()
        for f in dataclasses.fields(record):
            bare = f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
            specs = fields.get(f.name, ()) if bare and (self.lines or not lines) else ()
            found |= {spec.column for spec in specs if spec.column and spec.default is None and not spec.header}
        return frozenset(found)

    def _named(self, lines: bool) -> Iterator[tuple[str, Spec | None]]:
        own_rows = self.lines is not None and self.lines.rows
        if not lines or own_rows:
            yield self.key.column, None
            yield from ((column, None) for column in (self.version, self.cursor) if column)
            yield from ((spec.column, spec) for specs in self.fields.values() for spec in specs if spec.column)
        if self.lines and (own_rows or lines):
            yield from ((column, None) for column in (self.lines.parent, self.lines.key) if column)
        for spec in (spec for specs in self.line_fields.values() for spec in specs if spec.column):
            if own_rows or spec.header != lines:
                yield spec.column, spec


def streams(settings: Mapping[str, Any]) -> tuple[Stream, ...]:
    """All streams of a source's settings, which hold the defaults of reading; Refused when two have one name."""
    declared = settings.get("streams") or ()
    found = tuple(Stream.from_json(data, settings) for data in declared)
    names = [stream.name for stream in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Refused(
            "mapping_invalid",
            _("Two streams are called “%(name)s”; give each a “name” of its own.") % {"name": twice[0]},
        )
    return found


def _reading_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {key: settings[key] for key in _READING if key in settings}


class _Declaration:
    """A stream's JSON being checked: collects every mistake, so that a person mends them in one go."""

    def __init__(self, data: Mapping[str, Any], declared: Mapping[str, Any]) -> None:
        self.data = data
        self.declared = declared
        self.kind = str(data.get("kind", ""))
        self.name = str(data.get("name") or self.kind)
        self.errors: list[dict[str, str]] = []

    def stream(self) -> Stream:
        record = shapes.RECORDS.get(self.kind)
        if record is None:
            self.wrong(
                "kind",
                _("There is no kind “%(kind)s”; there are: %(kinds)s.")
                % {"kind": self.kind, "kinds": ", ".join(shapes.RECORDS)},
            )
            raise self.refusal()
        self.unknown_words("", self.data, _STREAM)
        reading = self.reading("", self.data, Reading())
        lines = self.lines()
        key = self.spec("key", self.data.get("key"), reading)
        fields = self.fields("fields", record, reading)
        line_fields = self.fields("line_fields", LINES[self.kind][1], reading) if self.kind in LINES else {}
        if self.data.get("line_fields") and lines is None:
            self.wrong("line_fields", _("There are line fields, but “lines” does not say where the lines are."))
        if lines and not line_fields:
            self.wrong("lines", _("There are lines, but no “line_fields”."))
        for word in ("from", "key"):
            if not self.data.get(word):
                self.wrong(word, _("“%(word)s” is missing.") % {"word": word})
        self.refuse()
        return Stream(
            kind=self.kind,
            name=self.name,
            from_=str(self.data["from"]),
            key=key,
            fields=fields,
            line_fields=line_fields,
            version=self.text("version"),
            cursor=self.text("cursor"),
            lag_seconds=self.whole("lag_seconds"),
            margin_seconds=self.whole("margin_seconds"),
            lines=lines,
            derive=self.derive(),
            sheet=self.text("sheet"),
            header_row=self.whole("header_row"),
            options=dict(self.data.get("options") or {}),
            reading=reading,
            declared=dict(self.declared),
        )

    def wrong(self, path: str, detail: str) -> None:
        self.errors.append({"path": f"{self.name}.{path}".rstrip("."), "code": "mapping_invalid", "detail": detail})

    def refuse(self) -> None:
        """Raise what has been collected, if anything."""
        if self.errors:
            raise self.refusal()

    def refusal(self) -> Refused:
        """One refusal that holds every mistake."""
        sentences = [_("Stream “%(path)s”: %(detail)s") % error for error in self.errors]
        return Refused("mapping_invalid", " ".join(sentences), self.errors)

    def unknown_words(self, path: str, data: Mapping[str, Any], known: frozenset[str]) -> None:
        for word in sorted(set(data) - known):
            self.wrong(f"{path}.{word}".lstrip("."), _("“%(word)s” is not a word of a mapping here.") % {"word": word})

    def text(self, word: str) -> str:
        value = self.data.get(word) or ""
        if not isinstance(value, str):
            self.wrong(word, _("must be a text."))
            return ""
        return value

    def whole(self, word: str) -> int:
        value = self.data.get(word) or 0
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.wrong(word, _("must be a whole number, not below 0."))
            self.refuse()
        return int(value)

    def derive(self) -> tuple[str, ...]:
        wanted = tuple(self.data.get("derive") or ())
        for word in wanted:
            if word not in ("customer", "product"):
                self.wrong(
                    "derive", _("only “customer” and “product” can be derived, not “%(word)s”.") % {"word": word}
                )
        self.refuse()
        return wanted

    def lines(self) -> Lines | None:
        data = self.data.get("lines")
        if not data:
            return None
        if not isinstance(data, Mapping):
            self.wrong("lines", _("must be an object."))
            return None
        self.unknown_words("lines", data, _LINES)
        if self.kind not in LINES:
            self.wrong("lines", _("a document of kind “%(kind)s” has no lines.") % {"kind": self.kind})
        if sum(bool(data.get(word)) for word in ("from", "rows", "path")) != 1:
            self.wrong("lines", _("say exactly one of “from”, “rows” and “path”."))
        if data.get("from") and not data.get("parent"):
            self.wrong("lines.parent", _("the column that names the document is missing."))
        texts = {word: str(data.get(word) or "") for word in ("from", "parent", "key", "path", "sheet")}
        texts["from_"] = texts.pop("from")
        return Lines(**texts, rows=bool(data.get("rows")), header_row=int(data.get("header_row") or 0))

    def reading(self, path: str, data: Mapping[str, Any], base: Reading) -> Reading:
        """``base`` with what ``data`` says about how values are written."""
        given = {key: data[key] for key in _READING if key in data}
        allowed = {"decimal": ("", ".", ","), "date_order": ("", "dmy", "mdy", "ymd"), "era": ("", "minguo")}
        for key, words in allowed.items():
            if given.get(key, "") not in words:
                self.wrong(
                    f"{path}.{key}".lstrip("."), _("must be one of: %(words)s.") % {"words": " ".join(words[1:])}
                )
        for key in ("dates", "empty"):
            if key in given:
                given[key] = (given[key],) if isinstance(given[key], str) else tuple(given[key])
        return dataclasses.replace(base, **given) if given else base

    def fields(self, word: str, record: type[Any], reading: Reading) -> dict[str, tuple[Spec, ...]]:
        known = {f.name: f for f in dataclasses.fields(record)} if dataclasses.is_dataclass(record) else {}
        given = self.data.get(word) or {}
        found: dict[str, tuple[Spec, ...]] = {}
        for name, declared in given.items():
            path = f"{word}.{name}"
            if name not in known or name in ("lines", "allocations") or (name == "ref" and word == "fields"):
                self.wrong(path, _("“%(kind)s” has no such field.") % {"kind": self.kind})
                continue
            many = isinstance(declared, Sequence) and not isinstance(declared, str)
            if many and name not in MANY:
                self.wrong(path, _("takes one value, not a list."))
                continue
            specs = tuple(self.spec(path, one, reading) for one in (declared if many else (declared,)))
            self.check_words(path, word, name, specs)
            found[name] = specs
        self.check_required(word, known, found)
        return found

    def check_required(self, word: str, known: Mapping[str, Any], found: Mapping[str, Any]) -> None:
        given_anyway = {"ref", "number"} if word == "fields" else {"ref"}
        if word == "line_fields" and not self.data.get("lines"):
            return
        for name, f in known.items():
            required = f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
            if required and name not in found and name not in given_anyway:
                self.wrong(f"{word}.{name}", _("is required and not mapped."))

    def check_words(self, path: str, word: str, name: str, specs: Sequence[Spec]) -> None:
        """Constants and mapped values of a field with fixed words must be among these."""
        allowed = CHOICES.get((self.kind, name)) if word == "fields" else None
        if allowed is None:
            return
        for spec in specs:
            outcomes = [out for _key, out in spec.map or ()] + [
                spec.otherwise,
                spec.default,
                None if spec.column else spec.value,
            ]
            for out in outcomes:
                if out not in (None, "") and out not in allowed:
                    self.wrong(
                        path,
                        _("“%(out)s” is not one of: %(words)s.")
                        % {"out": out, "words": ", ".join(filter(None, allowed))},
                    )

    def spec(self, path: str, declared: Any, reading: Reading) -> Spec:
        if isinstance(declared, str) and declared:
            return Spec(column=declared, reading=reading)
        if not isinstance(declared, Mapping):
            if declared is not None or path != "key":
                self.wrong(path, _("must be a column's name or an object."))
            return Spec()
        self.unknown_words(path, declared, _SPEC)
        if ("column" in declared) == ("value" in declared):
            self.wrong(path, _("say exactly one of “column” and “value”."))
        table = declared.get("map")
        return Spec(
            column=str(declared.get("column") or ""),
            value=_word(declared.get("value")),
            map=None if table is None else tuple((str(key), _word(out)) for key, out in dict(table).items()),
            otherwise=_word(declared.get("else")),
            has_otherwise="else" in declared,
            scale=self.scale(path, declared.get("scale")),
            default=_word(declared.get("default")),
            split=str(declared.get("split") or ""),
            regex=self.regex(path, declared.get("regex")),
            source=str(declared.get("source") or ""),
            header=bool(declared.get("header")),
            optional=bool(declared.get("optional")),
            digits=int(declared.get("digits") or 0),
            reading=self.reading(path, declared, reading),
        )

    def scale(self, path: str, declared: Any) -> Decimal | None:
        if declared is None:
            return None
        try:
            return Decimal(str(declared))
        except InvalidOperation:
            self.wrong(f"{path}.scale", _("“%(text)s” is not a number.") % {"text": declared})
            return None

    def regex(self, path: str, declared: Any) -> str:
        if not declared:
            return ""
        try:
            if re.compile(str(declared)).groups < 1:
                self.wrong(f"{path}.regex", _("must have a group in brackets: what it matches is the value."))
        except re.error as wrong:
            self.wrong(f"{path}.regex", _("“%(text)s” is not a pattern: %(why)s.") % {"text": declared, "why": wrong})
        return str(declared)


def _word(value: Any) -> str | None:
    """A constant of the declaration as text: true → "true", None → None."""
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
