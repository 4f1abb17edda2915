"""One request to a REST source and its answer: with limits, patience, and a breaker for a source that is down."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import SplitResult

import requests
from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused
from ordertrail.sync.connectors.rest_guard import Pinned, split

MOST_BYTES = 50 << 20
CONNECT_SECONDS, READ_SECONDS, ANSWER_SECONDS = 5.0, 30.0, 300.0
TRIES = 5
LONGEST_WAIT = 120.0
"""Seconds that a run waits when it is told to; beyond, it ends and the next one comes later."""
REST_SECONDS = 300.0
"""How long a source that failed ``TRIES`` times is left alone."""

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: status, headers (lower case), body, and the address it came from."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    url: str


@dataclass
class Breaker:
    """Failures of a source in a row, and since when it is left alone."""

    failures: int = 0
    opened_at: float = 0.0

    def refuse_while_open(self, now: float) -> None:
        """Refused("source_resting") until ``REST_SECONDS`` are over; then one try is let through."""
        if self.failures >= TRIES and now - self.opened_at < REST_SECONDS:
            wait = int(REST_SECONDS - (now - self.opened_at)) + 1
            detail = _("The source failed %(count)s times in a row; it is left alone for %(seconds)s more seconds.")
            raise Refused("source_resting", detail % {"count": self.failures, "seconds": wait})

    def failed(self, now: float) -> None:
        """Count a failure."""
        self.failures += 1
        self.opened_at = now

    def worked(self) -> None:
        """All is well again."""
        self.failures = 0


BREAKERS: dict[str, Breaker] = {}
"""One for each host, for the life of the process."""


class Passing(Exception):
    """A fault that may pass: worth another try, after ``wait`` seconds where the source says so."""

    def __init__(self, detail: str, code: str = "source_unreachable", wait: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.wait = wait


class Http:
    """A source's requests. ``allow`` lists hosts that may be private; ``home`` is the only host that is talked to."""

    def __init__(self, home: str, allow: Collection[str], settings: Mapping[str, Any]) -> None:
        self._home = split(home)
        self._session = requests.Session()
        self._session.trust_env = False
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, Pinned(allow))
        self._session.verify = str(settings["ca"]) if settings.get("ca") else True
        self._timeout = (
            float(settings.get("connect_seconds", CONNECT_SECONDS)),
            float(settings.get("read_seconds", READ_SECONDS)),
        )
        self.sleep: Callable[[float], None] = time.sleep
        self.clock: Callable[[], float] = time.monotonic
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.hide: Callable[[str], str] = str
        self.skew: float | None = None

    @property
    def breaker(self) -> Breaker:
        """The breaker of this source's host."""
        return BREAKERS.setdefault(self._home.netloc, Breaker())

    def ask(self, method: str, url: str, *, home: str = "", **words: Any) -> Answer:
        """The answer to a request, after as many tries as it takes, at most ``TRIES``. ``home`` names another host to ask,
        where the settings name one: that of tokens.

        Refused with the last fault's code and sentence; "source_busy" when the source asks for a longer wait than a run has.
        """
        for trial in range(1, TRIES + 1):
            self.breaker.refuse_while_open(self.clock())
            try:
                answer = self._once(method, url, split(home) if home else self._home, **words)
            except Passing as fault:
                self.breaker.failed(self.clock())
                if trial == TRIES or self.breaker.failures >= TRIES:
                    raise Refused(fault.code, self.hide(fault.detail)) from None
                self._wait(trial, fault.wait)
                continue
            self.breaker.worked()
            return answer
        raise AssertionError("unreachable")

    def _wait(self, trial: int, told: float | None) -> None:
        """Wait as long as the source says, else a random part of a growing time: many clients then do not come at once."""
        if told is not None and told > LONGEST_WAIT:
            self.breaker.worked()
            raise Refused(
                "source_busy",
                _(
                    "The source asks to be left alone for %(seconds)s seconds; the next run goes on where this one stands."
                )
                % {"seconds": f"{told:,.0f}"},
            )
        self.sleep(told if told is not None else random.uniform(0, min(30.0, 2.0**trial)))

    def _once(self, method: str, url: str, home: SplitResult, **words: Any) -> Answer:
        for _hop in range(4):
            _check_home(url, home)
            answer = self._send(method, url, **words)
            if answer.status not in (301, 302, 303, 307, 308):
                return answer
            url = requests.compat.urljoin(url, answer.headers.get("location", ""))
            words.pop("params", None)
        raise Refused("redirect_refused", _("The source sends in circles."))

    def _send(self, method: str, url: str, **words: Any) -> Answer:
        begun = self.clock()
        try:
            with self._session.request(
                method, url, timeout=self._timeout, allow_redirects=False, stream=True, **words
            ) as response:
                body = self._body(response, begun)
                headers = {name.lower(): value for name, value in response.headers.items()}
                self._measure_clock(headers)
                if response.status_code in _PASSING:
                    raise Passing(
                        _("The source answers with status %(status)s.") % {"status": response.status_code},
                        "source_failing",
                        retry_after(headers.get("retry-after", ""), self.now()),
                    )
                return Answer(response.status_code, headers, body, url)
        except requests.exceptions.SSLError as wrong:
            raise Refused(
                "certificate_refused",
                _("The certificate of %(host)s is not to be trusted: %(why)s")
                % {"host": split(url).netloc, "why": _short(wrong)},
            ) from None
        except requests.exceptions.Timeout:
            raise Passing(_("The source does not answer in time."), "source_slow") from None
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError):
            raise Passing(_("The answer ends before it is whole."), "answer_cut") from None
        except requests.exceptions.ConnectionError as wrong:
            raise Passing(_("The source cannot be reached: %(why)s") % {"why": _short(wrong)}) from None

    def _body(self, response: requests.Response, begun: float) -> bytes:
        """The whole body, unpacked, as far as it keeps within its limits."""
        pieces: list[bytes] = []
        size = 0
        for piece in response.iter_content(64 << 10):
            size += len(piece)
            if size > MOST_BYTES:
                detail = _("An answer is larger than %(most)s MB; ask for smaller pages.") % {"most": MOST_BYTES >> 20}
                raise Refused("answer_too_large", detail)
            if self.clock() - begun > ANSWER_SECONDS:
                raise Passing(_("The source does not answer in time."), "source_slow")
            pieces.append(piece)
        return b"".join(pieces)

    def _measure_clock(self, headers: Mapping[str, str]) -> None:
        """How many seconds the source's clock is ahead of ours, from the first answer that says."""
        if self.skew is None and (said := _http_date(headers.get("date", ""))):
            self.skew = (said - self.now()).total_seconds()


def _check_home(url: str, home: SplitResult) -> None:
    """Credentials go to the source's own host and nowhere else."""
    parts = split(url)
    if (parts.scheme, parts.netloc) != (home.scheme, home.netloc):
        raise Refused(
            "redirect_refused",
            _("The source sends on to another host, %(host)s; that is not followed.") % {"host": parts.netloc},
        )


def retry_after(text: str, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for, which may be a number or a date; None without one.

    >>> retry_after("90", datetime(2026, 11, 1, tzinfo=UTC))
    90.0
    >>> retry_after("Sun, 01 Nov 2026 01:00:00 GMT", datetime(2026, 11, 1, tzinfo=UTC))
    3600.0
    """
    if text.strip().isdigit():
        return float(text)
    at = _http_date(text)
    return max(0.0, (at - now).total_seconds()) if at else None


def _http_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _short(wrong: Exception) -> str:
    """The innermost reason of a library's error, without addresses of objects."""
    reason: Any = wrong.args[0] if wrong.args else wrong
    reason = getattr(reason, "reason", reason)
    return str(reason).rsplit(": ", 1)[-1].strip("()'\"")[:200]
