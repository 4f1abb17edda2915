"""Precedence: whom the company believes for goods, invoices, money and production; changing it recounts every order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from django.db import connection

from ordertrail.billing import payments
from ordertrail.billing.models import Allocation, PaymentShare
from ordertrail.desk.agree import Beliefs, agree, who_bills
from ordertrail.desk.models import Change
from ordertrail.desk.recount import recount
from ordertrail.desk.rewrite import Rewrite
from ordertrail.lib import bulk
from ordertrail.lib.gate import rewriting
from ordertrail.orders.models import Order
from ordertrail.records.claims import regroup
from ordertrail.records.models import Link, Source
from ordertrail.records.shapes import RECORDS

CHUNK = 500
TRUST = (
    "order_rank", "goods_rank", "invoice_rank", "money_rank", "production_rank",
    "goods_scope", "invoice_scope", "money_scope", "production_scope", "active",
)  # fmt: skip
"""The fields of a source that decide what is believed."""

_STANDING: tuple[tuple[str, str, str], ...] = (
    (
        "shipping_shipmentline",
        "goods",
        "shipment_id IN (SELECT id FROM shipping_shipment WHERE home_id = %s AND reported = %s)",
    ),
    (
        "billing_invoiceline",
        "invoice",
        "invoice_id IN (SELECT id FROM billing_invoice WHERE home_id = %s AND reported = %s)",
    ),
    (
        "billing_invoiceshare",
        "invoice",
        "invoice_id IN (SELECT id FROM billing_invoice WHERE home_id = %s AND reported = %s)",
    ),
    (
        "billing_paymentshare",
        "money",
        "payment_id IN (SELECT id FROM billing_payment WHERE home_id = %s AND reported = %s)",
    ),
    ("work_workorder", "production", "home_id = %s AND %s IS NOT NULL"),
)


def trust_of(source: Source) -> tuple[Any, ...]:
    """What decides how far ``source`` is believed: compare before and after a change."""
    return tuple(getattr(source, name) for name in TRUST)


def apply() -> int:
    """Bring every row in line with the precedence as it is set now; returns how many orders were recounted.

    Homes of groups first, then the standing of each source's rows, then what payments for orders are set against, then what counts
    and the status rows, a few hundred orders a transaction; safe to be cut off and done again.
    """
    _homes()
    _standings()
    _settled()
    done = 0
    for orders in _orders():
        with rewriting():
            beliefs = Beliefs.now()
            recount(orders, beliefs, agree(orders, beliefs))
            bulk.insert(Change, ("kind", "object"), [("order", order) for order in orders])
        done += len(orders)
    return done


def _homes() -> None:
    """Let each group of linked documents stand under the member that is believed first now."""
    for kind in RECORDS:
        linked = sorted(
            {
                document
                for pair in Link.objects.filter(kind=kind, ended_at=None)
                .exclude(other=None)
                .values_list("document_id", "other_id")
                for document in pair
            }
        )
        for start in range(0, len(linked), CHUNK):
            with rewriting():
                ranks = {source.pk: source.rank(kind) for source in Source.objects.all()}
                moved = regroup(kind, linked[start : start + CHUNK], ranks)
                Rewrite({kind: moved.touched}, moved.lost, {}, {}).run()


def _standings() -> None:
    beliefs = Beliefs.now()
    for source in beliefs.sources:
        for table, family, belongs in _STANDING:
            for reported in (False, True) if family != "production" else (False,):
                stands = beliefs.standing(family, source.pk, reported=reported)
                with rewriting():
                    _set(
                        f"UPDATE {table} SET standing = %s WHERE standing <> %s AND {belongs}",
                        [stands, stands, source.pk, reported],
                    )


def _settled() -> None:
    """Divide the payments again that name an order and no invoice: they are set against the invoices that count now."""
    rows = bulk.select(f"SELECT DISTINCT payment_id FROM {bulk.table(Allocation)} WHERE order_id IS NOT NULL")
    named = sorted(row[0] for row in rows)
    for start in range(0, len(named), CHUNK):
        with rewriting():
            beliefs = Beliefs.now()
            hanging = payments.around(named[start : start + CHUNK], ())
            _, placed = payments.settle(hanging, beliefs.standings("money"), partial(who_bills, beliefs=beliefs))
            bulk.insert(Change, ("kind", "object"), [("payment", payment) for payment in sorted(placed)])
    rows = bulk.select(f"SELECT DISTINCT invoice_id FROM {bulk.table(PaymentShare)} WHERE order_id IS NULL")
    nobodys = sorted(row[0] for row in rows)
    for start in range(0, len(nobodys), CHUNK):
        with rewriting():
            placed = payments.believe_nobodys(nobodys[start : start + CHUNK])
            bulk.insert(Change, ("kind", "object"), [("payment", payment) for payment in sorted(placed)])


def _set(sql: str, params: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def _orders() -> Iterator[list[int]]:
    last = 0
    while rows := bulk.select(f"SELECT id FROM {bulk.table(Order)} WHERE id > %s ORDER BY id LIMIT {CHUNK}", [last]):
        yield [row[0] for row in rows]
        last = rows[-1][0]
