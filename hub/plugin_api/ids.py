"""Ids: a prefix that says what it is, and a UUIDv7, so that ids sort by the time they were made.

The 48 high bits are milliseconds since 1970 (RFC 9562, section 5.7); the rest is random.
"""

from __future__ import annotations

import base64
import hashlib
import os
import random
import time

# Of its own, so that nobody else seeds it. An id is no secret, and asking the kernel for each is dear.
_random = random.Random()
os.register_at_fork(after_in_child=_random.seed)


def new_id(prefix: str) -> str:
    """A new id such as ``pst_0193...``. ``prefix`` is one of the short words of the store's tables."""
    millis = time.time_ns() // 1_000_000
    random_bits = _random.getrandbits(74)
    value = (millis & (1 << 48) - 1) << 80 | 0x7 << 76 | (random_bits >> 62) << 64
    value |= 0b10 << 62 | random_bits & (1 << 62) - 1
    text = f"{value:032x}"  # as `uuid.UUID` writes it, at a third of the time: a booking makes a dozen
    return f"{prefix}_{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def client_reference(
    prefix: str, source: str, account: str, posting_number: str, ordinal: int, epoch: int, *, max_length: int
) -> str:
    """Our key for a booking, which the carrier is given: the same facts give the same text, on any machine.

    It is a hash of what the marketplace knows, never of local row ids: after a restore and a new intake
    the same reference must come out, or the parcel would be paid for twice (docs/adr/0004).
    The text is ``prefix`` and upper-case base32 without padding, cut to ``max_length``.

    Raises ValueError when fewer than 12 characters of hash would remain: two postings could collide.
    """
    facts = "\x1f".join((source, account, posting_number, str(ordinal), str(epoch)))
    digest = base64.b32encode(hashlib.sha256(facts.encode()).digest()).decode().rstrip("=")
    room = max_length - len(prefix)
    if room < 12:
        raise ValueError(f"the reference prefix {prefix!r} leaves {room} characters; at least 12 are needed")
    return prefix + digest[: min(room, 20)]
