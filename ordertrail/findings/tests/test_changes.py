"""A transaction that commits late is not overlooked."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import connection

from ordertrail.desk.models import Change
from ordertrail.findings import changes


@pytest.mark.django_db(transaction=True)
def test_a_change_that_commits_late_is_waited_for(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "_horizon", changes.Horizon())
    if connection.vendor != "postgresql":
        first = Change.objects.create(kind="order", object=1)
        assert changes.settled() == first.pk  # one writer at a time: nobody can be late
        return
    told = {
        name: value
        for name, value in connection.get_connection_params().items()
        if name in ("host", "port", "user", "dbname")
    }
    with psycopg.connect(**told) as slow:
        slow.execute("INSERT INTO desk_change (kind, object) VALUES ('order', 1)")
        quick = Change.objects.create(kind="order", object=2)
        assert changes.settled() == 0
        assert changes.settled() == 0
        slow.commit()
    assert changes.settled() == quick.pk


TABLE = "CREATE TABLE desk_change (id bigserial PRIMARY KEY, kind text NOT NULL, object bigint NOT NULL)"


def draw(connection: psycopg.Connection, thing: int) -> int:
    row = connection.execute(
        "INSERT INTO desk_change (kind, object) VALUES ('order', %s) RETURNING id", [thing]
    ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def follower(postgres_url: str) -> Iterator[Callable[[str], int]]:
    """Asks a real PostgreSQL with an empty table of changes for one number, as the worker does."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(TABLE)

        def ask(sql: str) -> int:
            row = connection.execute(sql.encode()).fetchone()
            assert row is not None
            return int(row[0])

        yield ask


def test_one_that_began_last_drew_first_and_commits_last_is_waited_for(
    follower: Callable[[str], int], postgres_url: str
) -> None:
    """The last transaction that has ended came before the one that still runs, so that no snapshot lists that one as running."""
    horizon = changes.Horizon()
    with psycopg.connect(postgres_url) as quick, psycopg.connect(postgres_url) as slow:
        for connection in (quick, slow):
            connection.execute("SELECT pg_current_xact_id()")
        assert (draw(slow, 1), draw(quick, 2)) == (1, 2)
        quick.commit()
        oldest = follower("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        assert oldest == follower("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")  # "nothing runs"
        assert horizon.look(follower) == 0
        assert horizon.look(follower) == 0
        slow.commit()
    assert horizon.look(follower) == 2


def test_a_round_in_which_nothing_happened_draws_no_transaction(
    follower: Callable[[str], int], postgres_url: str
) -> None:
    horizon = changes.Horizon()
    with psycopg.connect(postgres_url) as writer:
        draw(writer, 1)
    assert horizon.look(follower) == 1
    before = follower("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    assert [horizon.look(follower) for _ in range(3)] == [1, 1, 1]
    assert follower("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint") == before


@pytest.mark.slow
def test_under_a_crowd_each_change_is_followed_exactly_once(follower: Callable[[str], int], postgres_url: str) -> None:
    """Eight writers, whose transactions have drawn their numbers long before their changes and end at any time."""
    seeds = [random.Random(12).random() + place for place in range(8)]
    committed: list[int] = []

    def write(seed: float) -> None:
        own = random.Random(seed)
        with psycopg.connect(postgres_url) as connection:
            for _ in range(25):
                connection.execute("SELECT pg_current_xact_id()")
                time.sleep(own.random() * 0.02)
                drawn = [draw(connection, 1) for _ in range(own.randrange(1, 4))]
                time.sleep(own.random() * 0.02)
                if own.random() < 0.2:
                    connection.rollback()
                else:
                    connection.commit()
                    committed.extend(drawn)

    writers = [threading.Thread(target=write, args=(seed,)) for seed in seeds]
    for writer in writers:
        writer.start()
    horizon, after, seen, idle = changes.Horizon(), 0, list[int](), False
    with psycopg.connect(postgres_url, autocommit=True) as reader:
        while not idle:
            idle = not any(writer.is_alive() for writer in writers)
            upto = horizon.look(follower)
            rows = reader.execute("SELECT id FROM desk_change WHERE id > %s AND id <= %s", [after, upto]).fetchall()
            seen += [row[0] for row in rows]
            after = max(after, upto)
    assert sorted(seen) == sorted(committed)
    assert len(committed) > 100
