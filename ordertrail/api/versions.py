"""A document's version: another number whenever anything that a call tells of it has changed, alike for everybody.

It is a checksum of the answer without cost and so needs no counter in the store, which would have to be kept right by every verb
that touches a shipment, an invoice or a payment of an order.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeVar
from zlib import crc32

import orjson
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ordertrail.api.problems import Problem

COST_FIELDS = frozenset({"planned", "realised", "cost", "unit_cost", "value"})


class Versioned(Protocol):
    """An answer with a version."""

    version: int

    def model_dump(self) -> dict[str, Any]:
        """Its fields as plain values."""


Document = TypeVar("Document", bound=Versioned)


def versioned(document: Document) -> Document:
    """``document`` with its version."""
    document.version = checksum(document.model_dump())
    return document


def checksum(told: dict[str, Any]) -> int:
    """The version of an answer, from its fields but ``version`` itself.

    >>> one = {"id": "1", "version": 0, "lines": [{"qty": "6", "unit_cost": None}]}
    >>> checksum(one) == checksum({"id": "1", "version": 7, "lines": [{"qty": "6"}]})
    True
    >>> checksum(one) == checksum({"id": "1", "lines": [{"qty": "7"}]})
    False
    """
    bare = {name: inner for name, inner in _bare(told).items() if name != "version"}
    return crc32(orjson.dumps(bare, option=orjson.OPT_SORT_KEYS))


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _bare(inner) for name, inner in value.items() if name not in COST_FIELDS}
    return [_bare(inner) for inner in value] if isinstance(value, list) else value


def check_match(request: HttpRequest, document: Versioned, name: str) -> None:
    """Refuse a write that was meant for another version of ``document``, which sentences call ``name``; to be asked in the
    transaction of the write. Problem 409 "stale" with the current version, where If-Match holds neither it nor ``*``.
    """
    asked = request.headers.get("If-Match")
    if asked is None:
        return
    meant = {one.strip().removeprefix("W/").strip('"') for one in asked.split(",")}
    if not meant & {"*", str(document.version)}:
        sentence = _("%(name)s is at version %(version)s by now, not %(meant)s. Read it again, then decide.")
        words = {"name": name, "version": document.version, "meant": asked[:60]}
        raise Problem(409, "stale", sentence % words, current=document.version)
