"""Numbers by rule: prefix, period and a running number, taken last in the verb's transaction (domain.md §1.7)."""

from __future__ import annotations

from datetime import date

from django.db import connection

from ordertrail.lib import bulk
from ordertrail.lib.numbers import number_key
from ordertrail.records.models import Number, Series

PREFIX = {
    "order": "SO",
    "shipment": "SH",
    "invoice": "INV",
    "credit_note": "CN",
    "payment": "PAY",
    "receipt": "GR",
    "return": "RT",
}
"""What a number of each kind begins with; its period is the year of the document's day."""

NUMBER_LOCK = 7_303
"""The advisory lock of one number on PostgreSQL: two who type the same wait for each other."""

KIND = {"credit_note": "invoice", "return": "shipment"}
"""The kind of document under which some numbers are found."""


def take(series: str, day: date) -> str:
    """The next number of ``series`` (a key of ``PREFIX``) in the year of ``day``, for example SO-2026-00017.

    Whoever takes one waits for who took one before, so nobody gets the same and none is left out: a refusal afterwards gives it
    back with everything else. A number that somebody typed before is stepped over.
    """
    period = str(day.year)
    Series.objects.get_or_create(kind=series, period=period)
    while True:
        sql = f"UPDATE {bulk.table(Series)} SET last = last + 1 WHERE kind = %s AND period = %s RETURNING last"
        (last,) = bulk.select(sql, [series, period])[0]
        number = f"{PREFIX[series]}-{period}-{last:05d}"
        if is_free(KIND.get(series, series), number):
            return number


def is_free(kind: str, number: str) -> bool:
    """Whether no document of ``kind``, ours or mirrored, bears this very number; nobody else can take it until the verb ends."""
    key = number_key(number)[:100]
    if connection.vendor == "postgresql":
        bulk.select("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [NUMBER_LOCK, f"{kind} {key}"])
    return not Number.objects.filter(kind=kind, key=key, search_only=False, document__number=number).exists()
