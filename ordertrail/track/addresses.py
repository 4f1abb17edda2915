"""Addresses of documents' pages: from a number or an id to the one row that is meant, and back."""

from __future__ import annotations

import re

from django.urls import reverse

from ordertrail.lib.numbers import number_key
from ordertrail.records.models import Number, SourceDocument

PAGES = {
    "order": "track:order",
    "customer": "track:customer",
    "product": "track:product",
    "shipment": "track:shipment",
    "invoice": "track:invoice",
    "payment": "track:payment",
    "work_order": "track:work_order",
    "project": "track:project",
    "opportunity": "track:opportunity",
    "receipt": "till:receipt",
}
"""The page of each kind of document, by the name of its address."""

SAFE = re.compile(r"[A-Za-z0-9._-]{1,40}")
NEW = "new"
"""What stands in an address where a document is typed, and so never means a number."""
BY_ID = "~"
"""What stands before an id in an address, where a bare figure could be somebody's number."""


def href(kind: str, row: int, number: str = "") -> str:
    """The address of the page of a document of ``kind``: by its number where that is short and plain, else by its id.
    Kind "document" is what one source says of a document."""
    if kind == "document":
        return reverse("track:document", args=[row])
    plain = SAFE.fullmatch(number) and not set(number) <= {"."} and number != NEW
    name = number if plain else f"{BY_ID}{row}"
    return reverse(PAGES[kind], args=[name])


def found(kind: str, text: str) -> list[int]:
    """The ids of the rows that ``text`` means: a number of any source in any spelling, else an id (with or without ``~``).

    The exact spelling wins over a like one, what is there over what its source has deleted. The id of any member of a group
    leads to the group's one row. Empty where nothing is meant; more than one where several documents carry the number.
    """
    if not text.startswith(BY_ID) and (key := number_key(text)[:100]):
        rows = Number.objects.filter(key=key, kind=kind, search_only=False).values_list(
            "document__group", "document__number", "document__gone_at"
        )
        carriers = [(group, number == text, gone_at is None) for group, number, gone_at in rows]
        for exact in (True, False):
            for alive in (True, False):
                fits = {group for group, same, there in carriers if same >= exact and there >= alive}
                if fits:
                    return sorted(fits)
    figure = text.removeprefix(BY_ID)
    if figure.isascii() and figure.isdigit() and len(figure) < 19:
        return list(SourceDocument.objects.filter(pk=int(figure), kind=kind).values_list("group", flat=True))
    return []
