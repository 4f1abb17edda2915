"""Who did what is a chain: a row that somebody with the rights of the database changed, took out or moved is named, the first one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ordertrail.desk.acts import note
from ordertrail.desk.laws import acts_are_chained
from ordertrail.desk.models import Act
from ordertrail.parties.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def acts() -> list[Act]:
    """Six acts of Dana's."""
    dana = Person.objects.create_person("dana", "", "manager")
    return [note(dana, "comment", "order", 17, text=f"Comment {number}") for number in range(6)]


def moved(acts: list[Act]) -> None:
    """The third and the fourth change places, hashes and all."""
    third, fourth = acts[2], acts[3]
    third.pk, fourth.pk = fourth.pk, third.pk
    third.save()
    fourth.save()


TAMPERED: dict[str, tuple[Callable[[list[Act]], object], int]] = {
    "another text": (lambda acts: Act.objects.filter(pk=acts[2].pk).update(detail={"text": "Comment 9"}), 2),
    "another person": (lambda acts: Act.objects.filter(pk=acts[2].pk).update(actor=None), 2),
    "another time": (lambda acts: Act.objects.filter(pk=acts[2].pk).update(at=acts[1].at.replace(year=2025)), 2),
    "another document": (lambda acts: Act.objects.filter(pk=acts[2].pk).update(object=18), 2),
    "taken out": (lambda acts: Act.objects.filter(pk=acts[2].pk).delete(), 3),
    "the first taken out": (lambda acts: Act.objects.filter(pk=acts[0].pk).delete(), 1),
    "moved": (moved, 2),
    "another hash": (lambda acts: Act.objects.filter(pk=acts[2].pk).update(hash="0" * 64), 2),
}
"""What is done, and the place of the first row that shows it."""


@pytest.mark.parametrize("how", TAMPERED)
def test_a_row_that_was_tampered_with_is_named(how: str, acts: list[Act]) -> None:
    assert list(acts_are_chained()) == []
    tamper, first = TAMPERED[how]
    rows = [act.pk for act in acts]
    tamper(acts)
    assert [broken.document for broken in acts_are_chained()] == [str(rows[first])]
