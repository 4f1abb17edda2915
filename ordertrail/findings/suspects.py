"""Which orders are worth a look: a cheap question to the store, so that a first load of a million orders of one system takes
seconds. What it leaves out could not give a finding (a test over random companies compares)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection
from django.db.models import Q

from ordertrail.desk.agree import FAMILIES, Beliefs
from ordertrail.findings.check import Check
from ordertrail.findings.models import Finding
from ordertrail.findings.reconcile import DOCUMENT_KEY
from ordertrail.lib import bulk, clock

_OTHERS = " OR ".join(
    [
        "EXISTS (SELECT 1 FROM records_sourcedocument d WHERE d.\"group\" = s.order_id AND d.kind = 'order'"
        " AND (d.source_id <> s.home OR d.gone_at IS NOT NULL))",
        *(
            f'EXISTS (SELECT 1 FROM {table} r JOIN records_sourcedocument d ON d."group" = r.{document}'
            " WHERE r.order_id = s.order_id AND d.source_id <> s.home)"
            for table, document in (
                ("shipping_shipmentline", "shipment_id"),
                ("billing_invoiceline", "invoice_id"),
                ("billing_paymentshare", "payment_id"),
                ("work_workorder", "id"),
            )
        ),
    ]
)
"""Another system than the order's home has the order, or a document about it."""

_ROWS = {
    "goods": "shipping_shipmentline",
    "invoice": "billing_invoiceline",
    "money": "billing_paymentshare",
    "production": "work_workorder",
}


def suspects(checks: Iterable[Check], orders: Collection[int]) -> list[int]:
    """Those of ``orders`` in which one of ``checks`` may see something."""
    if not orders:
        return []
    told = {"today": clock.today().isoformat(), "orders": bulk.bound(orders)}
    return _select(f"s.order_id IN {bulk.among().replace('%s', '%(orders)s')} AND ({_condition(checks)})", told)


def suspects_by_clock(checks: Iterable[Check]) -> list[int]:
    """The orders in which a check that changes with the day may see something today."""
    condition = " OR ".join(f"({check.suspect})" for check in checks if check.by_clock and check.suspect)
    return _select(condition, {"today": clock.today().isoformat()}) if condition else []


NEWEST = 20
"""So many orders of a customer that changed (was linked, was parted) are looked at again: one is enough to show it."""


def orders_of_customers(customers: Collection[int]) -> set[int]:
    """The orders that may show that something about these customers has changed: those that showed it before, and the newest."""
    if not customers:
        return set()
    keys = [f"{DOCUMENT_KEY}{customer}" for customer in customers]
    shown = Finding.objects.filter(Q(object__in=customers) | Q(key__in=keys), object_kind="customer").exclude(
        order=None
    )
    rows = bulk.select(
        "SELECT order_id FROM (SELECT s.order_id, ROW_NUMBER() OVER (PARTITION BY s.customer"
        " ORDER BY s.promised_date DESC, s.order_id DESC) AS place FROM orders_orderstatus s"
        f" WHERE s.customer IN {bulk.among()}) ranked WHERE place <= {NEWEST}",
        [bulk.bound(customers)],
    )
    return {row[0] for row in rows} | {order for order in shown.values_list("order", flat=True) if order is not None}


def _select(condition: str, told: dict[str, Any]) -> list[int]:
    sql = (
        f"SELECT s.order_id FROM orders_orderstatus s JOIN orders_order o ON o.id = s.order_id WHERE {condition}"
        " ORDER BY s.order_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, told)
        return [row[0] for row in cursor.fetchall()]


def _condition(checks: Iterable[Check]) -> str:
    return " OR ".join([*(f"({check.suspect})" for check in checks if check.suspect), _OTHERS, *_silent()])


def _silent() -> Iterable[str]:
    """Orders with a document of a family on which another system speaks by its silence."""
    sources = [source for source in Beliefs.now().sources if source.active]
    for family in FAMILIES:
        every = [source.pk for source in sources if getattr(source, f"{family}_scope") == "all"]
        if every:
            elsewhere = "" if len(every) > 1 else f" AND s.home <> {every[0]}"
            yield f"(EXISTS (SELECT 1 FROM {_ROWS[family]} r WHERE r.order_id = s.order_id){elsewhere})"
