"""What the values of a source's states mean: guessed where many systems say the same, written and read in people's own words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from django.conf import settings
from django.utils import translation

from ordertrail.track.field_words import VALUES, said

LIKE: dict[str, str] = {
    "draft": "draft|new|pending|unconfirmed|草稿|新建|未审核|待审核|待确认|未提交|未审批|草稿單|未審核|待審核|待確認",
    "quoted": "quoted|quotation|quote sent|已报价|报价中|已報價|報價中",
    "confirmed": "confirmed|approved|open|active|processing|in progress|已确认|已审核|已审批|审核通过|已生效|进行中|执行中|处理中|正常|"
    "已確認|已審核|已核准|進行中|處理中",
    "running": "running|in progress|started|生产中|进行中|已开工|开工|生產中|進行中|已開工",
    "posted": "posted|issued|approved|已过账|已审核|已开具|已开票|已开|正常|已過帳|已審核|已開立",
    "done": "done|complete|completed|finished|shipped|delivered|sent|received|paid|已完成|完成|已发货|已出库|已收款|已到账|已完工|"
    "已审核|"
    "已出貨|已出庫|已入帳|已完工|已審核",
    "closed": "closed|done|complete|completed|finished|已完成|完成|已关闭|已结案|结案|已完结|已結案|已關閉",
    "cancelled": "cancelled|canceled|void|voided|deleted|作废|已作废|取消|已取消|作廢|已作廢",
    "invoice": "invoice|蓝字|蓝字发票|普通发票|专用发票|销售发票|藍字",
    "credit_note": "credit note|credit memo|红字|红字发票|贷项|贷项通知单|折让|折讓|折讓單",
    "advance": "advance invoice|deposit invoice|预开|预收|預開",
    "in": "in|credit|收|收入|贷|收款|收款单|入库",
    "out": "out|debit|付|支出|借|付款|付款单|出库",
    "all": "shipped|all|已发货|全部发货|已全部发货|已出貨|全部出貨",
    "none": "none|not shipped|未发货|待发货|未出貨|待出貨",
}
"""Under which words our codes are met; a word that fits two codes of a field goes to the first of its choices."""


def guessed(choices: Sequence[str], values: Iterable[str]) -> dict[str, str]:
    """For each value that says plainly what it means its code; the others are left to a person.

    >>> guessed(("draft", "confirmed", "cancelled"), ["已审核", "Void", "30"])
    {'已审核': 'confirmed', 'Void': 'cancelled'}
    """
    words = {word: code for code in reversed(choices) for word in (code, *LIKE.get(code, "").split("|")) if word}
    return {value: words[bare] for value in values if (bare := value.strip().casefold()) in words}


def shown(field: str, code: str) -> str:
    """A code in the reader's words.

    >>> with translation.override("zh-hans"):
    ...     shown("state", "confirmed"), shown("state", "30")
    ('已确认', '30')
    """
    return str(said(field, code))


def code(field: str, text: str) -> str:
    """The code that ``text`` means, which is a word of any of our languages or the code itself; else the text as it is.

    >>> code("state", "已确认"), code("state", "confirmed"), code("state", "sold")
    ('confirmed', 'confirmed', 'sold')
    """
    return _codes().get((field, text.strip().casefold()), text.strip())


@cache
def _codes() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {(field, str(words).casefold()): value for (field, value), words in VALUES.items()}
    return found
