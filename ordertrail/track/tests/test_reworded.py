"""What the worker wrote in its own language is read in the reader's."""

from __future__ import annotations

import pytest
from django.utils import translation
from django.utils.translation import gettext as _

from ordertrail.track.reworded import reworded


def seen(text: str, language: str) -> str:
    with translation.override(language):
        return reworded(text)


@pytest.mark.parametrize(
    ("written", "english", "hans", "hant"),
    [
        ("第 45 行", "row 45", "第 45 行", "第 45 列"),
        ("第 1 页第 36 项，第 1 行明细", "page 1, item 36, line 1", "第 1 页第 36 项，第 1 行明细", None),
        ("日历中没有“2026-02-30”这一天。", "“2026-02-30” is not in the calendar.", None, None),
        ("outbound out_no=SH-2611-9001", "outbound out_no=SH-2611-9001", "outbound out_no=SH-2611-9001", None),
        ("", "", "", ""),
    ],
)
def test_places_and_sentences_are_said_in_each_language(
    written: str, english: str, hans: str | None, hant: str | None
) -> None:
    assert seen(written, "en") == english
    assert hans is None or seen(written, "zh-hans") == hans
    assert hant is None or seen(written, "zh-hant") == hant


@pytest.mark.parametrize("worker", ["en", "zh-hans", "zh-hant"])
@pytest.mark.parametrize("reader", ["en", "zh-hans", "zh-hant"])
def test_whatever_the_worker_speaks_the_reader_reads_its_own(worker: str, reader: str) -> None:
    sentence = "“%(text)s” was never seen here. Say in the mapping what it means; known are: %(known)s."
    values = {"text": "77", "known": "10, 20, 40"}
    with translation.override(worker):
        written = _(sentence) % values
    with translation.override(reader):
        assert reworded(written) == _(sentence) % values


def test_a_word_of_the_source_is_quoted_as_it_is() -> None:
    """The value is 第 45 行, which would be a place: between quotes it is what somebody typed."""
    with translation.override("zh-hans"):
        written = _("“%(text)s” was never seen here. Say in the mapping what it means; known are: %(known)s.") % {
            "text": "第 45 行",
            "known": "草稿",
        }
    assert "“第 45 行”" in seen(written, "en")
    assert "草稿" in seen(written, "en")
