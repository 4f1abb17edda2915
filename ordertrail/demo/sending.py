"""What Bo and the store do: outbound orders, several orders in one, quality control, and what left."""

from __future__ import annotations

from datetime import timedelta

from ordertrail.demo import billing
from ordertrail.demo.company import Company, LineKey
from ordertrail.demo.truth import Order, OrderLine, Shipment, ShipmentLine

CARRIERS = (("德邦物流", "DPK"), ("顺丰速运", "SF"), ("中远海运", "COS"), ("自有车队", "HL"))
TRANSIT = {"德邦物流": 1.6, "顺丰速运": 0.9, "中远海运": 3.2, "自有车队": 0.4}
"""Working days that each carrier is on the way, as a rule."""
HOLD, SLOW_HOLD = 0.8, 3.4
"""Working days that quality control holds what the workshop made: as it was, and in the last weeks."""


def key(order: Order, line: OrderLine) -> LineKey:
    """How a line is remembered."""
    return order.no, line.no


def ready(company: Company, order: Order, line: OrderLine, qty: int) -> None:
    """Goods for a line are in the store. They leave with the whole order, or as they come where the customer agreed."""
    progress = company.progress
    progress.ready[key(order, line)] = progress.ready.get(key(order, line), 0) + qty
    complete = all(progress.ready.get(key(order, one), 0) >= one.qty for one in order.lines)
    if complete or order.no % 5 < 2:
        company.in_days(_until_release(company, order), release, order)


def _until_release(company: Company, order: Order) -> float:
    """Working days until the store makes an outbound order; customers with a weekly truck wait for Thursday."""
    soon = company.around(0.5)
    if not order.customer.habits.ships_weekly:
        return soon
    thursday = company.moment + timedelta(days=(3 - company.moment.weekday()) % 7)
    return max(soon, company.calendar.between(company.moment, thursday.replace(hour=9, minute=0)))


def release(company: Company, order: Order) -> None:
    """What is ready and on no outbound order yet is put on one: on a draft to the same address, else on a new one."""
    open_lines = [(line, _unpacked(company, order, line)) for line in order.lines]
    lines = [ShipmentLine(order, line, qty) for line, qty in open_lines if qty > 0]
    if not lines or order.state != "confirmed":
        return
    if len(order.lines) == 1 and lines[0].qty >= 20 and company.rng.random() < 0.22:
        lines = [_part(company, order, lines[0])]
    for line in lines:
        company.progress.packed[key(order, line.line)] = (
            company.progress.packed.get(key(order, line.line), 0) + line.qty
        )
    draft = company.progress.drafts.get((order.customer.no, order.ship_to))
    if draft is None:
        draft = _new_shipment(company, order)
    draft.lines += lines
    draft.changed_at = company.now
    company.touch("shipment", draft.number, draft)


def _unpacked(company: Company, order: Order, line: OrderLine) -> int:
    return company.progress.ready.get(key(order, line), 0) - company.progress.packed.get(key(order, line), 0)


def _part(company: Company, order: Order, line: ShipmentLine) -> ShipmentLine:
    """A first part of a large line; the rest follows some days later."""
    company.in_days(company.rng.uniform(2, 7), release, order)
    return ShipmentLine(order, line.line, line.qty * company.rng.randint(35, 70) // 100)


def _new_shipment(company: Company, order: Order) -> Shipment:
    carrier, prefix = company.rng.choice(CARRIERS)
    shipment = Shipment(
        number=company.numbers.next("SH", company.now),
        wave=f"W{company.now:%y%m%d}-{1 + company.now.hour // 13}",
        customer=order.customer,
        lines=[],
        created_at=company.now,
        planned_date=company.calendar.day_after(company.now.date(), 1),
        changed_at=company.now,
        ship_to=order.ship_to,
        carrier=carrier,
        waybill=f"{prefix}{company.rng.randrange(10**10):010d}",
    )
    company.history.shipments.append(shipment)
    company.progress.drafts[order.customer.no, order.ship_to] = shipment
    company.in_days(company.around(0.6), pick, shipment)
    return shipment


def pick(company: Company, shipment: Shipment) -> None:
    """The goods are picked; nothing more goes on. What the workshop made is held for quality control."""
    del company.progress.drafts[shipment.customer.no, shipment.ship_to]
    if any(line.line.product.made for line in shipment.lines):
        shipment.state, shipment.qc_from, shipment.changed_at = "held", company.now, company.now
        company.touch("shipment", shipment.number, shipment)
        slow = company.moment >= company.slow_from
        company.in_days(company.around(SLOW_HOLD if slow else HOLD, 0.35), let_go, shipment)
    else:
        company.in_days(company.around(0.15), ship, shipment)


def let_go(company: Company, shipment: Shipment) -> None:
    """Quality control is content."""
    shipment.qc_to = company.now
    ship(company, shipment)


def ship(company: Company, shipment: Shipment) -> None:
    """The goods leave. The same evening the OMS and the ERP know it; the bill follows."""
    shipment.state, shipment.shipped_at, shipment.changed_at = "done", company.now, company.now
    company.touch("shipment", shipment.number, shipment)
    for line in shipment.lines:
        at = key(line.order, line.line)
        company.progress.shipped[at] = company.progress.shipped.get(at, 0) + line.qty
        company.progress.to_bill.setdefault(shipment.customer.no, []).append((shipment, line.order, line.line))
    company.in_days(company.around(TRANSIT[shipment.carrier], 0.3), arrive, shipment)
    company.today_at(18, 5, tell_oms, shipment)
    company.today_at(18, 20, tell_erp, shipment)
    billing.plan(company, shipment.customer)


def arrive(company: Company, shipment: Shipment) -> None:
    """The customer signs; the carrier's word comes into the WMS."""
    shipment.arrived_at = shipment.changed_at = company.now
    company.touch("shipment", shipment.number, shipment)


def tell_oms(company: Company, shipment: Shipment) -> None:
    """The interface sets the OMS's one word for each order on the shipment."""
    for order in {line.order.no: line.order for line in shipment.lines}.values():
        left = [company.progress.shipped.get(key(order, line), 0) for line in order.lines]
        order.oms_shipped = order.oms_shipped or all(
            qty >= line.qty for qty, line in zip(left, order.lines, strict=True)
        )
        order.oms_partly = True
        order.changed_at = company.now
        company.touch("order", order.number, order)


def tell_erp(company: Company, shipment: Shipment) -> None:
    """The ERP makes its delivery note from the warehouse's list."""
    shipment.erp_number = shipment.erp_number or company.numbers.next("DN", company.now, dash="")
    shipment.erp_at = company.now
    company.touch("erp_shipment", shipment.number, shipment)
