"""Steps that write customers as their groups agree on them."""

from __future__ import annotations

from collections.abc import Sequence

from ordertrail.lib import bulk
from ordertrail.lib.numbers import name_key
from ordertrail.lib.sounds import sounds
from ordertrail.parties.models import Customer
from ordertrail.records.merge import Merged
from ordertrail.records.shapes import CustomerRecord

COLUMNS = (
    "id", "company", "home", "code", "name", "name_key", "tax_number", "country", "address", "phone", "currency",
    "credit_limit", "addresses", "invoice_address", "sounds",
)  # fmt: skip


def remove(ids: Sequence[int]) -> None:
    """Delete the rows of these customers."""
    bulk.delete(Customer, "id", ids)


def write(customers: Sequence[Merged[CustomerRecord]]) -> None:
    """Write one row for each agreed customer."""
    bulk.insert(
        Customer,
        COLUMNS,
        [
            (m.group, 1, m.home, r.number[:100], r.name[:200], name_key(r.name)[:200], r.tax_number[:40], r.country[:80],
             r.address[:300], r.phone[:60], r.currency, r.credit_limit, [[a.code, a.text] for a in r.addresses], r.invoice_address[:60],
             sounds(r.name[:200]))
            for m in customers
            for r in [m.record]
        ],
    )  # fmt: skip
