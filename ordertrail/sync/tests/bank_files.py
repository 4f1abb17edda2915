"""Small statements as banks write them: made for the tests, of the company's account 6222021001001122334."""

from __future__ import annotations

ACCOUNT = "6222021001001122334"

CHINA = """账号：6222 0210 0100 1122 334,币种：人民币,,,,,
交易日期,借方发生额(支取),贷方发生额（收入）,余额,对方户名,摘要,交易流水号
20260915,,"1,000.00","5,000.00",远帆船舶,货款 INV-2609-0001,F001
2026-09-16,88.00,,"4,912.00",国网电力,电费,F002
2026/9/16 10:02:03,-,130.00,"5,042.00",远帆船舶,,F003
合计,88.00,"1,130.00",,,,
""".encode("gb18030")

PLAIN = """日期,交易金额,借贷标志,对方名称,附言
2026-09-14,50.00,贷,散客,现金
2026-09-14,50.00,贷,散客,现金
2026-09-15,20.00,借,顺丰,运费
""".encode()

OFX = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
ENCODING:USASCII
CHARSET:936

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>CNY
<BANKACCTFROM><BANKID>102<ACCTID>6222-0210-0100-1122-334<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260901<DTEND>20260916
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260915120000[+8:CST]<TRNAMT>904.00<FITID>T-1<NAME>远帆船舶用品有限公司<MEMO>A &amp; B</STMTTRN>
<STMTTRN>
<TRNTYPE>DEBIT
<DTPOSTED>20260916
<TRNAMT>-12,50
<FITID>T-2
<NAME>手续费
</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>5000<DTASOF>20260916</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
""".encode("gb18030")

CAMT = b"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt>
<Id>S1</Id><Acct><Id><IBAN>NO93 8601 1117 947</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1220.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="EUR">1130.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-09-15</Dt></BookgDt>
<AcctSvcrRef>R1</AcctSvcrRef><NtryDtls>
<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy="EUR">904.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<RltdPties><Dbtr><Pty><Nm>Nordlys Marine AS</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>INV-2609-0001</Ustrd></RmtInf></TxDtls>
<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy="EUR">226.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<RltdPties><Dbtr><Nm>Havn AS</Nm></Dbtr></RltdPties></TxDtls>
</NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">10.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><DtTm>2026-09-16T08:00:00</DtTm></BookgDt>
<AddtlNtryInf>Fee</AddtlNtryInf></Ntry>
<Ntry><Amt Ccy="EUR">7.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts></Ntry>
</Stmt></BkToCstmrStmt></Document>
"""
