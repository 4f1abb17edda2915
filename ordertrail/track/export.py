"""Export: every row of a filter as a CSV or Excel file, with nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from ordertrail.lib import clock
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units, minor_digits
from ordertrail.records.models import Source
from ordertrail.track.orders_filter import Selection
from ordertrail.track.sheets import Cell, harmless, short, workbook
from ordertrail.web.axes import LOOKS

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_ROWS = 200_000
"""Rows of one sheet: it could hold 1,048,576, but would take minutes to write, and whoever asked would not know."""
BOM = "\ufeff"
"""Tells Excel that the file is UTF-8."""

Turn = Callable[[Any, str], Cell]
"""What a value of ``OrderStatus`` in store units becomes; the second argument is the row's currency."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: the column of ``OrderStatus``, its head, and what is made of the value in this request."""

    name: str
    head: Promise | str
    turn: Callable[[], Turn]


def _text() -> Turn:
    return lambda value, _currency: str(value or "")


def _money() -> Turn:
    return lambda value, currency: round(from_units(int(value), MONEY_SCALE), minor_digits(currency))


def _qty() -> Turn:
    return lambda value, _currency: short(from_units(int(value), QTY_SCALE))


def _day() -> Turn:
    return lambda value, _currency: date.fromisoformat(value) if isinstance(value, str) else value


def _whole() -> Turn:
    return lambda value, _currency: int(value)


def _source() -> Turn:
    names = dict(Source.objects.values_list("pk", "name"))
    return lambda value, _currency: names.get(value, "")


def _axis(axis: str) -> Callable[[], Turn]:
    def turn() -> Turn:
        words = {value: str(look.words) for value, look in LOOKS[axis].items()}
        return lambda value, _currency: words.get(value, value)

    return turn


COLUMNS = (
    Column("number", _("Order"), _text),
    Column("home", _("Source"), _source),
    Column("customer_name", _("Customer"), _text),
    Column("salesperson", _("Salesperson"), _text),
    Column("order_date", _("Order date"), _day),
    Column("promised_date", _("Promised"), _day),
    Column("first_name", _("Product"), _text),
    Column("line_count", _("Lines"), _whole),
    Column("ordered_qty", _("Ordered quantity"), _qty),
    Column("shipped_qty", _("Shipped quantity"), _qty),
    Column("to_ship_qty", _("Quantity to ship"), _qty),
    Column("status", _("Status"), _axis("order")),
    Column("delivery", _("Delivery"), _axis("delivery")),
    Column("invoicing", _("Invoicing"), _axis("invoicing")),
    Column("payment", _("Payment"), _axis("payment")),
    Column("production", _("Production"), _axis("production")),
    Column("currency", _("Currency"), _text),
    Column("ordered", _("Total incl. tax"), _money),
    Column("to_ship", _("To ship"), _money),
    Column("invoiced", _("Invoiced"), _money),
    Column("not_invoiced", _("To invoice"), _money),
    Column("paid", _("Paid"), _money),
    Column("open_receivable", _("Receivable"), _money),
    Column("due_date", _("Due"), _day),
)
NAMES = tuple(column.name for column in COLUMNS)
CURRENCY = NAMES.index("currency")


def export(request: HttpRequest, chosen: Selection, wanted: str) -> HttpResponseBase:
    """The file, or a page that says why there is none: a filter that could not be read, or too many rows for a sheet."""
    count = 0 if chosen.chosen.problems else chosen.listing.count()
    if chosen.chosen.problems or (wanted == "xlsx" and count > MOST_ROWS):
        context = {"chosen": chosen.chosen, "count": count, "most": MOST_ROWS}
        return render(request, "track/orders/no_export.html", context, status=422)
    heads = [str(column.head) for column in COLUMNS]
    return answered(gettext("Orders"), wanted, heads, cells(chosen), about(request, chosen, count))


def answered(
    title: str, wanted: str, heads: Sequence[str], rows: Iterator[list[Cell]], told: list[tuple[str, Cell]]
) -> HttpResponseBase:
    """A file of rows as an answer: ``wanted`` csv is streamed, xlsx written to a temporary file first."""
    if wanted == "csv":
        lines = csv_lines(heads, spoken(rows, get_language() or "en"))
        answer: HttpResponseBase = StreamingHttpResponse(lines, content_type=FORMATS[wanted])
    else:
        answer = FileResponse(workbook(title, heads, rows, told))
        answer.headers["Content-Type"] = FORMATS[wanted]
    name = f"{title} {clock.today().isoformat()}.{wanted}"
    answer.headers["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def cells(chosen: Selection) -> Iterator[list[Cell]]:
    """The rows of the file below its head. The words are those of the request's language, taken before the first row."""
    order = chosen.chosen.order
    if order is None:
        raise ValueError("the orders list declares its sorts")
    turns = [column.turn() for column in COLUMNS]
    rows = chosen.listing.stream(order.sort.column, NAMES, descending=order.descending)
    return ([turn(value, row[CURRENCY]) for turn, value in zip(turns, row, strict=True)] for row in rows)


def spoken(rows: Iterator[list[Cell]], language: str) -> Iterator[list[Cell]]:
    """The same rows, each made in ``language``: a streamed answer is written when its request is over."""
    while True:
        with override(language):
            row = next(rows, None)
        if row is None:
            return
        yield row


class _Line:
    """A file that gives back each line as it is written."""

    def write(self, line: str) -> str:
        return line


def csv_lines(heads: Sequence[str], rows: Iterator[list[Cell]]) -> Iterator[str]:
    """The CSV file, line by line."""
    writer = csv.writer(_Line())
    yield BOM + str(writer.writerow(heads))
    for row in rows:
        yield str(
            writer.writerow([harmless(cell) if isinstance(cell, str) else "" if cell is None else cell for cell in row])
        )


def about(request: HttpRequest, chosen: Selection, count: int) -> list[tuple[str, Cell]]:
    """What the second sheet says: whose export it is, of which filter, how many rows, when."""
    filters = "; ".join(f"{chip.words} {chip.text}".strip() for chip in chosen.chosen.chips())
    return [
        (gettext("Rows"), count),
        (gettext("Queue"), chosen.queue_words),
        (gettext("Filters"), filters or gettext("none")),
        (gettext("Address"), request.build_absolute_uri(f"{request.path}?{chosen.chosen.to_query()}")),
        (gettext("Made by"), str(request.user)),
        (gettext("Made at"), clock.now().astimezone(clock.zone()).isoformat(timespec="seconds")),
    ]
