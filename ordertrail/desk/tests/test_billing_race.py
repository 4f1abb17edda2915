"""Several people at once: one payment is allocated once, one line billed once, numbers have no gap (reliability.md §2.2)."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from ordertrail.desk.allocate import allocate
from ordertrail.desk.draft_invoice import draft_lines
from ordertrail.desk.post_invoice import post_invoice
from ordertrail.desk.settling import Chosen
from ordertrail.desk.tests.shop import whole
from ordertrail.desk.tests.till import Till
from ordertrail.lib.ids import LINES
from ordertrail.lib.refused import Refused

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.store]


def at_once(*verbs: Callable[[], Any]) -> list[str]:
    """Each verb in a thread of its own, all let go at one moment; "" where it was done, else the code of its refusal."""
    start, said = Barrier(len(verbs)), [""] * len(verbs)

    def run(place: int, verb: Callable[[], Any]) -> None:
        start.wait(20)
        try:
            verb()
        except Refused as refused:
            said[place] = refused.code
        except Exception as fault:  # noqa: BLE001  (told by the assertion that compares)
            said[place] = repr(fault)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place, verb)) for place, verb in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(said)


def test_one_payment_one_line_one_number_each(db: None) -> None:
    till = Till()
    chen = till.chen.person
    orders = [till.sold(f"SO-{place}", 2) for place in range(4)]
    bills = [till.draft(order) for order in orders]
    posted = at_once(*(lambda pk=int(bill["id"]): post_invoice(chen, pk) for bill in bills))
    assert posted == [""] * 4
    numbers = sorted(till.invoice(bill["id"])["number"] for bill in bills)
    assert numbers == [f"INV-2026-0000{place}" for place in range(1, 5)]
    paid = till.pay(200, ())
    said = at_once(
        *(lambda pk=int(bill["id"]): allocate(chen, int(paid["id"]), [Chosen(pk, 2_000_000)]) for bill in bills)
    )
    assert said == ["", "over_allocated", "over_allocated", "over_allocated"]
    line = till.sold("SO-9", 2) * LINES + 1
    said = at_once(*(lambda: draft_lines(chen, {line: 2_000_000}) for _ in range(3)))
    assert said == ["", "on_draft", "on_draft"]
    whole()
