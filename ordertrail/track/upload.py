"""Upload: somebody brings a spreadsheet to a source that is read from files."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ordertrail.desk.acts import note
from ordertrail.lib import clock
from ordertrail.lib.gate import writing
from ordertrail.lib.refused import Refused
from ordertrail.records.models import Source
from ordertrail.sync.models import SyncRun
from ordertrail.sync.story import KINDS
from ordertrail.sync.worker import ask
from ordertrail.track.order import person_of
from ordertrail.track.uploads import patterns, receive
from ordertrail.web import format as write
from ordertrail.web.rights import needs


@needs("manage_sources")
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a file, say what it holds, send it: it is read at once. The same bytes again are not read twice."""
    source = get_object_or_404(Source, code=code)
    kinds = patterns(source)
    chosen = request.POST.get("stream", "") or next(iter(kinds), "")
    if request.method == "POST":
        try:
            came = receive(source, request.FILES.get("file"), kinds.get(chosen, "*"))
        except Refused as refused:
            return shown(request, source, chosen, refused)
        told = {"name": came.name, "source": source.name}
        if came.at is not None:
            told["day"] = write.instant(came.at, clock.zone(), clock.today())
            messages.info(request, _("“%(name)s” was already received on %(day)s; nothing was read again.") % told)
            return redirect("track:source", code)
        with writing():
            note(person_of(request), "upload", "source", source.pk, name=came.name)
        if not kinds:
            return redirect(f"{reverse('track:mapping', args=[code])}?kind=order&from=*")
        ask("sync", by=person_of(request), source=source.code)
        messages.success(request, _("“%(name)s” has come and will be read as soon as the worker is free.") % told)
        return redirect("track:source", code)
    return shown(request, source, chosen)


def shown(request: HttpRequest, source: Source, chosen: str, refused: Refused | None = None) -> HttpResponse:
    """The form; 422 with the sentence where the file was refused."""
    context = {
        "source": source,
        "kinds": [(name, KINDS.get(name, name)) for name in patterns(source)],
        "chosen": chosen,
        "refused": refused,
        "last": SyncRun.objects.filter(source=source, state="done").order_by("-started_at").first(),
    }
    return render(request, "track/sources/upload.html", context, status=422 if refused else 200)
