"""The words: catalogues that gettext reads, and a check that finds what is missing, stale, unlike or in the wrong script."""

from __future__ import annotations

import gettext
import io
from pathlib import Path

import pytest

from ordertrail.lib import words
from ordertrail.lib.words import Entry
from ordertrail.lib.words_found import Used, used_words
from ordertrail.lib.words_script import SIMPLIFIED, TRADITIONAL

SHIP = Entry("Ship %(n)s now", "发货 %(n)s", "出貨 %(n)s", "words/x.tsv:1")


def tables(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.tsv").write_text(text, "utf-8")
    return folder


@pytest.fixture
def built(tmp_path: Path) -> Path:
    words.write_catalogues({SHIP.english: SHIP, "a\nb": Entry("a\nb", "甲\n乙", "甲\n乙", "words/x.tsv:2")}, tmp_path)
    return tmp_path


@pytest.mark.parametrize(("language", "text"), [("zh_Hans", "发货 %(n)s"), ("zh_Hant", "出貨 %(n)s")])
def test_gettext_reads_what_was_built(built: Path, language: str, text: str) -> None:
    path = built / language / "LC_MESSAGES" / "django.mo"
    catalogue = gettext.GNUTranslations(io.BytesIO(path.read_bytes()))
    assert catalogue.gettext("Ship %(n)s now") == text
    assert catalogue.gettext("a\nb") == "甲\n乙"
    assert catalogue.info()["language"] == language


def test_the_po_file_is_what_people_and_tools_know(built: Path) -> None:
    text = (built / "zh_Hans" / "LC_MESSAGES" / "django.po").read_text("utf-8")
    assert '#: words/x.tsv\n#, python-format\nmsgid "Ship %(n)s now"\nmsgstr "发货 %(n)s"\n' in text
    assert 'msgid "a\\nb"' in text


def test_building_twice_gives_the_same_bytes(built: Path) -> None:
    path = built / "zh_Hant" / "LC_MESSAGES" / "django.mo"
    before = path.read_bytes()
    words.write_catalogues({"a\nb": Entry("a\nb", "甲\n乙", "甲\n乙", "words/y.tsv:9"), SHIP.english: SHIP}, built)
    assert path.read_bytes() == before


def test_a_line_that_is_not_three_texts_is_named(tmp_path: Path) -> None:
    found, problems = words.read_tables(tables(tmp_path, a="Order\t订单\t訂單\nLate\t逾期\n"))
    assert list(found) == ["Order"]
    assert problems == ["words/a.tsv:2: three texts between tabs are needed, 2 stand there"]


def test_two_tables_may_say_the_same_but_not_something_else(tmp_path: Path) -> None:
    folder = tables(tmp_path, a="Order\t订单\t訂單\n", b="Order\t订单\t訂單\n", c="Order\t命令\t命令\n")
    _, problems = words.read_tables(folder)
    assert problems == ["words/c.tsv:1: 'Order' says something else at words/a.tsv:1"]


def test_the_check_names_what_is_missing_stale_and_unlike(tmp_path: Path) -> None:
    broken = Entry("Late by %(n)s d", "晚几天", "晚 %(n)s 天", "words/x.tsv:7")
    known = {SHIP.english: SHIP, broken.english: broken}
    used = [Used("Ship %(n)s now", "x.py:1"), Used("Never said", "x.py:2")]
    words.write_catalogues(known, tmp_path)
    assert words.check(known, used, tmp_path) == [
        "x.py:2: no translation of 'Never said'",
        "words/x.tsv:7: no page says 'Late by %(n)s d' any more",
        "words/x.tsv:7: zh_Hans has other places for values than 'Late by %(n)s d'",
    ]


def test_signs_of_the_other_script_are_found(tmp_path: Path) -> None:
    mixed = Entry("Order", "訂单", "订單", "words/x.tsv:1")
    words.write_catalogues({"Order": mixed}, tmp_path)
    assert words.check({"Order": mixed}, [Used("Order", "x.py:1")], tmp_path) == [
        "words/x.tsv:1: zh_Hans holds signs of the other script: 訂",
        "words/x.tsv:1: zh_Hant holds signs of the other script: 订",
    ]


def test_no_sign_belongs_to_both_scripts() -> None:
    assert frozenset() == SIMPLIFIED & TRADITIONAL
    assert len(SIMPLIFIED) > 400


def test_a_catalogue_older_than_its_tables_is_noticed(built: Path) -> None:
    late = {SHIP.english: Entry(SHIP.english, "立即发货 %(n)s", SHIP.hant, SHIP.place)}
    assert words.check(late, [Used(SHIP.english, "x.py:1")], built)[-1].startswith(
        "locale/zh_Hant: the catalogue is older"
    )


def test_texts_of_python_and_templates_are_found_and_tests_are_not(tmp_path: Path) -> None:
    room = tmp_path / "package" / "room"
    (room / "templates" / "room").mkdir(parents=True)
    (room / "tests").mkdir()
    (room / "views.py").write_text('from x import gettext as _\nA = _("One " "line")\nB = other("no")\n', "utf-8")
    (room / "tests" / "test_x.py").write_text('_("only a test")\n', "utf-8")
    page = '{% blocktranslate trimmed with n=v %}\n  {{ n }} of\n  5 %\n{% endblocktranslate %}{% include "x" with a=_("Two") %}'
    (room / "templates" / "room" / "x.html").write_text(page, "utf-8")
    assert {word.text for word in used_words(tmp_path / "package")} == {"One line", "%(n)s of 5 %%", "Two"}
