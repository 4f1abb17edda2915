"""The room's ways: the delivery note on a shipment's page, the statement on a customer's."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from ordertrail.orders.queries import only_for
from ordertrail.papers.delivery_note import can_be_noted
from ordertrail.parties.models import Customer
from ordertrail.shipping.models import Shipment
from ordertrail.track.addresses import BY_ID
from ordertrail.track.scope import whole
from ordertrail.web import slots


def add() -> None:
    """Hand the buttons to the pages."""
    slots.fill("shipment.acts", shipment_acts)
    slots.fill("customer.acts", customer_acts)


def shipment_acts(request: HttpRequest, row: Shipment) -> SafeString:
    """The delivery note of a shipment that is seen whole: on A4, on continuous paper, with prices, in the other languages."""
    if not can_be_noted(row) or not whole("shipment", row.pk, request.user):
        return SafeString("")
    context = {
        "href": reverse("papers:delivery_note", args=[f"{BY_ID}{row.pk}"]),
        "languages": [(code, name) for code, name in settings.LANGUAGES if code != get_language()],
    }
    return render_to_string("papers/note_acts.html", context, request)


def customer_acts(request: HttpRequest, row: Customer) -> SafeString:
    """The statement of a customer, for who sees every order."""
    if only_for(request.user) is not None:
        return SafeString("")
    context = {"href": reverse("papers:statement", args=[f"{BY_ID}{row.pk}"])}
    return render_to_string("papers/statement_acts.html", context, request)
