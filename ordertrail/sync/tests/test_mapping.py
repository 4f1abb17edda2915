"""A stream's mapping: from a source's words to a record, or to one problem that says where and why."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ordertrail.lib.refused import Refused
from ordertrail.records.shapes import (
    CustomerRecord,
    InvoiceRecord,
    OrderRecord,
    PaymentRecord,
    Problem,
    ProductRecord,
    Same,
    ShipmentRecord,
)
from ordertrail.sync.connectors.base import Notes, RawDocument, Value
from ordertrail.sync.drift import drift
from ordertrail.sync.mapping import Stream, streams, to_record, to_records

SHANGHAI = ZoneInfo("Asia/Shanghai")
OMS: dict[str, Any] = {
    "kind": "order",
    "from": "oms_orders",
    "key": "id",
    "version": "updated_at",
    "lines": {"from": "oms_order_lines", "parent": "order_id", "key": "line_no"},
    "fields": {
        "number": "order_no",
        "order_date": {"column": "created_at", "dates": ["%Y-%m-%d %H:%M:%S"]},
        "currency": {"value": "CNY"},
        "state": {"column": "status", "map": {"30": "confirmed", "90": "cancelled"}},
        "shipped": {"column": "status", "map": {"50": "all"}, "else": ""},
        "same_as": {"column": "erp_no", "source": "erp"},
        "other_numbers": ["po_no", "web_no"],
        "customer_name": "buyer",
    },
    "line_fields": {"sku": "sku", "qty": "qty", "price": {"column": "price_cents", "scale": "0.01"}},
}
ROW: dict[str, Value] = {
    "id": 5,
    "order_no": "SO-5",
    "created_at": "2026-11-01 23:30:00",
    "updated_at": "2026-11-02 08:00:00",
    "status": 30,
    "erp_no": "E-77",
    "po_no": "PO-9",
    "web_no": None,
    "buyer": "远帆",
}
LINE: dict[str, Value] = {"order_id": 5, "line_no": 1, "sku": "LAMP", "qty": Decimal("2.5"), "price_cents": 1250}


def mapped(declared: dict[str, Any], row: dict[str, Value], *lines: dict[str, Value], zone: ZoneInfo = SHANGHAI) -> Any:
    return to_record(Stream.from_json(declared), RawDocument(str(row.get("id", "1")), row, lines, "row 5"), zone)


def test_an_order_is_read_by_its_declared_mapping() -> None:
    order = mapped(OMS, ROW, LINE, LINE | {"line_no": 2, "sku": 4711})
    assert isinstance(order, OrderRecord)
    assert (order.ref, order.number, order.state, order.shipped, order.currency) == (
        "5",
        "SO-5",
        "confirmed",
        "",
        "CNY",
    )
    assert (order.order_date, order.customer, order.customer_name) == (date(2026, 11, 1), "远帆", "远帆")
    assert (order.same_as, order.other_numbers) == ((Same("E-77", "erp"),), ("PO-9",))
    assert order.changed_at == datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
    assert [(line.ref, line.sku, line.qty, line.price) for line in order.lines] == [
        ("1", "LAMP", Decimal("2.5"), Decimal("12.50")),
        ("2", "4711", Decimal("2.5"), Decimal("12.50")),
    ]


@pytest.mark.parametrize(
    ("row", "line", "place", "column", "code"),
    [
        ({"status": 77}, {}, "row 5", "status", "unknown_value"),
        ({"created_at": "yesterday"}, {}, "row 5", "created_at", "not_a_date"),
        ({"created_at": "2026-02-30 08:00:00"}, {}, "row 5", "created_at", "no_such_day"),
        ({"created_at": "1900-01-01 00:00:00"}, {}, "row 5", "created_at", "date_out_of_range"),
        ({"order_no": ""}, {}, "row 5", "order_no", "missing"),
        ({"order_no": "#REF!"}, {}, "row 5", "order_no", "error_cell"),
        ({"order_no": "x" * 101}, {}, "row 5", "order_no", "too_long"),
        ({"buyer": "A\0B"}, {}, "row 5", "buyer", "bad_character"),
        ({}, {"sku": None}, "row 5, line 1", "sku", "missing"),
        ({}, {"qty": "many"}, "row 5, line 1", "qty", "not_a_number"),
        ({}, {"qty": Decimal("NaN")}, "row 5, line 1", "qty", "not_a_number"),
        ({}, {"qty": 10**13}, "row 5, line 1", "qty", "number_too_large"),
        ({}, {"qty": True}, "row 5, line 1", "qty", "not_a_number"),
        ({}, {"qty": "1,234"}, "row 5, line 1", "qty", "ambiguous_number"),
    ],
)
def test_one_cell_that_cannot_be_read_makes_the_whole_document_wait(
    row: dict[str, Value], line: dict[str, Value], place: str, column: str, code: str
) -> None:
    problem = mapped(OMS, ROW | row, LINE | line)
    assert isinstance(problem, Problem)
    assert (problem.ref, problem.place, problem.column, problem.code) == ("5", place, column, code)
    assert json.loads(problem.raw)["row"]["id"] == 5


def test_two_lines_of_one_name_are_no_lines() -> None:
    problem = mapped(OMS, ROW, LINE, LINE)
    assert isinstance(problem, Problem)
    assert (problem.column, problem.code) == ("line_no", "line_repeated")


def test_without_a_key_lines_are_counted() -> None:
    declared = {**OMS, "lines": {"from": "l", "parent": "order_id"}}
    assert [line.ref for line in mapped(declared, ROW, LINE, LINE).lines] == ["1", "2"]


@pytest.mark.parametrize(
    ("spec", "cell", "value"),
    [
        ("c", "12", "12"),
        ({"column": "c", "regex": r"^DN-(\d+)"}, "DN-0012 / x", "0012"),
        ({"column": "c", "default": "none"}, "", "none"),
        ({"column": "c", "empty": ["N/A - From RDC"]}, "N/A - From RDC", ""),
        ({"column": "c", "map": {"true": "yes", "false": "no"}}, True, "yes"),
        ({"column": "c", "map": {"1": "yes", "": "nothing"}}, None, "nothing"),
        ({"column": "c", "map": {"1": "yes"}, "else": "other"}, "2", "other"),
        ("c", Decimal("12.50"), "12.5"),
        ("c", Decimal("12.00"), "12"),
        ("c", date(2026, 11, 1), "2026-11-01"),
        ("c", "\u200b 远帆\u00a0", "远帆"),
    ],
)
def test_a_text_is_picked_mapped_and_tidied(spec: Any, cell: Value, value: str) -> None:
    order = mapped({"kind": "order", "from": "x", "key": "id", "fields": {"remark": spec}}, {"id": 1, "c": cell})
    assert order.remark == value


def test_several_numbers_come_from_several_columns_or_one_that_is_split() -> None:
    fields = {
        "other_numbers": ["a", {"column": "b", "split": ",;、"}],
        "same_as": [{"column": "c", "source": "erp"}, "d"],
    }
    declared = {"kind": "order", "from": "x", "key": "id", "fields": fields}
    order = mapped(declared, {"id": 1, "a": "P1", "b": "P2、 P1; P3,", "c": "ＥＲＰ－１", "d": None})
    assert order.other_numbers == ("P1", "P2", "P3")
    assert order.same_as == (Same("ERP-1", "erp"),)


def test_a_line_may_take_a_field_from_its_document() -> None:
    declared = {
        "kind": "shipment",
        "from": "wms",
        "key": "id",
        "lines": {"path": "items", "key": "n"},
        "fields": {"number": "dn", "shipped_at": "out", "reported": {"value": True}},
        "line_fields": {"sku": "sku", "qty": "qty", "order": {"column": "so", "header": True}},
    }
    row: dict[str, Value] = {"id": 1, "dn": "DN-1", "out": "2026-11-05", "so": "SO-5"}
    shipment = mapped(declared, row, {"n": 1, "sku": "LAMP", "qty": 6})
    assert isinstance(shipment, ShipmentRecord)
    assert (shipment.shipped_at, shipment.reported, shipment.state) == (date(2026, 11, 5), True, "done")
    assert [(line.order, line.qty) for line in shipment.lines] == [("SO-5", Decimal(6))]


def test_amounts_are_kept_as_exact_as_the_store_can_and_rounding_is_said() -> None:
    declared = {"kind": "invoice", "from": "x", "key": "id", "fields": {"total": "total"}}
    stream, notes = Stream.from_json(declared), Notes()
    (invoice,) = to_records(stream, [RawDocument("1", {"total": "0.30000000000000004"})], SHANGHAI, notes=notes)
    assert isinstance(invoice, InvoiceRecord)
    assert invoice.total == Decimal("0.3000")
    assert [(note.code, note.column) for note in notes] == [("rounded", "total")]


def test_a_payment_has_allocations_for_lines() -> None:
    declared = {
        "kind": "payment",
        "from": "bank",
        "key": "id",
        "lines": {"rows": True},
        "fields": {"amount": "amount", "paid_at": "day"},
        "line_fields": {"amount": "part", "invoice": "invoice"},
    }
    row: dict[str, Value] = {"id": 1, "amount": "1.130,00", "day": "20261105", "part": "904,00", "invoice": "IN-1"}
    payment = mapped({**declared, "decimal": ","}, row, row)
    assert isinstance(payment, PaymentRecord)
    assert (payment.amount, payment.paid_at) == (Decimal("1130.00"), date(2026, 11, 5))
    assert [(one.amount, one.invoice) for one in payment.allocations] == [(Decimal("904.00"), "IN-1")]


def test_customers_and_products_follow_from_orders_once() -> None:
    stream, seen = Stream.from_json({**OMS, "derive": ["customer", "product"]}), set[tuple[str, str]]()
    raw = [RawDocument(str(at), ROW | {"id": at}, (LINE,)) for at in (1, 2)]
    found = list(to_records(stream, raw, SHANGHAI, derived=seen))
    assert [type(one) for one in found] == [CustomerRecord, ProductRecord, OrderRecord, OrderRecord]
    assert (found[0].ref, found[1].ref) == ("远帆", "LAMP")
    assert [type(one) for one in to_records(stream, raw[:1], SHANGHAI, derived=seen)] == [OrderRecord]


def test_y09_an_hour_that_the_clock_shows_twice_is_said_and_the_first_is_taken() -> None:
    declared = {"kind": "shipment", "from": "x", "key": "id", "fields": {"shipped_at": "at"}}
    berlin, notes = ZoneInfo("Europe/Berlin"), Notes()
    raw = [RawDocument("1", {"at": "2026-10-25 02:30:00"}), RawDocument("2", {"at": "2026-10-25 02:30:00+01:00"})]
    first, second = to_records(Stream.from_json(declared), raw, berlin, notes=notes)
    assert isinstance(first, ShipmentRecord)
    assert isinstance(second, ShipmentRecord)
    assert first.shipped_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert second.shipped_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert [(note.code, note.count) for note in notes] == [("ambiguous_time", 1)]


def test_an_instant_is_a_day_in_the_sources_zone() -> None:
    declared = {"kind": "order", "from": "x", "key": "id", "fields": {"order_date": "at"}}
    assert mapped(declared, {"id": 1, "at": "2026-11-01T20:00:00Z"}).order_date == date(2026, 11, 2)
    assert mapped(declared, {"id": 1, "at": datetime(2026, 11, 1, 20)}).order_date == date(2026, 11, 1)


WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"kind": "fax"}, ["There is no kind “fax”; there are: customer, product"]),
    ({"from": ""}, ["“from” is missing"]),
    ({"key": ""}, ["“key” is missing"]),
    ({"fields": {"colour": "c"}}, ["Stream “order.fields.colour”: “order” has no such field"]),
    ({"fields": {"state": {"value": "open"}}}, ["“open” is not one of: draft, quoted, confirmed"]),
    ({"fields": {"state": {"column": "s", "map": {"1": "sent"}}}}, ["“sent” is not one of"]),
    ({"fields": {"number": {"col": "c"}}}, ["“col” is not a word", "exactly one of “column” and “value”"]),
    ({"fields": {"number": ["a", "b"]}}, ["takes one value, not a list"]),
    ({"fields": {"total": {"column": "c", "scale": "x"}}}, ["“x” is not a number"]),
    ({"fields": {"remark": {"column": "c", "regex": "("}}}, ["is not a pattern"]),
    ({"fields": {"remark": {"column": "c", "regex": "a+"}}}, ["must have a group in brackets"]),
    ({"fields": {"total": {"column": "c", "decimal": ";"}}}, ["must be one of: . ,"]),
    ({"lines": {"rows": True}}, ["There are lines, but no “line_fields”"]),
    ({"lines": {"rows": True}, "line_fields": {"sku": "s"}}, ["order.line_fields.qty”: is required and not mapped"]),
    ({"line_fields": {"sku": "s", "qty": "q"}}, ["“lines” does not say where"]),
    (
        {"lines": {"from": "l"}, "line_fields": {"sku": "s", "qty": "q"}},
        ["the column that names the document is missing"],
    ),
    (
        {"lines": {"from": "l", "path": "p", "parent": "x"}, "line_fields": {"sku": "s", "qty": "q"}},
        ["exactly one of “from”"],
    ),
    ({"kind": "customer"}, ["customer.fields.name”: is required and not mapped"]),
    ({"derive": ["supplier"]}, ["only “customer” and “product” can be derived"]),
    ({"lag_seconds": -1}, ["must be a whole number"]),
    ({"colour": 1}, ["“colour” is not a word of a mapping"]),
]


@pytest.mark.parametrize(("declared", "sentences"), WRONG)
def test_a_wrong_declaration_is_refused_with_stream_and_field(declared: dict[str, Any], sentences: list[str]) -> None:
    whole = {"kind": "order", "from": "x", "key": "id", "fields": {}} | declared
    with pytest.raises(Refused) as refused:
        Stream.from_json(whole)
    assert refused.value.code == "mapping_invalid"
    for sentence in sentences:
        assert sentence in refused.value.detail
    assert all(error["path"] and error["detail"] for error in refused.value.errors)


def test_all_mistakes_are_said_in_one_go() -> None:
    with pytest.raises(Refused) as refused:
        Stream.from_json({"kind": "order", "fields": {"a": "x", "b": "y"}})
    assert [error["path"] for error in refused.value.errors] == [
        "order.fields.a",
        "order.fields.b",
        "order.from",
        "order.key",
    ]


def test_a_stream_gives_back_its_declaration() -> None:
    assert Stream.from_json(OMS).to_json() == OMS
    assert Stream.from_json(json.loads(json.dumps(OMS))) == Stream.from_json(OMS)


def test_what_a_source_says_once_holds_for_all_its_streams() -> None:
    order = {"kind": "order", "from": "x", "key": "id", "fields": {"total": "t"}}
    first, second = streams({"decimal": ",", "streams": [order, {**order, "kind": "invoice", "decimal": "."}]})
    assert (first.reading.decimal, second.reading.decimal) == (",", ".")
    with pytest.raises(Refused, match="Two streams are called “order”"):
        streams({"streams": [order, order]})


def test_drift_tells_new_columns_and_refuses_missing_ones_with_what_they_may_be_called_now() -> None:
    stream = Stream.from_json(OMS)
    columns = [*ROW, "colour"]
    found = drift(stream, columns, list(LINE), known=ROW)
    assert (found.new, found.missing) == (("colour",), ())
    found.refuse()
    renamed = drift(stream, [column if column != "order_no" else "orderNumber" for column in columns], list(LINE))
    with pytest.raises(Refused, match="it may now be called “orderNumber”") as refused:
        renamed.refuse()
    assert refused.value.errors[0]["path"] == "order.order_no"


def test_a_column_may_be_declared_to_be_missing_at_times() -> None:
    declared = {**OMS, "fields": {**OMS["fields"], "remark": {"column": "note", "optional": True}}}
    assert drift(Stream.from_json(declared), list(ROW), list(LINE)).missing == ()
