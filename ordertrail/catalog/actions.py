"""Steps that write products as their groups agree on them."""

from __future__ import annotations

from collections.abc import Sequence

from ordertrail.catalog.models import Product
from ordertrail.lib import bulk
from ordertrail.lib.numbers import number_key
from ordertrail.records.merge import Merged
from ordertrail.records.shapes import ProductRecord

COLUMNS = ("id", "company", "home", "sku", "sku_key", "name", "unit", "category", "price", "cost", "service")


def remove(ids: Sequence[int]) -> None:
    """Delete the rows of these products."""
    bulk.delete(Product, "id", ids)


def write(products: Sequence[Merged[ProductRecord]]) -> None:
    """Write one row for each agreed product."""
    bulk.insert(
        Product,
        COLUMNS,
        [
            (m.group, 1, m.home, r.number[:100], number_key(r.number)[:100], r.name[:200], r.unit[:20], r.category[:100],
             r.price, r.cost, r.service)
            for m in products
            for r in [m.record]
        ],
    )  # fmt: skip
