"""What is on hand: the balance of the newest closed month and the moves after it, so that no sum reads years of moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from django.db import connection
from django.db.models import Min

from ordertrail.lib import bulk, clock
from ordertrail.stock.models import Move, StockBalance

WORTH_CLOSING = 500
"""So many moves to be summed make it worth keeping the balance of the last closed month."""
_EVER = date(2999, 12, 1)


def on_hand_of(products: Collection[int], day: date | None = None) -> dict[int, int]:
    """The quantity on hand of each of these products that ever moved, in all; at the end of ``day`` where one is given."""
    return {product: qty for product, (qty, _moves) in _sums(products, day).items()}


def add_to_balances(moved: Sequence[tuple[int, int]], day: date, warehouse: int) -> None:
    """Have the balances follow moves (product, quantity) of ``day`` that have just been written, and close what has grown long."""
    products = {product for product, _qty in moved}
    if day < _first(clock.today()):
        sql = f"UPDATE {bulk.table(StockBalance)} SET qty = qty + %s WHERE product_id = %s AND month >= %s"
        with connection.cursor() as cursor:
            cursor.executemany(sql, [[qty, product, _first(day).isoformat()] for product, qty in moved])
    long = [product for product, (_qty, moves) in _sums(products, None).items() if moves > WORTH_CLOSING]
    if not long:
        return
    closed = _before(_first(clock.today()))
    end = _first(clock.today()) - timedelta(days=1)
    there = set(StockBalance.objects.filter(product__in=long, month=closed).values_list("product_id", flat=True))
    rows = [(product, warehouse, closed, qty) for product, qty in on_hand_of(set(long) - there, end).items()]
    bulk.insert(StockBalance, ("product", "warehouse", "month", "qty"), rows)


def _sums(products: Collection[int], day: date | None) -> dict[int, tuple[int, int]]:
    """By product what is on hand, and how many moves had to be summed for it."""
    if not products:
        return {}
    until = day or _EVER
    if day and day < clock.today() and (closed := _closed_after(products, day)):
        back = _after_day(closed, day)
        now = _sums(closed, None)
        rest = _sums([product for product in products if product not in now], day)
        return rest | {product: (qty - back.get(product, 0), 0) for product, (qty, _moves) in now.items()}
    starts = _starts(products, _before(_first(until + timedelta(days=1))))
    groups: dict[date | None, list[int]] = defaultdict(list)
    for product in products:
        groups[_after(starts[product][0]) if product in starts else None].append(product)
    found = {product: (qty, 0) for product, (_month, qty) in starts.items()}
    for since, mine in groups.items():
        conditions, values = "", []
        if since:
            conditions, values = " AND move_date >= %s", [since.isoformat()]
        if day:
            conditions, values = conditions + " AND move_date <= %s", [*values, day.isoformat()]
        for product, qty, moves in bulk.select(
            f"SELECT product_id, SUM(qty), COUNT(*) FROM {bulk.table(Move)}"
            f" WHERE product_id IN {bulk.among()}{conditions} GROUP BY product_id",
            [bulk.bound(mine), *values],
        ):
            found[product] = (found.get(product, (0, 0))[0] + int(qty), int(moves))
    return found


def _closed_after(products: Collection[int], day: date) -> set[int]:
    """Those of which the first balance lies after ``day``: counting back from now is shorter than from the beginning."""
    rows = StockBalance.objects.filter(product__in=list(products)).order_by()
    ends = rows.values_list("product_id").annotate(Min("month"))
    return {product for product, month in ends if _after(month) > day + timedelta(days=1)}


def _after_day(products: Collection[int], day: date) -> dict[int, int]:
    rows = bulk.select(
        f"SELECT product_id, SUM(qty) FROM {bulk.table(Move)} WHERE product_id IN {bulk.among()} AND move_date > %s"
        " GROUP BY product_id",
        [bulk.bound(products), day.isoformat()],
    )
    return {product: int(qty) for product, qty in rows}


def _starts(products: Collection[int], closed: date) -> dict[int, tuple[date, int]]:
    """The newest balance of each product that is no later than ``closed``."""
    rows = bulk.select(
        f"SELECT product_id, month, qty FROM {bulk.table(StockBalance)}"
        f" WHERE product_id IN {bulk.among()} AND month <= %s ORDER BY month",
        [bulk.bound(products), closed.isoformat()],
    )
    found: dict[int, tuple[date, int]] = {}
    for product, at, qty in rows:
        month = date.fromisoformat(str(at))
        same = product in found and found[product][0] == month
        found[product] = (month, int(qty) + (found[product][1] if same else 0))
    return found


def _first(day: date) -> date:
    return day.replace(day=1)


def _before(month: date) -> date:
    return _first(month - timedelta(days=1))


def _after(month: date) -> date:
    return _first(month + timedelta(days=31))
