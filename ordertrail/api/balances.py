"""What a customer owes and has paid ahead, by a fixed number of queries (domain.md §1.10, money)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Sum

from ordertrail.api.door import Caller
from ordertrail.billing.credit_notes import credited_of
from ordertrail.billing.models import Invoice, InvoiceShare, Payment
from ordertrail.billing.queries import exchanged, opens, owed, rests
from ordertrail.lib.money import MONEY_SCALE, from_units, minor_digits
from ordertrail.orders.models import OrderStatus
from ordertrail.orders.queries import only_for, visible_orders
from ordertrail.records.models import DESK, SourceDocument


@dataclass
class Balances:
    """By currency what is owed and what will be (``exposure``); of customers that we keep ourselves also whose money it is: ``credit``
    and ``floating``, None where no system says so, and the ``exchange`` gain in the company's currency, None also while a rate is
    not known."""

    receivable: dict[str, Decimal] = field(default_factory=dict)
    exposure: dict[str, Decimal] = field(default_factory=dict)
    credit: dict[str, Decimal] | None = None
    floating: dict[str, Decimal] | None = None
    exchange: Decimal | None = None


def balances(customer: int, by: Caller) -> Balances:
    """The balances of one customer, over the orders that the caller may see; its unallocated money only for who sees all orders."""
    told = Balances()
    units = owed(customer, only_for(by.person))
    told.receivable = {currency: from_units(amount, MONEY_SCALE) for currency, amount in units.items()}
    orders = visible_orders(by.person).filter(customer=customer).values("pk")
    for currency, amount in _credited(orders).items():
        told.receivable[currency] = told.receivable.get(currency, Decimal(0)) - amount
    told.exposure = dict(told.receivable)
    waiting = OrderStatus.objects.filter(order__in=orders, status="confirmed").order_by()
    for currency, amount in waiting.values_list("currency").annotate(Sum("not_invoiced")):
        told.exposure[currency] = told.exposure.get(currency, Decimal(0)) + amount
    if only_for(by.person) is None:
        _money(told, customer)
    return told


def _credited(orders: Any) -> dict[str, Decimal]:
    """What credit notes of other systems take off the invoices of these orders, by currency."""
    noted = InvoiceShare.objects.filter(order__in=orders, counts=True, invoice__type="credit_note")
    currencies = dict(noted.order_by().values_list("order_id", "invoice__currency"))
    found: dict[str, Decimal] = {}
    for (_, order), units in credited_of(currencies).items():
        if units > 0:
            found[currencies[order]] = found.get(currencies[order], Decimal(0)) + from_units(units, MONEY_SCALE)
    return found


def _money(told: Balances, customer: int) -> None:
    documents = dict(SourceDocument.objects.filter(group=customer).values_list("pk", "source__kind"))
    payments = list(
        Payment.objects.filter(customer__in=documents, state="done").values_list(
            "pk", "currency", "deposit_for", "refunds"
        )
    )
    notes = dict(
        Invoice.objects.filter(customer__in=documents, state="posted", type="credit_note").values_list("pk", "currency")
    )
    if DESK not in documents.values() and not payments and not notes:
        return
    left = rests(pk for pk, *_rest in payments)
    floating: dict[str, int] = defaultdict(int)
    for pk, currency, deposit_for, refunds in payments:
        if deposit_for is None and refunds is None:
            floating[currency] += left[pk]
    credit = defaultdict(int, floating)
    for note, parts in opens(notes).items():
        credit[notes[note]] -= sum(part.open for part in parts.values())
    told.floating = {currency: from_units(amount, MONEY_SCALE) for currency, amount in floating.items()}
    told.credit = {currency: from_units(amount, MONEY_SCALE) for currency, amount in credit.items()}
    own = settings.COMPANY.currency
    gains = list(exchanged((pk for pk, *_rest in payments), own, minor_digits(own)).values())
    if None not in gains:
        told.exchange = from_units(sum(gain or 0 for gain in gains), MONEY_SCALE)
