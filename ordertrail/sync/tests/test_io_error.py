"""The disk fails while bytes are landed: nothing of them is taken as read, and when it works again nothing is missing or doubled."""

from __future__ import annotations

import errno
import os
from itertools import count
from pathlib import Path

import pytest

from ordertrail.desk.laws import verify
from ordertrail.orders.models import OrderLine
from ordertrail.records.models import Batch, SourceVersion
from ordertrail.sync import landing
from ordertrail.sync.ahead import Ahead
from ordertrail.sync.models import Cursor, SyncRun
from ordertrail.sync.run import run_source
from ordertrail.sync.tests.shop import Shop


@pytest.mark.parametrize(("call", "nth"), [("fsync", 1), ("fsync", 2), ("rename", 1)])
def test_what_could_not_be_written_is_not_acknowledged(
    call: str, nth: int, db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing, "folder", lambda: tmp_path / "landed")
    monkeypatch.setattr(Ahead, "apart", Ahead.here)  # another process does not see a test's transaction
    shop = Shop(tmp_path / "shop.sqlite3")
    shop.put("1", lines=[("LAMP", "4", "1.00")])
    source = shop.source()
    run_source(source)
    before = (Cursor.objects.get().value, Batch.objects.count(), SourceVersion.objects.count())
    shop.put("1", changed="2026-09-02 08:00:00", lines=[("LAMP", "5", "1.00")])
    shop.put("2", changed="2026-09-02 09:00:00")
    calls, real_sync, real_rename = count(1), os.fsync, Path.rename

    def broken(path: Path, to: Path) -> Path:
        if call == "rename" and next(calls) >= nth:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real_rename(path, to)

    def fails(handle: int) -> None:
        if call == "fsync" and next(calls) >= nth:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real_sync(handle)

    with monkeypatch.context() as failing:
        failing.setattr(os, "fsync", fails)
        failing.setattr(Path, "rename", broken)
        with pytest.raises(OSError, match="Input/output error"):
            run_source(source)
    told = SyncRun.objects.latest("pk")
    assert (told.state, "A fault of ours" in told.error) == ("failed", True)
    assert (Cursor.objects.get().value, Batch.objects.count(), SourceVersion.objects.count()) == before
    assert dict(OrderLine.objects.values_list("order__number", "qty")) == {"SO-1": 4}
    assert not list((tmp_path / "landed").rglob("*.[0-9]*"))  # nothing half written is left
    again = run_source(source)
    assert again.state == "done"
    assert dict(OrderLine.objects.values_list("order__number", "qty")) == {"SO-1": 5, "SO-2": 10}
    assert list(verify()) == []
