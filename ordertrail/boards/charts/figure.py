"""A metric as a tile: its number, the change, twelve weeks as a line."""

from __future__ import annotations

from datetime import date
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
        "was": _was(main, short=True),
        "was_title": _was(main, short=False) and f"{_before_words(metric, asked.today)} {_was(main, short=False)}",
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


def _was(one: Figure, *, short: bool) -> str:
    """What it was in the period before, in words; "" where that is not known."""
    if one.before is None:
        return ""
    if one.is_share:
        figure = write.percent(one.before)
    elif short:
        brief = write.big(one.before, get_language() or "en")
        figure = f"{write.symbol(one.currency)}{brief.figure}{brief.unit and ' ' + brief.unit}"
    else:
        figure = write.money(one.before, one.currency) if one.currency else write.number(one.before)
    return _("was %(figure)s") % {"figure": figure} if short else figure


def _before_words(metric: Metric, today: date) -> str:
    """The period that the figure is compared with."""
    words = {
        Window.NOW: _("a week ago:"),
        Window.MONTH: _("the month before:") if periods.begins(today) else _("the same days of last month:"),
        Window.WEEKS: _("the 4 weeks before:"),
    }
    return words.get(metric.window, "")


def _aside(metric: Metric, one: Figure) -> str:
    """Of how many rows a share is made."""
    if metric.unit is not Unit.SHARE or one.now is None:
        return ""
    return _("%(part)s/%(of)s lines") % {"part": write.number(one.part), "of": write.number(one.of)}
