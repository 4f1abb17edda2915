"""What Harbour Light Trading sells: lamps and what belongs to them, some from its own workshop."""

from __future__ import annotations

from decimal import Decimal

from ordertrail.demo.truth import Product

# sku, 简体, English, unit, category, price, cost, pieces a carton, how it comes: b bought, m made, c made to measure
_LIST = """
HL-BL24|LED 防水舱灯 24W|LED bulkhead lamp 24 W|件|舱室照明|100.00|66.00|12|m
HL-BL12|LED 防水舱灯 12W|LED bulkhead lamp 12 W|件|舱室照明|68.00|43.50|24|b
HL-BL36|LED 防水舱灯 36W|LED bulkhead lamp 36 W|件|舱室照明|142.00|94.00|12|b
HL-CL18|LED 舱顶灯 18W|LED ceiling lamp 18 W|件|舱室照明|86.00|57.20|20|b
HL-BT08|床头阅读灯|Berth reading lamp|件|舱室照明|45.00|27.80|30|b
HL-MR15|镜前灯 防潮|Mirror lamp, damp-proof|件|舱室照明|76.00|50.10|20|b
HL-NL02|航行信号灯|Navigation light|件|航行灯|120.00|79.20|6|m
HL-NL05|左舷灯 红|Port light, red|件|航行灯|118.00|77.00|6|m
HL-NL06|右舷灯 绿|Starboard light, green|件|航行灯|118.00|77.00|6|m
HL-NL07|桅灯 白 225°|Masthead light, white 225°|件|航行灯|156.00|101.00|6|m
HL-NL08|尾灯 白 135°|Stern light, white 135°|件|航行灯|132.00|86.50|6|m
HL-NL11|环照灯 双色|All-round light, two colours|件|航行灯|198.00|131.00|6|b
HL-FD50|甲板投光灯 50W|Deck floodlight 50 W|件|甲板照明|186.00|138.00|8|b
HL-FD100|甲板投光灯 100W|Deck floodlight 100 W|件|甲板照明|310.00|235.60|4|b
HL-FD200|甲板投光灯 200W|Deck floodlight 200 W|件|甲板照明|560.00|428.00|2|b
HL-SL300|搜索灯 300W|Search light 300 W|件|甲板照明|1180.00|886.00|1|m
HL-ML60|码头高杆灯 60W|Quay mast lamp 60 W|件|港区照明|420.00|318.00|4|b
HL-ML120|码头高杆灯 120W|Quay mast lamp 120 W|件|港区照明|690.00|531.00|2|b
HL-HB150|工矿灯 150W|High-bay lamp 150 W|件|港区照明|365.00|272.00|4|b
HL-EX20|防爆灯 20W|Explosion-proof lamp 20 W|件|港区照明|528.00|401.00|4|m
HL-EP48|应急照明电源|Emergency power pack|件|电源控制|468.00|384.00|4|m
HL-EP24|应急照明电源 24V|Emergency power pack 24 V|件|电源控制|336.00|271.00|6|m
HL-DR60|LED 驱动电源 60W|LED driver 60 W|件|电源控制|58.00|37.40|40|b
HL-DR150|LED 驱动电源 150W|LED driver 150 W|件|电源控制|126.00|84.00|20|b
HL-DM10|调光控制器|Dimming controller|件|电源控制|245.00|161.00|10|m
HL-CB-C|定制控制箱|Custom control box|件|定制产品|1280.00|1062.40|1|c
HL-CB-L|定制配电箱 大|Custom distribution box, large|件|定制产品|2960.00|2410.00|1|c
HL-LS-C|定制灯光系统|Custom lighting system|套|定制产品|8600.00|6650.00|1|c
HL-CA|线缆与附件|Cables and fittings|米|附件|12.50|7.75|500|b
HL-CG16|电缆填料函 M16|Cable gland M16|件|附件|6.80|3.60|500|b
HL-CG25|电缆填料函 M25|Cable gland M25|件|附件|9.60|5.40|300|b
HL-JB04|接线盒 四通|Junction box, four-way|件|附件|28.00|17.50|60|b
HL-BR01|不锈钢支架|Stainless bracket|件|附件|36.50|22.80|50|b
HL-TP5|LED 灯带 5 米|LED strip, 5 m|卷|装饰照明|88.00|54.00|40|b
HL-TP20|LED 灯带 20 米|LED strip, 20 m|卷|装饰照明|312.00|196.00|10|b
HL-DL09|酒店筒灯 9W|Hotel downlight 9 W|件|装饰照明|32.00|19.80|50|b
HL-WL06|壁灯 6W|Wall lamp 6 W|件|装饰照明|54.00|33.60|30|b
HL-GL30|庭院灯 30W|Garden lamp 30 W|件|装饰照明|268.00|187.00|4|b
HL-UW18|水下灯 18W|Underwater lamp 18 W|件|装饰照明|228.00|149.00|8|m
HL-FI10|集鱼灯 1000W|Fishing lamp 1000 W|件|渔业照明|348.00|259.00|4|b
"""


def _product(line: str) -> Product:
    sku, zh, en, unit, category, price, cost, pack, how = line.split("|")
    made = how != "b"
    return Product(sku, zh, en, unit, category, Decimal(price), Decimal(cost), int(pack), made, how == "c")


PRODUCTS = [_product(line) for line in _LIST.strip().splitlines()]
"""Everything that is sold."""
