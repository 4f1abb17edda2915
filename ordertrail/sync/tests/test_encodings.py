"""Encodings: 600 files of orders with few Chinese words. What can be told is right, all else is asked, nothing is silently wrong."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from ordertrail.lib.refused import Refused
from ordertrail.sync.connectors.encodings import decide, pieces_of

FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂建国志文博宇轩浩子涵欣怡梓佳雪婷思俊嘉晨"
TRADES = [
    "船舶用品有限公司",
    "贸易",
    "电子科技",
    "照明",
    "机械制造",
    "国际物流",
    "五金",
    "食品",
    "服饰",
    "化工",
    "建材",
]
CITIES = ["上海", "宁波", "深圳", "义乌", "东莞", "佛山", "苏州", "温州", "杭州", "郑州", "沈阳", "哈尔滨"]
TAIWAN = [
    "台北志明國際貿易",
    "高雄家豪電子股份有限公司",
    "陳怡君",
    "臺中建宏實業",
    "新竹雅婷資訊科技",
    "張淑芬",
    "蔡承恩",
]
JAPAN = ["カタカナ商事", "株式会社山田", "東京物産", "さくら電機", "大阪貿易", "日本海運株式会社"]


def mainland(chance: random.Random) -> str:
    """A person or a company as mainland systems write them."""
    if chance.random() < 0.4:
        return chance.choice(FAMILY) + "".join(chance.sample(GIVEN, chance.choice([1, 2])))
    return chance.choice(CITIES) + chance.choice(GIVEN) + chance.choice(GIVEN) + chance.choice(TRADES)


def sheet(name: Callable[[random.Random], str], encoding: str, number: int) -> bytes:
    """Twenty orders, of which 1 to 20 have a name beyond ASCII."""
    chance = random.Random(number)
    few = chance.choice([1, 2, 3, 10, 20])
    rows = [f"SO-{at},2026-11-{at + 1:02},{name(chance) if at < few else 'Ada'},{at}" for at in range(20)]
    return ("order,date,customer,qty\n" + "\n".join(rows) + "\n").encode(encoding)


def told(body: bytes) -> str:
    """The encoding that the ladder finds, "asked" where a person has to choose."""
    try:
        return decide(pieces_of(body)).encoding
    except Refused as refused:
        samples = [error["detail"] for error in refused.errors]
        return "asked" if refused.code == "encoding_unknown" and all(samples) else refused.code


@pytest.mark.parametrize(
    ("name", "encoding", "found"),
    [
        (mainland, "gbk", "gb18030"),
        (lambda chance: mainland(chance) + "𠮷", "gb18030", "gb18030"),
        (mainland, "utf-8", "utf-8"),
        (mainland, "utf-8-sig", "utf-8"),
        (mainland, "utf-16", "utf-16-le"),
        (mainland, "utf-16-le", "asked"),
        (lambda chance: chance.choice(TAIWAN), "big5", "asked"),
        (lambda chance: chance.choice(JAPAN), "shift_jis", "asked"),
        (lambda chance: chance.choice(["Müller GmbH", "Café Paris", "Señor Núñez"]), "cp1252", "asked"),
    ],
)
def test_a_hundred_files_in_one_encoding(name: Callable[[random.Random], str], encoding: str, found: str) -> None:
    assert {told(sheet(name, encoding, number)) for number in range(100)} == {found}


def test_the_question_shows_what_each_encoding_makes_of_the_file() -> None:
    with pytest.raises(Refused) as refused:
        decide(pieces_of("order,customer\n1,遠航國際\n".encode("big5")))
    shown = {error["code"]: error["detail"] for error in refused.value.errors}
    assert shown["big5hkscs"] == "1,遠航國際"
    assert shown["gb18030"] != shown["big5hkscs"]


def test_a_set_encoding_that_is_wrong_is_said_not_guessed_round() -> None:
    with pytest.raises(Refused, match="not in the encoding that is set") as refused:
        decide(pieces_of("1,遠航國際\n".encode("big5")), "utf-8")
    assert refused.value.code == "encoding_wrong"
