"""F47 of reliability.md §8: a file that came before is named with its day, on the run's page and by the command."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from typer.testing import CliRunner

from ordertrail.cli import data
from ordertrail.cli.app import app
from ordertrail.orders.models import OrderStatus
from ordertrail.sync.ahead import Ahead
from ordertrail.sync.models import SyncRun
from ordertrail.sync.sources import declare
from ordertrail.sync.story import sentence

STREAM = {"kind": "order", "from": "*.csv", "key": "no", "fields": {"number": "no"}}


def test_f47_the_same_bytes_under_another_name_have_one_effect_and_are_said(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "use_home", lambda home: settings.HOME)
    monkeypatch.setattr(Ahead, "apart", Ahead.here)
    monkeypatch.setenv("ORDERTRAIL_TODAY", "2026-03-12")
    declare({"code": "sheet", "name": "Sheet", "connector": "files",
             "settings": {"folder": str(tmp_path), "streams": [STREAM]}})  # fmt: skip

    def brought(name: str, hour: int) -> str:
        (tmp_path / name).write_text("no\nSO-1\nSO-2\n", "utf-8")
        os.utime(tmp_path / name, (1_770_000_000 + hour * 3600,) * 2)
        with translation.override("en"):
            done = CliRunner().invoke(app, ["sync"])
        assert done.exit_code == 0, done.output
        return done.output

    assert "already received" not in brought("march.csv", 1)
    monkeypatch.setenv("ORDERTRAIL_TODAY", "2026-03-20")
    said = "“march again.csv” was already received on 2026-03-12, byte for byte"
    assert said in brought("march again.csv", 2)
    run = SyncRun.objects.latest("pk")
    assert (run.read, run.new, run.changed, run.unchanged) == (2, 0, 0, 2)
    with translation.override("en"):
        assert [sentence(told) for told in run.story if told["code"] == "received"] == [f"Orders: {said}"]
    assert OrderStatus.objects.count() == 2
