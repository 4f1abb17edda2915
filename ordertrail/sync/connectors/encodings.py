"""In which encoding a text file is: by its mark, else strictly UTF-8, else strictly GB18030, else a person is asked.

Nothing is decided by likelihood. But what is strictly GB18030 may be strictly Big5, Shift-JIS or Latin as well; where
such a reading is possible and the GB18030 one looks odd, a person is asked too, and sees what each encoding makes of
the file.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO

from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused
from ordertrail.sync.values import show

CANDIDATES = ("utf-8", "gb18030", "big5hkscs", "shift_jis", "euc_kr", "cp1252", "utf-16-le", "utf-16-be")
"""What a person may choose from."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_PIECE = 1 << 20
_RIVALS = ("big5hkscs", "shift_jis", "euc_kr", "cp1252")

Pieces = Callable[[], Iterator[bytes]]
"""The bytes of a file in pieces, as often as they are asked for."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """How a file's bytes become text: the encoding, the length of its mark, and whether single lines are in another
    one.
    """

    encoding: str
    mark: int = 0
    mixed: bool = False


def pieces_of(body: bytes) -> Pieces:
    """``body`` in pieces of a megabyte."""
    return lambda: (body[at : at + _PIECE] for at in range(0, len(body), _PIECE))


def decide(pieces: Pieces, said: str = "") -> Decoding:
    """The decoding of a file, by the source's setting ``said`` or by the ladder.

    Refused: "encoding_wrong" when the file is not in the encoding that was said, "encoding_unknown" when a person must
    choose.
    """
    start = next(pieces(), b"")
    for mark, encoding in _MARKS:
        if start.startswith(mark) and said.lower().replace("_", "-") in ("", encoding, encoding[:6], "utf-8-sig"):
            return Decoding(encoding, len(mark))
    if said:
        return _as_said(pieces, said)
    if _looks_wide(start):
        raise _unknown(start, ("utf-16-le", "utf-16-be"))
    if strictly(pieces, "utf-8"):
        return Decoding("utf-8")
    main = _mixed(pieces)
    if main:
        return Decoding(main, mixed=True)
    if not strictly(pieces, "gb18030"):
        raise _unknown(start, _RIVALS)
    rivals = tuple(rival for rival in _RIVALS if strictly(pieces, rival))
    if rivals and _odd_chinese(start):
        raise _unknown(start, ("gb18030", *rivals))
    return Decoding("gb18030")


def _as_said(pieces: Pieces, said: str) -> Decoding:
    try:
        codecs.lookup(said)
    except LookupError:
        raise Refused("encoding_wrong", _("There is no encoding called “%(name)s”.") % {"name": show(said)}) from None
    if not strictly(pieces, said):
        raise Refused(
            "encoding_wrong",
            _("The file is not in the encoding that is set for this source, %(name)s. Change the setting, or the file.")
            % {"name": said},
        )
    return Decoding(said)


def strictly(pieces: Pieces, encoding: str) -> bool:
    """Whether every byte of the file is right in ``encoding``."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for piece in pieces():
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _looks_wide(start: bytes) -> bool:
    """Whether every second byte is mostly zero: UTF-16 without its mark."""
    sample = start[:4000]
    half = len(sample) // 2
    return half >= 4 and max(sample[0::2].count(0), sample[1::2].count(0)) > half * 0.4


def _unknown(start: bytes, candidates: tuple[str, ...]) -> Refused:
    """The refusal that asks a person, with what each possible encoding makes of the first lines that are not plain."""
    errors = [
        {"path": "encoding", "code": encoding, "detail": sample}
        for encoding in candidates
        if (sample := sample_in(start, encoding)) is not None
    ]
    return Refused(
        "encoding_unknown",
        _(
            "The file does not say in which encoding it is, and several are possible: %(names)s. Choose the one "
            "that reads well."
        )
        % {"names": ", ".join(error["code"] for error in errors)},
        errors,
    )


