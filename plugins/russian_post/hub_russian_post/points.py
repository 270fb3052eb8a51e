"""Pick-up points and lockers near an address, out of the Post's bulk list."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Literal

import russian_post_api as post
from hub import Address, DeliveryPoint, now

MOST = 3000  # of the largest town, several times over
_FRESH = timedelta(hours=24)
_KINDS: tuple[Literal["PVZ", "APS"], ...] = ("PVZ", "APS")
_PREFIX = re.compile(
    r"^(?:г|гор|город|пгт|рп|п|пос|поселок|посёлок|с|село|д|дер|деревня|ст-ца)\.?\s+", re.IGNORECASE
)


class Points:
    """One account's points. The list is tens of megabytes, so what is near an address is kept for a day."""

    def __init__(self, otpravka: post.Otpravka) -> None:
        self._otpravka = otpravka
        self._near: dict[tuple[str, str], tuple[datetime, list[DeliveryPoint]]] = {}

    async def near(self, address: Address) -> list[DeliveryPoint]:
        """Points in the same town, or where no town is given in the same block of postcodes.

        A point's code is its index. Without a town and a postcode: none.
        """
        key = (town(address.city), address.postal_code[:3])
        if not any(key):
            return []
        kept = self._near.get(key)
        if kept is None or now() - kept[0] >= _FRESH:
            kept = (now(), [one async for one in self._read(*key)])
            self._near[key] = kept
        return kept[1]

    async def _read(self, wanted: str, block: str) -> AsyncIterator[DeliveryPoint]:
        found = 0
        for kind in _KINDS:
            async with aclosing(self._otpravka.unloading_passport(kind)) as elements:
                async for one in elements:  # to the end: a list that is cut off is not half a list
                    here = town(one.address.place)
                    same = here == wanted if wanted else one.index[:3] == block
                    if same and one.ecom and found < MOST:
                        found += 1
                        yield _point(one, locker=kind == "APS")


def town(place: str) -> str:
    """``г. Саратов`` and ``Саратов`` alike."""
    return _PREFIX.sub("", place.strip()).casefold().replace("ё", "е")


def _point(one: post.PassportElement, *, locker: bool) -> DeliveryPoint:
    street = " ".join(filter(None, (one.address.street, one.address.house)))
    limit = None if one.ecom_options is None else one.ecom_options.weight_limit
    return DeliveryPoint(
        code=one.index,
        kind="locker" if locker else "point",
        address=Address(
            country="RU",
            postal_code=one.index,
            region=one.address.region,
            city=one.address.place,
            street=street,
            latitude=one.latitude,
            longitude=one.longitude,
        ),
        hours="; ".join(one.work_time),
        max_weight_g=None if limit is None else int(limit * 1000),
    )
