"""A first load that another process reads ahead."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from ordertrail.demo import small
from ordertrail.lib.sqlite_library import sqlite3
from ordertrail.records.models import Source, SourceVersion
from ordertrail.sync import ahead
from ordertrail.sync.ahead import Ahead
from ordertrail.sync.mapping import Stream
from ordertrail.sync.models import Cursor
from ordertrail.sync.run import run_source
from ordertrail.sync.sources import declare
from ordertrail.sync.spec import Spec


@pytest.mark.slow
@pytest.mark.sqlite
def test_a_first_load_read_by_another_process_gives_the_same_rows(transactional_db: None, tmp_path: Path) -> None:
    company = small.write(tmp_path / "systems")
    oms = declare(small.source_settings(company)[0])
    run = run_source(oms)
    apart = list(SourceVersion.objects.order_by("pk").values_list("document__ref", "facts", "place"))
    assert (run.state, run.read, run.new, run.rejected) == ("done", 3, 3, 0)
    assert run.story[0]["code"] == "first"

    opened = sqlite3.connect(company.folder / "oms.sqlite3")
    opened.execute("DROP TABLE order_lines")
    opened.commit()
    opened.close()
    Cursor.objects.update(first_load_done=False)
    assert "order_lines" in run_source(oms).error  # a refusal over there is a refusal here
    assert list(SourceVersion.objects.order_by("pk").values_list("document__ref", "facts", "place")) == apart


@pytest.mark.slow
def test_a_reading_process_that_dies_is_said_to_be_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        ahead, "ahead_child", SimpleNamespace(read=os._exit)
    )  # with so many words it can't even do that
    stream = Stream(kind="order", name="orders", from_="orders", key=Spec(), fields={})
    steps = Ahead(Source(code="oms"), stream, None).apart()
    with pytest.raises(RuntimeError, match="ended with code 1"):
        next(steps)


@pytest.mark.slow
def test_what_cannot_be_unpacked_ends_the_run_with_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object) -> object:
        raise MemoryError("no room")

    monkeypatch.setattr("multiprocessing.connection.Connection.recv", no_memory)
    stream = Stream(kind="order", name="orders", from_="orders", key=Spec(), fields={})
    with pytest.raises(RuntimeError, match="MemoryError: no room"):
        next(Ahead(Source(code="oms"), stream, None).apart())
