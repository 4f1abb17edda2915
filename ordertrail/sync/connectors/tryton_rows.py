"""Records of Tryton as rows that a mapping can read: one flat row for a document and one for each of its lines.

What a declared mapping cannot say is done here, and no more: quantities in the unit of the order's line, a credit note's
amounts turned round, tax rates summed, lines of one bank movement gathered. Pure: the same records give the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ordertrail.billing.rules import numbers_in
from ordertrail.sync.connectors.base import Value
from ordertrail.sync.connectors.tryton_records import (
    SIX,
    Record,
    Row,
    at,
    cells,
    changed_at,
    each,
    in_unit,
    named,
    ref,
    tax_rate,
)


@dataclass(frozen=True)
class Found:
    """A document: its ref (Tryton's own ``model,id`` where it is one record), its row and its lines' rows."""

    ref: str
    row: Row
    lines: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Together:
    """A record with all that was read for it: its lines, and the lines of orders and invoices that these come from, by id."""

    model: str
    head: Record
    lines: Sequence[Record] = ()
    sale_lines: Mapping[int, Record] = field(default_factory=dict)
    bill_lines: Mapping[int, Record] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        """Tryton's own name for the record."""
        return f"{self.model},{self.head['id']}"

    def row(self, **more: Value) -> Row:
        """The record's own cells, with those that all documents have, and ``more``."""
        changed = changed_at(self.head)
        number = self.head.get("number") or f"draft-{self.head['id']}"
        return {**cells(self.head), "ref": self.ref, "number": number, "changed_at": changed, **more}

    def order_line(self, record: Record) -> tuple[str, str, Record]:
        """The order and order line that a record comes from (what credits a bill's line: where that comes from), and that line."""
        seen, (model, id_) = {0}, named(record.get("origin"))
        while model == "account.invoice.line" and id_ not in seen:
            seen.add(id_)
            model, id_ = named(self.bill_lines.get(id_, {}).get("origin"))
        found = self.sale_lines.get(id_, {}) if model == "sale.line" else {}
        return (ref("sale.sale", found["sale"]), ref("sale.line", id_), found) if found else ("", "", {})


def documents(together: Together) -> Iterator[Found]:
    """The documents that a record stands for: one, but for a bank statement."""
    return _FOUND[together.model](together)


# --- one function a model ---------------------------------------------------------------------------------------------


def _party(own: Together) -> Iterator[Found]:
    head = own.head
    address = next(iter(each(head, "addresses.full_address")), "")
    row = own.row(
        number=head.get("code") or own.ref,
        name=head.get("name") or head.get("rec_name"),
        address=", ".join(filter(None, str(address).splitlines())),
        country=next((at(one, "country.code") for one in head.get("addresses.") or () if at(one, "country.code")), ""),
        phone=head.get("phone") or head.get("mobile"),
    )
    yield Found(own.ref, row)


def _product(own: Together) -> Iterator[Found]:
    head = own.head
    price = head.get("list_price")
    row = own.row(
        number=_sku(own.ref, head),
        price=at(head, "template.list_price") if price is None else price,
        category=at(head, "account_category.name") or next(iter(each(head, "categories.name")), ""),
        barcodes=" ".join(each(head, "identifiers.code")),
    )
    yield Found(own.ref, row)


def _sku(of: str, product: Any) -> str:
    """A product's code; one without a code goes by Tryton's name for it."""
    return str((product or {}).get("code") or of)


def _line_sku(line: Record) -> str:
    product = line.get("product.")
    return _sku(ref("product.product", product["id"]), product) if product else ""


def _opportunity(own: Together) -> Iterator[Found]:
    sales = own.head.get("sales") or [0]
    yield Found(
        own.ref, own.row(customer=ref("party.party", own.head.get("party")), order=ref("sale.sale", min(sales)))
    )


def _sale(own: Together) -> Iterator[Found]:
    lines = tuple(
        {
            "ref": ref("sale.line", line["id"]),
            "sku": _line_sku(line) or _first_words(line.get("description")) or ref("sale.line", line["id"]),
            "name": at(line, "product.name") or line.get("description"),
            "qty": line.get("quantity"),
            "unit": at(line, "unit.symbol"),
            "price": line.get("unit_price"),
            "net": line.get("amount"),
            "tax_rate": tax_rate(line),
        }
        for line in own.lines
    )
    yield Found(own.ref, own.row(customer=ref("party.party", own.head.get("party"))), lines)


def _first_words(text: Any) -> str:
    return str(text or "").strip().partition("\n")[0][:60]


def _production(own: Together) -> Iterator[Found]:
    head = own.head
    order, line, sale_line = own.order_line(head)
    product, unit = head.get("product."), head.get("unit.")
    wanted = sale_line.get("unit.") or unit
    made = sum(
        (
            in_unit(out.get("quantity"), out.get("unit."), wanted) or Decimal(0)
            for out in head.get("outputs.") or ()
            if out.get("state") == "done" and product and out.get("product") == product["id"]
        ),
        Decimal(0),
    )
    row = own.row(
        sku=_line_sku(head),
        planned=in_unit(head.get("quantity"), unit, wanted),
        made=made,
        order=order or head.get("reference"),
        order_line=line,
        finished=head.get("effective_date") if head.get("state") == "done" else None,
    )
    yield Found(own.ref, row)


def _project(own: Together) -> Iterator[Found]:
    """A project. Tryton itself does not say for which order it is; its name may."""
    head = own.head
    row = own.row(
        customer=ref("party.party", head.get("party")),
        order=own.order_line(head)[0] or next(iter(numbers_in(str(head.get("name") or ""))), ""),
        state="done" if at(head, "status.progress") == 1 else "running",
        planned_hours=_hours(head.get("total_effort")),
        spent_hours=_hours(head.get("timesheet_duration")),
    )
    yield Found(own.ref, row)


def _hours(seconds: Any) -> Decimal | None:
    return None if seconds is None else (Decimal(seconds) / 3600).quantize(SIX)


_UNDONE = frozenset({"cancelled", "staging"})


def _shipment(own: Together) -> Iterator[Found]:
    """A shipment with the moves that count: none that was cancelled or is only planned as a place for others."""
    head, back = own.head, own.model.endswith(".return")
    moves = [move for move in own.lines if move.get("state") not in _UNDONE and move.get("quantity")]
    went = [move["effective_date"] for move in moves if move.get("effective_date")]
    row = own.row(
        customer=ref("party.party", head.get("customer")),
        direction="in" if back else "out",
        shipped=head.get("effective_date") or max(went, default=None),
    )
    yield Found(own.ref, row, tuple(_move(own, move) for move in moves))


def _move(own: Together, move: Record) -> Row:
    order, line, sale_line = own.order_line(move)
    return {
        "ref": ref("stock.move", move["id"]),
        "sku": _line_sku(move),
        "qty": in_unit(move.get("quantity"), move.get("unit."), sale_line.get("unit.")),
        "order": order,
        "order_line": line,
        "lot": at(move, "lot.number"),
    }


def _invoice(own: Together) -> Iterator[Found]:
    """A bill; one below zero is a credit note, told by amounts above it, which credits the one invoice whose lines its own come
    from. What a credit note "with refund" took back Tryton calls cancelled, but both are in its books: it stays posted."""
    head = own.head
    origins = (named(line.get("origin")) for line in own.lines)
    credited = {
        own.bill_lines[id_]["invoice"]
        for model, id_ in origins
        if model == "account.invoice.line" and id_ in own.bill_lines
    }
    refunded = head["state"] == "cancelled" and named(at(head, "cancel_move.origin"))[0] == "account.invoice"
    total = head.get("total_amount") or Decimal(0)
    sign = -1 if total < 0 else 1
    row = own.row(
        customer=ref("party.party", head.get("party")),
        type="credit_note" if sign < 0 else "invoice",
        state="posted" if refunded else head["state"],
        credits=ref("account.invoice", credited.pop()) if sign < 0 and len(credited) == 1 else "",
        total=sign * total,
        due=min(each(head, "lines_to_pay.maturity_date"), default=None),
    )
    yield Found(own.ref, row, tuple(_invoice_line(own, line, sign) for line in own.lines))


def _invoice_line(own: Together, line: Record, sign: int) -> Row:
    order, order_line, sale_line = own.order_line(line)
    qty = in_unit(line.get("quantity"), line.get("unit."), sale_line.get("unit."))
    net = line.get("amount")
    return {
        "ref": ref("account.invoice.line", line["id"]),
        "order": order,
        "order_line": order_line,
        "shipment": next(iter(each(line, "stock_moves.shipment")), ""),
        "sku": _line_sku(line),
        "qty": None if qty is None else sign * qty,
        "net": None if net is None else sign * net,
        "tax_rate": tax_rate(line),
    }


def _statement(own: Together) -> Iterator[Found]:
    """What moved on the account by one statement. Lines of one number, day and party are one movement, as Tryton itself
    books them; a line without a number is one by itself.
    """
    groups: dict[str, list[Record]] = {}
    for line in own.lines:
        groups.setdefault(movement(line), []).append(line)
    for of, lines in groups.items():
        yield _payment(own, of, lines)


def movement(line: Record) -> str:
    """The ref of the payment that a line of a statement belongs to."""
    if not line.get("number"):
        return ref("account.statement.line", line["id"])
    return f"{line['statement']},{line['number']},{line.get('date')},{line.get('party') or ''}"


def _payment(own: Together, of: str, lines: Sequence[Record]) -> Found:
    first = lines[0]
    row = own.row(
        ref=of,
        number=first.get("number") or own.head.get("name") or of,
        date=first.get("date"),
        currency=at(own.head, "currency.code"),
        customer=ref("party.party", first.get("party")),
        customer_name=at(first, "party.rec_name"),
        reference=next((line["description"] for line in lines if line.get("description")), ""),
    )
    return _settled(of, row, [(line["amount"], line.get("related_to")) for line in lines])


def _booked(own: Together) -> Iterator[Found]:
    """An entry in the books that pays invoices, made without a statement of the bank."""
    if not own.lines:
        return
    first = own.lines[0]
    row = own.row(
        state="posted",
        currency=at(first, "second_currency.code") or at(own.head, "company.currency.code"),
        customer=ref("party.party", first.get("party")),
        customer_name=at(first, "party.rec_name"),
        reference=next((line["description"] for line in own.lines if line.get("description")), ""),
    )
    paid = [(_credit(line), ref("account.invoice", next(iter(line["invoice_payments"]), 0))) for line in own.lines]
    yield _settled(own.ref, row, paid)


def _credit(line: Record) -> Decimal:
    """What a line of the books takes off what the customer owes, in the currency of the bill."""
    if at(line, "second_currency.code"):
        return -Decimal(line["amount_second_currency"])
    return Decimal(line["credit"]) - Decimal(line["debit"])


def _settled(of: str, row: Row, parts: Sequence[tuple[Decimal, Any]]) -> Found:
    """A payment of all ``parts``: amounts, each with the invoice that it is for. Money that went back is told by amounts
    above zero.
    """
    amount = sum((part for part, _invoice in parts), Decimal(0))
    sign = -1 if amount < 0 else 1
    row |= {"amount": abs(amount), "direction": "out" if amount < 0 else "in"}
    # What is given back stands first: it makes room for what is settled with it.
    settled = sorted((sign * part, str(invoice)) for part, invoice in parts if named(invoice)[0] == "account.invoice")
    return Found(of, row, tuple({"amount": part, "invoice": invoice} for part, invoice in settled))


_FOUND: dict[str, Callable[[Together], Iterator[Found]]] = {
    "party.party": _party,
    "product.product": _product,
    "sale.opportunity": _opportunity,
    "sale.sale": _sale,
    "production": _production,
    "project.work": _project,
    "stock.shipment.out": _shipment,
    "stock.shipment.out.return": _shipment,
    "account.invoice": _invoice,
    "account.statement": _statement,
    "account.move": _booked,
}
