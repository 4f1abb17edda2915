"""What the store holds is held against what was landed: one row missing, one doubled, one changed, and all three are named (T-31)."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bench import sources
from ordertrail.records.models import SourceDocument, SourceVersion
from ordertrail.sync.ahead import Ahead
from ordertrail.sync.replay import check
from ordertrail.sync.run import run_source
from ordertrail.sync.sources import declare

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.mark.parametrize("orders", [1_000, pytest.param(100_000, marks=pytest.mark.full("sync"))])
def test_three_planted_rows_are_named_and_nothing_else(
    orders: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ahead, "apart", Ahead.here)
    sources.write(tmp_path / "oms.sqlite", orders)
    source = declare(sources.setting(tmp_path / "oms.sqlite"))
    run = run_source(source)
    assert (run.state, run.new) == ("done", orders), run.error
    assert list(check(source)) == []  # no false alarm

    mine = SourceDocument.objects.filter(source=source, kind="order")
    missing, doubled, changed = (mine.get(ref=str(orders * part // 7)) for part in (2, 3, 5))
    SourceVersion.objects.filter(document=missing).delete()
    SourceDocument.objects.filter(pk=missing.pk).delete()
    twin = SourceDocument.objects.create(
        source=source, kind="order", ref=f"{doubled.ref}-again", number=doubled.number, group=doubled.group,
        version=doubled.version, digest=doubled.digest, learned_at=doubled.learned_at,
    )  # fmt: skip
    SourceDocument.objects.filter(pk=changed.pk).update(digest=changed.digest ^ 1)

    began = time.monotonic()
    found = {(one.kind, one.ref, one.detail) for one in check(source)}
    assert time.monotonic() - began <= 60
    assert found == {
        ("order", missing.ref, "it was landed and is not in the store"),
        ("order", twin.ref, "no landing tells of it"),
        ("order", changed.ref, "its landed bytes say something else than the store holds"),
    }
