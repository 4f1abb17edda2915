"""What a test does in a process of its own, on a data folder of its own: ``python -m ordertrail.sync.tests.beside WHAT HOME …``.

``rows``: every row of the domain rooms, findings and laws, in words that do not depend on ids, as lines.
``comment``: comments on the first order in a loop, as a web process would.
``session``: the same with a session, which Django writes without asking us.
``worker SECONDS``: a worker that does what is due and ends when nothing more is, or after that time.
``ask KIND COUNT``: that many jobs of a kind. ``old``: every claim is older than the lease. ``jobs``: every job as a line of JSON.
``marks SECONDS``: a worker whose jobs of kind "mark" leave a line in the file ``marks``, and "hang" never end; begins at ``go``.
"""

# ruff: noqa: T201  what it prints is read by the test
from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main(what: str, home: str, *words: str) -> None:
    """Load Django on the data folder, and do it."""
    from ordertrail.cli.setup import use_home

    use_home(Path(home))
    known: dict[str, Callable[..., None]] = {"rows": rows, "comment": comment, "session": session, "worker": worker}
    known |= {"ask": ask, "old": old, "jobs": jobs, "marks": marks}
    known[what](*words)


def rows() -> None:
    """Print what the store holds."""
    from ordertrail.desk.laws import verify
    from ordertrail.desk.models import Change
    from ordertrail.desk.tests.test_history import named_rows
    from ordertrail.findings.follow import follow
    from ordertrail.findings.models import Finding
    from ordertrail.records.models import Link, SourceDocument

    while follow():
        pass
    for row in named_rows():
        print(row)
    for document in SourceDocument.objects.order_by("source__code", "kind", "ref").select_related("source"):
        home = SourceDocument.objects.select_related("source").get(pk=document.group)
        print("Document", document.source.code, document.kind, document.ref, "in", home.source.code, home.ref)
    links = Link.objects.filter(ended_at=None).order_by("document__source__code", "document__ref", "key")
    for one in links.values_list("document__source__code", "document__ref", "other__source__code", "other__ref", "key"):
        print("Link", *one)
    numbers = dict(SourceDocument.objects.values_list("pk", "ref"))
    for check, order, status, money in Finding.objects.values_list("check_name", "order", "status", "money"):
        print("Finding", check, numbers.get(order or 0), status, money)
    told = set(Change.objects.values_list("kind", "object"))
    untold = [row for row in SourceDocument.objects.values_list("kind", "group").distinct() if row not in told]
    print("Untold", untold)
    print("Broken", list(verify()))


def comment() -> None:
    """Comment again and again; print the waits as JSON."""
    from ordertrail.desk.comment import comment as write
    from ordertrail.parties.models import Person
    from ordertrail.records.models import SourceDocument

    dana = Person.objects.get(username="dana")

    def once() -> bool:
        document = SourceDocument.objects.filter(kind="order").values_list("pk", flat=True).first()
        if document is not None:
            write(dana, document, "Still waiting?")
        return document is not None

    _again_and_again(once)


def session() -> None:
    """Keep a session alive again and again, as every log-in and choice of a language does; print the waits as JSON."""
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()

    def once() -> bool:
        store["seen"] = store.get("seen", 0) + 1
        store.save()
        return True

    _again_and_again(once)


def _again_and_again(once: Callable[[], bool]) -> None:
    """Until the file ``enough`` is in the data folder, for at most a minute."""
    from django.conf import settings

    end = time.monotonic() + 60
    waits = []
    while time.monotonic() < end and not (settings.HOME / "enough").exists():
        begun = time.monotonic()
        if once():
            waits.append(time.monotonic() - begun)
        time.sleep(0.02)
    print(json.dumps(waits))


def worker(seconds: str) -> None:
    """Work until there is no job left that waits or runs."""
    from ordertrail.sync.models import Job
    from ordertrail.sync.worker import rounds

    end = time.monotonic() + float(seconds)
    rounds(
        lambda: False,
        lambda: time.monotonic() > end or not Job.objects.filter(state__in=("waiting", "running")).exists(),
        pause=0.05,
    )


def ask(kind: str, count: str) -> None:
    """Ask for jobs."""
    from ordertrail.sync.worker import ask as asked

    for number in range(int(count)):
        asked(kind, number=number)


def old() -> None:
    """As if everybody who has a job had been silent for longer than the lease."""
    from ordertrail.lib import clock
    from ordertrail.sync.models import Job
    from ordertrail.sync.worker import LEASE

    Job.objects.filter(state="running").update(claimed_at=clock.now() - LEASE * 1.01)


def jobs() -> None:
    """Print every job."""
    from ordertrail.sync.models import Job

    for job in Job.objects.order_by("pk"):
        print(json.dumps({"kind": job.kind, "state": job.state, "by": job.claimed_by, "result": job.result}))


def marks(seconds: str) -> None:
    """Work as ``worker``, on jobs that show who did them."""
    from django.conf import settings

    from ordertrail.sync import worker as working

    def mark(job: Any) -> dict[str, Any]:
        with (settings.HOME / "marks").open("a") as file:
            file.write(f"{job.args['number']} {os.getpid()}\n")
        time.sleep(0.01)
        return {}

    def hang(job: Any) -> dict[str, Any]:
        (settings.HOME / "hangs").touch()
        time.sleep(600)
        return {}

    working.HANDLERS.update(mark=mark, hang=hang)
    (settings.HOME / f"ready-{os.getpid()}").touch()
    while not (settings.HOME / "go").exists():
        time.sleep(0.01)
    worker(seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
