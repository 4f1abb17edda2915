"""Cells of a source turned into texts, numbers, days and instants; what could mean two things is refused, never
guessed.

Each ``…_reader`` takes what the source's settings say and gives a function from a cell to a value; the function raises
``Bad``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.translation import gettext as _

from ordertrail.sync.connectors.base import Value

Noting = Callable[[str, str], None]
"""Called with a code and a sentence when a value was put right on the way."""

ERROR_CELLS = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
NO_FORMULA_VALUE = "#FORMULA!"
"""What our spreadsheet reader writes for a formula that was saved without its value."""

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xFFE5: 0xA5}
_INVISIBLE = dict.fromkeys(
    [0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_LOST = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+\d+")
_MONEY_SIGNS = re.compile(
    r"^(?:CNY|RMB|USD|EUR|HKD|TWD|JPY|GBP|US\$|HK\$|NT\$|[¥$€£￥])\s*|\s*(?:CNY|RMB|USD|EUR|HKD|TWD|JPY|GBP|[¥$€£元圆圓])$"
)
_REMEMBERED = 5_000
_LARGEST = 11  # |number| < 10^12: what the store's integers hold with six decimals


class Bad(Exception):
    """One cell cannot be read: a stable ``code`` and a sentence with the way out."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Reading:
    """How one source writes things, where its cells alone do not tell. "" and 0 mean: not said.

    ``decimal`` is "." or ","; ``date_order`` "dmy", "mdy" or "ymd"; two-digit years below ``year_pivot`` are 20xx;
    ``era`` "minguo" reads years of the Republic; ``excel_1904`` counts day numbers from 1904; ``empty`` are texts that
    mean "not said".
    """

    decimal: str = ""
    dates: tuple[str, ...] = ()
    date_order: str = ""
    year_pivot: int = 70
    era: str = ""
    excel_1904: bool = False
    empty: tuple[str, ...] = ()


def tidy(text: str) -> str:
    """``text`` without invisible signs and outer blanks; Bad("bad_character") for NUL and halves of characters."""
    text = text.translate(_INVISIBLE).strip()
    if "\0" in text:
        raise Bad("bad_character", _("“%(text)s” holds a NUL sign; mend it in the source.") % {"text": show(text)})
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Bad(
            "bad_character", _("“%(text)s” holds half a character; mend it in the source.") % {"text": show(text)}
        ) from None
    return text


def show(value: object, longest: int = 60) -> str:
    """``value`` as a sentence may quote it: short, and with every unprintable sign escaped."""
    text = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in str(value))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def remembered(read: Callable[[Value], str]) -> Callable[[Value], str]:
    """``read`` with a memory for texts: most columns repeat their words. Only for readers that note nothing."""
    known: dict[str, str] = {}

    def look_up(value: Value) -> str:
        if type(value) is not str:
            return read(value)
        found = known.get(value)
        if found is None:
            if len(known) >= _REMEMBERED:
                known.clear()
            found = known[value] = read(value)
        return found

    return look_up


def read_text(value: Value) -> str:
    """Any cell as text, "" for none; Bad for spreadsheet errors."""
    if type(value) is str:
        text = value.strip() if value.isascii() and "\0" not in value else tidy(value)
        if text[:1] == "#":
            _refuse_error(text)
        return text
    if value is None:
        return ""
    return _plain(value)


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = format(value, "f") if value.is_finite() else str(value)
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, (date, datetime)):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)


def _refuse_error(text: str) -> None:
    if text == NO_FORMULA_VALUE:
        raise Bad(
            "formula_without_value",
            _(
                "The cell holds a formula whose result was not saved. Open the file in a spreadsheet program, "
                "save it, send it again."
            ),
        )
    if text in ERROR_CELLS:
        raise Bad(
            "error_cell",
            _("The cell shows %(text)s: its formula fails. Mend it and send the file again.") % {"text": text},
        )


def code_reader(note: Noting, digits: int = 0) -> Callable[[Value], str]:
    """Reads numbers of documents, SKUs and the like: full-width signs become plain, digits that a spreadsheet has lost
    are Bad.

    With ``digits`` a shorter whole number gets its leading zeros back, with a note.
    """

    def read_code(value: Value) -> str:
        if type(value) is int:
            text = str(value)
        elif type(value) is str and value.isascii():
            text = read_text(value)
            if "+" in text and _LOST.fullmatch(text):
                raise _digits_lost(text)
        elif isinstance(value, Decimal) and value.is_finite() and value.as_tuple().exponent > 0:  # type: ignore[operator]
            raise _digits_lost(str(value))
        else:
            text = read_text(value)
            if not text.isascii():
                plain = text.translate(_FULL_WIDTH).strip()
                if plain != text:
                    note(
                        "full_width", _("Full-width signs were read as plain ones: “%(text)s”.") % {"text": show(text)}
                    )
                    text = plain
        if digits and len(text) < digits and text.isdigit():
            note(
                "zeros_added",
                _("Leading zeros were put back to %(digits)s digits: “%(text)s”.") % {"digits": digits, "text": text},
            )
            text = text.zfill(digits)
        return text

    return read_code


def _digits_lost(text: str) -> Bad:
    return Bad(
        "digits_lost",
        _(
            "“%(text)s” is what a spreadsheet makes of a long number; its last digits are lost. Format the "
            "column as text and export again."
        )
        % {"text": text},
    )


def not_a_number(value: Value) -> Bad:
    """The refusal of a cell that should hold a number."""
    return Bad(
        "not_a_number",
        _("“%(text)s” is not a number. Mend it in the source, or list the text under “empty” if it means “not said”.")
        % {"text": show(value)},
    )


