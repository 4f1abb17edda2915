"""Amounts of other currencies in the company's: by the rate that was told for the day, or the last one before it."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from functools import cached_property

from django.conf import settings

from ordertrail.lib import bulk
from ordertrail.lib.money import QTY_SCALE, half_up_div, minor_digits


class Exchange:
    """The rates that invoices and payments were booked at, read when the first one is asked for."""

    def __init__(self) -> None:
        self.currency: str = settings.COMPANY.currency

    def company(self, amount: int, currency: str, day: date) -> int | None:
        """``amount`` of ``currency`` in the company's on ``day``; None where no rate was ever told."""
        if currency in ("", self.currency):
            return amount
        if not amount:
            return 0
        told = self._rates.get(currency)
        if not told:
            return None
        place = max(bisect_right(told, (day.isoformat(), 1 << 62)) - 1, 0)
        step = 10 ** (4 - minor_digits(self.currency))
        units: int = half_up_div(amount * told[place][1], QTY_SCALE * step) * step
        return units

    @cached_property
    def _rates(self) -> dict[str, list[tuple[str, int]]]:
        found: dict[str, list[tuple[str, int]]] = {}
        for currency, day, rate in bulk.select(
            "SELECT currency, invoice_date, rate FROM billing_invoice WHERE rate IS NOT NULL AND state <> 'draft' AND currency <> %s"
            " UNION SELECT currency, paid_date, rate FROM billing_payment WHERE rate IS NOT NULL AND currency <> %s",
            [self.currency, self.currency],
        ):
            if day is not None:
                found.setdefault(currency, []).append((str(day), int(rate)))
        return {currency: sorted(listed) for currency, listed in found.items()}
