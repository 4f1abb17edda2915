"""Any JSON REST API, by declaration: address, log-in, paging, cursor, and where in an answer the documents stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.lib.refused import Refused
from ordertrail.records.shapes import Problem
from ordertrail.sync.compiled import ref_reader
from ordertrail.sync.connectors import base
from ordertrail.sync.connectors.base import Landing, RawDocument, Value
from ordertrail.sync.connectors.rest_auth import Auth, with_renewal
from ordertrail.sync.connectors.rest_http import Answer, Http
from ordertrail.sync.connectors.rest_json import Broken, at_path, flat, parsed, records
from ordertrail.sync.connectors.rest_pages import Page, Paging
from ordertrail.sync.drift import Drift, Missing, closest
from ordertrail.sync.stream import Stream
from ordertrail.sync.values import Bad, show
from ordertrail.sync.versions import version_text

MEDIA = "application/json"
PASSES = 3
"""How often a list is read anew when documents moved from page to page meanwhile."""
SKEW_SECONDS = 60
_KEPT_HEADERS = ("content-type", "date", "etag", "last-modified", "link")


class Connector(base.Connector):
    """A source that speaks JSON over HTTP. Settings: ``url``, ``auth``, ``paging``, ``headers``, ``params``, ``allow`` (hosts
    that may be private), ``ca`` (a file with their certificate), ``connect_seconds``, ``read_seconds``; of a stream: ``from`` (a
    path), and ``options`` ``records`` (where the list stands), ``params``, ``paging``, ``cursor`` ({"param", "until", "format":
    "iso", "epoch", "epoch_ms" or a strftime pattern}), ``window_seconds``, ``start`` (an instant), ``keys`` (false: no sweep)."""

    name: ClassVar[str] = "rest"
    title: ClassVar[Any] = gettext_lazy("JSON REST API")
    secret_fields: ClassVar[tuple[str, ...]] = ("password", "token", "key", "client_secret")

    def __init__(self, settings: Mapping[str, Any], secrets: Mapping[str, str], zone: ZoneInfo) -> None:
        super().__init__(settings, secrets, zone)
        self._url = str(settings.get("url", "")).rstrip("/")
        self.http = Http(self._url, tuple(settings.get("allow") or ()), settings)
        self.http.hide = self.hide
        self._auth = self._logging_in(secrets)

    def _logging_in(self, secrets: Mapping[str, str]) -> Auth:
        return Auth(dict(self.settings.get("auth") or {}), secrets, self._url, self.http)

    def hide(self, text: str) -> str:
        """As of every connector; the token that the source gave is a secret too."""
        return super().hide(text.replace(self._auth.token, "•••") if self._auth.token else text)

    def test(self) -> str:
        """The first page of each stream."""
        found = []
        for declared in self.settings.get("streams") or ():
            stream = Stream.from_json(declared, self.settings)
            page = next(self._pages(stream, self._first(stream)))
            of = " " + _("of %(total)s") % {"total": f"{page.total:,}"} if page.total is not None else ""
            found.append(f"{stream.name}: {len(page.items):,}{of}")
        if not found:
            self._ask(self._url + "/", {})
            return _("The source answers.")
        return _("The source answers; documents on the first page: %(found)s") % {"found": ", ".join(found)}

    def fetch(self, stream: Stream, since: str | None) -> Iterator[Landing]:
        """The pages of the list, each as it came. When the source counts more documents than its pages gave, some moved from
        page to page meanwhile, and the list is read again; Refused("count_differs") if that does not help."""
        highest = since or ""
        last: Landing | None = None
        for number in range(1, PASSES + 1):
            seen: set[str] = set()
            totals: set[int | None] = set()
            for window in self._windows(stream, since):
                for page in self._pages(stream, window):
                    if last is not None:
                        yield last
                    self._check_columns(stream, page)
                    highest = self._noticed(stream, page, seen, highest)
                    totals.add(page.total)
                    last = self._landing(stream, page)
            if not self._shifted(stream, totals, len(seen)):
                break
            if number == PASSES:
                raise Refused(
                    "count_differs",
                    _("The source counts %(total)s documents, but its pages gave %(found)s, %(times)s times over.")
                    % {"total": f"{max(filter(None, totals)):,}", "found": f"{len(seen):,}", "times": PASSES},
                )
        self._note_clock()
        if last is not None:
            yield self._moving(stream, last, since, highest)

    def _check_columns(self, stream: Stream, page: Page) -> None:
        """Refuse a page in which no document has a field that all must have: it was renamed, and the cursor must wait."""
        path = stream.lines.path if stream.lines else ""
        heads: set[str] = set()
        lines: set[str] = set()
        needed, below = stream.needed_columns(), stream.needed_columns(lines=True)
        for item in page.items:
            if needed <= heads and (below <= lines or path == "."):
                return
            row = flat(item, path)
            heads.update(row)
            for line in _lines(item, row, path):
                lines.update(line)
        for there, wanted in ((heads, needed), (lines, below if path != "." else needed)):
            gone = [Missing(column, closest(column, there - wanted)) for column in sorted(wanted - there)]
            if there and gone:
                Drift(stream.name, missing=tuple(gone)).refuse()

    def _shifted(self, stream: Stream, totals: set[int | None], found: int) -> bool:
        """Whether documents came or went between two pages, so that one may have slipped through."""
        if (
            None in totals
            or stream.options.get("window_seconds")
            or (len(totals) == 1 and found >= max(filter(None, totals), default=0))
        ):
            return False
        self.notes.add(
            "pages_shifted", _("Documents moved from page to page while the list was read; it was read again.")
        )
        return True

    def _landing(self, stream: Stream, page: Page) -> Landing:
        headers = {name: value for name in _KEPT_HEADERS if (value := page.answer.headers.get(name))}
        meta = {"page": str(page.number), "address": self.hide(page.answer.url), **headers}
        return Landing(page.answer.body, MEDIA, f"{stream.from_} {page.number}", self.now(), None, page.total, meta)

    def _moving(self, stream: Stream, last: Landing, since: str | None, highest: str) -> Landing:
        """The last landing, which moves the cursor: never back, and not into the future, or a wrong date would hide the rest."""
        if not stream.cursor or not highest:
            return last
        behind = -(self.http.skew or 0.0)
        now = self.now() - timedelta(seconds=behind if behind > SKEW_SECONDS else 0)
        limit = version_text(now, self.zone)
        if _is_time(highest, self.zone) and version_text(highest, self.zone) > limit:
            detail = _("The cursor stands in the future (%(value)s); it was held at now, so that nothing is missed.")
            self.notes.add("cursor_in_future", detail % {"value": show(highest)}, column=stream.cursor)
            highest = now.isoformat()
        if since and version_text(since, self.zone) > version_text(highest, self.zone):
            highest = since
        return Landing(last.body, last.media, last.name, last.at, highest, last.total, last.meta)

    def _noticed(self, stream: Stream, page: Page, seen: set[str], highest: str) -> str:
        """Remember the keys of a page's documents; the highest cursor up to here."""
        ref_of = ref_reader(stream)
        for item in page.items:
            try:
                seen.add(ref_of(_scalar(at_path(item, stream.key.column))))
            except Bad:
                seen.add(f"\0{page.number} {len(seen)}")
            value = at_path(item, stream.cursor) if stream.cursor else None
            if value not in (None, ""):
                text = str(value)
                if version_text(text, self.zone) > version_text(highest, self.zone):
                    highest = text
        return highest

    def _note_clock(self) -> None:
        skew = self.http.skew or 0.0
        if abs(skew) > SKEW_SECONDS:
            detail = _("The clock of the source differs from ours by %(seconds)s seconds.")
            self.notes.add("clock_skew", detail % {"seconds": f"{skew:+.0f}"})

    def read(self, stream: Stream, landing: Landing) -> Iterator[RawDocument | Problem]:
        """The documents of a page."""
        ref_of = ref_reader(stream)
        version = stream.version or stream.cursor
        path = stream.lines.path if stream.lines else ""
        items = records(parsed(landing.body), str(stream.options.get("records", "")))
        for number, item in enumerate(items, 1):
            place = _("page %(page)s, item %(item)s") % {"page": landing.meta.get("page", "1"), "item": number}
            row = flat(item, path)
            try:
                ref = ref_of(row.get(stream.key.column))
            except Bad as bad:
                yield Problem("", place, stream.key.column, bad.code, bad.detail, show(row, 4000))
                continue
            yield RawDocument(
                ref, row, _lines(item, row, path), place, version_text(row.get(version), self.zone) if version else ""
            )

    def keys(self, stream: Stream) -> Iterator[str] | None:
        """The refs on all pages, unless the stream's ``keys`` option is false."""
        if stream.options.get("keys") is False:
            return None
        return self._keys(stream)

    def _keys(self, stream: Stream) -> Iterator[str]:
        seen: set[str] = set()
        for page in self._pages(stream, {}):
            known = set(seen)
            self._noticed(stream, page, seen, "")
            yield from sorted(ref for ref in seen - known if ref and not ref.startswith("\0"))

    def _pages(self, stream: Stream, window: Mapping[str, Any]) -> Iterator[Page]:
        paging = Paging(
            dict(stream.options.get("paging") or self.settings.get("paging") or {}),
            str(stream.options.get("records", "")),
        )
        params = {**dict(self.settings.get("params") or {}), **dict(stream.options.get("params") or {}), **window}
        url = stream.from_ if "://" in stream.from_ else f"{self._url}/{stream.from_.lstrip('/')}"
        try:
            yield from paging.pages(self._ask, url, params)
        except Refused as refused:
            raise Refused(refused.code, self.hide(refused.detail), refused.errors) from None

    def _ask(self, url: str, params: Mapping[str, Any]) -> tuple[Answer, Any]:
        """One answer as JSON; a token that ran out is got anew once, half an answer is asked for again."""

        def ask() -> Answer:
            headers, extra = self._auth.words()
            common = {
                "Accept": "application/json",
                "User-Agent": "ordertrail",
                **dict(self.settings.get("headers") or {}),
            }
            return self.http.ask("GET", url, params={**params, **extra}, headers={**common, **headers})

        for trial in range(3):
            answer: Answer = with_renewal(self._auth, ask, lambda one: one.status in (401, 403))
            if answer.status >= 400:
                detail = _("The source answers with status %(status)s to %(url)s: %(body)s")
                words = {
                    "status": answer.status,
                    "url": url,
                    "body": show(answer.body[:200].decode("utf-8", "replace"), 200),
                }
                raise Refused("source_refused", self.hide(detail % words))
            try:
                return answer, parsed(answer.body, answer.headers.get("content-type", ""))
            except Broken as broken:
                if trial == 2:
                    detail = _("The answer is no whole JSON (%(why)s).") % {"why": show(broken, 120)}
                    raise Refused("answer_broken", detail) from None
        raise AssertionError("unreachable")

    def _first(self, stream: Stream) -> dict[str, Any]:
        return next(iter(self._windows(stream, None)), {})

    def _windows(self, stream: Stream, since: str | None) -> Iterator[dict[str, Any]]:
        """The parameters that ask for what changed: once, or window by window up to now."""
        declared = stream.options.get("cursor")
        start = since or stream.options.get("start")
        if not declared or not stream.cursor or not start:
            yield {}
            return
        pattern, param = str(declared.get("format", "iso")), str(declared.get("param", "updated_since"))
        begin = _instant(str(start), self.zone)
        if begin is None:  # a running number, or seconds or milliseconds since 1970: the lag counts these
            number = int(str(start))
            yield {param: max(0, number - stream.lag_seconds * (1000 if number >= 10**12 else 1) if since else number)}
            return
        if since:
            begin -= timedelta(seconds=stream.lag_seconds)
        end = self.now() - timedelta(seconds=stream.margin_seconds)
        step = timedelta(seconds=int(stream.options.get("window_seconds") or 0))
        until = str(declared.get("until", ""))
        while True:
            stop = min(begin + step, end) if step else end
            words = {param: _written(begin, pattern, self.zone)}
            if until:
                words[until] = _written(stop, pattern, self.zone)
            yield words
            if not step or stop >= end:
                return
            begin = stop


def _scalar(value: Any) -> Value:
    found: Value = value if not isinstance(value, (dict, list)) else str(value)
    return found


def _lines(item: Any, row: dict[str, Value], path: str) -> tuple[dict[str, Value], ...]:
    """The rows of a document's lines: those at ``path``, the document's own row when that is "."."""
    if path == ".":
        return (row,)
    found = at_path(item, path) if path else None
    return tuple(flat(line) for line in found) if isinstance(found, list) else ()


def _is_time(text: str, zone: ZoneInfo) -> bool:
    return version_text(text, zone).endswith("Z")


def _instant(text: str, zone: ZoneInfo) -> datetime | None:
    """The instant that a cursor means; None for a running number."""
    if text.isdigit():
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(
            "cursor_not_time", _("The cursor “%(text)s” is neither a time nor a number.") % {"text": show(text)}
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _written(at: datetime, pattern: str, zone: ZoneInfo) -> str:
    """An instant as the source wants it in an address."""
    if pattern == "iso":
        return at.isoformat()
    if pattern in ("epoch", "epoch_ms"):
        return str(int(at.timestamp() * (1000 if pattern == "epoch_ms" else 1)))
    return at.astimezone(zone).strftime(pattern)
