"""Records of Tryton as documents: the odd ones, which the company of the live test does not have."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from ordertrail.records.shapes import (
    InvoiceRecord,
    OrderRecord,
    PaymentRecord,
    Problem,
    ProjectRecord,
    Record,
    WorkOrderRecord,
)
from ordertrail.sync.connectors.base import Landing, RawDocument
from ordertrail.sync.connectors.tryton import Connector
from ordertrail.sync.mapping import to_record
from ordertrail.sync.tests.test_tryton import NOW, UTC_ZONE, built_in, moment, money, sale

# What a Tryton 8.2.1 answered, byte for byte.
DRAFT = (
    b'{"id":1,"result":[{"write_date":null,"sale_date":null,"id":8,"shipping_date":null,"state":"draft","comment":null,'
    b'"reference":null,"create_date":{"__class__":"datetime","year":2026,"month":11,"day":23,"hour":16,"minute":20,"second":22,'
    b'"microsecond":979361},"number":null,"party":7,"total_amount":{"__class__":"Decimal","decimal":"40.68"},"quoted_by.":null,'
    b'"party.":{"rec_name":"Dune Stores","id":7},"shipment_address.":{"id":7,"rec_name":"Dune Stores, 61 Beach Avenue, Dunes",'
    b'"country.":null},"currency.":{"code":"CNY","id":1}}]}'
)


def test_bytes_are_landed_as_they_came() -> None:
    landing = Landing(
        DRAFT, "application/json", "x", NOW, meta={"model": "sale.sale", "parts": json.dumps([["head", len(DRAFT)]])}
    )
    connector = Connector({"address": "https://tryton.example.com", "user": "reader"}, {}, UTC_ZONE)
    orders = built_in("orders")
    (document,) = connector.read(orders, landing)
    assert isinstance(document, RawDocument)
    assert document.version == "2026-11-23T16:20:22.979361Z"
    record = to_record(orders, document, UTC_ZONE)
    assert isinstance(record, OrderRecord)
    assert (record.number, record.state, record.customer) == ("draft-8", "draft", "party.party,7")
    assert (record.total, record.lines) == (Decimal("40.68"), ())


def record_of(
    stream: str, model: str, head: dict[str, Any], *lines: dict[str, Any], sale_lines: Any = (), bill_lines: Any = ()
) -> list[Record]:
    """The records that come of what Tryton tells."""
    parts, body = [], b""
    told = {"head": [head], "line": list(lines), "bill_line": list(bill_lines), "sale_line": list(sale_lines)}
    for role, rows in told.items():
        answer = json.dumps({"id": 1, "result": rows}).encode()
        parts.append([role, len(answer)])
        body += answer
    landing = Landing(body, "application/json", "x", NOW, meta={"model": model, "parts": json.dumps(parts)})
    connector = Connector({"address": "https://tryton.example.com"}, {}, UTC_ZONE)
    declared = built_in(stream)
    documents = [one for one in connector.read(declared, landing) if isinstance(one, RawDocument)]
    return [found for one in documents if not isinstance(found := to_record(declared, one, UTC_ZONE), Problem)]


DATED = {"create_date": moment(NOW), "write_date": None}
DOZEN = {"id": 2, "symbol": "dz", "factor": 12.0, "rate": 0.083333333333}
PIECE = {"id": 1, "symbol": "u", "factor": 1.0, "rate": 1.0}


def test_a_line_without_a_product_goes_by_its_words_and_one_without_a_code_by_trytons_name_for_it() -> None:
    lines: list[dict[str, Any]] = [
        {"id": 1, "sale": 1, "product.": None, "description": "Gift wrapping\nin red", "quantity": 1.0, "unit.": None,
         "unit_price": money("5"), "amount": money("5.00"), "taxes.": []},
        {"id": 2, "sale": 1, "product.": {"id": 9, "code": None, "name": "Vase"}, "quantity": None, "unit.": PIECE,
         "unit_price": None, "amount": money("0"), "taxes.": []},
        {"id": 3, "sale": 1, "product.": None, "description": None, "quantity": 2.5, "unit.": None,
         "unit_price": money("0.1"), "amount": money("0.25"), "taxes.": []},
    ]  # fmt: skip
    (order,) = record_of("orders", "sale.sale", sale(1), *lines)
    assert isinstance(order, OrderRecord)
    assert [(line.ref, line.sku, line.qty) for line in order.lines] == [
        ("sale.line,1", "Gift wrapping", Decimal(1)),
        ("sale.line,2", "product.product,9", Decimal(0)),
        ("sale.line,3", "sale.line,3", Decimal("2.5")),
    ]


def test_a_tax_made_of_others_counts_with_their_rates_and_a_fixed_one_with_none() -> None:
    taxes = [
        {"id": 1, "type": "none", "rate": None, "childs.": [
            {"id": 2, "type": "percentage", "rate": money("0.05")}, {"id": 3, "type": "percentage", "rate": money("0.09975")}]},
        {"id": 4, "type": "fixed", "rate": None, "childs.": []},
    ]  # fmt: skip
    line = {"id": 1, "sale": 1, "product.": {"id": 1, "code": "A", "name": "A"}, "quantity": 1.0, "unit.": PIECE,
            "unit_price": money("100"), "amount": money("100.00"), "taxes.": taxes}  # fmt: skip
    (order,) = record_of("orders", "sale.sale", sale(1), line)
    assert isinstance(order, OrderRecord)
    assert order.lines[0].tax_rate == Decimal("0.14975")


def test_a_bill_below_zero_is_a_credit_note_in_the_unit_of_the_order() -> None:
    head = {"id": 4, "number": "CN-1", "party": 7, "party.": {"id": 7, "rec_name": "Dune"}, "state": "paid", **DATED,
            "total_amount": money("-339.00"), "currency.": {"id": 1, "code": "CNY"},
            "lines_to_pay.": [{"id": 1, "maturity_date": {"__class__": "date", "year": 2026, "month": 10, "day": 20}},
                              {"id": 2, "maturity_date": {"__class__": "date", "year": 2026, "month": 10, "day": 10}}]}  # fmt: skip
    line = {"id": 6, "invoice": 4, "origin": "sale.line,6", "product.": {"id": 1, "code": "A"}, "quantity": -6.0, "unit.": PIECE,
            "amount": money("-300.00"), "taxes.": [{"id": 1, "type": "percentage", "rate": money("0.13"), "childs.": []}],
            "stock_moves.": [{"id": 12, "shipment": "stock.shipment.out.return,1"}]}  # fmt: skip
    (bill,) = record_of("invoices", "account.invoice", head, line, sale_lines=[{"id": 6, "sale": 5, "unit.": DOZEN}])
    assert isinstance(bill, InvoiceRecord)
    assert (bill.type, bill.state, bill.total) == ("credit_note", "posted", Decimal("339.00"))
    assert str(bill.due_date) == "2026-10-10"
    (told,) = bill.lines
    assert (told.order, told.order_line) == ("sale.sale,5", "sale.line,6")
    assert (told.qty, told.net, told.shipment) == (Decimal("0.5"), Decimal("300.00"), "stock.shipment.out.return,1")


def credit_line(id_: int, origin: str) -> dict[str, Any]:
    return {"id": id_, "invoice": 9, "origin": origin, "product.": {"id": 1, "code": "A"}, "quantity": -1.0, "unit.": PIECE,
            "amount": money("-100.00"), "taxes.": [], "stock_moves.": []}  # fmt: skip


def test_a_credit_note_credits_the_one_invoice_whose_lines_its_own_come_from() -> None:
    head: dict[str, Any] = {"id": 9, "number": "CN-2", "party": 7, "party.": {"id": 7, "rec_name": "Dune"}, "state": "posted", **DATED,
            "total_amount": money("-100.00"), "currency.": {"id": 1, "code": "CNY"}, "lines_to_pay.": []}  # fmt: skip
    billed = [{"id": 6, "invoice": 4, "origin": "sale.line,6"}, {"id": 7, "invoice": 5, "origin": "account.invoice.line,6"},
              {"id": 8, "invoice": 8, "origin": "account.invoice.line,8"}]  # fmt: skip

    def told(*origins: str, **more: Any) -> tuple[str, list[tuple[str, str]]]:
        lines = [credit_line(place, origin) for place, origin in enumerate(origins, 20)]
        sale_lines = [{"id": 6, "sale": 5, "unit.": PIECE}]
        (note,) = record_of(
            "invoices", "account.invoice", {**head, **more}, *lines, sale_lines=sale_lines, bill_lines=billed
        )
        assert isinstance(note, InvoiceRecord)
        return note.credits, [(line.order, line.order_line) for line in note.lines]

    ordered = ("sale.sale,5", "sale.line,6")
    assert told("account.invoice.line,6") == ("account.invoice,4", [ordered])
    assert told("account.invoice.line,7") == ("account.invoice,5", [ordered])  # a credit of what credits
    assert told("account.invoice.line,6", "sale.line,6") == ("account.invoice,4", [ordered, ordered])
    assert told("account.invoice.line,6", "account.invoice.line,7") == ("", [ordered, ordered])  # of two: of none alone
    assert told("sale.line,6") == ("", [ordered])  # a return has an order of its own
    assert told("account.invoice.line,8") == ("account.invoice,8", [("", "")])  # which comes from itself
    assert told("account.invoice.line,6", total_amount=money("100.00")) == ("", [ordered])  # no credit note


def test_what_a_credit_note_with_refund_took_back_is_no_cancelled_bill() -> None:
    head: dict[str, Any] = {"id": 4, "number": "INV-4", "party": 7, "party.": {"id": 7, "rec_name": "Dune"}, **DATED,
            "state": "cancelled", "total_amount": money("100.00"), "currency.": {"id": 1, "code": "CNY"},
            "lines_to_pay.": []}  # fmt: skip

    def state(cancelled_by: Any) -> str:
        (bill,) = record_of("invoices", "account.invoice", {**head, "cancel_move.": cancelled_by})
        assert isinstance(bill, InvoiceRecord)
        return bill.state

    assert state({"id": 1, "origin": "account.invoice,9"}) == "posted"
    assert state({"id": 1, "origin": "account.move,3"}) == "cancelled"
    assert state(None) == "cancelled"


def bank_line(id_: int, amount: str, **more: Any) -> dict[str, Any]:
    date = {"__class__": "date", "year": 2026, "month": 9, "day": 15}
    row = {
        "id": id_,
        "statement": 3,
        "number": "B-1",
        "date": date,
        "party": 7,
        "party.": {"id": 7, "rec_name": "Dune"},
    }
    return {**row, "amount": money(amount), "related_to": None, "description": None, **more}


def test_lines_of_one_number_are_one_payment_and_what_is_given_back_makes_room_for_the_rest() -> None:
    head = {"id": 3, "name": "September", "state": "validated", "currency.": {"id": 1, "code": "CNY"}, **DATED}
    lines: list[dict[str, Any]] = [
        bank_line(1, "926.60", related_to="account.invoice,3"),
        bank_line(2, "-162.72", related_to="account.invoice,4", description="netted"),
        bank_line(3, "50", number=None, party=None, **{"party.": None}),
        bank_line(4, "-20", number="B-1", party=8, **{"party.": {"id": 8, "rec_name": "Kiln"}}),
    ]
    payments = record_of("payments", "account.statement", head, *lines)
    assert all(isinstance(one, PaymentRecord) for one in payments)
    told = [
        (one.ref, one.number, one.direction, one.amount, [(a.amount, a.invoice) for a in one.allocations])
        for one in payments
        if isinstance(one, PaymentRecord)
    ]
    assert told == [
        ("3,B-1,2026-09-15,7", "B-1", "in", Decimal("763.88"),
         [(Decimal("-162.72"), "account.invoice,4"), (Decimal("926.60"), "account.invoice,3")]),
        ("account.statement.line,3", "September", "in", Decimal(50), []),
        ("3,B-1,2026-09-15,8", "B-1", "out", Decimal(20), []),
    ]  # fmt: skip


def test_a_payment_in_another_currency_counts_in_that_of_the_bill() -> None:
    head = {"id": 9, "number": "JE-9", "company.": {"id": 1, "currency.": {"id": 1, "code": "CNY"}}, **DATED,
            "date": {"__class__": "date", "year": 2026, "month": 9, "day": 15}}  # fmt: skip
    line = {"id": 1, "move": 9, "debit": money("0"), "credit": money("720.00"), "amount_second_currency": money("-100.00"),
            "second_currency.": {"id": 2, "code": "USD"}, "party": 7, "party.": {"id": 7, "rec_name": "Dune"},
            "description": None, "invoice_payments": [3]}  # fmt: skip
    (payment,) = record_of("payments", "account.move", head, line)
    assert isinstance(payment, PaymentRecord)
    assert (payment.number, payment.currency, payment.amount, payment.state) == (
        "JE-9",
        "USD",
        Decimal("100.00"),
        "done",
    )
    assert [(one.amount, one.invoice) for one in payment.allocations] == [(Decimal("100.00"), "account.invoice,3")]


def test_a_production_counts_what_came_out_of_it_and_names_its_order_by_line_or_by_reference() -> None:
    head = {"id": 2, "number": "MO-2", "reference": "SO-6", "origin": "sale.line,8", "state": "done", **DATED, "quantity": 24.0,
            "product.": {"id": 3, "code": "SET"}, "unit.": PIECE, "planned_date": None,
            "effective_date": {"__class__": "date", "year": 2026, "month": 9, "day": 14},
            "outputs.": [
                {"id": 1, "product": 3, "quantity": 18.0, "state": "done", "unit.": PIECE},
                {"id": 2, "product": 3, "quantity": 6.0, "state": "cancelled", "unit.": PIECE},
                {"id": 3, "product": 9, "quantity": 1.0, "state": "done", "unit.": PIECE}]}  # fmt: skip
    (made,) = record_of("productions", "production", head, sale_lines=[{"id": 8, "sale": 6, "unit.": DOZEN}])
    assert isinstance(made, WorkOrderRecord)
    assert (made.order, made.order_line) == ("sale.sale,6", "sale.line,8")
    assert (made.planned_qty, made.finished_qty) == (Decimal(2), Decimal("1.5"))
    (plain,) = record_of("productions", "production", {**head, "origin": None, "state": "running"})
    assert isinstance(plain, WorkOrderRecord)
    assert (plain.order, plain.order_line, plain.planned_qty) == ("SO-6", "", Decimal(24))
    assert plain.finished_at is None


def test_an_orders_reference_may_be_its_number_in_another_system() -> None:
    assert [one.source for one in built_in("orders", reference_of="oms").fields["same_as"]] == ["oms"]
    assert "same_as" not in built_in("orders").fields


def test_a_project_is_for_the_order_that_its_name_names() -> None:
    head = {"id": 1, "number": "1", "name": "Refit of the lobby, SO-0006", "party": 6, "party.": {"id": 6, "rec_name": "Quay"},
            "origin": None, "status.": {"id": 2, "progress": 1.0}, "timesheet_start_date": None, "timesheet_end_date": None,
            "total_effort": {"__class__": "timedelta", "seconds": 72000.0}, "timesheet_duration": None, **DATED}  # fmt: skip
    (project,) = record_of("projects", "project.work", head)
    assert isinstance(project, ProjectRecord)
    assert (project.order, project.state) == ("SO0006", "done")
    assert (project.planned_hours, project.spent_hours) == (Decimal(20), None)
