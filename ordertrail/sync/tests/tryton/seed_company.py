# SPDX-License-Identifier: GPL-3.0-or-later
# This file runs inside Tryton (it imports trytond and proteus) and so stands under Tryton's licence, the GNU General Public
# License, version 3 or later; not under that of the rest of this project. It is a test's file: no part of the product
# imports it, and it is not in the wheel.
"""The company that the live test of the Tryton connector finds: its books, its people, its customers and its goods."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from proteus import Model, Wizard
from proteus import config as connection
from trytond.ir.date import Date

ADMIN = 1
YEAR = 2026
PEOPLE = {
    "anna": ("Sales", "Sale Opportunity", "Party Administration", "Project Administration"),
    "bo": ("Stock", "Stock Administration", "Sales", "Production", "Timesheet Administration"),
    "chen": ("Accounting", "Statement", "Sales"),
    "reader": ("Sales", "Sale Opportunity", "Stock", "Production", "Accounting", "Statement", "Project Administration",
               "Timesheet Administration"),
}  # fmt: skip
"""Log-in → groups. A password is the log-in with "-harbour" behind it."""

SERIES = {
    "Sale": "SO-",
    "Sale Opportunity": "OPP-",
    "Production": "MO-",
    "Customer Shipment": "SH-",
    "Customer Return Shipment": "RT-",
    "Work": "PRJ-",
    "Party": "C-",
}
"""How the numbers of each kind of document begin."""


class Clock:
    """The day that Tryton takes for today."""

    day = date(YEAR, 8, 31)


Date.today = staticmethod(lambda timezone=None: Clock.day)


def on(month: int, day: int, who: Any = None) -> None:
    """Make it that day, and let ``who`` do what follows."""
    Clock.day = date(YEAR, month, day)
    if who is not None:
        act_as(who.id)


def act_as(user: int) -> None:
    """Let this user do what follows."""
    at_work = connection.get_config()
    at_work.user = user
    at_work._context = Model.get("res.user").get_preferences(True, {})


def find(model: str, *domain: Any) -> Any:
    """The one record of ``model`` that fits."""
    (found,) = Model.get(model).find(list(domain), limit=1)
    return found


def saved(model: str, **values: Any) -> Any:
    """A new record of ``model``."""
    record = Model.get(model)(**values)
    record.save()
    return record


def line(lines: Any, **values: Any) -> Any:
    """A new line. Its values are set one after the other: only then does Tryton work out what follows (price, taxes)."""
    added = lines.new()
    for name, value in values.items():
        setattr(added, name, value)
    return added


def found_company() -> None:
    """Harbour Light Trading, which keeps its books in yuan, with a chart of accounts and a year of periods."""
    yuan = saved("currency.currency", name="Renminbi", symbol="¥", code="CNY", rounding=Decimal("0.01"))
    saved("currency.currency.rate", currency=yuan, date=date(YEAR, 1, 1), rate=Decimal(1))
    setup = Wizard("company.company.config")
    setup.execute("company")
    setup.form.party = saved("party.party", name="Harbour Light Trading")
    setup.form.currency = yuan
    setup.execute("add")
    act_as(ADMIN)

    template = Model.get("ir.model.data").get_id("account.account_template_root_en", {})
    chart = Wizard("account.create_chart")
    chart.execute("account")
    chart.form.account_template = Model.get("account.account.template")(template)
    chart.form.company = find("company.company")
    chart.execute("create_account")
    for kind in ("receivable", "payable"):
        setattr(chart.form, f"account_{kind}", account(kind))
    for kind in ("revenue", "expense"):
        setattr(chart.form, f"category_account_{kind}", account(kind))
    chart.execute("create_properties")
    open_year()
    for kind, prefix in SERIES.items():
        for sequence in Model.get("ir.sequence").find([("sequence_type.name", "=", kind)]):
            sequence.prefix, sequence.padding = prefix, 4
            sequence.save()


def account(kind: str) -> Any:
    """An account of that kind ("receivable", "revenue" …)."""
    return find("account.account", (f"type.{kind}", "=", True), ("closed", "!=", True))


def open_year() -> None:
    """The year, with its own series of invoices and credit notes."""

    def series(kind: str, prefix: str) -> Any:
        type_ = find("ir.sequence.type", ("name", "=", kind))
        return saved("ir.sequence.strict", name=f"{kind} {prefix}", prefix=prefix, padding=4, sequence_type=type_,
                     company=find("company.company"))  # fmt: skip

    year = Model.get("account.fiscalyear")(
        name=str(YEAR), company=find("company.company"), start_date=date(YEAR, 1, 1), end_date=date(YEAR, 12, 31),
        move_sequence=series("Account Move", "JE-"),
    )  # fmt: skip
    (numbers,) = year.invoice_sequences
    numbers.out_invoice_sequence = series("Invoice", "INV-")
    numbers.out_credit_note_sequence = series("Invoice", "CN-")
    numbers.in_invoice_sequence = numbers.in_credit_note_sequence = series("Invoice", "BILL-")
    year.click("create_period")


def hire() -> dict[str, Any]:
    """The people who work there, by log-in."""
    users = {}
    for login, groups in PEOPLE.items():
        user = Model.get("res.user")(name=login.title(), login=login, password=f"{login}-harbour")
        user.email = f"{login}@example.com"
        found = Model.get("res.group").find([("name", "in", list(groups))])
        assert len(found) == len(groups), (groups, [group.name for group in found])
        user.groups.extend(found)
        user.companies.append(find("company.company"))
        user.company = find("company.company")
        if login != "reader":
            person = saved("party.party", name=login.title())
            user.employees.append(saved("company.employee", party=person, company=find("company.company")))
            user.employee = user.employees[0]
        user.save()
        users[login] = user
    return users


def customers() -> dict[str, Any]:
    """Three customers, who want their goods and bills together, and a supplier."""
    term = Model.get("account.invoice.payment_term")(name="30 days")
    term.lines.new(type="remainder").relativedeltas.new(days=30)
    term.save()
    together = {"sale_shipment_grouping_method": "standard", "sale_invoice_grouping_method": "standard"}

    def party(name: str, street: str, city: str, **more: Any) -> Any:
        record = Model.get("party.party")(name=name, customer_payment_term=term, supplier_payment_term=term, **more)
        address = record.addresses[0] if record.addresses else record.addresses.new()
        address.street_unstructured, address.city = street, city
        address.invoice = address.delivery = True
        record.save()
        return record

    return {
        "hotel": party("Lantern Hotel", "8 Pier Road", "Harbour", **together),
        "café": party("Quay Café 码头咖啡", "3 Ferry Lane", "Old Town", **together),
        "shop": party("Dune Stores", "61 Beach Avenue", "Dunes", **together),
        "supplier": party("Kiln Glass", "2 Furnace Street", "Works"),
    }


def products() -> dict[str, Any]:
    """What is on the price list, all with 13 % tax."""
    vat = Model.get("account.tax")(name="VAT 13 %", description="VAT 13 %", type="percentage", rate=Decimal("0.13"))
    vat.invoice_account = vat.credit_note_account = find("account.account", ("code", "=", "6.3.6"))
    vat.save()
    books = Model.get("product.category")(name="Lamps", accounting=True)
    books.account_revenue, books.account_expense = account("revenue"), account("expense")
    books.customer_taxes.append(vat)
    books.save()

    def product(code: str, name: str, price: str, cost: str, **more: Any) -> Any:
        words = {"type": "goods", "salable": True, "account_category": books, **more}
        words.setdefault("default_uom", find("product.uom", ("name", "=", "Unit")))
        template = Model.get("product.template")(name=name, list_price=Decimal(price), **words)
        template.code = code
        template.products[0].cost_price = Decimal(cost)
        template.save()
        return template.products[0]

    hour, unit = (find("product.uom", ("name", "=", name)) for name in ("Hour", "Unit"))
    dozen = Model.get("product.uom")(name="Dozen", symbol="dz", category=unit.category, digits=2)
    dozen.factor, dozen.rounding = 12.0, 0.01
    dozen.save()
    return {
        "desk": product("LAMP-DESK", "Desk lamp 台灯", "100", "60"),
        "bulb": product("BULB-6", "Bulbs, box of six", "36", "20"),
        "set": product("LOBBY-SET", "Lobby set", "420", "240", producible=True),
        "fit": product("SVC-FIT", "Fitting, an hour", "50", "0", type="service", default_uom=hour),
    }


def recipe(goods: dict[str, Any]) -> Any:
    """How a lobby set is made: of two desk lamps and a box of bulbs."""
    bom = Model.get("production.bom")(name="Lobby set")
    line(bom.inputs, product=goods["desk"], quantity=2)
    line(bom.inputs, product=goods["bulb"], quantity=1)
    line(bom.outputs, product=goods["set"], quantity=1)
    bom.save()
    made = Model.get("product.product")(goods["set"].id)
    made.boms.append(Model.get("product.product-production.bom")(bom=bom))
    made.save()
    return bom


def fill_shelves(goods: dict[str, Any]) -> None:
    """A first stocktake puts enough on the shelves."""
    stocktake = Model.get("stock.inventory")(location=find("stock.location", ("code", "=", "STO")), date=Clock.day)
    line(stocktake.lines, product=goods["desk"], quantity=80)
    line(stocktake.lines, product=goods["bulb"], quantity=200)
    stocktake.click("confirm")
