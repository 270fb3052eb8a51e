"""The buyer's data in the Post's parts: what the cleaner made of the address, the phone as a number.

Only an address that the cleaner vouches for is booked without a person: quality GOOD, POSTAL_BOX, ON_DEMAND
or UNDEF_05 (no flat), and validation VALIDATED, OVERRIDDEN or CONFIRMED_MANUALLY (Otpravka documentation).
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec
import russian_post_api as post
from hub import Address, CleanedAddress, Rejected, read_phone

_DOUBTS = {
    "UNDEF_01": "region",
    "UNDEF_02": "city",
    "UNDEF_03": "street",
    "UNDEF_04": "house",
    "UNDEF_06": "nothing",
    "UNDEF_07": "foreign",
    "NOT_VALIDATED_HAS_UNPARSED_PARTS": "unread",
    "NOT_VALIDATED_HAS_ASSUMPTION": "assumed",
    "NOT_VALIDATED_HAS_NO_MAIN_POINTS": "incomplete",
    "NOT_VALIDATED_HAS_NUMBER_STREET_ASSUMPTION": "street",
    "NOT_VALIDATED_HAS_NO_KLADR_RECORD": "unknown",
    "NOT_VALIDATED_HOUSE_WITHOUT_STREET_OR_NP": "street",
    "NOT_VALIDATED_HOUSE_EXTENSION_WITHOUT_HOUSE": "house",
    "NOT_VALIDATED_HAS_AMBI": "ambiguous",
    "NOT_VALIDATED_EXCEDED_HOUSE_NUMBER": "house",
    "NOT_VALIDATED_INCORRECT_HOUSE": "house",
    "NOT_VALIDATED_INCORRECT_HOUSE_EXTENSION": "house",
    "NOT_VALIDATED_FOREIGN": "foreign",
    "NOT_VALIDATED_DICTIONARY": "unknown",
}
"""The hub's words for the quality and validation codes (tables of the Otpravka documentation)."""

_INDEX = re.compile(r"[0-9]{6}")
_ANSWER = msgspec.json.Decoder(post.CleanAddress)


class Name(NamedTuple):
    surname: str
    given: str
    middle: str | None


def text_of(address: Address) -> str:
    """The address in one line, as the cleaner takes it."""
    parts = [address.postal_code, address.region, address.city, address.street]
    return ", ".join(dict.fromkeys(part.strip() for part in parts if part.strip()))


def address_of(clean: post.CleanAddress, written: Address) -> Address | None:
    """What the cleaner made of it; None where an order would miss the index, the region or the place."""
    if not (clean.index and clean.region and clean.place):
        return None
    house = " ".join(
        part
        for part in (
            clean.house and f"д. {clean.house}{clean.letter}{'/' + clean.slash if clean.slash else ''}",
            clean.corpus and f"к. {clean.corpus}",
            clean.building and f"стр. {clean.building}",
            clean.room and f"кв. {clean.room}",
        )
        if part
    )
    street = (
        clean.location,
        clean.street,
        house,
        clean.hotel and f"гост. {clean.hotel}",
        clean.office and f"оф. {clean.office}",
        clean.num_address_type and f"а/я {clean.num_address_type}",
        "до востребования" if clean.address_type == "DEMAND" else "",
    )
    return Address(
        country="RU",
        postal_code=clean.index,
        region=", ".join(filter(None, (clean.region, clean.area))),
        city=clean.place,
        street=", ".join(filter(None, street)),
        comment=written.comment,
    )


def cleaned_of(clean: post.CleanAddress, written: Address) -> CleanedAddress:
    """The cleaner's answer for the hub; ``parts`` are the answer itself, for the order's fields."""
    address = address_of(clean, written)
    good = clean.good and address is not None
    return CleanedAddress(
        address=address,
        clear=good,
        as_written=_may_be_written(written),
        doubts=() if good else _doubts(clean, written),
        vendor_code=codes_of(clean),
        parts=msgspec.json.encode(clean).decode(),
    )


def _doubts(clean: post.CleanAddress, written: Address) -> tuple[str, ...]:
    found = [_DOUBTS[code] for code in (clean.quality_code, clean.validation_code) if code in _DOUBTS]
    index = written.postal_code.strip()
    if clean.index and index and index != clean.index:
        # What it assumed is that the postcode is wrong, not the town.
        found = ["postal_code", *(one for one in found if one != "assumed")]
    return tuple(dict.fromkeys(found or ["incomplete" if clean.good else codes_of(clean)]))


def codes_of(clean: post.CleanAddress) -> str:
    return f"{clean.quality_code}/{clean.validation_code}"


def _may_be_written(address: Address) -> bool:
    """Whether an order takes it as it stands: as ``raw-address``, with the parts that an order requires."""
    return bool(_INDEX.fullmatch(address.postal_code.strip()) and address.city and address.street)


def as_written(address: Address) -> post.CleanAddress:
    """The buyer's own words in an order's fields. Raises Rejected without a postcode."""
    return post.CleanAddress(
        id="1",
        original_address=text_of(address),
        index=index_of(address),
        region=address.region or address.city,
        place=address.city,
        street=address.street,
    )


def parts_sent(cleaned: CleanedAddress) -> post.CleanAddress:
    """The cleaner's answer out of ``CleanedAddress.parts``."""
    return _ANSWER.decode(cleaned.parts)


def checked(clean: post.CleanAddress) -> post.CleanAddress:
    """The same, where the Post vouches for it. Raises Rejected with its codes, and no address."""
    if clean.good and clean.index:
        return clean
    raise Rejected(
        "Russian Post does not vouch for the buyer's address ({codes_of}). Correct it and book again",
        code="address_unclear",
        vendor_code=codes_of(clean),
        values={"codes_of": codes_of(clean)},
    )


def name_of(text: str) -> Name:
    """Family, given, patronymic, in that order. Raises Rejected for a single word: ILLEGAL_INITIALS."""
    words = text.split()
    if len(words) < 2:
        raise Rejected("Russian Post needs the buyer's family name and given name", code="name_incomplete")
    return Name(words[0], words[1], " ".join(words[2:]) or None)


def parts_of(text: str, clean: post.CleanName | None) -> Name:
    """The parts that the cleaner is sure of, else the words as they stand: a buyer's name is nobody's to
    correct. Raises Rejected for a single word."""
    plain = name_of(text)
    if clean is None or not clean.good or not (clean.surname and clean.name):
        return plain
    return Name(clean.surname, clean.name, clean.middle_name or None)


def phone_number(text: str) -> int | None:
    """``+7 (999) 000-00-01, доб. 12`` and ``89990000001`` as 79990000001: the Post has no field for an
    extension. None for what is no phone number."""
    digits = read_phone(text).digits
    return int(digits) if digits else None


def index_of(address: Address) -> str:
    """The six digits of a Russian postcode. Raises Rejected without them."""
    index = address.postal_code.strip()
    if not _INDEX.fullmatch(index):
        raise Rejected("Russian Post needs the buyer's postcode: six digits", code="no_postcode")
    return index
