"""A form that is sent twice has one effect: each carries a key of its own, and what it made is kept with the effect itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.db import IntegrityError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ordertrail.api.models import KeptAnswer
from ordertrail.lib import clock
from ordertrail.lib.gate import whole
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person

KEPT = timedelta(hours=24)
LONGEST = 60
FIELD = "once"
"""The field of a form that holds its key."""
BESIDE = ("csrfmiddlewaretoken", "changed")
"""Fields that say nothing of what is to be done."""


def new_key() -> str:
    """A key for a form that is shown."""
    return f"page-{token_urlsafe(16)}"


def key_of(request: HttpRequest) -> str:
    """The key of the form that was sent; a new one where it brings none."""
    key = request.POST.get(FIELD, "")
    fits = key.startswith("page-") and len(key) <= LONGEST and key.isascii() and key.isprintable()
    return key if fits else new_key()


def once(request: HttpRequest, by: Person, do: Callable[[], str]) -> tuple[str, bool]:
    """The address that ``do`` leads to, and whether it was done now; False where this very form had been sent before.

    All that ``do`` writes is one transaction. A refusal is not kept: it changed nothing, and the form may be sent again.
    Refused("sent_already") where the form was sent before with other words.
    """
    try:
        return _kept_or_done(request, by, do)
    except IntegrityError:  # the same form came first by another way: by now its answer is there
        return _kept_or_done(request, by, do)


def _kept_or_done(request: HttpRequest, by: Person, do: Callable[[], str]) -> tuple[str, bool]:
    key, now, words = key_of(request), clock.now(), _words(request)
    with whole():
        KeptAnswer.objects.filter(at__lte=now - KEPT).delete()
        kept = KeptAnswer.objects.filter(person=by, key=key).first()
        if kept is None:
            kept = KeptAnswer.objects.create(person=by, key=key, digest=words, status=303, body="", at=now)
            kept.body = do()
            kept.save(update_fields=["body"])
            return kept.body, True
    if kept.digest != words:
        sentence = _("This form was sent already, with other words. Look at what it made: %(address)s")
        raise Refused("sent_already", sentence % {"address": kept.body})
    return kept.body, False


def _words(request: HttpRequest) -> str:
    """What makes a form the same: its address and fields."""
    fields = sorted((name, request.POST.getlist(name)) for name in request.POST if name not in BESIDE)
    return sha256(repr((request.path, fields)).encode()).hexdigest()
