"""``ordertrail import``: what a program reads from its last line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ordertrail.cli.tests.company import new_company
from ordertrail.cli.tests.test_kill import ordertrail


@pytest.mark.slow
@pytest.mark.sqlite
def test_an_unknown_mapping_and_a_missing_file_are_refused_with_the_way_out(tmp_path: Path) -> None:
    home = tmp_path / "home"
    new_company(home)
    unknown = ordertrail(home, "import", "--mapping", "nothing", str(tmp_path / "x.csv"), "--json")
    assert unknown.returncode == 2
    assert "scms" in unknown.stderr
    missing = ordertrail(home, "import", "--mapping", "scms", str(tmp_path / "x.csv"), "--json")
    assert missing.returncode == 2
    assert "x.csv" in re.sub(r"[\s│]", "", missing.stderr)  # the box breaks long paths where it will
    told = ordertrail(home, "sync", "--json")
    assert json.loads(told.stdout) == []  # a refusal has made no source
