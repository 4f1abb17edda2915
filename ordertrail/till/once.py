"""A form has one effect, however often it is sent; and what it would do can be seen before it is."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar, cast

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from ordertrail.lib import clock
from ordertrail.lib.gate import whole
from ordertrail.parties.models import Person
from ordertrail.till.models import SentForm

Answer = TypeVar("Answer")
KEPT = timedelta(hours=24)
FIELD = "once"
"""The field of a form that holds its one-time key."""


def key_of(request: HttpRequest) -> str:
    """The one-time key of the form that is shown: the one that was sent, while nothing came of it, else a new one."""
    return request.POST.get(FIELD, "")[:64] or secrets.token_urlsafe(18)


def person_of(request: HttpRequest) -> Person:
    """Who asks; ``RightsMiddleware`` lets nobody else through to a view that needs a right."""
    return cast(Person, request.user)


def once(request: HttpRequest, do: Callable[[], str]) -> HttpResponse:
    """Go to the address that ``do`` gives; sent again, to where it led then. A refusal is not kept: it changed nothing."""
    try:
        return redirect(_address(request, do))
    except IntegrityError:  # the same form came first: by now its effect is there
        return redirect(_address(request, do))


def _address(request: HttpRequest, do: Callable[[], str]) -> str:
    person, key, now = person_of(request), request.POST.get(FIELD, "")[:64], clock.now()
    if not key:
        return do()
    with whole():
        SentForm.objects.filter(at__lte=now - KEPT).delete()
        before = SentForm.objects.filter(person=person, key=key).first()
        if before is not None:
            return before.address
        kept = SentForm.objects.create(person=person, key=key, address="", at=now)
        kept.address = do()
        kept.save(update_fields=["address"])
        return kept.address


class _Undone(Exception):
    """Carries what a trial found out of the transaction that it takes back."""

    def __init__(self, found: object) -> None:
        super().__init__()
        self.found = found


def tried(do: Callable[[], Answer]) -> Answer:
    """What ``do`` finds when it is done, and then taken back whole: what a page shows before somebody decides is what comes of it."""
    try:
        with whole():
            raise _Undone(do())
    except _Undone as undone:
        return cast(Answer, undone.found)
