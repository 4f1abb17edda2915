"""Orders as programs see them: scenarios E19 and E1 by their figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ordertrail.api.tests.calling import Program, program
from ordertrail.api.tests.company import ORDER_A, e1
from ordertrail.desk.link import link, unlink
from ordertrail.findings.follow import follow
from ordertrail.findings.tests.company import OMS_X, WMS_SHIPS_4, company, e19, say
from ordertrail.records.models import SourceDocument
from ordertrail.records.shapes import OrderLineRecord, ProductRecord, ShipmentLineRecord, ShipmentRecord

pytestmark = pytest.mark.django_db
D = Decimal
ZEROS = {"closed": "0.00", "returned": "0.00", "written_off": "0.00", "deposit": "0.00", "rounding_difference": "0.00",
         "tax_difference": "0.00"}  # fmt: skip


@pytest.fixture
def dana(db: None) -> Program:
    return program("dana")


def order(who: Program, number: str) -> dict[str, Any]:
    answer = who.get(f"/orders/{number}")
    assert answer.status == 200
    assert answer.headers["ETag"] == f'"{answer.body["version"]}"'
    return dict(answer.body)


def test_e19_five_systems_one_order(dana: Program) -> None:
    e19()
    x = order(dana, "SO-2609-0027")
    assert (x["home"], x["customer_name"], x["date"], x["promised_date"]) == (
        "oms",
        "启明船厂",
        "2026-09-04",
        "2026-09-21",
    )
    assert x["status"] == {
        "order": "confirmed", "delivery": "partially", "invoicing": "over", "payment": "unpaid", "production": "partially",
    }  # fmt: skip
    assert x["amounts"] == {
        **ZEROS, "ordered": "1356.00", "effective": "1356.00", "shipped": "813.60", "invoiced": "1356.00", "paid": "0.00",
        "open_receivable": "1356.00", "not_invoiced": "0.00",
    }  # fmt: skip
    [line] = x["lines"]
    told = {
        name: line[name] for name in ("shipped_qty", "to_ship", "invoiced_qty", "to_invoice", "progress", "over_qty")
    }
    assert told == {
        "shipped_qty": "6", "to_ship": "4", "invoiced_qty": "10", "to_invoice": "-4", "progress": "0.6000", "over_qty": "0",
    }  # fmt: skip
    assert [(one["number"], one["state"], one["kind"]) for one in x["shipments"]] == [
        ("SH-2609-0029", "done", "shipment")
    ]
    assert [(one["number"], one["state"], one["kind"]) for one in x["invoices"]] == [
        ("INV-2609-0024", "posted", "invoice")
    ]
    assert x["payments"] == x["exceptions"] == []
    assert x["duration"] == {"planned_days": 11, "real_days": None, "difference": None}
    assert (line["sellable"], line["reserved_qty"], line["unit_cost"]) == (None, None, None)
    assert x["planned"] == {"cost": None, "profit": None, "margin": None}  # no system tells what it costs
    assert x["realised"] == {"revenue": "720.00", "cost": None, "profit": None, "margin": None}


def test_e19_when_the_store_sends_the_rest_the_order_is_another_version(dana: Program) -> None:
    by = e19()
    before = order(dana, "SO-2609-0027")
    say(by["wms"], WMS_SHIPS_4)
    after = order(dana, "SO-2609-0027")
    assert (after["status"]["delivery"], after["status"]["invoicing"]) == ("done", "fully")
    assert (after["lines"][0]["to_ship"], after["lines"][0]["to_invoice"]) == ("0", "0")
    assert after["duration"] == {"planned_days": 11, "real_days": 8, "difference": -3}
    assert after["version"] != before["version"]
    assert order(dana, "SO-2609-0027")["version"] == after["version"]
    assert after["revision"] == 0
    say(by["oms"], replace(OMS_X, remark="by crane"))
    assert (order(dana, "SO-2609-0027")["revision"], order(dana, "SO-2609-0027")["remark"]) == (1, "by crane")


def test_e19_who_says_what(dana: Program) -> None:
    e19()
    rows = dana.get("/orders/SO-2609-0027/sources").body["items"]
    said = {(row["fact"], row["source"]): row for row in rows}
    assert sorted(said) == [
        ("finished", "mes"), ("invoiced", "erp"), ("ordered", "oms"), ("ordered", "wms"), ("paid", "bank"), ("promised", "oms"),
        ("shipped", "oms"), ("shipped", "wms"), ("state", "oms"), ("state", "wms"),
    ]  # fmt: skip
    oms, wms = said["shipped", "oms"], said["shipped", "wms"]
    assert (oms["value"], oms["amount"], oms["agreed"], oms["agreed_amount"], oms["agrees"], oms["believed"]) == (
        "10", "1356.00", "6", "813.60", False, False,
    )  # fmt: skip
    assert (wms["value"], wms["number"], wms["agrees"], wms["believed"]) == ("6", "SH-2609-0029", True, True)
    assert (said["paid", "bank"]["value"], said["paid", "bank"]["document"]) == ("0.00", None)
    assert (said["invoiced", "erp"]["value"], said["invoiced", "erp"]["amount"]) == ("10", "1356.00")
    assert said["promised", "oms"]["value"] == "2026-09-21"


def test_e19_what_happened_stands_in_the_order_of_events(dana: Program) -> None:
    e19()
    follow()
    told = dana.get("/orders/SO-2609-0027/timeline").body["items"]
    assert [(one["day"], one["activity"], one["object"]["number"], one["source"]) for one in told[:3]] == [
        ("2026-09-04", "ordered", "SO-2609-0027", "oms"),
        ("2026-09-14", "shipped", "SH-2609-0029", "wms"),
        ("2026-09-14", "invoiced", "INV-2609-0024", "erp"),
    ]
    assert (told[1]["at"], told[1]["by_day"], told[1]["qty"]) == ("2026-09-14T23:59:59.999999+08:00", True, "6")
    assert {one["activity"] for one in told[3:]} == {"finding_opened"}


def test_e1_two_orders_one_shipment_one_invoice_one_payment_to_the_cent(dana: Program) -> None:
    e1()
    a, b = order(dana, "SO-A"), order(dana, "SO-B")
    assert a["amounts"] == {
        **ZEROS, "ordered": "1130.00", "effective": "1130.00", "shipped": "678.00", "invoiced": "678.00", "paid": "548.00",
        "open_receivable": "130.00", "not_invoiced": "452.00",
    }  # fmt: skip
    assert b["amounts"] == {
        **ZEROS, "ordered": "452.00", "effective": "452.00", "shipped": "452.00", "invoiced": "452.00", "paid": "452.00",
        "open_receivable": "0.00", "not_invoiced": "0.00",
    }  # fmt: skip
    assert (a["customer"], a["customer_name"], b["status"]["order"]) == ("C7", "远帆船舶", "done")
    [line] = a["lines"]
    assert (line["to_ship"], line["to_invoice"], line["progress"], line["paid"]) == ("4", "0", "0.6000", "548.00")
    assert (line["name"], line["net"], line["tax"], line["gross"]) == ("信号灯", "1000.00", "130.00", "1130.00")
    assert [one["number"] for one in a["invoices"]] == ["INV-1", "INV-2"]
    assert [one["number"] for one in a["shipments"]] == [one["number"] for one in b["shipments"]] == ["SH-1"]
    assert a["planned"] == {"cost": "612.35", "profit": "387.65", "margin": "0.3877"}
    assert (line["unit_cost"], a["realised"]["revenue"], b["realised"]["revenue"]) == ("61.2345", "600.00", "400.00")
    assert len(a["payments"]) == len(b["payments"]) == 1
    assert a["payments"] == b["payments"]


def test_what_came_back_what_was_cancelled_and_what_is_a_service(dana: Program) -> None:
    by = e1()
    say(by["erp"], ProductRecord("p2", "FIT", "Fitting", service=True))
    lines = (
        replace(ORDER_A.lines[0], cancelled_qty=D(2)),
        OrderLineRecord("2", "FIT", D(1), price=D(50), tax_rate=D("0.13")),
    )
    say(by["oms"], replace(ORDER_A, lines=lines))
    back = ShipmentRecord(
        "R1",
        "RT-1",
        direction="in",
        shipped_at=date(2026, 9, 12),
        lines=(ShipmentLineRecord("1", "LAMP", D(1), "SO-A"),),
    )
    say(by["wms"], back)
    a = order(dana, "SO-A")
    lamp, fitting = a["lines"]
    assert (lamp["cancelled_qty"], lamp["shipped_qty"], lamp["returned_qty"], lamp["to_ship"]) == ("2", "6", "1", "2")
    assert (lamp["to_invoice"], fitting["to_ship"], fitting["to_invoice"]) == ("-1", "0", "1")
    assert (a["amounts"]["ordered"], a["amounts"]["closed"], a["amounts"]["returned"]) == (
        "1186.50",
        "226.00",
        "113.00",
    )
    assert [(one["number"], one["kind"]) for one in a["shipments"]] == [("SH-1", "shipment"), ("RT-1", "return")]
    assert a["realised"]["revenue"] == "500.00"
    assert a["planned"] == {"cost": None, "profit": None, "margin": None}  # nobody knows what a fitting costs
    assert (lamp["unit_cost"], fitting["unit_cost"]) == ("61.2345", None)


def test_revenue_is_the_sum_of_its_pieces_and_unknown_where_goods_are(dana: Program) -> None:
    by = company()
    third = OrderLineRecord("1", "LAMP", D(3), price=D("33.333333"), tax_rate=D("0.13"))
    say(by["oms"], replace(ORDER_A, lines=(third,)))
    assert order(dana, "SO-A")["realised"]["revenue"] == "0.00"  # the warehouse is asked, and has sent nothing
    for n in "123":
        goods = ShipmentLineRecord("1", "LAMP", D(1), "SO-A")
        say(by["wms"], ShipmentRecord(f"S{n}", f"SH-{n}", shipped_at=date(2026, 9, 10), lines=(goods,)))
    assert order(dana, "SO-A")["realised"]["revenue"] == "99.99"  # three times 33.33, as the days' figures are
    strange = ShipmentLineRecord("1", "CORD", D(1), "SO-A")
    say(by["wms"], ShipmentRecord("S4", "SH-4", shipped_at=date(2026, 9, 10), lines=(strange,)))
    assert order(dana, "SO-A")["realised"]["revenue"] is None  # of which line it is, nobody knows


def test_cost_of_another_currency_or_unit_is_not_known(dana: Program) -> None:
    by = e1()
    say(by["oms"], replace(ORDER_A, currency="USD"))
    assert order(dana, "SO-A")["planned"] == {"cost": None, "profit": None, "margin": None}
    say(by["oms"], replace(ORDER_A, lines=(replace(ORDER_A.lines[0], unit="box"),)))
    a = order(dana, "SO-A")
    assert (a["planned"]["cost"], a["lines"][0]["unit_cost"]) == (None, None)


def test_an_order_is_named_by_id_or_number_and_a_linked_one_by_either_id(dana: Program) -> None:
    by = e19()
    x = order(dana, "SO-2609-0027")
    assert order(dana, x["id"]) == order(dana, f"~{x['id']}") == order(dana, "so2609-0027") == x
    wms = SourceDocument.objects.get(source=by["wms"], kind="order")
    assert wms.pk != wms.group
    assert order(dana, str(wms.pk)) == x
    say(by["erp"], replace(OMS_X, ref="9", number="E-9", shipped=""))
    erp = SourceDocument.objects.get(source=by["erp"], kind="order")
    alone = order(dana, "E-9")
    assert dana.person is not None
    joined = link(dana.person, erp.pk, int(x["id"]))
    assert order(dana, "E-9")["id"] == order(dana, str(erp.pk))["id"] == x["id"]
    unlink(dana.person, joined)
    assert order(dana, "E-9") == alone


def test_a_number_that_two_orders_carry_is_answered_with_their_ids(dana: Program) -> None:
    by = e19()
    say(by["erp"], replace(OMS_X, ref="5", number="X-1", shipped=""), replace(OMS_X, ref="6", number="X-1", shipped=""))
    ids = sorted(
        str(pk) for pk in SourceDocument.objects.filter(number="X-1", kind="order").values_list("pk", flat=True)
    )
    answer = dana.get("/orders/X-1")
    assert answer.problem() == (409, "ambiguous")
    assert answer.body["ids"] == ids
    assert answer.body["detail"] == f"2 documents have the number X-1. Name one by its id: {ids[0]}, {ids[1]}."
    assert order(dana, ids[0])["number"] == "X-1"


def test_an_id_always_leads_back_to_its_document_whatever_number_another_one_bears(dana: Program) -> None:
    by = e19()
    x = order(dana, "SO-2609-0027")
    say(by["erp"], replace(OMS_X, ref="8", number=x["id"], shipped=""))
    assert order(dana, x["id"])["number"] == "SO-2609-0027"
    assert order(dana, f"{x['id']}.")["number"] == x["id"]
