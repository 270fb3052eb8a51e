"""Who may call what, how often, and which methods are dead."""

import time
from collections import deque
from collections.abc import Callable
from typing import Literal

from vendor_emulators.ozon.errors import (
    EXHAUSTED,
    FORBIDDEN,
    INVALID_ARGUMENT,
    NOT_FOUND,
    UNAUTHENTICATED,
    error,
    refuse,
)
from vendor_emulators.ozon.shop import ROLES, Company, Shop
from vendor_emulators.wire import Request, Response

# Switch-off calendar, state of 2026-11-22 (facts sheet, section 11).
DEAD = frozenset(
    {
        "/v1/product/import/stocks",
        "/v1/conditional-cancellation/list",
        "/v1/conditional-cancellation/approve",
        "/v1/conditional-cancellation/reject",
        "/v3/returns/company/fbo",
        "/v3/returns/company/fbs",
        "/v4/fbs/posting/product/exemplar/set",
        "/v4/fbs/posting/product/exemplar/status",
        "/v4/fbs/posting/product/exemplar/validate",
        "/v5/fbs/posting/product/exemplar/create-or-get",
        "/v5/fbs/posting/product/exemplar/set",
        "/v2/posting/fbs/product/change",
        "/v2/fbs/posting/sent-by-seller",
        "/v1/posting/carriage-available/list",
        "/v1/carriage/delivery/list",
        "/v2/posting/fbs/digital/act/check-status",
        "/v2/posting/fbs/digital/act/get-pdf",
        "/v1/warehouse/list",
        "/v1/delivery-method/list",
        "/v1/product/info/stocks-by-warehouse/fbs",
        "/v2/returns/rfbs/reject",
        "/v2/returns/rfbs/compensate",
        "/v2/returns/rfbs/verify",
        "/v2/returns/rfbs/receive-return",
        "/v2/returns/rfbs/return-money",
        "/v3/posting/fbs/list",
        "/v3/posting/fbs/unfulfilled/list",
        "/v2/posting/fbo/list",
        "/v1/posting/digital/list",
        "/v2/posting/fbs/act/create",
        "/v3/posting/fbs/ship",
        "/v3/finance/transaction/list",
        "/v3/finance/transaction/totals",
        "/v1/posting/fbs/package-label/create",
        "/v1/posting/fbs/package-label/get",
        "/v2/posting/fbs/package-label/create",
        "/v2/posting/fbs/package-label",
    }
)

Pace = Literal["real", "virtual", "off"]

_OPENS_AFTER = 100  # refusals of one method within a minute open its circle
_OPEN_SECONDS = 120.0


class Gate:
    """Checks that come before any method: headers, key, company, rate, role."""

    def __init__(self, virtual_seconds: Callable[[], float]) -> None:
        self._virtual = virtual_seconds
        self.pace: Pace = "real"
        self.per_second = 50
        self._windows: dict[str, tuple[int, int]] = {}
        self._refused: dict[tuple[str, str], deque[float]] = {}
        self._open_until: dict[tuple[str, str], float] = {}
        self.rate_limited = 0
        self.circle_open = 0

    def seconds(self) -> float:
        """The time that limits go by."""
        return self._virtual() if self.pace == "virtual" else time.monotonic()

    def identify(self, request: Request, shops: dict[str, Shop]) -> Shop:
        """The shop whose key this is; wrong keys are HTTP 404 (so it is)."""
        client_id, key = request.headers.get("client-id"), request.headers.get("api-key")
        if not client_id or not key:
            raise refuse(401, UNAUTHENTICATED, "Client-Id and Api-Key headers are required")
        if not client_id.isdecimal() or int(client_id) == 0:
            raise refuse(400, INVALID_ARGUMENT, "Client-Id header value should be positive integer")
        shop = shops.get(client_id)
        if shop is None or shop.company.api_key != key:
            raise refuse(404, NOT_FOUND, "Invalid Api-Key, please check the key and try again")
        return shop

    def admit(self, company: Company) -> None:
        if company.deactivated:
            raise refuse(403, FORBIDDEN, "Api-key is deactivated, use another one or generate a new one")
        if company.restricted_ip:
            raise refuse(403, FORBIDDEN, "Api-Key is restricted to specific IP addresses")
        if company.blocked:
            raise refuse(403, FORBIDDEN, "Company is blocked, please contact support")
        if company.offer_unsigned:
            raise refuse(403, FORBIDDEN, "Offer not signed")

    def authorize(self, company: Company, path: str) -> None:
        prefixes = [p for name in company.roles if name in ROLES for p in ROLES[name].methods]
        if not any(path.startswith(prefix) for prefix in prefixes):
            raise refuse(403, FORBIDDEN, "Api-Key is missing a required role for a method")

    def pass_rate(self, client_id: str, path: str) -> tuple[int, Response | None]:
        """What is left of this second, and the refusal where nothing is."""
        if self.pace == "off":
            return self.per_second, None
        now = self.seconds()
        method = (client_id, path)
        if now < self._open_until.get(method, 0.0):
            self.circle_open += 1
            return self._left(client_id, now), error(429, EXHAUSTED, "Circle is open")
        left = self._left(client_id, now)
        if left <= 0:
            self.rate_limited += 1
            self._note_refusal(method, now)
            refusal = error(429, EXHAUSTED, "You have reached request rate limit per second")
            refusal.headers["retry-after"] = "1"
            return 0, refusal
        self._windows[client_id] = (int(now), self._windows[client_id][1] + 1)
        return left - 1, None

    def _left(self, client_id: str, now: float) -> int:
        second, used = self._windows.get(client_id, (int(now), 0))
        if second != int(now):
            second, used = int(now), 0
        self._windows[client_id] = (second, used)
        return self.per_second - used

    def _note_refusal(self, method: tuple[str, str], now: float) -> None:
        refused = self._refused.setdefault(method, deque())
        refused.append(now)
        while refused[0] < now - 60:
            refused.popleft()
        if len(refused) >= _OPENS_AFTER:
            self._open_until[method] = now + _OPEN_SECONDS
            refused.clear()
