"""Single cases that the oracle found, with the figures that domain.md gives them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ordertrail.billing.models import PaymentShare
from ordertrail.desk import precedence
from ordertrail.desk.laws import verify
from ordertrail.desk.tests.histories import Say
from ordertrail.desk.tests.test_oracle import Company, differences
from ordertrail.orders.models import OrderStatus
from ordertrail.records.models import Source
from ordertrail.records.shapes import (
    AllocationRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    OrderLineRecord,
    OrderRecord,
    PaymentRecord,
    Same,
    ShipmentLineRecord,
    ShipmentRecord,
    WorkOrderRecord,
)

pytestmark = pytest.mark.django_db
D = Decimal


def order(ref: str, number: str, qty: int = 10, **more: Any) -> OrderRecord:
    """``qty`` pieces at 10.00 without tax."""
    line = OrderLineRecord("1", "A", D(qty), price=D(10), tax_rate=D(0))
    return OrderRecord(ref, number, currency="CNY", lines=(line,), **more)


def billed(ref: str, number: str, *lines: InvoiceLineRecord) -> InvoiceRecord:
    return InvoiceRecord(ref, number, currency="CNY", lines=lines)


def for_line(ref: str, of: str, qty: int) -> InvoiceLineRecord:
    return InvoiceLineRecord(ref, of, "1", sku="A", qty=D(qty), net=D(qty * 10), tax_rate=D(0))


def figures(*names: str) -> dict[str, tuple[Any, ...]]:
    """These figures of every order, by its number and home's ref."""
    return {
        f"{status.number}/{Company.name_of(status)}": tuple(getattr(status, name) for name in names)
        for status in OrderStatus.objects.all()
    }


def figures_of(company: Company, *names: str) -> dict[str, tuple[Any, ...]]:
    assert differences(company) == []
    return figures(*names)


def lived(*history: Say) -> Company:
    company = Company()
    company.live(history)
    assert differences(company) == []
    return company


def test_what_came_back_is_no_longer_expected_while_the_rest_is_still_to_ship(db: None) -> None:
    out = ShipmentRecord("1", "SH-1", lines=(ShipmentLineRecord("1", "A", D(6), "SO-1"),))
    back = ShipmentRecord("2", "SH-2", direction="in", lines=(ShipmentLineRecord("1", "A", D(2), "SO-1"),))
    lived(Say("oms", order("1", "SO-1"), ""), Say("wms", out, ""), Say("wms", back, ""))
    assert figures("to_ship", "shipped", "effective") == {"SO-1/1": (D(40), D(40), D(80))}


def with_tax(ref: str, of: str, net: int, sku: str = "A") -> InvoiceLineRecord:
    return InvoiceLineRecord(ref, of, sku=sku, qty=D(4) if of else None, net=D(net), tax_rate=D("0.13"))


def merged(*more: InvoiceLineRecord, **head: Any) -> tuple[Say, Say, Say]:
    """Two orders of 452.00 with tax, and one invoice for both."""
    line = OrderLineRecord("1", "A", D(4), price=D(100), tax_rate=D("0.13"))
    orders = (OrderRecord(ref, f"SO-{ref}", currency="CNY", lines=(line,)) for ref in "12")
    lines = (with_tax("1", "SO-1", 400), with_tax("2", "SO-2", 400), *more)
    invoice = InvoiceRecord("1", "INV-1", currency="CNY", lines=lines, **head)
    one, two = orders
    return Say("oms", one, ""), Say("oms", two, ""), Say("erp", invoice, "")


def money(ref: str, amount: int, invoice: str = "INV-1", **more: Any) -> Say:
    return Say(
        "bank",
        PaymentRecord(
            ref, f"PAY-{ref}", D(amount), allocations=(AllocationRecord(D(amount), invoice=invoice),), **more
        ),
        "",
    )


def test_freight_falls_to_the_orders_of_its_invoice_and_makes_none_overpaid(db: None) -> None:
    lived(*merged(with_tax("3", "", 100, "freight")), money("1", 1017))
    assert figures("invoiced", "paid", "open_receivable", "not_invoiced", "payment") == {
        "SO-1/1": (D("508.50"), D("508.50"), D(0), D(0), "paid"),
        "SO-2/2": (D("508.50"), D("508.50"), D(0), D(0), "paid"),
    }
    assert list(verify()) == []


