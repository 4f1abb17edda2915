"""The share of each order in each invoice and payment, with the rule by which it was found."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ordertrail.billing.models import InvoiceShare, PaymentShare
from ordertrail.track.addresses import href
from ordertrail.track.flow_net import Ref

ALL = _("all of it is this order's")
OF_INVOICE = _("its lines on the invoice with their tax; charges by gross amount; the last order takes the cent")
OF_PAYMENT = _(
    "by what each order owes on the invoice, to the cent, in the order of their numbers; the last takes the rest"
)
DEPOSIT = _("tied to this order, on no invoice yet")


@dataclass(frozen=True, slots=True)
class Share:
    """An order's part of a document; ``of`` is the whole of it (of a payment: through the same invoice)."""

    kind: str
    number: str
    href: str
    invoice: str
    invoice_href: str
    order: Ref
    amount: Decimal
    of: Decimal
    rule: Promise

    @property
    def ratio(self) -> Decimal | None:
        """The part as a ratio."""
        return self.amount / self.of if self.of else None


def shares(orders: dict[int, Ref], *, whole: bool) -> list[Share]:
    """Every share of these orders. ``whole``: its reader may see the whole of each document; else only what these orders have of it."""
    found = []
    rows = (
        InvoiceShare.objects.filter(order__in=orders, counts=True)
        .select_related("invoice")
        .order_by("invoice_id", "pk")
    )
    for row in rows:
        of = row.invoice.total if whole else row.gross
        rule = ALL if whole and row.gross == of else OF_INVOICE
        address = href("invoice", row.invoice_id)
        found.append(
            Share("invoice", row.invoice.number, address, "", "", orders[row.order_id or 0], row.gross, of, rule)
        )
    return found + _paid(orders, whole=whole)


def _paid(orders: dict[int, Ref], *, whole: bool) -> list[Share]:
    mine = PaymentShare.objects.filter(order__in=orders, counts=True).select_related("payment", "invoice")
    rows = list(mine.order_by("payment_id", "invoice_id", "pk"))
    sums: dict[tuple[int, int | None], Decimal] = {}
    payments: Collection[int] = {row.payment_id for row in rows}
    everybody = PaymentShare.objects.filter(payment__in=payments).values_list("payment_id", "invoice_id", "amount")
    for payment, invoice, amount in everybody if whole else [(r.payment_id, r.invoice_id, r.amount) for r in rows]:
        sums[payment, invoice] = sums.get((payment, invoice), Decimal(0)) + amount
    found = []
    for row in rows:
        of = sums[row.payment_id, row.invoice_id]
        rule = DEPOSIT if row.invoice_id is None else ALL if whole and row.amount == of else OF_PAYMENT
        through = (row.invoice.number, href("invoice", row.invoice_id)) if row.invoice and row.invoice_id else ("", "")
        paper = (row.payment.number, href("payment", row.payment_id))
        found.append(Share("payment", *paper, *through, orders[row.order_id or 0], row.amount, of, rule))
    return found
