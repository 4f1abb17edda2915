"""Whom and what is meant by what somebody types: customers and products by code, any system's number, barcode or name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from ordertrail.catalog.models import Barcode, Product
from ordertrail.lib.numbers import name_key, number_key
from ordertrail.parties.models import Customer
from ordertrail.records.models import Number
from ordertrail.track.addresses import BY_ID, found
from ordertrail.track.orders_filter import LAST
from ordertrail.track.scope import seen
from ordertrail.track.search import called

SHOWN = 8
"""So many suggestions stand below a field."""
TRIED = 40
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Meant:
    """A product that a text means; ``pack``: how many of it the barcode that was typed stands for."""

    product: Product
    pack: Decimal | None = None


def words_of(text: str) -> str:
    r"""What is searched for: the words of ``text`` with one blank between them.

    >>> words_of("  Signal   lamp\0 ")
    'Signal lamp'
    """
    return " ".join(text.replace("\0", "").split())[:LONGEST]


def handle(customer: Customer) -> str:
    """What stands in a field for a customer: the code where it leads back to them, else the id."""
    alone = bool(customer.code) and found("customer", customer.code) == [customer.pk]
    return customer.code if alone else f"{BY_ID}{customer.pk}"


def customer_of(text: str, person: object) -> Customer:
    """The one customer, of those that ``person`` may see, whom this code, number or name means. ValueError with a sentence where there
    is none or several."""
    words = words_of(text)
    rows = seen("customer", found("customer", words), person)
    if not rows:
        rows = seen("customer", _ids(Q(name_key=name_key(words)) | Q(name=words)), person)
    if not rows:
        rows = seen("customer", _ids(Q(name__icontains=words)), person)
    if len(rows) == 1:
        return Customer.objects.get(pk=rows.pop())
    sentence = (
        _("Several customers are called “%(text)s”. Choose one from the list below the field.")
        if rows
        else _(
            "There is no customer “%(text)s” that you may see. Write the customer down first, or search by code or name."
        )
    )
    raise ValueError(sentence % {"text": text[:60]})


def _ids(where: Q) -> list[int]:
    return list(Customer.objects.filter(where).values_list("pk", flat=True)[:TRIED])


def customers_like(text: str, person: object) -> list[Customer]:
    """Customers whose number begins with ``text`` or whose name or its pinyin holds it, of those that ``person`` may see."""
    words = words_of(text)
    if not words:
        return []
    ids = [*_numbered("customer", words), *_ids(called(words))]
    visible = seen("customer", ids, person)
    rows = Customer.objects.in_bulk(visible)
    return [rows[pk] for pk in dict.fromkeys(ids) if pk in rows][:SHOWN]


def products_like(text: str) -> list[Product]:
    """Products whose SKU, barcode or other number begins with ``text``, or whose name or its pinyin holds it."""
    words = words_of(text)
    if not words:
        return []
    coded = Barcode.objects.filter(code__gte=words, code__lt=words + LAST).values_list("product", flat=True)[:SHOWN]
    ids = [*coded, *_numbered("product", words)]
    if len(set(ids)) < SHOWN:
        ids += Product.objects.filter(called(words)).order_by("sku").values_list("pk", flat=True)[:SHOWN]
    rows = Product.objects.in_bulk(set(ids))
    return [rows[pk] for pk in dict.fromkeys(ids) if pk in rows][:SHOWN]


def _numbered(kind: str, text: str) -> list[int]:
    key = number_key(text)[:100]
    if not key:
        return []
    rows = Number.objects.filter(kind=kind, key__gte=key, key__lt=key + LAST, document__gone_at=None)
    return list(rows.order_by("key").values_list("document__group", flat=True)[:TRIED])


def products_of(texts: Sequence[str]) -> dict[str, Meant | str]:
    """What each of these texts means: a product by its SKU, barcode, another system's number or its whole name, else the sentence that
    says why none is meant. A few queries, and two for each text that is no SKU and no barcode."""
    wanted = {text: words_of(text) for text in texts}
    by_sku = _by_sku(wanted.values())
    rest = [words for words in wanted.values() if words not in by_sku]
    coded = Barcode.objects.filter(code__in=rest).select_related("product")
    by_code = {one.code: Meant(one.product, one.qty) for one in coded}
    return {text: by_sku.get(words) or by_code.get(words) or _otherwise(words) for text, words in wanted.items()}


def _by_sku(words: Collection[str]) -> dict[str, Meant]:
    """The exact spelling wins over a like one, as in ``orders.typing``."""
    alike: dict[str, list[Product]] = {}
    for product in Product.objects.filter(sku_key__in={number_key(one)[:100] for one in words}).order_by("pk"):
        alike.setdefault(product.sku_key, []).append(product)
    found_: dict[str, Meant] = {}
    for one in words:
        fits = alike.get(number_key(one)[:100], []) if number_key(one) else []
        exact = [product for product in fits if product.sku == one] or (fits if len(fits) == 1 else [])
        if exact:
            found_[one] = Meant(exact[0])
    return found_


def _otherwise(words: str) -> Meant | str:
    rows = list(Product.objects.filter(pk__in=found("product", words))) or list(Product.objects.filter(name=words)[:2])
    if len(rows) == 1:
        return Meant(rows[0])
    sentence = (
        _("Several products are called “%(text)s”. Choose one from the list below the field.")
        if rows
        else _("There is no product “%(text)s”. Choose one from the list below the field, or write it down first.")
    )
    return sentence % {"text": words[:60]}
