"""Pick: goods of a draft are taken off the shelf, scan by scan; a code of a pack counts what is in the pack."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from ordertrail.catalog.models import Barcode, Product
from ordertrail.desk.held import hold_shipment
from ordertrail.desk.quantity import plain
from ordertrail.desk.ship import check_draft
from ordertrail.desk.step import step
from ordertrail.lib import bulk, clock
from ordertrail.lib.money import QTY_SCALE, to_units
from ordertrail.lib.numbers import number_key
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person
from ordertrail.shipping import own
from ordertrail.shipping.models import Pick
from ordertrail.shipping.own import Draft
from ordertrail.shipping.rules import spread


@dataclass(frozen=True, slots=True)
class Picked:
    """How far the picking of a shipment has come, in quantity units."""

    picked: int
    to_pick: int


def pick(*, by: Person, shipment: int, code: str, times: int = QTY_SCALE) -> Picked:
    """Take what ``code`` means (a barcode, or a SKU) off the shelf, ``times`` (in quantity units) over; lines are filled one by one.

    Refused("over_pick") for more than is to pick, ("unknown_product") for a code that nothing bears, ("already_shipped").
    """
    with step(by, "pick") as s:
        draft, held = hold_shipment(shipment)
        check_draft(draft)
        product, each = _meant(code)
        qty = each * times // QTY_SCALE
        before = own.picked(shipment)
        missing = [
            (row.id, row.qty - before.get(row.id, 0))
            for row in draft.lines
            if row.order_line is not None and held.lines[row.order_line].product == product.pk
        ]
        parts, too_much = spread(qty, missing)
        if too_much:
            words = {
                "sku": product.sku, "shipment": draft.name, "left": plain(sum(left for _row, left in missing)), "asked": plain(qty),
            }  # fmt: skip
            sentence = _("Of %(sku)s %(left)s are left to pick for shipment %(shipment)s; %(asked)s would be too many.")
            raise Refused("over_pick", sentence % words)
        _take(parts, code, by)
        s.act("shipment", shipment, code=code, qty=plain(qty))
        return _so_far(draft, before, sum(parts.values()))


def complete_pick(*, by: Person, shipment: int) -> Picked:
    """Take what is missing off the shelf, and nothing that was picked before. Refused("already_shipped"), ("already_cancelled")."""
    with step(by, "complete_pick") as s:
        draft, _held = hold_shipment(shipment)
        check_draft(draft)
        before = own.picked(shipment)
        parts = {row.id: row.qty - before.get(row.id, 0) for row in draft.lines}
        _take({row: qty for row, qty in parts.items() if qty > 0}, "", by)
        s.act("shipment", shipment)
        return _so_far(draft, before, sum(parts.values()))


def _meant(code: str) -> tuple[Product, int]:
    """The product that a code means and how much of it: the barcode's quantity, or one of the SKU."""
    found = Barcode.objects.select_related("product").filter(code=code).first()
    if found is not None:
        return found.product, to_units(found.qty, QTY_SCALE)
    alike = list(Product.objects.filter(sku_key=number_key(code)[:100]).order_by("pk")[:2])
    exact = [product for product in alike if product.sku == code] or alike
    if len(exact) != 1:
        detail = _("Nothing bears the code %(code)s. Scan the product's barcode, or type its SKU.") % {
            "code": code[:100]
        }
        raise Refused("unknown_product", detail, [{"path": "code", "code": "unknown_product", "detail": detail}])
    return exact[0], QTY_SCALE


def _take(parts: dict[int, int], code: str, by: Person) -> None:
    now = clock.now()
    rows = [(row, qty, code[:100], now, by.pk) for row, qty in parts.items()]
    bulk.insert(Pick, ("line", "qty", "code", "at", "by"), rows)


def _so_far(draft: Draft, before: dict[int, int], more: int) -> Picked:
    picked = sum(before.values()) + more
    return Picked(picked, sum(row.qty for row in draft.lines) - picked)
