"""The parts of a declared mapping: where a field's value comes from, where lines stand, and what each kind knows."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ordertrail.records import shapes
from ordertrail.sync.values import Reading

LINES: dict[str, tuple[str, type[Any]]] = {
    "order": ("lines", shapes.OrderLineRecord),
    "shipment": ("lines", shapes.ShipmentLineRecord),
    "invoice": ("lines", shapes.InvoiceLineRecord),
    "payment": ("allocations", shapes.AllocationRecord),
}
"""The kinds that have lines, the field that holds them, and their shape."""

CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("order", "state"): ("draft", "quoted", "confirmed", "closed", "cancelled"),
    ("order", "shipped"): ("", "all", "none"),
    ("shipment", "state"): ("draft", "done", "cancelled"),
    ("shipment", "direction"): ("out", "in"),
    ("invoice", "state"): ("draft", "posted", "cancelled"),
    ("invoice", "type"): ("invoice", "advance", "credit_note"),
    ("payment", "state"): ("draft", "done", "cancelled"),
    ("payment", "direction"): ("in", "out"),
    ("work_order", "state"): ("draft", "running", "done", "cancelled"),
    ("project", "state"): ("draft", "running", "done", "cancelled"),
}
"""The fields that know only these words (records/shapes.py)."""

MANY = frozenset({"other_numbers", "other_names", "barcodes", "same_as"})
"""Fields that take several values, so several columns."""


CODES = frozenset(
    {
        "ref",
        "number",
        "customer",
        "customer_number",
        "other_numbers",
        "sku",
        "order",
        "order_line",
        "invoice",
        "shipment",
    }
    | {"credits", "tracking_number", "tax_number", "tax_invoice_number", "lot", "barcodes", "same_as"}
)
"""Text fields that hold numbers and codes: full-width signs are folded, digits lost by a spreadsheet are refused."""


def field_kinds(record: type[Any]) -> dict[str, str]:
    """How each field of a record's class is read: "flag", "number", "day", "moment", "instant", "code" or "text"."""
    return {name: _kind(name, hint) for name, hint in typing.get_type_hints(record).items()}


def _kind(name: str, hint: Any) -> str:
    union = isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union
    wanted = frozenset(typing.get_args(hint)) if union else frozenset({hint})
    if bool in wanted:
        return "flag"
    if Decimal in wanted:
        return "number"
    if datetime in wanted:
        return "moment" if date in wanted else "instant"
    if date in wanted:
        return "day"
    return "code" if name in CODES else "text"


@dataclass(frozen=True, slots=True)
class Spec:
    """Where one field's value comes from, and how it is read. ``column`` "" means the constant ``value``.

    ``header``: a line's field that stands on the document's row. ``optional``: the column may be missing from the
    source.
    """

    column: str = ""
    value: str | None = None
    map: tuple[tuple[str, str | None], ...] | None = None
    otherwise: str | None = None
    has_otherwise: bool = False
    scale: Decimal | None = None
    default: str | None = None
    split: str = ""
    regex: str = ""
    source: str = ""
    header: bool = False
    optional: bool = False
    digits: int = 0
    reading: Reading = field(default_factory=Reading)


@dataclass(frozen=True, slots=True)
class Lines:
    """Where a document's lines stand: another table or file (``from_``, ``parent``), repeated rows (``rows``), or
    inside (``path``).
    """

    from_: str = ""
    parent: str = ""
    key: str = ""
    rows: bool = False
    path: str = ""
    sheet: str = ""
    header_row: int = 0
