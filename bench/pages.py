"""Pages at a million orders through Django's whole stack, with session and rights: p95 of the list by sorts, queues and filters, of
the order page and of Ctrl+K. The floor is the smallest answer of the same stack."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterable

from bench import store

ROUNDS = 40


def p95(values: Iterable[float]) -> float:
    """The 95th percentile, in milliseconds."""
    return statistics.quantiles([value * 1000 for value in values], n=20)[-1]


def timed(get: Callable[[str], object], addresses: Iterable[str]) -> list[float]:
    """Seconds of each address, after each was asked once."""
    spent = []
    for address in addresses:
        begun = time.perf_counter()
        get(address)
        spent.append(time.perf_counter() - begun)
    return spent


def main() -> None:
    """Measure and print."""
    count = store.size()
    store.synced(count)

    from ordertrail.orders.models import OrderStatus

    client = store.browser()

    def get(address: str) -> None:
        answer = client.get(address)
        b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        assert answer.status_code == 200, (address, answer.status_code)

    rng = random.Random(5)
    numbers = list(
        OrderStatus.objects.filter(pk__in=rng.sample(range(1, 2 * count), ROUNDS * 8)).values_list("number", flat=True)
    )
    sorts = (
        "promised_date",
        "-promised_date",
        "order_date",
        "-order_date",
        "number",
        "-number",
        "customer_name",
        "-ordered",
        "-open_receivable",
    )
    queues = ("open", "to_ship", "to_invoice", "to_collect", "late", "findings", "all")
    filters = ("", "&customer=" + "17", "&late=1", "&from=2025-06-01&to=2025-06-30", "&q=SO-2506")
    lists = [f"/orders/?queue={queue}&sort={rng.choice(sorts)}{more}" for queue in queues for more in filters]
    lists += [f"/orders/?sort={sort}" for sort in sorts]
    for address in lists:
        get(address)
    floor = p95(timed(get, ["/api/v1/health"] * ROUNDS))
    rows = [
        ("orders list, whole page", 300, p95(timed(get, lists * 2))),
        ("order page", 200, p95(timed(get, [f"/orders/{number}/" for number in numbers[:ROUNDS]]))),
        ("Ctrl+K by number", 100, p95(timed(get, [f"/search/?q={number[:9]}" for number in numbers[:ROUNDS]]))),
    ]
    print(f"floor: the smallest answer of the same stack  p95 {floor:6.1f} ms")
    for name, asked, found in rows:
        print(f"{name:<28} p95 {found:7.1f} ms  (asked: {asked})  {found / floor:5.1f} × the floor")


if __name__ == "__main__":
    main()