def test_the_part_of_an_order_that_nobody_knows_yet_stays_with_nobody(db: None) -> None:
    company = lived(*merged(with_tax("3", "SO-3", 400), with_tax("4", "", 90, "freight")), money("1", 1017))
    # 1,457.70 in all: 101.70 of freight in three parts, and of the money a third for each
    assert figures("invoiced", "paid") == {"SO-1/1": (D("485.90"), D(339)), "SO-2/2": (D("485.90"), D(339))}
    assert PaymentShare.objects.values_list("amount", "counts").get(order=None) == (D(339), True)
    line = OrderLineRecord("1", "A", D(4), price=D(100), tax_rate=D("0.13"))
    company.live([Say("oms", OrderRecord("3", "SO-3", currency="CNY", lines=(line,)), "")])
    assert differences(company) == []
    assert figures("invoiced", "paid") == {f"SO-{n}/{n}": (D("485.90"), D(339)) for n in "123"}
    assert list(verify()) == []


def test_more_than_an_invoice_asks_for_stays_the_customer_s_credit(db: None) -> None:
    # E13: 110 on 100, kept
    invoice = billed("1", "INV-1", for_line("1", "SO-1", 10))
    lived(Say("oms", order("1", "SO-1"), ""), Say("erp", invoice, ""), money("1", 110), money("2", 5))
    assert figures("paid", "deposit", "open_receivable", "payment") == {"SO-1/1": (D(100), D(0), D(0), "paid")}
    assert list(verify()) == []
    PaymentShare.objects.update(amount=D(110))
    assert "shares_hold_payments" in {broken.law for broken in verify()}


def test_a_refund_on_an_invoice_gives_each_order_back_what_it_paid(db: None) -> None:
    lived(
        *merged(),
        money("1", 500),
        money("2", 100, direction="out"),
        money("3", 900, direction="out", paid_at=date(2026, 9, 9)),
    )
    assert figures("paid", "payment") == {"SO-1/1": (D(0), "unpaid"), "SO-2/2": (D(0), "unpaid")}


def credit(ref: str, *lines: InvoiceLineRecord, **head: Any) -> Say:
    return Say(
        "erp", InvoiceRecord(f"c{ref}", f"CN-{ref}", type="credit_note", currency="CNY", lines=lines, **head), ""
    )


def test_a_credit_note_takes_off_its_own_order_s_part_before_money_is_divided(db: None) -> None:
    asked = ("invoiced", "paid", "open_receivable")
    company = lived(*merged(), credit("1", with_tax("1", "SO-1", 400)), money("1", 452))
    assert figures(*asked) == {"SO-1/1": (D(0), D(0), D(0)), "SO-2/2": (D(452), D(452), D(0))}
    company.live([money("1", 226)])
    assert figures(*asked) == {"SO-1/1": (D(0), D(0), D(0)), "SO-2/2": (D(452), D(226), D(226))}
    company.turn(("erp", "invoice", "c1"), 2)  # it is taken back
    assert differences(company) == []
    assert figures(*asked) == {"SO-1/1": (D(452), D(113), D(339)), "SO-2/2": (D(452), D(113), D(339))}


def test_a_credit_note_takes_off_the_invoice_that_it_names_and_else_the_oldest_open(db: None) -> None:
    later = InvoiceRecord("2", "INV-2", currency="CNY", lines=(for_line("1", "SO-1", 5),), due_date=date(2026, 9, 25))
    first = InvoiceRecord("1", "INV-1", currency="CNY", lines=(for_line("1", "SO-1", 5),), due_date=date(2026, 9, 20))
    note = credit("1", for_line("1", "SO-1", 5))
    both = (Say("oms", order("1", "SO-1"), ""), Say("erp", first, ""), Say("erp", later, ""))
    assert figures_of(lived(*both), "due_date") == {"SO-1/1": (date(2026, 9, 20),)}
    company = lived(*both, note)
    assert figures("due_date", "open_receivable") == {"SO-1/1": (date(2026, 9, 25), D(50))}
    company.live([money("1", 50, "INV-1"), money("2", 50, "INV-2")])  # nothing is open on the first any more
    assert figures("paid", "open_receivable", "due_date") == {"SO-1/1": (D(50), D(0), None)}
    named = Say("erp", replace(note.record, credits="inv 2"), "")
    company = lived(*both, named)
    assert figures("due_date") == {"SO-1/1": (date(2026, 9, 20),)}
    company = lived(named, *both)  # whoever came first
    assert figures("due_date") == {"SO-1/1": (date(2026, 9, 20),)}
    company.live([money("1", 50, "INV-1"), money("2", 50, "INV-2")])
    assert figures("paid", "open_receivable", "due_date") == {"SO-1/1": (D(50), D(0), None)}
    lived(*both, Say("erp", replace(note.record, credits="INV-9"), ""))  # meant for an invoice that nobody knows
    assert figures("due_date") == {"SO-1/1": (date(2026, 9, 20),)}


