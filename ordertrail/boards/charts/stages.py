"""Where open orders stand: a column a step, late orders red, the bottleneck marked."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings

from ordertrail.boards.asked import Asked
from ordertrail.boards.board import Tile
from ordertrail.boards.periods import SPARK_WEEKS, week_ends
from ordertrail.boards.stages import LATE, STAGED, STAGES, STAYS
from ordertrail.hub.read import query
from ordertrail.lib.money import MONEY_SCALE, from_units, half_up

HEIGHT = 122
"""Of the tallest column, in the drawing's units."""
SMALL = 5
"""Fewer orders at a step are no bottleneck."""


@dataclass(frozen=True)
class Stage:
    """One step: its orders, how many of them are late, their worth in the company's currency, how many days they have been there
    (the one in the middle), and how many it took in the last twelve weeks; None where it is not known."""

    name: str
    words: str
    many: int
    late: int
    worth: Decimal
    stay: Decimal | None
    usual: Decimal | None
    rows: str
    height: str
    late_height: str
    bottleneck: bool = False

    @property
    def over(self) -> Decimal | None:
        """How much longer than usual."""
        return None if self.stay is None or self.usual is None else self.stay - self.usual

    @property
    def under(self) -> Decimal | None:
        """How much shorter than usual."""
        return None if self.over is None else -self.over

    @property
    def top(self) -> str:
        """Where the column begins."""
        return f"{half_up(128 - Decimal(self.height), 1)}"

    @property
    def late_top(self) -> str:
        """Where its red part begins."""
        return f"{half_up(128 - Decimal(self.late_height), 1)}"


def draw(tile: Tile, asked: Asked) -> dict[str, Any]:
    """Every step that has orders, and those between."""
    currency = settings.COMPANY.currency
    counts = query(
        f"SELECT stage, COUNT(*), COUNT(*) FILTER (WHERE {LATE}),"
        f" CAST(COALESCE(SUM(ordered) FILTER (WHERE currency = $company_currency), 0) AS BIGINT)"
        f" FROM {STAGED} AS t WHERE {asked.scope(STAGED)} GROUP BY stage",
        {**asked.params(), "company_currency": currency},
        asked.person,
        on=asked.snapshot,
    ).rows
    stays = _stays(asked)
    found = {row[0]: row[1:] for row in counts}
    most = max((row[1] for row in counts), default=1)
    neck = _bottleneck(found, stays)
    stages = [
        _stage(
            name,
            str(words),
            found.get(name, (0, 0, 0)),
            most,
            stays,
            asked.rows(tile.name, tile.metric, (("stage", name),)),
            neck,
        )
        for name, words in STAGES.items()
        if name != "to_settle" or name in found
    ]
    return {
        "stages": stages,
        "currency": currency,
        "late": sum(stage.late for stage in stages),
        "bottleneck": next((stage for stage in stages if stage.bottleneck), None),
        "rows": asked.rows(tile.name, tile.metric),
    }


def _stays(asked: Asked) -> dict[tuple[str, str], Decimal]:
    """The median stay in working days by (step, "now" or "before")."""
    first = week_ends(asked.today, SPARK_WEEKS + 1)[-1]
    sql = STAYS.replace("{scope}", asked.scope())
    rows = query(sql, {**asked.params(), "first": first}, asked.person, on=asked.snapshot).rows
    return {(stage, what): Decimal(tenths) / 10 for stage, what, _many, tenths in rows}


def _bottleneck(found: dict[str, Any], stays: dict[tuple[str, str], Decimal]) -> str:
    """The step whose orders have waited longest beyond what is usual there; "" when none has."""
    over = {
        name: stays[name, "now"] - stays[name, "before"]
        for name, (many, *_rest) in found.items()
        if many >= SMALL and (name, "now") in stays and (name, "before") in stays
    }
    worst = max(over, key=lambda name: over[name], default="")
    return worst if worst and over[worst] >= 1 else ""


def _stage(
    name: str,
    words: str,
    row: tuple[int, int, int],
    most: int,
    stays: dict[tuple[str, str], Decimal],
    rows: str,
    neck: str,
) -> Stage:
    many, late, worth = row
    return Stage(
        name,
        words,
        many,
        late,
        from_units(worth, MONEY_SCALE),
        stays.get((name, "now")),
        stays.get((name, "before")),
        rows,
        f"{half_up(Decimal(HEIGHT) * many / most, 1)}",
        f"{half_up(Decimal(HEIGHT) * late / most, 1)}",
        name == neck,
    )
