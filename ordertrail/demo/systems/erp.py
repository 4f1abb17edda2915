"""The ERP: home of invoices and of customers' official names, with bill numbers of its own.

The OMS's number of an order stands in ``ext_no``. Amounts are decimal text, tax is rounded once per invoice. It hears
of orders, shipments and money some hours late.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from ordertrail.demo.systems.sqlite_file import Row, clear, put, writing
from ordertrail.demo.truth import FOUNDED, Customer, Invoice, Order, Payment, Product, Shipment
from ordertrail.lib.money import half_up

FILE = "erp.sqlite3"

SCHEMA = """
CREATE TABLE t_customer (cust_code TEXT PRIMARY KEY, cust_name TEXT, tax_no TEXT, addr TEXT, tel TEXT,
  modify_time TEXT);
CREATE TABLE t_material (material TEXT PRIMARY KEY, material_name TEXT, unit TEXT, plan_cost TEXT,
  modify_time TEXT);
CREATE TABLE t_so (bill_no TEXT PRIMARY KEY, ext_no TEXT, cust_code TEXT, bill_date TEXT, deliver_date TEXT,
  bill_status TEXT, modify_time TEXT);
CREATE TABLE t_so_entry (bill_no TEXT, entry INTEGER, material TEXT, qty TEXT, price TEXT, tax_rate TEXT,
  PRIMARY KEY (bill_no, entry));
CREATE TABLE t_delivery (bill_no TEXT PRIMARY KEY, src_no TEXT, cust_code TEXT, bill_date TEXT, bill_status TEXT,
  modify_time TEXT);
CREATE TABLE t_delivery_entry (bill_no TEXT, entry INTEGER, so_bill_no TEXT, so_entry INTEGER, material TEXT, qty TEXT,
  PRIMARY KEY (bill_no, entry));
CREATE TABLE t_invoice (bill_no TEXT PRIMARY KEY, cust_code TEXT, bill_date TEXT, due_date TEXT, bill_status TEXT,
  amount TEXT, tax TEXT, total TEXT, fapiao_no TEXT, modify_time TEXT);
CREATE TABLE t_invoice_entry (bill_no TEXT, entry INTEGER, so_bill_no TEXT, so_entry INTEGER, delivery_no TEXT,
  material TEXT, qty TEXT, price TEXT, amount TEXT, tax_rate TEXT, PRIMARY KEY (bill_no, entry));
CREATE TABLE t_receipt (bill_no TEXT PRIMARY KEY, cust_code TEXT, bill_date TEXT, amount TEXT, bank_serial TEXT,
  payer TEXT, bill_status TEXT, modify_time TEXT);
CREATE TABLE t_receipt_entry (bill_no TEXT, entry INTEGER, invoice_no TEXT, amount TEXT, PRIMARY KEY (bill_no, entry));
"""


def at(moment: datetime) -> str:
    """A time as the ERP writes it: local, without a zone."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def amounts(invoice: Invoice) -> tuple[Decimal, Decimal]:
    """An invoice's net and tax in CNY."""
    net = sum((line.net for line in invoice.lines), Decimal(0))
    return net, half_up(net * invoice.customer.tax_rate)


def booked(payment: Payment) -> Decimal:
    """What the ERP says came in: the truth, unless the cashier typed something else."""
    return payment.amount if payment.erp_amount is None else payment.erp_amount


def _customer(customer: Customer) -> Row:
    return {
        "cust_code": customer.erp_code,
        "cust_name": customer.official,
        "tax_no": customer.tax_number,
        "addr": customer.address,
        "tel": customer.phone,
        "modify_time": at(customer.since),
    }


def _material(product: Product, since: datetime) -> Row:
    return {
        "material": product.sku,
        "material_name": product.zh,
        "unit": product.unit,
        "plan_cost": str(product.cost),
        "modify_time": at(since),
    }


def _order(order: Order, moment: datetime) -> Row:
    return {
        "bill_no": order.erp_number,
        "ext_no": order.number,
        "cust_code": order.customer.erp_code,
        "bill_date": order.ordered_at.date().isoformat(),
        "deliver_date": (order.erp_promised or order.promised_date).isoformat(),
        "bill_status": "作废" if order.state == "cancelled" else "已审核",
        "modify_time": at(moment),
    }


def _order_lines(order: Order) -> list[Row]:
    return [
        {
            "bill_no": order.erp_number,
            "entry": line.no,
            "material": line.product.sku,
            "qty": str(line.qty),
            "price": str(line.price),
            "tax_rate": str(order.customer.tax_rate),
        }
        for line in order.lines
    ]


