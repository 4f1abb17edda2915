"""What the verbs of money share: which amounts of a payment settle which invoices, by choice or by the default rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ordertrail.billing import own
from ordertrail.billing.invoices import named
from ordertrail.billing.own import Part
from ordertrail.billing.queries import Head, heads, opens
from ordertrail.billing.rules import numbers_in
from ordertrail.billing.settling import shared, spread
from ordertrail.desk.invoicing import amount_text
from ordertrail.desk.step import Step
from ordertrail.lib.currencies import check_decimals
from ordertrail.lib.numbers import number_key
from ordertrail.lib.refused import Refused


@dataclass(frozen=True, slots=True)
class Chosen:
    """An amount that somebody wants allocated to an invoice, wholly for one ``order`` of it where one is named."""

    invoice: int
    amount: int
    order: int | None = None
    path: str = "allocations"


@dataclass(frozen=True, slots=True)
class Money:
    """A payment while it is allocated: whose it is (all of the customer's documents), what is left of it, what it is tied to."""

    id: int
    number: str
    customer: Collection[int]
    currency: str
    digits: int
    rest: int
    deposit_for: int | None = None


class Books:
    """What is open of some invoices, by order, while parts of it are settled."""

    def __init__(self, invoices: Collection[int]) -> None:
        self.heads = heads(invoices)
        self.left = {
            invoice: {order: part.open for order, part in parts.items()} for invoice, parts in opens(invoices).items()
        }
        self.names = named({order for parts in self.left.values() for order in parts})

    def open(self, invoice: int) -> int:
        """What is open of an invoice; negative of a credit note."""
        return sum(self.left.get(invoice, {}).values())

    def take(self, payment: int, invoice: int, amount: int, order: int | None = None) -> Part:
        """Settle ``amount`` of an invoice: of one ``order``, or of all that owe something on it."""
        left = self.left[invoice]
        if order is not None:
            parts = {order: amount}
        else:
            ids = {self.names[key]: key for key in left}
            divided = shared(amount, [(name, left[key]) for name, key in ids.items()], self.heads[invoice].digits)
            parts = {ids[name]: part for name, part in divided.items()}
        for key, part in parts.items():
            left[key] -= part
        return Part(payment, invoice, parts)


def by_choice(money: Money, chosen: Sequence[Chosen], books: Books) -> list[Part]:
    """The parts that somebody chose.

    Refused("not_posted"), ("other_customer"), ("other_currency"), ("over_allocated") beyond what is open or what is left of the money,
    ("deposit_tied") for money that is another order's.
    """
    found = []
    rest = money.rest
    for one in chosen:
        head = books.heads[one.invoice]
        check_decimals(one.amount, money.currency, one.path)
        _check_meant(money, head, one.path)
        note = head.type == "credit_note"
        amount = -abs(one.amount) if note else one.amount
        if amount <= 0 and not note:
            raise _blamed("wrong_value", _("An amount is above 0."), one.path)
        order = _order(money, one, books, amount)
        open_now = books.left[one.invoice].get(order, 0) if order is not None else books.open(one.invoice)
        if abs(amount) > abs(open_now) or amount * open_now < 0:
            sentence = _("%(invoice)s has %(open)s open; %(amount)s was asked for.")
            words = {
                "invoice": head.named, "open": amount_text(abs(open_now), head.currency),
                "amount": amount_text(abs(amount), head.currency),
            }  # fmt: skip
            raise _blamed("over_allocated", sentence % words, one.path)
        found.append(books.take(money.id, one.invoice, amount, order))
        rest -= amount
    if rest < 0:
        sentence = _("%(rest)s are left of %(payment)s; %(asked)s were asked for.")
        words = {
            "rest": amount_text(money.rest, money.currency), "payment": money.number or _("this payment"),
            "asked": amount_text(money.rest - rest, money.currency),
        }  # fmt: skip
        raise Refused("over_allocated", sentence % words)
    return found


def _check_meant(money: Money, head: Head, path: str) -> None:
    if head.state != "posted" or head.cancelled:
        sentence = _("%(invoice)s is no posted invoice that stands; money is allocated to such ones only.")
        raise _blamed("not_posted", sentence % {"invoice": head.named}, path)
    if head.customer not in money.customer:
        sentence = _("%(invoice)s is not this customer's; choose one of the customer that the money came from.")
        raise _blamed("other_customer", sentence % {"invoice": head.named}, path)
    if head.currency != money.currency:
        sentence = _(
            "%(invoice)s is in %(billed)s and the money in %(paid)s; write the payment down in %(billed)s with its rate."
        )
        words = {"invoice": head.named, "billed": head.currency, "paid": money.currency}
        raise _blamed("other_currency", sentence % words, path)


def _order(money: Money, one: Chosen, books: Books, amount: int) -> int | None:
    """The order that a chosen part is for; None for all on the invoice. A tied deposit is its own order's and nobody else's."""
    order = one.order if one.order is not None else money.deposit_for
    left = books.left[one.invoice]
    head = books.heads[one.invoice]
    if one.order is not None and one.order not in left:
        sentence = _("%(invoice)s bills nothing of that order.")
        raise _blamed("unknown_order", sentence % {"invoice": head.named}, one.path)
    if money.deposit_for is not None:
        own_part = left.get(money.deposit_for, 0)
        if order != money.deposit_for or amount < 0 or own_part < amount <= books.open(one.invoice):
            sentence = _(
                "%(payment)s is tied to one order, which has %(open)s open on %(invoice)s; it settles no other order."
            )
            words = {
                "payment": money.number or _("This payment"), "open": amount_text(max(own_part, 0), head.currency),
                "invoice": head.named,
            }  # fmt: skip
            raise _blamed("deposit_tied", sentence % words, one.path)
        return order
    return order


def _blamed(code: str, detail: str, path: str) -> Refused:
    return Refused(code, detail, [{"path": path, "code": code, "detail": detail}])


def by_default(money: Money, listed: Sequence[Head], books: Books, reference: str) -> list[Part]:
    """The parts by the default rule (domain.md §1.10): ``listed``: the customer's invoices and credit notes, oldest due first."""
    invoices = [head for head in listed if head.type != "credit_note"]
    if money.deposit_for is not None:
        return list(_tied(money, money.deposit_for, invoices, books))
    keys = numbers_in(reference)
    place = {key: at for at, key in enumerate(keys)}
    invoices.sort(key=lambda head: place.get(number_key(head.number), len(keys)))
    notes = sorted(
        (head for head in listed if head.type == "credit_note"), key=lambda head: (str(head.invoice_date), head.number)
    )
    found = spread(
        money.rest,
        [(head.id, books.open(head.id)) for head in invoices if books.open(head.id) > 0],
        [(head.id, books.open(head.id)) for head in notes if books.open(head.id) < 0],
    )
    return [books.take(money.id, invoice, amount) for invoice, amount in found.parts]


def _tied(money: Money, order: int, invoices: Iterable[Head], books: Books) -> Iterable[Part]:
    rest = money.rest
    for head in invoices:
        amount = min(rest, books.left.get(head.id, {}).get(order, 0))
        if amount > 0:
            rest -= amount
            yield books.take(money.id, head.id, amount, order)


def write(s: Step, parts: Sequence[Part]) -> None:
    """Write allocations, and say what they changed."""
    own.allocate(parts, s.standing("money"))
    s.touch("invoice", *{part.invoice for part in parts})
    s.touch("payment", *{part.payment for part in parts})
    s.touch("order", *{order for part in parts for order in part.shares})


def write_off(s: Step, money: Money, parts: Sequence[Part], books: Books) -> None:
    """Write off what is left: of the invoices that the money was meant for, and else of the money itself."""
    rest = money.rest - sum(part.amount for part in parts)
    settled = dict.fromkeys(part.invoice for part in parts if books.heads[part.invoice].type != "credit_note")
    off: list[tuple[int | None, int | None, int]] = [
        (invoice, order, left) for invoice in settled for order, left in sorted(books.left[invoice].items()) if left > 0
    ]
    s.touch("order", *{order for _, order, _ in off if order})
    if parts and rest > 0 and money.deposit_for is None:
        off.append((None, None, rest))
    own.write_off(money.id, off)


def total_by_invoice(chosen: Iterable[Chosen]) -> Mapping[int, int]:
    """What is asked for of each invoice."""
    found: dict[int, int] = {}
    for one in chosen:
        found[one.invoice] = found.get(one.invoice, 0) + one.amount
    return found
