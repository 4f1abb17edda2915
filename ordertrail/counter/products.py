"""Typing a product and changing one that was typed here. Cost stands only before who may see it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ordertrail.catalog.models import CostMethod, Product
from ordertrail.counter import fields
from ordertrail.counter.fields import Reading
from ordertrail.counter.once import key_of, new_key, once
from ordertrail.counter.order_form import fields_text, percent_text
from ordertrail.desk.type_product import Code, change_product, type_product
from ordertrail.desk.typed import said_of
from ordertrail.lib.refused import Refused
from ordertrail.records.shapes import ProductRecord
from ordertrail.track.addresses import href
from ordertrail.track.order import person_of
from ordertrail.track.scope import meant
from ordertrail.web.rights import may, needs

TEXTS = ("sku", "name", "unit", "kind", "price", "tax_rate", "cost_method", "standard_cost", "category", "under_tolerance",
         "over_tolerance", "lead_time_days")  # fmt: skip
PACKS = 2
"""Empty places for barcodes that a form offers beside those that there are."""


@needs("keep_catalog")
@require_http_methods(["GET", "POST"])
def new_product(request: HttpRequest) -> HttpResponse:
    """A form for a new product."""
    if request.method == "GET":
        start = dict.fromkeys(TEXTS, "") | {
            "unit": "pcs",
            "kind": "goods",
            "cost_method": "fifo",
            "sku": request.GET.get("sku", "")[:40],
        }
        return shown(request, start)
    form, by, reading = typed(request.POST), person_of(request), Reading()
    try:
        sku = reading.needed("sku", form["sku"], fields.code, "", _("Give the product a SKU, like LAMP-01."))
        told, packs = read(request, form, reading)
        reading.check()

        def write() -> str:
            return href("product", type_product(by, sku, barcodes=packs, **told), sku)

        address, _now = once(request, by, write)
    except Refused as no:
        reading.take(no)
        return shown(request, form, no, reading)
    messages.success(request, _("Product %(sku)s is written down.") % {"sku": sku})
    return redirect(address)


@needs("keep_catalog")
@require_http_methods(["GET", "POST"])
@meant("product")
def edit_product(request: HttpRequest, product: int) -> HttpResponse:
    """A form with what was typed of a product; of one that lives elsewhere the sentence that says so."""
    row, by = Product.objects.select_related("home").get(pk=product), person_of(request)
    record = said_of("product", product)
    if request.method == "GET":
        return shown(request, of_record(record) if record else {}, row=row)
    form, reading = typed(request.POST), Reading()
    try:
        told, packs = read(request, form, reading, row)
        reading.check()

        def write() -> str:
            change_product(by, product, told, packs)
            return href("product", product, row.sku)

        address, _now = once(request, by, write)
    except Refused as no:
        reading.take(no)
        return shown(request, form, no, reading, row=row)
    messages.success(request, _("What you changed of %(sku)s is kept.") % {"sku": row.sku})
    return redirect(address)


def typed(post: QueryDict) -> dict[str, Any]:
    """The form as texts."""
    form: dict[str, Any] = {name: post.get(name, "").replace("\0", "").strip()[:400] for name in TEXTS}
    form["allow_negative"] = "allow_negative" in post
    pairs = zip(post.getlist("barcode"), post.getlist("barcode_qty"), strict=False)
    form["barcodes"] = [(code.strip(), qty.strip()) for code, qty in pairs if code.strip()]
    return form


def of_record(record: ProductRecord) -> dict[str, Any]:
    """The form with what was typed before."""

    def text(value: Decimal | int | None) -> str:
        return "" if value is None else fields_text(Decimal(value))

    return {
        "sku": record.number, "name": record.name, "unit": record.unit, "kind": "service" if record.service else "goods",
        "price": text(record.price), "tax_rate": "" if record.tax_rate is None else percent_text(record.tax_rate) or "0",
        "cost_method": record.cost_method or "fifo", "standard_cost": text(record.standard_cost), "category": record.category,
        "under_tolerance": percent_text(record.under_tolerance or Decimal(0)),
        "over_tolerance": percent_text(record.over_tolerance or Decimal(0)), "lead_time_days": text(record.lead_time_days),
        "allow_negative": bool(record.allow_negative),
        "barcodes": [*((pack.code, fields_text(pack.qty)) for pack in record.packs), *((code, "1") for code in record.barcodes)],
    }  # fmt: skip


def read(
    request: HttpRequest, form: dict[str, Any], reading: Reading, row: Product | None = None
) -> tuple[dict[str, Any], list[Code]]:
    """The fields of a ``ProductRecord`` and its barcodes; what cannot be read stands in ``reading``."""
    reading.needed("name", form["name"], str, "", _("Give the product a name."))
    reading.needed("unit", form["unit"], str, "", _("Say in which unit it is counted, like pcs."))
    told: dict[str, Any] = {"name": form["name"][:200], "unit": form["unit"][:20], "category": form["category"][:100]}
    told["service"] = form["kind"] == "service"
    told["price"] = reading.needed("price", form["price"], fields.figure, None, _("Give a price; 0 is one too."))
    told["allow_negative"] = form["allow_negative"]
    for name, how in (
        ("tax_rate", fields.percent),
        ("under_tolerance", fields.percent),
        ("over_tolerance", fields.percent),
    ):
        told[name] = reading.read(name, form[name], how, None)
    told["lead_time_days"] = reading.read("lead_time_days", form["lead_time_days"], _days, None)
    if may(request.user, "see_cost"):
        told["standard_cost"] = reading.read("standard_cost", form["standard_cost"], fields.figure, None)
        told["cost_method"] = form["cost_method"] if form["cost_method"] in CostMethod.values else "fifo"
        if told["cost_method"] == "standard" and told["standard_cost"] is None:
            reading.errors.setdefault("standard_cost", _("Valued at standard cost, a product needs one."))
    elif row is None:
        told["cost_method"] = "average" if form["cost_method"] == "average" else "fifo"
    packs = []
    for place, (code, qty) in enumerate(form["barcodes"]):
        count = reading.read(f"barcodes.{place}.code", qty, fields.quantity, Decimal(1))
        packs.append(Code("".join(code.replace("\0", "").split())[:100], count))
    return told, packs


def _days(text: str) -> int:
    value = fields.figure(text, 0)
    if value > 3650:
        raise ValueError(_("“%(text)s”: at most ten years, 3650 days.") % {"text": text[:40]})
    return int(value)


def shown(
    request: HttpRequest, form: dict[str, Any], no: Refused | None = None, reading: Reading | None = None,
    *, row: Product | None = None,
) -> HttpResponse:  # fmt: skip
    """The page; 422 with what is wrong where something is."""
    errors = reading.errors if reading else {}
    codes = [*form.get("barcodes", []), *[("", "")] * PACKS]
    methods = [one for one in CostMethod.choices if may(request.user, "see_cost") or one[0] != CostMethod.STANDARD]
    context = {
        "form": form,
        "codes": [(code, qty, errors.get(f"barcodes.{at}.code", "")) for at, (code, qty) in enumerate(codes)],
        "errors": errors,
        "refused": no,
        "row": row,
        "methods": methods,
        "once": new_key() if no is None or no.code == "sent_already" else key_of(request),
        "back": href("product", row.pk, row.sku) if row else reverse("track:orders"),
    }
    return render(request, "counter/product.html", context, status=422 if no else 200)
