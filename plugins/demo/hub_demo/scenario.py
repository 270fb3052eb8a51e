"""The day as it is written down before it happens: 24 postings, what goes wrong, what each must end as.

Nothing here is computed from what the hub says: `hub_demo.checking` holds these expectations against what
the emulators know.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from hub_demo.goods import (
    BUYERS,
    FAR,
    FARTHEST,
    GLASS,
    GOODS,
    KETTLEBELL,
    NEAR,
    POSTAL,
    STREETS,
    Good,
    Town,
)

START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
"""Virtual time at which the day begins: Monday, nine o'clock in Moscow."""
SELLER = "panda-lane"
ZONE = "Europe/Moscow"

Carrier = Literal["cdek", "sample", "russian_post"]
End = Literal["delivered", "cancelled"]
Happening = Literal["", "carrier_refuses", "late_label", "buyer_cancels"]


class Line(msgspec.Struct, frozen=True):
    """So many pieces of a good, under the name that the marketplace shows."""

    good: Good
    quantity: int
    name: str


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What the emulators must know of a posting at the end of the day.

    ``carrier``: who carries it on the seller's booking, None where Ozon delivers. ``tariff``: CDEK's tariff
    code where the deadline decides. ``carriage``: it was declared in one. ``label_of_ozon``: its label was
    downloaded from Ozon. ``label_hours``: its label was not there for so long.
    """

    end: End = "delivered"
    carrier: Carrier | None = None
    tariff: int | None = None
    tracking_uploads: int = 0
    carriage: bool = False
    label_of_ozon: bool = False
    label_hours: float = 0.0


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One posting: how it is made in the emulator, what a person does with it, how it must end."""

    number: str
    kind: Literal["fbs", "own", "tracked", "cross_border", "aggregator"]
    lines: tuple[Line, ...]
    expected: Expected
    story: str
    town: Town | None = None
    buyer: str = ""
    phone: str = ""
    street: str = ""
    ship_in_hours: float = 30.0
    happening: Happening = ""
    ordered_carrier: Carrier | None = None
    """The person orders this carrier; None: the hub chooses."""
    answered_with: Carrier | None = None
    """The carrier that the person names when the first one refuses."""

    @property
    def flow(self) -> str:
        """Ozon's ``integration_type_flow``."""
        return _FLOWS[self.kind]

    def spec(self) -> dict[str, Any]:
        """The element of the emulator's ``POST /_emulator/postings``."""
        spec: dict[str, Any] = {
            "posting_number": self.number,
            "integration_type_flow": self.flow,
            "products": [
                {
                    "sku": line.good.sku,
                    "offer_id": line.good.offer_id,
                    "name": line.name,
                    "quantity": line.quantity,
                    "price": {"amount": str(line.good.price), "currency": "RUB"},
                    "weight_g": line.good.weight_g,
                }
                for line in self.lines
            ],
            "ship_in_hours": self.ship_in_hours,
            "behaviour": {"handover_hours": 4, "delivery_hours": 50},
        }
        if self.kind == "cross_border":
            spec |= {"cross_border": True, "provider": "China Post"}
        if self.expected.label_hours:
            spec["behaviour"]["label_delay_seconds"] = self.expected.label_hours * 3600
        if self.town is not None:
            spec["recipient"] = {
                "name": self.buyer,
                "phone": self.phone,
                "pin": self.phone[-4:],
                "city": self.town.city,
                "region": self.town.region,
                "zip_code": self.town.zip_code,
                "address_tail": self.street,
                "country": "Россия",
            }
        return spec


class Scenario(msgspec.Struct, frozen=True):
    """The whole day. The same seed makes the same day."""

    seed: int
    orders: tuple[Order, ...]

    def of(self, happening: Happening) -> Order:
        """The one posting that this happens to."""
        return next(order for order in self.orders if order.happening == happening)

    def products_csv(self) -> bytes:
        """The seller's catalogue as a spreadsheet would save it."""
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(
            ("offer_id", "sku", "weight_g", "length_mm", "width_mm", "height_mm", "fragile", "place",
             "name_ru", "name_en", "name_zh")
        )  # fmt: skip
        for good in (*GOODS, GLASS, KETTLEBELL):
            sides = sorted(good.size_mm, reverse=True)
            fragile = "yes" if good is GLASS else ""
            writer.writerow(
                (
                    good.offer_id,
                    good.sku,
                    good.weight_g,
                    *sides,
                    fragile,
                    good.place,
                    good.ru,
                    good.en,
                    good.zh,
                )
            )
        return out.getvalue().encode("utf-8-sig")

    def rules(self) -> list[dict[str, Any]]:
        """How the seller wants carriers chosen, the first that fits decides."""
        places = [town.zip_code[:3] for town in POSTAL]
        return [
            {
                "name": "Saratov and Penza by the Post",
                "when": {"postal_prefix": places},
                "carriers": "russian_post",
            },
            {"name": "elsewhere the courier or CDEK", "not_carriers": "russian_post"},
        ]


