"""Post an invoice: it gets its number and counts from now on; deposits tied to its orders are taken by themselves."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from ordertrail.billing import own
from ordertrail.billing.amounts import Line
from ordertrail.billing.models import Invoice
from ordertrail.billing.own import Part
from ordertrail.billing.queries import opens, orders_on, tied
from ordertrail.desk.change_invoice import check_draft
from ordertrail.desk.draft_invoice import check_money, check_quantity, too_much
from ordertrail.desk.invoicing import Basis, check_billable, frame_of, paper_of, redrawn, write
from ordertrail.desk.posting import mark_posted, number
from ordertrail.desk.step import Step, hold, step
from ordertrail.lib.money import MONEY_SCALE, from_units
from ordertrail.lib.refused import Refused
from ordertrail.orders.typing import day_of
from ordertrail.parties.models import Person
from ordertrail.records.own import groups_of


def post_invoice(
    by: Person | None, invoice: int, day: date | None = None, due: date | None = None, rate: int | None = None
) -> int:
    """Post a draft, by default on its own day or today, due on the same day; ``rate`` (10⁻⁶): company currency for one unit of its own.

    Refused("already_posted"), ("already_cancelled"), ("not_confirmed"), ("over_billed") where less may be billed by now,
    ("date_order"), ("wrong_value") for a rate of the company's own currency.
    """
    with step(by, "post_invoice") as s:
        orders = orders_on([invoice])
        row = Invoice.objects.get(pk=invoice)
        if row.customer:
            hold("customer", set(groups_of([row.customer]).values()))
        hold("order", orders)
        hold("payment", {payment for listed in tied(orders, row.currency).values() for payment, _rest in listed})
        hold("invoice", [invoice])
        row = Invoice.objects.get(pk=invoice)
        check_draft(row)
        check_rate(row.currency, rate)
        posted = day_of(day or row.invoice_date)
        basis = Basis.of(orders, but=invoice)
        lines = redrawn(basis, frame_of(row), own.lines_of([invoice])[invoice], {})
        _check(basis, lines)
        total = write(s, invoice, basis, frame_of(row), lines, paper_of(row))
        numbered = number(invoice, row.type, posted)
        mark_posted(invoice, numbered, posted, due or row.due_date or posted, rate)
        s.touch("order", *orders)
        s.act("invoice", invoice, number=numbered, total=str(from_units(total, MONEY_SCALE)))
        _take_tied(s, invoice, basis, row.currency)
        return invoice


def check_rate(currency: str, rate: int | None, path: str = "rate") -> None:
    """Refused("wrong_value") for a rate of the company's own currency that is not 1, and for one that is no rate."""
    own_currency = settings.COMPANY.currency
    if rate is not None and (rate <= 0 or (currency == own_currency and rate != 1_000_000)):
        sentence = _("A rate is what one unit of another currency is worth in %(currency)s; leave it out here.")
        detail = sentence % {"currency": own_currency}
        raise Refused("wrong_value", detail, [{"path": path, "code": "wrong_value", "detail": detail}])


def _check(basis: Basis, lines: list[Line]) -> None:
    """Everything on the draft may (still) be billed."""
    for order in {line.order for line in lines}:
        check_billable(basis.orders[order])
    by_id = basis.by_id()
    for line in lines:
        if line.order_line and line.qty:
            told = by_id[line.order_line]
            check_quantity(basis, told, line.qty, held=told.on_invoices)
    check_money(basis, lines)
    for kind, most in (("amount", basis.may_bill), ("advance", basis.may_advance)):
        for order in {line.order for line in lines if line.kind == kind}:
            gross = sum(line.told.gross for line in lines if line.kind == kind and line.order == order and line.told)
            if gross > most(
                order, drafts=False
            ):  # a draft that bills too much takes the advance off, or is refused itself
                raise too_much(basis, order, most(order, drafts=False), gross)


def _take_tied(s: Step, invoice: int, basis: Basis, currency: str) -> None:
    """Let deposits settle what their own orders owe on a posted invoice, the oldest first (domain.md §1.10, money)."""
    left = {order: part.open for order, part in opens([invoice])[invoice].items()}
    parts = []
    waiting = tied(left, currency)
    for order in sorted(left, key=lambda order: basis.names[order]):
        for payment, rest in waiting.get(order, ()):
            amount = min(rest, left[order])
            if amount > 0:
                left[order] -= amount
                parts.append(Part(payment, invoice, {order: amount}))
                s.touch("payment", payment)
    own.allocate(parts, s.standing("money"))
