"""A prepared read gives what its queryset gives, without putting it into SQL again."""

from __future__ import annotations

import pytest
from django.db.models.sql.compiler import SQLCompiler

from ordertrail.lib import clock
from ordertrail.lib.prepared import Prepared
from ordertrail.records.models import Source, SourceDocument

pytestmark = pytest.mark.django_db

DOCUMENTS = Prepared(
    lambda code, kind: (
        SourceDocument.objects.filter(source__code=code, kind=kind).select_related("source").order_by("pk")
    )
)


def source(code: str, *refs: str) -> Source:
    made = Source.objects.create(code=code, name=code.upper(), kind="oms", connector="sql")
    for ref in refs:
        SourceDocument.objects.create(source=made, kind="order", ref=ref, number=ref, group=1, learned_at=clock.now())
    return made


def test_it_gives_rows_with_what_they_point_at(monkeypatch: pytest.MonkeyPatch) -> None:
    source("oms", "1", "2")
    source("erp", "3")
    assert [(one.ref, one.source.name) for one in DOCUMENTS("oms", "order")] == [("1", "OMS"), ("2", "OMS")]
    monkeypatch.setattr(SQLCompiler, "as_sql", None)  # from now on nothing can be put into SQL
    assert [(one.ref, one.source.name) for one in DOCUMENTS("erp", "order")] == [("3", "ERP")]
    assert DOCUMENTS("erp", "shipment") == []


def test_a_value_that_does_not_stand_in_it_as_it_is_is_refused() -> None:
    with pytest.raises(ValueError, match="as it is"):
        Prepared(lambda part: Source.objects.filter(code__contains=part))("o")
    with pytest.raises(ValueError, match="only reads of models"):
        Prepared(lambda code: Source.objects.filter(code=code).values_list("pk"))("oms")  # type: ignore[type-var]
