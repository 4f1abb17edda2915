"""What a check looks at: one order, payment, shipment or invoice with everything that may be wrong about it, read by the thousand.

Checks are pure functions of a view, so that each is tested by a few numbers and a thousand orders cost as many queries as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ordertrail.findings.claims import Claim, FactRow, OrderFrame
from ordertrail.findings.heard import Paper
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units, piece_units
from ordertrail.records.models import Source

ZERO = Decimal(0)


def day(value: Any) -> date | None:
    """A day as the driver gives it (text on SQLite)."""
    return date.fromisoformat(value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class LineView:
    """One order line with its counted quantities (agreed, as link rows have them); ``planned`` is None where nothing is made for
    it. ``price`` is for one unit, as the order has it."""

    id: int
    line: int
    sku: str
    unit: str
    qty: Decimal
    cancelled: Decimal
    price: Decimal | None
    amount: int
    service: bool
    shipped: Decimal
    returned: Decimal
    invoiced: Decimal
    planned: Decimal | None
    finished: Decimal

    @property
    def wanted(self) -> Decimal:
        """What is still to be delivered in all: ordered less cancelled."""
        return self.qty - self.cancelled

    @property
    def to_ship(self) -> Decimal:
        """What is left to ship (domain.md §1.10)."""
        return ZERO if self.service else max(self.wanted - self.shipped, ZERO)


@dataclass(frozen=True, slots=True)
class WorkView:
    """A work order for an order's line."""

    id: int
    number: str
    line: int | None
    state: str
    planned: Decimal
    finished: Decimal
    due_date: date | None


@dataclass(frozen=True, slots=True)
class LooseLine:
    """A line of a shipment or invoice that names the order and fits none of its lines."""

    kind: str
    document: int
    number: str
    source: int
    line: int
    sku: str
    qty: Decimal
    gross: Decimal | None
    began: datetime


@dataclass(frozen=True, slots=True)
class Naming:
    """A shipment or invoice that still names an order which its system has deleted; ``gross`` of an invoice's lines for it."""

    kind: str
    number: str
    source: int
    gross: Decimal
    learned_at: datetime


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order as a check sees it. Amounts are gross in ``currency``; ``goods_told``: some system speaks of what of it was shipped.

    ``named_by`` is filled where every system has lost the order.

    ``customers``: for each system that has the order, and each payment from somebody whom no other system knows, the customer
    (id, None where it is not known) and the name that is written there.
    """

    id: int
    number: str
    status: str
    state: str
    frame: OrderFrame
    rows: Mapping[str, FactRow]
    lines: tuple[LineView, ...]
    work: tuple[WorkView, ...]
    loose: tuple[LooseLine, ...]
    named_by: tuple[Naming, ...]
    members: tuple[Paper, ...]
    customers: tuple[tuple[Paper, int | None, str], ...]
    customer: int | None
    customer_name: str
    agreed_customer: str
    promised_date: date | None
    total_told: Decimal | None
    amounts: Mapping[str, Decimal]
    goods_told: bool
    sources: Mapping[int, Source]
    today: date

    @property
    def currency(self) -> str:
        """The order's currency."""
        return self.frame.currency

    @property
    def live(self) -> bool:
        """Whether something is still to happen with it, or has: neither a draft nor a quotation, nor cancelled."""
        return self.state not in ("draft", "quoted", "cancelled")

    @property
    def home(self) -> Paper:
        """The order in its home."""
        return next((paper for paper in self.members if paper.document == self.id), self.members[0])

    def gross(self, by_line: Mapping[int, Decimal]) -> Decimal:
        """The gross amount of these quantities by line id, tax rounded once."""
        return self.frame.gross(by_line)

    def net(self, by_line: Mapping[int, Decimal]) -> Decimal:
        """The amount of these quantities as the order's prices are (net, or gross where prices include tax)."""
        told = self.frame.lines
        units = sum(
            piece_units(told[line].amount, int(qty * QTY_SCALE), told[line].qty, self.frame.digits)
            for line, qty in by_line.items()
            if line in told
        )
        return from_units(units, MONEY_SCALE)

    def claim(self, fact: str) -> Claim | None:
        """What the believed source says of ``fact``."""
        row = self.rows.get(fact)
        return None if row is None or row.believed is None else row.of(row.believed)

    def since(self, *claims: Claim | None) -> datetime:
        """When the evidence began: the later of these words; without any, when the order was told last."""
        told = [claim.began or claim.as_of for claim in claims if claim is not None and not claim.silent]
        return max(told, default=self.home.began)


Foreign = tuple[str, str]
"""Number and currency of an order or invoice that a paper in another currency is for."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A number that a paper names and several orders bear: the orders as (system, customer)."""

    number: str
    orders: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PaperView:
    """A shipment or an invoice that counts as done, no mere figure, with the orders that it names and nobody has
    (``unknown``, as it writes them) or several have (``shared``), an invoice's totals: as told and as its lines have it, and its orders
    in other currencies. ``qty`` and ``money`` are those of the lines for these orders."""

    kind: str
    id: int
    number: str
    source: Source
    began: datetime
    unknown: tuple[str, ...] = ()
    qty: Decimal = ZERO
    money: Decimal | None = None
    currency: str = ""
    total: Decimal | None = None
    total_told: Decimal | None = None
    lines: int = 0
    foreign: tuple[Foreign, ...] = ()
    shared: tuple[Shared, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment that came in or (``amount`` below zero) went back and is no mere figure: who paid, what of it is ``placed`` on orders
    or invoices, whether its payer is a customer's name, the orders and invoices among them that are in other currencies, the
    customer's oldest open invoices (number, what is open), and whether a source that is believed before its own has placed as much
    of the same money nowhere (``echo``)."""

    id: int
    number: str
    source: Source
    began: datetime
    payer: str
    payer_known: bool
    paid_date: date | None
    reference: str
    amount: Decimal
    placed: Decimal
    currency: str
    foreign: tuple[Foreign, ...] = ()
    opens: tuple[tuple[str, Decimal], ...] = ()
    echo: bool = False