_FLOWS = {
    "fbs": "ozon",
    "own": "non_integrated",
    "tracked": "3pl_tracking",
    "cross_border": "aggregator",
    "aggregator": "aggregator",
}


def build(seed: int) -> Scenario:
    """The day of this seed."""
    return Scenario(seed, tuple(_Writer(random.Random(f"demo-{seed}")).orders()))


class _Writer:
    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._near = rng.sample(NEAR, len(NEAR))
        self._far = rng.sample(FAR, len(FAR))
        self._postal = rng.sample(POSTAL, len(POSTAL))
        self._numbers: set[int] = set()

    def orders(self) -> list[Order]:
        fbs = Expected(carriage=True, label_of_ozon=True)
        ozons = Expected(label_of_ozon=True)
        found = [
            self._order("fbs", fbs, "Ozon delivers; the seller packs it and hands it in") for _ in range(7)
        ]
        found.append(
            self._order(
                "fbs",
                Expected(carriage=True, label_of_ozon=True, label_hours=3),
                "its label comes three hours late",
                happening="late_label",
            )
        )
        found += self._own()
        found += [
            self._order(
                "tracked",
                Expected(carrier="cdek", tracking_uploads=1),
                "the seller books CDEK, Ozon follows the parcel by its number",
                town=self._far.pop(),
            )
            for _ in range(2)
        ]
        found.append(
            self._order(
                "tracked",
                Expected(carrier="russian_post", tracking_uploads=1),
                "by the seller's rule the Post takes it, Ozon follows it by its number",
                town=self._postal.pop(),
            )
        )
        found += [
            self._order("cross_border", ozons, "from China, with Ozon's label", chinese=True)
            for _ in range(3)
        ]
        found += [
            self._order("aggregator", ozons, "Ozon registers it with its partner", town=self._near.pop())
            for _ in range(2)
        ]
        return found

    def _own(self) -> list[Order]:
        sample = Expected(carrier="sample", tracking_uploads=1)
        cdek = Expected(carrier="cdek", tracking_uploads=1)
        return [
            *(
                self._order(
                    "own", sample, "CDEK and the courier offer; the courier is cheaper", town=self._near.pop()
                )
                for _ in range(2)
            ),
            self._order(
                "own",
                Expected(carrier="russian_post", tracking_uploads=1),
                "by the seller's rule it goes by the Post, in a batch that is checked in",
                town=self._postal.pop(),
            ),
            self._order("own", cdek, "only CDEK delivers there", town=self._far.pop()),
            self._order(
                "own",
                Expected(carrier="cdek", tariff=137, tracking_uploads=1),
                "CDEK's economy parcel would be late: the dearer one is booked",
                town=FARTHEST,
                ship_in_hours=20,
            ),
            self._order("own", cdek, "too heavy for the courier", town=self._near.pop(), goods=(KETTLEBELL,)),
            self._order(
                "own",
                sample,
                "a person orders CDEK, CDEK refuses, the person answers: the courier",
                town=self._near.pop(),
                goods=(GLASS,),
                happening="carrier_refuses",
                ordered_carrier="cdek",
                answered_with="sample",
            ),
            self._order(
                "own",
                Expected(end="cancelled", carrier="cdek", tracking_uploads=1),
                "the buyer cancels after CDEK was booked: the order there is removed",
                town=self._far.pop(),
                happening="buyer_cancels",
            ),
        ]

    def _order(
        self,
        kind: Literal["fbs", "own", "tracked", "cross_border", "aggregator"],
        expected: Expected,
        story: str,
        *,
        town: Town | None = None,
        goods: Sequence[Good] = (),
        chinese: bool = False,
        ship_in_hours: float = 30.0,
        happening: Happening = "",
        ordered_carrier: Carrier | None = None,
        answered_with: Carrier | None = None,
    ) -> Order:
        rng = self._rng
        chosen = goods or rng.sample(GOODS, rng.choice((1, 1, 2, 3)))
        lines = tuple(
            Line(good, 1 if goods else rng.choice((1, 1, 2)), good.zh if chinese else good.ru)
            for good in chosen
        )
        return Order(
            number=self._number(),
            kind=kind,
            lines=lines,
            expected=expected,
            story=story,
            town=town,
            buyer=rng.choice(BUYERS) if town else "",
            phone=f"+7999{rng.randrange(10**7):07d}" if town else "",
            street=f"{rng.choice(STREETS)}, д. {rng.randrange(1, 90)}, кв. {rng.randrange(1, 200)}"
            if town
            else "",
            ship_in_hours=ship_in_hours + (0 if town is FARTHEST else rng.randrange(0, 8)),
            happening=happening,
            ordered_carrier=ordered_carrier,
            answered_with=answered_with,
        )

    def _number(self) -> str:
        while (order := self._rng.randrange(10**7, 10**8)) in self._numbers:
            pass
        self._numbers.add(order)
        return f"{order}-{self._rng.randrange(1, 10**4):04d}-1"
