"""Companies that live by chance, held against the oracle after each step; and planted bugs must each be found."""

from __future__ import annotations

import pytest

from ordertrail.desk.tests.desk_bugs import BUGS
from ordertrail.desk.tests.desk_machine import history, play

pytestmark = pytest.mark.django_db


@pytest.mark.slow
@pytest.mark.parametrize(
    "seed", [*range(4), pytest.param(4, marks=pytest.mark.store), pytest.param(5, marks=pytest.mark.store)]
)
def test_every_answer_is_what_the_oracle_says(seed: int) -> None:
    assert play(history(seed, 30)) == ""


@pytest.mark.full("desk machine")
@pytest.mark.parametrize("seed", range(100, 400))
def test_every_answer_of_hundreds_of_companies(seed: int) -> None:
    assert play(history(seed, 60), each_verified=True) == ""


FEW = {
    "the last confirmed is served first": 21, "stock is sold twice": 12, "money is divided in equal parts": 1,
    "a return is never credited": 0, "draft invoices are not lowered": 23,
}  # fmt: skip
"""Bugs that each push plants, with the history that is known to show them: where histories are made otherwise, another one will."""


def found(seeds: range) -> bool:
    """Whether a history of one of these seeds shows a difference (a crash is one too)."""
    return any(differs(seed) for seed in seeds)


def differs(seed: int) -> bool:
    try:
        return bool(play(history(seed, 40)))
    except (AssertionError, LookupError, TypeError, ValueError):
        return True


@pytest.mark.slow
@pytest.mark.parametrize("bug", FEW)
def test_a_planted_bug_is_found(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not differs(FEW[bug])  # else it is the oracle that is wrong, and the bug is found by nobody
    BUGS[bug](monkeypatch)
    assert found(range(FEW[bug], FEW[bug] + 3))


@pytest.mark.full("desk machine")
@pytest.mark.parametrize("bug", sorted(BUGS))
def test_every_planted_bug_is_found(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    BUGS[bug](monkeypatch)
    assert found(range(60))
