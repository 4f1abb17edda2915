"""``ordertrail demo`` minds what is not its own: other people's folders, ports that are taken, two demos at once."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from ordertrail.cli.app import app
from ordertrail.cli.progress import shown
from ordertrail.cli.serving import _free, end
from ordertrail.demo.setting_up import BEGUN, LOG_INS, ROLES, SOURCES, _crm_answers, ours
from ordertrail.demo.systems import crm
from ordertrail.records.models import Source
from ordertrail.web import rights


def test_a_folder_of_somebody_else_is_left_as_it_is(tmp_path: Path) -> None:
    letters = tmp_path / "Documents"
    letters.mkdir()
    (letters / "letter.txt").write_text("Dear aunt")
    done = CliRunner().invoke(app, ["demo", "--home", str(letters), "--prepare-only"])
    assert done.exit_code == 2
    assert "holds files that are not the demo's" in " ".join(done.output.replace("│", " ").split())
    assert (letters / "letter.txt").read_text() == "Dear aunt"


@pytest.mark.parametrize(("holds", "may_be_emptied"), [((), True), ((BEGUN,), True), (("company.json",), False)])
def test_only_an_empty_folder_or_a_demo_is_made_anew(
    tmp_path: Path, holds: tuple[str, ...], may_be_emptied: bool
) -> None:
    for name in holds:
        (tmp_path / name).touch()
    assert ours(tmp_path) is may_be_emptied
    assert ours(tmp_path / "not there")


def test_a_taken_port_is_said_before_anything_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(typer.Exit):
            _free(port)
    assert f"Another program listens on port {port}; choose one with --port." in capsys.readouterr().err


def test_who_may_see_nothing_is_told_so_beside_the_log_in() -> None:
    blind = {name for name, _what in LOG_INS if not rights.ROLES[ROLES.get(name, name)]}
    assert blind == {"guest"}
    assert {name for name, what in LOG_INS if "sees nothing" in what and "看不到任何内容" in what} == blind


def test_without_a_wish_the_next_free_port_is_taken() -> None:
    first = _free(None)
    with socket.socket() as other:
        other.bind(("127.0.0.1", first))
        other.listen()
        assert _free(None) > first


@pytest.mark.django_db(transaction=True)
def test_a_second_demo_finds_another_port_for_its_crm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / SOURCES).mkdir()
    crm.write(tmp_path / SOURCES)
    Source.objects.create(code="crm", name="CRM", connector="rest", settings={"url": "http://127.0.0.1:1", "auth": {}})
    with crm.serving(tmp_path / SOURCES, 0) as other:
        monkeypatch.setattr(crm, "PORT", other.server_port)
        with _crm_answers(tmp_path):
            told = Source.objects.get(code="crm").settings
    assert told["url"].startswith("http://127.0.0.1:")
    assert told["url"] not in ("http://127.0.0.1:1", other.address)
    assert told["auth"] == {}


def test_where_no_bar_can_move_each_step_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with shown("oms") as show:
        show("order", 10, 20)
        show("order", 20, 20)
        show("customer", 3, None)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(" · ")[0] for line in lines] == ["  oms order 20", "  oms customer 3"]


def test_what_does_not_end_in_time_is_killed_and_nobody_sees_a_traceback() -> None:
    deaf = "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    children = [subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) for _ in range(2)]
    for child in children:
        assert child.stdout
        assert child.stdout.readline() == b"up\n"
    begun = time.monotonic()
    end(children, seconds=0.5)
    assert time.monotonic() - begun < 5
    assert [child.returncode for child in children] == [-signal.SIGKILL] * 2
    for child in children:
        assert child.stdout
        child.stdout.close()
