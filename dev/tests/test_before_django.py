"""The tests' surroundings: their own data folder, their day, their store."""

from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from dev import servers
from ordertrail.lib import clock


def test_the_data_folder_is_a_temporary_one() -> None:
    home = Path(os.environ["ORDERTRAIL_HOME"]).resolve()
    assert home.is_relative_to(Path(tempfile.gettempdir()).resolve())
    assert home == settings.HOME


def test_today_is_the_16th_of_september_2026() -> None:
    assert clock.today() == date(2026, 9, 16)


@pytest.mark.sqlite
@pytest.mark.django_db
def test_the_sqlite_store_is_a_file_in_that_folder_in_wal_mode() -> None:
    assert connection.settings_dict["NAME"] == str(settings.HOME / "db.sqlite3")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)


def test_the_store_on_postgresql_is_a_throw_away_one(postgres_server: servers.Server) -> None:
    assert postgres_server.folder.is_dir()
    assert postgres_server.url("ordertrail").startswith("postgresql://ordertrail@127.0.0.1:")
