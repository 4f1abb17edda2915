"""The papers of the big store: shipments, invoices and payments of its orders, a few findings and owners, written straight into a copy
of it by SQL.

For what reads the store (hub, boards) and does not care how its rows came there; how they come there is measured by the others.
Most orders are shipped whole, one in ten in two shipments, one shipment in fifty with another order; old ones are billed and paid.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

from bench import store
from ordertrail.lib.sqlite_library import sqlite3

TODAY = date(2026, 9, 16)
VERSIONS = 1 << 20
FIRST = 1_000_000_000
"""Ids of papers are this times 1 (shipments) to 5 (shares of payments) and that of their order or line."""

ORDERS = f"""
CREATE TEMP TABLE o AS
SELECT s.order_id AS id, s.ordered AS gross, s.currency, x.digits, s.promised_date AS promised,
       julianday('{TODAY}') - julianday(s.promised_date) AS over, s.order_id * 7919 % 100 AS h, s.order_id * 104729 % 97 AS g,
       date(s.promised_date, (s.order_id * 104729 % 97 % 9 - 4) || ' days') AS shipped_on
FROM orders_orderstatus AS s JOIN orders_order AS x ON x.id = s.order_id
WHERE s.promised_date IS NOT NULL
"""


def documents(kind: str, table: str, facts: str) -> tuple[str, str, str]:
    """The source documents of papers with their only version and their number, as a sync would leave them."""
    return (
        f"""INSERT INTO records_sourcedocument
            (id, source_id, kind, ref, number, "group", version, digest, current, last_seq, learned_at, missed_sweeps)
            SELECT id, home_id, '{kind}', number, number, id, '', id, id * {VERSIONS} + 1, 1, '{TODAY} 08:00:00', 0 FROM {table}""",
        f"""INSERT INTO records_sourceversion (id, document_id, version, learned_at, place, facts)
            SELECT id * {VERSIONS} + 1, id, '', '{TODAY} 08:00:00', '',
                json_object('ref', number, 'number', number, {facts})
            FROM {table}""",
        f"""INSERT INTO records_number ("key", kind, document_id, search_only)
            SELECT REPLACE(number, '-', ''), '{kind}', id, 0 FROM {table}""",
    )


STEPS = (
    "CREATE TEMP TABLE a AS SELECT *, over > h % 9 AND h < 94 AS gone, over > 12 AND h < 91 AS billed, over > 45 AND h < 82 AS paid"
    " FROM o",
    "CREATE UNIQUE INDEX temp.a_by_id ON a (id)",
    "UPDATE orders_order SET country = 'C' || (id * 31 % 30)",
    f"""INSERT INTO shipping_shipment
        (id, company, number, state, direction, reported, shipped_date, shipped_prec, arrived_date, customer_name, ship_to, carrier,
         tracking_number, warehouse, mode, home_id)
        SELECT {FIRST} + id * 2 + part, 1, 'SH-' || id || '-' || part, 'done', 'out', 0, date(shipped_on, part || ' days'), 'day',
               CASE WHEN h < 60 THEN date(shipped_on, '2 days') END, '', '', '', '', 'NB',
               CASE g % 4 WHEN 0 THEN 'Air' WHEN 1 THEN 'Truck' WHEN 2 THEN 'Ocean' ELSE '' END, (SELECT MIN(id) FROM records_source)
        FROM a JOIN (SELECT 0 AS part UNION ALL SELECT 1) AS parts ON part = 0 OR id % 10 = 0
        WHERE gone""",
    f"""INSERT INTO shipping_shipmentline
        (id, line, order_key, sku, qty, lot, standing, counts, order_id, order_line_id, shipment_id)
        SELECT {2 * FIRST} + l.id, l.line, '', l.sku, l.qty, '', 1, 1, a.id, l.id,
               {FIRST} + (a.id - (a.id % 50 = 7 AND EXISTS (SELECT 1 FROM a AS b WHERE b.id = a.id - 1 AND b.gone))) * 2
               + (a.id % 10 = 0 AND l.line = 2)
        FROM a JOIN orders_orderline AS l ON l.order_id = a.id
        WHERE a.gone""",
    f"""INSERT INTO billing_invoice
        (id, company, number, state, type, reported, customer_name, invoice_date, due_date, currency, net, tax, total, digits,
         tax_invoice_number, home_id)
        SELECT {3 * FIRST} + id, 1, 'INV-' || id, 'posted', 'invoice', 0, '', date(shipped_on, '3 days'), date(shipped_on, '33 days'),
               currency, 0, 0, gross, digits, '', (SELECT MIN(id) FROM records_source)
        FROM a WHERE billed""",
    f"""INSERT INTO billing_invoiceshare (id, gross, due_date, standing, counts, invoice_id, order_id)
        SELECT {3 * FIRST} + id, gross, date(shipped_on, '33 days'), 1, 1, {3 * FIRST} + id, id FROM a WHERE billed""",
    f"""INSERT INTO billing_payment
        (id, company, number, state, reported, paid_date, payer, currency, amount, reference, home_id)
        SELECT {4 * FIRST} + id, 1, 'PAY-' || id, 'done', 0, date(shipped_on, '40 days'), '', currency, gross, '',
               (SELECT MIN(id) FROM records_source)
        FROM a WHERE paid""",
    f"""INSERT INTO billing_paymentshare (id, amount, standing, counts, invoice_id, order_id, payment_id)
        SELECT {5 * FIRST} + id, gross, 1, 1, {3 * FIRST} + id, id, {4 * FIRST} + id FROM a WHERE paid""",
    *(
        sql
        for kind, table, facts in (
            ("shipment", "shipping_shipment", "'shipped_at', shipped_date, 'mode', mode"),
            ("invoice", "billing_invoice", "'invoice_date', invoice_date, 'due_date', due_date, 'currency', currency"),
            (
                "payment",
                "billing_payment",
                "'paid_at', paid_date, 'currency', currency, 'amount', CAST(amount / 10000 AS TEXT)",
            ),
        )
        for sql in documents(kind, table, facts)
    ),
    """UPDATE orders_orderstatus SET
        delivery = CASE WHEN a.gone THEN 'done' ELSE delivery END, shipped = CASE WHEN a.gone THEN a.gross ELSE 0 END,
        to_ship = CASE WHEN a.gone THEN 0 ELSE a.gross END, invoicing = CASE WHEN a.billed THEN 'fully' ELSE 'to_invoice' END,
        invoiced = a.billed * a.gross, not_invoiced = (1 - a.billed) * a.gross, paid = a.paid * a.gross,
        payment = CASE WHEN a.paid THEN 'paid' ELSE 'unpaid' END, open_receivable = (a.billed - a.paid) * a.gross,
        is_open = NOT (a.gone AND a.paid), status = CASE WHEN a.gone AND a.paid THEN 'done' ELSE 'confirmed' END,
        first_shipped_date = CASE WHEN a.gone THEN a.shipped_on END, last_shipped_date = CASE WHEN a.gone THEN a.shipped_on END,
        due_date = CASE WHEN a.billed AND NOT a.paid THEN date(a.shipped_on, '33 days') END
        FROM a WHERE a.id = orders_orderstatus.order_id""",
    f"""INSERT INTO findings_finding
        (check_name, kind, object_kind, object, "order", "key", status, facts, money, currency, role, since)
        SELECT 'late', 'exception', 'order', a.id, a.id, '', 'open',
               json_object('to_ship', '1', 'unit', '', 'promised', a.promised, 'number', x.number, 'home', 'OMS',
                           'field', 'promised_on', 'currency', a.currency),
               a.gross, a.currency, 'store', date(a.promised, '1 day') || ' 00:00:00'
        FROM a JOIN orders_order AS x ON x.id = a.id WHERE NOT a.gone AND a.over > 0 AND a.promised <= '{TODAY}' AND a.g % 3 = 0""",
    f"""INSERT INTO desk_owner (document_id, person_id, since)
        SELECT a.id, (SELECT MIN(id) FROM parties_person), '{TODAY} 08:00:00' FROM a WHERE a.id % 400 < 2""",
)
MADE_BY = hashlib.sha256("".join((ORDERS, *STEPS)).encode()).hexdigest()
"""Names what the papers were made by, so that a store of other papers is made again."""


def company(count: int) -> Path:
    """The data folder of a company with ``count`` orders and their papers, made on first use; used by this process."""
    home = store.CACHE / f"papers-{count}"
    whole = home / "whole"
    if not whole.exists() or whole.read_text("utf-8") != MADE_BY:
        if not (store.CACHE / f"home-{count}" / "whole").exists():
            # In a process of its own, since each knows one data folder.
            subprocess.run([sys.executable, "-c", f"from bench import store; store.synced({count:d})"], check=True)
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(store.CACHE / f"home-{count}", home, ignore=shutil.ignore_patterns("hub", "whole", "landed"))
        write(home / "db.sqlite3")
        whole.write_text(MADE_BY, "utf-8")
    store.use(home)
    return home


def write(path: Path) -> None:
    """Add the papers to the store at ``path``, which nobody else has open."""
    with sqlite3.connect(path) as connection:
        connection.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-800000; PRAGMA temp_store=MEMORY")
        for sql in (ORDERS, *STEPS):
            connection.execute(sql)
    connection.close()
