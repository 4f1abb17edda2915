"""What every verb of the desk does around its own sentence: one transaction, locks in one order, recount, changes, who did it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from ordertrail.desk.acts import note
from ordertrail.desk.agree import Beliefs, agree
from ordertrail.desk.models import Change
from ordertrail.desk.recount import recount
from ordertrail.lib import bulk
from ordertrail.lib.gate import writing
from ordertrail.parties.models import Person
from ordertrail.records.models import DESK, SourceDocument
from ordertrail.records.own import desk


class Step:
    """A verb while it runs: it says which documents it changed, and everything that follows from them is written at its end.

    ``orders``: the ids of orders to recount. ``changed``: (kind, id) of the documents that the hub and the checks must look at again.
    """

    def __init__(self, by: Person | None, verb: str) -> None:
        self.by, self.verb = by, verb
        self.beliefs = Beliefs.now()
        self.orders: set[int] = set()
        self.changed: set[tuple[str, int]] = set()
        self._acts: list[tuple[str, int, dict[str, Any]]] = []

    def touch(self, kind: str, *ids: int) -> None:
        """Say that these documents of ``kind`` changed; orders are recounted."""
        self.changed |= {(kind, pk) for pk in ids}
        if kind == "order":
            self.orders |= set(ids)

    def act(self, kind: str, document: int, **detail: Any) -> None:
        """Have it written down that the verb was done to this document; ``detail`` is JSON."""
        self.touch(kind, document)
        self._acts.append((kind, document, detail))

    def standing(self, family: str) -> int:
        """The standing of our own rows in ``family`` (goods, invoice, money)."""
        own = next(source for source in self.beliefs.sources if source.kind == DESK)
        return self.beliefs.standing(family, own.pk)

    def settle_now(self) -> None:
        """Have the rows written so far count, before the verb reads on."""
        recount(self.orders, self.beliefs, agree(self.orders, self.beliefs))

    def finish(self) -> None:
        """Write what follows: whose rows count, the status rows, the changes, the acts."""
        self.settle_now()
        self.changed |= {("order", order) for order in self.orders}
        bulk.insert(Change, ("kind", "object"), sorted(self.changed))
        for kind, document, detail in self._acts:
            note(self.by, self.verb, kind, document, **detail)


@contextmanager
def step(by: Person | None, verb: str) -> Iterator[Step]:
    """One verb as one transaction: all of it or nothing. Locks are taken inside by ``hold``, in the order that ``hold`` demands."""
    with writing():
        desk()
        running = Step(by, verb)
        yield running
        running.finish()


ORDER_OF_LOCKS = ("customer", "order", "product", "shipment", "payment", "invoice")
"""In which order a verb locks what it counts; within a kind by id. Number series come last, by themselves (``records.series``)."""


def hold(kind: str, ids: Collection[int]) -> None:
    """Lock documents until the verb ends, so that what is counted of them stays true. Kinds must be held in ``ORDER_OF_LOCKS``; on
    SQLite the whole verb is alone already."""
    if connection.vendor == "postgresql" and ids:
        bulk.select(
            f"SELECT id FROM {bulk.table(SourceDocument)} WHERE id IN {bulk.among()} AND kind = %s ORDER BY id FOR UPDATE",
            [bulk.bound(sorted(ids)), kind],
        )
