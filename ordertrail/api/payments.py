"""Payments and refunds as the API tells them, each by a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Q

from ordertrail.api import written
from ordertrail.api.documents import customer_of
from ordertrail.api.door import Caller
from ordertrail.api.figures import ZERO
from ordertrail.api.invoices import customer_codes
from ordertrail.api.scope import own, visible
from ordertrail.api.shapes import documents as shapes
from ordertrail.billing.models import Payment, PaymentShare, WriteOff
from ordertrail.billing.queries import exchanged
from ordertrail.lib.money import MONEY_SCALE, from_units, minor_digits
from ordertrail.parties.models import Customer
from ordertrail.parties.queries import customers_named


def payment_head(row: Payment) -> dict[str, Any]:
    """What a list and the page tell of a payment."""
    return {
        "id": str(row.pk), "number": row.number or None, "kind": "refund" if row.amount < 0 else "payment", "state": row.state,
        "date": row.paid_date, "customer_name": row.payer, "currency": row.currency,
        "amount": written.money(row.amount, row.currency), "reference": row.reference, "home": row.home.code,
        "reported": row.reported,
    }  # fmt: skip


def payments(rows: Sequence[Payment]) -> list[shapes.PaymentRow]:
    """Payments of a list."""
    return [shapes.PaymentRow(**payment_head(row)) for row in rows]


def payment(pk: int, by: Caller) -> shapes.Payment:
    """One payment, with its shares by invoice. Payment.DoesNotExist where there is none."""
    row = Payment.objects.select_related("home").get(pk=pk)
    standing = PaymentShare.objects.filter(Q(allocation=None) | Q(allocation__ended_at=None), payment=pk)
    every = list(standing.order_by("pk"))
    mine = list(own(standing, by.person).order_by("pk"))
    allocated = sum((share.amount for share in every if share.invoice_id), ZERO)
    ahead = {share.order_id for share in mine if not share.invoice_id}
    back = list(Payment.objects.filter(refunds=pk, state="done").order_by("pk"))
    off = sum(WriteOff.objects.filter(payment=pk, invoice=None, ended_at=None).values_list("amount", flat=True), ZERO)
    kept = sum((-one.amount for one in back if one.credit_note is None), ZERO)
    rest = row.amount - allocated - kept - off if row.state == "done" and row.refunds_id is None else ZERO

    def money(value: Decimal) -> str:
        return written.money(value, row.currency)

    return shapes.Payment(
        **payment_head(row),
        version=0,
        customer=_customer(row, mine, by),
        rate=None if row.rate is None else written.decimals(row.rate, 0),
        allocated=money(allocated),
        unallocated=money(rest),
        refunded=money(sum((-one.amount for one in back), ZERO)),
        written_off=money(off),
        deposit_for=written.id_of(row.deposit_for)
        if row.deposit_for
        else written.id_of(ahead.pop())
        if len(ahead) == 1
        else None,
        exchange_difference=_exchange(row),
        allocations=_allocations(mine, row.currency),
        refunds=written.id_of(row.refunds_id),
        refunded_by=[str(one.pk) for one in back],
        credit_note=written.id_of(row.credit_note),
    )


def _customer(row: Payment, shares: Sequence[PaymentShare], by: Caller) -> str | None:
    """The code of whoever paid: of ours the one that it was written for, else that of its orders, else whom the payer's name means."""
    if row.customer is not None:
        return customer_codes({row.pk: row.customer}).get(row.pk)
    return customer_of(share.order_id for share in shares) or _payer(row, by)


def _payer(row: Payment, by: Caller) -> str | None:
    pk = customers_named([row.payer]).get(row.payer)
    return None if pk is None else visible(Customer, by.person).filter(pk=pk).values_list("code", flat=True).first()


def _exchange(row: Payment) -> str | None:
    """The gain, in the company's currency; null while a rate is not known."""
    currency = settings.COMPANY.currency
    units = 0
    if row.currency != currency and row.customer is not None:
        found = exchanged([row.pk], currency, minor_digits(currency)).get(row.pk, 0)
        if found is None:
            return None
        units = found
    return written.money(from_units(units, MONEY_SCALE), currency)


def _allocations(shares: Sequence[PaymentShare], currency: str) -> list[shapes.Allocation]:
    by_invoice: dict[int, dict[int | None, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for share in shares:
        if share.invoice_id:
            by_invoice[share.invoice_id][share.order_id] += share.amount
    return [
        shapes.Allocation(
            invoice=str(invoice),
            amount=written.money(sum(parts.values(), ZERO), currency),
            shares=[
                shapes.PaymentShare(order=written.id_of(order), amount=written.money(amount, currency))
                for order, amount in parts.items()
            ],
        )
        for invoice, parts in by_invoice.items()
    ]
