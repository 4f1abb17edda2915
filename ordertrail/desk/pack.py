"""Pack: pieces of a shipment go into a box with a code of its own."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from ordertrail.desk.draft_shipment import by_line_id
from ordertrail.desk.held import hold_shipment
from ordertrail.desk.quantity import plain
from ordertrail.desk.ship import check_on
from ordertrail.desk.step import step
from ordertrail.lib import bulk, clock
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person
from ordertrail.shipping import own
from ordertrail.shipping.models import Package, PackageLine


def pack(*, by: Person, shipment: int, lines: Sequence[tuple[int, int, int]]) -> Package:
    """Put pieces, given as (order, line number, quantity), into a new box; returns it.

    Refused("over_pick") for more than the shipment holds outside its boxes, ("unknown_line"), ("already_cancelled").
    """
    with step(by, "pack") as s:
        draft, held = hold_shipment(shipment)
        if draft.state == "cancelled" or draft.direction == "in":
            sentence = _("Shipment %(shipment)s does not go out, so nothing of it is packed.")
            raise Refused("already_cancelled", sentence % {"shipment": draft.name})
        wanted = by_line_id(held, lines)
        check_on(draft, held, wanted)
        rows = {row.order_line: row for row in draft.lines}
        packed = own.packed(shipment)
        for line, qty in wanted.items():
            left = rows[line].qty - packed.get(rows[line].id, 0)
            if qty > left:
                told = held.lines[line]
                words = {
                    "order": held.orders[told.order].name,
                    "line": told.line,
                    "left": plain(left),
                    "asked": plain(qty),
                }
                sentence = _("Of %(order)s/%(line)s %(left)s are left to pack; %(asked)s were asked for.")
                raise Refused("over_pick", sentence % words)
        made: Package = Package.objects.create(shipment_id=shipment, code="", made_at=clock.now())
        made.code = f"PK-{made.pk:08d}"
        made.save(update_fields=["code"])
        bulk.insert(
            PackageLine, ("package", "line", "qty"), [(made.pk, rows[line].id, qty) for line, qty in wanted.items()]
        )
        s.act("shipment", shipment, package=made.code)
    return made
