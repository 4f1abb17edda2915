"""Amend an order: its lines change and lines are added, with a reason; how it was stays to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext as _

from ordertrail.catalog.models import Product
from ordertrail.desk.exposure import check_credit
from ordertrail.desk.held import hold_orders
from ordertrail.desk.lowering import release_all, settle
from ordertrail.desk.quantity import plain
from ordertrail.desk.standing import by_line
from ordertrail.desk.step import Step, step
from ordertrail.desk.take_order import LineWanted, lines_of, tax_rate_of
from ordertrail.lib import bulk, clock
from ordertrail.lib.ids import LINES
from ordertrail.lib.money import QTY_SCALE, to_units
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import LineWas, Order, OrderLine, OrderStatus, Terms
from ordertrail.orders.own import Head, heads, may
from ordertrail.orders.rules import LineAmounts
from ordertrail.orders.standing import LineStanding
from ordertrail.orders.typing import TypedLine, add_lines, amounts, day_of, products_by_sku, rewrite_lines
from ordertrail.parties.models import Person
from ordertrail.stock.queries import unit_cost_now

WAS = ("line", "revision", "sku", "qty", "price", "at", "by", "reason")


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be changed of one line; what is left out stays. ``path`` names the field of the body."""

    line: int
    sku: str | None = None
    qty: Decimal | None = None
    price: Decimal | None = None
    path: str = "lines.0"


def amend(
    *,
    by: Person,
    order: int,
    lines: Sequence[Change],
    reason: str,
    day: date | None = None,
    more: Sequence[LineWanted] = (),
    promised_date: date | None = None,
) -> int:
    """Change lines of an order that is not closed or cancelled, add ``more`` after its last one, and promise another day (None: the
    same); returns its id. The act of the verb keeps which day was promised before.

    Refused("below_done") for less than is shipped or billed, or another price or product where something is; ("over_credit") where the
    order becomes larger than the customer's limit allows; ("missing_field") for an added line without a price; ("unknown_line"),
    ("unknown_product").
    """
    day_of(day)
    with step(by, "amend") as s:
        products = _products(lines, more)
        held = hold_orders([order], also=[product.pk for product in products.values()])
        head = held.orders[order]
        may("amend", head)
        before = _lines(order)
        after = _after(head, before, held.lines, lines, products)
        changed = [pk for pk in before if after[pk] != _as_typed(before[pk])]
        added = _added(before, more, products)
        every = [*after.values(), *added]
        _keep(order, [before[pk] for pk in changed], added, by, reason)
        promised = _promise(order, promised_date)
        add_lines(Order.objects.get(pk=order), added)
        rewrite_lines(order, every, head.discount, head.digits, include_tax=head.include_tax)
        moved = {pk: held.lines[pk] for pk in changed if after[pk].product != held.lines[pk].product}
        release_all(moved, "amended")
        s.act(
            "order",
            order,
            reason=reason,
            lines=[*(before[pk].line for pk in changed), *(line.line for line in added)],
            **promised,
        )
        _check_money(s, head)
        settle(s, [order], "amended", held.products() | {line.product for line in every})
    return order


@dataclass(frozen=True, slots=True)
class Preview:
    """A line as it is (None for one that is added), and as an amendment would make it."""

    before: OrderLine | None
    after: TypedLine
    amounts: LineAmounts


def preview(*, order: int, lines: Sequence[Change], more: Sequence[LineWanted] = ()) -> list[Preview]:
    """What an amendment would make of an order's lines, by number; nothing is written, and no limit of the customer is asked. Refused
    as ``amend``."""
    products = _products(lines, more)
    head = heads([order])[order]
    may("amend", head)
    before = _lines(order)
    after = _after(head, before, by_line([order]), lines, products)
    every = [*after.values(), *_added(before, more, products)]
    made = amounts(every, head.discount, head.digits, include_tax=head.include_tax)
    return [Preview(before.get(order * LINES + line.line), line, told) for line, told in zip(every, made, strict=True)]


def _products(lines: Sequence[Change], more: Sequence[LineWanted]) -> dict[str, Product]:
    """The products that changed and added lines name, by SKU as typed."""
    skus = [(one.sku, f"{one.path}.sku") for one in lines if one.sku is not None]
    skus += [(line.sku, f"more.{place}.sku") for place, line in enumerate(more)]
    return products_by_sku(skus) if skus else {}


def _added(before: dict[int, OrderLine], more: Sequence[LineWanted], products: dict[str, Product]) -> list[TypedLine]:
    """The added lines, numbered after the last one. Refused("too_many_lines") beyond what an order can hold."""
    first = max((line.line for line in before.values()), default=0) + 1
    if first + len(more) > LINES:
        sentence = _("An order holds at most %(most)s lines; this one has %(count)s. Take a new order for the rest.")
        raise Refused("too_many_lines", sentence % {"most": LINES - 1, "count": len(before)})
    return lines_of(more, products, first=first)


def _lines(order: int) -> dict[int, OrderLine]:
    return {line.pk: line for line in OrderLine.objects.filter(order=order).select_related("product").order_by("line")}


def _after(
    head: Head,
    before: dict[int, OrderLine],
    standing: dict[int, LineStanding],
    lines: Sequence[Change],
    products: dict[str, Product],
) -> dict[int, TypedLine]:
    """The lines with what is asked of them, where that is allowed."""
    after = {pk: _as_typed(line) for pk, line in before.items()}
    for one in lines:
        pk = _known(head, before, one)
        after[pk] = _changed(head, before[pk], standing[pk], after[pk], one, products)
    return after


