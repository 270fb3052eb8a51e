"""Whether a carrier has the service that a person orders, by the posting's last quotes."""

from __future__ import annotations

from collections.abc import Iterable

from hub.store import Transaction, rows
from hub.words import Sentence, said

NO_SERVICE = "no_service"


def unknown_service(connection: Transaction, posting_id: str, carrier: str, service: str) -> Sentence | None:
    """Why this service cannot be ordered, with the codes that there are; None where it can, and where no
    quotes of the carrier are known. ``carrier``: any, where it is empty."""
    kept = rows.quotes.get(connection, posting_id) if service else None
    if kept is None:
        return None
    lines = [one for one in kept.document if one.get("aside") != "comparison"]  # those are only looked at
    have = codes(
        one["service_code"] for one in lines if one.get("service_code") and carrier in ("", one["carrier"])
    )
    if not have or service in have:
        return None
    return said(
        "[{carrier} has ]no service '{service}'; there are {services}. 'hub quote' asks again",
        code="ship.no_service",
        values={"carrier": carrier, "service": service, "services": have},
    )


def codes(services: Iterable[str]) -> list[str]:
    """Each once, in order."""
    return sorted(set(services))


__all__ = ["NO_SERVICE", "codes", "unknown_service"]
