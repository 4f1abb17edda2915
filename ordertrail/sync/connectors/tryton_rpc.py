"""Talking to a Tryton server: JSON-RPC with a session, answers checked and given as they came, values read exactly."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused
from ordertrail.sync.connectors.rest_http import Answer, Http
from ordertrail.sync.connectors.rest_json import Broken, parsed
from ordertrail.sync.values import show

SESSIONS: dict[tuple[str, str, str, bytes], str] = {}
"""Open sessions of this process by address, database, user and the password's hash: a log-in is dear on purpose, and a run
reads each stream by a connector of its own."""

TRIES = 3
"""How often half an answer is asked for again."""

PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")
"""An instant as Tryton writes it."""

Domain = Sequence[Any]
"""A condition in Tryton's own words: ``["id", ">", 7]`` and the like, in a list."""


class Rpc:
    """One user's session with one database. Logs in where no session is open, and once more when it has run out."""

    def __init__(self, settings: Mapping[str, Any], password: str) -> None:
        self.address = str(settings.get("address", "")).rstrip("/")
        self.user = str(settings.get("user", ""))
        self.http = Http(self.address, tuple(settings.get("allow") or ()), settings)
        self._database = str(settings.get("database", ""))
        fingerprint = hashlib.sha256(password.encode()).digest()
        self._session = (self.address, self._database, self.user, fingerprint)
        self._company = _company(settings.get("company") or 1)
        self._password = password

    @property
    def token(self) -> str:
        """The open session as the header takes it, "" for none."""
        return SESSIONS.get(self._session, "")

    @property
    def context(self) -> dict[str, Any]:
        """What goes with each call. The company and nothing else: with a user's other preferences, hours are one's own."""
        return {"company": self._company}

    def series(self) -> str:
        """The server's version, such as "8.2"; answers without a log-in."""
        return str(result_of(self._whole(f"{self.address}/rpc/", "common.server.version", [])))

    def call(self, method: str, *params: Any) -> Any:
        """The result of ``method``, its values as ``result_of`` gives them."""
        return result_of(self.body(method, *params))

    def rows(self, model: str, domain: Domain, fields: Sequence[str], limit: int) -> bytes:
        """The bytes of the first ``limit`` records of ``model`` that fit, by id."""
        return self.body(f"model.{model}.search_read", domain, 0, limit, [["id", "ASC"]], list(fields), self.context)

    def body(self, method: str, *params: Any) -> bytes:
        """The bytes of an answer that is whole and no refusal."""
        return self._whole(f"{self.address}/{quote(self._database, safe='')}/rpc/", method, params)

    def _whole(self, url: str, method: str, params: Sequence[Any]) -> bytes:
        for _trial in range(TRIES):
            answer = self._asked(url, method, params)
            try:
                result_of(answer.body, answer.headers.get("content-type", ""))
            except Broken as broken:
                why = show(broken, 120)
                continue
            return answer.body
        raise Refused("answer_broken", _("The answer is no whole JSON (%(why)s).") % {"why": why})

    def _asked(self, url: str, method: str, params: Sequence[Any]) -> Answer:
        """An answer with status 200; a session that has run out is opened again, once."""
        within = url != f"{self.address}/rpc/"
        if within and not self.token:
            self._log_in(url)
        answer = self._post(url, method, params)
        if within and answer.status == 401:
            self._log_in(url)
            answer = self._post(url, method, params)
            if answer.status == 401:
                raise self._refusal()
        self._refuse_status(answer)
        return answer

    def _log_in(self, url: str) -> None:
        """Open a session. Refused: "login_refused", "database_unknown", "secret_missing"."""
        if not self._password:
            raise Refused(
                "secret_missing", _("The secret “%(name)s” of this source is not set.") % {"name": "password"}
            )
        SESSIONS.pop(self._session, None)
        answer = self._post(url, "common.db.login", [self.user, {"password": self._password}, "en"])
        if answer.status in (401, 403):
            raise self._refusal()
        self._refuse_status(answer)
        try:
            user, session = result_of(answer.body, answer.headers.get("content-type", ""))[:2]
        except (Broken, TypeError, ValueError):
            raise self._refusal() from None
        SESSIONS[self._session] = base64.b64encode(f"{self.user}:{user}:{session}".encode()).decode()

    def _refusal(self) -> Refused:
        detail = _("Tryton refuses the log-in of “%(user)s”. Check the user and the password in the source's settings.")
        return Refused("login_refused", detail % {"user": self.user})

    def _refuse_status(self, answer: Answer) -> None:
        if answer.status == 404:
            detail = _("There is no Tryton database “%(database)s” at %(address)s.")
            raise Refused("database_unknown", detail % {"database": self._database, "address": self.address})
        if answer.status == 403:
            detail = _("Tryton does not let “%(user)s” read this; its groups are missing.")
            raise Refused("source_refused", detail % {"user": self.user})
        if answer.status >= 400:
            raise Refused("source_refused", _("The source answers with status %(status)s.") % {"status": answer.status})

    def _post(self, url: str, method: str, params: Sequence[Any]) -> Answer:
        headers = {"Content-Type": "application/json", "User-Agent": "ordertrail"}
        if self.token:
            headers["Authorization"] = f"Session {self.token}"
        body = json.dumps({"id": 1, "method": method, "params": list(params)}).encode()
        return self.http.ask("POST", url, data=body, headers=headers)


