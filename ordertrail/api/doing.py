"""What every verb of a call does around its one sentence: the document that is meant, If-Match, the effect once, the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

from ordertrail.api.door import Caller, caller
from ordertrail.api.naming import meant
from ordertrail.api.once import once
from ordertrail.api.shapes.frame import Shape
from ordertrail.api.versions import check_match
from ordertrail.parties.models import Person

Answer = TypeVar("Answer", bound=Shape)


def done_to(
    request: HttpRequest,
    kind: str,
    name: str,
    do: Callable[[int], Any],
    tell: Callable[[int, Caller], Answer],
    answer: Callable[[Answer, Any], Shape] | None = None,
) -> HttpResponse:
    """Do something to the document of ``kind`` that ``name`` means, and tell the whole document, or what ``answer`` makes of it and of
    what ``do`` gave back."""
    by = caller(request)

    def run() -> Shape:
        pk = meant(kind, name, by.person)
        if request.headers.get("If-Match"):
            check_match(request, tell(pk, by), name)  # type: ignore[arg-type]
        got = do(pk)
        told = tell(pk, by)
        return told if answer is None else answer(told, got)

    return once(request, run)


def person_of(request: HttpRequest) -> Person:
    """Who does it."""
    return caller(request).person
