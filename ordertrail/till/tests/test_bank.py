"""Chen matches a statement of the bank with what E1 was billed: taken once, to the cent, by nobody else, in whatever files it comes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ordertrail.billing.bank_matching import suggestions, twins
from ordertrail.billing.models import BankLine, BankStatement, Payment
from ordertrail.desk.bank import tie
from ordertrail.desk.mirror import mirror
from ordertrail.desk.pay import Paid, pay
from ordertrail.desk.tests.shop import Shop
from ordertrail.lib import clock
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Customer, Person
from ordertrail.records.actions import Said
from ordertrail.records.models import Source
from ordertrail.records.shapes import PaymentRecord
from ordertrail.till.tests.sending import Sender, rows, text_of
from ordertrail.till.tests.test_money import billed
from ordertrail.web.tests.people import person

HEAD = "账号：6222 0210,,,,\n交易日期,借方发生额,贷方发生额,对方户名,摘要\n"


@pytest.fixture
def chen(shop: Shop) -> Sender:
    return Sender("chen")


def csv(*lines: str) -> bytes:
    return (HEAD + "\n".join(lines) + "\n").encode("gb18030")


def send(chen: Sender, body: bytes, name: str = "bank.csv", status: int = 302, **form: str) -> str:
    answer = chen.client.post("/bank/", {"file": SimpleUploadedFile(name, body), **form})
    assert answer.status_code == status, text_of(answer.content.decode())
    return answer["Location"] if status == 302 else text_of(answer.content.decode())


def take(chen: Sender, line: Any, status: int = 302, **changes: str) -> str:
    """Send the form of the one suggestion that the list shows for a line."""
    page = chen.get(f"/bank/lines/{line.pk}/")
    form = page[page.index('action="/payments/new/"') :]
    form = form[: form.index("</form>")]
    told = {one.split('"')[0]: one.split('value="')[1].split('"')[0] for one in form.split('name="')[1:]}
    return chen.post("/payments/new/", told | changes, status)


def test_e1_is_matched_from_a_file_and_each_order_has_its_part(shop: Shop, chen: Sender) -> None:
    a, b, first, second = billed(shop, chen)
    body = csv(
        f"2026-09-15,,904.00,某某,{first.number}",
        "2026-09-16,,226.00,远帆船舶有限公司,货款",
        "2026-09-16,8.80,,电网,电费",
    )
    page = text_of(chen.get(send(chen, body)))
    assert "“bank.csv”: 2 new lines to match, 1 of money out, 0 known before." in page
    assert "new, row 3" in page
    page = text_of(chen.get("/bank/"))
    assert f"{first.number}: The text names this invoice." in page
    assert f"The payer's name is the customer's. {second.number} has exactly this open." in page
    assert "8.80" not in page
    one, two = BankLine.objects.filter(state="open").order_by("day")
    assert take(chen, one) == "/bank/"
    assert take(chen, two) == "/bank/"
    stand: list[Any] = [shop.status(a), shop.status(b)]
    assert [(row.paid, row.open_receivable) for row in stand] == [(678, 0), (452, 0)]
    money: list[Any] = list(Payment.objects.order_by("pk"))
    assert [(row.amount, row.paid_date, row.reference) for row in money] == [
        (904, date(2026, 9, 15), first.number),
        (226, date(2026, 9, 16), "货款"),
    ]
    one.refresh_from_db()
    assert (one.state, one.payment, str(one.decided_by)) == ("taken", money[0], "Chen")
    assert f"/bank/lines/{one.pk}/" in chen.get(f"/payments/~{money[0].pk}/")
    assert "No line waits" in text_of(chen.get("/bank/"))
    page = chen.get(f"/orders/~{a}/")
    assert "bank_line" not in page
    assert "Chen: tied the payment to its line of the bank statement" in text_of(page)


def test_files_that_come_again_or_overlap_take_nothing_twice(shop: Shop, chen: Sender) -> None:
    old, same, new = "2026-09-14,,50.00,散客,现金", "2026-09-15,,50.00,散客,现金", "2026-09-16,,70.00,散客,现金"
    send(chen, csv(old, same, same))
    address = send(chen, csv(old, same, same))
    assert "0 new lines to match, 0 of money out, 3 known before" in text_of(chen.get(address))
    assert (BankStatement.objects.count(), BankLine.objects.count()) == (1, 3)
    page = text_of(chen.get(send(chen, csv(same, same, same, new), "later.csv")))
    assert "“later.csv”: 2 new lines to match, 0 of money out, 2 known before." in page
    assert page.count("known before") == 3
    assert BankLine.objects.count() == 5
    send(chen, csv(same, new).replace(b"6222", b"6333"), "other.csv")
    assert BankLine.objects.count() == 7


def test_the_same_money_in_a_file_without_numbers_and_in_one_with_them_is_not_taken_at_once(
    shop: Shop, chen: Sender
) -> None:
    billed(shop, chen)
    send(chen, csv("2026-09-15,,904.00,远帆船舶,货款"))
    take(chen, BankLine.objects.get())
    numbered = csv("2026-09-15,,226.00,远帆船舶,F1", "2026-09-15,,904.00,远帆船舶,F2").decode("gb18030")
    send(chen, numbered.replace("摘要", "流水号").encode(), "numbered.csv")
    page = text_of(chen.get("/bank/"))
    assert "Perhaps row 3 of bank.csv: same day and sum, from another kind of file." in page
    assert "Take 226.00" in page
    assert "Take 904.00" not in page


def test_a_wrong_file_is_refused_with_row_and_way_out_and_nothing_is_kept(shop: Shop, chen: Sender) -> None:
    page = send(chen, csv("2026-09-14,,50.00,散客,现金", "2026-09-15,,5O.00,散客,现金"), status=422)
    assert "“bank.csv”, row 4:" in page
    assert "Nothing was taken; mend the row, or export the file again." in page
    assert "Choose a file first" in text_of(chen.client.post("/bank/").content.decode())
    assert (BankStatement.objects.count(), BankLine.objects.count()) == (0, 0)


def test_a_file_in_an_unknown_encoding_is_asked_about_and_read_as_chosen(shop: Shop, chen: Sender) -> None:
    body = "日期,收入,付款人\n2026-09-15,50.00,ﾊﾞﾝｸ テスト\n".encode("shift_jis")
    page = send(chen, body, status=422, account="1")
    assert "Choose the one that reads well." in page
    assert "shift_jis" in page
    send(chen, body, account="1", encoding="shift_jis")
    assert [line.payer for line in BankLine.objects.all()] == ["ﾊﾞﾝｸ テスト"]


def test_two_invoices_add_up_and_equal_ones_are_said_to_be_unsure(shop: Shop, chen: Sender) -> None:
    _a, _b, first, second = billed(shop, chen)
    send(chen, csv("2026-09-15,,1130.00,远帆船舶,", "2026-09-15,,1000.00,远帆船舶,x", "2026-09-15,,904.00,无名,"))
    both, rule, alone = BankLine.objects.order_by("row")
    (found,) = suggestions(both)
    assert [(one.invoice, one.amount) for one in found.pieces] == [(first.pk, Decimal(904)), (second.pk, Decimal(226))]
    assert found.sure
    assert found.why[1] == "2 open invoices add up to the sum."
    (found,) = suggestions(rule)
    assert (found.pieces, found.why[1]) == (
        (),
        "No open amounts make the sum exactly; the oldest due is settled first.",
    )
    (found,) = suggestions(alone)
    assert (found.sure, found.why) == (False, ("Only the amount fits; nothing tells whose money it is.",))
    assert take(chen, rule) == "/bank/"
    assert Payment.objects.get().allocations.count() == 2
    third = shop.order("C", ("LAMP", 2, 100))
    shop.receive(4, 60)
    shop.send((third, 1, 2))
    chen.send(f"{chen.send('/invoices/new/?orders=C')}post/")
    send(chen, csv("2026-09-16,,226.00,远帆船舶,y"))
    assert [one.sure for one in suggestions(BankLine.objects.get(text="y"))] == [True]
    fourth = shop.order("D", ("LAMP", 2, 100))
    shop.send((fourth, 1, 2))
    chen.send(f"{chen.send('/invoices/new/?orders=D')}post/")
    found, other = suggestions(BankLine.objects.get(text="y"))
    assert (found.sure, other.sure, found.why[-1]) == (False, False, "Other invoices make the same sum; choose.")
    assert "not sure" in text_of(chen.get("/bank/"))


def test_the_second_clerk_is_told_that_the_line_is_done(shop: Shop, chen: Sender) -> None:
    billed(shop, chen)
    send(chen, csv("2026-09-15,,904.00,远帆船舶,"))
    line = BankLine.objects.get()
    dana = Sender("dana")
    page = dana.get(f"/bank/lines/{line.pk}/")
    assert "Take" in page
    take(chen, line)
    before = rows()
    fields = {
        "line": str(line.pk),
        "customer": "C1",
        "amount": "904",
        "currency": "CNY",
        "date": "2026-09-15",
        "once": "page-x",
    }
    page = text_of(dana.post("/payments/new/", fields, 422))
    assert "was already taken as payment" in page
    assert "by Chen; nothing was changed." in page
    assert rows() == before
    assert Payment.objects.count() == 1


def test_the_bank_s_day_and_sum_hold_and_what_is_left_out_is_refused(shop: Shop, chen: Sender) -> None:
    billed(shop, chen)
    send(chen, csv("2026-09-15,,904.00,远帆船舶,"))
    line = BankLine.objects.get()
    before = rows()
    for changes in ({"amount": "905"}, {"date": "2026-09-14"}):
        assert "is taken as it stands: 904.00 CNY on 2026-09-15" in text_of(take(chen, line, 422, **changes))
    assert rows() == before
    line.refresh_from_db()
    assert (line.state, line.payment) == ("open", None)


def test_a_payment_that_another_system_told_of_is_tied_and_not_doubled(shop: Shop, chen: Sender) -> None:
    billed(shop, chen)
    source = Source.objects.create(code="bank", name="银行", kind="bank", connector="files")
    told = PaymentRecord("1", "T-77", Decimal(904), paid_at=date(2026, 9, 15), currency="CNY", customer_name="远帆船舶")
    mirror(source, [Said(told)], batch=None, learned_at=clock.now())
    body = csv("2026-09-15,,904.00,远帆船舶,").decode("gb18030").replace("摘要", "流水号").replace("船舶,", "船舶,T-77")
    send(chen, body.encode())
    line = BankLine.objects.get()
    (twin,) = twins(line)
    assert (twin.sure, twin.payment.number) == (True, "T-77")
    before = rows()
    assert "is payment T-77, which bears its number; tie the line to it." in text_of(take(chen, line, 422))
    assert rows() == before
    chen.send(f"/bank/lines/{line.pk}/", do="tie", payment=str(twin.payment.pk))
    line.refresh_from_db()
    assert (line.state, line.payment, Payment.objects.count()) == ("taken", twin.payment, 1)


def test_a_payment_written_by_hand_is_found_and_one_of_another_sum_refused(shop: Shop, chen: Sender) -> None:
    billed(shop, chen)
    clerk = Person.objects.get(username="chen")
    customer = Customer.objects.get(code="C1").pk
    same = pay(clerk, Paid(customer, date(2026, 9, 14), 9_040_000, "CNY"))
    other = pay(clerk, Paid(customer, date(2026, 9, 14), 10_000, "CNY"))
    send(chen, csv("2026-09-15,,904.00,远帆船舶,"))
    line = BankLine.objects.get()
    assert [(one.payment.pk, one.sure) for one in twins(line)] == [(same, False)]
    assert "Perhaps payment" in text_of(chen.get("/bank/"))
    with pytest.raises(Refused, match=r"choose another"):
        tie(clerk, line.pk, other)
    tie(clerk, line.pk, same)
    with pytest.raises(Refused, match=r"was already taken as payment"):
        tie(clerk, line.pk, same)


def test_a_line_is_put_aside_with_a_reason_and_comes_back(shop: Shop, chen: Sender) -> None:
    send(chen, csv("2026-09-15,,904.00,税务局,退税"))
    line: Any = BankLine.objects.get()
    address = f"/bank/lines/{line.pk}/"
    page = chen.post(address, {"do": "aside", "reason": " ", "once": "page-1"}, 422)
    assert "Say why the line is put aside" in text_of(page)
    chen.post(address, {"do": "aside", "reason": "退税", "once": "page-2"})
    line.refresh_from_db()
    assert (line.state, line.reason) == ("aside", "退税")
    assert "退税" in text_of(chen.get("/bank/?state=aside"))
    chen.post(address, {"do": "back", "once": "page-3"})
    line.refresh_from_db()
    assert (line.state, line.reason) == ("open", "")


def test_only_who_takes_money_and_sees_every_customer_sees_the_bank(shop: Shop, chen: Sender) -> None:
    send(chen, csv("2026-09-15,,904.00,远帆船舶,"))
    line = BankLine.objects.get()
    addresses = ("/bank/", f"/bank/lines/{line.pk}/", f"/bank/statements/{line.statement_id}/")
    for who in (person("gus"), shop.anna, shop.bo):
        for address in addresses:
            Sender(who).get(address, 403)
    Person.objects.filter(username="chen").update(own_customers_only=True)
    for address in addresses:
        Sender(Person.objects.get(username="chen")).get(address, 403)
