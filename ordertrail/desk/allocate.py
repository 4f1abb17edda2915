"""Allocate what is left of a payment to invoices, and take such allocations back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from ordertrail.billing import own, queries
from ordertrail.billing.invoices import named
from ordertrail.billing.models import Allocation, Payment
from ordertrail.billing.own import Part
from ordertrail.billing.settling import newest_back, part_back
from ordertrail.desk import settling
from ordertrail.desk.invoicing import amount_text
from ordertrail.desk.settling import Books, Chosen, Money
from ordertrail.desk.step import Step, hold, step
from ordertrail.lib.money import minor_digits
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person
from ordertrail.records.own import documents_of, groups_of


def held(payment: int, invoices: Iterable[int]) -> Money:
    """Hold a payment of our own with its customer, the invoices that are meant and their orders, and read it then.

    Refused("lives_elsewhere") for a payment of another system, ("not_a_payment") for money that went back.
    """
    row = Payment.objects.get(pk=payment)
    if row.customer is None:
        sentence = _("Payment %(payment)s lives in another system. Change it there; it is mirrored here.")
        raise Refused("lives_elsewhere", sentence % {"payment": row.number or row.pk})
    if row.amount < 0:
        sentence = _("%(payment)s is money that went back; only money that came in is allocated or refunded.")
        raise Refused("not_a_payment", sentence % {"payment": row.number})
    group = groups_of([row.customer])[row.customer]
    listed = set(invoices)
    hold("customer", [group])
    hold("order", queries.orders_on(listed) | ({row.deposit_for} if row.deposit_for else set()))
    hold("payment", [payment])
    hold("invoice", listed)
    rest = queries.rests([payment])[payment]
    digits = minor_digits(row.currency)
    return Money(payment, row.number, documents_of(group), row.currency, digits, rest, row.deposit_for)


def allocate(by: Person | None, payment: int, chosen: Sequence[Chosen]) -> int:
    """Let what is left of a payment settle invoices; the payment's id. Refused as ``settling.by_choice``."""
    with step(by, "allocate") as s:
        invoices = {one.invoice for one in chosen}
        money = held(payment, invoices)
        settling.write(s, settling.by_choice(money, chosen, Books(invoices)))
        if money.deposit_for:
            s.touch("order", money.deposit_for)
        s.act("payment", payment, invoices=sorted(invoices))
        return payment


def unallocate(by: Person | None, payment: int, chosen: Sequence[Chosen]) -> int:
    """Take allocations of a payment back, the newest first; what was written off stays. The payment's id.

    Refused("over_allocated") for more than is allocated there, and for a credit note that the invoices still need.
    """
    with step(by, "unallocate") as s:
        invoices = {one.invoice for one in chosen}
        money = held(payment, invoices)
        mine = queries.allocated([payment])[payment]
        back: dict[int, int] = {}
        for invoice, asked in settling.total_by_invoice(chosen).items():
            back |= _back(money, [(key, amount) for key, other, amount in mine if other == invoice], invoice, asked)
        if money.rest + sum(back.values()) < 0:
            sentence = _(
                "A credit note that %(payment)s took in is needed by the invoices it settles; take those back first."
            )
            raise Refused("over_allocated", sentence % {"payment": money.number})
        _take(s, money, back)
        s.touch("invoice", *invoices)
        s.act("payment", payment, invoices=sorted(invoices))
        return payment


def _back(money: Money, allocations: Sequence[tuple[int, int]], invoice: int, asked: int) -> dict[int, int]:
    there = sum(amount for _key, amount in allocations)
    wanted = -abs(asked) if there < 0 else asked
    if abs(wanted) > abs(there) or wanted * there <= 0:
        sentence = _("%(there)s of %(payment)s are allocated to %(invoice)s; %(asked)s were asked back.")
        words = {
            "there": amount_text(abs(there), money.currency), "payment": money.number,
            "invoice": queries.heads([invoice])[invoice].named, "asked": amount_text(abs(asked), money.currency),
        }  # fmt: skip
        raise Refused("over_allocated", sentence % words)
    return newest_back(wanted, allocations)


def _take(s: Step, money: Money, back: dict[int, int]) -> None:
    """End what is taken back, and write again what is left of an allocation of which only a part is."""
    shares = queries.shares_of(back)
    names = named({order for parts in shares.values() for order, _amount in parts})
    rows = Allocation.objects.in_bulk(back)
    rest = []
    for key, amount in back.items():
        divided = part_back(amount, [(names[order], part) for order, part in shares[key]], money.digits)
        left = {order: part - divided.get(names[order], 0) for order, part in shares[key]}
        kept = {order: part for order, part in left.items() if part}
        if kept:
            rest.append(Part(money.id, rows[key].invoice_id or 0, kept, rows[key].at))
        s.touch("order", *left)
    own.end_allocations(back)
    own.allocate(rest, s.standing("money"))

