"""Propose invoices over orders: one draft for each key, with everything that may be billed and is on no draft (domain.md §1.4)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from ordertrail.billing.amounts import Line
from ordertrail.billing.own import Frame, Paper
from ordertrail.billing.queries import Bill
from ordertrail.desk.invoicing import Basis, by_money, check_billable, goods, new_draft
from ordertrail.desk.step import hold, step
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person

KEYS = (
    ("company", "company"), ("customer", "customer"), ("invoice_address", "invoice_address"), ("currency", "currency"),
    ("include_tax", "prices_include_tax"),
)  # fmt: skip
"""What must be alike for two orders to be on one invoice: in ``Frame``, and as the API calls it."""


@dataclass(frozen=True, slots=True)
class Apart:
    """A field that keeps drafts apart: which drafts, and a sentence that says which values it has."""

    field: str
    documents: tuple[int, ...]
    detail: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """The drafts that were made, and what keeps them apart."""

    drafts: tuple[int, ...]
    apart: tuple[Apart, ...]


def propose_invoices(
    by: Person | None, orders: Collection[int], day: date | None = None, due: date | None = None
) -> Proposal:
    """Draft invoices over what may be billed of these orders.

    Refused("not_confirmed"), ("nothing_to_invoice") where none of them has anything; those that have nothing are skipped.
    """
    with step(by, "propose_invoices") as s:
        hold("order", orders)
        basis = Basis.of(orders)
        for order in orders:
            check_billable(basis.orders[order])
        by_frame: dict[Frame, list[Line]] = {}
        for order in sorted(basis.orders, key=lambda order: basis.names[order]):
            if lines := _billable(basis, order):
                by_frame.setdefault(basis.orders[order].frame, []).extend(lines)
        if not by_frame:
            raise _nothing(basis)
        drafts = tuple(new_draft(s, basis, frame, lines, Paper(day=day, due=due)) for frame, lines in by_frame.items())
        return Proposal(drafts, tuple(_apart(basis, list(by_frame.items()), drafts)))


def _billable(basis: Basis, order: int) -> list[Line]:
    """Everything of an order that may be billed now: quantities, or money where it is billed by money."""
    head = basis.orders[order]
    if basis.billed.get(order, Bill()).by_money:
        most = basis.may_bill(order)
        return by_money(basis, order, most, "amount") if most > 0 else []
    return [goods(line, line.to_invoice, head.frame.digits) for line in basis.lines[order] if line.to_invoice > 0]


def _nothing(basis: Basis) -> Refused:
    heads = basis.orders.values()
    sentence = _(
        "Nothing of %(orders)s is left to invoice: what may be billed is on an invoice or draft already. Ship first, or bill by amount."
    )
    return Refused("nothing_to_invoice", sentence % {"orders": ", ".join(head.number for head in heads)})


def _apart(basis: Basis, parts: Sequence[tuple[Frame, list[Line]]], drafts: Sequence[int]) -> list[Apart]:
    found = []
    for column, field in KEYS:
        values: dict[object, list[str]] = {}
        for frame, lines in parts:
            numbers = values.setdefault(getattr(frame, column), [])
            numbers += dict.fromkeys(basis.orders[line.order].number for line in lines)
        if len(values) > 1:
            told = "; ".join(
                f"{_shown(column, value, parts)}: {', '.join(numbers)}" for value, numbers in values.items()
            )
            sentence = _("These orders are billed apart because %(field)s differs: %(values)s.")
            found.append(Apart(field, tuple(drafts), sentence % {"field": called(field), "values": told}))
    return found


def _shown(column: str, value: object, parts: Sequence[tuple[Frame, list[Line]]]) -> str:
    """A value of a key as people read it."""
    if column == "customer":
        return next(frame.customer_name for frame, _lines in parts if frame.customer == value)
    if column == "include_tax":
        return _("yes") if value else _("no")
    return str(value) or "–"


def differing(frames: Sequence[Frame]) -> str | None:
    """The first field that keeps these frames from being one invoice, as the API calls it."""
    for column, field in KEYS:
        if len({getattr(frame, column) for frame in frames}) > 1:
            return field
    return None


def called(field: str) -> str:
    """What people call a field that keeps orders from being one invoice."""
    words = {
        "company": _("the company"),
        "customer": _("the customer"),
        "invoice_address": _("the invoice address"),
        "currency": _("the currency"),
        "prices_include_tax": _("whether prices include tax"),
    }
    return words[field]
