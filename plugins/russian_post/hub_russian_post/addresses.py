"""The buyer's data in the Post's parts: what the cleaner made of the address, the phone as a number.

Only an address that the cleaner vouches for is booked without a person: quality GOOD, POSTAL_BOX, ON_DEMAND
or UNDEF_05 (no flat), and validation VALIDATED, OVERRIDDEN or CONFIRMED_MANUALLY (Otpravka documentation).
"""

from __future__ import annotations

import re
from typing import NamedTuple

import russian_post_api as post
from hub import Address, Rejected

_WHY = {
    "UNDEF_01": "the region is unclear",
    "UNDEF_02": "the town is unclear",
    "UNDEF_03": "the street is unclear",
    "UNDEF_04": "the house number is unclear",
    "UNDEF_06": "nothing of it is clear",
    "UNDEF_07": "it is a foreign address",
    "NOT_VALIDATED_HAS_UNPARSED_PARTS": "parts of it were not understood",
    "NOT_VALIDATED_HAS_ASSUMPTION": "the Post had to assume something: do postcode and town belong together?",
    "NOT_VALIDATED_HAS_NO_MAIN_POINTS": "main parts are missing",
    "NOT_VALIDATED_HAS_NUMBER_STREET_ASSUMPTION": "the Post had to assume the street",
    "NOT_VALIDATED_HAS_NO_KLADR_RECORD": "the register does not know it",
    "NOT_VALIDATED_HOUSE_WITHOUT_STREET_OR_NP": "the street or the town is missing",
    "NOT_VALIDATED_HOUSE_EXTENSION_WITHOUT_HOUSE": "the house number is missing",
    "NOT_VALIDATED_HAS_AMBI": "it fits several places",
    "NOT_VALIDATED_EXCEDED_HOUSE_NUMBER": "the house number is too large",
    "NOT_VALIDATED_INCORRECT_HOUSE": "the house number is wrong",
    "NOT_VALIDATED_INCORRECT_HOUSE_EXTENSION": "the extension of the house number is wrong",
    "NOT_VALIDATED_FOREIGN": "it is a foreign address",
    "NOT_VALIDATED_DICTIONARY": "it is not in the Post's directory",
}


class Name(NamedTuple):
    surname: str
    given: str
    middle: str | None


def text_of(address: Address) -> str:
    """The address in one line, as the cleaner takes it."""
    parts = [address.postal_code, address.region, address.city, address.street]
    return ", ".join(dict.fromkeys(part.strip() for part in parts if part.strip()))


def suggestion_of(clean: post.CleanAddress) -> str:
    """What the cleaner made of it, in one line, to be shown beside the original."""
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
    parts = [clean.index, clean.region, clean.area, clean.place, clean.location, clean.street, house]
    return ", ".join(dict.fromkeys(filter(None, parts)))


def checked(clean: post.CleanAddress) -> post.CleanAddress:
    """The same, where the Post vouches for it. Raises Rejected that says what is unclear, and no address."""
    if clean.good and clean.index:
        return clean
    reasons = [_WHY[code] for code in (clean.quality_code, clean.validation_code) if code in _WHY]
    why = "; ".join(dict.fromkeys(reasons)) or "it did not say why"
    raise Rejected(
        f"Russian Post does not vouch for the buyer's address: {why}. Correct it and book again",
        code="address_unclear",
        vendor_code=f"{clean.quality_code}/{clean.validation_code}",
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
    """``+7 (999) 000-00-01`` and ``89990000001`` as 79990000001; None for what is no phone number."""
    digits = re.sub(r"\D", "", text)
    if len(digits) == 11 and digits[0] == "8" and not text.strip().startswith("+"):
        digits = "7" + digits[1:]
    return int(digits) if 10 <= len(digits) <= 15 and digits.isascii() else None


def index_of(address: Address) -> str:
    """The six digits of a Russian postcode. Raises Rejected without them."""
    index = address.postal_code.strip()
    if not re.fullmatch(r"[0-9]{6}", index):
        raise Rejected("Russian Post needs the buyer's postcode: six digits", code="no_postcode")
    return index
