"""Texts within the lengths that a carrier declares: what does not fit is said, none is cut in silence. Pure.

Nobody's words stand in what is said of them: only which field it is, and how long.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import Rejected
from hub.plugin_api.goods import Item, Parcel
from hub.plugin_api.lengths import TextLimit
from hub.plugin_api.parties import Recipient, Sender
from hub.words import Sentence, in_a_row, said

_FIELDS = {"item.name": ("name", "name_ru", "name_en"), "item.offer_id": ("offer_id", "sku")}
_WORDS = {
    "recipient.name": said("the buyer's name", code="text.recipient_name"),
    "recipient.phone": said("the buyer's phone number", code="text.recipient_phone"),
    "recipient.email": said("the buyer's e-mail address", code="text.recipient_email"),
    "address.region": said("the region", code="text.address_region"),
    "address.city": said("the town", code="text.address_city"),
    "address.street": said("the street with house and flat", code="text.address_street"),
    "address.postal_code": said("the postal code", code="text.address_postal_code"),
    "address.comment": said("the buyer's words for the courier", code="text.address_comment"),
    "identity.series": said("the series of the passport", code="text.identity_series"),
    "identity.number": said("the number of the passport", code="text.identity_number"),
    "identity.issued_by": said("who issued the passport", code="text.identity_issued_by"),
    "identity.tax_number": said("the buyer's tax number", code="text.identity_tax_number"),
    "sender.name": said("the sender's name", code="text.sender_name"),
    "sender.company": said("the sender's company", code="text.sender_company"),
    "sender.phone": said("the sender's phone number", code="text.sender_phone"),
    "sender.email": said("the sender's e-mail address", code="text.sender_email"),
    "sender_address.region": said("the sender's region", code="text.sender_region"),
    "sender_address.city": said("the sender's town", code="text.sender_city"),
    "sender_address.street": said("the sender's street", code="text.sender_street"),
    "sender_address.postal_code": said("the sender's postal code", code="text.sender_postal_code"),
}
_OF_GOODS: dict[str, Callable[[str], Sentence]] = {
    "item.name": lambda offer: said("the name of {offer}", code="text.item_name", values={"offer": offer}),
    "item.offer_id": lambda offer: said(
        "the article {offer}", code="text.item_offer_id", values={"offer": offer}
    ),
    "item.brand": lambda offer: said("the brand of {offer}", code="text.item_brand", values={"offer": offer}),
    "item.url": lambda offer: said("the web page of {offer}", code="text.item_url", values={"offer": offer}),
}
_OFFER_SHOWN = 60


class _Long(NamedTuple):
    """A text that is longer than a carrier takes."""

    limit: TextLimit
    length: int
    offer: str
    """Of an item: its number."""

    @property
    def field(self) -> Sentence:
        """In words."""
        of_goods = _OF_GOODS.get(self.limit.field)
        return _WORDS[self.limit.field] if of_goods is None else of_goods(self.offer)


def check(
    carrier: Carrier[Any], sender: Sender | None, recipient: Recipient | None, parcels: Iterable[Parcel]
) -> None:
    """Raises Rejected where a text is longer than this carrier takes; what may be mended is not."""
    if not carrier.text_limits:
        return
    refused = [limit for limit in carrier.text_limits if not _mends(limit)]
    found = [*_of_people(refused, sender, recipient), *_of_items(refused, parcels)]
    if found:
        raise Rejected(
            "{title} takes no texts as long as these: {texts}. Shorten them, or take another carrier",
            code="too_long",
            values={
                "title": carrier.title,
                "texts": in_a_row(
                    said(
                        "{field}: {length} characters, at most {most}",
                        code="text.too_long",
                        values={"field": one.field, "length": one.length, "most": one.limit.most},
                    )
                    for one in dict.fromkeys(found)
                ),
            },
        )


def fitted(carrier: Carrier[Any], parcels: tuple[Parcel, ...]) -> tuple[Parcel, ...]:
    """The boxes with the goods' texts as this carrier is sent them."""
    mends = [limit for limit in carrier.text_limits if _mends(limit)]
    if not any(_of_items(mends, parcels)):
        return parcels
    return tuple(
        msgspec.structs.replace(box, items=tuple(_fitted(item, mends) for item in box.items))
        for box in parcels
    )


def mended(carrier: Carrier[Any], parcels: Iterable[Parcel]) -> Sentence | None:
    """What `fitted` changes, in words; None where everything fits."""
    mends = [limit for limit in carrier.text_limits if _mends(limit)]
    told = [_told(one) for one in dict.fromkeys(_of_items(mends, parcels))]
    return in_a_row(told) if told else None


def _told(one: _Long) -> Sentence:
    if one.limit.over == "leave_out":
        return said(
            "{field} is left out: {length} characters, at most {most}",
            code="text.left_out",
            values={"field": one.field, "length": one.length, "most": one.limit.most},
        )
    return said(
        "{field} is shortened from {length} characters to {most}",
        code="text.shortened",
        values={"field": one.field, "length": one.length, "most": one.limit.most},
    )


def _mends(limit: TextLimit) -> bool:
    return limit.over != "refuse" and limit.field.startswith("item.")


def _of_people(
    limits: Iterable[TextLimit], sender: Sender | None, recipient: Recipient | None
) -> Iterator[_Long]:
    owners: dict[str, Any] = {
        "recipient": recipient,
        "address": None if recipient is None else recipient.address,
        "identity": None if recipient is None else recipient.identity,
        "sender": sender,
        "sender_address": None if sender is None else sender.address,
    }
    for limit in limits:
        owner, _, name = limit.field.partition(".")
        text = getattr(owners.get(owner), name, "")
        if len(text) > limit.most:
            yield _Long(limit, len(text), "")


def _of_items(limits: Iterable[TextLimit], parcels: Iterable[Parcel]) -> Iterator[_Long]:
    limits = [limit for limit in limits if limit.field.startswith("item.")]
    if not limits:
        return
    for item in (item for box in parcels for item in box.items):
        for limit in limits:
            longest = max(len(getattr(item, name)) for name in _names(limit))
            if longest > limit.most:
                yield _Long(limit, longest, (item.offer_id or item.sku)[:_OFFER_SHOWN])


def _names(limit: TextLimit) -> tuple[str, ...]:
    return _FIELDS.get(limit.field) or (limit.field.removeprefix("item."),)


def _fitted(item: Item, limits: Iterable[TextLimit]) -> Item:
    changes = {
        name: "" if limit.over == "leave_out" else shortened(text, limit.most)
        for limit in limits
        for name in _names(limit)
        if len(text := getattr(item, name)) > limit.most
    }
    return msgspec.structs.replace(item, **changes) if changes else item


def shortened(text: str, most: int) -> str:
    """Its beginning, without half a letter at the end: a mark that combines goes with its letter."""
    end = most
    while 0 < end < len(text) and _joins(text[end - 1], text[end]):
        end -= 1
    return text[: end or most].rstrip()


def _joins(last: str, following: str) -> bool:
    """Whether the second of two characters belongs to the first."""
    joiner = "\u200d"
    return unicodedata.category(following)[0] == "M" or following == joiner or last == joiner


__all__ = ["check", "fitted", "mended", "shortened"]
