"""What a contract with CDEK is told apart by."""

from __future__ import annotations

import msgspec
from hub import Secret, Settings, read_currency

from hub_cdek.tariffs import TARIFFS


class CdekSettings(Settings, frozen=True, kw_only=True):
    """One contract. ``tariffs``: the contract's tariff codes that may be offered."""

    client_id: str
    client_secret: Secret
    base_url: str = "https://api.cdek.ru"
    shipment_point: str = ""
    """The code of the office where parcels are brought; needed for tariffs that begin at a warehouse."""
    tariffs: tuple[int, ...] = tuple(TARIFFS)
    currency: str = "RUB"
    """The contract's currency (CNY for contracts made in China): what goods are worth is declared in it."""
    ask_identity: bool = True
    """Before a parcel for Russia is booked abroad, the seller is asked for the recipient's passport and tax
    number. CDEK's documents do not say that it refuses an order without: false leaves it to CDEK, which asks
    the buyer itself, and the parcel waits before customs."""

    def __post_init__(self) -> None:
        """A currency that is none would leave CDEK without a single offer. Raises BadValue."""
        msgspec.structs.force_setattr(self, "currency", read_currency(self.currency))
