"""The key of the sources' credentials is replaced while work goes on, and a kill at any moment loses none of them (T-49)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import connection
from django.utils import translation
from typer.testing import CliRunner

from ordertrail.cli import sources as commands
from ordertrail.cli.app import app
from ordertrail.cli.tests.company import new_company
from ordertrail.lib import gate
from ordertrail.lib.refused import Refused
from ordertrail.lib.sqlite_library import sqlite3
from ordertrail.records.models import Source
from ordertrail.sync import secrets
from ordertrail.sync.connectors.rest_http import BREAKERS
from ordertrail.sync.run import run_source
from ordertrail.sync.secrets import KEYS, key_id, keys, rotate, seal, secrets_of, unseal
from ordertrail.sync.sources import declare
from ordertrail.sync.tests.rest_server import Asked, Reply, serving

SECRETS = 10_000


@pytest.fixture(autouse=True)
def _own_keys() -> Any:
    path = Path(settings.HOME) / KEYS
    path.unlink(missing_ok=True)
    yield
    path.unlink(missing_ok=True)


def source(number: int = 1) -> Source:
    return Source(code=f"s{number}", name="S", connector="rest", secrets=seal({"password": f"geheim-{number}"}))


def test_what_was_sealed_opens_by_the_new_key_alone_and_the_old_one_is_useless(db: None) -> None:
    Source.objects.bulk_create([source(number) for number in range(5)])
    [old] = keys()
    done = rotate()
    [new] = keys()
    assert new != old
    assert (done.key, done.before, done.sealed, done.lost) == (key_id(new), (key_id(old),), 5, ())
    for one in Source.objects.all():
        assert unseal(bytes(one.secrets)) == {"password": f"geheim-{one.code[1:]}"}
        with pytest.raises(InvalidToken):
            Fernet(old).decrypt(bytes(one.secrets))
    assert (Path(settings.HOME) / KEYS).stat().st_mode & 0o777 == 0o600


def test_a_rotation_that_was_begun_is_ended_with_its_own_key(db: None) -> None:
    Source.objects.bulk_create([source(1)])
    [old], begun = keys(), Fernet.generate_key()
    (Path(settings.HOME) / KEYS).write_bytes(begun + b"\n" + old + b"\n")
    Source.objects.bulk_create([source(2)])  # sealed by the key that was begun
    done = rotate()
    assert (keys(), done.sealed) == ([begun], 1)
    assert [secrets_of(one)["password"] for one in Source.objects.order_by("code")] == ["geheim-1", "geheim-2"]


def test_who_read_the_row_before_the_rotation_still_gets_its_secrets(db: None) -> None:
    source(1).save()
    before = Source.objects.get()
    rotate()
    with pytest.raises(Refused, match="another key"):
        unseal(bytes(before.secrets))
    assert secrets_of(before) == {"password": "geheim-1"}


def test_what_is_typed_in_while_a_rotation_runs_stays(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    source(1).save()
    [old] = keys()
    typed = Fernet(old).encrypt(b'{"password": "typed"}')

    def writing() -> Any:  # somebody with the old key is quicker than the first update
        monkeypatch.undo()
        Source.objects.update(secrets=typed)
        return gate.writing()

    monkeypatch.setattr(secrets, "writing", writing)
    rotate()
    assert unseal(bytes(Source.objects.get().secrets)) == {"password": "typed"}


def test_the_command_tells_the_ids_and_what_no_key_opens(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "use_home", lambda home: settings.HOME)
    source(1).save()
    Source.objects.create(code="lost", name="L", connector="rest", secrets=Fernet(Fernet.generate_key()).encrypt(b"{}"))
    [old] = keys()
    with translation.override("en"):
        done = CliRunner().invoke(app, ["source", "rotate-key"])
    assert done.exit_code == 1
    assert f"Key {key_id(keys()[0])} replaces {key_id(old)}; sealed anew: 1 sources." in done.output
    assert "No key opens the credentials of lost" in done.output
    assert old.decode() not in done.output


ORDERS = {
    "kind": "order", "from": "/orders", "key": "id", "options": {"records": "data"}, "fields": {"number": "no"},
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_sync_fails_while_keys_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    BREAKERS.clear()
    tokens: list[str] = []

    def answer(asked: Asked) -> Reply:
        tokens.append(asked.headers.get("authorization", ""))
        return Reply({"data": [{"id": 1, "no": f"SO-{len(tokens)}"}]})

    with serving(answer) as server:
        one = declare(
            {"code": "shop", "name": "Shop", "connector": "rest", "secrets": {"token": "geheim"},
             "settings": {"url": server.url, "allow": ["127.0.0.1"], "auth": {"kind": "bearer"}, "streams": [ORDERS]}}
        )  # fmt: skip
        over = threading.Event()
        rotated: list[str] = []

        def rotating() -> None:
            with closing(connection):
                while not over.is_set():
                    rotated.append(rotate().key)

        thread = threading.Thread(target=rotating)
        thread.start()
        try:
            runs = [run_source(Source.objects.get(pk=one.pk)) for _ in range(15)]
        finally:
            over.set()
            thread.join()
    assert [(run.state, run.error) for run in runs] == [("done", "")] * 15
    assert set(tokens) == {"Bearer geheim"}
    assert len(set(rotated)) == len(rotated) > 3


@pytest.mark.slow
@pytest.mark.sqlite
def test_ten_thousand_secrets_survive_kills_of_their_rotation(tmp_path: Path) -> None:
    home, env = (
        tmp_path / "home",
        {name: text for name, text in os.environ.items() if name != "ORDERTRAIL_DATABASE_URL"},
    )
    new_company(home)
    key = Fernet.generate_key()
    (home / KEYS).write_bytes(key + b"\n")
    fill(home, key)
    command = [sys.executable, "-m", "ordertrail", "source", "rotate-key", "--home", str(home)]
    rng, cut = random.Random(3), 0
    for _ in range(40):
        begun = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_two_keys(home, begun)
        time.sleep(rng.random() * 0.5)
        begun.send_signal(signal.SIGKILL)
        begun.wait()
        cut += len(readable(home)) > 1
        if cut == 3:
            break
    assert cut == 3, "no kill met a rotation that was at it"
    began = time.monotonic()
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert time.monotonic() - began <= 60
    assert len(readable(home)) == 1, done.stdout
    with pytest.raises(InvalidToken):
        readable(home, [key])


def fill(home: Path, key: bytes) -> None:
    """Ten thousand sources with a secret each, written straight into the store."""
    box = Fernet(key)
    with sqlite3.connect(home / "db.sqlite3") as store:
        columns = [row[1:3] for row in store.execute("PRAGMA table_info(records_source)") if row[1] != "id"]
        row = {
            name: "{}" if name == "settings" else 50 if "int" in kind else 0 if kind == "bool" else ""
            for name, kind in columns
        }
        row["every_minutes"] = None  # type: ignore[assignment]
        names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        rows = (
            list((row | {"code": f"k{number}", "secrets": box.encrypt(b'{"password": "%d"}' % number)}).values())
            for number in range(SECRETS)
        )
        store.executemany(f"INSERT INTO records_source ({names}) VALUES ({marks})", rows)
    store.close()


def wait_for_two_keys(home: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until the rotation has begun."""
    while process.poll() is None and len((home / KEYS).read_bytes().split()) < 2:
        time.sleep(0.01)


def readable(home: Path, found: list[bytes] | None = None) -> list[bytes]:
    """The keys of the file; InvalidToken unless they (or ``found``) open every secret, and each is the right one."""
    there = found or (home / KEYS).read_bytes().split()
    box = MultiFernet([Fernet(key) for key in there])
    with closing(sqlite3.connect(home / "db.sqlite3")) as store:
        rows = store.execute("SELECT code, secrets FROM records_source WHERE code LIKE 'k%'").fetchall()
    assert len(rows) == SECRETS
    for code, sealed in rows:
        assert box.decrypt(sealed) == b'{"password": "%s"}' % code[1:].encode()
    return there
