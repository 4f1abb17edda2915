"""The same call twice has one effect: the Idempotency-Key (api.md §1, writes).

The answer is kept in the transaction of the effect itself. Who comes with the same key meanwhile waits for it (SQLite: the write
gate; PostgreSQL: the unique index) and gets the same answer. A refusal is not kept: it changed nothing, and what it refused may
be right the next time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import orjson
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ordertrail.api.door import caller
from ordertrail.api.models import KeptAnswer
from ordertrail.api.problems import Problem
from ordertrail.api.shapes.frame import Shape
from ordertrail.lib import clock
from ordertrail.lib.gate import whole

KEPT = timedelta(hours=24)
LONGEST = 255


def once(request: HttpRequest, do: Callable[[], Shape], status: int = 200) -> HttpResponse:
    """The answer of ``do``; with an Idempotency-Key that was used for this very call, the answer that was given then.

    Problem 400 for a key that is none, 422 for one that was used for another call.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return _written(status, orjson.dumps(do().model_dump(exclude_unset=True)))
    if not (key and len(key) <= LONGEST and key.isascii() and key.isprintable()):
        sentence = _("An Idempotency-Key has 1 to %(longest)s printable ASCII signs.")
        raise Problem(400, "wrong_key", sentence % {"longest": LONGEST})
    try:
        return _kept_or_done(request, key, do, status)
    except IntegrityError:  # somebody came first with the same key: by now the answer is there
        return _kept_or_done(request, key, do, status)


def _kept_or_done(request: HttpRequest, key: str, do: Callable[[], Shape], status: int) -> HttpResponse:
    person, digest, now = caller(request).person, _digest(request), clock.now()
    with whole():
        KeptAnswer.objects.filter(at__lte=now - KEPT).delete()
        kept = KeptAnswer.objects.filter(person=person, key=key).first()
        if kept is None:
            kept = KeptAnswer.objects.create(person=person, key=key, digest=digest, status=status, body="", at=now)
            kept.body = orjson.dumps(do().model_dump(exclude_unset=True)).decode()
            kept.save(update_fields=["body"])
    if kept.digest != digest:
        sentence = _("The Idempotency-Key %(key)s was used for another call. Take a new key for a new call.")
        raise Problem(422, "key_reused", sentence % {"key": key[:60]})
    return _written(kept.status, kept.body.encode())


def _digest(request: HttpRequest) -> str:
    """What makes a call the same: its verb, address and body."""
    return sha256(f"{request.method} {request.get_full_path()}\n".encode() + request.body).hexdigest()


def _written(status: int, body: bytes) -> HttpResponse:
    response = HttpResponse(body, status=status, content_type="application/json; charset=utf-8")
    version = orjson.loads(body).get("version")
    if version is not None:
        response["ETag"] = f'"{version}"'
    return response
