"""Pages at a million orders with papers, through Django's whole stack with session and rights: the orders list by every declared
filter, queue and sort (its rows alone, and the whole page), the order page and Ctrl+K. The floor is the smallest answer of the stack.

Each page's number of queries is counted too: it may not grow with what is asked, nor with what is found.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bench import claims, papers, store
from bench.claims import claim, p95, told

if TYPE_CHECKING:
    from ordertrail.web.filters import Field

ROUNDS = 40
SIZE = 50
SORTED = 4
"""So many values of each filter are asked by every sort; the others (a check's findings, a status) by the usual one and in queues."""
LIST_QUERIES, ORDER_QUERIES, SEARCH_QUERIES = 20, 44, 13
"""So many statements a page may take, whatever is asked and found; of a list page about half are the frame's own."""
COMPLAINT = "fchip bad"
"""How a page shows a filter that it could not read (web/parts/filters.html)."""

Values = Sequence[Sequence[tuple[str, str]]]


def timed(get: Callable[[str], object], addresses: Iterable[str]) -> list[float]:
    """Seconds of each."""
    spent = []
    for address in addresses:
        begun = time.perf_counter()
        get(address)
        spent.append(time.perf_counter() - begun)
    return spent


@dataclass
class Asking:
    """A manager's browser that sees to it that every answer is the one that was meant, and counts the queries it took."""

    client: Any
    queries: dict[str, int] = field(default_factory=dict)

    def __call__(self, address: str) -> None:
        """Ask; AssertionError for another status than 200, a complaint about the filter, or the log-in page."""
        answer = self.client.get(address)
        text = answer.content.decode()
        assert answer.status_code == 200, (address, answer.status_code)
        assert COMPLAINT not in text, (address, text[text.index(COMPLAINT) :][:300])
        assert 'type="password"' not in text, address

    def count(self, address: str) -> int:
        """How many statements the page takes."""
        from django.db import connection

        found: list[str] = []

        def counting(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            found.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(counting):
            self(address)
        return len(found)


def main() -> None:
    """Measure and print."""
    os.environ.setdefault("ORDERTRAIL_TODAY", papers.TODAY.isoformat())
    count = store.size()
    papers.company(count)

    from ordertrail.parties.models import Person

    get = Asking(store.browser())
    queries = lists(random.Random(5))
    for query in queries[:ROUNDS]:
        get(f"/orders/?{query}")
    floor = p95(timed(get, ["/api/v1/health"] * ROUNDS)) * 1000
    told("floor: the smallest answer of the same stack, p95", floor, "ms")

    print(f"{len(queries):,} lists: each filter by each sort both ways, each queue with each filter")
    dana = Person.objects.get(username="dana")
    rows = timed(lambda query: rows_of(query, dana), queries)
    pages = timed(get, [f"/orders/?{query}" for query in queries])
    for what, spent in (("rows", rows), ("page", pages)):
        worst = sorted(zip(spent, queries, strict=True), reverse=True)[:3]
        print(f"    the slowest {what}: {'; '.join(f'{value * 1000:.0f} ms {query}' for value, query in worst)}")
    claim("orders list, its rows, p95", p95(rows) * 1000, 150, "ms", floor=floor)
    claim("orders list, whole page, p95", p95(pages) * 1000, 300, "ms", floor=floor)
    claim("orders list, most queries", max(get.count(f"/orders/?{query}") for query in queries[::7]), LIST_QUERIES, "")
    parts(get, queries)
    orders(get, floor)


def parts(get: Asking, queries: Sequence[str]) -> None:
    """What follows the rows of a large list, as fragments of their own; nothing is asked of them."""
    every = [query for query in queries if "sort" not in query]
    told(
        "orders list, totals that follow, p95", p95(timed(get, [f"/order-totals/?{one}" for one in every])) * 1000, "ms"
    )
    told("orders list, counts of the queues, p95", p95(timed(get, ["/order-queues/"] * 20)) * 1000, "ms")


def orders(get: Asking, floor: float) -> None:
    """The order page of orders with papers, and the find box by their numbers."""
    from ordertrail.billing.models import InvoiceShare, PaymentShare
    from ordertrail.orders.models import OrderStatus
    from ordertrail.shipping.models import ShipmentLine

    rng = random.Random(5)
    first, last = (OrderStatus.objects.order_by(way).values_list("pk", flat=True)[0] for way in ("pk", "-pk"))
    picked = rng.sample(range(first, last + 1), min(ROUNDS * 20, last - first))
    held = {
        what: set(model.objects.filter(order__in=picked).values_list("order", flat=True))  # type: ignore[attr-defined]
        for what, model in (("shipped", ShipmentLine), ("invoiced", InvoiceShare), ("paid", PaymentShare))
    }
    full = OrderStatus.objects.filter(pk__in=held["shipped"] & held["invoiced"] & held["paid"])
    bare = OrderStatus.objects.filter(pk__in=picked).exclude(pk__in=held["shipped"])
    numbers = list(full.values_list("number", flat=True)[:ROUNDS])
    assert len(numbers) == ROUNDS, f"only {len(numbers)} of {len(picked)} orders have shipment, invoice and payment"
    addresses = [f"/orders/{number}/" for number in numbers]
    get(addresses[0])
    spent = timed(get, addresses)
    claim("order page with shipments, invoices and payments, p95", p95(spent) * 1000, 200, "ms", floor=floor)
    most = max(get.count(address) for address in addresses)
    claim("order page with its papers, most queries", most, ORDER_QUERIES, "")
    without = [get.count(f"/orders/{number}/") for number in bare.values_list("number", flat=True)[:5]]
    told("order page without papers, most queries", max(without), "")
    finding = [f"/search/?{urlencode({'q': number[:9]})}" for number in numbers]
    claim("Ctrl+K by number, p95", p95(timed(get, finding)) * 1000, 100, "ms", floor=floor)
    claim("Ctrl+K, most queries", max(get.count(address) for address in finding[:10]), SEARCH_QUERIES, "")


def rows_of(query: str, person: Any) -> None:
    """The rows of one page as the list reads them, from its address on, without anything else of the page."""
    from django.http import QueryDict

    from ordertrail.track.orders_filter import selection
    from ordertrail.web.paging import page

    chosen = selection(QueryDict(query), person)
    assert chosen.chosen.problems == (), (query, chosen.chosen.problems)
    page(chosen.read, chosen.chosen, SIZE)


def lists(rng: random.Random) -> list[str]:
    """The query strings: each value of each filter by each sort both ways, and each queue with each value of each filter."""
    from ordertrail.track.orders_filter import QUEUE_WORDS, SORTS, orders_filter

    some = {one.name: values_of(one) for one in orders_filter().fields}
    sorts = [("sort", f"{sign}{sort.name}") for sort in SORTS for sign in ("", "-")]
    queues = [("queue", name) for name in QUEUE_WORDS]
    singles = [pairs for values in some.values() for pairs in values]
    found: list[Sequence[tuple[str, str]]] = [*singles]
    found += [[*pairs, sort] for values in some.values() for pairs in values[:SORTED] for sort in sorts]
    found += [[queue, *pairs, rng.choice(sorts)] for queue in queues for pairs in singles if pairs[0][0] != "queue"]
    return [urlencode(pairs) for pairs in found]


def values_of(one: Field) -> Values:
    """What the measurement asks of a field: every choice, or what stands in the store; KeyError for a field that is new."""
    from ordertrail.catalog.models import Product
    from ordertrail.parties.models import Customer
    from ordertrail.web.filters import Kind

    if one.kind is Kind.CHOICE:
        return [[(one.name, value)] for value, _words in one.choices]
    if one.kind is Kind.FLAG:
        return [[(one.name, "1")]]
    customer = Customer.objects.order_by("pk")[100]
    skus = Product.objects.order_by("pk").values_list("sku", flat=True)
    values: dict[str, Sequence[Sequence[str]]] = {
        "q": [["SO-2506"], ["SO-26"], ["SO-2506-0"], ["so-2"], ["nothing"]],
        "customer": [[f"~{customer.pk}"], [customer.name], ["00017"]],
        "order_date": [["2025-06-01", "2025-06-30"], ["2026-01-01", ""], ["", "2025-12-31"], ["2020-01-01", "2030-12-31"]],
        "promised": [["2026-09-16", "2026-09-23"], ["2026-09-01", ""], ["", "2026-09-16"], ["2020-01-01", "2030-12-31"]],
        "amount": [["1000", "2000"], ["50000", ""], ["", "100"], ["0", "1000000"]],
        "currency": [["CNY"], ["USD"]],
        "salesperson": [["Anna"], ["Nobody"]],
        "sku": [[skus[0]], [skus[100]], ["HL-NONE"]],
        "owner": [["dana"], ["me"], ["nobody"]],
    }  # fmt: skip
    return [[(name, text) for name, text in zip(one.names, texts, strict=True) if text] for texts in values[one.name]]


if __name__ == "__main__":
    claims.closing(main)
