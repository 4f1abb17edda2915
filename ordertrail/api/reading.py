"""Reading a JSON body strictly: nothing that two programs could understand differently gets in (api.md §1, 400 not readable)."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

from django.http import HttpRequest, UnreadablePostError
from django.utils.translation import gettext as _
from ninja.parser import Parser

from ordertrail.api.problems import Problem

BODY_SECONDS = 30
"""How long a body may take to arrive; then the connection is cut and its thread is free."""


class StrictParser(Parser):
    """What the calls' bodies are read by."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as an object, or as a list for the calls that take one. Problem 400 where it is none."""
        return read_list(request.body) if request.path.endswith(LISTS) else read(request.body)


def arrive(request: HttpRequest) -> None:
    """Wait until the body is here, but not for ever. Problem 400 where it does not come whole."""
    size = int(request.headers.get("Content-Length") or 0)
    if not size:
        return
    with deadline(request.META.get("gunicorn.socket"), BODY_SECONDS):
        try:
            body = request.body
        except UnreadablePostError:
            body = b""
    if len(body) < size:
        raise not_readable(_("The body did not arrive whole. Send it again."))


LISTS = ("/allocate", "/unallocate")
"""How the addresses of calls end whose body is a list."""


def read(body: bytes) -> dict[str, Any]:
    """The JSON object in ``body``. Problem 400 for anything else: other JSON, numbers with a fraction or exponent, NaN, a name
    given twice, nesting without end, text that is not Unicode or holds a zero byte.

    >>> read(b'{"qty": "6"}'), read(b"")
    ({'qty': '6'}, {})
    >>> try: read(b'{"qty": 0.1}')
    ... except Problem as problem: print(problem.status, problem.code)
    400 number_with_fraction
    """
    found = _json(body) if body.strip() else {}
    if not isinstance(found, dict):
        raise not_readable(_("The body must be one JSON object: {…}."))
    return found


def read_list(body: bytes) -> list[Any]:
    """The JSON list in ``body``, as strictly. Problem 400 for anything else.

    >>> read_list(b'[{"amount": "1"}]')
    [{'amount': '1'}]
    """
    found = _json(body) if body.strip() else []
    if not isinstance(found, list):
        raise not_readable(_("The body must be one JSON list: […]."))
    return found


def _json(body: bytes) -> Any:
    try:
        found = json.loads(
            body.decode("utf-8"), object_pairs_hook=_no_doubles, parse_float=_no_fraction, parse_constant=_no_fraction
        )
        whole = json.dumps(found, ensure_ascii=False)
        whole.encode("utf-8")
    except (ValueError, RecursionError):
        raise not_readable(_("The body is not JSON in UTF-8. Check its quotes and brackets.")) from None
    if "\\u0000" in whole:
        raise not_readable(_("A text in the body holds a zero byte. Leave it out."))
    return found


def not_readable(detail: str, code: str = "not_readable") -> Problem:
    """400 for a body that cannot be read."""
    return Problem(400, code, detail)


def _no_fraction(text: str) -> NoReturn:
    sentence = _("%(number)s is a number with a fraction. Send money and quantities as texts: “452.00”.")
    raise not_readable(sentence % {"number": text[:40]}, "number_with_fraction")


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise not_readable(_("“%(name)s” is there twice. Say which is meant.") % {"name": double[:40]}, "given_twice")
    return found


@contextmanager
def deadline(connection: socket.socket | None, seconds: float) -> Iterator[None]:
    """Cut ``connection`` when what is done within takes longer than ``seconds``; nothing where there is none (tests)."""
    if connection is None:
        yield
        return
    timer = threading.Timer(seconds, _cut, [connection])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(connection: socket.socket) -> None:
    """End a connection, whoever is waiting at it; one that has ended by itself is no fault."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
