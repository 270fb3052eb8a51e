"""Cleaning of addresses, names and phones. Answers come in any order: join on ``id``.

Quality codes: tables of the Otpravka documentation (2026-02).
"""

from __future__ import annotations

from typing import Annotated

from russian_post_api.decoding import Deciding
from russian_post_api.structs import Private, Received, Sent

GOOD_ADDRESS = frozenset({"GOOD", "POSTAL_BOX", "ON_DEMAND", "UNDEF_05"})
"""Quality codes of an address that may be used without asking; UNDEF_05 has no flat."""
VALIDATED_ADDRESS = frozenset({"VALIDATED", "OVERRIDDEN", "CONFIRMED_MANUALLY"})
GOOD_NAME = frozenset({"EDITED", "CONFIRMED_MANUALLY"})


class AddressToClean(Private, Sent, frozen=True, kw_only=True):
    id: str
    original_address: str


class NameToClean(Private, Sent, frozen=True, kw_only=True):
    id: str
    original_fio: str


class CleanAddress(Private, Received, frozen=True, kw_only=True):
    """The parts go one to one into an order's ``*_to`` fields; ``*_guid`` (live answers only) are of GAR."""

    id: str
    original_address: str = ""
    quality_code: Annotated[str, Deciding] = ""
    validation_code: Annotated[str, Deciding] = ""
    address_type: Annotated[str, Deciding] = ""
    index: Annotated[str, Deciding] = ""
    region: Annotated[str, Deciding] = ""
    area: Annotated[str, Deciding] = ""
    place: Annotated[str, Deciding] = ""
    location: Annotated[str, Deciding] = ""
    street: Annotated[str, Deciding] = ""
    house: Annotated[str, Deciding] = ""
    slash: Annotated[str, Deciding] = ""
    letter: Annotated[str, Deciding] = ""
    corpus: Annotated[str, Deciding] = ""
    building: Annotated[str, Deciding] = ""
    hotel: Annotated[str, Deciding] = ""
    office: Annotated[str, Deciding] = ""
    room: Annotated[str, Deciding] = ""
    num_address_type: Annotated[str, Deciding] = ""
    region_guid: str = ""
    place_guid: str = ""
    street_guid: str = ""
    address_guid: str = ""

    @property
    def good(self) -> bool:
        """May be used without asking a person."""
        return self.quality_code in GOOD_ADDRESS and self.validation_code in VALIDATED_ADDRESS


class CleanName(Private, Received, frozen=True, kw_only=True):
    id: str
    original_fio: str = ""
    quality_code: Annotated[str, Deciding] = ""
    valid: bool | None = None
    surname: Annotated[str, Deciding] = ""
    name: Annotated[str, Deciding] = ""
    middle_name: str = ""

    @property
    def good(self) -> bool:
        return self.quality_code in GOOD_NAME and self.valid is not False
