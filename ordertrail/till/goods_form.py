"""Lines of goods as people type them: SKU, quantity, unit cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from ordertrail.lib import clock
from ordertrail.lib.money import QTY_SCALE
from ordertrail.lib.refused import Refused
from ordertrail.orders.typing import products_by_sku
from ordertrail.till.once import key_of
from ordertrail.till.typed import LARGEST, quantity

FEW = 3
"""Empty lines that a form has for more goods."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A line of goods as somebody types it."""

    sku: str = ""
    qty: str = ""
    cost: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing stands there."""
        return not (self.sku or self.qty or self.cost)


def typed_lines(form: QueryDict) -> list[Typed]:
    """The lines of a form, empty ones left out."""
    columns = (form.getlist(name) for name in ("sku", "qty", "cost"))
    lines = [Typed(*(cell.strip() for cell in cells)) for cells in zip(*columns, strict=False)]
    return [line for line in lines if not line.empty]


def with_room(form: QueryDict) -> list[Typed]:
    """The lines of a form, with empty ones behind for more."""
    return [*typed_lines(form), *(Typed() for _more in range(FEW))]


def shown(request: HttpRequest, refused: Refused | None) -> dict[str, Any]:
    """What every form of goods shows: its lines, day and currency, its key, and why it was refused."""
    return {
        "lines": with_room(request.POST),
        "date": request.POST.get("date", clock.today().isoformat()),
        "currency": settings.COMPANY.currency,
        "once": key_of(request),
        "refused": refused,
    }


def goods(form: QueryDict) -> Iterator[tuple[int, int, int | None]]:
    """What a form names, as (product, quantity, unit cost) in store units; None for a cost that nobody typed.

    Refused("wrong_value") for what is none, ("unknown_product").
    """
    lines = typed_lines(form)
    if not lines:
        raise Refused("wrong_value", _("Nothing is typed. Name a product and a quantity."))
    products = products_by_sku([(line.sku, f"lines.{place}.sku") for place, line in enumerate(lines)])
    for line in lines:
        qty = quantity(line.qty, f"{line.sku} · {_('Quantity')}")
        if not qty:
            raise Refused("wrong_value", _("%(sku)s: a quantity above 0 is needed.") % {"sku": line.sku})
        cost = quantity(line.cost, f"{line.sku} · {_('Unit cost')}") if line.cost else None
        if qty * (cost or 0) >= LARGEST * QTY_SCALE * QTY_SCALE:
            raise Refused("wrong_value", _("%(sku)s: this line is worth more than can be counted.") % {"sku": line.sku})
        yield products[line.sku].pk, qty, cost
