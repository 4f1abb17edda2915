"""Who buys from Harbour Light Trading, and under which name each system knows them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from ordertrail.demo.truth import VAT, Customer, Habits

# 简体, English, official name, city, salesperson, how often they order
_KNOWN = """
远帆船舶用品|Sailfar Marine Supplies|远帆船舶用品有限公司|宁波|Anna|9
海悦酒店工程|Haiyue Hotel Projects|海悦酒店工程有限公司|厦门|Mei|6
新港机电|New Harbour M&E|新港机电有限公司|宁波|Anna|7
东澳渔业设备|Dong’ao Fishery Equipment|东澳渔业设备有限公司|珠海|Mei|5
北仑码头服务|Beilun Terminal Services|北仑码头服务有限公司|宁波|Anna|8
华岸照明|Coastline Lighting|华岸照明股份有限公司|上海|Tao|7
启明船厂|Qiming Shipyard|启明船厂有限公司|宁波|Anna|8
澄海灯饰批发|Chenghai Lighting Wholesale|汕头市澄海灯饰批发有限公司|汕头|Tao|9
蓝湾游艇会|Blue Bay Yacht Club|蓝湾游艇会（三亚）有限公司|三亚|Mei|3
Nordlys Marine AS|Nordlys Marine AS|Nordlys Marine AS|Bergen|Anna|4
港埔物流园|Kongpo Logistics Park|港埔物流园管理有限公司|广州|Tao|3
三沙海事工程|Sansha Marine Engineering|三沙海事工程有限公司|海口|Mei|4
新港机电（深圳）|New Harbour M&E Shenzhen|新港机电（深圳）有限公司|深圳|Tao|3
"""

WORDS = """
海星 Seastar,远洋 Oceanway,金港 Goldport,蓝鲸 Bluewhale,顺航 Shunhang,东方 Orient,明珠 Pearl,海川 Haichuan,长风 Longwind,
恒通 Hengtong,宏达 Hongda,天舟 Skyboat,锦帆 Jinfan,浪花 Spindrift,北斗 Beidou,碧海 Bihai,安澜 Anlan,瑞丰 Ruifeng,
华盛 Huasheng,鑫源 Xinyuan,泰和 Taihe,鹏程 Pengcheng,银河 Galaxy,晨光 Dawnlight,丰泽 Fengze,联合 United,中南 Zhongnan,
新锐 Newedge
"""
TRADES = """
船舶服务 Marine Services,船舶工程 Marine Engineering,灯饰 Lighting,机电设备 Equipment,港务 Port Operations,
酒店管理 Hotels,渔业 Fisheries,游艇 Yachts,工程建设 Construction,电器 Electric,海工装备 Offshore,照明工程 Lighting Projects
"""
CITIES = (
    "宁波",
    "上海",
    "舟山",
    "青岛",
    "大连",
    "厦门",
    "广州",
    "深圳",
    "福州",
    "温州",
    "台州",
    "天津",
    "烟台",
    "珠海",
    "海口",
)
ROADS = ("港区大道", "船厂路", "滨海路", "海工路", "人民东路", "建设路", "长江路", "工业三路")
SALES = ("Anna", "Anna", "Mei", "Tao")

MADE_UP = 112
"""How many customers there are beside the known ones."""

NO_RULE = {
    20: "J&L Boats (old contact of Anna)",
    33: "Mr Zhou, pier 4",
    47: "CRM-IMPORT-0047",
    58: "Trade fair Shanghai 2025",
    71: "HX-Group south",
    86: "Lamp shop by the ferry",
}
"""Customers by number whose account in the CRM bears a name, and no tax number, that no rule can match."""

STRANGE_PAYERS = {25: "王海平", 39: "林素珍", 52: "中联资金结算中心", 64: "HK WELLWAY TRADING LTD", 90: "张志强"}
"""Customers by number whose bills somebody else pays, under a name that no rule can match."""

CRM_TWINS = (4, 11, 29, 44, 63, 95)
"""Customers by number that were typed into the CRM twice."""

OMS_TWINS = (17, 81)
"""Customers by number that were typed into the OMS twice."""

NAMESAKES = (3, 13)
"""Two companies whose names a rule takes for one; their tax numbers differ."""


@dataclass(frozen=True, slots=True)
class _Name:
    zh: str
    en: str
    official: str
    city: str
    salesperson: str
    weight: int


def _known() -> list[_Name]:
    rows = (line.split("|") for line in _KNOWN.strip().splitlines())
    return [_Name(zh, en, official, city, person, int(weight)) for zh, en, official, city, person, weight in rows]


def _pairs(text: str) -> list[tuple[str, str]]:
    found = (entry.strip().partition(" ") for entry in text.replace("\n", "").split(","))
    return [(zh, en) for zh, _, en in found]


def _made_up(rng: Random) -> list[_Name]:
    """Names drawn without repetition; one in three official names carries the city, as the register has them."""
    choices = [(word, trade) for word in _pairs(WORDS) for trade in _pairs(TRADES)]
    names = []
    for word, trade in rng.sample(choices, MADE_UP):
        city = rng.choice(CITIES)
        zh = word[0] + trade[0]
        official = f"{city}{zh}有限公司" if rng.random() < 0.35 else f"{zh}有限公司"
        names.append(
            _Name(zh, f"{word[1]} {trade[1]}", official, city, rng.choice(SALES), rng.choice((1, 1, 2, 2, 3, 5)))
        )
    return names


def _habits(rng: Random, name: _Name, address: str) -> Habits:
    often = name.weight >= 4
    return Habits(
        weight=name.weight,
        price_factor=Decimal(rng.randint(92, 104)) / 100,
        other_address=address if rng.random() < 0.1 else "",
        ships_weekly=often and rng.random() < 0.5,
        bills_monthly=often and rng.random() < 0.45,
        pays=rng.choices(("exact", "batch", "round"), (6, 3, 2) if often else (9, 1, 1))[0],
        late_days=rng.choice((-3.0, -1.0, 0.0, 1.0, 2.0, 5.0, 9.0)),
    )


def _tax_number(no: int, rng: Random) -> str:
    """A number that looks like a unified social credit code; it belongs to nobody, its region is not in use."""
    return f"91990{no:03d}MA{rng.randrange(10**8):08d}"


def _crm_name(name: _Name, tax_number: str, rng: Random) -> tuple[str, str]:
    """The name and tax number in the CRM: people there write as they please, an English name always with the number."""
    style = rng.random()
    if style < 0.15:
        return name.en, tax_number
    return (name.official if style < 0.4 else name.zh), tax_number if rng.random() < 0.8 else ""


def _customer(no: int, name: _Name, rng: Random) -> Customer:
    tax_number = _tax_number(no, rng)
    erp_code = f"C{no:04d}"
    address, other = (f"{name.city}市{rng.choice(ROADS)} {rng.randint(1, 899)} 号" for _ in range(2))
    crm_name, crm_tax = _crm_name(name, tax_number, rng)
    typed = name.official != f"{name.zh}有限公司" or rng.random() < 0.85
    if no in (*CRM_TWINS, *OMS_TWINS, *NAMESAKES):  # only the number tells which one is meant
        crm_tax, typed = tax_number, True
    abroad = name.city == "Bergen"
    return Customer(
        no=no,
        zh=name.zh,
        en=name.en,
        official=name.official,
        erp_code=erp_code,
        tax_number="" if abroad else tax_number,
        city=name.city,
        address="Strandkaien 4, Bergen" if abroad else address,
        phone=f"0{rng.randint(20, 899)}-{rng.randint(2000, 8999)} {rng.randint(1000, 9999)}",
        salesperson=name.salesperson,
        bank_name=STRANGE_PAYERS.get(no, name.official),
        crm_name=NO_RULE.get(no, crm_name),
        crm_tax_number="" if no in NO_RULE or abroad else crm_tax,
        oms_erp_code=erp_code if typed else "",
        tax_rate=Decimal(0) if abroad else VAT,
        terms_days=rng.choice((15, 30, 30, 30, 45, 60)),
        habits=_habits(rng, name, other),
        crm_twin=f"{name.zh}（旧）" if no in CRM_TWINS else "",
        oms_twin=f"{name.zh}公司" if no in OMS_TWINS else "",
    )


def customers(rng: Random) -> list[Customer]:
    """All customers, numbered from 1; the same for the same random numbers."""
    return [_customer(no, name, rng) for no, name in enumerate(_known() + _made_up(rng), 1)]
