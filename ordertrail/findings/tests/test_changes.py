"""A transaction that commits late is not overlooked."""

from __future__ import annotations

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
    import psycopg

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
