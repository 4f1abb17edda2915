"""The parts of a page, as templates write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from ordertrail.lib import clock
from ordertrail.web import asof
from ordertrail.web.asof import AsOf
from ordertrail.web.axes import AXES, LOOKS
from ordertrail.web.draw import Step


def shown(text: str, language: str = "en", **context: Any) -> str:
    request = RequestFactory().get("/orders/?state=draft&state=done&after=x")
    with translation.override(language):
        return Template("{% load ot %}" + text).render(Context({"request": request, **context})).strip()


def test_money_has_groups_a_true_minus_and_words_for_what_is_unknown() -> None:
    assert shown("{% money v 'CNY' %}", v=Decimal(1130)) == '<span class="num">1,130.00</span>'
    assert shown("{% money v 'JPY' %}", v=Decimal(-227)) == '<span class="num neg">−227</span>'
    assert shown("{% money v 'CNY' %}", v=Decimal(0)) == '<span class="num">0.00</span>'
    assert shown("{% cell_money v 'CNY' %}", v=Decimal(0)) == '<span class="zero">–</span>'
    assert shown("{% cell_money v 'CNY' %}", "zh-hans", v=None) == '<span class="muted">未知</span>'


def test_quantities_and_shares() -> None:
    assert (
        shown("{% qty v 'pcs' %}", v=Decimal("6.000000")) == '<span class="num">6</span><span class="unit"> pcs</span>'
    )
    assert shown("{% cell_qty v %}", v=Decimal(0)) == '<span class="zero">–</span>'
    assert shown("{% percent v %}", v=Decimal("0.873")) == '<span class="num">87.3%</span>'
    assert shown("{% count v %}", v=1234567) == '<span class="num">1,234,567</span>'


def test_big_figures_are_written_as_people_of_the_language_read_them() -> None:
    figure = Decimal(1284600)
    tail = '<span class="num" title="CNY 1,284,600.00">¥'
    assert shown("{% big v 'CNY' %}", v=figure) == f'{tail}1.285<span class="unit">m</span></span>'
    assert shown("{% big v 'CNY' %}", "zh-hans", v=figure) == f'{tail}128.46<span class="unit">万</span></span>'
    assert "−¥" in shown("{% big v 'CNY' %}", v=-figure)


def test_days_carry_their_weekday_and_the_exact_day() -> None:
    assert shown("{% day v %}", "zh-hans", v=date(2026, 9, 18)) == (
        '<time class="num nowrap" datetime="2026-09-18" title="2026-09-18">09-18 <span class="muted">周五</span></time>'
    )
    assert shown("{% day v False %}", v=date(2025, 12, 31)).endswith(">2025-12-31</time>")
    assert shown("{% day v %}", v=None) == '<span class="zero">–</span>'


def test_instants_are_in_the_company_s_zone() -> None:
    text = shown("{% instant v %}", v=datetime(2026, 9, 15, 6, 20, tzinfo=UTC))
    assert ">09-15 14:20</time>" in text
    assert "2026-09-15 14:20:00 +08:00 Asia/Shanghai" in text


def test_ages() -> None:
    assert shown("{% age v %}", v=date(2026, 9, 11)) == "5 d"
    assert shown("{% age v %}", "zh-hans", v=clock.now() - timedelta(hours=3, minutes=43)) == "3 小时 43 分"
    assert shown("{% age v %}", v=None) == "unknown"


def test_the_badge_is_amber_when_a_source_is_missing() -> None:
    at = clock.now() - timedelta(minutes=5)
    assert 'class="asof"' in shown("{% asof v %}", v=AsOf(at, 7, 7))
    amber = shown("{% asof v %}", "zh-hans", v=AsOf(at, 6, 7, "/sources/"))
    assert 'class="asof part"' in amber
    assert "11:55 · 6/7 源" in amber
    assert 'href="/sources/"' in amber
    assert shown("{% asof v %}", v=None) == ""


def test_a_room_above_tells_how_fresh_everything_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asof, "_tellers", [])
    assert asof.told() is None
    asof.tell(lambda: AsOf(None, 0, 3))
    answer = asof.told()
    assert answer is not None
    assert answer.partly


def test_every_status_has_icon_word_and_tone() -> None:
    assert set(AXES) < set(LOOKS)
    for axis, states in LOOKS.items():
        for state in states:
            assert shown("{% status axis state %}", axis=axis, state=state).count("<svg") == 1
    assert ">lost<" in shown("{% status 'delivery' 'lost' %}").replace("</svg>lost", ">lost")


def test_a_list_shows_a_dash_before_a_check_after_and_a_bar_only_between() -> None:
    assert "–" in shown("{% cell_status 'payment' 'unpaid' %}")
    assert "circle-check" in shown("{% cell_status 'payment' 'paid' %}")
    assert "60%" in shown("{% cell_status 'payment' 'partially' v %}", v=Decimal("0.6"))
    assert "alert-octagon" in shown("{% cell_status 'payment' 'overpaid' v %}", v=Decimal("1.2"))


def test_bars_never_leave_their_frame_and_say_what_they_mean() -> None:
    assert 'aria-label="150%"><rect width="100"' in shown("{% bar v 10 'bad' %}", v=15)
    assert 'aria-label="0%"' in shown("{% bar v 0 %}", v=15)


def test_the_query_string_keeps_what_is_not_changed() -> None:
    assert shown("{% qs 'after' sort='-total' %}") == "?state=draft&amp;state=done&amp;sort=-total"
    assert shown("{% qs state=None after=None %}") == "?"


def test_words_of_others_cannot_become_markup() -> None:
    assert "&lt;script&gt;" in shown("{% chip 'ok' v %}", v="<script>")
    assert "&lt;b&gt;" in shown("{% qty v u %}", v=Decimal(1), u="<b>")


def test_drawings_carry_their_meaning() -> None:
    assert 'aria-label="last weeks"' in shown("{% spark v 'last weeks' %}", v=[1, 2, 3])
    assert shown("{% spark v 'last weeks' %}", v=[1]) == ""
    assert shown("{% agebar v 'ages' %}", v=(1, 0, 0, 3)).count("<rect") == 2
    drawn = shown("{% ruler v total 'life' %}", v=[Step("Confirmed", Decimal(3), Decimal(1))], total=Decimal(5))
    assert "Confirmed 4.0" in drawn
    assert shown("{% runs v 'runs' %}", v=[("ok", 9), ("no", 18)]).count("<rect") == 2
