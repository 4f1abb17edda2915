"""A big source to measure with: an OMS as an SQLite file, with as many orders as asked, three lines each, made from a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from ordertrail.lib.sqlite_library import sqlite3

SCHEMA = """
CREATE TABLE orders (id INTEGER PRIMARY KEY, order_no TEXT NOT NULL, customer_id INTEGER, customer TEXT, status INTEGER,
    ordered_on TEXT, promised_on TEXT, salesman TEXT, address TEXT, total_cents INTEGER, updated_at TEXT NOT NULL);
CREATE TABLE order_lines (order_id INTEGER NOT NULL, line_no INTEGER NOT NULL, sku TEXT, name TEXT, qty INTEGER,
    price_cents INTEGER, PRIMARY KEY (order_id, line_no)) WITHOUT ROWID;
"""
LINES = 3
DAY = date(2025, 3, 1)


def orders(count: int, seed: int = 7) -> Iterator[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
    """Rows of ``count`` orders with their lines."""
    rng = random.Random(seed)
    for number in range(1, count + 1):
        ordered = DAY + timedelta(days=number * 540 // count)
        customer = int(20_000 * rng.random() ** 2) + 1
        lines = []
        for line in range(1, LINES + 1):
            product = int(50_000 * rng.random() ** 2) + 1
            lines.append(
                (number, line, f"HL-{product:05d}", f"灯具 {product}", rng.randint(1, 40), rng.randint(900, 90_000))
            )
        total = sum(line[4] * line[5] for line in lines) * 113 // 100
        yield (
            (number, f"SO-{ordered:%y%m}-{number:07d}", customer, f"客户 {customer:05d} 有限公司", rng.choice((20, 40, 50)),
             ordered.isoformat(), (ordered + timedelta(days=rng.randint(3, 30))).isoformat(), rng.choice(("Anna", "Mei", "Jun")),
             f"宁波市北仑区 {number % 997} 号", total, f"{ordered} 09:00:00"),
            lines,
        )  # fmt: skip


def write(path: Path, count: int) -> None:
    """Make the file at ``path``; one that is there already with as many orders is used again."""
    with sqlite3.connect(path) as store:
        if store.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]:
            if store.execute("SELECT COUNT(*) FROM orders").fetchone()[0] == count:
                return
            raise ValueError(f"{path} holds another number of orders; delete it")
        store.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + SCHEMA)
        made = orders(count)
        while part := list(islice(made, 20_000)):
            store.executemany(f"INSERT INTO orders VALUES ({', '.join('?' * 11)})", [order for order, _ in part])
            store.executemany(
                "INSERT INTO order_lines VALUES (?, ?, ?, ?, ?, ?)", [line for _, lines in part for line in lines]
            )
            store.commit()


def setting(path: Path) -> dict[str, Any]:
    """The source as ``sync.sources.declare`` takes it."""
    stream = {
        "kind": "order",
        "from": "orders",
        "key": "id",
        "version": "updated_at",
        "cursor": "updated_at",
        "lines": {"from": "order_lines", "parent": "order_id", "key": "line_no"},
        "derive": ["customer", "product"],
        "fields": {
            "number": "order_no",
            "state": {"column": "status", "map": {"20": "confirmed", "40": "confirmed", "50": "confirmed"}},
            "customer": "customer_id",
            "customer_name": "customer",
            "order_date": "ordered_on",
            "promised_date": "promised_on",
            "currency": {"value": "CNY"},
            "salesperson": "salesman",
            "ship_to": "address",
            "total": {"column": "total_cents", "scale": "0.01"},
        },
        "line_fields": {
            "sku": "sku",
            "name": "name",
            "qty": "qty",
            "price": {"column": "price_cents", "scale": "0.01"},
        },
    }
    return {
        "code": "oms", "name": "OMS", "kind": "oms", "connector": "sql", "order_rank": 1, "goods_rank": 1,
        "settings": {"url": f"sqlite:///{path}", "streams": [stream]},
    }  # fmt: skip
