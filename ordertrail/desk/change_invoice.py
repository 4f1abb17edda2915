"""Change a draft invoice: lower a line, take it out, or raise it as far as it may be billed. What is taken out is open again."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from ordertrail.billing import own
from ordertrail.billing.amounts import Line
from ordertrail.billing.models import Invoice
from ordertrail.billing.queries import orders_on
from ordertrail.desk.draft_invoice import check_money, check_quantity
from ordertrail.desk.invoicing import Basis, frame_of, paper_of, redrawn, write
from ordertrail.desk.step import hold, step
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person


def change_invoice(by: Person | None, invoice: int, quantities: Mapping[int, int]) -> int:
    """Set quantities of a draft's lines (by line number; 0 takes one out); nothing is left of a draft without lines.

    Refused("already_posted"), ("already_cancelled"), ("unknown_line"), ("over_billed"), ("on_draft").
    """
    with step(by, "change_invoice") as s:
        orders = orders_on([invoice])
        hold("order", orders)
        hold("invoice", [invoice])
        row = Invoice.objects.get(pk=invoice)
        check_draft(row)
        lines = own.lines_of([invoice])[invoice]
        basis, frame = Basis.of(orders, but=invoice), frame_of(row)
        by_id = basis.by_id()
        for place, qty in quantities.items():
            line = _line(row, lines, place, qty)
            if qty and line.order_line:
                check_quantity(basis, by_id[line.order_line], qty, held=line.qty or 0)
        kept = redrawn(basis, frame, lines, quantities)
        check_money(basis, kept)
        write(s, invoice, basis, frame, kept, paper_of(row))
        s.touch("order", *orders)
        s.act("invoice", invoice, lines={str(line): qty for line, qty in quantities.items()})
        return invoice


def check_draft(row: Invoice) -> None:
    """Refused("already_posted"), ("already_cancelled") for what is no draft any more."""
    words = {"invoice": row.number or row.pk}
    if row.state == "posted":
        sentence = _("%(invoice)s is posted and is not changed any more. Credit or cancel it instead.")
        raise Refused("already_posted", sentence % words)
    if row.state == "cancelled":
        raise Refused("already_cancelled", _("%(invoice)s is cancelled; make a new invoice.") % words)


def _line(row: Invoice, lines: list[Line], place: int, qty: int) -> Line:
    line = next((one for one in lines if one.line == place and one.kind != "deduction"), None)
    if line is not None and (line.qty is not None or not qty):
        return line
    if line is None:
        sentence = _("Invoice %(invoice)s has no line %(line)s that can be changed.")
    else:
        sentence = _(
            "Line %(line)s of invoice %(invoice)s bills money and no quantity: it can only be taken out, with “0”."
        )
    detail = sentence % {"invoice": row.number or row.pk, "line": place}
    raise Refused("unknown_line", detail, [{"path": "lines", "code": "unknown_line", "detail": detail}])