def _number_checker(places: int, note: Noting, scale: Decimal | None) -> Callable[[Decimal, Value], Decimal]:
    """Scales and rounds a number that was read; Bad when the store cannot hold it."""
    step = Decimal(1).scaleb(-places)

    def checked(number: Decimal, value: Value) -> Decimal:
        if not number.is_finite():
            raise not_a_number(value)
        if scale is not None:
            number *= scale
        if number.adjusted() > _LARGEST:
            raise Bad("number_too_large", _("%(text)s is larger than 10¹², more than fits.") % {"text": show(value)})
        if number.as_tuple().exponent < -places:  # type: ignore[operator]
            rounded = number.quantize(step, rounding=ROUND_HALF_UP)
            if rounded != number:
                note(
                    "rounded", _("Rounded to %(places)s decimals: %(text)s.") % {"places": places, "text": show(value)}
                )
            return rounded
        return number

    return checked


def number_reader(
    decimal: str, places: int, note: Noting, scale: Decimal | None = None
) -> Callable[[Value], Decimal | None]:
    """Reads numbers with the sign ``decimal`` ("" = not said) before the fraction, times ``scale``, to ``places``
    decimals.

    Rounding is half up and noted. Bad: "not_a_number", "ambiguous_number", "number_too_large".
    """
    checked = _number_checker(places, note, scale)
    exact = scale is None or -scale.as_tuple().exponent <= places  # type: ignore[operator]
    most = 10**_LARGEST if scale is None else int(10**_LARGEST / max(scale, Decimal(1)))

    def read_number(value: Value) -> Decimal | None:
        if type(value) is int and exact and -most < value < most:
            return Decimal(value) if scale is None else value * scale
        if type(value) is str:
            if not value:
                return None
            if decimal != "," and value.isascii() and "_" not in value:
                try:
                    return checked(Decimal(value), value)
                except InvalidOperation:
                    pass
            text = read_text(value)
            return checked(parse_number(text, decimal), value) if text else None
        if value is None:
            return None
        if type(value) is int:
            return checked(Decimal(value), value)
        if type(value) is Decimal:
            return checked(value, value)
        raise not_a_number(value)

    return read_number


def parse_number(text: str, decimal: str) -> Decimal:
    """The number that a person meant by ``text``: thousands signs, currency signs, full-width digits, brackets for
    minus.

    >>> parse_number("￥1,234.50", ""), parse_number("1.234,56", ","), parse_number("(12.5)", "")
    (Decimal('1234.50'), Decimal('1234.56'), Decimal('-12.5'))
    >>> parse_number("13%", "")
    Decimal('0.13')
    """
    bare = text.translate(_FULL_WIDTH).replace("\u2212", "-").strip()
    negative = False
    if bare.startswith("(") and bare.endswith(")"):
        negative, bare = True, bare[1:-1].strip()
    if bare.startswith(("-", "+")):
        negative, bare = negative or bare[0] == "-", bare[1:].strip()
    plain = _MONEY_SIGNS.sub("", bare).strip()
    if plain != bare and plain.startswith(("-", "+")):
        negative, plain = negative or plain[0] == "-", plain[1:].strip()
    bare = plain
    if bare.endswith("-"):
        negative, bare = True, bare[:-1].strip()
    percent = bare.endswith("%")
    bare = bare.removesuffix("%").strip()
    number = _digits(re.sub(r"(?<=\d)[\s'\u2019\u00a0\u202f](?=\d{3})", "", bare), decimal, text)
    number = -number if negative else number
    return number / 100 if percent else number


_WHOLE = re.compile(r"\d+")
_GROUPED = {sign: re.compile(rf"[1-9]\d{{0,2}}(?:{re.escape(sign)}\d{{3}})+") for sign in ".,"}


def _digits(bare: str, decimal: str, text: str) -> Decimal:
    """Digits with at most one decimal sign, the other one before it for thousands; Bad when it may be either."""
    if not decimal:
        decimal = _tell_decimal(bare, text)
    other = "," if decimal == "." else "."
    whole, sign, fraction = bare.rpartition(decimal) if decimal in bare else (bare, "", "")
    if other in whole and _GROUPED[other].fullmatch(whole):
        whole = whole.replace(other, "")
    if not _WHOLE.fullmatch(whole or fraction) or (fraction and not _WHOLE.fullmatch(fraction)):
        raise not_a_number(text)
    if not whole.isascii() or not fraction.isascii():
        raise not_a_number(text)
    return Decimal(f"{whole or 0}.{fraction or 0}") if sign else Decimal(whole)


def _tell_decimal(bare: str, text: str) -> str:
    """Which sign stands before the fraction in ``bare``, from its own look; Bad("ambiguous_number") if it may be
    either.
    """
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    if comma < 0:
        return "," if bare.count(".") > 1 else "."
    if bare.count(",") > 1:
        return "."
    if _GROUPED[","].fullmatch(bare):
        raise ambiguous_number(text)
    return ","


def ambiguous_number(text: str) -> Bad:
    """The refusal of "1,234" and the like in a source that has not said which sign stands before the fraction."""
    return Bad(
        "ambiguous_number",
        _(
            "“%(text)s” may be a thousand and more or a number with three decimals. Say once for this source "
            "which sign stands before the decimals."
        )
        % {"text": show(text)},
    )


_TRUE = frozenset({"true", "1", "yes", "y", "t", "是", "√", "on", "x"})
_FALSE = frozenset({"false", "0", "no", "n", "f", "否", "×", "off", ""})


def read_flag(value: Value) -> bool:
    """Yes or no in the ways sources write it; "" and none mean no. Bad("not_a_flag")."""
    if type(value) is bool:
        return value
    text = read_text(value).lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise Bad(
        "not_a_flag", _("“%(text)s” is neither yes nor no; map its values to true and false.") % {"text": show(text)}
    )
