"""Companies that live by chance, held against the oracle after each step; and bugs that others have had, planted, must each be found."""

from __future__ import annotations

import pytest

from ordertrail.desk.tests.desk_machine import history, play

pytestmark = pytest.mark.django_db


@pytest.mark.slow
@pytest.mark.store
@pytest.mark.parametrize("seed", range(6))
def test_every_answer_is_what_the_oracle_says(seed: int) -> None:
    assert play(history(seed, 30)) == ""


@pytest.mark.full("desk machine")
@pytest.mark.parametrize("seed", range(100, 400))
def test_every_answer_of_hundreds_of_companies(seed: int) -> None:
    assert play(history(seed, 60), each_verified=True) == ""
