"""A landed file that is damaged is named by who looks, and harms nothing else."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from typer.testing import CliRunner

from ordertrail.cli import checking, keeping
from ordertrail.cli.app import app
from ordertrail.desk import laws
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import OrderStatus
from ordertrail.records.models import Batch, Source
from ordertrail.sync import landing
from ordertrail.sync.ahead import Ahead
from ordertrail.sync.models import Reject
from ordertrail.sync.replay import check
from ordertrail.sync.run import replay_rejects, run_source
from ordertrail.sync.tests.shop import Shop

HARMS: dict[str, Callable[[Path, bytes], object]] = {
    "cut in half": lambda path, whole: path.write_bytes(whole[: len(whole) // 2]),
    "without its last byte": lambda path, whole: path.write_bytes(whole[:-1]),
    "one bit flipped": lambda path, whole: path.write_bytes(whole[:40] + bytes([whole[40] ^ 4]) + whole[41:]),
    "emptied": lambda path, whole: path.write_bytes(b""),
    "not packed at all": lambda path, whole: path.write_bytes(b"order no;qty\n"),
    "another file's bytes": lambda path, whole: path.write_bytes(gzip.compress(b'{"id": "1"}')),
    "zeros, as after a power cut": lambda path, whole: path.write_bytes(b"\0" * len(whole)),
    "gone": lambda path, whole: path.unlink(),
}


@pytest.fixture
def source(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    """A shop read three times: order 1, then order 2, then order 3 with a state that nobody knows."""
    monkeypatch.setattr(landing, "folder", lambda: tmp_path / "landed")
    monkeypatch.setattr(Ahead, "apart", Ahead.here)  # the first load too: another process does not see this transaction
    shop = Shop(tmp_path / "shop.sqlite3")
    made = shop.source()
    for number, state in (("1", "open"), ("2", "open"), ("3", "frozen")):
        shop.put(number, changed=f"2026-09-0{number} 08:00:00", status=state, lines=[("A", number, "1.00")])
        run_source(made)
    return made


def harmed(batch: Batch, harm: str) -> Path:
    path = landing.folder() / batch.path
    HARMS[harm](path, path.read_bytes())
    return path


@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_file_is_named_and_nothing_else_suffers(source: Source, harm: str) -> None:
    second = Batch.objects.order_by("pk")[1]
    assert list(check(source)) == []
    path = harmed(second, harm)
    found = list(check(source))
    named = [differs for differs in found if second.path in differs.detail]
    assert [differs.ref for differs in named] == [second.name]
    assert {differs.ref for differs in found} <= {second.name, "2"}  # what only it told cannot be shown; the others can
    assert {status.number for status in OrderStatus.objects.all()} == {"SO-1", "SO-2"}
    assert list(laws.verify()) == []
    assert run_source(source).state == "done"  # the next sync does not mind
    assert replay_rejects(source) == 0
    assert Reject.objects.filter(solved_at=None).count() == 1
    assert [batch.pk for batch, _why in landing.damaged()] == (
        [] if path.exists() and _only_inside(harm) else [second.pk]
    )


def _only_inside(harm: str) -> bool:
    """Harms that a look from outside does not see: ``replay --check`` reads the bytes and does."""
    return harm == "one bit flipped"


@pytest.mark.parametrize("harm", HARMS)
def test_a_rejected_item_of_a_damaged_file_waits_and_the_sentence_says_why(source: Source, harm: str) -> None:
    third = Batch.objects.order_by("pk")[2]
    harmed(third, harm)
    with pytest.raises(Refused) as refused:
        replay_rejects(source)
    assert refused.value.code == "landing_damaged"
    assert third.path in refused.value.detail
    assert Reject.objects.filter(solved_at=None).count() == 1


def test_doctor_and_replay_name_the_file(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "use_home", lambda home: settings.HOME)
    monkeypatch.setattr(checking, "use_home", lambda home: settings.HOME)
    second = Batch.objects.order_by("pk")[1]
    harmed(second, "cut in half")
    for command in (["doctor"], ["replay", "--check"]):
        told = CliRunner().invoke(app, command)
        assert told.exit_code == 1
        assert second.sha256 in told.output.replace("\n", "")


def test_the_same_bytes_landed_again_mend_a_file_that_is_no_longer_whole(source: Source) -> None:
    second = Batch.objects.order_by("pk")[1]
    whole = landing.again(second)
    harmed(second, "cut in half")
    again = landing.keep(source.code, replace(whole, at=second.learned_at))
    assert again.path == second.path
    assert landing.again(second).body == whole.body
