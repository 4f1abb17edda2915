"""The statement 对账单 of a customer: what it owed, what came and went day by day, what it owes, and how old that is, per currency."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.billing.ledger import Entry, OpenPart, ledger, open_parts
from ordertrail.boards.figures import AGES
from ordertrail.lib import clock
from ordertrail.lib.money import MONEY_SCALE, from_units
from ordertrail.papers.sheet import Block, Column, Paper, Row
from ordertrail.parties.models import Customer
from ordertrail.web import format as write

DASH = "–"
KINDS: dict[str, Promise] = {
    "invoice": gettext_lazy("Invoice"),
    "credit_note": gettext_lazy("credit note"),
    "payment": gettext_lazy("Payment"),
    "refund": gettext_lazy("Paid back"),
    "written_off": gettext_lazy("Written off"),
    "kept": gettext_lazy("Surplus kept"),
}
"""What stands for the kinds of entries (``billing.ledger``)."""
BANDS = ("0–7", "8–14", "15–30", "> 30")
"""The ages that boards use (``boards.figures.AGES``), in days since the invoice; an invoice without a day is in the first."""


@dataclass(frozen=True, slots=True)
class Account:
    """A customer's account in one currency over a period. ``ages``: what is open of invoices now, by age; ``credit``: payments and
    credit notes that settle nothing yet, zero or less; the two sum to ``balance``, what is owed now."""

    currency: str
    opening: Decimal
    rows: tuple[tuple[Entry, Decimal, Decimal], ...]  # with the amount and what is owed after it
    closing: Decimal
    ages: tuple[Decimal, ...]
    credit: Decimal
    balance: Decimal


def accounts(customer: Customer, since: date, until: date) -> tuple[Account, ...]:
    """The customer's accounts from the first day to the last one, both in it; in the company's currency where there is none."""
    entries, parts = ledger(customer.pk), open_parts(customer.pk)
    currencies = sorted({one.currency for one in entries}) or [customer.currency or settings.COMPANY.currency]
    return tuple(
        account(
            currency,
            [one for one in entries if one.currency == currency],
            [one for one in parts if one.currency == currency],
            (since, until),
        )
        for currency in currencies
    )


def account(currency: str, entries: Sequence[Entry], parts: Sequence[OpenPart], period: tuple[date, date]) -> Account:
    """The account that these entries (by day) and what is open of invoices make. What has no day came before any period."""
    since, until = period
    opening = sum(one.amount for one in entries if one.day is None or one.day < since)
    rows, owed = [], opening
    for one in entries:
        if one.day is not None and since <= one.day <= until:
            owed += one.amount
            rows.append((one, _money(one.amount), _money(owed)))
    balance = sum(one.amount for one in entries)
    ages = aged(parts, clock.today())
    return Account(
        currency,
        _money(opening),
        tuple(rows),
        _money(owed),
        tuple(map(_money, ages)),
        _money(balance - sum(ages)),
        _money(balance),
    )


def aged(parts: Sequence[OpenPart], today: date) -> tuple[int, ...]:
    """What is open in each of ``BANDS``, in money units.

    >>> day = date(2026, 9, 16)
    >>> aged([OpenPart(1, date(2026, 9, 9), "CNY", 5), OpenPart(2, date(2026, 9, 8), "CNY", 7), OpenPart(3, None, "CNY", 1)], day)
    (6, 7, 0, 0)
    """
    found = [0] * (len(AGES) + 1)
    for part in parts:
        age = write.age_days(part.day, today) if part.day else 0
        found[sum(age > end for end in AGES)] += part.amount
    return tuple(found)


def _money(units: int) -> Decimal:
    return from_units(units, MONEY_SCALE)


def statement(customer: Customer, since: date, until: date, language: str) -> Paper:
    """The statement as a paper, for the customer to compare with its own books and to sign."""
    found = accounts(customer, since, until)
    blocks = [block for one in found for block in _blocks(one, until)]
    facts = [(_("Customer"), customer.name), (_("Customer code"), customer.code)]
    facts.append((_("Period"), f"{since.isoformat()} – {until.isoformat()}"))
    if customer.tax_number:
        facts.append((_("Tax number"), customer.tax_number))
    return Paper(
        settings.COMPANY.name,
        _("Statement of account"),
        tuple(facts),
        tuple(blocks),
        (_("Amounts incl. tax. Figures as the books know them on %(day)s.") % {"day": clock.today().isoformat()},),
        (_("Made out by"), _("Checked by"), _("Confirmed by the customer")),
        language,
    )


def _blocks(one: Account, until: date) -> Iterator[Block]:
    def told(amount: Decimal) -> str:
        return write.money(amount, one.currency)

    columns = (
        Column(_("Date"), 14),
        Column(_("Kind"), 20),
        Column(_("Number"), 30),
        Column(_("Amount"), 18, figures=True),
        Column(_("Balance"), 18, figures=True),
    )
    rows = [Row(("", _("Opening balance"), "", "", told(one.opening)))]
    rows += [
        Row(
            (
                entry.day.isoformat() if entry.day else DASH,
                str(KINDS[entry.kind]),
                entry.number or DASH,
                told(amount),
                told(owed),
            )
        )
        for entry, amount, owed in one.rows
    ]
    last = Row((until.isoformat(), _("Closing balance"), "", "", told(one.closing)), strong=True)
    yield Block(columns, (*rows, last), one.currency)
    yield _open_block(one)


def _open_block(one: Account) -> Block:
    """What is open now by age, what of the customer's is not used yet, and what is owed."""
    ages = [Column(_("%(days)s days") % {"days": band}, 14, figures=True) for band in BANDS]
    columns = (*ages, Column(_("Not yet set off"), 16, figures=True), Column(_("Owed now"), 16, figures=True))
    figures = tuple(write.money(amount, one.currency) for amount in (*one.ages, one.credit, one.balance))
    title = _("Open on %(day)s by days since the invoice") % {"day": clock.today().isoformat()}
    return Block(columns, (Row(figures),), f"{one.currency} · {title}", together=True)
