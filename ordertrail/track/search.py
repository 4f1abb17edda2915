"""Ctrl+K: any document by any number, customers and products by name, pages; each kind asked once, whatever is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from ordertrail.billing.models import Invoice, Payment
from ordertrail.catalog.models import Product
from ordertrail.lib import bulk
from ordertrail.lib.numbers import number_key
from ordertrail.lib.sounds import sound_key
from ordertrail.orders.models import OrderStatus
from ordertrail.parties.models import Customer
from ordertrail.presales.models import Opportunity
from ordertrail.records.models import Number, SourceDocument
from ordertrail.shipping.models import Shipment
from ordertrail.stock.models import GoodsReceipt
from ordertrail.track.addresses import href
from ordertrail.track.orders_filter import LAST
from ordertrail.track.scope import seen
from ordertrail.track.things import ICONS
from ordertrail.web import nav
from ordertrail.web.rights import needs
from ordertrail.work.models import Project, WorkOrder

EACH = 6
"""Hits of one kind that are shown."""
TRIED = 24
"""Numbers of one kind that are looked at: several may belong to one document, and some may not be this person's to see."""
LONGEST = 200

GROUPS: dict[str, Promise] = {
    "order": _("Orders"),
    "customer": _("Customers"),
    "shipment": _("Shipments"),
    "invoice": _("Invoices"),
    "payment": _("Payments received"),
    "receipt": _("Receipts"),
    "work_order": _("Work orders"),
    "project": _("Projects"),
    "opportunity": _("Opportunities"),
    "product": _("Products"),
}
"""The kinds of document in the order of the answer."""

TABLES: dict[str, tuple[Any, str, Callable[[Any], date | None]]] = {
    "order": (OrderStatus, "customer_name", lambda row: row.order_date),
    "customer": (Customer, "code", lambda _row: None),
    "shipment": (Shipment, "customer_name", lambda row: row.shipped_date or row.planned_date),
    "invoice": (Invoice, "customer_name", lambda row: row.invoice_date),
    "payment": (Payment, "payer", lambda row: row.paid_date),
    "receipt": (GoodsReceipt, "state_words", lambda row: row.receipt_date),
    "work_order": (WorkOrder, "sku", lambda row: row.due_date),
    "project": (Project, "customer_name", lambda row: row.due_date),
    "opportunity": (Opportunity, "customer_name", lambda row: row.opened_date),
    "product": (Product, "name", lambda _row: None),
}
"""Where the rows of a kind stand, the column that is said beside the number, and the day."""

NAMES = {"customer": "name", "product": "sku"}
"""What stands first of a row, where it is not its number."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One document that was found. ``by``: the number that led to it, where that is not the one shown; ``exact``: all of it."""

    kind: str
    href: str
    title: str
    beside: str
    day: date | None
    by: str
    exact: bool

    @property
    def icon(self) -> str:
        """The icon of its kind."""
        return ICONS[self.kind]


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind, exact ones first; ``more``: there are others."""

    words: Promise
    hits: list[Hit]
    more: bool


@needs("see_orders")
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What ``?q=`` finds: a fragment for the find box, else a page; one exact hit is opened at once."""
    text = " ".join(request.GET.get("q", "")[:LONGEST].replace("\0", "").split())
    groups = found(text, request.user)
    if request.headers.get("HX-Request"):
        return render(request, "track/search/found.html", {"text": text, "groups": groups, "ways": ()})
    exact = [hit for group in groups for hit in group.hits if hit.exact]
    if len(exact) == 1:
        return redirect(exact[0].href)
    return render(
        request, "track/search/page.html", {"text": text, "groups": groups, "ways": pages(text, request.user)}
    )


def pages(text: str, person: object) -> list[nav.Entry]:
    """The pages whose name holds ``text``."""
    wanted = text.lower()
    return [entry for entry in nav.entries(person) if wanted and wanted in str(entry.words).lower()]


def found(text: str, person: object) -> list[Group]:
    """What ``text`` finds among what ``person`` may see: by number in any spelling, customers and products by name too."""
    if not text:
        return []
    by_kind = by_number(number_key(text)[:100])
    for kind, rows in by_name(text).items():
        for row in rows:
            by_kind[kind].setdefault(row, "")
    groups = []
    for kind, words in GROUPS.items():
        hits = hits_of(kind, by_kind[kind], number_key(text), person)
        if hits:
            groups.append(Group(words, hits[:EACH], len(hits) > EACH))
    return groups


def by_number(key: str) -> dict[str, dict[int, str]]:
    """Per kind the rows with a number that begins with ``key`` and that number's key; two queries."""
    rows: dict[str, dict[int, str]] = defaultdict(dict)
    if not key:
        return rows
    part = (
        f"SELECT * FROM (SELECT kind, key, document_id FROM {bulk.table(Number)}"
        f" WHERE kind = %s AND key >= %s AND key < %s ORDER BY key LIMIT {TRIED}) AS one"
    )
    sql = " UNION ALL ".join([part] * len(GROUPS))
    numbers = bulk.select(sql, [value for kind in GROUPS for value in (kind, key, key + LAST)])
    documents = {document for _kind, _key, document in numbers}
    groups = dict(SourceDocument.objects.filter(pk__in=documents, gone_at=None).values_list("pk", "group"))
    for kind, match, document in numbers:
        if document in groups:
            rows[kind].setdefault(groups[document], match)
    return rows


def called(words: str) -> Q:
    """That a name holds these words, or its pinyin their letters."""
    key = sound_key(words)
    return Q(name__icontains=words) | Q(sounds__contains=key) if key else Q(name__icontains=words)


def by_name(text: str) -> dict[str, list[int]]:
    """Customers and products with ``text`` in their name, or its letters in the name's pinyin; two queries."""
    customers = Customer.objects.filter(called(text)).order_by("name", "pk")
    products = Product.objects.filter(called(text)).order_by("sku", "pk")
    return {
        "customer": list(customers.values_list("pk", flat=True)[:TRIED]),
        "product": list(products.values_list("pk", flat=True)[:TRIED]),
    }


def hits_of(kind: str, matches: dict[int, str], key: str, person: object) -> list[Hit]:
    """The hits of one kind, one more than is shown; one query, and one where the person sees only some orders."""
    visible = seen(kind, list(matches), person) if matches else set()
    wanted = [row for row in matches if row in visible][: EACH + 1]
    if not wanted:
        return []
    model, beside, day = TABLES[kind]
    rows = model.objects.in_bulk(wanted)
    hits = []
    for pk in wanted:
        row = rows.get(pk)
        if row is not None and not getattr(row, "reported", False):  # a bare figure of an order is no paper to open
            title, match = str(getattr(row, NAMES.get(kind, "number"))), matches[pk]
            number = str(getattr(row, {"customer": "code", "product": "sku"}.get(kind, "number")))
            by = match if match and match != number_key(number) else ""
            hits.append(Hit(kind, href(kind, pk, number), title, str(getattr(row, beside)), day(row), by, match == key))
    return sorted(hits, key=lambda hit: not hit.exact)
