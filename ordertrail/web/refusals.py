"""Pages that say no: not allowed, not found, broken. Each says what, why and the way out; none leaks what it hides."""

from __future__ import annotations

from contextlib import suppress

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from ordertrail.web.rights import RIGHTS, roles_with


def whom_to_ask() -> list[str]:
    """The names of the active people who may change rights, at most three."""
    people = get_user_model()._default_manager.filter(is_active=True, role__in=roles_with("manage_people"))
    return [str(person) for person in people.order_by("pk")[:3]]


def withheld() -> str:
    """What stands in place of a source's own words for who is not shown them (``rights.quotes``): why, and whom to ask."""
    names = ", ".join(whom_to_ask())
    if not names:
        return _("Not shown: what a source wrote may tell a cost or another person's order. Ask an administrator.")
    return _("Not shown: what a source wrote may tell a cost or another person's order. Ask %(names)s.") % {
        "names": names
    }


def not_allowed(request: HttpRequest, right: str) -> HttpResponse:
    """403 with the right that is missing and whom to ask."""
    context = {"right": RIGHTS.get(right), "ask": whom_to_ask()}
    name = "web/parts/not_allowed.html" if request.headers.get("HX-Request") else "web/not_allowed.html"
    return render(request, name, context, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 with the ways on: search and the start page."""
    return render(request, "web/not_found.html", status=404)


def only_sent(request: HttpRequest) -> HttpResponse:
    """405 for an address that takes what a form sends, opened by hand: the way on is the nearest address above it that there is."""
    above = request.path
    while above != "/":
        above = above.rstrip("/").rpartition("/")[0] + "/"
        with suppress(Resolver404):
            resolve(above)
            break
    return render(request, "web/only_sent.html", {"above": above}, status=405)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without its token: nothing was changed, the way out is to load the page again."""
    return render(request, "web/forged.html", status=403)
