"""Make the domain rows of touched groups again, and of everything that hangs on them: one way for sync, link, unlink and replay."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from django.conf import settings

from ordertrail.billing import invoices, payments
from ordertrail.billing.credit_notes import of_credited
from ordertrail.billing.models import Allocation, Invoice, InvoiceLine, PaymentShare
from ordertrail.catalog import actions as catalog
from ordertrail.catalog.models import Product
from ordertrail.desk.agree import Beliefs, agree, who_bills
from ordertrail.desk.models import Change
from ordertrail.desk.recount import recount
from ordertrail.lib import bulk
from ordertrail.lib.money import QTY_SCALE, to_units
from ordertrail.lib.numbers import number_key
from ordertrail.orders import actions as orders
from ordertrail.orders.models import Order, OrderLine, OrderStatus
from ordertrail.orders.queries import LineFinder, with_twins
from ordertrail.parties import actions as parties
from ordertrail.presales import actions as presales
from ordertrail.presales.models import Opportunity
from ordertrail.records.actions import number_keys
from ordertrail.records.merge import Merged, merge
from ordertrail.records.models import OWN_KINDS, Number, SourceDocument
from ordertrail.records.own import own_among
from ordertrail.records.queries import Finder, Member, members
from ordertrail.records.shapes import RECORDS, Record
from ordertrail.shipping import actions as shipping
from ordertrail.shipping.models import ShipmentLine
from ordertrail.stock import following as stock
from ordertrail.work import actions as work
from ordertrail.work.models import Project, WorkOrder

Touched = dict[str, set[int]]


class Rewrite:
    """One rewriting: knows the touched groups by kind, those that lost a member or a number, the records at hand, the new documents
    that stand alone, and by kind the keys that somebody no longer bears."""

    def __init__(
        self,
        touched: Touched,
        lost: set[int],
        at_hand: dict[int, Record],
        alone: dict[int, int],
        dropped: Mapping[str, set[str]] | None = None,
    ) -> None:
        self.touched: Touched = defaultdict(set, {kind: set(ids) for kind, ids in touched.items()})
        self.lost, self.at_hand, self.alone, self.dropped = lost, at_hand, alone, dropped or {}
        self.beliefs = Beliefs.now()
        self.finders = {kind: Finder(kind) for kind in ("customer", "product", "order", "invoice")}
        self.orders: set[int] = set()
        self._invoices_before: set[int] = set()
        self.keys: dict[int, set[str]] = {}
        self.shared: set[str] = set()
        self.company = settings.COMPANY

    def run(self) -> set[int]:
        """Write every touched row, the counts and the status rows; returns the ids of the orders concerned."""
        for kind in RECORDS:
            if self.touched[kind]:
                self._write(kind)
        self._settle()
        beliefs = self.beliefs
        recount(self.orders, beliefs, agree(self.orders, beliefs))
        changed = [(kind, group) for kind, ids in self.touched.items() for group in sorted(ids)]
        changed += [("order", order) for order in sorted(self.orders - self.touched["order"])]
        bulk.insert(Change, ("kind", "object"), changed)
        return self.orders

    def _write(self, kind: str, only: Collection[int] | None = None) -> None:
        asked = self.touched[kind] if only is None else set(only)
        own = own_among(asked) if kind in OWN_KINDS else set()
        if own:
            self._own(kind, own)
        ids = asked - own
        ranks = self.beliefs.ranks(kind)
        found, merged = dict[int, list[Member]](), list[Merged[Any]]()
        more = ids
        while more:
            of = members(sorted(more), self.at_hand, self.alone)
            fresh = [merge(group, of_group, ranks) for group, of_group in of.items()]
            found, merged, ids = found | of, merged + fresh, ids | more
            more = self._beside(kind, more, fresh) - ids
        self.touched[kind] |= ids
        merged.sort(key=lambda one: one.group)
        self.keys = {group: keys_of(of_group) for group, of_group in found.items()}
        borne = Counter(key for keys in self.keys.values() for key in keys)
        self.shared = {key for key, times in borne.items() if times > 1}  # who meant one of them may mean none now
        old = sorted(ids - self.alone.keys())
        getattr(self, f"_{kind}")(old, merged)

    def _beside(self, kind: str, ids: Collection[int], merged: Iterable[Merged[Any]]) -> set[int]:
        """The other papers of orders with several lines of one SKU that these are for or were: which of them a paper means hangs on
        what all of them leave (orders/placing.py)."""
        if kind not in _PLACED:
            return set()
        model, column = _PLACED[kind]
        finder, named = self.finders["order"], [(m.lines_from, line.order) for m in merged for line in m.record.lines]
        finder.learn(named)
        orders = {order for name in named if (order := finder.find(*name)) is not None}
        orders |= _orders_of(model, column, [group for group in ids if group not in self.alone])
        twins = with_twins(orders)
        found = {row[0] for row in _where(model, column, "order_id", twins)}
        return found - own_among(found) if found else found

    def _wake(self, kind: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Have the documents of ``kind`` named first in each row made again too."""
        self.touched[kind] |= {row[0] for row in rows if row[0] is not None}

    def _wake_named(self, kind: str, model: Any, column: str, to: str, old: list[int], changed: set[int]) -> None:
        """Wake the documents whose ``to`` (order or invoice) must be found again: those that name one of the keys and point nowhere
        or elsewhere, those that point at a ``changed`` group, and those whose name no longer means what they point at."""
        new = self._keys(to)
        named = _where(model, f"{column}, {to}_id, {to}_key", f"{to}_key", new)
        self._wake(kind, (row for row in named if row[1] not in self.keys or row[2] in self.shared))
        pointing = _where(model, f"{column}, {to}_id, {to}_key", f"{to}_id", old)
        self._wake(
            kind, (row for row in pointing if row[1] in changed | self.lost or row[2] not in self.keys.get(row[1], ()))
        )

    def _own(self, kind: str, own: set[int]) -> None:
        """Documents of our own: their rows are theirs, whatever joins their group; an order's customer and products are found again,
        since theirs may have been joined with others or parted."""
        if kind != "order":
            return
        self.orders |= own
        customers, products = self.finders["customer"], self.finders["product"]
        mine = list(Order.objects.filter(pk__in=own).order_by("pk"))
        lines = list(OrderLine.objects.filter(order__in=own).select_related("order").order_by("pk"))
        customers.learn((order.home_id, order.customer_ref) for order in mine)
        products.learn((line.order.home_id, line.sku) for line in lines)
        for order in mine:
            found = customers.find(order.home_id, order.customer_ref)
            if found != order.customer_id:
                Order.objects.filter(pk=order.pk).update(customer=found)
        for line in lines:
            found = products.find(line.order.home_id, line.sku)
            if found != line.product_id:
                OrderLine.objects.filter(pk=line.pk).update(product=found)

    # --- one step a kind, in the order of RECORDS ------------------------------------------------------------------------

    def _customer(self, old: list[int], merged: list[Merged[Any]]) -> None:
        parties.remove(old)
        parties.write(merged)
        keys = self._keys("customer")
        self._wake("order", _where(Order, "id", "customer_key", keys, "customer_id IS NULL", "order_without_customer"))
        self._wake("order", _where(Order, "id", "customer_ref", keys, "customer_ref > ''", "order_customer_unsure"))
        self._wake(
            "order", _where(OrderStatus, "order_id", "customer", self._left(old) | self._rivals("customer", keys))
        )

    def _product(self, old: list[int], merged: list[Merged[Any]]) -> None:
        before = dict(_where(Product, "id, service", "id", old))
        catalog.remove(old)
        catalog.write(merged)
        stock.follow(self._left(old) | set(self.keys))
        keys = self._keys("product")
        unmatched = bulk.select(
            f"SELECT DISTINCT sku FROM {bulk.table(OrderLine)}{bulk.by_index('line_without_product')}"
            " WHERE product_id IS NULL AND sku <> ''"
        )
        meant = {sku for (sku,) in unmatched if number_key(sku) in keys}
        unknown = _where(OrderLine, "order_id", "sku", meant, "product_id IS NULL", "line_without_product")
        self._wake("order", unknown)
        self._wake(
            "order", _where(OrderLine, "order_id", "product_id", self._left(old) | self._rivals("product", keys))
        )
        served = {m.group for m in merged if m.group in before and bool(before[m.group]) != m.record.service}
        self.orders |= _orders_of(
            OrderLine, "product_id", served
        )  # whether it is shipped at all decides what is left to ship

    def _keys(self, kind: str) -> set[str]:
        """The keys by which somebody may mean, or have meant, one of the groups at hand."""
        return set().union(*self.keys.values()) | self.dropped.get(kind, set())

    def _left(self, old: list[int]) -> set[int]:
        """Groups that are no longer what those who point at them mean."""
        return (set(old) - set(self.keys)) | (self.lost & set(old))

    def _rivals(self, kind: str, keys: set[str]) -> set[int]:
        """Groups that carry one of ``keys`` beside another: what meant them alone may mean several now."""
        rows = bulk.select(
            f'SELECT DISTINCT d."group" FROM {bulk.table(Number)} n'
            f" JOIN {bulk.table(SourceDocument)} d ON d.id = n.document_id"
            f" WHERE n.kind = %s AND NOT n.search_only AND n.key IN {bulk.among('text')}",
            [kind, bulk.bound(keys)],
        )
        return {row[0] for row in rows if row[0] not in self.keys or not self.shared.isdisjoint(self.keys[row[0]])}

    def _opportunity(self, old: list[int], merged: list[Merged[Any]]) -> None:
        self.orders |= _orders_of(Opportunity, "id", old)
        presales.remove(old)
        self.orders |= presales.write(merged, self.finders["order"])

    def _order(self, old: list[int], merged: list[Merged[Any]]) -> None:
        before, money = LineFinder(old), set(_where(Order, "id, currency", "id", old))
        orders.remove(old)
        rate = to_units(Decimal(self.company.tax_rate), QTY_SCALE)
        orders.write(merged, self.finders["customer"], self.finders["product"], self.company.currency, rate)
        self.orders |= self.touched["order"]
        after = LineFinder(old)
        changed = {order for order in old if before.lines.get(order) != after.lines.get(order)}
        changed |= {order for order, _ in money ^ set(_where(Order, "id, currency", "id", old))}
        for kind, model, column in _POINTING:
            self._wake_named(kind, model, column, "order", old, changed)

    def _work_order(self, old: list[int], merged: list[Merged[Any]]) -> None:
        self.orders |= _orders_of(WorkOrder, "id", old)
        work.remove_work_orders(old)
        self.orders |= work.write_work_orders(merged, self.finders["order"], self.beliefs.standings("production"))

    def _project(self, old: list[int], merged: list[Merged[Any]]) -> None:
        self.orders |= _orders_of(Project, "id", old)
        work.remove_projects(old)
        self.orders |= work.write_projects(merged, self.finders["order"])

    def _shipment(self, old: list[int], merged: list[Merged[Any]]) -> None:
        self.orders |= _orders_of(ShipmentLine, "shipment_id", old)
        shipping.remove(old)
        self.orders |= shipping.write(merged, self.finders["order"], self.beliefs.standings("goods"))

    def _invoice(self, old: list[int], merged: list[Merged[Any]]) -> None:
        before = _orders_of(InvoiceLine, "invoice_id", old)
        self._invoices_before |= of_credited(before)
        self.orders |= before
        money = set(_where(Invoice, "id, currency", "id", old))
        invoices.remove(old)
        rate = to_units(Decimal(self.company.tax_rate), QTY_SCALE)
        self.orders |= invoices.write(
            merged, self.finders["order"], self.finders["invoice"], self.beliefs.standings("invoice"),
            self.company.currency, rate,
        )  # fmt: skip
        changed = {invoice for invoice, _ in money ^ set(_where(Invoice, "id, currency", "id", old))}
        self._wake_named("payment", Allocation, "payment_id", "invoice", old, changed)
        notes = _where(Invoice, "id", "credits_key", self._keys("invoice")) + _where(Invoice, "id", "credits_id", old)
        if again := {note for (note,) in notes} - self.touched["invoice"]:  # who credits one of them finds it again
            self.touched["invoice"] |= again
            self._write("invoice", again)

    def _payment(self, old: list[int], merged: list[Merged[Any]]) -> None:
        self._invoices_before |= {
            row[0] for row in _where(Allocation, "invoice_id", "payment_id", old) if row[0] is not None
        }
        self.orders |= _orders_of(PaymentShare, "payment_id", old)
        payments.remove(old)
        payments.write(merged, self.finders["invoice"], self.finders["order"], self.company.currency)

    def _settle(self) -> None:
        """Divide again every payment that hangs together with a touched payment, invoice or order."""
        asked = self._invoices_before | self.touched["invoice"] | of_credited(self.orders)
        direct = {row[0] for row in _where(Allocation, "payment_id", "order_id", self.orders)} if self.orders else set()
        if not asked and not self.touched["payment"] and not direct:
            return
        hanging = payments.around(self.touched["payment"] | direct, asked)
        orders, placed = payments.settle(
            hanging, self.beliefs.standings("money"), partial(who_bills, beliefs=self.beliefs)
        )
        self.orders |= orders
        self.touched["payment"] |= placed


