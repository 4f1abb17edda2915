"""Findings: what is wrong or soon will be, whose it is, what to do about it; and what came back to normal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ordertrail.findings import actions
from ordertrail.findings.checks import all_checks
from ordertrail.findings.models import Finding, FindingStatus
from ordertrail.findings.queries import (
    counts_by_check,
    history,
    people_for,
    recovered_by_week,
    recovered_lately,
    remedies_at_work,
    sums,
    visible_to,
)
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person
from ordertrail.track.findings_export import export
from ordertrail.track.findings_filter import TABS, Selection, in_tab, selection
from ordertrail.track.findings_rows import rows_of
from ordertrail.track.order import person_of
from ordertrail.web.paging import page
from ordertrail.web.refusals import not_allowed
from ordertrail.web.rights import may, needs

SIZE = 50


@needs("see_orders")
@require_GET
def findings(request: HttpRequest) -> HttpResponseBase:
    """The list; ``?format=csv`` or ``xlsx`` gives all its rows as a file."""
    chosen = selection(request.GET, request.user)
    if request.GET.get("format") in ("csv", "xlsx"):
        if not may(request.user, "export"):
            return not_allowed(request, "export")
        return export(request, chosen, request.GET["format"])
    return render(request, "track/findings/page.html", shown(request, chosen))


def shown(request: HttpRequest, chosen: Selection) -> dict[str, Any]:
    """What the page shows."""
    seen = visible_to(request.user)
    result = page(chosen.rows.select_related("owner"), chosen.chosen, SIZE)
    weeks = recovered_by_week(request.user)
    return {
        "chosen": chosen.chosen,
        "query": chosen.chosen.to_query(),
        "tab": chosen.tab,
        "tabs": [(name, words, in_tab(seen, name, request.user).count()) for name, words in TABS.items()],
        "checks": check_chips(request, chosen),
        "sums": sums(chosen.rows),
        "page": result,
        "rows": rows_of(result.rows),
        "weeks": [week.recovered for week in weeks],
        "this_week": weeks[-1],
        "last_week": weeks[-2],
        "lately": rows_of(recovered_lately(request.user)),
        "effects": [(remedy_words().get(one.remedy, one.remedy), one) for one in remedies_at_work(request.user)],
    }


def check_chips(request: HttpRequest, chosen: Selection) -> list[tuple[Promise | str, int, str, bool]]:
    """The checks that have findings in this tab: words, how many, the filter with it alone, whether it is chosen."""
    picked = chosen.chosen.values.get("check")
    counts = counts_by_check(in_tab(visible_to(request.user), chosen.tab, request.user))
    known = all_checks()
    return [
        (known[name].label if name in known else name, count, chosen.chosen.to_query(check=name), picked == (name,))
        for name, count in counts.items()
    ]


def remedy_words() -> dict[str, Any]:
    """The words of every remedy by its code."""
    return {remedy.code: remedy.label for check in all_checks().values() for remedy in check.remedies}


@needs("see_orders")
@require_GET
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding: its sentence, its figures, its history, and what people can do about it."""
    row = visible_to(request.user).select_related("owner").filter(pk=pk).first()
    if row is None:
        raise Http404(pk)
    check = all_checks().get(row.check_name)
    context = {
        "row": rows_of([row])[0],
        "check": check,
        "meaning": (type(check).__doc__ or "") if check else "",
        "history": [(event, remedy_words().get(event.facts.get("remedy", ""), "")) for event in history(row)],
        "people": people_for(row.role) if may(request.user, "own_findings") else [],
    }
    return render(request, "track/findings/finding.html", context)


def _act(request: HttpRequest, do: Callable[[], object], done: Callable[[], str]) -> HttpResponse:
    """Do something to a finding, say so or why not, and go back to where the button stood."""
    try:
        do()
    except Refused as refused:
        messages.error(request, refused.detail)
    else:
        messages.success(request, done())
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return redirect(wanted if safe else reverse("track:findings"))


@needs("own_findings")
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a finding on one's own desk."""
    return _act(request, lambda: actions.take(person_of(request), pk), lambda: _("It is on your desk now."))


@needs("own_findings")
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Lay a finding down."""
    return _act(request, lambda: actions.drop(person_of(request), pk), lambda: _("It is nobody's now."))


@needs("own_findings")
@require_POST
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a finding over: to the person named, else to whoever of the remedy's role has the fewest."""
    remedy, text = request.POST.get("remedy", ""), request.POST.get("text", "")
    to = chosen_person(request.POST.get("to", ""), remedy)
    if to is None:
        messages.error(request, _("Nobody here can take it; choose a person."))
        return redirect("track:finding", pk)
    return _act(
        request,
        lambda: actions.give(person_of(request), pk, to, remedy=remedy, text=text),
        lambda: _("%(person)s has it now.") % {"person": to},
    )


def chosen_person(username: str, remedy: str) -> Person | None:
    """Who gets a finding: the person named; else, of the role that the remedy asks, who has the fewest open findings."""
    people = Person.objects.filter(is_active=True).exclude(role="guest")
    if username:
        return people.filter(username=username).first()
    role = next((r.role for check in all_checks().values() for r in check.remedies if r.code == remedy), "")
    load = dict(
        Finding.objects.filter(status=FindingStatus.OPEN, owner__isnull=False)
        .values_list("owner")
        .annotate(many=Count("pk"))
    )
    mine = list(people.filter(role=role).order_by("pk")) if role else []
    return min(mine, key=lambda person: (load.get(person.pk, 0), person.pk), default=None)


@needs("comment")
@require_POST
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something about a finding."""
    text = request.POST.get("text", "")
    return _act(request, lambda: actions.comment(person_of(request), pk, text), lambda: _("Your comment is kept."))
