"""The promised day has passed, and something has not left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.findings import phrases
from ordertrail.findings.check import Candidate, Check, Remedy, foreign_field
from ordertrail.findings.phrases import Facts, stored
from ordertrail.findings.view import OrderView
from ordertrail.lib import clock


class Late(Check):
    """The promised day has passed, and goods of the order have still not left.

    Money: what is still to be shipped, with tax. It closes when all has left, or when another day is agreed.
    """

    label = gettext_lazy("Late")
    role = "store"
    suspect = "s.to_ship_qty > 0 AND s.promised_date < %(today)s AND o.state = 'confirmed'"
    by_clock = True
    remedies = (
        Remedy("ask_store", gettext_lazy("Ask the store"), role="store"),
        Remedy("ask_sales", gettext_lazy("Ask sales"), role="sales"),
    )
    example: ClassVar = {
        "to_ship": "92", "unit": "件", "promised": "2026-09-12", "number": "SO-2609-0003", "home": "OMS",
        "field": "promise_date", "currency": "CNY",
    }  # fmt: skip

    def per_order(self, order: OrderView) -> Iterable[Candidate]:
        """One candidate while a confirmed order is late."""
        late = {line.id: line.to_ship for line in order.lines if line.to_ship > 0}
        if order.state != "confirmed" or not late or order.promised_date is None or order.promised_date >= order.today:
            return
        units = {line.unit for line in order.lines if line.id in late}
        home = order.sources[order.frame.home]
        facts = {
            "to_ship": stored(sum(late.values(), Decimal(0))), "unit": units.pop() if len(units) == 1 else "",
            "promised": stored(order.promised_date), "number": order.number, "home": home.name,
            "field": foreign_field(home, "order", "promised_date"), "currency": order.currency,
        }  # fmt: skip
        since = datetime.combine(order.promised_date + timedelta(days=1), time(), tzinfo=clock.zone())
        money = order.amounts["to_ship"]
        yield Candidate("order", order.id, since, facts, order.id, money=money, currency=order.currency)

    def title(self, facts: Facts) -> str:
        """Such as: Late: 92 pcs to ship, promised 09-12."""
        return _("Late: %(to_ship)s %(unit)s to ship, promised %(promised)s") % {
            "to_ship": phrases.qty(facts, "to_ship"), "unit": phrases.unit(facts), "promised": phrases.day(facts, "promised"),
        }  # fmt: skip

    def next_step(self, facts: Facts) -> str:
        """Ship, or agree another day."""
        return _(
            "Ship what is there; for the rest agree another day with the customer and change %(field)s of %(number)s in"
            " %(home)s. It closes by itself."
        ) % {
            "field": phrases.field(facts, _("the promised day")), "number": facts["number"], "home": facts["home"],
        }  # fmt: skip
