"""On PostgreSQL a change's number may be drawn early and committed late: no such change is missed."""

from __future__ import annotations

import random
import threading

import psycopg
import pytest

from ordertrail.hub.load import Store, changes

TABLE = "CREATE TABLE desk_change (id bigserial PRIMARY KEY, kind text NOT NULL, object bigint NOT NULL)"


@pytest.fixture
def url(postgres_url: str) -> str:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(TABLE)
    return postgres_url


def draw(connection: psycopg.Connection, thing: int) -> int:
    row = connection.execute(
        "INSERT INTO desk_change (kind, object) VALUES ('order', %s) RETURNING id", [thing]
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_a_number_drawn_by_a_transaction_that_still_runs_is_waited_for(url: str) -> None:
    with psycopg.connect(url) as slow, psycopg.connect(url) as quick:
        first = draw(slow, 1)
        draw(quick, 2)
        quick.commit()
        with Store(url, patience=0.2) as store:
            assert store.settled.upto < first  # 2 is there, 1 is not: nobody may go past it yet
            told = (store.settled.waiting, store.settled.transaction)
        assert told[0] >= first
        slow.commit()
        with Store(url, told, patience=0.2) as store:
            assert store.settled.upto == 2
            assert store.number(f"SELECT COUNT(*) FROM ({changes(0, 2)}) AS c") == 2


def test_one_that_began_last_drew_first_and_commits_last_is_waited_for(url: str) -> None:
    """No snapshot lists it as running: the last transaction that has ended came before it."""
    with psycopg.connect(url) as quick, psycopg.connect(url) as slow:
        for connection in (quick, slow):
            connection.execute("SELECT pg_current_xact_id()")
        assert (draw(slow, 1), draw(quick, 2)) == (1, 2)
        quick.commit()
        with Store(url, patience=0.1) as store:
            assert store.settled.upto == 0
        slow.commit()
        with Store(url, patience=0.1) as store:
            assert store.settled.upto == 2


def test_a_sequence_that_was_never_used_settles_nothing(url: str) -> None:
    with Store(url) as store:
        assert store.settled.upto == 0


def test_a_long_transaction_does_not_hold_back_what_was_settled_before_it(url: str) -> None:
    with psycopg.connect(url) as early, psycopg.connect(url) as long_, psycopg.connect(url) as quick:
        draw(early, 1)
        with Store(url, patience=0.1) as store:
            assert store.settled.upto == 0
            told = (store.settled.waiting, store.settled.transaction)
        draw(long_, 2)  # begins after that look, and does not end
        early.commit()
        draw(quick, 3)
        quick.commit()
        with Store(url, told, patience=0.1) as store:
            assert store.settled.upto == 1


@pytest.mark.slow
def test_under_a_crowd_each_change_is_followed_exactly_once(url: str) -> None:
    """Eight writers of transactions of any length; a follower that goes from look to look sees all that was committed."""
    dice = random.Random(11)
    seeds = [dice.random() for _ in range(8)]
    stop = threading.Event()
    committed: list[int] = []

    def write(seed: float) -> None:
        own = random.Random(seed)
        with psycopg.connect(url) as connection:
            for _ in range(25):
                drawn = [draw(connection, 1) for _ in range(own.randrange(1, 4))]
                stop.wait(own.random() * 0.05)
                if own.random() < 0.2:
                    connection.rollback()
                else:
                    connection.commit()
                    committed.extend(drawn)

    writers = [threading.Thread(target=write, args=(seed,)) for seed in seeds]
    for writer in writers:
        writer.start()
    seen: list[int] = []
    after, told, idle = 0, (0, 0), False
    while not idle:
        idle = not any(writer.is_alive() for writer in writers)
        with Store(url, told, patience=0.05) as store, psycopg.connect(url) as reader:
            upto = max(after, store.settled.upto)
            told = (store.settled.waiting, store.settled.transaction)
            rows = reader.execute("SELECT id FROM desk_change WHERE id > %s AND id <= %s", [after, upto]).fetchall()
            seen += [row[0] for row in rows]
            after = upto
    assert sorted(seen) == sorted(committed)
    assert len(committed) > 100
