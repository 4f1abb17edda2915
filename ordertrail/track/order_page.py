"""The page of an order as one frozen object: built by a fixed number of queries, whatever the number of lines and documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ordertrail.desk.models import Owner
from ordertrail.orders.models import Order, OrderStatus
from ordertrail.track import cells, line_rows, matrix, steps
from ordertrail.track import things as documents
from ordertrail.track.addresses import BY_ID, href
from ordertrail.track.cells import Axis, Promise
from ordertrail.track.gather import Gathered, gather
from ordertrail.track.line_rows import Lines
from ordertrail.track.matrix import Matrix
from ordertrail.track.problems import Problem, by_fact, problems
from ordertrail.track.promises import Moved, moves
from ordertrail.track.steps import Life
from ordertrail.track.things import Thing
from ordertrail.track.timeline import Event, newest_first, timeline

SHOWN_EVENTS = 12
"""So many events stand on the page; the rest a click away."""
MATRIX_FIRST = 3
"""From so many differing facts on, who says what stands above everything that follows from it."""


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Everything that the page shows, ready to be written down. Amounts are gross in ``order.currency``."""

    order: Order
    status: OrderStatus
    href: str
    customer_href: str
    systems: tuple[str, ...]
    owner: Owner | None
    axes: tuple[Axis, ...]
    promise: Promise
    moves: tuple[Moved, ...]
    problems: tuple[Problem, ...]
    past_problems: tuple[Problem, ...]
    life: Life
    lines: Lines
    matrix: Matrix
    things: tuple[Thing, ...]
    events: tuple[Event, ...]
    more_events: int

    @property
    def key(self) -> str:
        """What names the order in an address, whoever else bears its number."""
        return f"{BY_ID}{self.order.pk}"

    @property
    def name(self) -> str:
        """What it is called: its number, and a draft without one by its id."""
        return self.order.number or self.key

    @property
    def matrix_first(self) -> bool:
        """Whether systems disagree so much that this is what the reader must see first."""
        return self.matrix.differing >= MATRIX_FIRST

    @property
    def beyond_shipped(self) -> Decimal:
        """The gross amount that is billed and has not gone out; 0 where what is billed may be billed."""
        status = self.status
        return max(Decimal(0), status.invoiced - status.shipped) if status.invoicing == "over" else Decimal(0)


def order_page(
    order_id: int, person: object, today: date, opened: str = "", *, all_links: bool = False
) -> OrderPage | None:
    """The page of the order ``order_id``; ``opened`` is the step of its life to show open, ``all_links`` shows every link row.
    None when there is no such order, or none that ``person`` may see."""
    told = gather(order_id, person)
    return None if told is None else built(told, today, opened, all_links=all_links)


def built(told: Gathered, today: date, opened: str = "", *, all_links: bool = False) -> OrderPage:
    """The page out of what was gathered; asks the store for nothing more."""
    lines = line_rows.build(told, all_links=all_links)
    found = problems(told)
    open_ = tuple(problem for problem in found if problem.open)
    table = matrix.build(told, by_fact(open_))
    things = documents.things(told)
    events = newest_first(timeline(told))
    knowing = {document.source_id for document in told.documents}
    customer = told.order.customer
    return OrderPage(
        order=told.order,
        status=told.status,
        href=href("order", told.order.pk, told.order.number),
        customer_href=href("customer", customer.pk, customer.code) if customer else "",
        systems=tuple(source.name for source in told.sources.values() if source.pk in knowing),
        owner=told.owner,
        axes=cells.axes(told, lines, table, today),
        promise=cells.promise(told, today),
        moves=moves(told),
        problems=open_,
        past_problems=tuple(problem for problem in found if not problem.open),
        life=steps.build(told, things, today, opened),
        lines=lines,
        matrix=table,
        things=things,
        events=tuple(events[:SHOWN_EVENTS]),
        more_events=max(0, len(events) - SHOWN_EVENTS),
    )
