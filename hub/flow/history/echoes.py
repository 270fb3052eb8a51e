"""Vendors repeat in their refusals what they were sent. Their words are kept, for they say what to do; the
buyer's name, phone, address and papers, and the account's keys, are taken out before anything is stored.

The town, the postal code and a delivery point's code stay: without them a refusal says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from hub.flow.runtime.vendors_keys import GONE, bare
from hub.plugin_api.models import Address, IdentityDocument, Recipient
from hub.store import Transaction, rows
from hub.words import Sentence, Words, as_data, changed, words_of

PLAIN = frozenset({"carrier", "service", "service_name", "provider", "rule", "offer_id", "offers", "place"})
"""Keys of stored data whose texts are names of services, rules, products and towns, whoever the buyer is."""

SAID = frozenset({"reason", "message", "detail", "text", "note"})
"""Keys whose texts are somebody's words even where they are one word. Elsewhere one word is a code or an id,
and is never touched."""

_PLAIN_KINDS = (int, float, bool)
_WORD = re.compile(r"[^\W\d_]{3,}")
_STREET_WORD = re.compile(r"[^\W\d_]{4,}")
_CJK = re.compile(r"[\u3400-\u9fff]{2,}")
_GENERIC_WORDS = """
улица проспект переулок бульвар площадь набережная проезд шоссе корпус строение квартира подъезд этаж офис
street avenue road lane house building apartment office floor flat entrance
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
_NUMBERS_AFTER = re.compile(
    rf"{GONE}(?:[\s,.;/№#-]*(?:(?:дом|кв|корп|стр|эт|house|flat|apt|bldg|к|д)\b\.?\s*)?"
    rf"(?:{GONE}|\d+(?:\s?[а-яёa-z])?\b))+",
    re.IGNORECASE,
)
_NUMBERS = frozenset({"phone", "phone_extension"})
_BETWEEN = r"[\s().\-]{0,3}"


def without_echo(text: str, row: rows.RecipientRow | None) -> str:
    """A vendor's words without what it was told of this buyer, however it spells it: other case, a phone with
    other separators; and without keys."""
    return changed(text, lambda words: _without(words, row))


def _without(text: str, row: rows.RecipientRow | None) -> str:
    text = bare(text)
    if row is None or not text:
        return text
    told = _of_recipient(row.document) if row.checks is None else _told(row)
    for pattern in _patterns(told):
        text = pattern.sub(GONE, text)
    return _NUMBERS_AFTER.sub(GONE, text)


def heard(tx: Transaction, posting_id: str, data: dict[str, Any]) -> dict[str, Any]:
    """What a posting's history, problem or operation says, without echoes. Codes alone cost no look-up."""
    return heard_all(tx, posting_id, (data,))[0]


