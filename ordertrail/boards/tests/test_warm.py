"""What boards were asked is asked again on a new snapshot before anybody waits for it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ordertrail.boards.tests.conftest import browser, order
from ordertrail.hub import publish, read, warm
from ordertrail.hub.refresh import folder
from ordertrail.hub.tests.world import make_company, say
from ordertrail.parties.models import Person
from ordertrail.records.models import Source

pytestmark = [pytest.mark.slow, pytest.mark.store]

BOARDS = ("/boards/manager/", "/boards/delivery/", "/boards/manager/?salesperson=Anna")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The queries that are really run on a snapshot, by its name."""
    runs: list[str] = []
    run = read._run

    def counted(reader: Any, wanted: publish.Snapshot, *rest: Any) -> read.Answer:
        runs.append(wanted.name)
        return run(reader, wanted, *rest)

    monkeypatch.setattr(read, "_run", counted)
    yield runs
    warm._ready.clear()
    warm._looked.clear()
    warm._threads.clear()


def plain(page: str) -> str:
    """A page without what each answer has of its own."""
    return re.sub(r'CSRFToken": "\w+"|name="csrfmiddlewaretoken" value="\w+"', "", page)


def test_the_first_look_at_a_new_snapshot_finds_every_figure_ready(
    people: dict[str, Person], bring_up: Callable[..., Any], asked: list[str]
) -> None:
    make_company()
    source = Source.objects.get(code="oms")
    say(source, order("SO-1"))
    bring_up()
    dora = browser(people["dora"])
    for board in BOARDS:
        dora.get(board)
    before = publish.newest(folder())
    assert before is not None
    warm._threads[:] = [threading.current_thread()]  # as in a process that serves; the test looks itself
    warm.look()

    say(source, order("SO-2"))
    bring_up()
    newest = publish.newest(folder())
    assert newest is not None
    assert "HX-Trigger" not in dora.get(f"/boards/fresh/?seen={before.name}")  # not before its figures are ready
    warm.look()
    assert dora.get(f"/boards/fresh/?seen={before.name}")["HX-Trigger"] == "newer"
    asked.clear()
    pages = [dora.get(board).content.decode() for board in BOARDS]
    assert asked == []
    assert f"seen={newest.name}" in pages[0]

    read.forget()
    again = [dora.get(board).content.decode() for board in BOARDS]
    assert list(map(plain, pages)) == list(map(plain, again))
    assert asked


def test_what_was_asked_long_ago_is_left(
    people: dict[str, Person], bring_up: Callable[..., Any], asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_company()
    bring_up()
    dora = browser(people["dora"])
    dora.get(BOARDS[0])
    monkeypatch.setattr(warm, "AWAKE_SECONDS", 0.0)
    say(Source.objects.get(code="oms"), order("SO-2"))
    bring_up()
    asked.clear()
    warm.look()
    assert asked == []
