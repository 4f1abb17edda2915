"""The SCMS delivery history: a line of the file is a line of an order and of the shipment that brought it.

What becomes an order or a shipment is declared below, like any source's mapping, and goes through the same sync: landed bytes,
versions, rejects, replay. What has no place in an order or a shipment (quotes, freight, weight, insurance, dosage …) stays in the
landed file; every such cell is still read by the rule of its column (``scms_rules``), counted, and rejected when no rule fits, so
that nothing is lost in silence.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.lib import clock
from ordertrail.lib.gate import writing
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import Order, OrderLine
from ordertrail.records.models import Batch, Source
from ordertrail.shipping.models import Shipment, ShipmentLine
from ordertrail.sync.mappings import Progress
from ordertrail.sync.mappings.scms_rules import Survey, survey
from ordertrail.sync.models import Cursor, Reject, SyncRun
from ordertrail.sync.reading import Reading
from ordertrail.sync.rejects import keep_rejects
from ordertrail.sync.run import run_source
from ordertrail.sync.sources import declare

TITLE = gettext_lazy("SCMS delivery history (CSV)")
CODE = "scms"
CELLS = "cells"
"""The stream under which cells wait that no rule fits."""
DAY = "%d-%b-%y"
LINES = {"rows": True, "key": "ID"}
ITEM = {"column": "Item Description", "regex": "(.{1,100})"}
"""The item is known by its description, of which a SKU holds a hundred signs; all 184 differ within them."""


def declaration(path: Path) -> dict[str, Any]:
    """The source that reads ``path``.

    Orders: ``PO / SO #``, for a project in a country, in US dollars. There is no day of the order in the file: the days of quotes and
    of vendors' orders are others. Lines: the item is known by its description; quantity in packs, the amount as told (where it is not
    quantity × pack price, the amount holds), no tax. Shipments: ``ASN/DN #``, with the day of arrival by line; the day of leaving is
    not told. ``N/A`` as a mode of transport is a word of the file and stays one.
    """
    day = {"dates": [DAY]}
    order = {
        "kind": "order",
        "name": "orders",
        "from": _exactly(path.name),
        "key": "PO / SO #",
        "lines": LINES,
        "derive": ["customer", "product"],
        "fields": {
            "number": "PO / SO #",
            "customer": "Project Code",
            "customer_name": "Project Code",
            "country": "Country",
            "ship_to": "Country",
            "currency": {"value": "USD"},
        },
        "line_fields": {
            "sku": ITEM,
            "name": "Item Description",
            "unit": {"value": "pack"},
            "qty": "Line Item Quantity",
            "price": "Pack Price",
            "net": "Line Item Value",
            "tax_rate": {"value": "0"},
            "promised_date": {"column": "Scheduled Delivery Date", **day},
            "vendor": "Vendor",
        },
    }
    shipment = {
        "kind": "shipment",
        "name": "shipments",
        "from": _exactly(path.name),
        "key": "ASN/DN #",
        "lines": LINES,
        "fields": {
            "number": "ASN/DN #",
            "arrived_at": {"column": "Delivered to Client Date", **day},
            "customer": "Project Code",
            "customer_name": "Project Code",
            "ship_to": "Country",
            "mode": "Shipment Mode",
        },
        "line_fields": {
            "sku": ITEM,
            "qty": "Line Item Quantity",
            "order": {"column": "PO / SO #"},
            "order_line": {"column": "ID"},
            "scheduled_date": {"column": "Scheduled Delivery Date", **day},
            "delivered_date": {"column": "Delivered to Client Date", **day},
        },
    }
    return {
        "code": CODE,
        "name": "SCMS",
        "kind": "sheet",
        "connector": "files",
        "zone": "UTC",
        "invoice_scope": "",
        "money_scope": "",
        "production_scope": "",
        "settings": {
            "folder": str(path.parent),
            "settle_seconds": 0,
            "decimal": ".",
            "year_pivot": 70,
            "streams": [order, shipment],
        },
    }


def _exactly(name: str) -> str:
    """A file's name as a pattern that fits nothing else."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def bring(path: Path, progress: Progress) -> dict[str, Any]:
    """Bring a file in: orders, shipments, the rule by which each cell was read, and what was rejected.

    The same file again changes nothing. Refused("file_missing") where there is none; a file that is no SCMS file fails the run, with
    the columns that it lacks.
    """
    path = path.expanduser().resolve()
    if not path.is_file():
        raise Refused("file_missing", _("There is no file %(path)s.") % {"path": path})
    found = survey(path)
    before = Source.objects.filter(code=CODE).values_list("settings__folder", flat=True).first()
    source = declare(declaration(path))
    if before != str(path.parent):
        Cursor.objects.filter(source=source).update(value="")  # times of change say nothing across folders
    run = run_source(source, progress=progress)
    _keep(source, found)
    return answer(source, run, found)


def _keep(source: Source, found: Survey) -> None:
    """Have each cell that no rule fits wait as a rejected item, by its line's id and column; those that are mended are solved."""
    batch = Batch.objects.filter(source=source).order_by("-pk").first()
    waiting = [replace(problem, ref=f"{problem.ref} {problem.column}") for problem in found.problems]
    with writing():
        open_ = Reject.objects.filter(source=source, stream=CELLS, solved_at=None)
        open_.exclude(ref__in=[problem.ref for problem in waiting]).update(solved_at=clock.now())
        keep_rejects(source, CELLS, Reading(problems=waiting), batch)


def answer(source: Source, run: SyncRun, found: Survey) -> dict[str, Any]:
    """What the import tells: the run's counts, the figures that stand in the store now, how each column was read, the rejects."""
    lines = ShipmentLine.objects.filter(shipment__home=source, counts=True)
    rejects = Reject.objects.filter(source=source, solved_at=None).order_by("pk")
    return {
        "source": source.code,
        "state": run.state,
        "error": run.error,
        "run": {name: getattr(run, name) for name in ("read", "new", "changed", "unchanged", "rejected")},
        "orders": Order.objects.filter(home=source).count(),
        "order_lines": OrderLine.objects.filter(order__home=source).count(),
        "shipments": Shipment.objects.filter(home=source).count(),
        "lines": lines.count(),
        "late": lines.filter(delivered_date__gt=F("scheduled_date")).count(),
        "rows": found.rows,
        "columns": {column: dict(kinds) for column, kinds in found.columns.items()},
        "noticed": dict(found.noticed),
        "totals": {name: str(total) for name, total in found.totals.items()},
        "rejects": [
            {"ref": one.ref, "place": one.place, "column": one.column, "code": one.code, "detail": one.detail}
            for one in rejects
        ],
    }
