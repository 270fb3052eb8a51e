"""Who sends and who receives. Personal data: none of it is shown by ``repr``. No I/O, no vendor.

Their texts are what people typed or copied, and are read once, when such a value is made, wherever it comes
from: without blanks around it, invisible signs and ends of lines (`hub.words.plain.tidied`).
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from hub.plugin_api.texts import read_phone
from hub.words.plain import tidied


class _Typed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What people typed."""

    def __post_init__(self) -> None:
        """Each text as one reads it."""
        for name in self.__struct_fields__:
            text = getattr(self, name)
            if isinstance(text, str) and (read := tidied(text)) is not text:
                msgspec.structs.force_setattr(self, name, read)


class Address(_Typed, frozen=True, kw_only=True, omit_defaults=True):
    """Where a parcel goes or comes from. Personal data: not shown by ``repr``."""

    country: str
    """ISO 3166-1 alpha-2."""
    postal_code: str = ""
    """As the country writes it; digits in Russia."""
    region: str = ""
    """State, province, oblast."""
    city: str = ""
    """Town or village."""
    street: str = ""
    """Street, house and flat in one line, as the marketplace gives it."""
    delivery_point: str = ""
    """The carrier's code of a delivery point, where the parcel goes to one."""
    comment: str = ""
    """The buyer's words for the courier."""
    latitude: float | None = None
    """Degrees, WGS 84, where somebody gave them."""
    longitude: float | None = None
    """Degrees, WGS 84."""

    @property
    def spelt(self) -> Address:
        """What is written on a parcel: where it lies may be known more exactly one day."""
        return msgspec.structs.replace(self, latitude=None, longitude=None)

    def __repr__(self) -> str:
        return f"Address(country={self.country!r}, ...)"


class IdentityDocument(_Typed, frozen=True, kw_only=True, omit_defaults=True):
    """The recipient's identity papers, where customs asks for them. Personal data: not shown by ``repr``."""

    holder: str
    """The recipient's name when they were given: another person's parcel never goes with them."""
    series: str = ""
    """4 digits of a Russian passport; empty for a foreign one."""
    number: str
    """6 digits of a Russian passport."""
    issued_on: date
    """The day in it."""
    issued_by: str
    """The authority in it."""
    date_of_birth: date
    """Of the holder."""
    tax_number: str = ""
    """INN of a person, 12 digits."""

    def __repr__(self) -> str:
        return "IdentityDocument(...)"


class Recipient(_Typed, frozen=True, kw_only=True, omit_defaults=True):
    """The buyer, as far as the carrier has to know. Personal data: not shown by ``repr``."""

    name: str
    """In full, as the marketplace gives it."""
    phone: str = ""
    """International form. Ozon's are temporary substitutes: read them right before booking."""
    phone_extension: str = ""
    """Tone-dial digits after the substitute number."""
    email: str = ""
    """Where the marketplace tells it."""
    address: Address | None = None
    """Where the parcel goes; None: the marketplace has not told."""
    identity: IdentityDocument | None = None
    """Only where a carrier asks for it (`hub.plugin_api.carriers.Carrier.needs_identity`), and only once it
    does."""

    def __post_init__(self) -> None:
        """A phone that has an extension in it is two fields."""
        _Typed.__post_init__(self)
        _part_phone(self)

    def __repr__(self) -> str:
        return "Recipient(...)"


class Sender(_Typed, frozen=True, kw_only=True, omit_defaults=True):
    """Who ships: the seller's own data, from the seller's settings."""

    name: str
    """The person that carriers may call."""
    company: str = ""
    """The firm."""
    phone: str = ""
    """International form."""
    phone_extension: str = ""
    """Digits to dial after it answers."""
    email: str = ""
    """Of the seller."""
    address: Address
    """Where parcels start, and come back to."""

    def __post_init__(self) -> None:
        """A phone that has an extension in it is two fields, as the buyer's is."""
        _Typed.__post_init__(self)
        _part_phone(self)


def _part_phone(person: Recipient | Sender) -> None:
    given: object = person.phone  # whatever a plugin put there
    if isinstance(given, str) and not person.phone_extension:
        phone = read_phone(given)
        if phone.number != given:
            msgspec.structs.force_setattr(person, "phone", phone.number)
            msgspec.structs.force_setattr(person, "phone_extension", phone.extension)


class CleanedAddress(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A buyer's address as a carrier understands it. Personal data: not shown by ``repr``."""

    address: Address | None = None
    """As the carrier writes it, which is what is booked. None where it made nothing of it."""
    clear: bool = False
    """May be booked without a person."""
    as_written: bool = False
    """The carrier takes the buyer's own words as well, if a person says so."""
    doubts: tuple[str, ...] = ()
    """Why it is not clear: ``region``, ``city``, ``postal_code`` (of another place), ``street``, ``house``,
    ``foreign``, ``unread``, ``assumed``, ``ambiguous``, ``incomplete``, ``unknown`` (not in the directory),
    ``nothing`` (was understood). Another word is shown as it is."""
    vendor_code: str = ""
    """The carrier's own word for it."""
    parts: str = ""
    """Opaque text of the plugin: what ``book`` needs of the answer."""

    def __repr__(self) -> str:
        return f"CleanedAddress(clear={self.clear!r}, doubts={self.doubts!r}, ...)"


class DeliveryPoint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a carrier hands parcels out. ``code`` is what `Address.delivery_point` takes."""

    code: str
    """The carrier's code of it."""
    address: Address
    """With its coordinates, where the carrier gives them."""
    kind: Literal["point", "locker"] = "point"
    """A counter with people, or a machine."""
    hours: str = ""
    """As the carrier writes them."""
    max_weight_g: int | None = None
    """The heaviest parcel that it takes; None: the carrier does not say."""
    max_sides_mm: tuple[int, int, int] | None = None
    """The largest parcel, its sides in any order."""
