"""Laws of the house that must hold of any company, tried on random ones."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ordertrail.desk.link import link, unlink
from ordertrail.desk.tests import worlds
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person
from ordertrail.records.models import Link, SourceDocument
from ordertrail.records.shapes import Record

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
few = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
History = list[tuple[str, Record]]


def emptied() -> None:
    """Begin each example with an empty store (hypothesis runs many inside one test's transaction)."""
    from django.apps import apps
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "PRAGMA defer_foreign_keys=ON" if connection.vendor == "sqlite" else "SET CONSTRAINTS ALL DEFERRED"
        )
        for room in (*worlds.DOMAIN, "desk", "findings", "sync", "records"):
            for model in apps.get_app_config(room).get_models():
                if model is not Person:
                    cursor.execute(f'DELETE FROM "{model._meta.db_table}"')


@few
@given(history=worlds.histories, pick=st.randoms(use_true_random=False))
def test_link_then_unlink_restores_every_row(history: History, pick: object, db: None) -> None:
    emptied()
    by = worlds.company()
    dana = Person.objects.filter(username="dana").first() or Person.objects.create_person("dana", "", "manager")
    worlds.say(by, history)
    before = list(worlds.rows())
    documents = list(SourceDocument.objects.order_by("pk").values_list("pk", flat=True))
    one, other = pick.choice(documents), pick.choice(documents)  # type: ignore[attr-defined]
    try:
        joined = link(dana, one, other)
    except Refused:
        assert list(worlds.rows()) == before  # a refusal changes nothing
        return
    unlink(dana, joined)
    assert list(worlds.rows()) == before
    assert Link.objects.get(pk=joined.pk).ended_at is not None


@few
@given(history=worlds.histories, shuffled=st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_figures(history: History, shuffled: object, db: None) -> None:
    last: dict[tuple[str, str, str], tuple[str, Record]] = {(code, r.kind, r.ref): (code, r) for code, r in history}
    kept = list(last.values())
    emptied()
    worlds.say(worlds.company(), kept)
    first = _by_number()
    emptied()
    shuffled.shuffle(kept)  # type: ignore[attr-defined]
    worlds.say(worlds.company(), kept)
    assert _by_number() == first


def _by_number() -> list[tuple[object, ...]]:
    """Every order's status without ids: what the pages say."""
    from ordertrail.orders.models import OrderStatus

    names = [f.attname for f in OrderStatus._meta.concrete_fields]
    hidden = {"order_id", "home", "customer", "goods_source", "invoice_source", "money_source", "production_source"}
    found = OrderStatus.objects.values_list(*(name for name in names if name not in hidden))
    return sorted(found, key=repr)


@few
@given(history=worlds.histories)
def test_said_again_from_the_start_gives_the_same_rows(history: History, db: None) -> None:
    emptied()
    by = worlds.company()
    worlds.say(by, history)
    before = list(worlds.rows())
    worlds.say(by, [(code, record) for code, record in history if (code, record) in _last_words(history)])
    assert list(worlds.rows()) == before


def _last_words(history: History) -> list[tuple[str, Record]]:
    last = {(code, record.kind, record.ref): (code, record) for code, record in history}
    return list(last.values())
