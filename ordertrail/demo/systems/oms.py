"""The order management system: home of orders. Money in cents, local times, status codes as numbers.

It knows one word for the whole order (50, "已发货") and no quantity per shipment. A clerk or an interface sets it, and
both err.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from ordertrail.demo.systems.sqlite_file import Row, put, writing
from ordertrail.demo.truth import FOUNDED, Customer, Order, Product
from ordertrail.lib.money import half_up

FILE = "oms.sqlite3"

SCHEMA = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, erp_code TEXT, phone TEXT, city TEXT, updated_at TEXT);
CREATE TABLE products (id INTEGER PRIMARY KEY, sku TEXT, name TEXT, unit TEXT, category TEXT, price_cents INTEGER,
  updated_at TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, order_no TEXT, customer_id INTEGER, po_no TEXT, status INTEGER,
  status_name TEXT, shipped_flag INTEGER, total_cents INTEGER, salesman TEXT, ship_to TEXT, promise_date TEXT,
  remark TEXT, created_at TEXT, updated_at TEXT);
CREATE TABLE order_lines (order_id INTEGER, line_no INTEGER, sku TEXT, name TEXT, qty INTEGER, price_cents INTEGER,
  amount_cents INTEGER, tax_percent INTEGER, PRIMARY KEY (order_id, line_no));
CREATE INDEX orders_updated ON orders (updated_at);
"""

STATUS = {10: "草稿", 20: "已审核", 40: "部分发货", 50: "已发货", 90: "已取消"}
"""The status codes and the words beside them."""


def at(moment: datetime) -> str:
    """A time as the OMS writes it: local, without a zone."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def cents(amount: Decimal) -> int:
    """An amount in CNY as whole cents."""
    return int(amount * 100)


def customer_id(customer: Customer, *, twin: bool = False) -> int:
    """The number of a customer in the OMS, or of the second one that was typed by mistake."""
    return 2000 + customer.no + (5000 if twin else 0)


def buyer_id(order: Order) -> int:
    """Under which number the order stands: odd orders of a customer that is there twice stand on the second one."""
    return customer_id(order.customer, twin=bool(order.customer.oms_twin) and order.no % 2 == 1)


def order_id(order: Order) -> int:
    """The number behind an order in the OMS; people see ``order_no``."""
    return 100_000 + order.no


def status(order: Order) -> int:
    """The status code that stands on an order."""
    if order.state in ("draft", "cancelled"):
        return 10 if order.state == "draft" else 90
    return 50 if order.oms_shipped else 40 if order.oms_partly else 20


def total(order: Order) -> Decimal:
    """An order's gross total in CNY: tax is rounded once."""
    net = sum((line.qty * line.price for line in order.lines), Decimal(0))
    return net + half_up(net * order.customer.tax_rate)


def _order(order: Order) -> Row:
    code = status(order)
    return {
        "id": order_id(order),
        "order_no": order.number,
        "customer_id": buyer_id(order),
        "po_no": order.po_number,
        "status": code,
        "status_name": STATUS[code],
        "shipped_flag": int(code == 50),
        "total_cents": cents(total(order)),
        "salesman": order.salesperson,
        "ship_to": order.ship_to,
        "promise_date": order.promised_date.isoformat(),
        "remark": order.remark,
        "created_at": at(order.ordered_at),
        "updated_at": at(order.changed_at),
    }


def _lines(order: Order) -> list[Row]:
    return [
        {
            "order_id": order_id(order),
            "line_no": line.no,
            "sku": line.product.sku,
            "name": line.product.zh,
            "qty": line.qty,
            "price_cents": cents(line.price),
            "amount_cents": cents(line.qty * line.price),
            "tax_percent": int(order.customer.tax_rate * 100),
        }
        for line in order.lines
    ]


def _customers(customer: Customer) -> list[Row]:
    base: dict[str, str | int] = {"phone": customer.phone, "city": customer.city, "updated_at": at(customer.since)}
    rows = [base | {"id": customer_id(customer), "name": customer.zh, "erp_code": customer.oms_erp_code}]
    if customer.oms_twin:
        rows.append(base | {"id": customer_id(customer, twin=True), "name": customer.oms_twin, "erp_code": ""})
    return list(rows)


def _product(no: int, product: Product, since: datetime) -> Row:
    return {
        "id": 500 + no,
        "sku": product.sku,
        "name": product.zh,
        "unit": product.unit,
        "category": product.category,
        "price_cents": cents(product.price),
        "updated_at": at(since),
    }


def write(
    folder: Path,
    orders: Iterable[Order] = (),
    customers: Iterable[Customer] = (),
    products: Iterable[Product] = (),
    since: datetime = FOUNDED,
) -> None:
    """Put these documents into the OMS, each as it stands now. ``since`` is when the products were typed in."""
    listed = list(orders)
    with writing(folder / FILE, SCHEMA) as connection:
        put(connection, "customers", (row for customer in customers for row in _customers(customer)))
        put(connection, "products", (_product(no, product, since) for no, product in enumerate(products)))
        put(connection, "orders", map(_order, listed))
        put(connection, "order_lines", (row for order in listed for row in _lines(order)))