def _delivery(shipment: Shipment, moment: datetime) -> Row:
    return {
        "bill_no": shipment.erp_number,
        "src_no": shipment.number,
        "cust_code": shipment.customer.erp_code,
        "bill_date": (shipment.shipped_at or moment).date().isoformat(),
        "bill_status": "已审核",
        "modify_time": at(moment),
    }


def _delivery_lines(shipment: Shipment) -> list[Row]:
    return [
        {
            "bill_no": shipment.erp_number,
            "entry": entry,
            "so_bill_no": line.order.erp_number,
            "so_entry": line.line.no,
            "material": line.line.product.sku,
            "qty": str(line.qty),
        }
        for entry, line in enumerate(shipment.lines, 1)
    ]


def _invoice(invoice: Invoice) -> Row:
    net, tax = amounts(invoice)
    return {
        "bill_no": invoice.number,
        "cust_code": invoice.customer.erp_code,
        "bill_date": invoice.posted_at.date().isoformat(),
        "due_date": invoice.due_date.isoformat(),
        "bill_status": "已审核",
        "amount": f"{net:.2f}",
        "tax": f"{tax:.2f}",
        "total": f"{net + tax:.2f}",
        "fapiao_no": invoice.fapiao,
        "modify_time": at(invoice.changed_at),
    }


def _invoice_lines(invoice: Invoice) -> list[Row]:
    return [
        {
            "bill_no": invoice.number,
            "entry": entry,
            "so_bill_no": line.order.erp_number,
            "so_entry": line.line.no,
            "delivery_no": line.shipment.erp_number if line.shipment else "",
            "material": line.line.product.sku,
            "qty": str(line.qty),
            "price": str(line.line.price),
            "amount": f"{line.net:.2f}",
            "tax_rate": str(invoice.customer.tax_rate),
        }
        for entry, line in enumerate(invoice.lines, 1)
    ]


def _receipt(payment: Payment, moment: datetime) -> Row:
    return {
        "bill_no": payment.number,
        "cust_code": payment.customer.erp_code if payment.customer else "",
        "bill_date": payment.paid_at.date().isoformat(),
        "amount": f"{booked(payment):.2f}",
        "bank_serial": payment.serial,
        "payer": payment.customer.official if payment.customer else payment.payer,
        "bill_status": "作废" if payment.erp_cancelled else "已审核",
        "modify_time": at(moment),
    }


def _receipt_lines(payment: Payment) -> list[Row]:
    return [
        {"bill_no": payment.number, "entry": entry, "invoice_no": invoice.number, "amount": f"{amount:.2f}"}
        for entry, (invoice, amount) in enumerate(payment.shares, 1)
    ]


def write_masters(
    folder: Path,
    customers: Iterable[Customer] = (),
    products: Iterable[Product] = (),
    since: datetime = FOUNDED,
) -> None:
    """Put customers and products into the ERP. ``since`` is when the products were typed in."""
    with writing(folder / FILE, SCHEMA) as connection:
        put(connection, "t_customer", map(_customer, customers))
        put(connection, "t_material", (_material(product, since) for product in products))


def write(
    folder: Path,
    orders: Iterable[Order] = (),
    shipments: Iterable[Shipment] = (),
    invoices: Iterable[Invoice] = (),
    payments: Iterable[Payment] = (),
) -> None:
    """Put these documents into the ERP, each as it stands now; those it has not heard of yet are left out."""
    known_orders = [(order, order.erp_at) for order in orders if order.erp_at]
    deliveries = [(shipment, shipment.erp_at) for shipment in shipments if shipment.erp_at]
    receipts = [(payment, payment.erp_at) for payment in payments if payment.erp_at]
    bills = list(invoices)
    with writing(folder / FILE, SCHEMA) as connection:
        clear(connection, "t_receipt_entry", "bill_no", (payment.number for payment, _ in receipts))
        put(connection, "t_so", (_order(order, moment) for order, moment in known_orders))
        put(connection, "t_so_entry", (row for order, _ in known_orders for row in _order_lines(order)))
        put(connection, "t_delivery", (_delivery(shipment, moment) for shipment, moment in deliveries))
        put(connection, "t_delivery_entry", (row for shipment, _ in deliveries for row in _delivery_lines(shipment)))
        put(connection, "t_invoice", map(_invoice, bills))
        put(connection, "t_invoice_entry", (row for invoice in bills for row in _invoice_lines(invoice)))
        put(connection, "t_receipt", (_receipt(payment, moment) for payment, moment in receipts))
        put(connection, "t_receipt_entry", (row for payment, _ in receipts for row in _receipt_lines(payment)))
