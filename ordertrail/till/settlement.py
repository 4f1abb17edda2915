"""What a payment settles: invoices with what is open of them, how much of each it takes, and which part counts for which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ordertrail.billing.models import Invoice, PaymentShare, WriteOff
from ordertrail.billing.queries import allocated, candidates, opens, rests
from ordertrail.lib.money import MONEY_SCALE, from_units
from ordertrail.orders.queries import only_for, visible_orders
from ordertrail.records.own import documents_of
from ordertrail.till.scope import at, order_names, whole
from ordertrail.till.together import Named
from ordertrail.till.typed import shown

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Share:
    """An order's part of what an invoice gets."""

    order: Named
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Row:
    """An invoice (or credit note: below 0) of the customer: what is open, what this payment takes of it, what is typed."""

    id: int
    number: str
    note: bool
    due: date | None
    open: Decimal
    takes: Decimal
    typed: str
    shares: tuple[Share, ...]

    @property
    def href(self) -> str:
        """Its page."""
        return at("track:invoice", self.id)

    @property
    def rest(self) -> Decimal:
        """What is open of it afterwards."""
        return self.open - self.takes


@dataclass(frozen=True, slots=True)
class Settled:
    """What has become of a payment: by invoice what it settles with each order's part, what is left of it, what is written off."""

    takes: Mapping[int, Decimal]
    shares: Mapping[int, tuple[Share, ...]]
    rest: Decimal
    written_off: Decimal

    @property
    def by_order(self) -> list[Share]:
        """What counts for each order, over all invoices."""
        found: dict[Named, Decimal] = {}
        for shares in self.shares.values():
            for one in shares:
                found[one.order] = found.get(one.order, ZERO) + one.amount
        return [Share(order, amount) for order, amount in found.items()]


def seen(typed: Mapping[int, str], person: object) -> dict[int, str]:
    """What is typed for invoices of which ``person`` sees all."""
    return {invoice: text for invoice, text in typed.items() if whole("invoice", invoice, person)}


def settled(payment: int, person: object) -> Settled:
    """What a payment of our own settles now, with the parts of the orders that ``person`` may see."""
    takes: dict[int, Decimal] = {}
    for _key, invoice, units in allocated([payment])[payment]:
        takes[invoice] = takes.get(invoice, ZERO) + from_units(units, MONEY_SCALE)
    standing = PaymentShare.objects.filter(payment=payment, allocation__ended_at=None).exclude(allocation=None)
    if only_for(person) is not None:
        standing = standing.filter(order__in=visible_orders(person).values("pk"))
    rows = list(standing.order_by("pk"))
    names = order_names(row.order_id for row in rows if row.order_id)
    shares: dict[int, dict[Named, Decimal]] = {}
    for row in rows:
        order = Named(row.order_id or 0, names.get(row.order_id or 0, "–"))
        own = shares.setdefault(row.invoice_id or 0, {})
        own[order] = own.get(order, ZERO) + row.amount
    off = sum(WriteOff.objects.filter(payment=payment, ended_at=None).values_list("amount", flat=True), ZERO)
    told = {
        invoice: tuple(Share(order, amount) for order, amount in parts.items()) for invoice, parts in shares.items()
    }
    return Settled(takes, told, from_units(rests([payment])[payment], MONEY_SCALE), off)


def open_rows(
    customer: int, currency: str, typed: Mapping[int, str], person: object, now: Settled | None = None
) -> list[Row]:
    """The invoices and credit notes of a customer with something open, oldest due first, with what ``now`` takes of each."""
    listed = candidates(documents_of(customer), currency)
    parts = opens(head.id for head in listed)
    found = []
    for head in listed:
        left = from_units(sum(part.open for part in parts[head.id].values()), MONEY_SCALE)
        if not left or not whole("invoice", head.id, person):
            continue
        takes = now.takes.get(head.id, ZERO) if now else ZERO
        shares = now.shares.get(head.id, ()) if now else ()
        text = typed.get(head.id, shown(abs(takes)) if takes else "")
        found.append(Row(head.id, head.named, head.type == "credit_note", head.due_date, left, takes, text, shares))
    return found


def taken_rows(payment: int, typed: Mapping[int, str], person: object) -> list[Row]:
    """The invoices that a payment settles a part of, with what may be taken back."""
    now = settled(payment, person)
    rows = Invoice.objects.filter(pk__in=now.takes).order_by("due_date", "number")
    return [
        Row(
            row.pk,
            row.number,
            row.type == "credit_note",
            row.due_date,
            now.takes[row.pk],
            now.takes[row.pk],
            typed.get(row.pk, shown(abs(now.takes[row.pk]))),
            now.shares.get(row.pk, ()),
        )
        for row in rows
        if whole("invoice", row.pk, person)
    ]
