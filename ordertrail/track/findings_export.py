"""The findings list as a file."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from ordertrail.lib import clock
from ordertrail.lib.money import minor_digits
from ordertrail.track.export import answered
from ordertrail.track.findings_filter import TABS, Selection
from ordertrail.track.findings_rows import Row, rows_of
from ordertrail.track.sheets import Cell

STEP = 500


def export(request: HttpRequest, chosen: Selection, wanted: str) -> HttpResponseBase:
    """The file."""
    heads = [
        _("What is wrong"), _("Check"), _("Order"), _("Customer"), _("Since"), _("Closed"), _("At stake"), _("Currency"),
        _("Owner"), _("Whose work"), _("What to do"),
    ]  # fmt: skip
    about: list[tuple[str, Cell]] = [(_("Tab"), str(TABS[chosen.tab])), (_("Made by"), str(request.user))]
    return answered(_("Findings"), wanted, heads, cells(chosen), about)


def cells(chosen: Selection) -> Iterator[list[Cell]]:
    """The rows of the file below its head, the largest money first."""
    rows = chosen.rows.select_related("owner").order_by(F("weight").desc(), "pk")
    place = 0
    while found := list(rows[place : place + STEP]):
        yield from (_cells(row) for row in rows_of(found))
        place += STEP


def _cells(row: Row) -> list[Cell]:
    one = row.problem
    money = None if one.money is None else round(one.money, minor_digits(one.currency))
    closed = one.closed_at.astimezone(clock.zone()).date() if one.closed_at else None
    return [
        one.title, str(row.label), row.number, row.customer, one.since.astimezone(clock.zone()).date(), closed, money, one.currency,
        str(one.owner or ""), str(one.role_words), one.next_step,
    ]  # fmt: skip
