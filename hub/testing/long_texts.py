"""A booking whose texts are as long as a carrier says that it takes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from hub.plugin_api.goods import Item
from hub.plugin_api.lengths import TextLimit
from hub.plugin_api.models import BookRequest

_KEPT = frozenset({"city", "region", "postal_code", "phone", "email"})
"""A vendor looks these up, or reads them: another text would be refused for what it says."""
_LONGEST = 2_000
_ITEM = {"item.name": ("name", "name_ru", "name_en"), "item.offer_id": ("offer_id", "sku")}


def filled(request: BookRequest, limits: Iterable[TextLimit]) -> tuple[BookRequest, dict[str, str]]:
    """The request with a text of the longest length in each field that may say anything, and those texts."""
    to, sender = request.recipient, request.sender
    texts: dict[str, str] = {
        limit.field: _text(limit.field, min(limit.most, _LONGEST))
        for limit in limits
        if limit.field.partition(".")[2] not in _KEPT
        and (to.identity is not None or not limit.field.startswith("identity."))
    }
    replace = msgspec.structs.replace
    people: dict[str, dict[str, Any]] = {
        "recipient": {},
        "address": {},
        "identity": {},
        "sender": {},
        "sender_address": {},
    }
    for field, text in texts.items():
        owner, _, name = field.partition(".")
        if owner in people:
            people[owner][name] = text
    assert to.address is not None
    home = replace(to.address, **people["address"])
    papers = to.identity and replace(to.identity, **people["identity"])
    leaves = replace(sender.address, **people["sender_address"])
    boxes = tuple(
        replace(box, items=tuple(_filled(item, texts) for item in box.items)) for box in request.parcels
    )
    whole = replace(
        request,
        recipient=replace(to, address=home, identity=papers, **people["recipient"]),
        sender=replace(sender, address=leaves, **people["sender"]),
        parcels=boxes,
    )
    return whole, texts


def _filled(item: Item, texts: dict[str, str]) -> Item:
    changes = {
        name: text
        for field, text in texts.items()
        if field.startswith("item.")
        for name in _ITEM.get(field, (field.removeprefix("item."),))
    }
    return msgspec.structs.replace(item, **changes)


def _text(field: str, most: int) -> str:
    """Letters only, in two words where there is room: names have two."""
    begin = field.title().replace(".", "").replace("_", "")[: max(1, most // 2 - 1)]
    return (begin + " " + "Abcdefghij" * (most // 10 + 1))[:most]


__all__ = ["filled"]
