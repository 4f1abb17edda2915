"""One bit of the store is another one: SQLite or ``verify`` finds it, or no figure and no source's current words are others.

SQLite has no checksums of its pages. A figure stands twice, as link rows and as the order's status; a source's words have a digest,
and who did what is chained: there a flipped bit shows. A text that stands once (an address, a remark) may be another unseen.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection

from ordertrail.desk.comment import comment
from ordertrail.desk.laws import verify
from ordertrail.hub.tests.world import World, make_company
from ordertrail.orders.models import OrderStatus
from ordertrail.parties.models import Person

GUARDED = {
    "status": "SELECT * FROM orders_orderstatus ORDER BY order_id",
    "words": "SELECT d.id, facts FROM records_sourcedocument d JOIN records_sourceversion v ON v.id = d.current ORDER BY d.id",
    "acts": "SELECT * FROM desk_act ORDER BY id",
    "shipped": "SELECT order_line_id, SUM(qty) FROM shipping_shipmentline WHERE counts GROUP BY order_line_id ORDER BY 1",
    "billed": "SELECT order_id, SUM(gross) FROM billing_invoiceshare WHERE counts GROUP BY order_id ORDER BY 1",
    "paid": "SELECT order_id, SUM(amount) FROM billing_paymentshare WHERE counts GROUP BY order_id ORDER BY 1",
}
"""What may never be another unseen."""


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


@contextmanager
def standing_on(path: Path) -> Iterator[None]:
    """The store is the file at ``path`` for as long as the block."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(path)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def found_by() -> str:
    """Who notices that the store is damaged: SQLite as it reads, doctor's question, ``verify``; "" nobody."""
    try:
        if rows("PRAGMA integrity_check(1)") != [("ok",)]:
            return "doctor"
        return "verify" if next(verify(), None) is not None else ""
    except (DatabaseError, ValueError, ArithmeticError, TypeError, KeyError):
        return "reading"


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.parametrize("flips", [40, pytest.param(1_000, marks=pytest.mark.full("damage"))])
def test_a_flipped_bit_is_found_or_changes_no_figure(transactional_db: None, tmp_path: Path, flips: int) -> None:
    world = World(19, make_company())
    for _ in range(30):
        world.step()
    dana = Person.objects.create_person("dana", "", "manager")
    comment(dana, OrderStatus.objects.all()[0].order_id, "Still waiting?")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(tmp_path / "whole")])
    whole = (tmp_path / "whole").read_bytes()
    with standing_on(tmp_path / "whole"):
        assert found_by() == ""
        told = {name: rows(sql) for name, sql in GUARDED.items()}
    assert all(told.values())
    dice, found = random.Random(flips), Counter[str]()
    for number in range(flips):
        at, bit = dice.randrange(len(whole)), 1 << dice.randrange(8)
        damaged = tmp_path / f"damaged-{number}"
        damaged.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
        with standing_on(damaged):
            found[by := found_by()] += 1
            if not by:
                assert {name: rows(sql) for name, sql in GUARDED.items()} == told, (at, bit)
        for path in tmp_path.glob("damaged-*"):
            path.unlink()
    assert found["doctor"] + found["verify"] + found["reading"] > 0, (
        "every flip hit what is empty: this test says nothing"
    )
