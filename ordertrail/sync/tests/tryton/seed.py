# SPDX-License-Identifier: GPL-3.0-or-later
# This file runs inside Tryton (it imports trytond and proteus) and so stands under Tryton's licence, the GNU General Public
# License, version 3 or later; not under that of the rest of this project. It is a test's file: no part of the product
# imports it, and it is not in the wheel.
"""Fills an empty Tryton database with a small company and a fortnight of its orders.

    python -m ordertrail.sync.tests.tryton.seed trytond.conf DATABASE

It works on a clock of its own, so that days, numbers and sums come out the same wherever and whenever it runs; only
``create_date`` and ``write_date`` are real. Anna sells, Bo ships and makes, Chen invoices; "reader" is who Ordertrail is.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from proteus import Model, Wizard
from proteus import config as connection

from ordertrail.sync.tests.tryton.seed_company import (
    YEAR,
    Clock,
    account,
    act_as,
    customers,
    fill_shelves,
    find,
    found_company,
    hire,
    line,
    on,
    products,
    recipe,
    saved,
)  # fmt: skip


def draft(customer: Any, *lines: tuple[Any, ...], **more: Any) -> Any:
    """An order not yet confirmed; its lines are (product, quantity) or (product, quantity, price)."""
    sale = Model.get("sale.sale")(party=customer, invoice_method="fulfillment", **more)
    for product, quantity, *price in lines:
        added = line(sale.lines, product=product, quantity=quantity)
        if price:
            added.unit_price = Decimal(price[0])
    sale.save()
    return sale


def order(customer: Any, *lines: tuple[Any, ...], **more: Any) -> Any:
    """An order that is confirmed."""
    sale = draft(customer, *lines, **more)
    sale.click("quote")
    sale.click("confirm")
    return sale


def ship(sale: Any, picked: dict[str, int] | None = None) -> Any:
    """Ship what the order's open shipment holds, or only what is ``picked`` of it: order number → quantity."""
    sale.reload()
    shipment = next(one for one in sale.shipments if one.state in ("draft", "waiting", "assigned"))
    if shipment.state == "draft":
        shipment.click("wait")
    for move in shipment.inventory_moves:
        if picked is not None:
            move.quantity = picked.get(move.origin.origin.sale.number, 0)
    shipment.click("assign_try")
    assert shipment.state == "assigned", f"too little on the shelf for {sale.number}"
    for step in ("pick", "pack", "do"):
        shipment.click(step)
    return shipment


def bill(sale: Any, only: dict[str, int] | None = None) -> Any:
    """Post the order's draft invoice, or only a part of its quantities: order number → quantity."""
    sale.reload()
    (found,) = [one for one in sale.invoices if one.state == "draft"]
    invoice = Model.get("account.invoice")(found.id)
    for added in invoice.lines:
        if only and added.origin.sale.number in only:
            added.quantity = only[added.origin.sale.number]
    invoice.invoice_date = Clock.day
    invoice.click("post")
    invoice.reload()
    return invoice


def bank(journal: Any, number: str, party: Any, *parts: tuple[Any, Any]) -> Any:
    """Money came or (negative) went, by one line of the bank: (amount, the invoice that it is for, or None)."""
    journal.reload()
    start = journal.last_amount or Decimal(0)
    amounts = [Decimal(amount) for amount, _ in parts]
    statement = Model.get("account.statement")(
        name=f"Statement {number}", journal=journal, date=Clock.day, start_balance=start,
        end_balance=start + sum(amounts),
    )  # fmt: skip
    for amount, (_, invoice) in zip(amounts, parts, strict=True):
        books = invoice.account if invoice else account("receivable")
        added = line(statement.lines, number=number, date=Clock.day, amount=amount, party=party, account=books)
        if invoice:
            added.related_to = invoice
    statement.click("validate_statement")
    statement.click("post")
    return statement


def cash(invoice: Any, amount: str) -> None:
    """Money came over the counter: booked by hand, on no statement of the bank."""
    pay = Wizard("account.invoice.pay", [invoice])
    pay.form.payment_method = find("account.invoice.payment.method")
    pay.form.amount, pay.form.date = Decimal(amount), Clock.day
    pay.execute("choice")
    if pay.form.type == "partial" or Decimal(amount) < invoice.total_amount:
        pay.form.type = "partial"
        pay.execute("pay")


def work(who: Any, task: Any, hours: float) -> None:
    """Somebody's hours; a person may enter only their own."""
    act_as(who.id)
    saved("timesheet.line", date=Clock.day, employee=who.employee, work=task.timesheet_works[0],
          duration=timedelta(hours=hours))  # fmt: skip


# --- the story, day by day: Tryton takes no invoice that is dated before one with a lower number ------------------------------


