"""Pay money back to a customer: what is left of a payment, or what a credit note owes."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from ordertrail.billing import queries
from ordertrail.billing.models import Payment
from ordertrail.desk import settling
from ordertrail.desk.allocate import held
from ordertrail.desk.invoicing import amount_text
from ordertrail.desk.pay import Paid, number, write_payment
from ordertrail.desk.settling import Books, Chosen, Money
from ordertrail.desk.step import step
from ordertrail.lib.currencies import check_decimals
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, to_units
from ordertrail.lib.refused import Refused
from ordertrail.orders.typing import day_of
from ordertrail.parties.models import Person
from ordertrail.records.own import groups_of


def refund(
    by: Person | None, payment: int, amount: int, day: date | None = None, credit_note: int | None = None
) -> int:
    """Pay ``amount`` of a payment back: of what is left of it, or for a credit note; the id of the payment that goes out.

    Refused("over_refund") beyond what is left of the money or open of the credit note, ("other_customer"), ("other_currency").
    """
    with step(by, "refund") as s:
        money = held(payment, [credit_note] if credit_note else [])
        row = Payment.objects.get(pk=payment)
        check_decimals(amount, money.currency)
        books = Books([credit_note] if credit_note else [])
        most = _for_note(row, credit_note, books) if credit_note else money.rest
        if amount > most:
            sentence = _("%(most)s of %(payment)s can be paid back; %(amount)s was asked for.")
            words = {
                "most": amount_text(max(most, 0), money.currency), "payment": money.number,
                "amount": amount_text(amount, money.currency),
            }  # fmt: skip
            raise Refused("over_refund", sentence % words)
        customer = groups_of([row.customer or 0])[row.customer or 0]
        rate = None if row.rate is None else to_units(row.rate, QTY_SCALE)
        tied = None if credit_note else row.deposit_for
        told = Paid(customer, day_of(day), -amount, money.currency, rate, deposit_for=tied)
        out = write_payment(s, told, refunds=payment, credit_note=credit_note)
        if credit_note:
            goes = Money(out, "", money.customer, money.currency, money.digits, 0)
            settling.write(s, settling.by_choice(goes, [Chosen(credit_note, amount, path="credit_note")], books))
        number(s, out, told.day)
        s.act("payment", payment, refund=out)
        return out


def _for_note(row: Payment, note: int, books: Books) -> int:
    """How much of a payment can be paid back for a credit note: what that one owes, and no more than did not go back yet."""
    if books.heads[note].type != "credit_note":
        sentence = _("%(invoice)s is no credit note; only what a credit note owes is paid out.")
        detail = sentence % {"invoice": books.heads[note].named}
        raise Refused(
            "not_a_credit_note", detail, [{"path": "credit_note", "code": "not_a_credit_note", "detail": detail}]
        )
    left = to_units(row.amount, MONEY_SCALE) - queries.refunded([row.pk]).get(row.pk, 0)
    return min(-books.open(note), left)
