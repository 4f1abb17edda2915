"""Customers and products as the API tells them, each by a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings

from ordertrail.api import written
from ordertrail.api.balances import balances
from ordertrail.api.door import Caller
from ordertrail.api.figures import ZERO
from ordertrail.api.shapes import parties as shapes
from ordertrail.orders.queries import visible_statuses
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
    currency = row.currency or settings.COMPANY.currency
    told = balances(pk, by)
    tied = visible_statuses(by.person).filter(customer=pk, currency=currency).exclude(deposit=0).order_by("pk")

    def money(amounts: dict[str, Decimal]) -> str:
        return written.money(amounts.get(currency, ZERO), currency)

    return shapes.Customer(
        **customer_head(row),
        addresses=[shapes.Address(code=code, text=text) for code, text in row.addresses],
        invoice_address=row.invoice_address or None,
        version=0,
        currency=currency,
        credit_limit=None if row.credit_limit is None else written.money(row.credit_limit, currency),
        receivable=money(told.receivable),
        credit=None if told.credit is None else money(told.credit),
        deposits=shapes.Deposits(
            floating=None if told.floating is None else money(told.floating),
            tied=[shapes.TiedDeposit(order=str(one.pk), amount=written.money(one.deposit, currency)) for one in tied],
        ),
        exposure=money(told.exposure),
        exchange_difference=None if told.exchange is None else written.money(told.exchange, settings.COMPANY.currency),
        balances=[
            shapes.Balance(
                currency=one,
                receivable=written.money(told.receivable.get(one, ZERO), one),
                exposure=written.money(told.exposure[one], one),
            )
            for one in sorted(told.exposure)
        ],
    )
