"""Who did what: one row a verb, in its transaction, chained by hashes so that a changed or missing row shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.db import connection

from ordertrail.desk.models import Act
from ordertrail.lib import clock
from ordertrail.parties.models import Person

CHAIN_LOCK = 7_301
"""The advisory lock under which PostgreSQL appends to the chain; on SQLite the write lock does."""


def note(actor: Person | None, verb: str, kind: str, document: int, **detail: Any) -> Act:
    """Write down that ``actor`` (None: the product itself) did ``verb``; ``detail`` is JSON. Must stand in the verb's transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    last = Act.objects.order_by("-pk").values_list("hash", flat=True).first() or ""
    act = Act(at=clock.now(), actor=actor, verb=verb, kind=kind, object=document, detail=detail)
    act.hash = _hash(last, act)
    act.save()
    return act


def _hash(before: str, act: Act) -> str:
    told = [before, act.at.isoformat(), act.actor_id, act.verb, act.kind, act.object, act.detail]
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def broken() -> Iterator[Act]:
    """The acts whose hash does not follow from the one before: the first one is where somebody has tampered."""
    before = ""
    for act in Act.objects.order_by("pk").iterator():
        if act.hash != _hash(before, act):
            yield act
        before = act.hash
