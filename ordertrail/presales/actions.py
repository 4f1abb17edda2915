"""Steps that write opportunities as their groups agree on them."""

from __future__ import annotations

from collections.abc import Sequence

from ordertrail.lib import bulk
from ordertrail.lib.moments import moment
from ordertrail.lib.numbers import number_key
from ordertrail.presales.models import Opportunity
from ordertrail.records.merge import Merged
from ordertrail.records.queries import Finder
from ordertrail.records.shapes import OpportunityRecord

COLUMNS = (
    "id", "company", "home", "number", "title", "customer_name", "stage", "value", "currency", "salesperson", "opened_date",
    "closed_date", "order_key", "order",
)  # fmt: skip


def remove(ids: Sequence[int]) -> None:
    """Delete the rows of these opportunities."""
    bulk.delete(Opportunity, "id", ids)


def write(opportunities: Sequence[Merged[OpportunityRecord]], orders: Finder) -> set[int]:
    """Write the agreed opportunities; returns the ids of the orders that they became."""
    orders.learn((m.names_from, m.record.order) for m in opportunities)
    rows = []
    for merged in opportunities:
        r = merged.record
        rows.append(
            (merged.group, 1, merged.home, r.number[:100], r.title[:200], r.customer_name[:200], r.stage[:40], r.value,
             r.currency, r.salesperson[:80], moment(r.opened_at)[1], moment(r.closed_at)[1], number_key(r.order)[:100],
             orders.find(merged.names_from, r.order))
        )  # fmt: skip
    bulk.insert(Opportunity, COLUMNS, rows)
    return {row[13] for row in rows if row[13] is not None}
