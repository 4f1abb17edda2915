"""The currencies that there are (ISO 4217): what is typed must be one of them."""

from __future__ import annotations

_ALL = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT
MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES
VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
CODES = frozenset(_ALL.split())
_SPOKEN = {"RMB": "CNY", "NTD": "TWD", "YUAN": "CNY", "¥": "CNY", "$": "USD", "€": "EUR", "£": "GBP"}


def meant_by(text: str) -> str:
    """The code that somebody who wrote ``text`` most likely meant; "" where nothing comes to mind.

    >>> meant_by("RMB"), meant_by("cny"), meant_by("abc")
    ('CNY', 'CNY', '')
    """
    upper = text.strip().upper()
    return upper if upper in CODES else _SPOKEN.get(upper, "")
