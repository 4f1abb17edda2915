"""Customers as the API tells them, each by a fixed number of queries."""

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
from ordertrail.billing.models import InvoiceShare, PaymentShare
from ordertrail.orders.models import OrderStatus
from ordertrail.orders.queries import visible_orders, visible_statuses
from ordertrail.parties.models import Customer


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
        addresses=[shapes.Address(code=code, text=text) for code, text in row.addresses],
        invoice_address=row.invoice_address or None,
        version=0,
        currency=currency,
        credit_limit=None if row.credit_limit is None else written.money(row.credit_limit, row.currency or currency),
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
    exposure = dict(receivable)
    for currency, amount in waiting.order_by().values_list("currency").annotate(Sum("not_invoiced")):
        exposure[currency] = exposure.get(currency, ZERO) + amount
    return receivable, exposure
