"""Quote an order: a draft becomes a numbered quotation, if its goods can be there on their days."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext as _

from ordertrail.desk.availability import short_at_quote
from ordertrail.desk.confirm import number
from ordertrail.desk.held import hold_orders
from ordertrail.desk.quantity import plain
from ordertrail.desk.step import step
from ordertrail.lib.ids import LINES
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import Terms
from ordertrail.orders.own import mark, may
from ordertrail.orders.typing import day_of
from ordertrail.parties.models import Person

SHORT = "stock_short"


def quote(*, by: Person, order: int, accept: Collection[str] = (), day: date | None = None) -> int:
    """Make a quotation of a draft, or renew one; returns the order's id.

    Refused("stock_short") with each line's numbers and days, unless that is in ``accept``; ("already_confirmed").
    """
    when = day_of(day)
    with step(by, "quote") as s:
        head = hold_orders([order]).orders[order]
        state = may("quote", head)
        short = short_at_quote(s, order)
        if short and SHORT not in accept:
            raise _short(head.name, short)
        mark(order, state)
        Terms.objects.filter(pk=order).update(quoted_date=when)
        given = number(head, when)
        s.act("order", order, number=given, short=[[line % LINES, free, asked] for line, free, asked, _day in short])
    return order


def _short(name: str, short: Collection[tuple[int, int, int, date | None]]) -> Refused:
    errors = []
    for pk, available, asked, earliest in short:
        line = pk % LINES
        words = {"order": name, "line": line, "asked": plain(asked), "free": plain(available), "day": earliest}
        sentence = (
            _(
                "Line %(order)s/%(line)s asks for %(asked)s; %(free)s can be promised for its day, all of it from %(day)s."
            )
            if earliest
            else _(
                "Line %(order)s/%(line)s asks for %(asked)s; %(free)s can be promised, and nothing more is on its way."
            )
        )
        way_out = _("Accept it (stock_short), lower it, or choose a later day.")
        detail = f"{sentence % words} {way_out}"
        errors.append({"path": f"lines.{line - 1}.qty", "code": SHORT, "detail": detail})
    return Refused(SHORT, errors[0]["detail"], errors)
