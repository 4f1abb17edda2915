"""Steps that write an order of our own: its row, its lines with their amounts, and its terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from ordertrail.catalog.models import Product
from ordertrail.lib import bulk, clock
from ordertrail.lib.ids import LINES
from ordertrail.lib.numbers import number_key
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import Order, OrderLine
from ordertrail.orders.pricing import LARGEST, line_amount, pushed
from ordertrail.orders.rules import LineAmounts, line_amounts

LINE = (
    "id", "order", "line", "sku", "product", "name", "unit", "qty", "cancelled_qty", "price", "net", "tax_rate", "tax", "gross",
    "promised_date", "discount", "ship_date", "unit_cost", "ref", "vendor",
)  # fmt: skip
AMOUNTS = ("id", "sku", "product", "name", "unit", "qty", "price", "net", "tax_rate", "tax", "gross", "unit_cost")


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One line as it is agreed on, in store units; ``tax_rate`` is settled."""

    line: int
    product: int
    sku: str
    name: str
    unit: str
    qty: int
    price: int
    discount: int
    tax_rate: int
    ship_date: date | None
    unit_cost: int | None


def products_by_sku(skus: Sequence[tuple[str, str]]) -> dict[str, Product]:
    """The products that SKUs mean, by one query; each is given with the path of the field that names it.

    The exact spelling wins over a like one. Refused("unknown_product") with the paths where one is not known.
    """
    keys = {number_key(sku)[:100] for sku, _path in skus}
    alike: dict[str, list[Product]] = {}
    for product in Product.objects.filter(sku_key__in=keys).order_by("pk"):
        alike.setdefault(product.sku_key, []).append(product)
    found: dict[str, Product] = {}
    errors = []
    for sku, path in skus:
        fits = alike.get(number_key(sku)[:100], [])
        exact = [product for product in fits if product.sku == sku] or (fits if len(fits) == 1 else [])
        if exact:
            found[sku] = exact[0]
        else:
            sentence = _("There is no product %(sku)s. Write it down first, or search for its SKU.") % {
                "sku": sku[:100]
            }
            errors.append({"path": path, "code": "unknown_product", "detail": sentence})
    if errors:
        raise Refused("unknown_product", errors[0]["detail"], errors)
    return found


def amounts(lines: Sequence[TypedLine], discount: int, digits: int, *, include_tax: bool) -> list[LineAmounts]:
    """Net, tax and gross of each line, the header's discount pushed to them. Refused("wrong_value") for one beyond all measure."""
    bare = [line_amount(line.qty, line.price, line.discount, digits) for line in lines]
    for line, amount in zip(lines, bare, strict=True):
        if amount >= LARGEST:
            detail = _("Line %(line)s comes to more than can be kept. Check its quantity and price.") % {
                "line": line.line
            }
            path = f"lines.{line.line - 1}.qty"
            raise Refused("wrong_value", detail, [{"path": path, "code": "wrong_value", "detail": detail}])
    told = pushed(bare, discount, digits)
    rates = [line.tax_rate for line in lines]
    by_line = settings.COMPANY.taxes_by_line
    return line_amounts(list(zip(told, rates, strict=True)), digits, include_tax=include_tax, by_line=by_line)


def write_lines(order: Order, lines: Sequence[TypedLine], discount: int) -> None:
    """Write the lines of a new order."""
    _insert(order, lines, amounts(lines, discount, order.digits, include_tax=order.prices_include_tax))


def add_lines(order: Order, lines: Sequence[TypedLine]) -> None:
    """Write further lines of an order, at 0: ``rewrite_lines`` gives all lines their amounts in the same transaction."""
    _insert(order, lines, [LineAmounts(0, 0, 0)] * len(lines))


def _insert(order: Order, lines: Sequence[TypedLine], made: Sequence[LineAmounts]) -> None:
    bulk.insert(
        OrderLine,
        LINE,
        [
            (order.pk * LINES + one.line, order.pk, one.line, one.sku, one.product, one.name, one.unit, one.qty, 0, one.price, net,
             one.tax_rate, tax, gross, one.ship_date or order.promised_date, one.discount, one.ship_date, one.unit_cost,
             str(one.line), "")
            for one, (net, tax, gross) in zip(lines, made, strict=True)
        ],
    )  # fmt: skip


def rewrite_lines(order: int, lines: Sequence[TypedLine], discount: int, digits: int, *, include_tax: bool) -> None:
    """Write an amended order's lines: all of them, since the header's discount and the tax's residual go over all."""
    made = amounts(lines, discount, digits, include_tax=include_tax)
    bulk.update(
        OrderLine,
        AMOUNTS,
        [
            (order * LINES + one.line, one.sku, one.product, one.name, one.unit, one.qty, one.price, net, one.tax_rate, tax, gross,
             one.unit_cost)
            for one, (net, tax, gross) in zip(lines, made, strict=True)
        ],
    )  # fmt: skip


def day_of(day: date | None, path: str = "date") -> date:
    """The day on which something was done: today by default. Refused("in_the_future") for one to come."""
    today = clock.today()
    if day is not None and day > today:
        detail = _("%(day)s is still to come; today is %(today)s. Give a day up to today.") % {
            "day": day,
            "today": today,
        }
        raise Refused("in_the_future", detail, [{"path": path, "code": "in_the_future", "detail": detail}])
    return day or today
