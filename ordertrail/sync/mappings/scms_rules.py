"""The rule of every column of the SCMS file: what each of its awkward values means, and how often it stands there.

A cell that no rule fits is a problem of its line. Nothing here touches the store.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused
from ordertrail.records.shapes import Problem

Row = Mapping[str, str]
SEE = re.compile(r"See (?P<shipment>(?:DN|ASN)-\d+) \(ID#:(?P<line>\d+)\)")
DAY = "%d-%b-%y"
SHORT_US, LONG_US = re.compile(r"\d{1,2}/\d{1,2}/\d{2}"), re.compile(r"\d{2}/\d{2}/\d{4}")


class Unknown(Exception):
    """A cell that no rule fits: a stable ``code`` and a sentence with the way out."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


@dataclass
class Survey:
    """What stands in a file: ``rows``; by column how often each rule fitted; what was ``noticed`` without being wrong; ``totals`` of
    the amounts that have no place in an order or a shipment; and the ``problems``."""

    rows: int = 0
    columns: dict[str, Counter[str]] = field(default_factory=dict)
    noticed: Counter[str] = field(default_factory=Counter)
    totals: dict[str, Decimal] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Book:
    """The rows of a file by their ``ID``, for cells that point at another line."""

    by_id: Mapping[str, Row]


Rule = Callable[[str, Row, Book], str]
"""Gives the name of what a cell holds; Unknown where it fits nothing."""


def _unknown(text: str, wanted: str) -> Unknown:
    detail = _("“%(text)s” is none of what stands in this column: %(wanted)s.")
    return Unknown("unknown_value", detail % {"text": text, "wanted": wanted})


def words(*known: str) -> Rule:
    """A column that knows only these words; ``N/A`` is one of them where it is named."""

    def rule(text: str, _row: Row, _book: Book) -> str:
        if text not in known:
            raise _unknown(text, ", ".join(known))
        return text

    return rule


def text_rule(text: str, _row: Row, _book: Book) -> str:
    """Any text; one that was encoded twice in the source is told, and stays as it is."""
    if not text:
        raise Unknown("missing", _("The cell is empty; in this column it never is."))
    return "encoded_twice" if mended(text) != text else "N/A" if text == "N/A" else "text"


def mended(text: str) -> str:
    """``text`` as it was before it was encoded a second time; itself where it was not.

    >>> mended("9113 GrÃ¸nland"), mended("Côte d'Ivoire")
    ('9113 Grønland', "Côte d'Ivoire")
    """
    try:
        return text.encode("cp1252").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def pattern(*known: str) -> Rule:
    """A number of a document: one of these beginnings, a dash and digits."""
    fits = re.compile(rf"({'|'.join(known)})-\d+")

    def rule(text: str, _row: Row, _book: Book) -> str:
        match = fits.fullmatch(text)
        if match is None:
            raise _unknown(text, ", ".join(f"{word}-…" for word in known))
        return match[1]

    return rule


def whole(text: str, _row: Row, _book: Book) -> str:
    """A whole number of at least 1."""
    if not (text.isascii() and text.isdigit() and int(text)):
        raise _unknown(text, _("a whole number"))
    return "number"


