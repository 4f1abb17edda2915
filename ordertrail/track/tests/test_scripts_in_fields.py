"""A script in every text that a source tells: each page shows it as text, nothing of it runs, and no file holds a formula (T-45)."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache

from ordertrail.desk.comment import comment
from ordertrail.findings.follow import daily, follow
from ordertrail.hub.tests.world import make_company, say
from ordertrail.lib import clock
from ordertrail.orders.models import OrderStatus
from ordertrail.parties.models import Person
from ordertrail.records.models import Source
from ordertrail.records.shapes import (
    AllocationRecord,
    CustomerRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    OpportunityRecord,
    OrderLineRecord,
    OrderRecord,
    PaymentRecord,
    ProductRecord,
    ProjectRecord,
    Record,
    ShipmentLineRecord,
    ShipmentRecord,
    WorkOrderRecord,
)
from ordertrail.sync.models import Reject, SyncRun
from ordertrail.sync.story import entry
from ordertrail.track.models import SavedView
from ordertrail.track.sheets import runs
from ordertrail.track.tests.test_crawl import Crawl, filled

if TYPE_CHECKING:
    from playwright.sync_api import Page

D = Decimal
PICTURE = '"><img src=x onerror="ran=1">'
SCRIPT = f"=1{PICTURE}<script>ran=1</script>{{{{7*7}}}}' x-init='ran=1"
"""A formula, markup that ends an attribute, a script, a template's words, and a directive of the pages' own library."""
SO, SH, INV, PAY, SKU = (f"{name}{PICTURE}" for name in ("SO-1", "SH-1", "INV-1", "PAY-1", "LAMP"))
NAMES = frozenset({"ref", "number", "state", "type", "direction", "currency", "order", "order_line", "shipment", "invoice", "sku",
                   "customer", "shipped", "credits", "barcodes", "stage"})  # fmt: skip
"""Fields that name something, or have words of their own; numbers hold a script as far as an address can."""
DAY = date(2026, 9, 15)


def told(record: Any) -> Any:
    """The record with the script in each text that says nothing yet, in its lines too."""
    texts = {one.name: SCRIPT for one in fields(record) if one.type == "str" and one.name not in NAMES}
    lines = {"lines": tuple(map(told, record.lines))} if hasattr(record, "lines") else {}
    return replace(record, **texts, **lines)


RECORDS: tuple[tuple[str, Record], ...] = (
    ("oms", CustomerRecord("c1", f"C1{PICTURE}", "")),
    ("erp", ProductRecord("p1", SKU)),
    ("oms", OrderRecord("1", SO, currency="CNY", customer="c1", order_date=DAY, promised_date=DAY,
                        lines=(OrderLineRecord("1", SKU, D(10), price=D(100)),))),
    ("wms", ShipmentRecord("1", SH, shipped_at=DAY, lines=(ShipmentLineRecord("1", SKU, D(4), SO),))),
    ("erp", InvoiceRecord("1", INV, invoice_date=DAY, due_date=DAY, currency="CNY",
                          lines=(InvoiceLineRecord("1", SO, sku=SKU, qty=D(6), net=D(600)),))),
    ("erp", PaymentRecord("1", PAY, D(40), paid_at=DAY, currency="CNY", allocations=(AllocationRecord(D(40), INV),))),
    ("mes", WorkOrderRecord("1", f"WO-1{PICTURE}", SKU, D(5), D(2), order=SO)),
    ("oms", OpportunityRecord("1", f"OPP-1{PICTURE}", "", value=D(900), currency="CNY", order=SO)),
    ("mes", ProjectRecord("1", f"PRJ-1{PICTURE}", "", order=SO, planned_hours=D(9))),
)  # fmt: skip


@pytest.fixture
def root(live: str, bring_up: Callable[..., Any]) -> Person:
    """Who sees everything, of a company whose systems tell scripts."""
    cache.clear()
    root = Person.objects.create_person("root", "", "admin", language="en", display_name=SCRIPT)
    by = make_company()
    for code, record in RECORDS:
        say(by[code], told(record))
    erp = Source.objects.get(code="erp")
    Source.objects.filter(pk=erp.pk).update(name=SCRIPT)
    story = [entry("note", stream="order", detail=SCRIPT, place=SCRIPT, count=3), entry("failed", detail=SCRIPT)]
    at = clock.now()
    SyncRun.objects.create(
        source=erp, trigger="schedule", state="failed", error=SCRIPT, story=story, started_at=at, ended_at=at
    )
    Reject.objects.create(source=erp, stream="order", ref=SCRIPT, place=SCRIPT, column=SCRIPT, code="not_a_number",
                          detail=SCRIPT, raw=SCRIPT, at=at)  # fmt: skip
    SavedView.objects.create(person=root, page="orders", name=SCRIPT, query="queue=late", shared=True, made_at=at)
    comment(root, OrderStatus.objects.get(number=SO).order_id, SCRIPT)
    follow()
    daily()
    bring_up()
    return root


ONE_ORDER = frozenset({"orders", "shipments", "invoices", "payments", "customers", "documents", "rejects", "runs"})
"""How the addresses begin that show most of what is told of an order: those are opened on each push, all in ``full("pages")``."""


@pytest.mark.slow
@pytest.mark.parametrize("everything", [False, pytest.param(True, marks=pytest.mark.full("pages"))])
def test_no_page_runs_what_a_source_tells_and_no_file_holds_a_formula(
    root: Person, live: str, page: Page, sign_in: Callable[[Page, Any], None], everything: bool
) -> None:
    crawl = Crawl(root, 1, 1)
    if everything:
        crawl.go(list(filled()))
    else:
        for at in filled():
            if at.split("/")[1] in ONE_ORDER and crawl.wanted(at):
                crawl.open(at)
        crawl.open("/orders/?format=csv")
    pages = [at for at in crawl.right if crawl.told[at].lstrip()[:15].lower() == b"<!doctype html>"]
    assert len(pages) > (40 if everything else 7)
    sign_in(page, root)
    said = {}
    for at in pages:
        page.goto(live + at)
        assert page.evaluate("typeof ran") == "undefined", at
        assert page.locator("img[src=x]").count() == 0, at
        text = page.locator("body").inner_text()
        assert "=149" not in text, at  # a template's words were not reckoned
        said[at] = SCRIPT in text or PICTURE in text
    assert sum(said.values()) > (10 if everything else 5), said
    control = page.context.new_page()  # a page of nobody's, that takes the same words for markup
    control.set_content(f'<input value="{SCRIPT}">')
    assert control.evaluate("typeof ran") == "number"

    files = {at: crawl.told[at] for at in crawl.right if "format=" in at}
    assert {at.rpartition("format=")[2][:3] for at in files} >= {"csv"}
    for at, content in files.items():
        if "format=csv" in at:
            cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
            assert [cell for cell in cells if runs(cell) and not cell.lstrip("+-").replace(".", "").isdigit()] == [], at
        elif "format=xlsx" in at:
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/")]
            assert sheets
            assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets), at
