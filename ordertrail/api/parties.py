"""Customers and products as the API tells them, each by a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Sum

from ordertrail.api import written
from ordertrail.api.door import Caller
from ordertrail.api.figures import ZERO
from ordertrail.api.shapes import parties as shapes
from ordertrail.billing.credit_notes import credited_of
from ordertrail.billing.models import InvoiceShare, PaymentShare
from ordertrail.catalog.models import Product
from ordertrail.lib import bulk
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units
from ordertrail.orders.models import OrderLine, OrderStatus
from ordertrail.orders.queries import visible_orders, visible_statuses
from ordertrail.parties.models import Customer
from ordertrail.shipping.models import Shipment, ShipmentLine


def customer_head(row: Customer) -> dict[str, Any]:
    """What a list and the page tell of a customer."""
    names = ("code", "name", "tax_number", "country", "address", "phone")
    return {"id": str(row.pk), "home": row.home.code, **{name: getattr(row, name) for name in names}}


def customers(rows: Sequence[Customer]) -> list[shapes.CustomerRow]:
    """Customers of a list."""
    return [shapes.CustomerRow(**customer_head(row)) for row in rows]


def customer(pk: int, by: Caller) -> shapes.Customer:
    """One customer with what is owed on the orders that the caller may see. Customer.DoesNotExist where there is none."""
    row = Customer.objects.select_related("home").get(pk=pk)
    currency = settings.COMPANY.currency
    receivable, exposure = _owed(pk, by)
    tied = visible_statuses(by.person).filter(customer=pk, currency=currency).exclude(deposit=0).order_by("pk")
    return shapes.Customer(
        **customer_head(row),
        version=0,
        currency=currency,
        credit_limit=None,
        receivable=written.money(receivable.get(currency, ZERO), currency),
        credit=None,
        deposits=shapes.Deposits(
            floating=None,
            tied=[shapes.TiedDeposit(order=str(one.pk), amount=written.money(one.deposit, currency)) for one in tied],
        ),
        exposure=written.money(exposure.get(currency, ZERO), currency),
        exchange_difference=None,
        balances=[
            shapes.Balance(
                currency=one,
                receivable=written.money(receivable.get(one, ZERO), one),
                exposure=written.money(exposure[one], one),
            )
            for one in sorted(exposure)
        ],
    )


def _owed(pk: int, by: Caller) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Receivable and exposure by currency (domain.md §1.10, money)."""
    orders = visible_orders(by.person).filter(customer=pk).values("pk")
    billed = InvoiceShare.objects.filter(order__in=orders, counts=True).exclude(invoice__type="credit_note")
    paid = PaymentShare.objects.filter(order__in=orders, counts=True, invoice__isnull=False).exclude(
        invoice__type="credit_note"
    )
    waiting = OrderStatus.objects.filter(order__in=orders, status="confirmed")
    receivable: dict[str, Decimal] = dict(billed.order_by().values_list("invoice__currency").annotate(Sum("gross")))
    for currency, amount in paid.order_by().values_list("invoice__currency").annotate(Sum("amount")):
        receivable[currency] = receivable.get(currency, ZERO) - amount
    for currency, amount in _credited(orders).items():
        receivable[currency] = receivable.get(currency, ZERO) - amount
    exposure = dict(receivable)
    for currency, amount in waiting.order_by().values_list("currency").annotate(Sum("not_invoiced")):
        exposure[currency] = exposure.get(currency, ZERO) + amount
    return receivable, exposure


def _credited(orders: Any) -> dict[str, Decimal]:
    """What credit notes take off the invoices of these orders, by currency."""
    noted = InvoiceShare.objects.filter(order__in=orders, counts=True, invoice__type="credit_note")
    currencies = dict(noted.order_by().values_list("order_id", "invoice__currency"))
    found: dict[str, Decimal] = {}
    for (_, order), units in credited_of(currencies).items():
        if units > 0:
            found[currencies[order]] = found.get(currencies[order], ZERO) + from_units(units, MONEY_SCALE)
    return found


def product_head(row: Product) -> dict[str, Any]:
    """What a list and the page tell of a product; its price is in the company's currency."""
    return {
        "id": str(row.pk), "sku": row.sku, "name": row.name, "unit": row.unit, "kind": "service" if row.service else "goods",
        "category": row.category, "home": row.home.code,
        "price": None if row.price is None else written.money(row.price, settings.COMPANY.currency),
    }  # fmt: skip


def products(rows: Sequence[Product]) -> list[shapes.ProductRow]:
    """Products of a list."""
    return [shapes.ProductRow(**product_head(row)) for row in rows]


def product(pk: int, by: Caller) -> shapes.Product:
    """One product with the demand of all open orders. Product.DoesNotExist where there is none."""
    row = Product.objects.select_related("home").get(pk=pk)
    cost: dict[str, Any] = {}
    if by.sees_cost():
        cost = {"unit_cost": None if row.cost is None else written.unit_cost(row.cost), "value": None}
    demand, pending = _demand(pk)
    return shapes.Product(
        **product_head(row),
        version=0,
        stock=shapes.Stock(
            on_hand=None,
            reserved=None,
            free=None,
            open_demand=written.qty(demand),
            pending_shipment=written.qty(pending),
            incoming=None,
            forecast=None,
            sellable=None,
        ),
        **cost,
    )


def _demand(pk: int) -> tuple[Decimal, Decimal]:
    """What open orders still want of a product, and what of that is on draft shipments (domain.md §1.1)."""
    lines, goods = bulk.table(OrderLine), bulk.table(ShipmentLine)
    rows = bulk.select(
        "SELECT l.qty - l.cancelled_qty, COALESCE(SUM(CASE WHEN g.counts AND g.qty > 0 THEN g.qty ELSE 0 END), 0),"
        " COALESCE(SUM(CASE WHEN d.state = 'draft' AND d.home_id = s.goods_source THEN g.qty ELSE 0 END), 0)"
        f" FROM {lines} l JOIN {bulk.table(OrderStatus)} s ON s.order_id = l.order_id"
        f" LEFT JOIN {goods} g ON g.order_line_id = l.id LEFT JOIN {bulk.table(Shipment)} d ON d.id = g.shipment_id"
        " WHERE l.product_id = %s AND s.is_open GROUP BY l.id, l.qty, l.cancelled_qty",
        [pk],
    )
    demand = sum(max(int(wanted) - int(shipped), 0) for wanted, shipped, _drafted in rows)
    pending = sum(int(drafted) for _wanted, _shipped, drafted in rows)
    return from_units(demand, QTY_SCALE), from_units(pending, QTY_SCALE)
