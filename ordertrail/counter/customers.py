"""Typing a customer and changing one that was typed here; who is called alike is shown while the name is typed."""

from __future__ import annotations

from typing import Any

import orjson
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ordertrail.counter import fields, find
from ordertrail.counter.fields import Reading
from ordertrail.counter.once import key_of, new_key, once
from ordertrail.counter.order_form import fields_text
from ordertrail.desk.type_customer import change_customer, type_customer
from ordertrail.desk.typed import said_of
from ordertrail.lib.currencies import check_decimals
from ordertrail.lib.money import MONEY_SCALE, to_units
from ordertrail.lib.numbers import name_key
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Customer
from ordertrail.records.shapes import Address, CustomerRecord
from ordertrail.track.addresses import href
from ordertrail.track.order import person_of
from ordertrail.track.scope import meant, seen
from ordertrail.web.rights import needs

TEXTS = {"name": 200, "tax_number": 40, "country": 80, "phone": 60}
PLACES = 2
"""Empty places that a form offers beside those that there are."""


@needs("keep_catalog")
@require_http_methods(["GET", "POST"])
def new_customer(request: HttpRequest) -> HttpResponse:
    """A form for a new customer; sent from the screen of an order it answers to that."""
    if request.method == "GET":
        return shown(request, typed(QueryDict("name=" + request.GET.get("name", "").replace("&", " "))))
    form, by, inline = typed(request.POST), person_of(request), "inline" in request.POST
    reading = Reading()
    try:
        code = reading.needed("code", form["code"], fields.code, "", _("Give the customer a code, like C-017."))
        told = read(form, reading)
        reading.check()

        def write() -> str:
            pk = type_customer(by, code, **told)
            return href("customer", pk, code)

        address, _now = once(request, by, write)
    except Refused as no:
        reading.take(no)
        return shown(request, form, no, reading, inline=inline)
    if inline:
        answer = HttpResponse()
        answer.headers["HX-Trigger"] = orjson.dumps({"typed": {"field": "customer", "value": code}}).decode()
        answer.headers["HX-Reswap"] = "none"
        return answer
    messages.success(request, _("Customer %(code)s is written down.") % {"code": code})
    return redirect(address)


@needs("keep_catalog")
@require_http_methods(["GET", "POST"])
@meant("customer")
def edit_customer(request: HttpRequest, customer: int) -> HttpResponse:
    """A form with what was typed of a customer; of one that lives elsewhere the sentence that says so."""
    row, by = Customer.objects.select_related("home").get(pk=customer), person_of(request)
    record = said_of("customer", customer)
    if request.method == "GET":
        return shown(request, of_record(record) if record else {}, row=row)
    form, reading = typed(request.POST), Reading()
    try:
        told = read(form, reading)
        reading.check()

        def write() -> str:
            change_customer(by, customer, told)
            return href("customer", customer, row.code)

        address, _now = once(request, by, write)
    except Refused as no:
        reading.take(no)
        return shown(request, form, no, reading, row=row)
    messages.success(request, _("What you changed of %(customer)s is kept.") % {"customer": row.name})
    return redirect(address)


def typed(post: QueryDict) -> dict[str, Any]:
    """The form as texts."""
    names = ("code", *TEXTS, "currency", "credit_limit", "invoice_address")
    form: dict[str, Any] = {name: post.get(name, "").replace("\0", "").strip() for name in names}
    pairs = zip(post.getlist("address_code"), post.getlist("address_text"), strict=False)
    form["places"] = [
        (code.strip(), text.replace("\0", "").strip()) for code, text in pairs if code.strip() or text.strip()
    ]
    return form


def of_record(record: CustomerRecord) -> dict[str, Any]:
    """The form with what was typed before."""
    form: dict[str, Any] = {name: getattr(record, name) for name in (*TEXTS, "currency", "invoice_address")}
    form["credit_limit"] = "" if record.credit_limit is None else fields_text(record.credit_limit)
    form["places"] = [(place.code, place.text) for place in record.addresses]
    return form


def read(form: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """The fields of a ``CustomerRecord``; what cannot be read stands in ``reading``."""
    reading.needed("name", form["name"], str, "", _("Give the customer a name."))
    told: dict[str, Any] = {name: form[name][:longest] for name, longest in TEXTS.items()}
    told["currency"] = reading.read("currency", form["currency"], fields.currency, "")
    told["credit_limit"] = reading.read("credit_limit", form["credit_limit"], lambda text: fields.figure(text, 4), None)
    if told["credit_limit"] is not None:
        try:
            currency = told["currency"] or settings.COMPANY.currency
            check_decimals(to_units(told["credit_limit"], MONEY_SCALE), currency, "credit_limit")
        except Refused as no:
            reading.take(no)
    places: list[Address] = []
    for place, (code, text) in enumerate(form["places"]):
        path = f"places.{place}"
        given = reading.needed(path, code, fields.code, "", _("Give the address a code, like north."))
        if given in [one.code for one in places]:
            reading.errors.setdefault(
                path, _("The address %(code)s is given twice. Give each a code of its own.") % {"code": given}
            )
        places.append(Address(given, text[:300]))
    told["addresses"] = tuple(places)
    told["invoice_address"] = form["invoice_address"]
    if form["invoice_address"] and form["invoice_address"] not in [one.code for one in places]:
        sentence = _("There is no address %(code)s among this customer's addresses. Give it there too.")
        reading.errors.setdefault("invoice_address", sentence % {"code": form["invoice_address"][:40]})
    return told


def shown(
    request: HttpRequest, form: dict[str, Any], no: Refused | None = None, reading: Reading | None = None,
    *, row: Customer | None = None, inline: bool = False,
) -> HttpResponse:  # fmt: skip
    """The page, or what stands in the box on the screen of an order; 422 with what is wrong where something is."""
    errors = reading.errors if reading else {}
    places = [*form.get("places", []), *[("", "")] * PLACES]
    context = {
        "form": form,
        "places": [(code, text, errors.get(f"places.{at}", "")) for at, (code, text) in enumerate(places)],
        "errors": errors,
        "refused": no,
        "row": row,
        "inline": inline,
        "likes": like(request, form) if no else [],
        "once": new_key() if no is None or no.code == "sent_already" else key_of(request),
        "back": href("customer", row.pk, row.code) if row else reverse("track:orders"),
    }
    name = "counter/customer_form.html" if inline else "counter/customer.html"
    return render(request, name, context, status=422 if no else 200)


@needs("keep_catalog")
@require_GET
def likes(request: HttpRequest) -> HttpResponse:
    """Who is there already with this code, tax number or phone, or a name alike."""
    form = typed(request.GET)
    return render(request, "counter/likes.html", {"likes": like(request, form), "inline": "inline" in request.GET})


def like(request: HttpRequest, form: dict[str, Any]) -> list[tuple[Customer, str, str]]:
    """Customers that may be the same, of those that this person may see: the row, the address of its page, what a field takes."""
    wanted = Q(pk=None)
    if key := name_key(form.get("name", "")):
        wanted |= Q(name_key__in=[key[:signs] for signs in range(2, len(key) + 1)] or [key])
        if len(key) > 1:
            wanted |= Q(name_key__contains=key[:200])
    for name in ("code", "tax_number", "phone"):
        if form.get(name):
            wanted |= Q(**{name: form[name]})
    rows = list(Customer.objects.filter(wanted).order_by("name", "pk")[: find.TRIED])
    visible = seen("customer", [row.pk for row in rows], request.user)
    found = [row for row in rows if row.pk in visible][: find.SHOWN]
    return [(row, href("customer", row.pk, row.code), find.handle(row)) for row in found]