def sample_in(start: bytes, encoding: str) -> str | None:
    """The first lines of ``start`` with signs beyond ASCII, read in ``encoding``; None when they cannot be."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        text = decoder.decode(start[:100_000])
    except UnicodeDecodeError:
        return None
    lines = [line for line in text.splitlines() if not line.isascii()] or text.splitlines()
    return "\n".join(show(line, 120) for line in lines[:5])


def _plain_chinese(text: str) -> bool:
    """Whether all signs beyond ASCII are Chinese, Japanese or full-width: what a line of UTF-8 in a Chinese file looks
    like.
    """
    return all(sign < "\x80" or "\u2e80" <= sign <= "\u9fff" or "\uff00" <= sign <= "\uffee" for sign in text)


def _line_kind(line: bytes) -> str:
    """What one line is: "utf-8", "gb18030", "" (plain, or either), "?" (neither)."""
    if line.isascii():
        return ""
    try:
        return "utf-8" if _plain_chinese(line.decode()) else ""
    except UnicodeDecodeError:
        pass
    try:
        line.decode("gb18030")
    except UnicodeDecodeError:
        return "?"
    return "gb18030"


def _mixed(pieces: Pieces) -> str:
    """The encoding of most lines when some lines are surely UTF-8 and others surely not; "" when the file is of one
    kind.
    """
    count = {"utf-8": 0, "gb18030": 0, "": 0, "?": 0}
    rest = b""
    for piece in chain(pieces(), (b"\n",)):
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            count[_line_kind(line)] += 1
    if not count["utf-8"] or not count["gb18030"] + count["?"]:
        return ""
    return "utf-8" if count["utf-8"] >= count["gb18030"] else "gb18030"


def lines(opened: IO[bytes], decoding: Decoding) -> Generator[str, None, None]:
    """The lines of a file as text, whatever ends them; bytes that are not in the encoding become lone surrogates."""
    opened.seek(decoding.mark)
    if decoding.mixed:
        for raw in opened:
            kind = _line_kind(raw)
            right = kind in ("", decoding.encoding)
            yield raw.decode(decoding.encoding if right else "ascii", "surrogateescape").replace("\r\n", "\n")
        return
    text = io.TextIOWrapper(opened, decoding.encoding, errors="surrogateescape", newline=None)
    try:
        yield from iter(text.readline, "")  # not over `text` itself, which would be closed with the generator
    finally:
        text.detach()


def _odd_chinese(start: bytes) -> bool:
    """Whether the start of the file, read as GB18030, looks like another encoding misread."""
    text = codecs.getincrementaldecoder("gb18030")("ignore").decode(start)
    signs = {sign for sign in text if sign >= "\x80"}
    chinese = {sign for sign in signs if "\u4e00" <= sign <= "\u9fff"}
    odd = {sign for sign in signs if "\ue000" <= sign <= "\uf8ff" or "\u0370" <= sign <= "\u04ff"}
    rare = {sign for sign in chinese if not _in_gb2312(sign)}
    if odd or len(rare) * 4 > len(chinese):
        return True
    return len(chinese & COMMON) * 5 < len(chinese) * 2


def _in_gb2312(sign: str) -> bool:
    """Whether ``sign`` is one of the 6,763 of the standard of 1980: nearly all that mainland companies write."""
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


COMMON = frozenset(
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没"
    "日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美"
    "点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关"
    "并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更"
    "反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃"
    "义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求"
    "品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火"
    "际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴算号银行订单客户编号数量价格金额日期有限公司股份"
    "集团贸易科技实业电子机械制造厂店铺商城发货收件地址电话备注付款状态规格型产品名称合计税率灯具仓库物流快递省县镇村街道楼室号"
    "先生女士经理张王李赵陈刘杨黄周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪"
    "戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚汤陶黎温莫易樊乔文安殷颜庄章鲁倪庞邢"
    "俞翟蓝聂齐向申葛柴伍覃骆关焦柳欧祝纪尚毕耿芦左季管符辛苗詹曲欧阳靳祁路涂兰甘裴梅童翁霍游阮尤岳柯牟滕谷舒卜成饶宁凌盛查单冉鲍"
    "华强伟芳娜秀英敏静丽艳杰娟涛超霞平刚桂兰玲燕鹏飞宇轩浩然梓涵欣怡佳雨泽晨思博文俊凯琳雪梦洁婷慧颖磊鑫志勇军民建国庆"
    "闫薛覃嘉懿煜烨霖萱琪智宸昊豪正鹤熙俊城远杉珊珍莉萍红霞燕辉斌峰亮坤彬帆航翔锋锐诚信达利丰源泰恒盛隆兴顺通汇鸿鼎瑞祥福禄寿喜"
    "五金照明灯饰家具建材纺织进出口服饰汽车配件化工医疗器械塑胶橡胶包装印刷食品饮料茶叶酒水母婴玩具文体运动户外宠物美妆日用百货"
    "上海北京广州深圳杭州宁波苏州天津重庆武汉成都南京西安沈阳大连青岛济南郑州长沙福厦门昆明合肥无锡东莞佛山温港澳台湾船舶用"
)
"""Signs that any Chinese file of orders has many of: the most frequent ones, words of trade, family and given names,
cities.
"""
