"""Comments and owners: what people say about a document and who has it."""

from __future__ import annotations

import pytest

from ordertrail.desk.comment import LONGEST, comment
from ordertrail.desk.models import Act, Comment, Owner
from ordertrail.desk.own import own
from ordertrail.findings.tests.company import OMS_X, company, say
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person
from ordertrail.records.models import SourceDocument


@pytest.fixture
def order(db: None) -> int:
    say(company()["oms"], OMS_X)
    return SourceDocument.objects.get(kind="order").pk


def person(name: str) -> Person:
    return Person.objects.create_person(name.lower(), "", "sales", display_name=name)


def test_anna_writes_a_comment_and_it_is_written_down_that_she_did(order: int) -> None:
    anna = person("Anna")
    comment(anna, order, "  The rest goes out on Friday.\n")
    assert list(Comment.objects.values_list("document", "author", "text")) == [
        (order, anna.pk, "The rest goes out on Friday.")
    ]
    assert list(Act.objects.values_list("actor", "verb", "kind", "object")) == [(anna.pk, "comment", "order", order)]


@pytest.mark.parametrize(
    ("text", "code"), [(" \n", "empty_comment"), ("x" * (LONGEST + 1), "long_comment")], ids=["empty", "long"]
)
def test_a_refused_comment_changes_nothing(order: int, text: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        comment(person("Anna"), order, text)
    assert refusal.value.code == code
    assert (Comment.objects.count(), Act.objects.count()) == (0, 0)


def test_anna_takes_an_order_and_hands_it_to_bo(order: int) -> None:
    anna, bo = person("Anna"), person("Bo")
    own(anna, order, anna)
    own(anna, order, bo)
    assert list(Owner.objects.values_list("document", "person")) == [(order, bo.pk)]
    assert list(Act.objects.order_by("pk").values_list("verb", "detail")) == [
        ("take", {"to": "Anna", "before": ""}),
        ("hand_over", {"to": "Bo", "before": "Anna"}),
    ]


def test_who_has_it_cannot_take_it_again_and_who_left_gets_nothing(order: int) -> None:
    anna, bo = person("Anna"), person("Bo")
    own(anna, order, anna)
    with pytest.raises(Refused, match="Anna has SO-2609-0027 already"):
        own(anna, order, anna)
    bo.is_active = False
    with pytest.raises(Refused, match="Bo no longer works here"):
        own(anna, order, bo)
    assert list(Owner.objects.values_list("person__display_name", flat=True)) == ["Anna"]
