"""What people do in the running Tryton while Ordertrail looks on: over its own interface, each under their own name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from ordertrail.sync.tests.tryton.client import CONTEXT, Client

DAY = date(2026, 9, 16)
"""The day that goes on bills and statements; what is shipped carries the real day, which Tryton sets itself."""


class People:
    """Anna sells, Bo ships and makes, Chen invoices; the administrator does what none of them may."""

    def __init__(self, address: str) -> None:
        self.anna, self.bo, self.chen, self.admin, self.reader = (
            Client(address, login) for login in ("anna", "bo", "chen", "admin", "reader")
        )

    def sale(self, number: str) -> int:
        """The id of the order with this number."""
        return int(self.reader.one("sale.sale", number=number)["id"])

    def order_like(self, number: str, qty: int, **line: Any) -> str:
        """Anna takes an order like another one, with another quantity; its number."""
        new = self.anna.copy("sale.sale", self.sale(number), sale_date=DAY)
        (old,) = self.anna.all("sale.line", where=[["sale", "=", new]])
        self.anna.write("sale.line", old["id"], quantity=qty, **line)
        self.anna.press("sale.sale", new, "quote", "confirm")
        return str(self.reader.one("sale.sale", "number", id=new)["number"])

    def ship(self, number: str) -> None:
        """Bo ships what is open of the order."""
        sale = self.reader.one("sale.sale", "shipments", number=number)
        for one in self.reader.all("stock.shipment.out", "state", where=[["id", "in", sale["shipments"]]]):
            if one["state"] in ("draft", "waiting"):
                buttons = ("wait", "assign_try", "pick", "pack", "do")
                self.bo.press("stock.shipment.out", one["id"], *buttons[one["state"] == "waiting" :])

    def ship_in_pieces(self, number: str, pieces: int) -> None:
        """Bo ships an order of dozens, and counts what he ships in pieces."""
        sale = self.reader.one("sale.sale", "shipments", number=number)
        (shipment,) = sale["shipments"]
        piece = self.reader.one("product.uom", name="Unit")["id"]
        for move in self.reader.all("stock.move", where=[["shipment", "=", f"stock.shipment.out,{shipment}"]]):
            self.bo.write("stock.move", move["id"], unit=piece, quantity=pieces)
        self.bo.press("stock.shipment.out", shipment, "wait", "assign_try", "pick", "pack", "do")

    def bill(self, number: str) -> str:
        """Chen posts the draft bill of the order; its number."""
        sale = self.reader.one("sale.sale", "invoices", number=number)
        drafts = [["id", "in", sale["invoices"]], ["state", "=", "draft"]]
        (draft,) = self.reader.all("account.invoice", where=drafts)
        self.chen.write("account.invoice", draft["id"], invoice_date=DAY)
        self.chen.press("account.invoice", draft["id"], "post")
        return str(self.reader.one("account.invoice", "number", id=draft["id"])["number"])

    def credit(self, number: str, *, of: int = 0) -> str:
        """Chen credits ``of`` pieces of the first line of a bill, or (0) all of it with refund; the credit note's number."""
        bill = self.reader.one("account.invoice", number=number)["id"]
        session = self.chen.ask("wizard.account.invoice.credit.create", CONTEXT)[0]
        asked = {"start": {"invoice_date": DAY, "with_refund": not of, "with_refund_allowed": True}}
        at = {**CONTEXT, "active_model": "account.invoice", "active_id": bill, "active_ids": [bill]}
        self.chen.ask("wizard.account.invoice.credit.execute", session, asked, "credit", at)
        self.chen.ask("wizard.account.invoice.credit.delete", session, CONTEXT)
        note = self.reader.all("account.invoice", "lines", where=[["origin_invoices", "=", bill]])[-1]
        if of:
            self.chen.write("account.invoice.line", note["lines"][0], quantity=-of)
            self.chen.press("account.invoice", note["id"], "post")
        return str(self.reader.one("account.invoice", "number", id=note["id"])["number"])

    def bank(self, number: str, *parts: tuple[str, str]) -> None:
        """Chen enters one movement of the bank: (amount, number of the invoice)."""
        bills = {row["number"]: row for row in self.reader.all("account.invoice", "number", "party", "account")}
        last = self.reader.all("account.statement", "end_balance", "journal", "company")[-1]
        lines = [
            {"number": number, "date": DAY, "amount": Decimal(amount), "party": bills[bill]["party"],
             "account": bills[bill]["account"], "related_to": f"account.invoice,{bills[bill]['id']}"}
            for amount, bill in parts
        ]  # fmt: skip
        statement = self.chen.create(
            "account.statement", name=number, journal=last["journal"], company=last["company"], date=DAY,
            start_balance=last["end_balance"],
            end_balance=last["end_balance"] + sum(Decimal(amount) for amount, _bill in parts),
            lines=[["create", lines]],
        )  # fmt: skip
        self.chen.press("account.statement", statement, "validate_statement", "post")

    def hours(self, task: str, minutes: int) -> None:
        """Bo has worked on a task of the project."""
        work = self.reader.one("project.work", "timesheet_works", name=task)["timesheet_works"][0]
        employee = self.bo.ask("model.res.user.get_preferences", True, {})["employee"]
        self.bo.create(
            "timesheet.line", company=1, employee=employee, work=work, date=DAY,
            duration={"__class__": "timedelta", "seconds": minutes * 60},
        )  # fmt: skip
