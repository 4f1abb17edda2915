"""The big store to measure on: a company whose OMS has been synced once, kept under .cache/bench so that measurements share it."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench import sources

if TYPE_CHECKING:
    from django.test import Client

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "bench"
MILLION = 1_000_000


def size() -> int:
    """How many orders to measure with: the first word of the command line, else a million."""
    return int(sys.argv[1]) if len(sys.argv) > 1 else MILLION


def source_file(count: int) -> Path:
    """The OMS with ``count`` orders, made on first use."""
    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / f"oms-{count}.sqlite"
    sources.write(path, count)
    return path


def use(home: Path) -> None:
    """Make ``home`` the data folder of this process and load Django on it."""
    os.environ["ORDERTRAIL_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ordertrail.config.settings")
    import django

    django.setup()


def empty(home: Path) -> None:
    """An empty company in ``home``, used by this process."""
    from ordertrail.config.home import CompanySettings, write_company_settings

    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    write_company_settings(home, CompanySettings("Bench"))
    use(home)
    from ordertrail.cli.company import make_store

    make_store()


def browser() -> Client:
    """Dana, logged in, through Django's whole stack without a network; after ``synced``."""
    from django.conf import settings
    from django.test import Client

    from ordertrail.parties.models import Person

    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(Person.objects.get(username="dana"))
    return client


def home_of(count: int) -> Path:
    """Where the company with ``count`` orders is kept."""
    return CACHE / f"home-{count}"


def made(count: int) -> tuple[float, float]:
    """Make the company with ``count`` orders anew, as a first sync does: seconds for the documents, and for the hub."""
    path, home = source_file(count), home_of(count)
    empty(home)
    from ordertrail.hub.refresh import rebuild
    from ordertrail.parties.models import Person
    from ordertrail.sync.run import run_source
    from ordertrail.sync.sources import declare

    Person.objects.create_person("dana", "bench", "manager")
    source = declare(sources.setting(path))
    begun = time.monotonic()
    run = run_source(source)
    documents = time.monotonic() - begun
    assert (run.state, run.new) == ("done", count), (run.state, run.error, run.new)
    rebuild()
    (home / "whole").touch()
    return documents, time.monotonic() - begun - documents


def synced(count: int) -> Path:
    """The data folder of a company with ``count`` orders synced and the hub built, made on first use; used by this process."""
    home = home_of(count)
    if (home / "whole").exists():
        use(home)
        return home
    print(f"making the store of {count:,} orders …", flush=True)
    print(f"made in {sum(made(count)):.0f} s", flush=True)
    return home
