"""Money that is out: one row a metric, with its age in four bands."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ordertrail.boards.asked import Asked
from ordertrail.boards.board import Tile
from ordertrail.boards.figures import Ages, ages, figures
from ordertrail.boards.metric import metrics
from ordertrail.hub.read import query
from ordertrail.lib.money import MONEY_SCALE, from_units
from ordertrail.web import format as write


def draw(tile: Tile, asked: Asked) -> dict[str, Any]:
    """Each metric in its main currency, with its ages."""
    lines: list[dict[str, Any]] = []
    for name in tile.names:
        metric = metrics()[name]
        main = figures(metric, asked).main
        found = ages(metric, asked, main.currency)
        lines.append(
            {
                "name": name,
                "title": metric.title,
                "figure": main,
                "amount": write.number(main.now or Decimal(0)),
                "ages": found,
                "label": _label(found),
                "overdue": _overdue(asked, main.currency) if name == "receivable" else "",
                "rows": asked.rows(name, metric, (("currency", main.currency),)),
            }
        )
    return {"lines": lines, "currency": lines[0]["figure"].currency if lines else ""}


def _label(found: Ages) -> str:
    told = ", ".join(write.number(band) for band in found.bands)
    return _("0–7, 8–14, 15–30 and more than 30 days old: %(bands)s") % {"bands": told}


def _overdue(asked: Asked, currency: str) -> str:
    """What of the receivable should have been paid by now, in whole units: of the invoices whose day has passed; "" for none."""
    orders = asked.scope()
    sql = (
        "SELECT CAST(COALESCE(SUM(open), 0) AS BIGINT) FROM {fact_invoice_share}"
        " WHERE open > 0 AND due_date < $today AND currency = $in_currency"
        f" AND order_id IN (SELECT order_id FROM {{fact_order}} WHERE open_receivable > 0 AND {orders})"
    )
    row = query(sql, {**asked.params(), "in_currency": currency}, asked.person, on=asked.snapshot).rows[0]
    return write.number(from_units(row[0], MONEY_SCALE)) if row[0] else ""
