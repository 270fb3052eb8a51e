"""What is said of a name that nobody has: who may be meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from hub.plugin_api.errors import NotFound
from hub.store import Transaction, sellers
from hub.words import said


def no_such_seller(connection: Transaction, slug: str) -> NotFound:
    """The error that names the seller who is not there, and the one who may be meant."""
    meant = meant_by(slug, [row.slug for row in sellers.by_slug(connection)])
    return NotFound(
        "no such seller: '{slug}'{near}", code="not_found.no_seller", values={"slug": slug, "near": meant}
    )


def meant_by(name: str, known: Iterable[str]) -> str:
    """What may have been meant by a name that is none of these, in words; empty where nothing is near."""
    near = get_close_matches(name, sorted(known), n=1)
    return (
        said(" (did you mean '{near}'?)", code="seller.did_you_mean", values={"near": near[0]})
        if near
        else ""
    )
