"""What the flow page says in words: the figures in each box, the check below the picture, and what does not balance and by how much."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units
from ordertrail.orders.models import OrderStatus
from ordertrail.track.flow_net import Box, Net, Strand
from ordertrail.web import format as write

ZERO = Decimal(0)
LONGEST = 22
"""So many signs fit on a line of a box."""
TERMS = 6
"""Of so many parts a sum is written out."""

HEADS: tuple[Promise, ...] = (
    gettext_lazy("Order lines"),
    gettext_lazy("Receipts and work orders"),
    gettext_lazy("Shipments"),
    gettext_lazy("Invoices"),
    gettext_lazy("Payments"),
)
KINDS: dict[str, Promise] = {
    "order_line": gettext_lazy("Order line"),
    "order": gettext_lazy("Order"),
    "receipt": gettext_lazy("Receipt"),
    "work_order": gettext_lazy("Work order"),
    "shipment": gettext_lazy("Shipment"),
    "invoice": gettext_lazy("Invoice"),
    "payment": gettext_lazy("Payment received"),
}
OPEN: dict[str, Promise] = {
    "order_line:open": gettext_lazy("Beyond the order"),
    "shipment_line:open": gettext_lazy("Not shipped"),
    "invoice_line:open": gettext_lazy("Not invoiced"),
    "payment:open": gettext_lazy("Not paid"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence below the picture; ``wrong``: something that should balance and does not."""

    text: str
    wrong: bool = False


def name(box: Box) -> str:
    """What a box is called."""
    return str(OPEN[box.id]) if box.open else box.number


def kind(box: Box) -> str:
    """What kind of thing a box is; "" for what is not there yet."""
    return "" if box.open else str(KINDS[box.kind])


def figures(box: Box, currency: str) -> str:
    """A box's quantity and amount, as far as they can be added up and have room."""
    money = write.money(box.amount, currency) if currency else ""
    qty = (
        f"{write.qty(box.qty)} {box.unit}".strip() if box.unit is not None and box.qty and box.kind != "payment" else ""
    )
    both = " · ".join(part for part in (qty, money) if part)
    return both if len(both) <= LONGEST else money


def foot(box: Box, currency: str) -> str:
    """How far a box has come: what is left of it, else the parts of the orders in it."""
    if box.open:
        return ""
    if box.column == 0:
        left = write.qty(box.left_qty)
        return _("%(qty)s to ship") % {"qty": left} if box.left_qty and box.unit is not None else ""
    if box.kind == "invoice" and currency:
        return _("open %(amount)s") % {"amount": write.money(box.left, currency)} if box.left else _("paid in full")
    if box.kind == "shipment" and box.left and currency:
        return _("not invoiced %(amount)s") % {"amount": write.money(box.left, currency)}
    if len(box.by_order) < 2:
        return ""
    parts = [box.by_order[place] for place in sorted(box.by_order)]
    if box.kind == "payment":
        text = " + ".join(write.money(from_units(part[1], MONEY_SCALE), currency) for part in parts) if currency else ""
    else:
        text = " + ".join(write.qty(from_units(part[0], QTY_SCALE)) for part in parts) if box.unit is not None else ""
    if text and len(text) <= LONGEST:
        return text
    return _("%(orders)s orders") % {"orders": len(parts)}


def spoken(strand: Strand) -> str:
    """A strand in words, for who cannot see it."""
    qty = f"{write.qty(strand.qty)} {strand.unit}".strip() if strand.qty else ""
    money = f"{write.money(strand.amount, strand.order.currency)} {strand.order.currency}"
    told = {
        "order": strand.line,
        "source": name(strand.source),
        "target": name(strand.target),
        "figures": ", ".join(part for part in (qty, money) if part),
        "rule": strand.rule,
    }
    return _("%(order)s: from %(source)s to %(target)s %(figures)s; %(rule)s") % told


