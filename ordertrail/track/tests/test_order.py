"""The order's page, by the figures of E19 and E1, and by what people may and may not do on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from ordertrail.desk.models import Comment, Owner
from ordertrail.lib import clock
from ordertrail.parties.models import Person
from ordertrail.records.shapes import (
    AllocationRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    OrderLineRecord,
    OrderRecord,
    PaymentRecord,
    ShipmentLineRecord,
    ShipmentRecord,
)
from ordertrail.track.order_page import OrderPage, order_page
from ordertrail.track.tests.order_company import SHIPS_FOUR, A, B, Company, X, at, e1, e19, order_id
from ordertrail.web.tests.people import person

if TYPE_CHECKING:
    from django.test import Client

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def company(db: None) -> Company:
    return Company()


@pytest.fixture
def anna(db: None) -> Person:
    return person("anna")


def page_of(number: str, who: Person, opened: str = "") -> OrderPage:
    page = order_page(order_id(number), who, clock.today(), opened)
    assert page is not None
    return page


def test_e19_the_page_says_who_is_believed_and_what_is_wrong(company: Company, anna: Person) -> None:
    e19(company)
    company.check()
    page = page_of(X, anna)
    assert [(a.axis, a.status, a.done, a.of, a.feet) for a in page.axes] == [
        ("delivery", "partially", D(6), D(10), ("4 to ship", "WMS decides")),
        ("invoicing", "over", D("1356"), D("1356"), ("1 invoice", "542.40 beyond shipped")),
        ("payment", "unpaid", D(0), D("1356"), ("open 1,356.00", "due 10-14")),
        ("production", "partially", D(8), D(10), ("WO-2609-0044",)),
    ]
    assert [(p.title, p.money, p.role) for p in page.problems] == [
        ("OMS shipped 10 ≠ WMS sent 6", D("542.4"), "store"),
        ("Invoiced 10 > shipped 6: 4 pcs × 120.00", D("542.4"), "finance"),
        ("Finished 8 < ordered 10, 2 pcs short", D("271.2"), "production"),
    ]
    assert (page.promise.day, page.promise.late, page.promise.left) == (date(2026, 9, 21), 0, 5)
    assert page.beyond_shipped == D("542.4")
    assert page.systems == ("OMS", "CRM", "ERP", "WMS", "MES")


def test_e19_the_matrix_stands_first_and_frames_what_is_believed(company: Company, anna: Person) -> None:
    e19(company)
    company.check()
    page = page_of(X, anna)
    assert (page.matrix.differing, page.matrix_first) == (3, True)
    assert [source.name for source in page.matrix.sources] == ["OMS", "ERP", "WMS", "MES", "BANK"]
    rows = {row.fact: row for row in page.matrix.rows}
    shipped = rows["shipped"]
    told = [(c.qty, c.number, c.home, c.differs) if c else None for c in shipped.cells]
    assert told == [(D(10), X, False, True), None, (D(6), "SH-2609-0029", True, False), None, None]
    assert (shipped.qty, shipped.against, shipped.money) == (D(6), "OMS 10 ≠ WMS 6", D("542.4"))
    assert [p.fact for row in page.matrix.rows for p in row.problems] == ["finished", "shipped", "invoiced"]
    assert page.matrix.precedence[0] == ("goods", "WMS › ERP › OMS")


def test_e19_a_line_shows_what_was_billed_before_it_left(company: Company, anna: Person) -> None:
    e19(company)
    (row,) = page_of(X, anna).lines.rows
    f = row.figures
    assert (f.ordered, f.shipped, f.invoiced_qty, f.to_ship) == (D(10), D(6), D(10), D(4))
    assert (f.invoiced, f.paid, f.open, f.gross) == (D(1356), D(0), D(1356), D(1356))
    told = [
        (c.shipment and c.shipment.number, c.invoice and c.invoice.number, c.child.qty, c.child.ahead)
        for c in row.children
    ]
    assert told == [("SH-2609-0029", "INV-2609-0024", D(6), False), (None, "INV-2609-0024", D(4), True)]
    assert [c.child.gross for c in row.children] == [D("813.6"), D("542.4")]


def test_e19_the_life_runs_over_all_systems(company: Company, anna: Person) -> None:
    e19(company)
    life = page_of(X, anna).life
    assert [(s.key, s.state, str(s.last)) for s in life.steps] == [
        ("opportunity", "done", "2026-09-03"),
        ("order", "done", "2026-09-04"),
        ("production", "part", "2026-09-08"),
        ("shipped", "part", "2026-09-14"),
        ("invoiced", "over", "2026-09-14"),
        ("paid", "todo", "None"),
    ]
    measured = life.measure
    assert (measured.total, measured.waited, measured.worked, measured.rest) == (15, 3, 12, 0)
    assert [s.open for s in life.steps] == [False, False, True, False, False, False]
    assert [s.key for s in page_of(X, anna, "paid").life.steps if s.open] == ["paid"]


def test_e19_when_the_store_sends_the_rest_two_findings_close_and_stay_in_the_history(
    company: Company, anna: Person
) -> None:
    e19(company)
    company.check()
    company.say("wms", at(16, 9, 12), SHIPS_FOUR)
    company.check()
    page = page_of(X, anna)
    assert [p.title for p in page.problems] == ["Finished 8 < ordered 10, 2 pcs short"]
    assert sorted(p.title for p in page.past_problems) == [
        "Invoiced 10 > shipped 6: 4 pcs × 120.00",
        "OMS shipped 10 ≠ WMS sent 6",
    ]
    assert (page.matrix.differing, page.matrix_first) == (1, False)
    assert [e.activity for e in page.events[:4]].count("finding_closed") == 2


def test_e1_one_order_of_a_merged_shipment_two_invoices_and_one_payment(company: Company, anna: Person) -> None:
    e1(company)
    page = page_of(A, anna)
    s = page.status
    assert (s.ordered, s.invoiced, s.paid, s.open_receivable, s.not_invoiced) == (
        D(1130),
        D(678),
        D(548),
        D(130),
        D(452),
    )
    (row,) = page.lines.rows
    f = row.figures
    assert (f.shipped, f.invoiced_qty, f.invoiced, f.paid, f.to_ship, f.open) == (
        D(6),
        D(6),
        D(678),
        D(548),
        D(4),
        D(130),
    )
    told = [
        (c.shipment and c.shipment.number, c.invoice and c.invoice.number, c.child.shipped, c.child.invoiced, c.child.paid,
         c.child.to_ship, c.child.open, c.child.gross)
        for c in row.children
    ]  # fmt: skip
    assert told == [
        ("SH-2609-0021", "INV-2609-0018", D(4), D(452), D(452), D(0), D(0), D(452)),
        ("SH-2609-0021", "INV-2609-0019", D(2), D(226), D(96), D(0), D(130), D(226)),
        ("SH-2609-0024", None, D(0), D(0), D(0), D(4), D(0), D(452)),
    ]
    total = page.lines.total
    assert (total.invoiced, total.paid, total.open, total.gross) == (D(678), D(548), D(130), D(1130))
    assert page.promise.late == 2
    (b_row,) = page_of(B, anna).lines.rows
    assert (b_row.figures.invoiced, b_row.figures.paid, b_row.figures.open) == (D(452), D(452), D(0))


def test_e1_each_real_thing_stands_once_with_all_its_papers(company: Company, anna: Person) -> None:
    e1(company)
    things = {thing.number: thing for thing in page_of(A, anna).things}
    payment = things["BANK-102"]
    assert (payment.own, payment.whole, payment.sources) == (D(548), D(1000), ["BANK", "ERP"])
    assert [bond.words for paper in payment.papers for bond in paper.bonds] == ["names BANK BANK-102"]
    shipment = things["SH-2609-0021"]
    assert (shipment.own, shipment.whole, shipment.orders) == (D(6), D(11), 2)


def test_the_timeline_stands_in_the_order_of_events_whenever_we_heard_of_them(company: Company, anna: Person) -> None:
    e1(company)
    told = [(e.activity, e.number) for e in reversed(page_of(A, anna).events)]
    assert told == [
        ("ordered", A), ("shipped", "SH-2609-0021"), ("arrived", "SH-2609-0021"), ("invoiced", "INV-2609-0018"),
        ("invoiced", "INV-2609-0019"), ("paid", "BANK-102"),
    ]  # fmt: skip


def test_a_change_in_a_source_is_told_field_by_field(company: Company, anna: Person) -> None:
    e1(company)
    line = OrderLineRecord("1", "HL-BL24", D(12), "LED lamp", "件", D(100), tax_rate=D("0.13"))
    changed = OrderRecord("12", A, customer_name="Sailfar", order_date=date(2026, 9, 1), promised_date=date(2026, 9, 25),
                          currency="CNY", salesperson="Anna", lines=(line,))  # fmt: skip
    company.say("oms", at(16, 10), changed)
    event = next(e for e in page_of(A, anna).events if e.activity == "changed")
    assert [(d.line, d.name, d.before, d.after) for d in event.detail["changes"]] == [
        ("", "promised_date", date(2026, 9, 14), date(2026, 9, 25)),
        ("1", "qty", D(10), D(12)),
    ]


def grown(company: Company, lines: int, papers: int) -> str:
    """An order of so many lines, each shipped and billed in so many documents, half paid."""
    number = f"SO-{lines}-{papers}"
    rows = tuple(
        OrderLineRecord(str(i), f"SKU-{i}", D(papers), price=D(7), tax_rate=D("0.13")) for i in range(1, lines + 1)
    )
    company.say("oms", at(1), OrderRecord(number, number, order_date=date(2026, 9, 1), currency="CNY", lines=rows))
    for n in range(papers):
        ref = f"{number}-{n}"
        goods = tuple(ShipmentLineRecord(row.ref, row.sku, D(1), number, row.ref) for row in rows)
        bills = tuple(InvoiceLineRecord(row.ref, number, row.ref, sku=row.sku, qty=D(1)) for row in rows)
        company.say("wms", at(2 + n), ShipmentRecord(f"S{ref}", f"SH{ref}", shipped_at=at(2 + n), lines=goods))
        company.say(
            "erp",
            at(2 + n),
            InvoiceRecord(f"I{ref}", f"IN{ref}", invoice_date=date(2026, 9, 2 + n), currency="CNY", lines=bills),
        )
        company.say("bank", at(3 + n), PaymentRecord(f"P{ref}", f"PAY{ref}", D(5), paid_at=at(3 + n), currency="CNY",
                                                     allocations=(AllocationRecord(D(5), f"IN{ref}"),)))  # fmt: skip
    company.check()
    return number


def test_the_number_of_queries_is_the_same_whatever_the_number_of_lines_and_documents(
    company: Company, anna: Person, client: Client
) -> None:
    client.force_login(anna)
    counts = []
    for number in (grown(company, 1, 1), grown(company, 12, 9)):
        client.get(f"/orders/{number}/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(f"/orders/{number}/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] < 60


def test_a_lines_paid_parts_add_up_to_the_orders(company: Company, anna: Person) -> None:
    page = page_of(grown(company, 7, 3), anna)
    assert sum(row.figures.paid for row in page.lines.rows) == page.status.paid == D(15)
    assert sum(row.figures.invoiced for row in page.lines.rows) == page.status.invoiced
    assert sum(c.child.paid for row in page.lines.rows for c in row.children) == D(15)


def test_an_order_is_found_by_any_of_its_numbers_and_by_any_of_its_ids(
    company: Company, anna: Person, client: Client
) -> None:
    e19(company)
    client.force_login(anna)
    x = order_id(X)
    wms = company.by["wms"].documents.get(kind="order").pk
    assert wms != x
    for name in (X, "so2609-0027", "XS26090027", str(x), f"~{x}", str(wms), f"~{wms}"):
        answer = client.get(f"/orders/{name}/")
        assert (name, answer.status_code) == (name, 200)
        assert answer.context["page"].order.pk == x
    assert client.get("/orders/SO-0000/").status_code == 404
    assert client.get("/orders/99999999999999999999/").status_code == 404


def test_a_number_that_two_orders_bear_is_a_choice(company: Company, anna: Person, client: Client) -> None:
    e19(company)
    company.say("erp", at(16), OrderRecord("other", X, currency="CNY"))
    client.force_login(anna)
    answer = client.get(f"/orders/{X}/")
    assert answer.status_code == 300
    choices = [choice["name"] for choice in answer.context["choices"]]
    assert len(choices) == 2
    assert [client.get(f"/orders/{name}/").status_code for name in choices] == [200, 200]


def test_a_guest_sees_nothing_and_a_stranger_is_asked_who_they_are(company: Company, client: Client) -> None:
    e19(company)
    assert client.get(f"/orders/{X}/").headers["Location"].startswith("/account/login/")
    client.force_login(person("gus"))
    assert client.get(f"/orders/{X}/").status_code == 403
    assert client.post(f"/orders/{X}/comments/", {"text": "hello"}).status_code == 403
    assert Comment.objects.count() == 0


def test_who_is_limited_to_own_customers_sees_the_own_orders_and_nothing_of_others(
    company: Company, client: Client
) -> None:
    e1(company)
    mei = Person.objects.create_person("mei", "", "sales", display_name="Mei", language="en", own_customers_only=True)
    client.force_login(mei)
    assert client.get(f"/orders/{B}/").status_code == 200
    assert client.get(f"/orders/{A}/").status_code == 404
    shipment = client.get("/shipments/SH-2609-0021/").content.decode()
    assert (B in shipment, A in shipment) == (True, False)
    assert "1 more belong to orders that you may not see." in shipment
    assert client.get("/invoices/INV-2609-0019/").status_code == 404
    assert client.get("/shipments/SH-2609-0024/").status_code == 404


def test_anna_comments_and_an_empty_comment_is_refused_with_what_was_typed(
    company: Company, anna: Person, client: Client
) -> None:
    e19(company)
    client.force_login(anna)
    answer = client.post(f"/orders/{X}/comments/", {"text": "The rest goes on Friday."}, headers={"HX-Request": "true"})
    assert (answer.status_code, "The rest goes on Friday." in answer.content.decode()) == (200, True)
    assert client.post(f"/orders/{X}/comments/", {"text": "And by air."}).headers["Location"].endswith("#activity")
    assert Comment.objects.count() == 2
    long = "x" * 4001
    refused = client.post(f"/orders/{X}/comments/", {"text": long})
    assert refused.status_code == 422
    assert long in refused.content.decode()
    assert "The comment has 4001 signs, 4000 fit" in refused.content.decode()
    assert Comment.objects.count() == 2


def test_anna_takes_the_order_and_hands_it_to_bo_but_not_to_a_guest(
    company: Company, anna: Person, client: Client
) -> None:
    e19(company)
    bo, gus = person("bo"), person("gus")
    client.force_login(anna)
    for who in (anna, bo, gus):
        client.post(f"/orders/{X}/owner/", {"person": who.pk})
    assert list(Owner.objects.values_list("document", "person")) == [(order_id(X), bo.pk)]
    assert "Bo" in client.get(f"/orders/{X}/").content.decode()


def test_nobody_without_the_right_reads_a_cost(company: Company, client: Client) -> None:
    e19(company)
    product = company.by["erp"].documents.get(kind="product").pk
    paths = (f"/documents/{product}/", "/products/HL-NL02/", f"/orders/{X}/")
    seen: dict[str, list[bool]] = {}
    for name in ("anna", "bo", "chen"):
        client.force_login(person(name))
        seen[name] = ["79.21" in client.get(path).content.decode() for path in paths]
    assert seen == {"anna": [False] * 3, "bo": [False] * 3, "chen": [True, False, False]}


def test_what_was_cancelled_and_what_came_back_stand_in_the_line(company: Company, anna: Person) -> None:
    line = OrderLineRecord("1", "LAMP", D(10), price=D(100), tax_rate=D("0.13"), cancelled_qty=D(4))
    company.say("oms", at(1), OrderRecord("1", "SO-R", order_date=date(2026, 9, 1), currency="CNY", lines=(line,)))
    out = ShipmentRecord("S1", "SH-R", shipped_at=at(2), lines=(ShipmentLineRecord("1", "LAMP", D(6), "SO-R"),))
    company.say("wms", at(3), out)
    back = replace(out, ref="S2", number="RE-R", direction="in", lines=(ShipmentLineRecord("1", "LAMP", D(2), "SO-R"),))
    company.say("wms", at(4), back)
    (row,) = page_of("SO-R", anna).lines.rows
    f = row.figures
    assert (f.shipped, f.returned, f.to_ship, f.gross) == (D(6), D(2), D(0), D(1130))
    assert [(c.child.kind, c.child.qty) for c in row.children] == [("link", D(6)), ("cancelled", D(4)), ("back", D(-2))]
    assert sum(c.child.gross for c in row.children) == D(1130)


def fields(page: Any) -> set[str]:
    return set(type(page).__dataclass_fields__)


def test_the_page_is_one_frozen_object(company: Company, anna: Person) -> None:
    e19(company)
    page = page_of(X, anna)
    assert {"order", "status", "axes", "problems", "life", "lines", "matrix", "things", "events"} <= fields(page)
    with pytest.raises(AttributeError):
        page.href = "elsewhere"  # type: ignore[misc]
