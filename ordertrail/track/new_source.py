"""A new source: what kind of system, how it is reached, is it there; then its mapping, then its first sync."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from ordertrail.desk.acts import note
from ordertrail.lib.gate import writing
from ordertrail.lib.refused import Refused
from ordertrail.records.models import Source
from ordertrail.sync.connectors import connector, names
from ordertrail.sync.sources import declare, opened
from ordertrail.track.order import person_of
from ordertrail.track.source_cards import KINDS
from ordertrail.track.uploads import receive
from ordertrail.web.rights import needs

NOT_OFFERED = frozenset({"chaos"})
"""Connectors that are there for tests."""
CODE = re.compile(r"[a-z][a-z0-9-]{0,38}")
FIRST = 10
"""The place of a source among those that speak of its own field; all others stand at 50."""
BELIEVED: dict[str, str] = {
    "oms": "order", "shop": "order", "wms": "goods", "erp": "invoice", "bank": "money", "mes": "production",
}  # fmt: skip
"""For what a kind of system is believed before others, until the company says otherwise."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One setting that the form asks for: its name, words, an example, and whether it may stay empty."""

    name: str
    words: Promise
    example: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class About:
    """How a connector is offered: its icon, a sentence, what it asks for, and whether a file may be brought at once."""

    icon: str
    sentence: Promise | str
    asks: tuple[Ask, ...] = ()
    files: bool = False


ABOUT: dict[str, About] = {
    "files": About(
        "file-spreadsheet",
        gettext_lazy("Excel and CSV files: bring one now, or name a folder that is watched."),
        (Ask("folder", gettext_lazy("Folder that is watched"), "/data/exports", optional=True),),
        files=True,
    ),
    "sql": About(
        "database",
        gettext_lazy("Tables or queries of PostgreSQL, MySQL, MariaDB or SQLite, read only."),
        (Ask("url", gettext_lazy("Address"), "postgresql://reader@host/erp"),),
    ),
    "rest": About(
        "webhook",
        gettext_lazy("Any API that answers JSON: address, log-in, pages, places in the answer."),
        (
            Ask("url", gettext_lazy("Address"), "https://shop.example.com/api"),
            Ask("auth.kind", gettext_lazy("Log-in: none, basic, bearer, header, query"), "bearer", optional=True),
            Ask("auth.user", gettext_lazy("User name"), "reader", optional=True),
        ),
    ),
    "tryton": About(
        "building",
        gettext_lazy("A running Tryton 8.2, over its own interface; nothing needs to be mapped."),
        (
            Ask("address", gettext_lazy("Address"), "http://127.0.0.1:8000"),
            Ask("database", gettext_lazy("Database"), "tryton"),
            Ask("user", gettext_lazy("User name"), "reader"),
        ),
    ),
}


@dataclass(slots=True)
class Typed:
    """What was typed into the form, kept when it is refused; credentials are not."""

    code: str = ""
    name: str = ""
    kind: str = "oms"
    zone: str = ""
    every_minutes: str = "10"
    more: str = ""
    asks: dict[str, str] = field(default_factory=dict)


@needs("manage_sources")
@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """Which kind of system it is."""
    offered = [
        (name, connector(name).title, ABOUT.get(name, About("plug-connected", "")))
        for name in names()
        if name not in NOT_OFFERED
    ]
    return render(request, "track/sources/new.html", {"offered": offered})


@needs("manage_sources")
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, name: str) -> HttpResponse:
    """How the system is reached; it is asked at once, and only kept when it answers."""
    if name not in names() or name in NOT_OFFERED:
        raise Http404(name)
    about = ABOUT.get(name, About("plug-connected", ""))
    typed = read(request, about) if request.method == "POST" else Typed(code=suggested_code(name))
    if request.method != "POST":
        return shown(request, name, about, typed)
    try:
        source = made(request, name, about, typed)
    except Refused as refused:
        return shown(request, name, about, typed, refused)
    if source.settings.get("streams") or connector(name).declared_streams(source.settings):
        return redirect("track:source", source.code)
    return redirect(f"{reverse('track:mapping', args=[source.code])}{first_stream(about)}")


def first_stream(about: About) -> str:
    """Where the mapping begins: a file's orders; of other systems a person says first what holds them."""
    return "?kind=order&from=*" if about.files else ""


