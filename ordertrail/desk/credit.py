"""Credit notes: in parts without goods, and for goods that came back. Posted at once, and set against their own orders' invoices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from ordertrail.billing import own
from ordertrail.billing.amounts import Line
from ordertrail.billing.models import Invoice
from ordertrail.billing.own import Frame
from ordertrail.billing.queries import billed_lines, heads, orders_on
from ordertrail.billing.settling import creditable
from ordertrail.desk.invoicing import Basis, frame_of, goods
from ordertrail.desk.posting import credit_note, set_against
from ordertrail.desk.step import Step, hold, step
from ordertrail.lib.ids import LINES
from ordertrail.lib.money import QTY_SCALE, qty_text, to_units
from ordertrail.lib.refused import Refused
from ordertrail.orders.typing import day_of
from ordertrail.parties.models import Person


def credit(by: Person | None, invoice: int, lines: Mapping[int, int], day: date | None = None) -> int:
    """Take back quantities of a posted invoice's lines (by line number) without goods; the credit note's id.

    Refused("not_posted"), ("unknown_line"), ("over_credit") for more than was billed there and not credited yet, ("date_order").
    """
    with step(by, "credit") as s:
        orders = orders_on([invoice])
        hold("order", orders)
        hold("invoice", [invoice])
        row = Invoice.objects.get(pk=invoice)
        _check_posted(row)
        basis, frame = Basis.of(orders), frame_of(row)
        billed = {line.line: line for line in own.lines_of([invoice])[invoice]}
        left = left_of({line.order_line for line in billed.values() if line.order_line})
        by_id = basis.by_id()
        taken = []
        for place, qty in lines.items():
            line = _line(row, billed, place)
            key = invoice * LINES + place
            _check_left(row, place, qty, left.get(key, 0))
            taken.append(_back(goods(by_id[line.order_line or 0], qty, frame.digits), place, key))
        rate = None if row.rate is None else to_units(row.rate, QTY_SCALE)
        note = credit_note(s, basis, frame, taken, day_of(day), rate=rate)
        set_against(s, note, [invoice])
        s.touch("invoice", invoice)
        return note


def credit_return(s: Step, quantities: Mapping[int, int], day: date) -> int | None:
    """The credit note for goods that came back (quantities by order line, written and counted by now): max(0, posted invoiced −
    (shipped − returned)), at most what came back; set against the orders' own invoices that billed the lines, the newest first
    (domain.md §1.10, cost). None where nothing is to be credited."""
    basis = Basis.of({key // LINES for key in quantities})
    by_frame: dict[Frame, list[Line]] = {}
    for key, line in basis.by_id().items():
        qty = min(quantities.get(key, 0), max(line.invoiced - (line.shipped - line.returned), 0))
        if qty:
            frame = basis.orders[line.order].frame
            back = _back(goods(line, qty, frame.digits), 0, None)
            by_frame.setdefault(frame, []).append(back)
    notes = []
    for frame, lines in by_frame.items():
        billed = billed_lines(line.order_line for line in lines if line.order_line)
        invoices = [one[1] for told in billed.values() for one in told.lines]
        hold("invoice", invoices)
        newest = _newest_first(invoices)
        rate = heads(newest[:1])[newest[0]].rate if newest else None
        notes.append(credit_note(s, basis, frame, lines, day, rate=rate))
        set_against(s, notes[-1], newest)
    return notes[0] if notes else None


def _newest_first(invoices: list[int]) -> list[int]:
    rows = Invoice.objects.filter(pk__in=invoices).order_by("-invoice_date", "-pk")
    return list(rows.values_list("pk", flat=True))


def left_of(order_lines: set[int]) -> dict[int, int]:
    """What may still be taken back of each invoice line (by id) that billed these order lines."""
    found: dict[int, int] = {}
    for billed in billed_lines(order_lines).values():
        found |= creditable([(pk, qty, credited) for pk, _, qty, credited in billed.lines], billed.unnamed)
    return found


def _back(line: Line, place: int, key: int | None) -> Line:
    """The line that takes ``line`` back."""
    qty = None if line.qty is None else -line.qty
    return Line(line.order, line.order_line, line.sku, qty, line.rate, -line.amount, line=place, credits=key)


def _check_posted(row: Invoice) -> None:
    if row.state != "posted" or row.type == "credit_note" or row.cancelled_at is not None:
        sentence = _("%(invoice)s is no posted invoice that stands; only such a one is credited.")
        raise Refused("not_posted", sentence % {"invoice": row.number or row.pk})


def _line(row: Invoice, lines: Mapping[int, Line], place: int) -> Line:
    line = lines.get(place)
    if line is None or line.qty is None:
        sentence = _("%(invoice)s has no line %(line)s with a quantity; it has: %(lines)s.")
        there = ", ".join(str(one.line) for one in lines.values() if one.qty is not None)
        detail = sentence % {"invoice": row.number, "line": place, "lines": there or "–"}
        raise Refused("unknown_line", detail, [{"path": "lines", "code": "unknown_line", "detail": detail}])
    return line


def _check_left(row: Invoice, place: int, qty: int, left: int) -> None:
    if qty > left:
        sentence = _("Line %(invoice)s/%(line)s has %(left)s left to credit; %(qty)s was asked for.")
        words = {"invoice": row.number, "line": place, "left": qty_text(left), "qty": qty_text(qty)}
        raise Refused("over_credit", sentence % words)
