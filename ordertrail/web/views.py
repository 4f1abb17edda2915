"""Pages that belong to no room: the start, one's own settings, language and theme, the page of parts."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from ordertrail.web import nav
from ordertrail.web.context import THEME_COOKIE, THEMES
from ordertrail.web.forms import ProfileForm
from ordertrail.web.refusals import not_allowed
from ordertrail.web.rights import ANYONE, RIGHTS, SOMEONE, may, needs

YEAR = 365 * 24 * 3600


def way_back(request: HttpRequest) -> str:
    """The page that a small form came from, when it is one of ours; else the start."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else "/"


def remember(response: HttpResponse, name: str, value: str) -> None:
    """Keep a choice in a cookie for a year, readable by the server only."""
    response.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)


@needs(SOMEONE)
def home(request: HttpRequest) -> HttpResponse:
    """The first page that this person may see and that is theirs by role; a guest is told whom to ask."""
    role = getattr(request.user, "role", "")
    ways = [way for way in nav.entries(request.user) if way.home_for is None or role in way.home_for]
    if not ways:
        return not_allowed(request, "see_orders")
    query = dict(ways[0].home_query).get(role, "")
    return redirect(f"{ways[0].href}?{query}" if query else ways[0].href)


@needs(ANYONE)
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Pages in another language from now on, for the person who is logged in and for this browser."""
    code = request.POST.get("language", "")
    response = redirect(way_back(request))
    if code in dict(settings.LANGUAGES):
        keep(request.user, "language", code)
        remember(response, settings.LANGUAGE_COOKIE_NAME, code)
    return response


@needs(ANYONE)
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the machine prefers, from now on; 204 for a script, else back to the page."""
    chosen = request.POST.get("theme", "")
    response = HttpResponse(status=204) if request.headers.get("HX-Request") else redirect(way_back(request))
    if chosen in THEMES:
        keep(request.user, "theme", chosen)
        remember(response, THEME_COOKIE, chosen)
    return response


def keep(person: Any, field: str, value: str) -> None:
    """Write one choice of a person who is logged in."""
    if person.is_authenticated:
        setattr(person, field, value)
        person.save(update_fields=[field])


@needs(SOMEONE)
def profile(request: HttpRequest) -> HttpResponse:
    """One's own name, language, theme and keys."""
    person: Any = copy(request.user)  # what is refused must not change the page around the form
    form = ProfileForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        with override(person.language or settings.LANGUAGE_CODE):
            messages.success(request, _("Your settings are kept."))
        response = redirect("web:profile")
        remember(response, THEME_COOKIE, person.theme or "auto")
        remember(response, settings.LANGUAGE_COOKIE_NAME, person.language)
        return response
    rights = [(right, words, may(request.user, right)) for right, words in RIGHTS.items()]
    return render(request, "web/profile.html", {"form": form, "rights": rights}, status=422 if form.errors else 200)
