"""What the verbs that post an invoice or credit note share: its number in the strict series, and what is settled with it by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from ordertrail.billing import own
from ordertrail.billing.amounts import Line
from ordertrail.billing.models import Invoice, InvoiceShare
from ordertrail.billing.own import Frame, Paper
from ordertrail.billing.queries import opens
from ordertrail.billing.settling import set_off
from ordertrail.desk.invoicing import Basis, write
from ordertrail.desk.step import Step
from ordertrail.lib import clock
from ordertrail.lib.refused import Refused
from ordertrail.records import series
from ordertrail.records.own import desk, rename


def number(invoice: int, type_: str, day: date) -> str:
    """Give an invoice its number, in the order of posting and of days (domain.md §1.7). Refused("date_order") where a later one is
    numbered already. The last thing that a verb does but for recounting: whoever posts next waits for it."""
    kind = "credit_note" if type_ == "credit_note" else "invoice"
    taken = series.take(kind, day)
    rows = Invoice.objects.filter(home=desk(), posted_at__isnull=False).exclude(pk=invoice)
    rows = rows.filter(type="credit_note") if kind == "credit_note" else rows.exclude(type="credit_note")
    last = rows.order_by("-invoice_date", "-pk").values_list("number", "invoice_date").first()
    if last is not None and last[1] is not None and last[1] > day:
        sentence = _(
            "%(last)s is dated %(date)s already; numbers follow the days. Post with the date %(date)s or later."
        )
        detail = sentence % {"last": last[0], "date": last[1]}
        raise Refused("date_order", detail, [{"path": "date", "code": "date_order", "detail": detail}])
    rename(invoice, "invoice", taken)
    return taken


def mark_posted(invoice: int, numbered: str, day: date, due: date, rate: int | None = None) -> None:
    """Make a draft with its lines a posted invoice."""
    Invoice.objects.filter(pk=invoice).update(
        state="posted", number=numbered, invoice_date=day, due_date=due, posted_at=clock.now(),
        rate=None if rate is None else Decimal(rate).scaleb(-6),
    )  # fmt: skip
    InvoiceShare.objects.filter(invoice=invoice).update(due_date=due)


def credit_note(
    s: Step,
    basis: Basis,
    frame: Frame,
    lines: Sequence[Line],
    day: date,
    *,
    counters: int | None = None,
    rate: int | None = None,
) -> int:
    """A credit note over these lines (negative), posted at once with ``day``; its id."""
    paper = Paper("credit_note", day, day, counters=counters)
    note = own.draft(frame, paper)
    write(s, note, basis, frame, lines, paper)
    mark_posted(note, number(note, "credit_note", day), day, day, rate)
    s.act("invoice", note, credits=sorted({line.order for line in lines}))
    return note


def set_against(s: Step, note: int, invoices: Sequence[int]) -> None:
    """Let a posted credit note reduce its own orders' open parts of these invoices, in this order; the rest stays credit."""
    every = opens([note, *invoices])
    left = {order: part.open for order, part in every[note].items()}
    for invoice in invoices:
        parts = set_off(left, {order: part.open for order, part in every[invoice].items()})
        own.set_off(note, invoice, parts)
        left = {order: share + parts.get(order, 0) for order, share in left.items()}
        if parts:
            s.touch("invoice", invoice)
