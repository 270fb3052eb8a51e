"""Whatever an error says, the order may have been made: no status, body or word of a plugin changes that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.faults.evil.scene import Case
from tests.faults.evil.vendor import EvilVendor, Twist

_PAGE = b"<!doctype html><html><title>Sign in</title><form></form></html>"
_FOREIGN = {"status": "ERROR", "message": "not now", "error": {"kind": "no_street"}}
_DECLARED = {"error": {"code": "no_street", "message": "no such street"}}
_STATUSES = (302, 400, 401, 403, 404, 407, 408, 409, 425, 429, 500, 502, 503, 504)
_BODIES: dict[str, Any] = {"a page": _PAGE, "another shape": _FOREIGN, "a refusal": _DECLARED}


def _says(body: Any) -> Callable[[EvilVendor, Any], Any]:
    return lambda vendor, honest: body


def _case(status: int, body: str, carrier: str, orders: int) -> Case:
    done = "booked" if orders else "not booked"
    return Case(
        rows="C2",
        name=f"{status} with {body}, {done} ({carrier})",
        carrier=carrier,
        meets={"book": (Twist(status=status, orders=orders, says=_says(_BODIES[body])),)},
    )


REFUSALS: list[Case] = [
    # "naive" calls every error a refusal; what it declares is 422 with a code.
    *[_case(status, body, "naive", 1) for status in _STATUSES for body in ("a page", "a refusal")],
    *[_case(422, body, "naive", 1) for body in ("a page", "another shape")],
    *[_case(200, body, "naive", 1) for body in _BODIES],
    *[_case(status, "another shape", "naive", 0) for status in (200, 401, 429, 502)],
    *[_case(status, "a refusal", kind, 1) for status in (401, 429, 503) for kind in ("unique_ref", "key")],
    *[_case(status, "a page", "naive_none", 1) for status in (200, 401, 409, 429, 502)],
]

__all__ = ["REFUSALS"]