def test_a_credit_note_that_a_payment_settles_is_not_taken_off_a_second_time(db: None) -> None:
    # E12: invoices of 1 000 and 2 000, a credit note of 1 600: 1 400 clears all three
    thing = OrderRecord(
        "1", "SO-1", currency="CNY", lines=(OrderLineRecord("1", "A", D(300), price=D(10), tax_rate=D(0)),)
    )
    bills = (
        Say("erp", billed("1", "INV-1", for_line("1", "SO-1", 100)), ""),
        Say("erp", billed("2", "INV-2", for_line("1", "SO-1", 200)), ""),
    )
    parts = (AllocationRecord(D(1000), "INV-1"), AllocationRecord(D(2000), "INV-2"), AllocationRecord(D(-1600), "CN-1"))
    payment = PaymentRecord("1", "PAY-1", D(1400), allocations=parts)
    lived(Say("oms", thing, ""), *bills, credit("1", for_line("1", "SO-1", 160)), Say("bank", payment, ""))
    assert figures("invoiced", "paid", "open_receivable", "due_date") == {"SO-1/1": (D(1400), D(1400), D(0), None)}
    assert PaymentShare.objects.count() == 3
    back = (
        Say("erp", replace(credit("1", for_line("1", "SO-1", 4)).record, invoice_date=date(2026, 9, 1)), ""),
        money("9", 40, "CN-1", direction="out"),
    )
    lived(
        Say("oms", order("1", "SO-1"), ""),
        Say("erp", billed("1", "INV-1", for_line("1", "SO-1", 10)), ""),
        *back,
        money("1", 100),
    )
    assert figures("invoiced", "paid", "open_receivable") == {"SO-1/1": (D(60), D(60), D(0))}


def test_a_plain_figure_means_the_one_document_that_bears_it_whoever_came_first(db: None) -> None:
    invoice = billed("1", "5567", for_line("1", "SO-1", 10))
    short = billed("2", "INV-1", for_line("1", "SO-1", 2))
    payer = PaymentRecord("1", "PAY-1", D(70), reference="invoice 5567")
    brief = PaymentRecord("2", "PAY-2", D(20), reference="INV-1, 100 cash")
    said = [Say("oms", order("1", "SO-1"), ""), Say("erp", invoice, ""), Say("erp", short, "")]
    paid = [Say("bank", payer, ""), Say("bank", brief, "")]
    for history in ([*said, *paid], [*paid, *said]):
        company = Company()
        company.live(history)
        assert figures("paid", "deposit") == {"SO-1/1": (D(90), D(0))}
    company.live([Say("oms", order("2", "5567"), "")])  # two documents bear it: it means neither
    assert figures("paid") == {"SO-1/1": (D(20),), "5567/2": (D(0),)}
    assert list(verify()) == []


def test_an_order_that_is_closed_frees_what_has_not_left(db: None) -> None:
    # E5, as mirrored: the web shop closes it without saying what it cancels
    line = OrderLineRecord("1", "A", D(10), price=D(100), tax_rate=D("0.13"))
    ten = OrderRecord("1", "SO-1", currency="CNY", lines=(line,))
    out = ShipmentRecord("1", "SH-1", lines=(ShipmentLineRecord("1", "A", D(6), "SO-1"),))
    six = InvoiceLineRecord("1", "SO-1", "1", sku="A", qty=D(6), net=D(600), tax_rate=D("0.13"))
    payment = PaymentRecord("1", "PAY-1", D(678), allocations=(AllocationRecord(D(678), invoice="INV-1"),))
    invoiced = (Say("wms", out, ""), Say("erp", billed("1", "INV-1", six), ""))
    asked = ("ordered", "effective", "to_ship_qty", "delivery", "invoicing", "payment", "status")
    company = lived(Say("oms", ten, ""), *invoiced)
    assert figures(*asked) == {"SO-1/1": (D(1130), D(1130), D(4), "partially", "partially", "unpaid", "confirmed")}
    company.live([Say("oms", replace(ten, state="closed"), "")])
    assert figures(*asked) == {"SO-1/1": (D(1130), D(678), D(0), "done", "fully", "unpaid", "closed")}
    company.live([Say("bank", payment, "")])
    assert figures(*asked) == {"SO-1/1": (D(1130), D(678), D(0), "done", "fully", "paid", "done")}
    company.live([Say("oms", ten, "")])  # opened again: what is left is to be shipped
    assert figures("to_ship_qty", "status") == {"SO-1/1": (D(4), "confirmed")}
    told = replace(ten, state="closed", lines=(replace(line, cancelled_qty=D(3)),))
    company.live([Say("oms", told, "")])  # who says what it cancelled is believed
    assert figures("to_ship_qty", "status") == {"SO-1/1": (D(1), "closed")}
    assert differences(company) == []


