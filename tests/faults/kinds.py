"""The kinds of fault of the sweep: what each is called, and where it is put in force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from vendor_emulators.rules import Rule

COURIERS = ("lookup", "unique_ref")
SHIPPED_BY_OZON = "ozon"
EVERYWHERE = (*COURIERS, "cdek", SHIPPED_BY_OZON)


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One kind as the issue names it. ``rules``: by emulator; the first one of each is what is counted."""

    name: str
    rules: dict[str, list[Rule]]
    carriers: tuple[str, ...] = EVERYWHERE
    together: int = 24
    """So many postings are ordered at once, at most."""


def _wire(name: str, kind: str, *, ozon: str = "/v*", **what: Any) -> Fault:
    """On every booking, and on a part of what Ozon is asked under this path."""
    rules = {carrier: [Rule(kind=kind, path="/shipments", method="POST", **what)] for carrier in COURIERS}
    rules["cdek"] = [Rule(kind=kind, path="/v2/orders", method="POST", **what)]
    rules["ozon"] = [Rule(kind=kind, path=ozon, method="POST", probability=0.15, **what)]
    return Fault(name=name, rules=rules)


def _on(
    name: str,
    kind: str,
    *places: tuple[str, str, str],
    beside: Sequence[Rule] = (),
    together: int = 24,
    **what: Any,
) -> Fault:
    """``places``: emulator, method, path."""
    rules = {
        who: [Rule(kind=kind, method=method, path=path, **what), *beside] for who, method, path in places
    }
    return Fault(name=name, rules=rules, carriers=tuple(rules), together=together)


_LOST = Rule(kind="timeout_after", path="/*s", method="POST", seconds=0.02, probability=0.5)
_FILES = [(who, "GET", "/shipments/*/label") for who in COURIERS] + [("cdek", "GET", "/v2/print/*.pdf")]
_READS = [(who, "GET", "/shipments*") for who in COURIERS] + [("cdek", "GET", "/v2/orders*")]
FAULTS = (
    _wire("time-out before the commit", "timeout_before", seconds=0.05),
    _wire("time-out after the commit", "timeout_after", seconds=0.05),
    _wire("late commit", "late_commit", seconds=40.0, hold=0.02),
    _wire("duplicated answer", "duplicate_answer"),
    _wire("foreign answer", "foreign_answer"),
    _on("duplicated request", "duplicate_request", *[(who, "POST", "/shipments") for who in COURIERS],
        ("cdek", "POST", "/v2/orders")),
    _wire("429 without Retry-After", "retry_after"),
    _wire("429 with seconds", "retry_after", retry_after="7"),
    _wire("429 with a date", "retry_after", retry_date=20.0),
    _wire("429 with a word", "retry_after", retry_after="soon"),
    _wire("5xx burst, nothing done", "error_burst", burst=3),
    _wire("5xx burst, done all the same", "error_burst", burst=3, execute=True),
    _wire("401, done all the same", "status", status=401, execute=True),
    _wire("403, done all the same", "status", status=403, execute=True),
    _wire("429, done all the same", "retry_after", retry_after="7", execute=True),
    _wire("409 of a proxy, done all the same", "html", status=409, execute=True),
    _wire("200 with an error inside", "error_in_200"),
    _wire("200 with an error inside, done all the same", "error_in_200", execute=True),
    _wire("slow headers", "slow_headers", ozon="*-number/set", seconds=0.01),
    _wire("drip", "drip", ozon="*-number/set", seconds=0.01),
    _wire("truncated with its length", "truncate"),
    _wire("truncated without length", "truncate", length=False),
    _wire("gzip bomb", "bomb", bytes=100_000_000),
    _wire("HTML with 200", "html"),
    _on("number as string", "number_as_string", *[(who, "GET", "/quotes*") for who in COURIERS],
        ("cdek", "GET", "/v2/*"), ("ozon", "POST", "/v*")),
    _wire("reset", "reset"),
    _wire("clock skew", "clock_skew", seconds=7200.0),
    _on("202, then INVALID", "invalid_after_accepted", ("cdek", "POST", "/v2/orders")),
    _on("list that changes: an order arrives", "list_changes", ("ozon", "POST", "*list"), change="arrive"),
    _on("list that changes: an order leaves", "list_changes", ("ozon", "POST", "*list"), change="leave"),
    # The labels of all that is ordered at once come in one file, and count once.
    _on("label pages shuffled", "label_pages_shuffled", ("ozon", "POST", "*package-label/create"),
        together=3),
    _on("office swapped", "office_swapped", ("cdek", "POST", "/v2/orders")),
    _on("item visible late", "item_late", *_READS, beside=[_LOST], seconds=300.0),
    _on("item visible late at Ozon", "item_late", ("ozon", "POST", "/v*"), seconds=300.0),
    _on("stale read", "stale_read", *_READS, ("ozon", "POST", "*/get"), beside=[_LOST]),
    _on("token revoked in the middle", "token_revoked", ("cdek", "GET", "/v2/orders*"), probability=0.2),
    _on("label of another parcel", "label_of_another", *_FILES, ("ozon", "GET", "/s3/*")),
    _wire("429 with an absurd pause", "retry_after", retry_after="999999999999"),
)  # fmt: skip
