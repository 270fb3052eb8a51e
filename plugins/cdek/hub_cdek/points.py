"""Pick-up points and lockers of the town that an address is in (GET /v2/deliverypoints, July 2026)."""

from __future__ import annotations

from contextlib import aclosing
from datetime import datetime, timedelta
from decimal import Decimal

import cdek_api
from hub import Address, DeliveryPoint, now

_FRESH = timedelta(hours=24)
_LOCKER = "POSTAMAT"


class Points:
    """The points of towns that were asked for, kept for a day: a large town has thousands."""

    def __init__(self) -> None:
        self._of_city: dict[int, tuple[datetime, list[DeliveryPoint]]] = {}

    async def near(self, client: cdek_api.Client, address: Address) -> list[DeliveryPoint]:
        """All that hand out parcels in the town. Without a town that CDEK knows: none."""
        city = await _city(client, address)
        if city is None:
            return []
        kept = self._of_city.get(city)
        if kept is None or now() - kept[0] >= _FRESH:
            query = cdek_api.DeliveryPointQuery(city_code=city, is_handout=True)
            async with aclosing(client.delivery_points(query)) as points:
                # To the end: a list that is cut off is not half a list.
                found = [_point(one) async for one in points if one.status in (None, "ACTIVE")]
            kept = self._of_city[city] = (now(), found)
        return kept[1]


async def _city(client: cdek_api.Client, address: Address) -> int | None:
    """CDEK's code of the town: by postcode and name, then by either alone where it fits one town only."""
    country = address.country
    asked: list[tuple[str | None, str | None]] = [(address.postal_code or None, address.city or None)]
    asked += [(address.postal_code or None, None), (None, address.city or None)]
    for postal_code, city in dict.fromkeys(asked):
        if postal_code is None and city is None:
            continue
        query = cdek_api.CityQuery(country_codes=country, postal_code=postal_code, city=city, size=5, page=0)
        with cdek_api.unread() as left_out:
            codes = {one.code for one in await client.cities(query)}
        if len(codes) == 1 and not left_out:  # of two towns one may not have been readable
            return codes.pop()
    return None


def _point(one: cdek_api.DeliveryPoint) -> DeliveryPoint:
    where = one.location or cdek_api.DeliveryPointLocation()
    return DeliveryPoint(
        code=one.code,
        kind="locker" if one.type == _LOCKER else "point",
        address=Address(
            country=where.country_code or "",
            postal_code=where.postal_code or "",
            region=where.region or "",
            city=where.city or "",
            street=where.address or "",
            latitude=where.latitude,
            longitude=where.longitude,
        ),
        hours=one.work_time or "",
        max_weight_g=None if one.weight_max is None else int(one.weight_max * 1000),
        max_sides_mm=_largest(one),
    )


def _largest(one: cdek_api.DeliveryPoint) -> tuple[int, int, int] | None:
    """The largest cell of a locker, or what the office says it takes; CDEK has centimetres."""
    cells = [
        (cell.width, cell.height, cell.depth)
        for cell in one.dimensions
        if cell.width and cell.height and cell.depth
    ]
    if cells:
        width, height, depth = max(cells, key=lambda cell: cell[0] * cell[1] * cell[2])
    elif one.length_max and one.width_max and one.height_max:
        width, height, depth = (Decimal(side) for side in (one.length_max, one.width_max, one.height_max))
    else:
        return None
    return int(width * 10), int(height * 10), int(depth * 10)
