"""Type a product, or change one that was typed here: a version of the desk's, like any source's word on a product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ordertrail.catalog.models import Barcode, Product
from ordertrail.desk.typed import said_of, say, taken
from ordertrail.lib.gate import rewriting, whole
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person
from ordertrail.records.shapes import Pack, ProductRecord
from ordertrail.stock.queries import has_moved

FIXED = ("unit", "service", "cost_method")
"""What stays as it is once goods have moved: their quantities and costs are counted by it."""


@dataclass(frozen=True, slots=True)
class Code:
    """A barcode and how many base units it stands for."""

    code: str
    qty: Decimal = Decimal(1)


def type_product(by: Person, sku: str, *, barcodes: Sequence[Code] = (), **told: Any) -> int:
    """A new product; ``told`` are fields of ``ProductRecord``. Returns its id.

    Refused("number_taken") where a product has the SKU or a barcode.
    """
    with whole(), rewriting():
        if taken("product", sku):
            sentence = _("There is a product %(sku)s already. Change that one, or choose another SKU.")
            raise _refused("sku", sentence % {"sku": sku})
        _free(barcodes, None)
        record = ProductRecord(ref=sku, number=sku, packs=_packs(barcodes), **told)
        return say(by, "type_product", record)


def change_product(by: Person, product: int, changes: Mapping[str, Any], barcodes: Sequence[Code] | None = None) -> int:
    """Change fields of a product that was typed here. Returns its id, which stays.

    Refused("lives_elsewhere") for a product of another system, ("has_moved") for what goods were counted by, ("number_taken").
    """
    with whole(), rewriting():
        record = said_of("product", product)
        if record is None:
            row = Product.objects.select_related("home").get(pk=product)
            sentence = _("%(sku)s is kept by %(home)s. Change it there; it comes over with the next sync.")
            raise Refused("lives_elsewhere", sentence % {"sku": row.sku, "home": row.home.name})
        moved = [name for name in FIXED if name in changes and changes[name] != getattr(record, name)]
        if moved and has_moved(product):
            sentence = _(
                "%(sku)s has been received, reserved or shipped: its unit, kind and cost method stay. Type a new product instead."
            )
            raise Refused("has_moved", sentence % {"sku": record.number})
        if barcodes is not None:
            _free(barcodes, product)
            record = replace(record, packs=_packs(barcodes))
        return say(by, "change_product", replace(record, **changes))


def _packs(barcodes: Sequence[Code]) -> tuple[Pack, ...]:
    return tuple(Pack(one.code, one.qty) for one in barcodes)


def _free(barcodes: Sequence[Code], product: int | None) -> None:
    """Refused("number_taken") where a code is given twice or stands on other goods."""
    codes = [one.code for one in barcodes]
    others = dict(Barcode.objects.filter(code__in=codes).exclude(product=product).values_list("code", "product__sku"))
    for place, code in enumerate(codes):
        if code in others:
            sentence = _("The barcode %(code)s stands on %(sku)s. Leave it out here, or take it off there first.")
            raise _refused(f"barcodes.{place}.code", sentence % {"code": code, "sku": others[code]})
        if code in codes[:place]:
            sentence = _("The barcode %(code)s is given twice. Give it once, with the quantity that it stands for.")
            raise _refused(f"barcodes.{place}.code", sentence % {"code": code})


def _refused(path: str, sentence: str) -> Refused:
    return Refused("number_taken", sentence, [{"path": path, "code": "number_taken", "detail": sentence}])
