"""What this process has just been told by carriers, and read in their records: for showing, not for booking.

A carrier declares how long its quotes last (`Carrier.quotes_last`). The key is the account, the route and
the boxes: neither the buyer's name nor the street.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.plugin_api.models import Quote, QuoteRequest

if TYPE_CHECKING:
    from hub.flow.choice.records.carrier_record import CarrierRecord
    from hub.plugin_api.carriers import Carrier

_MOST = 2_000
_RECORDS_LAST = timedelta(minutes=5)

_Key = tuple[Any, ...]


class Told(NamedTuple):
    """A carrier's answer, and when it came."""

    quotes: Sequence[Quote]
    at: datetime


class QuoteMemory:
    """Bounded; what was not asked for the longest goes first."""

    def __init__(self) -> None:
        self._quotes: OrderedDict[_Key, tuple[Carrier[Any], Told]] = OrderedDict()
        self._records: OrderedDict[_Key, tuple[datetime, CarrierRecord | None]] = OrderedDict()

    def quotes(self, carrier: Carrier[Any], request: QuoteRequest, now: datetime) -> Told | None:
        """What this very object of a carrier answered, while it lasts: other credentials are another one."""
        if not carrier.quotes_last:
            return None
        key = _key(carrier, request)
        known = self._quotes.get(key)
        if (
            known is None
            or known[0] is not carrier
            or not known[1].at <= now < known[1].at + carrier.quotes_last
        ):
            return None
        self._quotes.move_to_end(key)
        return known[1]

    def keep(
        self, carrier: Carrier[Any], request: QuoteRequest, quotes: Sequence[Quote], now: datetime
    ) -> None:
        """Remember an answer, where the carrier says that it lasts."""
        if carrier.quotes_last:
            _put(self._quotes, _key(carrier, request), (carrier, Told(quotes, now)))

    def record(self, key: tuple[str, str, str], now: datetime) -> tuple[CarrierRecord | None] | None:
        """The record of (seller, carrier, direction) if it was read a moment ago; in a tuple, for it may be
        known that there is none."""
        known = self._records.get(key)
        return (known[1],) if known is not None and known[0] <= now < known[0] + _RECORDS_LAST else None

    def keep_record(self, key: tuple[str, str, str], record: CarrierRecord | None, now: datetime) -> None:
        _put(self._records, key, (now, record))


def _put(memory: OrderedDict[_Key, Any], key: _Key, value: Any) -> None:
    memory[key] = value
    memory.move_to_end(key)
    while len(memory) > _MOST:
        memory.popitem(last=False)


def _key(carrier: Carrier[Any], request: QuoteRequest) -> _Key:
    sender, recipient = request.sender, request.recipient
    boxes = tuple(
        (
            box.weight_g,
            box.length_mm,
            box.width_mm,
            box.height_mm,
            tuple(
                (item.customs_code, item.fragile, item.name_en, item.brand, item.origin_country)
                for item in box.items
            ),
        )
        for box in request.parcels
    )
    route = tuple(
        (place.country, place.postal_code, place.region, place.city, place.delivery_point)
        for place in (sender, recipient)
    )
    value: tuple[Any, ...] = (request.declared_value, request.converted)
    if request.declared_value is None:  # several currencies: a carrier may know what they are together
        value = tuple((item.price, item.quantity) for box in request.parcels for item in box.items)
    return (carrier.account.id, route, sender.street, boxes, value, request.ship_on, request.language)