_PLACED: dict[str, tuple[Any, str]] = {
    "shipment": (ShipmentLine, "shipment_id"),
    "invoice": (InvoiceLine, "invoice_id"),
}
"""Documents whose lines are placed on lines of orders by what is left: the table of their lines and the column of their id."""

_POINTING: tuple[tuple[str, Any, str], ...] = (
    ("shipment", ShipmentLine, "shipment_id"),
    ("invoice", InvoiceLine, "invoice_id"),
    ("payment", Allocation, "payment_id"),
    ("work_order", WorkOrder, "id"),
    ("project", Project, "id"),
    ("opportunity", Opportunity, "id"),
)
"""Documents that name orders: kind, the table with ``order_key`` and ``order_id``, and the column of the document's id."""


def keys_of(of_group: Iterable[Member]) -> set[str]:
    """All keys that mean a group to others: the numbers and refs of every member."""
    return {key for member in of_group for key in (*number_keys(member.record), number_key(member.record.ref)[:100])}


def _where(
    model: Any, column: str, by: str, values: Collection[Any], also: str = "", index: str = ""
) -> list[tuple[Any, ...]]:
    """Distinct ``column`` of the rows whose ``by`` is one of ``values``; ``also`` is the condition of the partial ``index``."""
    if not values:
        return []
    kind = "bigint" if by.endswith("_id") or by in ("id", "customer") else "text"
    more = f" AND {also}" if also else ""
    return bulk.select(
        f"SELECT DISTINCT {column} FROM {bulk.table(model)}{bulk.by_index(index) if index else ''}"
        f" WHERE {by} IN {bulk.among(kind)}{more}",
        [bulk.bound(values)],
    )


def _orders_of(model: Any, by: str, ids: Collection[int]) -> set[int]:
    return {row[0] for row in _where(model, "order_id", by, ids) if row[0] is not None}
