"""Document numbers as people and systems write them, brought to one key for finding and matching."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SIGNS = re.compile(r"[\W_]+")
_ASCII_SIGNS = {code: None for code in range(128) if not chr(code).isalnum()}


@lru_cache(maxsize=200_000)
def number_key(text: str) -> str:
    """The key under which a number is found: full-width signs folded, upper case, letters and digits only.

    Leading zeros stay: "00123" and "123" may be two documents.

    >>> number_key(" so－2609_0012 "), number_key("ＳＯ2609/0012"), number_key("--")
    ('SO26090012', 'SO26090012', '')
    """
    if text.isascii():  # nearly all are, and need no Unicode tables
        return text.translate(_ASCII_SIGNS).upper()
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text)).upper()


@lru_cache(maxsize=100_000)
def name_key(text: str) -> str:
    """The key under which a customer's name is matched: as ``number_key``, without brackets' content and legal form.

    >>> name_key("远帆船舶用品有限公司"), name_key("远帆船舶用品（宁波）"), name_key("Nordlys Marine AS")
    ('远帆船舶用品', '远帆船舶用品', 'NORDLYSMARINE')
    """
    bare = re.sub(r"\(.*?\)", " ", unicodedata.normalize("NFKC", text)).upper()
    words = [
        re.sub(r"^(CO|LTD|LLC|INC|GMBH|AS|AG|LIMITED|COMPANY|CORP)\.?$", "", word) for word in re.split(r"[\s,]+", bare)
    ]
    return _SIGNS.sub("", re.sub(r"(股份|有限|责任|責任|公司|集团|集團)", "", " ".join(words)))
