"""Steps that write products as their groups agree on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ordertrail.catalog.models import Barcode, CostMethod, Product
from ordertrail.lib import bulk
from ordertrail.lib.numbers import number_key
from ordertrail.lib.sounds import sounds
from ordertrail.records.merge import Merged
from ordertrail.records.shapes import ProductRecord

COLUMNS = (
    "id", "company", "home", "sku", "sku_key", "name", "unit", "category", "price", "cost", "service", "cost_method",
    "standard_cost", "tax_rate", "under_tolerance", "over_tolerance", "allow_negative", "lead_time_days", "sounds",
)  # fmt: skip


def remove(ids: Sequence[int]) -> None:
    """Delete the rows of these products."""
    bulk.delete(Barcode, "product", ids)
    bulk.delete(Product, "id", ids)


def write(products: Sequence[Merged[ProductRecord]]) -> None:
    """Write one row for each agreed product, and its barcodes; a code that another product bears already stays with that one."""
    bulk.insert(Product, COLUMNS, [_row(m.group, m.home, m.record) for m in products])
    codes = [(m.group, pack.code[:100], pack.qty) for m in products for pack in m.record.packs]
    if codes:
        taken = set(Barcode.objects.filter(code__in=[code for _, code, _ in codes]).values_list("code", flat=True))
        first: dict[str, tuple[int, str, Any]] = {}
        for row in codes:
            first.setdefault(row[1], row)
        bulk.insert(Barcode, ("product", "code", "qty"), [row for code, row in first.items() if code not in taken])


def _row(group: int, home: int, told: ProductRecord) -> tuple[Any, ...]:
    return (
        group, 1, home, told.number[:100], number_key(told.number)[:100], told.name[:200], told.unit[:20], told.category[:100],
        told.price, told.cost, told.service, told.cost_method or CostMethod.FIFO, told.standard_cost, told.tax_rate,
        told.under_tolerance or 0, told.over_tolerance or 0, bool(told.allow_negative), told.lead_time_days,
        sounds(told.name[:200]),
    )  # fmt: skip
