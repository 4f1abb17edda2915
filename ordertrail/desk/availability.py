"""What of a product may be promised for which day: stock, open demand, what comes, open quotations (domain.md §1.1). Store integers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ordertrail.catalog.models import Product
from ordertrail.desk.open_lines import open_lines
from ordertrail.desk.step import Step
from ordertrail.lib import bulk, clock
from ordertrail.orders.models import Order, OrderLine
from ordertrail.shipping.models import Shipment, ShipmentLine
from ordertrail.stock import queries as stock


@dataclass(frozen=True, slots=True)
class Flow:
    """Goods that will come (positive) or go on a day, and of which document."""

    day: date
    qty: int
    kind: str  # order, quotation, receipt
    document: int


@dataclass(frozen=True, slots=True)
class Promise:
    """What may be promised for a day, from when on what was asked for can be had (None: not by what is known), and what stands in the
    way, the earliest first."""

    available: int
    earliest: date | None
    limiting: tuple[Flow, ...]


def stock_of(product: int, day: date | None = None) -> dict[str, int]:
    """The figures of ``stock`` in api.md §3, in quantity units: now and with all that is known to come and go, or up to ``day``.

    ``on_hand`` of a past day is what was there at its end.
    """
    demand = demands([product])[product]
    due = sum(-flow.qty for flow in demand if day is None or flow.day <= day)
    coming = sum(qty for _day, qty, _receipt in stock.incoming(product, day))
    on_hand = stock.on_hand([product], day)[product]
    held = stock.reserved([product])[product]
    return {
        "on_hand": on_hand,
        "reserved": held,
        "free": on_hand - held,
        "open_demand": due,
        "pending_shipment": _on_drafts(product),
        "incoming": coming,
        "forecast": on_hand + coming - due,
        "sellable": on_hand - sum(-flow.qty for flow in demand),
    }


def promise(product: int, day: date | None = None, qty: int | None = None, *, but: int | None = None) -> Promise:
    """What may be promised of a product for ``day`` (today), and when ``qty`` of it (without: anything) can be had. ``but``: an order
    whose own quotation does not stand in its way."""
    day = max(day or clock.today(), clock.today())
    flows = _flows([product], but)[product]
    on_hand = stock.on_hand([product])[product]
    days = _lead_days([product])[product]
    available = available_from(on_hand, flows, day, _until(day, days))
    wanted = qty or 1
    earliest = _earliest(on_hand, flows, day, wanted, days)
    against = [flow for flow in flows if flow.qty < 0 and flow.day <= _until(day, days)]
    return Promise(available, earliest, tuple(against) if available < wanted else ())


def short_at_quote(s: Step, order: int) -> list[tuple[int, int, int, date | None]]:
    """The lines of an order that a quotation cannot promise: (line id, available, asked, earliest day).

    Each line asks for its ship date, else the order's promised date, else today; lines of one product ask one after the other.
    """
    promised = Order.objects.values_list("promised_date", flat=True).get(pk=order)
    lines = OrderLine.objects.filter(order=order, product__service=False).order_by("line")
    rows = list(lines.values_list("pk", "product_id", "qty", "cancelled_qty", "ship_date"))
    asked = [
        (product, int((qty - cancelled) * 1_000_000), day or promised) for _pk, product, qty, cancelled, day in rows
    ]
    told = foresee(asked, but=order)
    return sorted(
        (row[0], one.available, units, one.earliest)
        for row, (_product, units, _day), one in zip(rows, asked, told, strict=True)
        if one.available < units
    )


@dataclass(frozen=True, slots=True)
class Outlook:
    """What can be said of goods that somebody asks for: what can be sold now (it may be below 0), what may be promised for the day that
    was asked for, and from when on all of it can be had (None: not by what is known)."""

    sellable: int
    available: int
    earliest: date | None


def foresee(asked: Sequence[tuple[int, int, date | None]], *, but: int | None = None) -> list[Outlook]:
    """The outlook of each (product, quantity, day or None for today), by some queries and one a product; of one product who
    asks first is served first. ``but``: an order whose own quotation does not stand in the way."""
    products = sorted({product for product, _units, _day in asked})
    if not products:
        return []
    wanted = demands(products)
    flows = _with_what_comes(wanted, quoted(products, but))
    on_hand, leads = stock.on_hand(products), _lead_days(products)
    told = []
    for product, units, wish in asked:
        day = max(wish or clock.today(), clock.today())
        known, lead = flows[product], leads[product]
        available = available_from(on_hand[product], known, day, _until(day, lead))
        earliest = _earliest(on_hand[product], known, day, units, lead)
        sellable = on_hand[product] + sum(flow.qty for flow in wanted[product])
        told.append(Outlook(sellable, available, earliest))
        flows[product] = sorted([*known, Flow(day, -units, "quotation", but or 0)], key=lambda flow: flow.day)
    return told


def available_from(on_hand: int, flows: Sequence[Flow], day: date, until: date) -> int:
    """The least that is there on any day from ``day`` to ``until``; ``flows`` by day.

    >>> flows = [Flow(date(2026, 9, 18), -2, "order", 1), Flow(date(2026, 9, 30), 10, "receipt", 2)]
    >>> available_from(5, flows, date(2026, 9, 16), date(2026, 9, 17)), available_from(5, flows, date(2026, 9, 16), date(2026, 9, 30))
    (5, 3)
    >>> available_from(5, flows, date(2026, 9, 30), date(2026, 9, 30))
    13
    """
    level = on_hand + sum(flow.qty for flow in flows if flow.day <= day)
    least = level
    by_day: dict[date, int] = defaultdict(int)
    for flow in flows:
        if day < flow.day <= until:
            by_day[flow.day] += flow.qty
    for one in sorted(by_day):
        level += by_day[one]
        least = min(least, level)
    return least


def demands(products: Collection[int]) -> dict[int, list[Flow]]:
    """What open orders still want of each product, by day: goods whose day is not known are wanted today."""
    goods, orders = bulk.table(ShipmentLine), bulk.table(Order)
    rows = bulk.select(
        "SELECT q.product_id, q.order_id, COALESCE(q.ship_date, q.promised_date, o.promised_date), q.qty, q.wanted, q.shipped,"
        f" q.under FROM (SELECT l.product_id, l.order_id, l.ship_date, l.promised_date, l.qty, l.qty - l.cancelled_qty AS wanted,"
        f" COALESCE((SELECT SUM(g.qty) FROM {goods} g WHERE g.order_line_id = l.id AND g.counts AND g.qty > 0), 0) AS shipped,"
        f" (SELECT p.under_tolerance FROM {bulk.table(Product)} p WHERE p.id = l.product_id AND NOT p.service) AS under"
        f" FROM {open_lines(products)}) q JOIN {orders} o ON o.id = q.order_id WHERE q.wanted > q.shipped AND q.under IS NOT NULL",
        [bulk.bound(products)],
    )
    found: dict[int, list[Flow]] = {product: [] for product in products}
    for product, order, day, qty, wanted, shipped, under in rows:
        left = int(wanted) - int(shipped)
        if not (shipped > 0 and left * 1_000_000 <= int(qty) * int(under)):
            found[product].append(Flow(_day(day), -left, "order", order))
    return found


def quoted(products: Collection[int], but: int | None = None) -> dict[int, list[Flow]]:
    """What open quotations of our own ask for of each product, by day, leaving out the order ``but``."""
    rows = bulk.select(
        f"SELECT l.product_id, l.order_id, COALESCE(l.ship_date, l.promised_date, o.promised_date), l.qty - l.cancelled_qty"
        f" FROM {bulk.table(Order)} o CROSS JOIN {bulk.table(OrderLine)} l WHERE o.state = 'quoted' AND l.order_id = o.id"
        f" AND l.product_id IN {bulk.among()}",
        [bulk.bound(products)],
    )
    found: dict[int, list[Flow]] = {product: [] for product in products}
    for product, order, day, qty in rows:
        if order != but:
            found[product].append(Flow(_day(day), -int(qty), "quotation", order))
    return found


def _flows(products: Collection[int], but: int | None) -> dict[int, list[Flow]]:
    """All that is known to come and go, by day; what is late comes and goes today."""
    return _with_what_comes(demands(products), quoted(products, but))


def _with_what_comes(wanted: Mapping[int, list[Flow]], asked: Mapping[int, list[Flow]]) -> dict[int, list[Flow]]:
    found = {}
    for product in wanted:
        coming = [
            Flow(max(day, clock.today()), qty, "receipt", receipt) for day, qty, receipt in stock.incoming(product)
        ]
        found[product] = sorted(
            [*wanted[product], *asked[product], *coming], key=lambda flow: (flow.day, flow.document)
        )
    return found


def _earliest(on_hand: int, flows: Sequence[Flow], day: date, qty: int, lead: int | None) -> date | None:
    days: Iterable[date] = sorted({day, *(flow.day for flow in flows if flow.day > day)})
    return next((one for one in days if available_from(on_hand, flows, one, _until(one, lead)) >= qty), None)


def _until(day: date, lead: int | None) -> date:
    """The end of the lead time, when new goods can be there; where none is known all that is known to come and go is looked at."""
    return date.max if lead is None else max(day, clock.today() + timedelta(days=lead))


def _lead_days(products: Collection[int]) -> dict[int, int | None]:
    return dict(Product.objects.filter(pk__in=list(products)).values_list("pk", "lead_time_days"))


def _day(told: object) -> date:
    """The day on which goods are wanted: today where it is past or not told."""
    if told is None:
        return clock.today()
    return max(told if isinstance(told, date) else date.fromisoformat(str(told)), clock.today())


def _on_drafts(product: int) -> int:
    """Σ on draft shipments of our own, and of the system that tells an order's goods."""
    goods, papers = bulk.table(ShipmentLine), bulk.table(Shipment)
    (qty,) = bulk.select(
        f"SELECT COALESCE(SUM(g.qty), 0) FROM (SELECT l.id, s.goods_source FROM {open_lines([product])}) q"
        f" CROSS JOIN {goods} g CROSS JOIN {papers} d WHERE g.order_line_id = q.id AND d.id = g.shipment_id AND d.state = 'draft'"
        " AND d.direction = 'out' AND (d.home_id = q.goods_source OR d.customer IS NOT NULL)",
        [bulk.bound([product])],
    )[0]
    return int(qty)
