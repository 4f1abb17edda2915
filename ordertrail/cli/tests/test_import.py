"""``ordertrail import``: what a program reads from its last line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ordertrail.cli.tests.test_kill import PASSWORD, ordertrail


@pytest.mark.slow
@pytest.mark.sqlite
def test_an_unknown_mapping_and_a_missing_file_are_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(PASSWORD, "utf-8")
    home = tmp_path / "home"
    words = ("--company", "S", "--currency", "USD", "--user", "dana", "--password-file", str(tmp_path / "password"))
    assert ordertrail(home, "init", *words).returncode == 0
    unknown = ordertrail(home, "import", "--mapping", "nothing", str(tmp_path / "x.csv"), "--json")
    assert unknown.returncode == 2
    assert "scms" in unknown.stderr
    missing = ordertrail(home, "import", "--mapping", "scms", str(tmp_path / "x.csv"), "--json")
    assert missing.returncode == 2
    assert "x.csv" in re.sub(r"[\s│]", "", missing.stderr)  # the box breaks long paths where it will
    told = ordertrail(home, "sync", "--json")
    assert json.loads(told.stdout) == []  # a refusal has made no source