def test_two_orders_of_one_number_have_each_their_own_share_of_a_merged_invoice_and_of_its_payment(db: None) -> None:
    invoice = billed("1", "INV-1", for_line("1", "1", 10), for_line("2", "2", 5))
    payment = PaymentRecord("1", "PAY-1", D(30), allocations=(AllocationRecord(D(30), invoice="INV-1"),))
    entered_twice = (Say("erp", order("1", "SO-1"), ""), Say("erp", order("2", "SO-1", 5), ""))
    lived(*entered_twice, Say("erp", invoice, ""), Say("bank", payment, ""))
    assert figures("invoiced", "paid") == {"SO-1/1": (D(100), D(20)), "SO-1/2": (D(50), D(10))}


def test_words_older_than_those_that_were_said_again_stay_old(db: None) -> None:
    lived(
        Say("oms", order("1", "SO-1"), "1"), Say("oms", order("1", "SO-1"), "3"), Say("oms", order("1", "SO-1", 7), "2")
    )
    assert figures("ordered_qty") == {"SO-1/1": (D(10),)}


def test_who_names_an_order_when_paying_means_the_order_and_not_a_bare_figure_of_it(db: None) -> None:
    told = order("1", "SO-1001", invoiced=D(60))
    payment = PaymentRecord("1", "PAY-1", D(100), reference="SO-1001")
    lived(Say("oms", told, ""), Say("bank", payment, ""))
    assert figures("paid", "deposit", "open_receivable") == {"SO-1001/1": (D(60), D(40), D(0))}


def test_money_for_an_order_is_not_set_against_an_invoice_that_does_not_count(db: None) -> None:
    draft = InvoiceRecord("1", "INV-1", state="draft", currency="CNY", lines=(for_line("1", "SO-1", 6),))
    payment = PaymentRecord("1", "PAY-1", D(50), allocations=(AllocationRecord(D(50), order="SO-1"),))
    lived(Say("oms", order("1", "SO-1", invoiced=D(60)), ""), Say("erp", draft, ""), Say("bank", payment, ""))
    assert figures("invoiced", "paid", "deposit", "payment") == {"SO-1/1": (D(0), D(0), D(50), "partially")}


def test_money_for_an_order_follows_the_invoices_that_are_believed_now(db: None) -> None:
    payment = PaymentRecord("1", "PAY-1", D(50), allocations=(AllocationRecord(D(50), order="SO-1"),))
    invoice = billed("1", "INV-1", for_line("1", "SO-1", 2))
    lived(Say("oms", order("1", "SO-1", invoiced=D(60)), ""), Say("erp", invoice, ""), Say("bank", payment, ""))
    assert figures("invoiced", "paid", "deposit") == {"SO-1/1": (D(20), D(20), D(30))}
    Source.objects.filter(code="oms").update(invoice_rank=1)
    Source.objects.filter(code="erp").update(invoice_rank=2)
    precedence.apply()
    assert figures("invoiced", "paid", "deposit") == {"SO-1/1": (D(60), D(50), D(0))}


def test_an_invoice_line_that_tells_its_gross_alone_keeps_it_whatever_it_is_for(db: None) -> None:
    gross = InvoiceLineRecord("2", "SO-1", sku="freight", gross=D("11.30"), tax_rate=D("0.13"))
    lived(Say("oms", order("1", "SO-1"), ""), Say("erp", billed("1", "INV-1", for_line("1", "SO-1", 1), gross), ""))
    assert figures("invoiced") == {"SO-1/1": (D("21.30"),)}


def test_a_number_that_a_second_order_bears_too_means_neither_any_more(db: None) -> None:
    theirs = order("1", "W-1", same_as=(Same("SO-1", "oms"),))
    ours = order("1", "SO-1", same_as=(Same("W-1", "wms"),))
    work = WorkOrderRecord("1", "WO-1", "A", D(10), order="SO-1")
    lived(Say("wms", theirs, ""), Say("mes", work, ""), Say("oms", ours, ""))
    assert figures("planned_qty") == {"SO-1/1": (D(10),)}
    lived(Say("wms", theirs, ""), Say("mes", work, ""), Say("oms", ours, ""), Say("oms", order("2", "SO-1"), ""))
    assert figures("planned_qty") == {"SO-1/1": (D(0),), "SO-1/2": (D(0),)}


