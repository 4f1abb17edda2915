"""Documents around an order as they are shown: each real thing once, with the papers that systems have of it and why these are one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.lib.money import QTY_SCALE, from_units
from ordertrail.track.addresses import href
from ordertrail.track.gather import Gathered
from ordertrail.track.papers import Paper, bonds_of, papers_of
from ordertrail.track.when import exact
from ordertrail.web.axes import look

ZERO = Decimal(0)

KINDS: dict[str, Promise] = {
    "order": gettext_lazy("Order"),
    "opportunity": gettext_lazy("Opportunity"),
    "project": gettext_lazy("Project"),
    "work_order": gettext_lazy("Work order"),
    "shipment": gettext_lazy("Shipment"),
    "invoice": gettext_lazy("Invoice"),
    "payment": gettext_lazy("Payment received"),
    "receipt": gettext_lazy("Stock receipt"),
    "customer": gettext_lazy("Customer"),
    "product": gettext_lazy("Product"),
}
"""What each kind of document is called, in the order in which they stand."""

ICONS = {
    "order": "shopping-cart", "opportunity": "bulb", "project": "briefcase", "work_order": "tool",
    "shipment": "truck-delivery", "invoice": "receipt-2", "payment": "coin-yuan", "receipt": "package-import",
    "customer": "building", "product": "package",
}  # fmt: skip

LOOKS: dict[tuple[str, str], tuple[str, Promise]] = {
    ("shipment", "done"): ("ok", gettext_lazy("Shipped")),
    ("shipment", "arrived"): ("ok", gettext_lazy("Arrived")),
    ("shipment", "back"): ("line", gettext_lazy("Came back")),
    ("invoice", "posted"): ("ok", gettext_lazy("Posted")),
    ("payment", "done"): ("ok", gettext_lazy("Received")),
    ("payment", "back"): ("line", gettext_lazy("Paid back")),
    ("work_order", "draft"): ("idle", gettext_lazy("Planned")),
    ("work_order", "running"): ("info", gettext_lazy("Running")),
    ("work_order", "done"): ("ok", gettext_lazy("Finished")),
    ("project", "draft"): ("idle", gettext_lazy("Planned")),
    ("project", "running"): ("info", gettext_lazy("Running")),
    ("project", "done"): ("ok", gettext_lazy("Finished")),
    ("opportunity", "lead"): ("idle", gettext_lazy("Lead")),
    ("opportunity", "qualified"): ("info", gettext_lazy("Qualified")),
    ("opportunity", "proposal"): ("info", gettext_lazy("Proposal")),
    ("opportunity", "negotiation"): ("info", gettext_lazy("Negotiation")),
    ("opportunity", "won"): ("ok", gettext_lazy("Won")),
    ("opportunity", "lost"): ("line", gettext_lazy("Lost")),
    ("", "draft"): ("idle", gettext_lazy("Draft")),
    ("", "cancelled"): ("line", gettext_lazy("Cancelled")),
}
"""Tone and word of a document's state."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One real document. ``own`` is this order's part of it, ``whole`` all of it: quantities, or gross amounts in ``currency``
    where that is given. ``day`` is when it happened, or is ``planned`` to."""

    kind: str
    id: int
    number: str
    href: str
    tone: str
    state: Promise | str
    day: date | None
    at: datetime | None
    planned: bool
    reported: bool
    counts: bool
    own: Decimal | None
    whole: Decimal | None
    currency: str
    orders: int
    papers: tuple[Paper, ...]
    done: bool = True
    note: str = ""

    @property
    def kind_words(self) -> Promise:
        """What its kind is called."""
        return KINDS[self.kind]

    @property
    def icon(self) -> str:
        """The icon of its kind."""
        return ICONS[self.kind]

    @property
    def sources(self) -> list[str]:
        """The names of the systems that have it."""
        return list(dict.fromkeys(paper.source.name for paper in self.papers))


def state_look(kind: str, state: str) -> tuple[str, Promise | str]:
    """Tone and word of a document's state; a state without a word is shown by its own name.

    >>> state_look("invoice", "posted")[0], state_look("invoice", "draft")[0], state_look("invoice", "odd")
    ('ok', 'idle', ('idle', 'odd'))
    """
    return LOOKS.get((kind, state)) or LOOKS.get(("", state)) or ("idle", state)


def things(told: Gathered) -> tuple[Thing, ...]:
    """Every document around an order, by kind and then by day."""
    maker = _Maker(told)
    order = list(KINDS)
    found = (*maker.order(), *maker.goods(), *maker.bills(), *maker.money(), *maker.work(), *maker.sales())
    return tuple(sorted(found, key=lambda thing: (order.index(thing.kind), str(thing.day), thing.number, thing.id)))


class _Maker:
    """Makes the things of one order."""

    def __init__(self, told: Gathered) -> None:
        self.told = told
        self.bonds = bonds_of(told.links, told.sources, told.people)
        self.members = told.members()

    def _thing(self, kind: str, row: Any, stands: str, **more: Any) -> Thing:
        reported = bool(getattr(row, "reported", False))
        tone, words = state_look(kind, stands)
        told = self.told
        plain: dict[str, Any] = {
            "day": None, "at": None, "planned": False, "counts": True, "own": None, "whole": None, "currency": "",
            "orders": 1, "tone": tone, "state": words, "done": getattr(row, "state", "") not in ("draft", "cancelled"),
        }  # fmt: skip
        papers = papers_of(self.members[row.pk], row.pk, told.sources, self.bonds)
        return Thing(
            kind, row.pk, row.number, href(kind, row.pk, "" if reported else row.number), reported=reported,
            papers=papers, **plain | more,
        )  # fmt: skip

    def order(self) -> Iterator[Thing]:
        """The order itself."""
        order, status = self.told.order, self.told.status
        shown = look("order", status.status)
        yield self._thing(
            "order", order, order.state, tone=shown.tone, state=shown.words, day=order.order_date, own=status.ordered,
            whole=status.ordered, currency=order.currency,
        )  # fmt: skip

    def goods(self) -> Iterator[Thing]:
        """Its shipments."""
        rows = defaultdict(list)
        for row in self.told.shipment_lines:
            rows[row.shipment_id].append(row)
        for pk, mine in rows.items():
            shipment = mine[0].shipment
            whole, orders = self.told.shipment_totals[pk]
            arrived = shipment.state == "done" and shipment.arrived_date is not None
            state = "arrived" if arrived else shipment.state
            state = "back" if shipment.direction == "in" and shipment.state == "done" else state
            yield self._thing(
                "shipment", shipment, state, day=shipment.shipped_date or shipment.planned_date,
                at=shipment.shipped_at if not shipment.shipped_prec else None, planned=shipment.shipped_date is None,
                counts=any(row.counts for row in mine), own=sum((row.qty for row in mine), ZERO),
                whole=from_units(whole, QTY_SCALE), orders=orders,
                note=" ".join(filter(None, (shipment.carrier, shipment.tracking_number))),
            )  # fmt: skip

    def bills(self) -> Iterator[Thing]:
        """Its invoices and credit notes."""
        for share in self.told.invoice_shares:
            invoice = share.invoice
            yield self._thing(
                "invoice", invoice, invoice.state, day=invoice.invoice_date, counts=share.counts, own=share.gross,
                whole=invoice.total, currency=invoice.currency, orders=self.told.invoice_orders.get(invoice.pk, 1),
                note=_("credit note") if invoice.type == "credit_note" else "",
            )  # fmt: skip

    def money(self) -> Iterator[Thing]:
        """Payments of which a part counts for it."""
        rows = defaultdict(list)
        for share in self.told.payment_shares:
            rows[share.payment_id].append(share)
        for mine in rows.values():
            payment = mine[0].payment
            state = "back" if payment.amount < 0 and payment.state == "done" else payment.state
            yield self._thing(
                "payment", payment, state, day=payment.paid_date, at=exact(payment.paid_at),
                counts=any(row.counts for row in mine), own=sum((row.amount for row in mine), ZERO),
                whole=payment.amount, currency=payment.currency, note=payment.payer,
            )  # fmt: skip

    def work(self) -> Iterator[Thing]:
        """Work orders and projects."""
        for row in self.told.work_orders:
            yield self._thing(
                "work_order", row, row.state, day=row.finished_date or row.start_date or row.due_date,
                planned=not (row.finished_date or row.start_date), counts=row.counts, own=row.finished_qty,
                whole=row.planned_qty,
            )  # fmt: skip
        for project in self.told.projects:
            yield self._thing(
                "project", project, project.state, day=project.finished_date or project.start_date or project.due_date,
                planned=not (project.finished_date or project.start_date), note=project.title,
            )  # fmt: skip

    def sales(self) -> Iterator[Thing]:
        """The opportunities that became it."""
        for row in self.told.opportunities:
            yield self._thing(
                "opportunity", row, row.stage, day=row.opened_date, own=row.value, whole=row.value,
                currency=row.currency or self.told.order.currency, note=row.title,
            )  # fmt: skip
