"""The five cells below the head of an order: its four axes with figure, of-what and remainder, and its promise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from ordertrail.lib.workdays import workdays
from ordertrail.track.gather import Gathered
from ordertrail.track.line_rows import Lines
from ordertrail.track.matrix import Matrix
from ordertrail.web import format as write

ZERO = Decimal(0)
MOST_NUMBERS = 2


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: its status, what is done of what (an amount where ``currency`` is given), the bar's tone, what remains."""

    axis: str
    words: str
    status: str
    done: Decimal
    of: Decimal
    currency: str
    unit: str
    tone: str
    feet: tuple[str, ...]
    wrong: str = ""  # what is late or amiss, in red behind the feet


@dataclass(frozen=True, slots=True)
class Promise:
    """The promised day: ``late`` is by how many days it has passed with something still to ship, ``left`` how many remain;
    ``kept`` and ``missed`` (in days) tell of an order that has gone out."""

    day: date | None
    late: int
    left: int | None
    kept: bool
    missed: int
    feet: tuple[str, ...]


def axes(told: Gathered, lines: Lines, matrix: Matrix, today: date) -> tuple[Axis, ...]:
    """The four axes in the order in which they always stand."""
    return (_delivery(told, lines, matrix, today), _invoicing(told), _payment(told, today), _production(told, lines))


def _delivery(told: Gathered, lines: Lines, matrix: Matrix, today: date) -> Axis:
    status = told.status
    feet = []
    if status.to_ship_qty:
        feet.append(_("%(qty)s to ship") % {"qty": write.qty(status.to_ship_qty)})
    elif status.last_shipped_date:
        feet.append(_("last on %(day)s") % {"day": write.day(status.last_shipped_date, today)})
    if returned := lines.total.returned:
        feet.append(_("%(qty)s came back") % {"qty": write.qty(returned)})
    row = next((row for row in matrix.rows if row.fact == "shipped" and row.against), None)
    goods = told.sources.get(status.goods_source or 0)
    if row is not None and goods is not None:
        feet.append(_("%(source)s decides") % {"source": goods.name})
    of = status.shipped_qty + status.to_ship_qty
    return Axis(
        "delivery", _("Delivery"), status.delivery, status.shipped_qty, max(of, status.ordered_qty), "", lines.unit or "",
        _tone(status.delivery), tuple(feet),
    )  # fmt: skip


def _invoicing(told: Gathered) -> Axis:
    status, currency = told.status, told.order.currency
    feet = []
    if count := sum(share.counts for share in told.invoice_shares):
        feet.append(_("1 invoice") if count == 1 else _("%(count)s invoices") % {"count": count})
    beyond = _too_much(told) or status.invoiced - status.shipped
    if status.invoicing == "over" and beyond > 0:
        feet.append(_("%(amount)s beyond shipped") % {"amount": write.money(beyond, currency)})
    elif status.not_invoiced < 0:
        feet.append(_("credit note due %(amount)s") % {"amount": write.money(-status.not_invoiced, currency)})
    elif status.not_invoiced:
        feet.append(_("not invoiced %(amount)s") % {"amount": write.money(status.not_invoiced, currency)})
    if status.rounding_difference:
        feet.append(_("rounding %(amount)s") % {"amount": write.money(status.rounding_difference, currency)})
    return Axis(
        "invoicing", _("Invoicing"), status.invoicing, status.invoiced, status.effective, currency, "",
        _tone(status.invoicing), tuple(feet),
    )  # fmt: skip


def _too_much(told: Gathered) -> Decimal | None:
    """What is billed beyond what left, as the finding about it says it: a page has one cent."""
    found = (row for row in told.findings if row.check_name == "invoiced_over_shipped" and row.closed_at is None)
    return next((row.money for row in found), None)


def _payment(told: Gathered, today: date) -> Axis:
    status, currency = told.status, told.order.currency
    feet, wrong = [], ""
    if status.open_receivable > 0:
        feet.append(_("open %(amount)s") % {"amount": write.money(status.open_receivable, currency)})
        if status.due_date and status.due_date < today:
            wrong = _("overdue by %(days)s d") % {"days": (today - status.due_date).days}
        elif status.due_date:
            feet.append(_("due %(day)s") % {"day": write.day(status.due_date, today)})
    if status.deposit:
        feet.append(_("deposit %(amount)s") % {"amount": write.money(status.deposit, currency)})
    if status.open_receivable < 0:
        feet.append(_("overpaid %(amount)s") % {"amount": write.money(-status.open_receivable, currency)})
    return Axis(
        "payment", _("Payment"), status.payment, status.paid + status.deposit, status.effective, currency, "",
        _tone(status.payment), tuple(feet), wrong,
    )  # fmt: skip


def _production(told: Gathered, lines: Lines) -> Axis:
    status = told.status
    numbers = [row.number for row in told.work_orders if row.counts]
    return Axis(
        "production", _("Production"), status.production, status.finished_qty, status.planned_qty, "", lines.unit or "",
        _tone(status.production), _some(numbers),
    )  # fmt: skip


def _some(numbers: Iterable[str]) -> tuple[str, ...]:
    """The first few numbers, and how many more there are."""
    listed = list(dict.fromkeys(numbers))
    more = len(listed) - MOST_NUMBERS
    rest = (_("%(count)s more") % {"count": more},) if more > 0 else ()
    return (*listed[:MOST_NUMBERS], *rest)


def _tone(status: str) -> str:
    """The tone of an axis' bar.

    >>> _tone("partially"), _tone("fully"), _tone("overpaid")
    ('', 'ok', 'bad')
    """
    return "ok" if status in ("done", "fully", "paid") else "bad" if status.startswith("over") else ""


def promise(told: Gathered, today: date) -> Promise:
    """The promised day and how it stands: late by n days when it is past and goods are still to go."""
    status = told.status
    day = status.promised_date
    open_ = status.is_open and status.delivery in ("waiting", "partially")
    gone = status.last_shipped_date if status.delivery in ("done", "over") else None
    late = (today - day).days if day and open_ and day < today else 0
    left = (day - today).days if day and open_ and day >= today else None
    missed = (gone - day).days if gone and day and gone > day else 0
    others = sorted({line.promised_date for line in told.lines if line.promised_date and line.promised_date != day})
    feet = []
    if day and told.order.order_date:
        feet.append(_("%(days)s working days from the order") % {"days": workdays(told.order.order_date, day)})
    if others:
        days = " · ".join(write.day(other, today) for other in others[:3])
        feet.append(_("other lines %(days)s") % {"days": days})
    if gone:
        feet.append(_("last shipped %(day)s") % {"day": write.day(gone, today)})
    elif late and status.to_ship_qty:
        feet.append(_("%(qty)s to ship, worth %(amount)s") % {
            "qty": write.qty(status.to_ship_qty), "amount": write.money(status.to_ship, told.order.currency),
        })  # fmt: skip
    return Promise(day, late, left, bool(gone and day and not missed), missed, tuple(feet))
