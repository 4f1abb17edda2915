"""Which script a Chinese text is written in: a list of common signs that differ, and the question whether one slipped in."""

from __future__ import annotations

PAIRS = (
    "单單订訂发發货貨开開库庫仓倉产產业業务務账帳号號电電邮郵网網络絡连連线線结結构構权權标標签籤档檔图圖报報领領处處备備储儲"
    "传傳让讓谁誰为為两兩严嚴习習书書乱亂争爭这這个個们們来來对對时時说說请請过過还還进進远遠应應变變现現问問题題门門间間关關闭閉"
    "数數据據项項额額类類编編码碼输輸错錯误誤页頁显顯设設计計记記录錄语語话話调調买買卖賣价價钱錢销銷锁鎖税稅种種"
    "经經济濟统統计計级級组組细細终終给給维維续續总總综綜缺缺约約红紅纪紀纯純纸紙绍紹织織绝絕练練"
    "读讀写寫讲講证證评評识識译譯试試该該详詳诚誠询詢诉訴词詞诊診谈談谢謝课課谓謂谱譜资資责責质質购購贸貿费費贴貼贵貴"
    "贷貸负負财財败敗贡貢贯貫员員车車轮輪转轉软軟轻輕较較载載输輸达達迁遷运運适適选選逻邏遗遺释釋针針钟鐘钢鋼"
    "铁鐵链鏈锐銳键鍵长長闻聞阅閱队隊阶階际際陆陸险險随隨隐隱难難页頁顺順须須预預领領频頻题題颜顏风風飞飛饭飯馆館马馬驱驅验驗"
    "鱼魚鸟鳥龙龍齐齊齿齒点點热熱爱愛态態怀懷恋戀恶惡惊驚愿願战戰户戶扩擴扫掃护護担擔拟擬择擇挡擋损損换換搜搜摆擺"
    "断斷无無旧舊显顯晓曉暂暫术術机機杂雜条條极極枪槍检檢楼樓样樣档檔桥橋梦夢欢歡残殘毕畢汇匯汉漢沟溝没沒泪淚洁潔浅淺测測济濟浏瀏"
    "涌湧润潤涨漲渐漸湾灣满滿滞滯滤濾灭滅灯燈灵靈炼煉烦煩烧燒状狀独獨狭狹环環画畫疗療监監盖蓋盘盤矿礦码碼础礎确確"
    "离離稳穩窗窗竞競笔筆简簡签簽篮籃类類粮糧紧緊罗羅罚罰义義职職联聯肃肅胜勝脑腦节節范範荐薦药藥获獲营營虑慮虽雖"
    "蓝藍补補装裝见見观觀规規视視览覽觉覺触觸誉譽认認讨討训訓议議许許论論设設访訪评評"
    "与與专專东東丝絲丢丟临臨举舉么麼义義乐樂亏虧亚亞产產亲親仅僅从從仑侖价價众眾优優会會伟偉伪偽传傳伤傷体體侧側"
    "偿償儿兒党黨兰蘭兴興养養内內冲沖决決况況净淨准準减減凑湊几幾凤鳳击擊则則刚剛创創删刪别別制製剂劑剧劇剩剩办辦动動劳勞"
    "势勢区區医醫协協单單卖賣卫衛厂廠历歷压壓县縣参參双雙叹嘆听聽启啟吗嗎员員响響"
    "围圍国國圆圓场場坏壞块塊坚堅坛壇垒壘声聲壳殼够夠头頭夹夾奋奮奖獎妇婦娱娛学學宁寧宝寶实實审審宽寬"
    "宾賓寻尋导導将將尔爾尘塵尝嘗尽盡层層属屬岁歲岛島币幣师師带帶帮幫干幹并並广廣庆慶床床废廢异異弃棄张張弯彎弹彈强強归歸当當彻徹"
)
"""Simplified and traditional side by side; pairs of one sign are sifted out below."""
BOTH = frozenset("制准干")
"""Signs of the first column that are right in 繁體 too, where they mean something else than the sign beside them."""

_PAIRS = [(PAIRS[at], PAIRS[at + 1]) for at in range(0, len(PAIRS), 2)]
SIMPLIFIED = frozenset(simple for simple, full in _PAIRS if simple != full) - BOTH
TRADITIONAL = frozenset(full for simple, full in _PAIRS if simple != full) - BOTH - SIMPLIFIED


def wrong_signs(text: str, language: str) -> str:
    """The signs of ``text`` that belong to the other script than ``language`` (``zh_Hans``, ``zh_Hant``).

    >>> wrong_signs("訂单", "zh_Hant"), wrong_signs("订單", "zh_Hans"), wrong_signs("订单", "zh_Hans")
    ('单', '單', '')
    """
    foreign = TRADITIONAL if language == "zh_Hans" else SIMPLIFIED
    return "".join(dict.fromkeys(sign for sign in text if sign in foreign))
