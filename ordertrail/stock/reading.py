"""Reading what costs are counted from: moves with their adjustments, piles, debts, units (domain.md §1.6). Store integers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from django.conf import settings

from ordertrail.catalog.models import CostMethod, Product
from ordertrail.lib import bulk
from ordertrail.lib.money import QTY_SCALE, minor_digits, to_units
from ordertrail.stock.balance import on_hand_of
from ordertrail.stock.models import Average, CostAdjustment, Layer, LayerUse, Move, Warehouse
from ordertrail.stock.rules import Pile, unit_of

BATCH = 50
"""Open piles that are read at a time: an issue seldom needs more."""


def company_digits() -> int:
    """The decimals of the company's currency, in which stock is valued."""
    return minor_digits(settings.COMPANY.currency)


def main_warehouse() -> int:
    """The warehouse where goods are unless another one is named; made where there is none yet."""
    found = Warehouse.objects.order_by("pk").values_list("pk", flat=True).first()
    return found if found is not None else Warehouse.objects.create(code="MAIN", name="Main").pk


def adjusted(alias: str) -> str:
    """SQL for the sum of the adjustments of the move ``alias``."""
    return f"COALESCE((SELECT SUM(a.value) FROM {bulk.table(CostAdjustment)} a WHERE a.move_id = {alias}), 0)"


def later_moves(product: int, day: date) -> list[tuple[Any, ...]]:
    """The moves of later days: id, kind, quantity, value with adjustments, the price that was told, the move that it undoes."""
    rows = bulk.select(
        f"SELECT m.id, m.kind, m.qty, m.value + {adjusted('m.id')}, m.unit_cost, m.undoes_id FROM {bulk.table(Move)} m"
        " WHERE m.product_id = %s AND m.move_date > %s ORDER BY m.move_date, m.id",
        [product, day.isoformat()],
    )
    return [(pk, kind, int(qty), int(value), told, undoes) for pk, kind, qty, value, told, undoes in rows]


def open_piles(product: int, also: Collection[int] = ()) -> Iterator[Pile]:
    """The piles with something left, the oldest first, read as they are asked for; and with them those of the moves in ``also``."""
    # Two conditions and not one with OR, so that the index of open layers is used where there is nothing else.
    listed = f"(NOT l.used_up OR l.move_id IN {bulk.among()})" if also else "NOT l.used_up"
    sql = (
        f"SELECT l.move_id, l.qty, l.value + {adjusted('l.move_id')},"
        f" COALESCE((SELECT SUM(u.qty) FROM {bulk.table(LayerUse)} u WHERE u.layer_id = l.move_id), 0),"
        f" COALESCE((SELECT SUM(u.value) FROM {bulk.table(LayerUse)} u WHERE u.layer_id = l.move_id), 0),"
        f" l.used_up, l.layer_date FROM {bulk.table(Layer)} l WHERE l.product_id = %s AND {listed}"
        " AND (l.layer_date > %s OR (l.layer_date = %s AND l.move_id > %s)) ORDER BY l.layer_date, l.move_id LIMIT %s"
    )
    beyond: tuple[Any, int] = ("1000-01-01", 0)
    while True:
        given = [bulk.bound(also)] if also else []
        rows = bulk.select(sql, [product, *given, beyond[0], beyond[0], beyond[1], BATCH])
        for move, *figures, shut, _day in rows:
            qty, value, out, worth_out = map(int, figures)
            yield Pile(move, qty, value, qty - out, value - worth_out, bool(shut))
        if len(rows) < BATCH:
            return
        beyond = (str(rows[-1][6]), rows[-1][0])


def uses_after(product: int, moves: Collection[int]) -> dict[tuple[int, int], tuple[int, int]]:
    """What these moves took, and what was taken of what they brought: (pile, move) → (quantity, value)."""
    rows = bulk.select(
        f"SELECT layer_id, move_id, SUM(qty), SUM(value) FROM {bulk.table(LayerUse)} WHERE id IN"
        f" (SELECT id FROM {bulk.table(LayerUse)} WHERE move_id IN {bulk.among()}"
        f" UNION SELECT id FROM {bulk.table(LayerUse)} WHERE layer_id IN {bulk.among()}) GROUP BY layer_id, move_id",
        [bulk.bound(moves), bulk.bound(moves)],
    )
    return {(pile, move): (int(qty), int(value)) for pile, move, qty, value in rows if qty or value}