def suggested_code(name: str) -> str:
    """A code that is free.

    The first source of a connector is called like it, the next ones are numbered.
    """
    taken = set(Source.objects.values_list("code", flat=True))
    return next(code for code in (name, *(f"{name}-{n}" for n in range(2, 1000))) if code not in taken)


def read(request: HttpRequest, about: About) -> Typed:
    """What the form holds."""
    form = request.POST
    plain = {name: form.get(name, "").strip() for name in ("code", "name", "kind", "zone", "every_minutes", "more")}
    return Typed(**plain, asks={one.name: form.get(one.name, "").strip() for one in about.asks})


def made(request: HttpRequest, name: str, about: About, typed: Typed) -> Source:
    """The source as typed, kept only when it makes sense and answers; not yet read, since it has no mapping.

    Refused with the sentence why not.
    """
    check(typed, about)
    secrets = {one: request.POST.get(f"secret-{one}", "") for one in connector(name).secret_fields}
    setting = {
        "name": typed.name or typed.code,
        "kind": typed.kind,
        "connector": name,
        "settings": settings_of(typed, about),
        "zone": typed.zone,
        "every_minutes": int(typed.every_minutes) if typed.every_minutes else None,
        "position": 50,
        "active": False,
        **({f"{BELIEVED[typed.kind]}_rank": FIRST} if typed.kind in BELIEVED else {}),
    }
    file = request.FILES.get("file")
    source = declare({"code": typed.code, "secrets": secrets, **setting})
    try:
        if about.files and (file is not None or not typed.asks.get("folder")):
            receive(source, file)
        said = opened(source).test()
    except Refused:
        with writing():
            source.delete()
        raise
    with writing():
        note(person_of(request), "new_source", "source", source.pk, code=source.code)
        if connector(name).declared_streams(source.settings):
            Source.objects.filter(pk=source.pk).update(active=True)
    messages.success(request, said)
    return source


def check(typed: Typed, about: About) -> None:
    """Refused("code_invalid"), ("code_taken"), ("kind_unknown"), ("minutes_invalid"), ("setting_missing")."""
    if not CODE.fullmatch(typed.code):
        detail = _("“%(code)s” is no code: small letters, digits and hyphens, beginning with a letter, at most 39.")
        raise Refused("code_invalid", detail % {"code": typed.code})
    if Source.objects.filter(code=typed.code).exists():
        raise Refused(
            "code_taken", _("There is a source “%(code)s” already; choose another code.") % {"code": typed.code}
        )
    if typed.kind not in KINDS:
        raise Refused("kind_unknown", _("There is no kind of system “%(kind)s”.") % {"kind": typed.kind})
    if typed.every_minutes and not (typed.every_minutes.isdigit() and 1 <= int(typed.every_minutes) <= 10_080):
        detail = _("“%(text)s” is no number of minutes; write 1 to %(most)s, or leave it empty.")
        raise Refused("minutes_invalid", detail % {"text": typed.every_minutes, "most": 10_080})
    for one in about.asks:
        if not one.optional and not typed.asks.get(one.name):
            raise Refused(
                "setting_missing",
                _("“%(setting)s” is empty; without it nothing can be reached.") % {"setting": one.words},
            )


def settings_of(typed: Typed, about: About) -> dict[str, Any]:
    """The settings of the connector: what was asked, and what was typed as JSON beside it.

    Refused("settings_invalid") when that is no JSON object.
    """
    told: dict[str, Any] = {}
    for one in about.asks:
        text = typed.asks.get(one.name, "")
        group, _dot, inner = one.name.partition(".")
        if text and inner:
            told.setdefault(group, {})[inner] = text
        elif text:
            told[group] = text
    if typed.more:
        try:
            more = json.loads(typed.more)
        except ValueError as fault:
            more = str(fault)
        if not isinstance(more, Mapping):
            detail = _("The further settings are no JSON object: %(why)s")
            raise Refused("settings_invalid", detail % {"why": more})
        told |= more
    return told


def shown(request: HttpRequest, name: str, about: About, typed: Typed, refused: Refused | None = None) -> HttpResponse:
    """The form; 422 with the sentence where it was refused."""
    context = {
        "name": name,
        "title": connector(name).title,
        "about": about,
        "typed": typed,
        "asks": [(one, typed.asks.get(one.name, "")) for one in about.asks],
        "secrets": connector(name).secret_fields,
        "kinds": [(kind, words) for kind, (_icon, words) in KINDS.items()],
        "refused": refused,
    }
    return render(request, "track/sources/new_settings.html", context, status=422 if refused else 200)
