"""The open findings with the most money at stake, in words."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from ordertrail.boards.asked import BY_ID, Asked
from ordertrail.boards.board import Tile
from ordertrail.findings.models import Finding
from ordertrail.findings.queries import told, visible_to
from ordertrail.hub.read import query
from ordertrail.lib.money import MONEY_SCALE, from_units

MOST = 6


def draw(tile: Tile, asked: Asked) -> dict[str, Any]:
    """The largest findings of the snapshot in the company's currency, told by the findings themselves."""
    currency = str(asked.chosen.values.get("currency") or settings.COMPANY.currency).upper()
    orders = asked.scope()
    scope = f"order_id IN (SELECT order_id FROM {{fact_order}} WHERE {orders})" if orders != "TRUE" else "TRUE"
    sql = (
        "SELECT finding_id, kind, order_id, order_number, customer_name, money FROM {fact_finding}"
        f" WHERE status = 'open' AND money > 0 AND currency = $in_currency AND {scope}"
        f" ORDER BY money DESC, order_number, check_name LIMIT {MOST}"
    )
    params = {**asked.params(), "in_currency": currency}
    rows = query(sql, params, asked.person, on=asked.snapshot).rows
    every = query(
        f"SELECT COUNT(*) FROM {{fact_finding}} WHERE status = 'open' AND {scope}",
        params,
        asked.person,
        on=asked.snapshot,
    ).rows[0][0]
    words = Finding.objects.filter(pk__in=[row[0] for row in rows]) & visible_to(asked.person)
    known = {one.pk: one for one in words.select_related("owner")}
    return {
        "findings": [
            {
                "kind": kind,
                "number": number,
                "customer": customer,
                "title": told(known[pk]).title,
                "label": told(known[pk]).label,
                "owner": known[pk].owner,
                "money": from_units(money, MONEY_SCALE),
                "href": reverse("track:order", args=[f"{BY_ID}{order}"])
                if order
                else reverse("track:finding", args=[pk]),
            }
            for pk, kind, order, number, customer, money in rows
            if pk in known
        ],
        "currency": currency,
        "every": every,
        "all": reverse("track:findings"),
    }
