"""Steps around cancelled documents that wait for somebody's choice, and around quantities taken off an order's lines."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db import connection

from ordertrail.lib import bulk, clock
from ordertrail.orders.models import Cut, ExceptionLine, OrderException, OrderLine

SHIPMENT_CANCELLED, INVOICE_CANCELLED = "shipment_cancelled", "invoice_cancelled"
CHOICES = ("recreate", "ignore")
OVERTAKEN = "overtaken"
CLOSED, IGNORED, UNBILLED = "closed", "ignored", "unbilled"


def raise_exception(order: int, kind: str, document: int, quantities: Mapping[int, int]) -> OrderException:
    """Have a cancelled document wait for a choice; ``quantities`` are those of the order's lines on it, by line id."""
    made = OrderException.objects.create(order_id=order, kind=kind, document=document, at=clock.now())
    rows = [(made.pk, line, qty) for line, qty in sorted(quantities.items()) if qty]
    bulk.insert(ExceptionLine, ("exception", "line", "qty"), rows)
    return made


def overtake(orders: Collection[int], kinds: Collection[str]) -> None:
    """End the waiting of these orders' exceptions: what happened since leaves nothing to choose."""
    waiting = OrderException.objects.filter(order__in=orders, kind__in=kinds, choice="")
    waiting.update(choice=OVERTAKEN, chosen_at=clock.now())


def chosen(exception: OrderException, choice: str, by: int | None) -> None:
    """Write down what somebody chose."""
    exception.choice, exception.chosen_at, exception.chosen_by = choice, clock.now(), by
    exception.save(update_fields=["choice", "chosen_at", "chosen_by"])


def cut(quantities: Mapping[int, int], why: str, by: int | None, exception: OrderException | None = None) -> None:
    """Take quantities off order lines (by id): "unbilled" lowers only what may be billed, the others what is wanted too."""
    taken = {line: qty for line, qty in quantities.items() if qty > 0}
    now, because = clock.now(), exception.pk if exception else None
    bulk.insert(
        Cut,
        ("line", "why", "qty", "exception", "at", "by"),
        [(line, why, qty, because, now, by) for line, qty in sorted(taken.items())],
    )
    if why != UNBILLED:
        _take_off(list(taken.items()))


def give_back(order: int) -> None:
    """End what closing took off an order's lines."""
    taken = bulk.select(
        f"SELECT c.id, c.line_id, c.qty FROM {bulk.table(Cut)} c JOIN {bulk.table(OrderLine)} l ON l.id = c.line_id"
        " WHERE l.order_id = %s AND c.why = %s AND c.ended_at IS NULL",
        [order, CLOSED],
    )
    Cut.objects.filter(pk__in=[row[0] for row in taken]).update(ended_at=clock.now())
    _take_off([(line, -qty) for _cut, line, qty in taken])


def bill_again(orders: Collection[int]) -> None:
    """End what was not to be billed again: nothing of these orders will be."""
    Cut.objects.filter(line__order__in=orders, why=UNBILLED, ended_at=None).update(ended_at=clock.now())


def _take_off(taken: Sequence[tuple[int, int]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {bulk.table(OrderLine)} SET cancelled_qty = cancelled_qty + %s WHERE id = %s",
            [[qty, line] for line, qty in taken],
        )
