"""Secrets stay secret: no file of the data folder, no backup, no log, no process's words hold one as it was typed."""

from __future__ import annotations

import base64
import logging
import os
import tarfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from typer.testing import CliRunner

from ordertrail.api.tokens import make
from ordertrail.cli import keeping
from ordertrail.cli.app import app
from ordertrail.hub.tests.conftest import bring_up as bring_up
from ordertrail.hub.tests.conftest import hub as hub
from ordertrail.hub.tests.conftest import process as process
from ordertrail.parties.models import Person
from ordertrail.sync.models import SyncRun
from ordertrail.sync.run import run_source
from ordertrail.sync.sources import declare

PASSWORD, SECRET = "kestrel-lantern-59-harbour", "quayside-heron-83-copper"
STREAM = {"kind": "order", "from": "/orders", "key": "id", "fields": {"number": "no"}}


def holding(words: list[str], files: Iterator[tuple[str, bytes]]) -> list[tuple[str, str]]:
    """Which of these files hold which of these words, also as UTF-16 and turned into base 64 or hexadecimal digits."""
    forms = [
        (word, form)
        for word in words
        for form in (
            word.encode(),
            word.encode("utf-16-le"),
            base64.b64encode(word.encode())[:-4],
            word.encode().hex().encode(),
        )
    ]
    return [(name, word) for name, content in files for word, form in forms if form in content]


def read(folder: Path) -> Iterator[tuple[str, bytes]]:
    return ((str(path), path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file())


def unpacked(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive, "r:gz") as opened:
        for one in opened.getmembers():
            if held := opened.extractfile(one):
                yield one.name, held.read()


@pytest.mark.slow
@pytest.mark.sqlite
def test_no_file_backup_log_or_page_holds_a_secret_as_it_was_typed(
    bring_up: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(keeping, "use_home", lambda home: settings.HOME)
    dana = Person.objects.create_person("dana", PASSWORD, "admin", language="en")
    token = make(dana, timedelta(days=9)).text
    words = [PASSWORD, SECRET, token]
    where = {"url": "http://127.0.0.1:9", "allow": ["127.0.0.1"], "auth": {"kind": "bearer"}, "streams": [STREAM]}
    source = declare(
        {
            "code": "shop",
            "name": "Shop",
            "kind": "oms",
            "connector": "rest",
            "settings": where,
            "secrets": {"token": SECRET},
        }
    )
    assert run_source(source).state == "failed"
    bring_up()
    told = CliRunner().invoke(app, ["backup", str(tmp_path / "orders.tar.gz")])
    assert told.exit_code == 0, told.output
    client = Client()
    client.force_login(dana)
    pages = [
        (at, client.get(at).content)
        for at in ("/sources/", "/sources/shop/", f"/runs/{SyncRun.objects.get().pk}/", "/me/")
    ]
    assert {len(content) > 1_000 for _, content in pages} == {True}

    assert holding(words, read(settings.HOME)) == []
    assert holding(words, unpacked(tmp_path / "orders.tar.gz")) == []
    assert holding(words, iter([*pages, ("log", caplog.text.encode()), ("backup", told.output.encode())])) == []
    own = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    if own.exists():  # where the system tells: how we and the hub's process, which reads the store, were called
        called = [Path(f"/proc/{pid}/cmdline") for pid in (str(os.getpid()), *own.read_text().split())]
        assert len(called) > 1
        assert holding(words, ((str(path), path.read_bytes()) for path in called)) == []
    (tmp_path / "control").write_text(f"x{SECRET}x", "utf-8")
    assert holding(words, read(tmp_path)) == [(str(tmp_path / "control"), SECRET)]