def test_a_number_that_only_a_deleted_document_bears_means_nothing_any_more(db: None) -> None:
    theirs = order("1", "W-1", same_as=(Same("SO-1", "oms"),))
    work = WorkOrderRecord("1", "WO-1", "A", D(10), order="W-1")
    company = lived(Say("oms", order("1", "SO-1"), ""), Say("wms", theirs, ""), Say("mes", work, ""))
    assert figures("planned_qty") == {"SO-1/1": (D(10),)}
    company.turn(("wms", "order", "1"), 2)
    assert figures("planned_qty") == {"SO-1/1": (D(0),)}
    assert differences(company) == []


def test_money_that_is_meant_for_a_paper_not_known_yet_is_not_given_to_another(db: None) -> None:
    parts = (AllocationRecord(D(80), invoice="INV-9"), AllocationRecord(D(50), invoice="INV-1"))
    cashier = PaymentRecord("1", "PAY-1", D(100), allocations=parts)
    payer = PaymentRecord("2", "PAY-2", D(7), reference="INV-9999 SO-1001")
    invoice = billed("1", "INV-1", for_line("1", "SO-1001", 10))
    lived(
        Say("oms", order("1", "SO-1001"), ""), Say("erp", invoice, ""), Say("bank", cashier, ""), Say("bank", payer, "")
    )
    assert figures("paid", "deposit") == {"SO-1001/1": (D(27), D(0))}


def test_an_order_that_its_home_had_deleted_is_the_home_s_again_when_it_says_it_again(db: None) -> None:
    # the oracle found: it came back, but the order stayed with the system that had held it meanwhile
    company = lived(
        Say("oms", order("1", "SO-1001", 10), "1"),
        Say("wms", order("2", "W-7", 8, same_as=(Same("SO-1001", "oms"),)), "1"),
    )
    assert figures("ordered") == {"SO-1001/1": (D(100),)}
    company.turn(("oms", "order", "1"), 2)
    assert figures("ordered") == {"W-7/2": (D(80),)}
    company.live([Say("oms", order("1", "SO-1001", 12), "2")])
    assert differences(company) == []
    assert figures("ordered") == {"SO-1001/1": (D(120),)}


def test_what_an_order_says_is_paid_takes_no_invoice_from_the_payment_that_paid_it(db: None) -> None:
    # the oracle's reading was the same as ours, and wrong: of the ERP's payment of 100.00 all was a deposit, and the invoice open
    for_it = (AllocationRecord(D(100), order="1"),)
    lived(
        Say("erp", order("1", "SO-1001", 10, paid=D(100), order_date=date(2026, 9, 1)), ""),
        Say("erp", billed("1", "INV-2001", for_line("1", "1", 10)), ""),
        Say("erp", PaymentRecord("1", "PAY-1", D(100), paid_at=date(2026, 9, 5), allocations=for_it), ""),
    )
    assert figures("paid", "deposit", "open_receivable", "payment") == {"SO-1001/1": (D(100), D(0), D(0), "paid")}


def test_the_cent_by_which_an_invoice_differs_from_its_lines_is_the_last_order_s_by_number(db: None) -> None:
    # the oracle found: where lines tell their gross alone, the order of the last line had it
    lines = tuple(
        InvoiceLineRecord(str(place), number, "1", sku="A", qty=D(5), gross=D(50), tax_rate=D(0))
        for place, number in enumerate(("SO-2", "SO-1"), 1)
    )
    invoice = InvoiceRecord("1", "INV-1", currency="CNY", total=D("100.01"), lines=lines)
    lived(Say("oms", order("1", "SO-1"), ""), Say("oms", order("2", "SO-2"), ""), Say("erp", invoice, ""))
    assert figures("invoiced") == {"SO-1/1": (D(50),), "SO-2/2": (D("50.01"),)}


def test_who_names_an_invoice_and_its_order_pays_the_invoice_once(db: None) -> None:
    # the oracle found: what the invoice took was taken for the order again, as a deposit
    payment = PaymentRecord("1", "PAY-1", D(150), reference="INV-2001 SO-1001")
    invoice = billed("1", "INV-2001", for_line("1", "SO-1001", 6))
    lived(Say("oms", order("1", "SO-1001"), ""), Say("erp", invoice, ""), Say("bank", payment, ""))
    assert figures("paid", "deposit", "open_receivable") == {"SO-1001/1": (D(60), D(0), D(0))}