def _as_typed(line: OrderLine) -> TypedLine:
    return TypedLine(
        line=line.line, product=line.product_id or 0, sku=line.sku, name=line.name, unit=line.unit,
        qty=to_units(line.qty, QTY_SCALE), price=to_units(line.price or Decimal(0), QTY_SCALE),
        discount=to_units(line.discount, QTY_SCALE), tax_rate=to_units(line.tax_rate, QTY_SCALE), ship_date=line.ship_date,
        unit_cost=None if line.unit_cost is None else to_units(line.unit_cost, QTY_SCALE),
    )  # fmt: skip


def _known(head: Head, lines: dict[int, OrderLine], one: Change) -> int:
    pk = head.id * LINES + one.line
    if pk not in lines:
        detail = _("Order %(order)s has no line %(line)s; it has %(count)s.")
        detail %= {"order": head.name, "line": one.line, "count": len(lines)}
        raise Refused("unknown_line", detail, [{"path": f"{one.path}.line", "code": "unknown_line", "detail": detail}])
    return pk


def _changed(
    head: Head, was: OrderLine, standing: LineStanding, line: TypedLine, one: Change, products: dict[str, Product]
) -> TypedLine:
    """The line with what is asked of it, where that is allowed."""
    product = products.get(one.sku or "")
    if product is not None and product.pk != line.product:
        rate = line.tax_rate
        if was.product is not None and rate == to_units(tax_rate_of(was.product), QTY_SCALE):
            rate = to_units(tax_rate_of(product), QTY_SCALE)  # the rate was the old product's own, not typed
        line = replace(
            line, product=product.pk, sku=product.sku, name=product.name, unit=product.unit, tax_rate=rate,
            unit_cost=unit_cost_now(product.pk),
        )  # fmt: skip
    if one.price is not None:
        line = replace(line, price=to_units(one.price, QTY_SCALE))
    if one.qty is not None:
        line = replace(line, qty=to_units(one.qty, QTY_SCALE))
    now = _as_typed(was)
    if (line.product, line.price) != (now.product, now.price) and (standing.shipped or standing.invoiced):
        raise _below(head, standing, one, _("another price or product needs a new line or order"))
    done = _done(standing)
    if line.qty < now.qty and line.qty - standing.cancelled < done:
        raise _below(
            head, standing, one, _("at least %(least)s stay ordered") % {"least": plain(done + standing.cancelled)}
        )
    return line


def _done(line: LineStanding) -> int:
    """What is shipped or billed of a line, and so stays ordered."""
    billed = line.invoiced
    if line.by_order or line.service:
        billed += line.returned_credited + line.unbilled
    return max(line.shipped, billed)


def _below(head: Head, line: LineStanding, one: Change, rest: str) -> Refused:
    words = {
        "order": head.name, "line": line.line, "shipped": plain(line.shipped), "invoiced": plain(line.invoiced), "rest": rest,
    }  # fmt: skip
    sentence = _("Of %(order)s/%(line)s %(shipped)s are shipped and %(invoiced)s billed: %(rest)s.")
    detail = sentence % words
    return Refused("below_done", detail, [{"path": one.path, "code": "below_done", "detail": detail}])


def _promise(order: int, day: date | None) -> dict[str, list[str | None]]:
    """Promise another day for the order and its lines without a day of their own; what the act keeps of it: was and now."""
    was = Order.objects.values_list("promised_date", flat=True).get(pk=order)
    if day is None or day == was:
        return {}
    Order.objects.filter(pk=order).update(promised_date=day)
    OrderLine.objects.filter(order=order, ship_date=None).update(promised_date=day)
    return {"promised": [was.isoformat() if was else None, day.isoformat()]}


def _keep(order: int, lines: Sequence[OrderLine], added: Sequence[TypedLine], by: Person, reason: str) -> None:
    """Write down how the lines were (an added one had no product, and nothing of it was ordered), and count the revision."""
    revision, now = Terms.objects.values_list("revision", flat=True).get(pk=order), clock.now()
    rows = [(line.pk, revision, line.sku, line.qty, line.price, now, by.pk, reason[:300]) for line in lines]
    rows += [(order * LINES + line.line, revision, "", Decimal(0), None, now, by.pk, reason[:300]) for line in added]
    bulk.insert(LineWas, WAS, rows)
    Terms.objects.filter(pk=order).update(revision=F("revision") + 1)


def _check_money(s: Step, head: Head) -> None:
    """Refused("below_done") where the order is billed by money for more than it comes to now; ("over_credit") where it grew beyond the
    customer's limit."""
    before = OrderStatus.objects.get(pk=head.id)
    s.settle_now()
    after = OrderStatus.objects.get(pk=head.id)
    if after.not_invoiced < before.not_invoiced and after.not_invoiced < 0:
        sentence = _("Order %(order)s would come to %(amount)s, and %(billed)s are billed. Credit an invoice first.")
        words = {"order": head.name, "amount": f"{after.effective:.2f}", "billed": f"{after.invoiced:.2f}"}
        raise Refused("below_done", sentence % words)
    if head.limited and head.customer is not None and head.state == "confirmed" and after.effective > before.effective:
        check_credit(s, head.customer, head.id)
