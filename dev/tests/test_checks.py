"""How ``dev.py test`` runs checks and tests, and how ``--full`` goes on after a stop."""

from __future__ import annotations

import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest

from dev import bench, checks, debian, environment, full
from dev.checks import Check, Outcome
from dev.say import Failed


@pytest.mark.parametrize(
    "line",
    [
        "=== 123 passed in 45.6s ===",
        "=========== 1 failed, 95 passed, 3 deselected in 130.82s (0:02:10) ===========",
        "\x1b[32m===== \x1b[32m\x1b[1m7 passed\x1b[0m\x1b[32m in 6.80s\x1b[0m\x1b[32m =====\x1b[0m",
        "============================ no tests ran in 0.70s =============================",
    ],
)
def test_pytests_closing_line_is_known_when_it_comes(line: str) -> None:
    assert checks.CLOSING.match(line)


@pytest.mark.parametrize("line", ["=== FAILURES ===", "in 3.0s", "=== short test summary info ==="])
def test_other_lines_are_not_taken_for_it(line: str) -> None:
    assert not checks.CLOSING.match(line)


def test_a_check_that_fails_says_what_it_found(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Failed, match=r"(?s)a line is too long.*style: failed"):
        checks.pass_check(Check("style", ("-c", "print('a line is too long'); raise SystemExit(1)")))
    assert "style" in capsys.readouterr().out


def test_checks_see_none_of_our_own_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERTRAIL_HOME", "/somewhere/real")
    monkeypatch.setenv("ORDERTRAIL_DATABASE_URL", "postgresql://somewhere/real")
    script = (
        "import os; v = os.environ; raise SystemExit('real' in v['ORDERTRAIL_HOME'] or 'ORDERTRAIL_DATABASE_URL' in v)"
    )
    checks.pass_check(Check("surroundings", ("-c", script)))


@pytest.fixture
def one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """--full with two parts, ``sound`` and ``broken``; the exit codes can be set, the files it writes are temporary."""
    codes = {"sound": 0, "broken": 1}
    monkeypatch.setattr(full, "STATE", tmp_path / "full.json")
    monkeypatch.setattr(full, "REPORT", tmp_path / "proof.md")
    monkeypatch.setattr(full, "files_key", lambda: "the same files")
    monkeypatch.setattr(environment, "ensure", lambda _lock: None)
    monkeypatch.setattr(debian, "provide", list)
    monkeypatch.setattr(bench, "commit", lambda: "abc1234")

    def part(name: str) -> list[Outcome]:
        codes[f"{name} ran"] = codes.get(f"{name} ran", 0) + 1
        return [Outcome(name, codes[name], f"=== {name}: 2 tests in 0.1s ===")]

    monkeypatch.setattr(
        full, "all_parts", lambda _workers: {name: lambda name=name: part(name) for name in list(codes)[:2]}
    )
    return codes


def test_a_part_that_passed_is_not_run_again_on_the_same_files(
    one_by_one: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert full.run("1") == 1
    one_by_one["broken"] = 0
    assert full.run("1") == 0
    assert (one_by_one["sound ran"], one_by_one["broken ran"]) == (1, 2)
    monkeypatch.setattr(full, "files_key", lambda: "other files")
    assert full.run("1") == 0
    assert (one_by_one["sound ran"], one_by_one["broken ran"]) == (2, 3)


def test_the_report_names_commit_parts_results_and_closing_lines(one_by_one: dict[str, int]) -> None:
    assert full.run("1") == 1
    report = full.REPORT.read_text("utf-8")
    assert ", commit abc1234\n" in report
    assert "| sound | passed | 0.0 s | sound: 2 tests in 0.1s |" in report
    assert "| broken | **failed** | 0.0 s | broken: 2 tests in 0.1s |" in report
    assert one_by_one["broken ran"] == 1


def test_parts_of_tests_run_two_at_a_time_between_every_push_and_the_measurements(
    one_by_one: dict[str, int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun: list[str] = []
    together = threading.Barrier(2)

    def part(name: str) -> list[Outcome]:
        begun.append(name)
        if name in ("tests: chaos", "tests: hub"):
            together.wait(10)  # broken, and so failed, unless the other one runs at the same time
        return [Outcome(name, 0, f"=== {name} is over ===")]

    names = ["every push", "tests: chaos", "tests: hub", "tests: kills", "measurement: demo", "measurement: hub"]
    monkeypatch.setattr(full, "all_parts", lambda _workers: {name: partial(part, name) for name in names})
    assert full.run("1") == 0
    assert (begun[0], begun[4:], set(begun)) == (names[0], names[4:], set(names))
    assert set(full.read_results("the same files")) == set(names)
    rows = [line.split(" | ")[0] for line in full.REPORT.read_text("utf-8").splitlines() if line.startswith("| ")]
    assert rows[2:] == [f"| {name}" for name in names]
    said = capsys.readouterr().out
    assert f"tests: kills: passed (0.0 s) tests: kills is over  {full.STATE.parent / 'full-kills.log'}" in said


def test_what_parts_say_that_run_beside_each_other_goes_to_a_log_of_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(full, "STATE", tmp_path / "full.json")
    script = "import sys; print('one dot'); print('a warning', file=sys.stderr); print('=== 3 passed in 0.1s ===')"
    monkeypatch.setattr(environment, "python", lambda *_words, **_more: ([sys.executable, "-c", script], {}))
    outcomes = full.tests_of("chaos")
    assert [(outcome.code, outcome.closing) for outcome in outcomes] == [(0, "=== 3 passed in 0.1s ===")] * 2
    log = (tmp_path / "full-chaos.log").read_text("utf-8")
    assert (log.count("one dot"), log.count("a warning")) == (2, 2)
    assert "chaos, the store on PostgreSQL" in log
    assert capfd.readouterr().out == ""


def test_a_commit_of_the_reports_is_no_change_of_the_files_and_any_other_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "ROOT", tmp_path)

    def committed(name: str, text: str) -> str:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        subprocess.run(["git", "add", "-A"], cwd=tmp_path, check=True)
        who = ("-c", "user.name=Anna", "-c", "user.email=anna@example.com")
        subprocess.run(["git", *who, "commit", "-qm", name], cwd=tmp_path, check=True)
        return full.files_key()

    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    first = committed("rules.py", "1")
    assert committed("docs/proof.md", "all passed") == first
    (tmp_path / "rules.py").write_text("2", "utf-8")
    differing = full.files_key()
    assert len({first, differing, committed("rules.py", "2")}) == 3
