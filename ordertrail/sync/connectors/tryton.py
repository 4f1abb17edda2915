"""Tryton 8.2: orders, shipments, invoices, payments, production, projects and opportunities, over its JSON-RPC."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused
from ordertrail.records.shapes import Problem
from ordertrail.sync.connectors import base
from ordertrail.sync.connectors.base import Landing, RawDocument
from ordertrail.sync.connectors.tryton_models import BILL_LINE, DATES, PARTS, SALE_LINE, Part, Watch
from ordertrail.sync.connectors.tryton_records import at, changed_at, each, named
from ordertrail.sync.connectors.tryton_rows import Together, documents, movement
from ordertrail.sync.connectors.tryton_rpc import Domain, Rpc, result_of, written
from ordertrail.sync.connectors.tryton_streams import declared
from ordertrail.sync.stream import Stream
from ordertrail.sync.values import show
from ordertrail.sync.versions import version_text

MEDIA = "application/json"
SERIES = "8.2"
SKEW_SECONDS = 60
PAGE = 200
"""Records in a landing, with all their lines: some hundred kilobytes."""
LINES = 1_000
IDS = 5_000
"""Records in an answer that holds lines, and in one that holds little but ids."""


class Connector(base.Connector):
    """A source that is a Tryton. Settings: ``address``, ``database``, ``user``, ``company`` (its id, 1 without), ``only``
    (names of streams), ``reference_of`` (the source whose number an order's reference is), ``lag_seconds``, and as for REST
    ``allow``, ``ca``, ``connect_seconds``, ``read_seconds``; secret: ``password``. Its streams are built in.
    """

    name: ClassVar[str] = "tryton"
    title: ClassVar[Any] = "Tryton"
    secret_fields: ClassVar[tuple[str, ...]] = ("password",)

    def __init__(self, settings: Mapping[str, Any], secrets: Mapping[str, str], zone: ZoneInfo) -> None:
        super().__init__(settings, secrets, zone)
        self.rpc = Rpc(settings, secrets.get("password", ""))
        self.rpc.http.hide = self.hide
        self.rpc.http.now = self._now
        self._installed: frozenset[str] | None = None
        self._present: dict[str, frozenset[str]] = {}

    @classmethod
    def declared_streams(cls, settings: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """The built-in ones."""
        return declared(settings)

    def hide(self, text: str) -> str:
        """As of every connector; the session is a secret too."""
        return super().hide(text.replace(self.rpc.token, "•••") if self.rpc.token else text)

    def _now(self) -> datetime:
        """The connector's clock, which may be set after it is made."""
        return self.now()

    # --- outside -----------------------------------------------------------------------------------------------------

    def test(self) -> str:
        """What this user sees there, and whether it is the Tryton that this was tried with."""
        series = self.rpc.series()
        counts = []
        for one in declared(self.settings):
            parts = [part for part in PARTS[str(one["from"])] if self._there(part)]
            number = sum(self._count(part) for part in parts)
            counts.append(f"{one['name']} {number:,}" if parts else f"{one['name']} –")
        sentence = _("Tryton %(series)s answers (records): %(counts)s.") % {
            "series": series,
            "counts": ", ".join(counts),
        }
        if series != SERIES:
            sentence += " " + _("This connector was tried with Tryton %(series)s.") % {"series": SERIES}
        return sentence

    def fetch(self, stream: Stream, since: str | None) -> Iterator[Landing]:
        """The documents that changed, by id, ``PAGE`` a landing; the last one moves the cursor.

        Each model is asked for its own changes: in Tryton an order does not move when a line of it does.
        """
        begun = self.now()
        parts = [part for part in self._parts(stream) if self._there(part)]
        if not parts:
            detail = _("This Tryton has no “%(model)s”: the module is not installed there.")
            self.notes.add("module_missing", detail % {"model": stream.from_}, column=stream.from_)
            return
        seen = _Seen(since)
        if since is None:
            for watch in (watch for part in parts for watch in part.watched):
                self._highest(watch, seen)
            total = sum(self._count(part) for part in parts)
            pages = ((part, ids) for part in parts for ids in self._ids(part))
        else:
            changed = [(part, self._changed(part, seen.from_(stream.lag_seconds), seen)) for part in parts]
            total = sum(len(ids) for _part, ids in changed)
            pages = ((part, page) for part, ids in changed for page in _pages(ids))
        expected = None if any(part.several for part in parts) else total
        cursor = seen.cursor(self._limit(begun, seen))
        last: Landing | None = None
        for number, (part, ids) in enumerate(pages, 1):
            if last is not None:
                yield last
            last = Landing(**self._landed(part, ids), name=f"{part.model} {number}", at=self.now(), total=expected)
        if last is not None:
            yield Landing(last.body, last.media, last.name, last.at, cursor, last.total, last.meta)

    def _limit(self, begun: datetime, seen: _Seen) -> datetime:
        """The time there when the reading began; the cursor goes no further, or a wrong clock would hide what comes."""
        skew = self.rpc.http.skew or 0.0
        if abs(skew) > SKEW_SECONDS:
            detail = _("The clock of the source differs from ours by %(seconds)s seconds.")
            self.notes.add("clock_skew", detail % {"seconds": f"{skew:+.0f}"})
        limit = begun + timedelta(seconds=skew)
        if seen.highest is not None and seen.highest > limit:
            detail = _("The cursor stands in the future (%(value)s); it was held at now, so that nothing is missed.")
            self.notes.add("cursor_in_future", detail % {"value": seen.highest.isoformat()})
        return limit

    def _landed(self, part: Part, ids: Sequence[int]) -> dict[str, Any]:
        """The answers that make up these documents, one after the other as they came, and which is which."""
        answers = [("head", self._rows(part.model, [["id", "in", list(ids)], *self._own(part)], part.fields, len(ids)))]
        below = part.below
        if below:
            names = [f"{part.model},{id_}" for id_ in ids] if below.by_reference else list(ids)
            domain = [[below.field, "in", names], *below.domain]
            answers += [("line", body) for body in self._all(below.model, domain, below.fields)]
        if part.origins:
            rows = [row for _role, body in answers for row in result_of(body)]
            known: set[int] = set()
            while wanted := _origins(rows, "account.invoice.line") - known:  # what a credit note credits, and so on
                known |= wanted
                bodies = self._named("account.invoice.line", wanted, BILL_LINE)
                answers += [("bill_line", body) for body in bodies]
                rows += [row for body in bodies for row in result_of(body)]
            answers += [
                ("sale_line", body) for body in self._named("sale.line", _origins(rows, "sale.line"), SALE_LINE)
            ]
        sizes = json.dumps([[role, len(body)] for role, body in answers])
        meta = {"model": part.model, "parts": sizes}
        return {"body": b"".join(body for _role, body in answers), "media": MEDIA, "meta": meta}

    def keys(self, stream: Stream) -> Iterator[str] | None:
        """The ref of every document there is now; None where the module is missing."""
        parts = [part for part in self._parts(stream) if self._there(part)]
        if not parts:
            return None
        return (key for part in parts for key in self._keys(part))

    def _keys(self, part: Part) -> Iterator[str]:
        if part.several and part.below:
            fields = ("statement", "number", "date", "party")
            own = [f"{part.below.field}.company", "=", self.rpc.context["company"]]
            for body in self._all(part.below.model, [own, *part.below.domain], fields, IDS):
                yield from (movement(line) for line in result_of(body))
            return
        for ids in self._ids(part, IDS):
            yield from (f"{part.model},{id_}" for id_ in ids)

    # --- pure --------------------------------------------------------------------------------------------------------

    def read(self, stream: Stream, landing: Landing) -> Iterator[RawDocument | Problem]:
        """The documents of a landing."""
        rows = _rows_of(landing)
        lines = defaultdict(list)
        model = landing.meta["model"]
        (part,) = (part for part in self._parts(stream) if part.model == model)
        for line in rows["line"]:
            if part.below:
                lines[_parent(line[part.below.field])].append(line)
        sale_lines, bill_lines = ({line["id"]: line for line in rows[role]} for role in ("sale_line", "bill_line"))
        for head in rows["head"]:
            for found in documents(Together(model, head, lines[head["id"]], sale_lines, bill_lines)):
                version = version_text(found.row.get(stream.version), self.zone) if stream.version else ""
                yield RawDocument(found.ref, found.row, found.lines, found.ref, version)

    @staticmethod
    def _parts(stream: Stream) -> tuple[Part, ...]:
        """What the stream is made of. Refused("mapping_invalid") when its ``from`` is none of the models that are known."""
        if stream.from_ not in PARTS:
            detail = _("Stream “%(name)s”: Tryton is read from %(known)s, not from “%(from)s”.")
            words = {"name": stream.name, "known": ", ".join(PARTS), "from": show(stream.from_)}
            raise Refused("mapping_invalid", detail % words)
        return PARTS[stream.from_]

    # --- asking ------------------------------------------------------------------------------------------------------

    def _there(self, part: Part) -> bool:
        """Whether the model is installed."""
        if self._installed is None:
            names = sorted({one.model for parts in PARTS.values() for one in parts})
            domain = [["name", "in", names]]
            self._installed = frozenset(row["name"] for row in result_of(self._rows("ir.model", domain, ["name"], IDS)))
        return part.model in self._installed

    def _own(self, part: Part) -> list[Any]:
        """The part's own conditions: its kind, its company, whether hidden records count."""
        company = [["company", "=", self.rpc.context["company"]]] if part.own else []
        hidden = [["active", "in", [True, False]]] if part.hidden else []
        return [*part.domain, *company, *hidden]

    def _count(self, part: Part) -> int:
        return int(self.rpc.call(f"model.{part.model}.search_count", self._own(part), self.rpc.context))

    def _rows(self, model: str, domain: Domain, fields: Iterable[str], limit: int) -> bytes:
        return self.rpc.rows(model, domain, [*self._fields(model, fields), *DATES], limit)

    def _named(self, model: str, ids: set[int], fields: Iterable[str]) -> list[bytes]:
        """The answers that tell of these records."""
        return [self._rows(model, [["id", "in", page]], fields, len(page)) for page in _pages(sorted(ids), LINES)]

    def _fields(self, model: str, fields: Iterable[str]) -> list[str]:
        """The fields to ask for: of those with "?" behind them, the ones that are there."""
        listed = list(fields)
        doubtful = {field for field in listed if field.endswith("?")}
        if doubtful and model not in self._present:
            asked = sorted({_base(field) for field in doubtful})
            self._present[model] = frozenset(self.rpc.call(f"model.{model}.fields_get", asked, self.rpc.context))
        present = self._present.get(model, frozenset())
        return [field.rstrip("?") for field in listed if field not in doubtful or _base(field) in present]

    def _all(self, model: str, domain: Domain, fields: Iterable[str], limit: int = LINES) -> Iterator[bytes]:
        """Every record that fits, page by page; by id, so that a change meanwhile moves no page."""
        asked = self._fields(model, fields)
        last = 0
        while True:
            body = self._rows(model, [["id", ">", last], *domain], asked, limit)
            rows = result_of(body)
            if rows:
                yield body
            if len(rows) < limit:
                return
            last = rows[-1]["id"]

    def _ids(self, part: Part, limit: int = PAGE) -> Iterator[list[int]]:
        """The ids of all documents, in pages."""
        for body in self._all(part.model, self._own(part), [], limit):
            yield [row["id"] for row in result_of(body)]

    def _highest(self, watch: Watch, seen: _Seen) -> None:
        """When a watched model was last written, before anything of it is read."""
        for column in DATES:
            domain = [[column, "!=", None], *watch.domain]
            call = f"model.{watch.model}.search_read"
            for row in self.rpc.call(call, domain, 0, 1, [[column, "DESC"]], list(DATES), self.rpc.context):
                seen.note(changed_at(row))

    def _changed(self, part: Part, moment: datetime, seen: _Seen) -> list[int]:
        """The ids of the documents that changed since, in themselves or in what hangs on them. ``write_date`` is empty until
        the first change.
        """
        since = written(moment)
        recent = ["OR", ["write_date", ">=", since], ["create_date", ">=", since]]
        ids: set[int] = set()
        for watch in part.watched:
            hidden = self._own(part)[-1:] if part.hidden and watch.model == part.model else []
            for body in self._all(watch.model, [recent, *watch.domain, *hidden], [watch.field or "id"], IDS):
                for row in result_of(body):
                    seen.note(changed_at(row))
                    ids |= _ids_in(row, watch.field)
        return sorted(self._above(part, ids) if part.tree else ids)

    def _above(self, part: Part, ids: set[int]) -> set[int]:
        """These records and all that they hang below, as their path says."""
        found = set(ids)
        for page in _pages(sorted(ids), LINES):
            for row in result_of(self._rows(part.model, [["id", "in", list(page)]], ["path"], len(page))):
                found |= {int(id_) for id_ in str(row.get("path") or "").split("/") if id_}
        return found


@dataclass
class _Seen:
    """The latest change that was seen, from ``since`` on."""

    since: str | None
    highest: datetime | None = None

    def note(self, at: datetime | None) -> None:
        if at is not None and (self.highest is None or at > self.highest):
            self.highest = at

    def from_(self, lag_seconds: int) -> datetime:
        """The moment from which changes are asked for."""
        return datetime.fromisoformat(str(self.since)) - timedelta(seconds=lag_seconds)

    def cursor(self, limit: datetime) -> str | None:
        """The new cursor: the latest change, no later than ``limit``, and never back."""
        if self.highest is None:
            return self.since
        at = min(self.highest, limit)
        return max(at, datetime.fromisoformat(self.since)).isoformat() if self.since else at.isoformat()


def _rows_of(landing: Landing) -> dict[str, list[Any]]:
    """The records in a landing, by what they are in it."""
    found: dict[str, list[Any]] = {"head": [], "line": [], "sale_line": [], "bill_line": []}
    start = 0
    for role, size in json.loads(landing.meta["parts"]):
        found[role] += result_of(landing.body[start : start + size])
        start += size
    return found


def _origins(rows: Iterable[Mapping[str, Any]], model: str) -> set[int]:
    """The records of ``model`` that these come from."""
    return {id_ for of, id_ in (named(row.get("origin")) for row in rows) if of == model}


def _base(field: str) -> str:
    """The first name of a dotted field, without its mark."""
    return field.rstrip("?").partition(".")[0]


def _parent(value: Any) -> int:
    """The id of the document that a line names."""
    return int(value) if isinstance(value, int) else named(value)[1]


def _ids_in(row: Mapping[str, Any], field: str) -> set[int]:
    """The documents that a changed record belongs to."""
    first = field.partition(".")[0]
    values = each(row, field) if isinstance(row.get(f"{first}."), list) else [at(row, field or "id")]
    listed = [one for value in values for one in (value if isinstance(value, list) else [value])]
    return {_parent(one) for one in listed if one} - {0}


def _pages(ids: Sequence[int], size: int = PAGE) -> Iterator[list[int]]:
    rest = iter(ids)
    while page := list(islice(rest, size)):
        yield page
