"""How Chinese names sound, so that they are found by pinyin: whole syllables and initials, in Latin letters without tones."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from itertools import islice, product
from typing import Any

MOST_READINGS = 8
"""So many readings of a name are kept, where several of its characters have more than one."""
PIECE = 2_000
"""Names that are written down at once."""
LEAST = 2
"""So many letters at least are looked for among sounds; a single one would fit half of all names."""
EVERYDAY = {
    "长長": ("chang", "zhang"), "行": ("hang", "xing"), "重": ("zhong", "chong"), "乐樂": ("le", "yue"), "单單": ("dan", "shan"),
    "调調": ("tiao", "diao"), "传傳": ("chuan", "zhuan"), "盛": ("sheng", "cheng"), "降": ("jiang", "xiang"), "厦廈": ("sha", "xia"),
    "曾": ("zeng", "ceng"), "会會": ("hui", "kuai"), "参參": ("can", "shen"), "藏": ("cang", "zang"), "朝": ("chao", "zhao"),
    "都": ("du", "dou"), "车車": ("che", "ju"), "卡": ("ka", "qia"), "扎": ("zha", "za"), "率": ("lv", "shuai"),
    "夹夾": ("jia", "ga"), "壳殼": ("ke", "qiao"), "弹彈": ("tan", "dan"), "角": ("jiao", "jue"),
    "解": ("jie", "xie"), "柏": ("bai", "bo"), "薄": ("bo", "bao"), "校": ("xiao", "jiao"), "省": ("sheng", "xing"),
    "绿綠": ("lv", "lu"), "番": ("fan", "pan"), "蚌": ("bang", "beng"),
}  # fmt: skip
"""Characters of names and goods that are read in more than one way, with the readings that people type."""


@cache
def _everyday() -> dict[str, tuple[str, ...]]:
    return {sign: readings for signs, readings in EVERYDAY.items() for sign in signs}


@cache
def _dictionary() -> Mapping[int, str]:
    """Readings with tones by code point, between commas, the usual one first (pypinyin's table of single characters)."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # its table of phrases takes 45 MB more
    from pypinyin.constants import PINYIN_DICT

    table: Mapping[int, str] = PINYIN_DICT
    return table


@lru_cache(maxsize=30_000)
def readings(sign: str) -> tuple[str, ...]:
    """How one character is read, the usual way first; a Latin letter or figure stands for itself, any other sign for nothing.

    >>> readings("灯"), readings("长"), readings("L"), readings("－")
    (('deng',), ('chang', 'zhang'), ('l',), ())
    >>> readings("铝")
    ('lv',)
    """
    if sign in _everyday():
        return _everyday()[sign]
    if sign.isascii():
        return (sign.lower(),) if sign.isalnum() else ()
    told = _dictionary().get(ord(sign), "").split(",")[0]
    bare = unicodedata.normalize("NFD", told).replace("u\u0308", "v")
    letters = "".join(letter for letter in bare if letter.isascii() and letter.isalpha())
    return (letters,) if letters else ()


def sounds(text: str) -> str:
    """What a name is found by: each of its readings in whole and in initials, between blanks; empty where nothing of it is Chinese.

    >>> sounds("LED 灯管"), sounds("长灯"), sounds("Lamp")
    ('leddengguan leddg', 'changdeng cd zhangdeng zd', '')
    """
    signs = unicodedata.normalize("NFKC", text)
    if signs.isascii():
        return ""
    told = [found for sign in signs if (found := readings(sign))]
    if not any(len(found[0]) > 1 for found in told):
        return ""
    kept: dict[str, None] = {}
    for way in islice(product(*told), MOST_READINGS):
        kept["".join(way)] = None
        kept["".join(syllable[0] for syllable in way)] = None
    return " ".join(kept)


def fill(model: Any) -> None:
    """Write down how each name of a table sounds that was there before its column ``sounds`` was, piece by piece; for migrations."""
    after = 0
    while rows := list(model.objects.filter(pk__gt=after).order_by("pk").only("pk", "name")[:PIECE]):
        for row in rows:
            row.sounds = sounds(row.name)
        model.objects.bulk_update([row for row in rows if row.sounds], ["sounds"])
        after = rows[-1].pk


def sound_key(text: str) -> str:
    """What is looked for among sounds: the letters and figures of ``text``; empty where it holds other signs, or is too short.

    >>> sound_key("Deng mao"), sound_key("dg"), sound_key("d"), sound_key("灯"), sound_key("A-1")
    ('dengmao', 'dg', '', '', '')
    """
    bare = text.replace(" ", "").replace("'", "").lower()
    return bare if bare.isascii() and bare.isalnum() and len(bare) >= LEAST else ""
