"""The rules by which the facts are counted, on cases of domain.md that are worked out there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from ordertrail.demo import oracle
from ordertrail.demo.customers import customers
from ordertrail.demo.products import PRODUCTS
from ordertrail.demo.truth import FOUNDED, Customer, History, Invoice, InvoiceLine, Order, OrderLine, Payment, local


def order(number: str, qty: int, price: str, customer: Customer) -> Order:
    line = OrderLine(1, PRODUCTS[0], qty, Decimal(price))
    return Order(1, number, "", customer, [line], FOUNDED, date(2026, 9, 18), "Anna", FOUNDED)


def invoice(number: str, customer: Customer, *lines: tuple[Order, int]) -> Invoice:
    rows = [InvoiceLine(one, one.lines[0], None, qty, qty * one.lines[0].price) for one, qty in lines]
    return Invoice(number, customer, rows, FOUNDED, date(2026, 10, 14), "", FOUNDED)


def payment(serial: str, amount: str, *shares: tuple[Invoice, str]) -> Payment:
    told = [(paid, Decimal(part)) for paid, part in shares]
    return Payment(serial, "", None, "", Decimal(amount), local(2026, 9, 15, 14, 20), "", told)


def sailfar() -> Customer:
    from random import Random

    return customers(Random(1))[0]


def test_e1_the_merged_invoice_and_the_batch_payment_by_order() -> None:
    anna = sailfar()
    a, b = order("SO-2609-0012", 10, "100.00", anna), order("SO-2609-0015", 5, "80.00", anna)
    first, second = invoice("INV-1", anna, (a, 4), (b, 5)), invoice("INV-2", anna, (a, 2))
    history = History(orders=[a, b], invoices=[first, second])
    history.payments = [payment("1", "1000.00", (first, "904.00"), (second, "96.00"))]

    figures = oracle.figures(history)

    assert [oracle.invoice_total(one) for one in (first, second)] == [Decimal("904.00"), Decimal("226.00")]
    assert oracle.invoice_shares(first) == {a.number: Decimal("452.00"), b.number: Decimal("452.00")}
    assert (figures[a.number].invoiced, figures[a.number].paid) == (Decimal("678.00"), Decimal("548.00"))
    assert (figures[b.number].invoiced, figures[b.number].paid) == (Decimal("452.00"), Decimal("452.00"))
    assert figures[a.number].open_receivable == Decimal("130.00")


def test_e2_part_of_a_merged_invoice_is_divided_by_what_each_order_owes() -> None:
    assert oracle.divided(Decimal("500.00"), {"A": Decimal("452.00"), "B": Decimal("452.00")}) == {
        "A": Decimal("250.00"),
        "B": Decimal("250.00"),
    }
    assert oracle.divided(Decimal("300.00"), {"A": Decimal(100), "B": Decimal(200)}) == {
        "A": Decimal(100),
        "B": Decimal(200),
    }


def test_the_last_order_by_number_takes_the_odd_cent() -> None:
    anna = sailfar()
    orders = [order(number, 1, "0.04", anna) for number in ("SO-1", "SO-2", "SO-3")]
    merged = invoice("INV-1", anna, *((one, 1) for one in reversed(orders)))
    # 0.12 net has 0.02 tax; each order alone has 0.01
    assert oracle.invoice_total(merged) == Decimal("0.14")
    assert oracle.invoice_shares(merged) == {"SO-1": Decimal("0.05"), "SO-2": Decimal("0.05"), "SO-3": Decimal("0.04")}


def test_more_than_the_bank_received_pays_nothing() -> None:
    anna = sailfar()
    a = order("SO-1", 10, "100.00", anna)
    bill = invoice("INV-1", anna, (a, 10))
    short = replace(payment("1", "1105.00", (bill, "1130.00")), erp_amount=Decimal("1130.00"))
    unseen = payment("", "1130.00", (bill, "1130.00"))

    figures = oracle.figures(History(orders=[a], invoices=[bill], payments=[short, unseen]))

    assert figures["SO-1"].paid == Decimal("1105.00")