def _company(given: Any) -> int:
    if not str(given).isdigit():
        detail = _("The company must be its number in Tryton, such as 1, not “%(given)s”.")
        raise Refused("settings_invalid", detail % {"given": show(given)})
    return int(given)


def result_of(body: bytes, content_type: str = "") -> Any:
    """The result in an answer: decimals exact, days, instants in UTC, spans of time as ``Decimal`` seconds.

    Refused("source_refused") with Tryton's own sentence when the answer tells of an error, Refused("answer_not_json") for a
    web page; ``Broken`` for half an answer.

    >>> result_of(b'{"id": 1, "result": [{"quantity": 2.5, "price": {"__class__": "Decimal", "decimal": "12.50"}}]}')
    [{'quantity': Decimal('2.5'), 'price': Decimal('12.50')}]
    """
    data = parsed(body, content_type)
    if isinstance(data, dict) and data.get("error"):
        raise Refused("source_refused", _("Tryton answers: %(error)s") % {"error": show(_said(data["error"]), 300)})
    if not isinstance(data, dict) or "result" not in data:
        raise Broken(_("it holds no result"))
    try:
        return _read(data["result"])
    except (KeyError, TypeError, ValueError, ArithmeticError) as wrong:
        raise Broken(_("it holds a value that is none: %(why)s") % {"why": wrong}) from None


def _said(error: Any) -> str:
    """An error's sentence: Tryton gives [kind, [sentence, …]], or [what went wrong, where in its program]."""
    if isinstance(error, list) and error:
        kind, more = error[0], error[1] if len(error) > 1 else ""
        if isinstance(more, list):
            return " ".join(str(part) for part in more if isinstance(part, str) and part)
        return _("%(what)s. Is the module that has it installed there?") % {"what": kind}
    return str(error)


def _read(value: Any) -> Any:
    """A value of an answer with everything that JSON has no words for."""
    if isinstance(value, list):
        return [_read(one) for one in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("__class__")
    if kind is None:
        return {name: _read(one) for name, one in value.items()}
    if kind == "Decimal":
        return Decimal(value["decimal"])
    if kind == "date":
        return date(value["year"], value["month"], value["day"])
    if kind == "datetime":
        return datetime(**{part: value[part] for part in PARTS}, tzinfo=UTC)
    if kind == "timedelta":
        return Decimal(value["seconds"])
    return None  # bytes and times of day, which nothing here asks for


def written(at: datetime) -> dict[str, Any]:
    """An instant as Tryton reads it: UTC, without a zone."""
    at = at.astimezone(UTC)
    return {"__class__": "datetime", **{part: getattr(at, part) for part in PARTS}}
