"""A form has one effect, however often it is sent (``counter.once``); and what it would do can be seen before it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from ordertrail.counter.once import key_of
from ordertrail.counter.once import once as done_once
from ordertrail.lib.gate import whole
from ordertrail.lib.refused import Refused
from ordertrail.track.order import person_of

__all__ = ["key_of", "once", "sent", "tried"]

Answer = TypeVar("Answer")


def once(request: HttpRequest, do: Callable[[], str]) -> HttpResponse:
    """Go to the address that ``do`` gives; sent again, to where it led then. Refused as ``counter.once`` says."""
    address, _now = done_once(request, person_of(request), do)
    return redirect(address)


def sent(request: HttpRequest, do: Callable[[], str]) -> tuple[HttpResponse | None, Refused | None]:
    """Where sending a form leads, or why it is refused; neither while it is only shown, or shown again with ``more`` room."""
    if request.method != "POST" or "more" in request.POST:
        return None, None
    try:
        return once(request, do), None
    except Refused as no:
        return None, no


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
