"""Reading one record of Tryton: its values, the records related to it, its tax and its unit. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from ordertrail.sync.connectors.base import Value

Record = Mapping[str, Any]
"""A record as Tryton tells it; related ones stand under the field's name with a dot behind it."""

Row = dict[str, Value]

SIX = Decimal("0.000001")
"""The smallest quantity that is told apart."""


def cells(record: Record, prefix: str = "") -> Row:
    """The plain values of a record, and of the single records related to it under dotted names.

    >>> cells({"id": 3, "state": "done", "party.": {"id": 7, "name": "Hotel"}, "lines": [1, 2]})
    {'id': 3, 'state': 'done', 'party.id': 7, 'party.name': 'Hotel'}
    """
    row: Row = {}
    for name, value in record.items():
        if isinstance(value, Mapping):
            row |= cells(value, f"{prefix}{name}")
        elif not isinstance(value, list):
            row[prefix + name] = value
    return row


def changed_at(record: Record) -> datetime | None:
    """When a record was last written; a new one has only its creation."""
    return record.get("write_date") or record.get("create_date")


def ref(model: str, id_: Any) -> str:
    """How Tryton names a record, "" for none."""
    return f"{model},{id_}" if id_ else ""


def named(reference: Any) -> tuple[str, int]:
    """The model and id in a reference; ("", 0) for none.

    >>> named("sale.line,7"), named(None), named("sale.line,-1")
    (('sale.line', 7), ('', 0), ('', 0))
    """
    model, _comma, id_ = str(reference or "").partition(",")
    return (model, int(id_)) if id_.isdigit() else ("", 0)


def at(record: Record, path: str) -> Any:
    """What stands under a dotted name, None where a record on the way is missing.

    >>> at({"party.": {"name": "Hotel"}}, "party.name"), at({"party.": None}, "party.name")
    ('Hotel', None)
    """
    first, dot, rest = path.partition(".")
    if not dot:
        return record.get(first)
    inner = record.get(f"{first}.")
    return at(inner, rest) if isinstance(inner, Mapping) else None


def each(record: Record, path: str) -> list[Any]:
    """The values of one field of all records in a list: ``each(party, "addresses.full_address")``; without empty ones."""
    first, _dot, rest = path.partition(".")
    return [value for one in record.get(f"{first}.") or () if (value := at(one, rest)) not in (None, "")]


def tax_rate(record: Record) -> Decimal:
    """The sum of a line's percentage taxes, and of those that a tax is made of; a tax of a fixed amount has no rate."""
    taxes = [*(record.get("taxes.") or ())]
    taxes += [part for tax in taxes for part in tax.get("childs.") or ()]
    return sum((tax["rate"] for tax in taxes if tax.get("type") == "percentage" and tax.get("rate")), Decimal(0))


def in_unit(qty: Decimal | int | None, own: Any, wanted: Any) -> Decimal | None:
    """A quantity in another unit, as Tryton turns it: by the factor or the rate, whichever of the two is exact.

    >>> dozen, piece = {"id": 2, "factor": Decimal(12), "rate": Decimal("0.083333333333")}, {"id": 1, "factor": 1, "rate": 1}
    >>> in_unit(Decimal(18), piece, dozen), in_unit(Decimal("1.5"), dozen, piece), in_unit(Decimal(4), piece, None)
    (Decimal('1.500000'), Decimal('18.000000'), Decimal('4'))
    """
    if qty is None:
        return None
    amount: Decimal = Decimal(qty)
    if not own or not wanted or own["id"] == wanted["id"]:
        return amount
    amount = amount * own["factor"] if own["factor"] > own["rate"] else amount / own["rate"]
    amount = amount / wanted["factor"] if wanted["factor"] > wanted["rate"] else amount * wanted["rate"]
    return amount.quantize(SIX)
