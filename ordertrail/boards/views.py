"""Boards, metrics and the rows behind them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.http import require_GET

from ordertrail.boards.asked import Asked
from ordertrail.boards.board import Board, Tile, boards
from ordertrail.boards.dimensions import DIMENSIONS, sums, taken_apart
from ordertrail.boards.figures import figures
from ordertrail.boards.freshness import Standing, older_than_own_write, standing
from ordertrail.boards.metric import Kind, Unit, Words, metrics
from ordertrail.boards.periods import named
from ordertrail.boards.rows import MOST_ROWS, SIZE, csv_lines, rows
from ordertrail.hub import publish
from ordertrail.hub.read import snapshot
from ordertrail.hub.refresh import folder
from ordertrail.hub.warm import is_ready, keep_warm
from ordertrail.lib import clock
from ordertrail.lib.refused import Refused
from ordertrail.web import format as write
from ordertrail.web.refusals import not_allowed
from ordertrail.web.rights import may, needs

View = Callable[..., HttpResponseBase]


def with_hub(view: View) -> View:
    """A view that reads the hub: where that cannot be read now, a page says why and looks again by itself; where what is asked for
    is not told by the filter, a page says that."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        keep_warm()
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            if not refused.code.startswith("hub_") and refused.code != "not_told":
                raise
            status = 400 if refused.code == "not_told" else 503
            return render(request, "boards/not_ready.html", {"refused": refused}, status=status)

    return wrapped


@needs("see_boards")
@require_GET
@with_hub
def board(request: HttpRequest, name: str) -> HttpResponseBase:
    """One board; ``?only=`` shows one of its tiles alone, as a fragment of its own address."""
    wanted = boards().get(name)
    if wanted is None:
        raise Http404(name)
    asked = Asked.of(request.GET, request.user, snapshot())
    fresh_now = standing(asked.snapshot, request.user)
    only = request.GET.get("only", "")
    small, large = ([tile for tile in tiles if only in ("", tile.key)] for tiles in (wanted.small, wanted.large))
    context = {
        "name": name,
        "board": wanted,
        "asked": asked,
        "only": only,
        "fields": board_fields(wanted, asked),
        "periods": period_switch(wanted, asked, only),
        "today": asked.today,
        "small": [drawn(tile, asked, fresh_now, name) for tile in small],
        "large": [drawn(tile, asked, fresh_now, name) for tile in large],
        "older": older_than_own_write(request, asked.snapshot),
        "as_of": fresh_now.as_of(("order", "goods", "invoice", "money", "production"), reverse("boards:metrics")),
    }
    whole = not request.headers.get("HX-Request")
    return render(request, "boards/board.html" if whole else "boards/tiles.html", context)


def board_fields(wanted: Board, asked: Asked) -> Any:
    """The filter as this board offers it: days only where its tiles are about days that can be chosen, no details of rows."""
    shown = (
        "customer",
        "salesperson",
        "source",
        "currency",
        *(("country", "vendor", "mode", "days") if wanted.days else ()),
    )
    return [field for field in asked.chosen.open_fields() if field.name in shown]


def period_switch(wanted: Board, asked: Asked, only: str) -> list[tuple[Words, str, bool]]:
    """The days that a board may be looked at by name: words, query string, whether they are those that it shows now; none where no
    tile is about days."""
    if not any(tile.metric.day for tile in wanted.tiles):
        return []
    spans = [(words, dict(span.pairs), span == asked.days) for words, span in named(asked.today)]
    usual = (_("Each figure's own days"), asked.query("from", "to", only=only), asked.days is None)
    return [usual, *((words, asked.query(only=only, **days), lit) for words, days, lit in spans)]


def drawn(tile: Tile, asked: Asked, fresh_now: Standing, name: str) -> dict[str, Any]:
    """A tile with what its template shows; one that cannot be drawn says so, and the others live on."""
    needed = tuple({need: None for one in tile.names for need in metrics()[one].needs})
    how, span = reverse("boards:metric", args=[tile.name]), asked.span(tile.metric)
    context = {
        "tile": tile,
        "metric": tile.metric,
        "as_of": fresh_now.as_of(needed, f"{how}#sources"),
        "words": (span and tile.metric.day and tile.period_title) or tile.words,
        "span": span,
        "drill": f"{how}{asked.query() if tile.metric.day else asked.query('from', 'to')}",
        "how": f"{how}#meaning",
        "only": f"{reverse('boards:board', args=[name])}{asked.query(only=tile.key)}",
    }
    try:
        return {**context, **tile.draw(asked)}
    except Refused as refused:
        return {**context, "refused": refused}


