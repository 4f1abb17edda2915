"""Ctrl+K over six million numbers: p95 of what the find box asks while somebody types. The floor: one look-up by key.

Five further numbers of each order (as a customer, a web shop or a carrier writes them) are put in for the while, and taken back.
"""

from __future__ import annotations

import random
from itertools import islice

from bench import claims, store
from bench.claims import claim, p95, told
from bench.pages import timed

EACH = 5
ROUNDS = 200


def main() -> None:
    """Measure and print."""
    count = store.size()
    store.synced(count)
    from django.db import transaction

    from ordertrail.lib import bulk
    from ordertrail.orders.models import OrderStatus
    from ordertrail.records.models import Number

    client = store.browser()
    rng = random.Random(11)
    with transaction.atomic():
        orders = OrderStatus.objects.values_list("pk", flat=True).iterator()
        while part := list(islice(orders, 20_000)):
            rows = [
                (f"{rng.randrange(10**11):011d}{place}", "order", pk, place > 2) for pk in part for place in range(EACH)
            ]
            bulk.insert(Number, ("key", "kind", "document", "search_only"), rows)
        numbers = Number.objects.count()
        some = Number.objects.filter(pk__in=rng.sample(range(1, numbers), ROUNDS))
        keys = list(some.values_list("key", flat=True))

        def find(text: str) -> None:
            answer = client.get("/search/", {"q": text}, headers={"HX-Request": "true"})
            assert answer.status_code == 200

        def look_up(text: str) -> None:
            bulk.select(f"SELECT document_id FROM {bulk.table(Number)} WHERE kind = 'order' AND key = %s", [text])

        for key in keys[:20]:
            find(key)
        floor = p95(timed(look_up, keys)) * 1000
        found = p95(timed(find, [key[:length] for key in keys for length in (3, 6, len(key))])) * 1000
        transaction.set_rollback(True)
    told("floor: one look-up by key, p95", floor, "ms")
    claim(f"Ctrl+K over {numbers:,} numbers, p95", found, 100, "ms", floor=floor)


if __name__ == "__main__":
    claims.closing(main)
