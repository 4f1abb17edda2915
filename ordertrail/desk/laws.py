"""The laws of the store: each is a function that gives what breaks it, and nothing when all is well (reliability.md §2.4).

``ordertrail verify`` runs them all; tests run them after every story.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ordertrail.desk.acts import broken as broken_acts
from ordertrail.desk.agree import Beliefs, believed_by
from ordertrail.desk.laws_of_money import SUMS, numbering
from ordertrail.desk.laws_of_stock import stock
from ordertrail.desk.recount import COLUMNS, SOURCES, counted
from ordertrail.lib import bulk
from ordertrail.orders.models import Order, OrderStatus
from ordertrail.records import facts
from ordertrail.records.models import SourceDocument, SourceVersion
from ordertrail.records.rules import NEVER

CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Broken:
    """One breach: the law's name, the document's number or id, and what is wrong with which figures."""

    law: str
    document: str
    detail: str


Law = Callable[[], Iterator[Broken]]


def status_is_recount() -> Iterator[Broken]:
    """I-38: every ``OrderStatus`` row is what a recount of the link rows gives, and every order has one."""
    beliefs = Beliefs.now()
    for orders in _orders():
        sources = believed_by(orders, beliefs)
        should = {row[0]: _plain((*row, *sources[row[0]])) for row in counted(orders, beliefs)}
        names = ", ".join(_column(name) for name in (*COLUMNS, *SOURCES))
        rows = bulk.select(
            f"SELECT {names} FROM {bulk.table(OrderStatus)} WHERE order_id IN {bulk.among()}", [bulk.bound(orders)]
        )
        stands = {row[0]: _plain(row) for row in rows}
        for order in orders:
            if stands.get(order) != should.get(order):
                yield Broken("status_is_recount", str(order), _difference(stands.get(order), should.get(order)))
    for order, number in bulk.select(
        f"SELECT s.order_id, s.number FROM {bulk.table(OrderStatus)} s"
        f" LEFT JOIN {bulk.table(Order)} o ON o.id = s.order_id WHERE o.id IS NULL"
    ):
        yield Broken("status_is_recount", number, f"a status row stands for order {order}, which is not there")


def one_source_counts() -> Iterator[Broken]:
    """Of each order's goods, bills, money and production the rows of one source count, and of no other."""
    for table, family in (
        ("shipping_shipmentline", "goods"),
        ("billing_invoiceshare", "invoice"),
        ("billing_invoiceline", "invoice"),
        ("billing_paymentshare", "money"),
        ("work_workorder", "production"),
    ):
        for order, standings in bulk.select(
            f"SELECT order_id, COUNT(DISTINCT standing) FROM {table} WHERE counts AND order_id IS NOT NULL"
            " GROUP BY order_id HAVING COUNT(DISTINCT standing) > 1"
        ):
            yield Broken("one_source_counts", str(order), f"rows of {standings} sources are summed as its {family}")


_SUMS: tuple[tuple[str, str, str], ...] = (
    (
        "invoice_is_its_lines",
        "SELECT i.number, i.total, SUM(l.gross) FROM billing_invoice i JOIN billing_invoiceline l ON l.invoice_id = i.id"
        " GROUP BY i.id, i.number, i.total HAVING i.total <> SUM(l.gross)",
        "its total is {0} and its lines make {1}",
    ),
    (
        "shares_make_the_invoice",
        "SELECT i.number, i.total, SUM(s.gross) FROM billing_invoice i JOIN billing_invoiceshare s ON s.invoice_id = i.id"
        " GROUP BY i.id, i.number, i.total HAVING i.total <> SUM(s.gross)",
        "its total is {0} and the orders' shares make {1}",
    ),
    (
        "line_is_net_and_tax",
        "SELECT order_id, gross, net + tax FROM orders_orderline WHERE gross <> net + tax",
        "a line's gross is {0} and net + tax make {1}",
    ),
    (
        "run_adds_up",
        'SELECT id, "read", "new" + changed + unchanged + rejected FROM sync_syncrun'
        ' WHERE "read" <> "new" + changed + unchanged + rejected',
        "{0} were read, and new + changed + unchanged + rejected make {1}",
    ),
)


def sums_hold() -> Iterator[Broken]:
    """I-10, I-18, I-20 to I-26, I-31, I-39: totals are the sums of their parts, and no more is settled than there is. Amounts in the
    sentences are store integers."""
    for law, sql, sentence in (*_SUMS, *SUMS):
        for document, one, other in bulk.select(sql):
            yield Broken(law, str(document), sentence.format(one, other))


_OVERPAID = """
SELECT i.number, s.gross, t.paid
FROM billing_invoiceshare s JOIN billing_invoice i ON i.id = s.invoice_id
JOIN (SELECT h.invoice_id, COALESCE(h.order_id, 0) AS payer, h.standing, SUM(h.amount) AS paid FROM billing_paymentshare h
      LEFT JOIN billing_allocation a ON a.id = h.allocation_id
      WHERE h.invoice_id IS NOT NULL AND a.ended_at IS NULL GROUP BY h.invoice_id, COALESCE(h.order_id, 0), h.standing) t
    ON t.invoice_id = s.invoice_id AND t.payer = COALESCE(s.order_id, 0)
WHERE t.standing < {never} AND s.gross >= 0
  AND NOT EXISTS (SELECT 1 FROM billing_invoiceshare o WHERE o.invoice_id = s.invoice_id AND o.gross < 0)
  AND t.paid > s.gross + (SELECT COUNT(*) - 1 FROM billing_invoiceshare o WHERE o.invoice_id = s.invoice_id) * {cent}
"""


