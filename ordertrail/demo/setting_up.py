"""From nothing to the demo company on its pages: sources written, people made, everything really synced."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ordertrail.lib.refused import Refused

if TYPE_CHECKING:
    from ordertrail.demo.sources import DemoCompany

PASSWORD = "harbour-light"  # noqa: S105  the demo's, printed at its start and worth nothing
"""Everybody's password in the demo company."""

LOG_INS = (
    ("dana", "general manager · 总经理"),
    ("anna", "sales · 销售"),
    ("bo", "store · 仓库"),
    ("chen", "finance · 财务"),
    ("jun", "production · 生产"),
    ("admin", "administrator · 管理员"),
    ("guest", "guest, may log in and sees nothing · 访客，可登录，但看不到任何内容"),
)
ROLES = {"dana": "manager", "anna": "sales", "bo": "store", "chen": "finance", "jun": "production"}
READY = "demo-ready"
BEGUN = "demo-begun"
"""Marks a folder as the demo's from the first moment on: nothing else is ever removed."""
SOURCES = "source-systems"
ON_A_DESK = 3
"""So many findings each of the demo's people has taken, as long as as many are left for others to take."""
DAY_SECONDS = 60
"""With ``--live`` a company day passes in so many seconds."""

Shown = Callable[[str], AbstractContextManager[Callable[[str, int, int | None], None]]]


def ready(folder: Path) -> bool:
    """Whether the demo company in ``folder`` was made to the end."""
    return (folder / READY).exists()


def ours(folder: Path) -> bool:
    """Whether ``folder`` may be emptied: it is not there, is empty, or holds a demo company, whole or begun."""
    if not folder.exists():
        return True
    marks = (READY, BEGUN, SOURCES)
    return folder.is_dir() and (not any(folder.iterdir()) or any((folder / mark).exists() for mark in marks))


def make(folder: Path, shown: Shown) -> None:
    """Make the demo company in ``folder``, dated relative to today: write its seven systems, sync them, check, fill the hub.

    What a start that was cut off has left there is removed first; Refused when the folder holds anything that is not the demo.
    """
    from ordertrail.config.home import CompanySettings, write_company_settings

    if not ours(folder):
        raise Refused(
            "folder_taken",
            f"{folder} holds files that are not the demo's, and making the demo would remove them. "
            "Choose a new or empty folder with --home.",
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / BEGUN).touch()
    write_company_settings(folder, CompanySettings("Harbour Light Trading 港灯贸易"))
    from ordertrail.cli.company import make_store
    from ordertrail.cli.setup import use_home
    from ordertrail.lib import clock

    with shown("") as show:
        show("making the store", 0, None)
        use_home(folder)
        make_store()
        _people()
    from ordertrail.demo.sources import write_sources

    with shown("") as show:
        show("writing the source systems", 0, None)
        company = write_sources(folder / SOURCES, clock.today())
    with company.serve_crm(0) as crm:
        _sync(company, crm.address, shown)
    _follow(shown)
    hand_out()
    _follow(shown)
    (folder / READY).touch()


def _people() -> None:
    from ordertrail.parties.models import Person

    for name, _what in LOG_INS:
        Person.objects.create_person(name, PASSWORD, ROLES.get(name, name), display_name=name.capitalize())


def _sync(company: DemoCompany, crm_address: str, shown: Shown) -> None:
    """Declare and sync every source, the CRM at the address where it answers now."""
    from ordertrail.demo.sources import source_settings
    from ordertrail.sync.run import run_source
    from ordertrail.sync.sources import declare

    # All are declared before the first is read: the bank's silence means 0 from the beginning.
    declared = [declare(setting | {"every_minutes": 5}) for setting in source_settings(company, crm_address)]
    for source in declared:
        with shown(source.code) as show:
            run_source(source, progress=show)
    for setting in source_settings(company):
        declare(setting | {"every_minutes": 5})


def _follow(shown: Shown) -> None:
    """Let the checks and the hub follow what was synced."""
    from ordertrail.config.work import Following

    following = Following()
    with shown("") as show:
        show("checks and figures", 0, None)
        while following():
            pass


def hand_out() -> None:
    """Put some findings on people's desks, the largest money of each role first: half of them taken, the next one given by Dana."""
    from ordertrail.findings.actions import give, take
    from ordertrail.findings.queries import Filter, findings
    from ordertrail.parties.models import Person

    dana = Person.objects.get(username="dana")
    for name, role in ROLES.items():
        person = Person.objects.get(username=name)
        mine = [finding.pk for finding in findings(person, Filter(role=role))[: 2 * ON_A_DESK]]
        for taken in mine[: min(ON_A_DESK, len(mine) // 2)]:
            take(person, taken)
        for given in mine[ON_A_DESK : ON_A_DESK + 1]:
            give(dana, given, person, text="Please look at this one first. 请先处理这一条。")


@contextmanager
def sources_alive(folder: Path, *, live: bool) -> Iterator[None]:
    """While the block lasts the CRM answers and, with ``live``, a day of the company passes each minute."""
    stop = threading.Event()
    with _crm_answers(folder):
        passing = threading.Thread(target=_days, args=(folder, stop), daemon=True) if live else None
        if passing:
            passing.start()
        try:
            yield
        finally:
            stop.set()


@contextmanager
def _crm_answers(folder: Path) -> Iterator[None]:
    """The CRM at its port, or at any free one when another demo has that; the source is told where."""
    from ordertrail.demo.systems import crm
    from ordertrail.lib.gate import writing
    from ordertrail.records.models import Source

    try:
        server = crm.CrmServer(folder / SOURCES, crm.PORT)
        server.server_close()
        port = crm.PORT
    except OSError:
        port = 0
    with crm.serving(folder / SOURCES, port) as served:
        source = Source.objects.get(code="crm")
        if source.settings["url"] != served.address:
            with writing():
                Source.objects.filter(pk=source.pk).update(settings=source.settings | {"url": served.address})
        yield


def _days(folder: Path, stop: threading.Event) -> None:
    """Live a company day, ask for all sources to be synced, wait for the next."""
    from ordertrail.demo.live import LiveCompany
    from ordertrail.lib import clock
    from ordertrail.records.models import Source
    from ordertrail.sync.worker import ask

    company = LiveCompany(folder / SOURCES)
    while not stop.is_set():
        begun = time.monotonic()
        company.step(clock.now())
        for source in Source.objects.filter(active=True):
            ask("sync", source=source.code)
        stop.wait(max(0.0, DAY_SECONDS - (time.monotonic() - begun)))
