"""CDEK's tariffs for shops: what they are called, where they begin and where they end.

Source: CDEK's table of tariffs and Appendix 3 (delivery modes), July 2026. A contract may have others: they
are offered as they are, by number.
"""

from __future__ import annotations

from typing import Literal

import msgspec

To = Literal["door", "point", "locker"]


class Tariff(msgspec.Struct, frozen=True):
    """``mode`` is CDEK's delivery mode: 1 door-door, 2 door-warehouse, 3 warehouse-door,
    4 warehouse-warehouse, 6 door-postamat, 7 warehouse-postamat."""

    name: str
    mode: int

    @property
    def from_office(self) -> bool:
        """The seller brings the parcel to ``shipment_point``; else a courier comes to the sender."""
        return self.mode in (3, 4, 7)

    @property
    def to(self) -> To:
        """Where the buyer gets it."""
        return "locker" if self.mode in (6, 7) else "point" if self.mode in (2, 4) else "door"


TARIFFS = {
    136: Tariff("Посылка склад-склад", 4),
    137: Tariff("Посылка склад-дверь", 3),
    138: Tariff("Посылка дверь-склад", 2),
    139: Tariff("Посылка дверь-дверь", 1),
    184: Tariff("E-com Standard дверь-дверь", 1),
    185: Tariff("E-com Standard склад-склад", 4),
    186: Tariff("E-com Standard склад-дверь", 3),
    187: Tariff("E-com Standard дверь-склад", 2),
    233: Tariff("Экономичная посылка склад-дверь", 3),
    234: Tariff("Экономичная посылка склад-склад", 4),
    291: Tariff("E-com Express склад-склад", 4),
    293: Tariff("E-com Express дверь-дверь", 1),
    294: Tariff("E-com Express склад-дверь", 3),
    295: Tariff("E-com Express дверь-склад", 2),
    366: Tariff("Посылка дверь-постамат", 6),
    368: Tariff("Посылка склад-постамат", 7),
    378: Tariff("Экономичная посылка склад-постамат", 7),
    497: Tariff("E-com Standard дверь-постамат", 6),
    498: Tariff("E-com Standard склад-постамат", 7),
    509: Tariff("E-com Express дверь-постамат", 6),
    510: Tariff("E-com Express склад-постамат", 7),
}


def bookable(code: int, *, shipment_point: bool, delivery_point: bool) -> bool:
    """Whether an order of this tariff could be written with what is known of both ends."""
    tariff = TARIFFS.get(code)
    if tariff is None:
        return True
    return (shipment_point or not tariff.from_office) and delivery_point == (tariff.to != "door")