@needs("see_boards")
@require_GET
def fresh(request: HttpRequest) -> HttpResponse:
    """Whether there is a newer snapshot than ``?seen=``, with its figures ready: then the page is told, by an event, to ask for its
    tiles again."""
    keep_warm()
    newest = publish.newest(folder())
    answer = HttpResponse(status=204)
    if newest is not None and newest.name != request.GET.get("seen", "") and is_ready(newest):
        answer.headers["HX-Trigger"] = "newer"
    return answer


@needs("see_boards")
@require_GET
@with_hub
def all_metrics(request: HttpRequest) -> HttpResponseBase:
    """Every metric with its meaning and its number now."""
    asked = Asked.of(request.GET, request.user, snapshot())
    fresh_now = standing(asked.snapshot, request.user)
    listed = [
        (
            name,
            metric,
            figures(metric, asked).main,
            fresh_now.as_of(metric.needs, f"{reverse('boards:metric', args=[name])}#sources"),
        )
        for name, metric in metrics().items()
    ]
    return render(request, "boards/metrics.html", {"listed": listed})


@needs("see_boards")
@require_GET
@with_hub
def one_metric(request: HttpRequest, name: str) -> HttpResponseBase:
    """One metric: its number, what it is made of by ``?by=``, what it means, and the sources that it stands on."""
    metric = metrics().get(name)
    if metric is None:
        raise Http404(name)
    asked = Asked.of(request.GET, request.user, snapshot())
    by = request.GET.get("by", "")
    by = by if by in metric.by else metric.by[0]
    fresh_now = standing(asked.snapshot, request.user)
    asked.days_apply(metric)
    shown, groups = taken_apart(name, metric, by, asked)
    context = {
        "name": name,
        "metric": metric,
        "is_share": metric.unit is Unit.SHARE,
        "asked": asked,
        "period": asked.period(metric),
        "figures": figures(metric, asked),
        "dimensions": [(key, DIMENSIONS[key].title) for key in metric.by],
        "by": by,
        "by_words": DIMENSIONS[by].title,
        "parts": shown,
        "sums": sums(metric, asked, shown, groups),
        "rows": asked.rows(name, metric),
        "sources": fresh_now.sources_for(metric.needs),
        "as_of": fresh_now.as_of(metric.needs, "#sources"),
        "query": asked.query(),
    }
    return render(request, "boards/metric.html", context)


@needs("see_boards")
@require_GET
@with_hub
def rows_of(request: HttpRequest, name: str) -> HttpResponseBase:
    """The rows behind a metric; ``?format=csv`` gives all of them as a file."""
    metric = metrics().get(name)
    if metric is None:
        raise Http404(name)
    asked = Asked.of(request.GET, request.user, snapshot())
    asked.days_apply(metric)
    if request.GET.get("format") == "csv":
        if not may(request.user, "export"):
            return not_allowed(request, "export")
        return as_file(request, name, asked)
    text = request.GET.get("at", "0")
    begins = int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0
    found = rows(metric, asked, begins)
    context = {
        "name": name,
        "metric": metric,
        "is_share": metric.unit is Unit.SHARE,
        "kinds": Kind,
        "asked": asked,
        "chosen": asked.chosen,
        "period": asked.period(metric),
        "rows": found,
        "is_count": metric.unit is Unit.COUNT,
        "as_of": standing(asked.snapshot, request.user).as_of(
            metric.needs, f"{reverse('boards:metric', args=[name])}#sources"
        ),
        "first": write.number(found.first),
        "last": write.number(begins + len(found.cells)),
        "many": write.number(found.many),
        "before": max(0, begins - SIZE) if begins else None,
        "after": begins + SIZE if begins + SIZE < found.many else None,
        "too_many": found.many > MOST_ROWS,
        "query": asked.query(),
    }
    return render(request, "boards/rows.html", context)


def as_file(request: HttpRequest, name: str, asked: Asked) -> HttpResponseBase:
    """All rows as a CSV file, in the language of the request."""
    metric = metrics()[name]
    language = request.LANGUAGE_CODE

    def spoken() -> Any:
        with override(language):
            yield from csv_lines(metric, asked)

    answer = StreamingHttpResponse(spoken(), content_type="text/csv; charset=utf-8")
    file = f"{metric.title} {clock.today().isoformat()}.csv"
    answer.headers["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=file))
    answer.headers["Cache-Control"] = "no-store"
    return answer