def check(net: Net) -> list[str]:
    """The sum below the picture: what was paid and of which invoices, and what is open at each end."""
    if not net.currency:
        return [_("The orders are in several currencies, so nothing is added up here.")]
    paid: dict[str, Decimal] = {}
    for one in net.strands:
        if one.target.kind == "payment" and not one.target.open:
            paid[one.source.id] = paid.get(one.source.id, ZERO) + one.amount
    said = []
    if paid:
        parts = [write.money(part, net.currency) for part in sorted(paid.values(), reverse=True)]
        whole = write.money(sum(paid.values(), ZERO), net.currency)
        told = " + ".join(parts) if len(parts) <= TERMS else _("%(count)s invoices") % {"count": len(parts)}
        said.append(_("%(paid)s paid = %(parts)s") % {"paid": whole, "parts": told})
    open_, bare = into(net, "payment:open"), into(net, "invoice_line:open") + ahead(net)
    if open_:
        said.append(_("open %(amount)s") % {"amount": write.money(open_, net.currency)})
    if bare:
        said.append(_("not invoiced %(amount)s") % {"amount": write.money(bare, net.currency)})
    left = [one for one in net.strands if one.target.id == "shipment_line:open"]
    units = {one.unit for one in left}
    if left and len(units) == 1:
        figure = write.qty(sum((one.qty for one in left), ZERO))
        said.append(_("to ship %(qty)s") % {"qty": f"{figure} {units.pop()}".strip()})
    return said


def into(net: Net, box: str) -> Decimal:
    """The amount that ends in an open box."""
    return sum((one.amount for one in net.strands if one.target.id == box), ZERO)


def ahead(net: Net) -> Decimal:
    """What is not shipped, less what of it is invoiced already."""
    invoiced = sum((one.amount for one in net.strands if one.source.id == "shipment_line:open"), ZERO)
    return into(net, "shipment_line:open") - invoiced


def findings(net: Net, statuses: Collection[OrderStatus]) -> list[Said]:
    """What does not balance and by how much, and what of the orders' figures stands on none of their lines."""
    over = {status.order_id for status in statuses if status.invoicing == "over"}
    said = [
        Said(_("%(number)s takes in %(came)s and gives away %(went)s.") % {
            "number": name(box), "came": box.came_in, "went": box.went_out,
        }, wrong=True)
        for box in net.boxes
        if box.difference
    ]  # fmt: skip
    for box, rows in _by_target(net, "shipment_line:open"):
        told = {"number": name(box), **_both(rows)}
        if any(one.order.id in over for one in rows):
            sentence = _(
                "It does not balance by %(amount)s: %(number)s bills %(figures)s that no shipment stands behind."
            )
            said.append(Said(sentence % told, wrong=True))
        else:
            said.append(Said(_("%(number)s bills %(figures)s before it is shipped.") % told))
    for box, rows in _by_target(net, "order_line:open"):
        sentence = _("It does not balance by %(amount)s: %(number)s holds %(figures)s more than was ordered.")
        said.append(Said(sentence % {"number": name(box), **_both(rows)}, wrong=True))
    return said + list(_beside(net, statuses))


def _by_target(net: Net, source: str) -> Iterable[tuple[Box, list[Strand]]]:
    rows: dict[str, list[Strand]] = {}
    for one in net.strands:
        if one.source.id == source:
            rows.setdefault(one.target.id, []).append(one)
    return [(found[0].target, found) for found in rows.values()]


def _both(rows: list[Strand]) -> dict[str, str]:
    """The sum of some strands, as an amount and as quantity and amount."""
    currency = rows[0].order.currency
    amount = write.money(sum((one.amount for one in rows), ZERO), currency)
    qty, units = sum((one.qty for one in rows), ZERO), {one.unit for one in rows}
    words = f"{write.qty(qty)} {units.pop()}".strip() if qty and len(units) == 1 else ""
    return {"amount": amount, "figures": " · ".join(part for part in (words, amount) if part)}


def _beside(net: Net, statuses: Collection[OrderStatus]) -> Iterable[Said]:
    """What an order's figures hold beyond its lines: freight on an invoice, money on no invoice."""
    for status in statuses:
        mine = [one for one in net.strands if one.order.id == status.order_id]
        invoiced = sum((one.amount for one in mine if one.target.kind == "invoice" and not one.target.open), ZERO)
        paid = sum((one.amount for one in mine if one.target.kind == "payment" and not one.target.open), ZERO)
        told = {"order": status.number}
        if rest := status.invoiced - invoiced:
            told["amount"] = write.money(rest, status.currency)
            yield Said(
                _("%(order)s: %(amount)s of what is invoiced stands on none of its lines (freight, charges).") % told
            )
        if rest := status.paid - paid:
            told["amount"] = write.money(rest, status.currency)
            yield Said(_("%(order)s: %(amount)s of what is paid stands on none of its invoice lines.") % told)


def figure(strand: Strand, by: str) -> str:
    """What stands on a band: its quantity where it has one and quantities are shown, else its amount."""
    return write.qty(strand.qty) if by == "qty" and strand.qty else write.money(strand.amount, strand.order.currency)
