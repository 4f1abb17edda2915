"""How far one order line has come, from the sums of its link rows: pure integers in store units (domain.md §1.3, §1.10)."""

from __future__ import annotations

from dataclasses import dataclass

from ordertrail.lib.money import QTY_SCALE


@dataclass(frozen=True, slots=True)
class LineStanding:
    """One order line with everything that its quantities are counted from, in quantity units (10⁻⁶); amounts in money units (10⁻⁴).

    ``amount`` is the line's after all discounts: gross where prices include tax, else net. ``returned_credited`` is the part of
    ``returned`` that came back with credit; ``on_shipments`` and ``on_invoices`` are on drafts; ``invoiced`` is on posted invoices less
    credit notes; ``unbilled`` will not be billed again. Tolerances are fractions × 10⁶.
    """

    id: int
    order: int
    line: int
    product: int | None
    sku: str
    service: bool
    by_order: bool  # invoice policy "ordered"
    qty: int
    cancelled: int
    amount: int
    tax_rate: int
    under_tolerance: int = 0
    over_tolerance: int = 0
    shipped: int = 0
    returned: int = 0
    returned_credited: int = 0
    on_shipments: int = 0
    reserved: int = 0
    invoiced: int = 0
    on_invoices: int = 0
    unbilled: int = 0

    @property
    def wanted(self) -> int:
        """What is to be delivered in all.

        >>> LineStanding(1, 1, 1, 1, "A", False, False, 10, 4, 0, 0).wanted
        6
        """
        return self.qty - self.cancelled

    @property
    def complete(self) -> bool:
        """Whether what is left is within the under-tolerance, so that it makes no new shipment (Tryton: 10 ordered, 9 shipped, 10 %).

        >>> LineStanding(1, 1, 1, 1, "A", False, False, 10, 0, 0, 0, under_tolerance=100_000, shipped=9).complete
        True
        >>> LineStanding(1, 1, 1, 1, "A", False, False, 10, 0, 0, 0, under_tolerance=100_000, shipped=8).complete
        False
        """
        left = self.wanted - self.shipped
        return self.service or left <= 0 or (self.shipped > 0 and left * QTY_SCALE <= self.qty * self.under_tolerance)

    @property
    def to_ship(self) -> int:
        """What is left to ship; a return does not open it again, and it is never negative."""
        return 0 if self.complete else self.wanted - self.shipped

    @property
    def undrafted(self) -> int:
        """What is left to ship and on no draft shipment: what a proposal takes."""
        return max(self.to_ship - self.on_shipments, 0)

    @property
    def most(self) -> int:
        """The most that may have been shipped in all, over-tolerance included."""
        return self.wanted + self.qty * self.over_tolerance // QTY_SCALE

    @property
    def over(self) -> int:
        """What went out beyond the order."""
        return max(self.shipped - self.wanted, 0)

    @property
    def base(self) -> int:
        """What may be billed by the order's policy; a service is billable as ordered under both.

        >>> LineStanding(1, 1, 1, 1, "A", False, False, 10, 0, 0, 0, shipped=6, returned=1).base
        5
        >>> LineStanding(1, 1, 1, 1, "A", False, True, 10, 0, 0, 0, shipped=6, returned=1, returned_credited=1).base
        9
        """
        if self.service or self.by_order:
            return self.wanted - self.returned_credited - self.unbilled
        return self.shipped - self.returned - self.unbilled

    @property
    def to_invoice(self) -> int:
        """What may be billed and is on no invoice, drafts counted; negative: a credit note is due."""
        return self.base - self.invoiced - self.on_invoices

    @property
    def to_reserve(self) -> int:
        """What is left to ship and not held yet."""
        return max(self.to_ship - self.reserved, 0)
