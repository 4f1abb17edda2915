"""A metric as a tile: its number, the change, twelve weeks as a line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ordertrail.boards import periods
from ordertrail.boards.asked import Asked
from ordertrail.boards.board import Tile
from ordertrail.boards.figures import Figure, figures
from ordertrail.boards.metric import Better, Metric, Unit, Window, metrics
from ordertrail.web import format as write


def draw(tile: Tile, asked: Asked) -> dict[str, Any]:
    """The figure, how it changed, its history; a second metric of the tile stands beside the first."""
    metric = tile.metric
    found = figures(metric, asked)
    main = found.main
    in_currency = (("currency", main.currency),) if main.currency else ()
    return {
        "figure": main,
        "is_share": metric.unit is Unit.SHARE,
        "others": found.others,
        "change": _change(metric, main),
        "was": _was(metric, main),
        "aside": _aside(metric, main),
        "beside": [(metrics()[name], figures(metrics()[name], asked).main) for name in tile.names[1:]],
        "label": _("%(title)s over the last 12 weeks") % {"title": tile.words},
        "rows": asked.rows(tile.name, metric, in_currency),
        "compare": asked.rows(tile.name, metric, in_currency, periods.before(metric.window, asked.today))
        if metric.day
        else "",
    }


def _change(metric: Metric, one: Figure) -> dict[str, Any] | None:
    """How the figure moved: percent for amounts, points for shares, the difference for counts; None without a before."""
    if one.now is None or one.before is None or one.now == one.before:
        return None
    up = one.now > one.before
    good = None if metric.better is Better.NEITHER else up == (metric.better is Better.UP)
    if metric.unit is Unit.SHARE:
        words = _("%(n)s pt") % {"n": write.points(one.now - one.before)}
    elif metric.unit is Unit.COUNT:
        words = write.number(abs(one.now - one.before))
    elif one.before <= 0:
        return None
    else:
        words = write.percent(abs(one.now / one.before - 1))
    return {"words": words, "up": up, "good": good}


def _was(metric: Metric, one: Figure) -> str:
    """What it is compared with, in words."""
    if one.before is None:
        return ""
    if metric.unit is Unit.SHARE:
        figure = write.percent(one.before)
    else:
        short = write.big(one.before, get_language() or "en")
        figure = f"{write.symbol(one.currency) if one.currency else ''}{short.figure}{short.unit and ' ' + short.unit}"
    if metric.window is Window.NOW:
        return _("a week ago %(figure)s") % {"figure": figure}
    if metric.window is Window.MONTH:
        return _("same days last month %(figure)s") % {"figure": figure}
    return _("4 weeks before %(figure)s") % {"figure": figure}


def _aside(metric: Metric, one: Figure) -> str:
    """Of how many rows a share is made."""
    if metric.unit is not Unit.SHARE or one.now is None:
        return ""
    told = {"part": write.number(Decimal(one.part)), "of": write.number(Decimal(one.of)), "named": metric.named}
    return _("%(part)s of %(of)s %(named)s") % told
