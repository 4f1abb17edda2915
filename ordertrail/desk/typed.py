"""What the desk itself says of customers and products: typed words go the way of every source's (docs/adr/0014)."""

from __future__ import annotations

from typing import Any

from ordertrail.desk.acts import note
from ordertrail.desk.mirror import mirror
from ordertrail.lib import clock
from ordertrail.lib.numbers import number_key
from ordertrail.parties.models import Person
from ordertrail.records.actions import Said, said_now
from ordertrail.records.models import Number, SourceDocument
from ordertrail.records.own import desk
from ordertrail.records.shapes import Record


def taken(kind: str, number: str) -> bool:
    """Whether a document of ``kind`` that is there has exactly this number."""
    rows = Number.objects.filter(kind=kind, key=number_key(number)[:100], search_only=False, document__gone_at=None)
    return rows.filter(document__number=number).exists()


def said_of(kind: str, group: int) -> Any:
    """What the desk says of a customer or product now, where the desk is its home; None where another system is."""
    home = SourceDocument.objects.filter(pk=group, kind=kind, source=desk()).first()
    return said_now(kind, [home.pk]).get(home.pk) if home else None


def say(by: Person, verb: str, record: Record) -> int:
    """Have the desk say ``record`` and everything follow from it; returns the id of the row that stands for it. Must stand in the
    verb's transaction."""
    source = desk()
    mirror(source, [Said(record)], batch=None, learned_at=clock.now())
    document = SourceDocument.objects.get(source=source, kind=record.kind, ref=record.ref)
    note(by, verb, record.kind, document.pk, number=record.number)
    return document.group