def number(text: str) -> Decimal | None:
    """The plain decimal number that ``text`` is, not below 0; None for anything else."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and value >= 0 else None


def amount(text: str, _row: Row, _book: Book) -> str:
    """A number, 0 too."""
    value = number(text)
    if value is None:
        raise _unknown(text, _("a number"))
    return "number" if value else "zero"


def amount_or(*known: str, empty: bool = False, see: bool = False) -> Rule:
    """A number, one of these texts, nothing, or a pointer at the line whose figure holds for the whole shipment.

    A pointer adds nothing: the figure counts once, at the line that it stands on. That line must exist, be another one, belong to the
    same shipment and hold no pointer itself.
    """

    def rule(text: str, row: Row, book: Book) -> str:
        if number(text) is not None:
            return "number"
        if text in known:
            return text
        if empty and not text:
            return "empty"
        match = SEE.fullmatch(text) if see else None
        if match is None:
            raise _unknown(text, ", ".join((_("a number"), *known)))
        target = book.by_id.get(match["line"])
        if (
            target is None
            or target is row
            or target["ASN/DN #"] != row["ASN/DN #"]
            or match["shipment"] != row["ASN/DN #"]
        ):
            detail = _("“%(text)s” points at no other line of shipment %(shipment)s.")
            raise Unknown("dangling", detail % {"text": text, "shipment": row["ASN/DN #"]})
        return "see"

    return rule


def to_day(text: str) -> date | None:
    """A day as the file writes it in three ways: ``02-Jun-06``; ``8/27/14`` and ``09/11/2014``, which are month, day and year: read
    so, no long one lies behind the scheduled day, and the short ones have days of 13 and more.

    >>> to_day("02-Jun-06"), to_day("8/27/14"), to_day("09/11/2014"), to_day("27/8/14")
    (datetime.date(2006, 6, 2), datetime.date(2014, 8, 27), datetime.date(2014, 9, 11), None)
    """
    shape = "%m/%d/%y" if SHORT_US.fullmatch(text) else "%m/%d/%Y" if LONG_US.fullmatch(text) else DAY
    try:
        return datetime.strptime(text, shape).date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        return None


def day(text: str, _row: Row, _book: Book) -> str:
    """A day with the month as a word."""
    if to_day(text) is None or "/" in text:
        raise _unknown(text, _("a day such as 02-Jun-06"))
    return "day"


def day_or(*known: str) -> Rule:
    """A day in figures, or one of these texts."""

    def rule(text: str, _row: Row, _book: Book) -> str:
        if text in known:
            return text
        if to_day(text) is None or "/" not in text:
            raise _unknown(text, ", ".join((_("a day such as 8/27/14 or 09/11/2014"), *known)))
        return "month/day/2-digit year" if SHORT_US.fullmatch(text) else "month/day/4-digit year"

    return rule


RULES: dict[str, Rule] = {
    "ID": whole,
    "Project Code": text_rule,
    "PQ #": text_rule,
    "PO / SO #": pattern("SO", "SCMS", "DSCM"),
    "ASN/DN #": pattern("DN", "ASN"),
    "Country": text_rule,
    "Managed By": text_rule,
    "Fulfill Via": words("From RDC", "Direct Drop"),
    "Vendor INCO Term": text_rule,
    "Shipment Mode": words("Air", "Truck", "Air Charter", "Ocean", "N/A"),
    "PQ First Sent to Client Date": day_or("Pre-PQ Process", "Date Not Captured"),
    "PO Sent to Vendor Date": day_or("N/A - From RDC", "Date Not Captured"),
    "Scheduled Delivery Date": day,
    "Delivered to Client Date": day,
    "Delivery Recorded Date": day,
    "Product Group": text_rule,
    "Sub Classification": text_rule,
    "Vendor": text_rule,
    "Item Description": text_rule,
    "Molecule/Test Type": text_rule,
    "Brand": text_rule,
    "Dosage": text_rule,
    "Dosage Form": text_rule,
    "Unit of Measure (Per Pack)": whole,
    "Line Item Quantity": whole,
    "Line Item Value": amount,
    "Pack Price": amount,
    "Unit Price": amount,
    "Manufacturing Site": text_rule,
    "First Line Designation": words("Yes", "No"),
    "Weight (Kilograms)": amount_or("Weight Captured Separately", see=True),
    "Freight Cost (USD)": amount_or("Freight Included in Commodity Cost", "Invoiced Separately", see=True),
    "Line Item Insurance (USD)": amount_or(empty=True),
}
"""The rule of each of the 33 columns."""

SUMMED = ("Line Item Value", "Weight (Kilograms)", "Freight Cost (USD)", "Line Item Insurance (USD)")
"""Columns whose numbers are added up."""

NAMED = ("Pre-PQ Process", "N/A - From RDC")
"""Texts that a column of free text uses as a word of its own."""


def survey(path: Path) -> Survey:
    """Read every cell of a file by the rule of its column. Refused("columns_missing") for a file with other columns."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [column for column in RULES if column not in (reader.fieldnames or ())]
        if missing:
            detail = _("This is no SCMS file: it lacks the columns %(columns)s.")
            raise Refused("columns_missing", detail % {"columns": ", ".join(missing)})
        rows = list(reader)
    found = Survey(rows=len(rows), columns={column: Counter() for column in RULES})
    found.totals = dict.fromkeys(SUMMED, Decimal(0))
    book = Book({row["ID"]: row for row in rows})
    for line, row in enumerate(rows, 2):
        _look_at(row, line, book, found)
    return found


def _look_at(row: Row, line: int, book: Book, found: Survey) -> None:
    for column, rule in RULES.items():
        text = row[column] or ""
        try:
            kind = text if text in NAMED else rule(text, row, book)
        except Unknown as unknown:
            place = _("row %(row)s") % {"row": line}
            found.problems.append(Problem(row["ID"], place, column, unknown.code, unknown.detail, text))
            continue
        found.columns[column][kind] += 1
        if column in SUMMED and kind in ("number", "zero"):
            found.totals[column] += Decimal(text)
    if book.by_id[row["ID"]] is not row:
        detail = _("The ID %(id)s stands in more than one row; it must name one line.") % {"id": row["ID"]}
        found.problems.append(
            Problem(row["ID"], _("row %(row)s") % {"row": line}, "ID", "key_repeated", detail, row["ID"])
        )
    _notice(row, found)


def _notice(row: Row, found: Survey) -> None:
    """Count what is odd and has a rule: which of two figures holds, days in an order that surprises."""
    quantity, price, value = (number(row[name]) for name in ("Line Item Quantity", "Pack Price", "Line Item Value"))
    if quantity is not None and price is not None and value is not None and abs(value - quantity * price) > 1:
        found.noticed["value is not quantity × pack price: the value holds"] += 1
    delivered = to_day(row["Delivered to Client Date"])
    for column in ("PQ First Sent to Client Date", "PO Sent to Vendor Date"):
        sent = to_day(row[column])
        if sent and delivered and sent > delivered:
            found.noticed[f"{column} lies after the delivery"] += 1
    recorded = to_day(row["Delivery Recorded Date"])
    if recorded and delivered and recorded < delivered:
        found.noticed["recorded before it was delivered"] += 1
