"""The delivery note 送货单 of a shipment: what goes to whom, for which orders, to sign; prices only where they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from ordertrail.lib import clock
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units, half_up, minor_digits, piece_units, to_units
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import Order
from ordertrail.papers.sheet import Block, Column, Paper, Row
from ordertrail.shipping.models import Shipment, ShipmentLine
from ordertrail.track.document_page import LineRow, line_rows, orders_by_id
from ordertrail.web import format as write

DASH = "–"


def delivery_note(row: Shipment, person: object, language: str, *, prices: bool = False) -> Paper:
    """The note of a shipment that ``person`` sees whole. With ``prices`` also the amount incl. tax of what is shipped of each line, by
    the rule of pieces (domain.md §1.10), and for one piece the line's amount over its quantity.

    Refused("no_delivery_note") where goods came back, were not shipped after all, or no paper stands behind the figure.
    """
    _check(row)
    lines = list(
        ShipmentLine.objects.filter(shipment=row).select_related("order_line__product", "order").order_by("line")
    )
    rows, _hidden = line_rows(lines, orders_by_id((line.order_id for line in lines), person))
    return Paper(
        settings.COMPANY.name,
        _title(row),
        tuple(_facts(row, rows)),
        tuple(_blocks(rows, prices=prices)),
        tuple(_remarks(line.order for line in lines)),
        (_("Made out by"), _("Delivered by"), _("Received by")),
        language,
    )


def can_be_noted(row: Shipment) -> bool:
    """Whether a shipment has a delivery note."""
    return row.direction == "out" and row.state in ("draft", "done") and not row.reported


def _check(row: Shipment) -> None:
    name = row.number or f"~{row.pk}"
    if row.direction != "out":
        detail = _("With shipment %(shipment)s goods came back; a delivery note tells what goes out.")
    elif row.reported:
        detail = _("%(shipment)s is a bare figure of an order and no shipment; the system that shipped has the paper.")
    elif not can_be_noted(row):
        detail = _("Shipment %(shipment)s is cancelled; print the note of the one that went out instead.")
    else:
        return
    raise Refused("no_delivery_note", detail % {"shipment": name})


def _title(row: Shipment) -> str:
    return _("Delivery note (draft)") if row.state == "draft" else _("Delivery note")


def _facts(row: Shipment, rows: Sequence[LineRow]) -> Iterator[tuple[str, str]]:
    names = sorted({line.order.customer for line in rows if line.order and line.order.customer})
    day = row.shipped_date or row.planned_date or (clock.today() if row.state == "draft" else None)
    yield _("Number"), row.number or f"~{row.pk}"
    yield _("Date"), day.isoformat() if day else DASH
    yield _("Customer"), row.customer_name or ", ".join(names) or DASH
    yield _("Ship to"), row.ship_to or DASH
    if row.carrier:
        yield _("Carrier"), row.carrier
    if row.tracking_number:
        yield _("Tracking number"), row.tracking_number


def _blocks(rows: Sequence[LineRow], *, prices: bool) -> Iterator[Block]:
    columns = [
        Column("#", 4),
        Column(_("SKU"), 15),
        Column(_("Product"), 28),
        Column(_("Order"), 16),
        Column(_("Unit"), 7),
        Column(_("Quantity"), 10, figures=True),
    ]
    if prices:
        columns += [Column(_("Price incl. tax"), 17, figures=True), Column(_("Amount incl. tax"), 18, figures=True)]
    cells = tuple(Row(_cells(place, row, prices=prices)) for place, row in enumerate(rows, 1))
    yield Block(tuple(columns), (*cells, *_totals(rows, prices=prices)))


def _cells(place: int, row: LineRow, *, prices: bool) -> tuple[str, ...]:
    line = row.line
    order = row.order.number if row.order else row.unknown
    told = (str(place), line.sku, row.name, order or DASH, row.unit, write.qty(line.qty))
    return (*told, *_priced(row)) if prices else told


def _priced(row: LineRow) -> tuple[str, str]:
    """For one piece and in all; dashes where the order's line is not known."""
    line = row.line.order_line
    if line is None or not line.qty:
        return DASH, DASH
    currency = row.line.order.currency
    each = half_up(line.gross / line.qty, minor_digits(currency))
    return write.money(each, currency), write.money(amount(row), currency)


def amount(row: LineRow) -> Decimal:
    """What of its order's line a row of a shipment comes to, incl. tax."""
    line = row.line.order_line
    qty, whole = to_units(row.line.qty, QTY_SCALE), to_units(line.qty, QTY_SCALE)
    digits = minor_digits(row.line.order.currency)
    return from_units(piece_units(to_units(line.gross, MONEY_SCALE), qty, whole, digits), MONEY_SCALE)


def _totals(rows: Sequence[LineRow], *, prices: bool) -> Iterator[Row]:
    """One row a unit, with how much of it; with prices one row a currency behind them."""
    last = ("", "") if prices else ()
    units: dict[str, Decimal] = {}
    for row in rows:
        units[row.unit] = units.get(row.unit, Decimal(0)) + row.line.qty
    for place, (unit, qty) in enumerate(units.items()):
        words = _("Total") if place == 0 else ""
        yield Row(("", words, "", "", unit, write.qty(qty), *last), strong=place == 0)
    if prices:
        sums: dict[str, Decimal] = {}
        for row in rows:
            if row.line.order_line and row.line.order_line.qty:
                currency = row.line.order.currency
                sums[currency] = sums.get(currency, Decimal(0)) + amount(row)
        for currency, whole in sums.items():
            yield Row(("", "", "", "", "", "", currency, write.money(whole, currency)))


def _remarks(orders: Iterable[Order | None]) -> Iterator[str]:
    """What was remarked on each of the orders, once."""
    for order in {order.pk: order for order in orders if order is not None}.values():
        text = " ".join(order.remark.split())
        if text:
            yield _("Remark on order %(order)s: %(remark)s") % {"order": order.number, "remark": text}