def shares_hold_payments() -> Iterator[Broken]:
    """I-23: of no order's share of an invoice more is paid than the share, by the payments of one source (a cent of rounding for each
    other order apart)."""
    cent = "CASE i.digits WHEN 0 THEN 10000 WHEN 3 THEN 10 ELSE 100 END"
    for number, gross, paid in bulk.select(_OVERPAID.format(never=NEVER, cent=cent)):
        yield Broken("shares_hold_payments", number, f"an order's share is {gross} and {paid} is paid on it")


def numbers_are_strict() -> Iterator[Broken]:
    """I-29, I-30: our invoices and credit notes are numbered without a gap and in the order of their days."""
    for number, sentence in numbering():
        yield Broken("numbers_are_strict", number, sentence)


_ORPHANS: tuple[tuple[str, str], ...] = (
    ("shipping_shipmentline", "order_line_id:orders_orderline"),
    ("shipping_shipmentline", "order_id:orders_order"),
    ("billing_invoiceline", "order_line_id:orders_orderline"),
    ("billing_invoiceshare", "order_id:orders_order"),
    ("billing_allocation", "invoice_id:billing_invoice"),
    ("billing_paymentshare", "order_id:orders_order"),
    ("work_workorder", "order_line_id:orders_orderline"),
    ("orders_order", "customer_id:parties_customer"),
    ("orders_orderline", "product_id:catalog_product"),
)


def links_lead_somewhere() -> Iterator[Broken]:
    """A link row points at rows that are there."""
    for table, link in _ORPHANS:
        column, other = link.split(":")
        for row, target in bulk.select(
            f"SELECT t.id, t.{column} FROM {table} t LEFT JOIN {other} o ON o.id = t.{column}"
            f" WHERE t.{column} IS NOT NULL AND o.id IS NULL"
        ):
            yield Broken("links_lead_somewhere", f"{table} {row}", f"{column} {target} is not there")


_GROUPS = """
SELECT d.id, d.kind, d."group" FROM records_sourcedocument d
LEFT JOIN records_sourcedocument h ON h.id = d."group"
WHERE h.id IS NULL OR h."group" <> h.id OR h.kind <> d.kind
"""


def groups_have_a_home() -> Iterator[Broken]:
    """Every source document's group is the id of a document of its kind that is its own home."""
    for document, kind, group in bulk.select(_GROUPS):
        yield Broken("groups_have_a_home", f"{kind} {document}", f"its group {group} is nobody's home")


_WORDS = (
    f"SELECT d.id, d.kind, d.number, d.digest, v.facts FROM {bulk.table(SourceDocument)} d"
    f" LEFT JOIN {bulk.table(SourceVersion)} v ON v.id = d.current WHERE d.current IS NOT NULL AND d.id > %s ORDER BY d.id LIMIT %s"
)


def words_are_whole() -> Iterator[Broken]:
    """The current words of each source document are the very ones that were written: their digest is the one that was kept."""
    last = 0
    while rows := bulk.select(_WORDS, [last, CHUNK]):
        for document, kind, number, kept, text in rows:
            if text is None or facts.digest(text) != kept:
                yield Broken(
                    "words_are_whole", f"{kind} {number}", f"the current words of document {document} are damaged"
                )
        last = rows[-1][0]


def acts_are_chained() -> Iterator[Broken]:
    """I-34: nobody has changed, added or removed a row of who did what."""
    for act in broken_acts():
        yield Broken(
            "acts_are_chained", str(act.pk), f"{act.verb} of {act.at:%Y-%m-%d %H:%M}: its hash does not follow"
        )
        return


def stock_adds_up() -> Iterator[Broken]:
    """I-01 to I-03, I-05, I-06: what is held is there and wanted, nobody waits beside free goods, layers give what they have. Figures
    in the sentences are store integers."""
    for law, document, detail in stock():
        yield Broken(law, document, detail)


LAWS: tuple[Law, ...] = (
    status_is_recount,
    one_source_counts,
    sums_hold,
    shares_hold_payments,
    numbers_are_strict,
    links_lead_somewhere,
    groups_have_a_home,
    words_are_whole,
    acts_are_chained,
    stock_adds_up,
)


def verify() -> Iterator[Broken]:
    """Everything that breaks a law of the store."""
    for law in LAWS:
        yield from law()


def _orders() -> Iterator[list[int]]:
    """All orders' ids, in chunks."""
    last = 0
    while True:
        rows = bulk.select(f"SELECT id FROM {bulk.table(Order)} WHERE id > %s ORDER BY id LIMIT {CHUNK}", [last])
        if not rows:
            return
        yield [row[0] for row in rows]
        last = rows[-1][0]


def _column(name: str) -> str:
    return connection.ops.quote_name(str(getattr(OrderStatus._meta.get_field(name), "column", name)))


def _plain(row: tuple[Any, ...]) -> tuple[str, ...]:
    """Values as both stores and both ways of asking give them: days as text, truth as 0 or 1."""
    return tuple(str(int(value)) if isinstance(value, bool) else str(value) for value in row)


def _difference(stands: tuple[str, ...] | None, should: tuple[str, ...] | None) -> str:
    if stands is None or should is None:
        return "its status row is missing" if stands is None else "it has a status row and no lines to count"
    named = zip((*COLUMNS, *SOURCES), stands, should, strict=True)
    return "; ".join(f"{name} is {one} and counts {other}" for name, one, other in named if one != other)
