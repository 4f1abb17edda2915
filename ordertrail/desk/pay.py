"""Write down a payment that came in, and let it settle invoices: by choice, by the default rule, or none for now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from ordertrail.billing.models import Payment
from ordertrail.billing.queries import candidates, orders_on
from ordertrail.desk import settling
from ordertrail.desk.post_invoice import check_rate
from ordertrail.desk.settling import Books, Chosen, Money
from ordertrail.desk.step import Step, hold, step
from ordertrail.lib import clock
from ordertrail.lib.currencies import check_decimals
from ordertrail.lib.moments import moment
from ordertrail.lib.money import MONEY_SCALE, from_units, minor_digits
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import Order
from ordertrail.orders.typing import day_of
from ordertrail.parties.models import Customer, Person
from ordertrail.records import series
from ordertrail.records.own import documents_of, make, rename


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment as somebody writes it down. ``allocations``: None for the default rule, empty for none; ``write_off``: what is too
    little or too much is written off instead of kept open."""

    customer: int
    day: date
    amount: int
    currency: str
    rate: int | None = None
    reference: str = ""
    deposit_for: int | None = None
    allocations: Sequence[Chosen] | None = None
    write_off: bool = False


def pay(by: Person | None, told: Paid) -> int:
    """Write down a payment; its id.

    Refused("in_the_future"), ("wrong_value"), ("other_customer"), ("other_currency"), ("not_posted"), ("over_allocated"),
    ("deposit_tied").
    """
    with step(by, "pay") as s:
        digits = minor_digits(told.currency)
        check_decimals(told.amount, told.currency)
        check_rate(told.currency, told.rate)
        day_of(told.day)
        hold("customer", [told.customer])
        documents = documents_of(told.customer)
        _check_deposit(told, documents)
        listed = candidates(documents, told.currency) if told.allocations is None else []
        invoices = [head.id for head in listed] + [one.invoice for one in told.allocations or ()]
        hold("order", orders_on(invoices) | ({told.deposit_for} if told.deposit_for else set()))
        hold("invoice", set(invoices))
        payment = write_payment(s, told)
        books = Books(invoices)
        money = Money(payment, "", documents, told.currency, digits, told.amount, told.deposit_for)
        if told.allocations is None:
            parts = settling.by_default(money, listed, books, told.reference)
        else:
            parts = settling.by_choice(money, told.allocations, books)
        settling.write(s, parts)
        if told.write_off:
            settling.write_off(s, money, parts, books)
        number(s, payment, told.day)
        return payment


def write_payment(s: Step, told: Paid, *, refunds: int | None = None, credit_note: int | None = None) -> int:
    """The row of a payment without its number yet, negative where it ``refunds`` another one; its id."""
    customer = Customer.objects.get(pk=told.customer)
    at, day, _prec = moment(told.day)
    document = make("payment")
    Payment.objects.create(
        pk=document.pk, company=customer.company, home=document.source, number="", state="done", paid_at=at, paid_date=day,
        payer=customer.name, currency=told.currency, amount=from_units(told.amount, MONEY_SCALE), reference=told.reference[:300],
        customer=told.customer, rate=None if told.rate is None else Decimal(told.rate).scaleb(-6), deposit_for=told.deposit_for,
        refunds_id=refunds, credit_note=credit_note, made_at=clock.now(),
    )  # fmt: skip
    if told.deposit_for:
        s.touch("order", told.deposit_for)
    return document.pk


def number(s: Step, payment: int, day: date) -> None:
    """Give a payment its number, the last thing that its verb does."""
    taken = series.take("payment", day)
    rename(payment, "payment", taken)
    Payment.objects.filter(pk=payment).update(number=taken)
    s.act("payment", payment, number=taken)


def _check_deposit(told: Paid, documents: Sequence[int]) -> None:
    if told.deposit_for is None:
        return
    order = Order.objects.get(pk=told.deposit_for)
    words = {"order": order.number or order.pk, "currency": order.currency}
    if order.customer_id not in documents:
        detail = (
            _("Order %(order)s is not this customer's; a deposit is tied to an order of the customer that pays.")
            % words
        )
        raise Refused("other_customer", detail, [{"path": "deposit_for", "code": "other_customer", "detail": detail}])
    if order.currency != told.currency:
        detail = _("Order %(order)s is in %(currency)s; a deposit for it is paid in %(currency)s.") % words
        raise Refused("other_currency", detail, [{"path": "currency", "code": "other_currency", "detail": detail}])
