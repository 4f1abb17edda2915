"""Profit by a key, and a product day by day, in answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ordertrail.api.shapes.frame import Shape
from ordertrail.api.written import Day, Money, Qty, Ratio

Unsure = Field(description="In the company's currency; null where a currency has no rate yet.")


class Earned(Shape):
    """Revenue, cost and what is between them; cost, profit and margin only for who sees cost."""

    revenue: Annotated[Money | None, Unsure]
    cost: Annotated[
        Money | None,
        Field(
            description="Only for who sees cost; null where goods of another system's orders are among them: it tells none."
        ),
    ] = None
    profit: Annotated[Money | None, Field(description="Only for who sees cost.")] = None
    margin: Annotated[Ratio | None, Field(description="Only for who sees cost; null where there is no revenue.")] = None


class ProfitRow(Earned):
    """One product, order, category, customer or day, or all of them."""

    key: str
    qty: Qty


class Profit(Shape):
    """Rows and their total. ``basis`` says by which event and day."""

    basis: str
    currency: str
    rows: list[ProfitRow]
    total: ProfitRow


class DailyRow(Earned):
    """A product on one day; what is pending and sellable is that of the day's end."""

    date: Day
    ordered_qty: Qty
    shipped_qty: Qty
    returned_qty: Qty
    pending_qty: Qty
    sellable_qty: Qty
    sold_qty: Qty


class Daily(Shape):
    """A row for each day."""

    basis: str
    currency: str
    rows: list[DailyRow]