def owed_before(
    product: int, day: date, missing: int, again: Mapping[tuple[int, int], tuple[int, int]]
) -> list[tuple[int, int, int, int]]:
    """The issues up to ``day`` that went out of nothing, the oldest first, ``missing`` units in all: move, quantity, the cost of what
    it took of piles, its cost in all. ``again`` are uses that are counted anew and stand for nothing here."""
    undone: dict[int, tuple[int, int]] = {}
    for (_pile, move), (qty, value) in again.items():
        had = undone.get(move, (0, 0))
        undone[move] = (had[0] + qty, had[1] + value)
    uses = f"FROM {bulk.table(LayerUse)} u WHERE u.move_id = m.id"
    sql = (
        f"SELECT m.id, -m.qty, -(m.value + {adjusted('m.id')}), COALESCE((SELECT SUM(u.qty) {uses}), 0),"
        f" COALESCE((SELECT SUM(u.value) {uses}), 0), m.move_date FROM {bulk.table(Move)} m"
        " WHERE m.product_id = %s AND m.qty < 0 AND (m.move_date < %s OR (m.move_date = %s AND m.id < %s))"
        " ORDER BY m.move_date DESC, m.id DESC LIMIT %s"
    )
    found: list[tuple[int, int, int, int]] = []
    beyond: tuple[Any, int] = (day.isoformat(), 1 << 62)
    while missing > 0:
        rows = bulk.select(sql, [product, beyond[0], beyond[0], beyond[1], BATCH])
        for move, qty, cost, taken, base, _day in rows:
            back = undone.get(move, (0, 0))
            open_qty = int(qty) - int(taken) + back[0]
            if open_qty > 0 and missing > 0:
                found.append((move, open_qty, int(base) - back[1], int(cost)))
                missing -= open_qty
        if len(rows) < BATCH:
            break
        beyond = (str(rows[-1][5]), rows[-1][0])
    return found[::-1]


def told_cost(product: Product) -> int:
    """The unit cost that the product itself tells, 0 where it tells none."""
    told = product.standard_cost if product.standard_cost is not None else product.cost
    return 0 if told is None else to_units(told, QTY_SCALE)


def newest_unit(product: Product, day: date | None = None) -> int:
    """What one of the newest pile up to ``day`` costs; where none ever came, what the product tells."""
    rows = bulk.select(
        f"SELECT l.value + {adjusted('l.move_id')}, l.qty FROM {bulk.table(Layer)} l"
        " WHERE l.product_id = %s AND l.layer_date <= %s ORDER BY l.layer_date DESC, l.move_id DESC LIMIT 1",
        [product.pk, (day or date.max).isoformat()],
    )
    return unit_of(int(rows[0][0]), int(rows[0][1])) if rows else told_cost(product)


def unit_cost(product: Product, day: date | None = None) -> int:
    """What one costs now, or did at the end of ``day``: value / on hand for FIFO, the average, or the standard."""
    if product.cost_method == CostMethod.STANDARD:
        return told_cost(product)
    if product.cost_method == CostMethod.AVERAGE:
        return _average(product, day)
    on_hand = on_hand_of([product.pk], day).get(product.pk, 0)
    return unit_of(pile_value(product.pk, day), on_hand) if on_hand > 0 else newest_unit(product, day)


def pile_value(product: int, day: date | None = None) -> int:
    """What the piles of a FIFO product are worth: of now what is left of them, else the moves and adjustments up to ``day``."""
    if day is None:
        uses = f"(SELECT SUM(u.value) FROM {bulk.table(LayerUse)} u WHERE u.layer_id = l.move_id)"
        sql = (
            f"SELECT COALESCE(SUM(l.value + {adjusted('l.move_id')} - COALESCE({uses}, 0)), 0) FROM {bulk.table(Layer)} l"
            " WHERE l.product_id = %s AND NOT l.used_up"
        )
        return int(bulk.select(sql, [product])[0][0])
    moves = f"FROM {bulk.table(Move)} m WHERE m.product_id = %s AND m.move_date <= %s"
    (value,) = bulk.select(f"SELECT COALESCE(SUM(m.value), 0) {moves}", [product, day.isoformat()])[0]
    sql = (
        f"SELECT COALESCE(SUM(a.value), 0) FROM {bulk.table(CostAdjustment)} a JOIN {bulk.table(Move)} m ON m.id = a.move_id"
        " WHERE m.product_id = %s AND m.move_date <= %s AND a.adjustment_date <= %s"
    )
    (more,) = bulk.select(sql, [product, day.isoformat(), day.isoformat()])[0]
    return int(value) + int(more)


def _average(product: Product, day: date | None) -> int:
    averages, moves = bulk.table(Average), bulk.table(Move)
    if day is None:
        rows = bulk.select(
            f"SELECT unit_cost FROM {averages} WHERE product_id = %s ORDER BY id DESC LIMIT 1", [product.pk]
        )
    else:
        rows = bulk.select(
            f"SELECT a.unit_cost FROM {moves} m JOIN {averages} a ON a.move_id = m.id"
            " WHERE m.product_id = %s AND m.move_date <= %s ORDER BY m.move_date DESC, m.id DESC, a.id DESC LIMIT 1",
            [product.pk, day.isoformat()],
        )
    return int(rows[0][0]) if rows else told_cost(product)