def heard_all(tx: Transaction, posting_id: str, many: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same of several at once: the buyer is read once for all, and only where one of them has words."""
    known: list[rows.RecipientRow | None] = []

    def change(text: str) -> str:
        if not text:
            return text
        if not known:
            known.append(rows.recipients.get(tx, posting_id) if posting_id else None)
        return without_echo(text, known[0])

    return [mapped(data, change) for data in many]


def mapped(value: Any, change: Callable[[str], str], key: str = "") -> Any:
    """The JSON value with ``change`` made in everything that is words; codes, ids and `PLAIN` stay. A
    sentence becomes the data of its words, with ``change`` made in what others said in it."""
    kind = type(value)
    if kind is str:  # first what most of it is: of a table of quotes hardly a value is a sentence
        return change(value) if is_words(value, key) else value
    if value is None or kind in _PLAIN_KINDS:
        return value
    if isinstance(value, Sentence) or (isinstance(value, dict) and words_of(value) is not None):
        return as_data(change(value if isinstance(value, Sentence) else Sentence(Words(**value))))
    if isinstance(value, str):
        return change(value) if is_words(value, key) else value
    if isinstance(value, dict):
        return {name: mapped(one, change, name) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [mapped(one, change, key) for one in value]
    return value


def is_words(value: str, key: str) -> bool:
    """Whether the text under this key is words, and no code."""
    return key not in PLAIN and (key in SAID or " " in value or not value.isascii())


# --- what there is to take out ----------------------------------------------------------------------------


def _told(row: rows.RecipientRow) -> frozenset[tuple[str, str]]:
    found = set(_of_recipient(row.document))
    if row.checks is not None:
        found |= _of_recipient(row.given_document)
        for address in (one.answer.address for one in row.checks.by_account.values()):
            if address is not None:
                found |= set(_of_address(address))
    return frozenset((kind, text) for kind, text in found if text)


@lru_cache(maxsize=256)  # a booking asks for the same buyer's several times
def _of_recipient(document: Recipient) -> frozenset[tuple[str, str]]:
    found = set(_of_person(document))
    if document.address is not None:
        found |= set(_of_address(document.address))
    if document.identity is not None:
        found |= set(_of_papers(document.identity))
    return frozenset((kind, text) for kind, text in found if text)


def _of_person(person: Recipient) -> Iterator[tuple[str, str]]:
    yield from (("word", word) for word in _WORD.findall(person.name))
    yield from (("whole", word) for word in _CJK.findall(person.name))
    for name in person.__struct_fields__:  # whatever else is known of the buyer
        value = getattr(person, name)
        if isinstance(value, date):
            yield from _day(value)
        elif isinstance(value, str):
            yield "digits" if name in _NUMBERS else "whole", value


def _day(value: date) -> Iterator[tuple[str, str]]:
    yield "whole", value.isoformat()
    yield "whole", value.strftime("%d.%m.%Y")


def _of_address(address: Address) -> Iterator[tuple[str, str]]:
    for line in (address.street, address.comment):
        yield "whole", line
        yield from (("word", w) for w in _STREET_WORD.findall(line) if w.casefold() not in _GENERIC)
        yield from (("whole", word) for word in _CJK.findall(line))
    for number in (address.latitude, address.longitude):
        if number is not None:
            yield "whole", str(number)


def _of_papers(papers: IdentityDocument) -> Iterator[tuple[str, str]]:
    yield "whole", papers.holder
    yield from (("word", word) for word in _WORD.findall(papers.holder))
    yield "digits", papers.series + papers.number
    yield "digits", papers.series
    yield "digits", papers.number
    yield "digits", papers.tax_number
    yield "whole", papers.issued_by
    for day in (papers.date_of_birth, papers.issued_on):
        yield from _day(day)


@lru_cache(maxsize=256)
def _patterns(values: frozenset[tuple[str, str]]) -> tuple[re.Pattern[str], ...]:
    """The longest first, so that a whole address goes before its words."""
    ordered = sorted(values, key=lambda one: (-len(one[1]), one))
    return tuple(pattern for pattern in _compiled(ordered))


def _compiled(values: Iterable[tuple[str, str]]) -> Iterator[re.Pattern[str]]:
    for kind, text in values:
        if kind == "digits":
            digits = "".join(c for c in text if c.isdigit())
            if len(digits) >= 10:  # a phone: with any code of the country, or none
                body = _BETWEEN.join(digits[-10:])
                yield re.compile(rf"(?<!\d)(?:\+?\d{{1,3}}{_BETWEEN})?{body}(?!\d)")
            elif len(digits) >= 4:
                yield re.compile(rf"(?<![\d-]){_BETWEEN.join(digits)}(?![\d-])")
            elif text and not digits:
                yield re.compile(re.escape(text), re.IGNORECASE)
        elif kind == "word":
            yield re.compile(rf"(?<!\w){re.escape(text)}(?!\w)", re.IGNORECASE)
        elif len(text.strip()) >= 2:
            parts = [re.escape(part) for part in text.split()]
            yield re.compile(r"\s+".join(parts), re.IGNORECASE)
