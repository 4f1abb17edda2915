"""Draft one invoice: over chosen quantities of order lines, over an amount of money, or in advance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from ordertrail.billing.amounts import Line, divided, priced
from ordertrail.billing.own import Paper
from ordertrail.billing.queries import Bill
from ordertrail.desk.invoicing import Basis, amount_text, by_money, check_billable, goods, new_draft, numbered
from ordertrail.desk.propose_invoices import called, differing
from ordertrail.desk.step import hold, step
from ordertrail.lib.currencies import check_decimals
from ordertrail.lib.ids import LINES
from ordertrail.lib.money import qty_text
from ordertrail.lib.refused import Refused
from ordertrail.orders.standing import LineStanding
from ordertrail.parties.models import Person

Place = Mapping[int, str]
"""By order line where the caller named it, to blame the right field."""


def draft_lines(
    by: Person | None,
    lines: Mapping[int, int],
    day: date | None = None,
    due: date | None = None,
    places: Place | None = None,
) -> int:
    """One draft invoice over these quantities of order lines (by id); its id.

    Refused("not_confirmed"), ("unknown_line"), ("cannot_merge") with the field that differs, ("over_billed") beyond what the order's
    policy lets bill, ("on_draft") for what another draft holds.
    """
    with step(by, "draft_invoice") as s:
        orders = {key // LINES for key in lines}
        hold("order", orders)
        basis = Basis.of(orders)
        frames = [basis.orders[order].frame for order in sorted(orders)]
        for order in sorted(orders):
            check_billable(basis.orders[order])
        _check_mergeable(basis, sorted(orders))
        by_id = basis.by_id()
        made = []
        for key, qty in lines.items():
            line = by_id.get(key)
            if line is None:
                raise unknown_line(basis, key, (places or {}).get(key, "lines"))
            check_quantity(basis, line, qty)
            made.append(goods(line, qty, frames[0].digits))
        made.sort(key=lambda line: (basis.names[line.order], line.order_line))
        check_money(basis, made)
        return new_draft(s, basis, frames[0], made, Paper(day=day, due=due))


def draft_amount(
    by: Person | None,
    order: int,
    amount: int,
    *,
    advance: bool = False,
    blocks_shipping: bool = False,
    day: date | None = None,
    due: date | None = None,
) -> int:
    """A draft invoice over ``amount`` (gross) of an order: of what may be billed now, or in ``advance`` of what will be; its id.

    Refused("not_confirmed"), ("over_billed"), ("wrong_value") for more decimals than the currency has.
    """
    with step(by, "draft_advance" if advance else "draft_invoice") as s:
        hold("order", [order])
        basis = Basis.of([order])
        head = basis.orders[order]
        check_billable(head)
        check_decimals(amount, head.frame.currency)
        most = basis.may_advance(order) if advance else basis.may_bill(order)
        if amount > most:
            raise too_much(basis, order, most, amount)
        kind = "advance" if advance else "amount"
        paper = Paper("advance" if advance else "invoice", day, due, blocks_shipping)
        return new_draft(s, basis, head.frame, by_money(basis, order, amount, kind), paper)


def check_quantity(basis: Basis, line: LineStanding, qty: int, *, held: int = 0) -> None:
    """Refused("over_billed") for more of a line than its base has left, ("on_draft") for what another draft holds; ``held``: what the
    draft that is being changed holds itself."""
    name = numbered(line, basis.orders)
    left = max(line.base - line.invoiced, 0)
    if qty > left:
        sentence = _("Line %(line)s has %(left)s left to invoice; %(qty)s was asked for.")
        raise Refused("over_billed", sentence % {"line": name, "left": qty_text(left), "qty": qty_text(qty)})
    others = line.on_invoices - held
    if qty > left - others:
        sentence = _(
            "Line %(line)s has %(left)s left to invoice, and %(drafted)s of it is on a draft already; %(qty)s was asked for."
            " Change or cancel that draft."
        )
        words = {"line": name, "left": qty_text(left), "drafted": qty_text(others), "qty": qty_text(qty)}
        raise Refused("on_draft", sentence % words)


def check_money(basis: Basis, lines: list[Line]) -> None:
    """Refused("over_billed") where quantities of an order that is billed by money come to more than its money has left."""
    held = [line for line in lines if line.kind == "" and basis.billed.get(line.order, Bill()).by_money]
    if held:
        how = basis.rounding(basis.orders[held[0].order].frame)
        for order, gross in divided(held, priced(held, how), basis.names, how).items():
            if gross > basis.may_bill(order):
                raise too_much(basis, order, basis.may_bill(order), gross)


def too_much(basis: Basis, order: int, most: int, amount: int) -> Refused:
    """The refusal of an amount beyond what an order has left to bill."""
    head = basis.orders[order]
    sentence = _("Order %(order)s has %(left)s left to invoice; %(amount)s was asked for.")
    words = {
        "order": head.number, "left": amount_text(max(most, 0), head.frame.currency),
        "amount": amount_text(amount, head.frame.currency),
    }  # fmt: skip
    return Refused("over_billed", sentence % words)


def unknown_line(basis: Basis, key: int, path: str) -> Refused:
    """The refusal of an order line that is not there."""
    order = key // LINES
    sentence = _("Order %(order)s has no line %(line)s; it has: %(lines)s.")
    there = ", ".join(str(line.line) for line in basis.lines[order])
    detail = sentence % {"order": basis.orders[order].number, "line": key % LINES, "lines": there}
    return Refused("unknown_line", detail, [{"path": path, "code": "unknown_line", "detail": detail}])


def _check_mergeable(basis: Basis, orders: list[int]) -> None:
    field = differing([basis.orders[order].frame for order in orders])
    if field is not None:
        sentence = _(
            "%(orders)s cannot be on one invoice: %(field)s differs. Make one invoice for each, or propose over the orders."
        )
        detail = sentence % {
            "orders": ", ".join(basis.orders[order].number for order in orders),
            "field": called(field),
        }
        raise Refused("cannot_merge", detail, [{"path": field, "code": "cannot_merge", "detail": detail}])