def story(people: dict[str, Any], who: dict[str, Any], goods: dict[str, Any], bom: Any, journal: Any) -> None:
    """A fortnight of September."""
    anna, bo, chen = people["anna"], people["bo"], people["chen"]
    hotel, cafe, shop = who["hotel"], who["café"], who["shop"]

    on(9, 1, anna)  # SO-0001 and SO-0002: example E1
    a = order(hotel, (goods["desk"], 10, "100"), reference="PO 7781")
    b = order(hotel, (goods["desk"], 5, "80"))
    on(9, 2, bo)
    ship(a, {a.number: 6, b.number: 5})
    on(9, 3, chen)
    first = bill(a, {a.number: 4})
    on(9, 4)
    second = bill(a)
    on(9, 7)
    bank(journal, "BANK-0001", hotel, ("904", first), ("96", second))

    on(9, 7, anna)  # SO-0003: cancelled before anything happened
    gone = draft(cafe, (goods["desk"], 3))
    gone.click("quote")
    gone.click("cancel")

    sold = order(shop, (goods["bulb"], 20), (goods["fit"], 2))  # SO-0004, of which four boxes come back as SO-0005
    on(9, 8, bo)
    ship(sold)
    on(9, 8, chen)
    paid = bill(sold)
    cash(paid, "26.60")
    paid.reload()
    bank(journal, "BANK-0002", shop, (paid.amount_to_pay, paid))
    on(9, 9, anna)
    sold.reload()
    Wizard("sale.return_sale", [sold]).execute("return_")
    back = find("sale.sale", ("origin", "=", f"sale.sale,{sold.id}"))
    back.lines.remove(back.lines[1])
    back.lines[0].quantity = -4
    back.save()
    back.click("quote")
    back.click("confirm")
    on(9, 10, bo)
    back.reload()
    (returned,) = back.shipment_returns
    returned.click("receive")
    returned.click("do")
    on(9, 10, chen)
    credit = bill(back)
    bank(journal, "BANK-0003", shop, (credit.total_amount, credit))

    on(9, 10, anna)  # SO-0006: made for the order
    lobby = order(cafe, (goods["set"], 2), shipping_date=date(YEAR, 9, 20))
    project = Model.get("project.work")(name="Refit SO-0006", type="project", party=cafe, timesheet_available=True)
    for name, hours in (("Survey", 4), ("Fit lamps", 16)):
        line(project.children, name=name, type="task", timesheet_available=True,
             effort_duration=timedelta(hours=hours))  # fmt: skip
    project.save()
    on(9, 11, bo)
    making = Model.get("production")(product=goods["set"], bom=bom, quantity=2, reference=lobby.number)
    making.planned_date = date(YEAR, 9, 14)
    making.click("wait")
    making.click("assign_try")
    making.click("run")
    work(bo, project.children[0], 3.5)
    on(9, 14, bo)
    making.click("do")
    another = Model.get("production")(product=goods["set"], bom=bom, quantity=5)
    another.click("wait")
    work(bo, project.children[1], 2)

    on(9, 14, anna)  # OPP-0001 becomes SO-0007; OPP-0002 does not yet
    for what, amount, party in (("Lamps for the terrace", 1200, cafe), ("New lobby", 5000, shop)):
        chance = Model.get("sale.opportunity")(description=what, party=party, amount=Decimal(amount))
        chance.employee, chance.address = anna.employee, party.addresses[0]
        chance.payment_term = party.customer_payment_term
        chance.save()
        chance.click("opportunity")
    won = find("sale.opportunity", ("party", "=", cafe.id))
    line(won.lines, product=goods["desk"], quantity=4)
    won.save()
    (terrace,) = won.click("convert")
    terrace = Model.get("sale.sale")(terrace.id)
    terrace.invoice_method = "fulfillment"
    terrace.save()
    terrace.click("quote")
    terrace.click("confirm")

    on(9, 15, anna)
    draft(shop, (goods["bulb"], 1))  # a draft has no number
    draft(hotel, (goods["bulb"], 8)).click("quote")  # SO-0008

    on(9, 15, chen)  # a supplier's bill and its payment are nobody's order; nor is money that nobody has explained
    owed = Model.get("account.invoice")(type="in", party=who["supplier"], invoice_date=Clock.day, reference="K-1")
    line(owed.lines, description="Glass", quantity=1, unit_price=Decimal(300), account=account("expense"))
    owed.click("post")
    bank(journal, "BANK-0004", who["supplier"], (-300, owed))
    bank(journal, "BANK-0005", shop, (200, None))


def till() -> Any:
    """The account on which money lies."""
    return find("account.account", ("code", "=", "1.1.1"))


def main(config_file: str, database: str) -> None:
    """Make the company, and let it live."""
    connection.set_trytond(f"sqlite:///{database}", config_file=config_file)
    on(8, 31)
    found_company()
    people = hire()
    who = customers()
    goods = products()
    bom = recipe(goods)
    fill_shelves(goods)
    journal = saved(
        "account.statement.journal", name="Bank", validation="balance",
        journal=find("account.journal", ("code", "=", "STA")), account=till(),
    )  # fmt: skip
    saved(
        "account.invoice.payment.method", name="Cash", company=find("company.company"),
        journal=find("account.journal", ("code", "=", "CASH")), credit_account=till(), debit_account=till(),
    )  # fmt: skip
    story(people, who, goods, bom, journal)


if __name__ == "__main__":
    main(*sys.argv[1:])
