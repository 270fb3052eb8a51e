"""The log of accepted requests, so that tests can hold them against the vendor's specification."""

from collections import deque
from datetime import datetime

import msgspec

from vendor_emulators.wire import Request, Response

_SECRET_HEADERS = frozenset({"api-key", "authorization", "cookie", "x-api-key", "x-user-authorization"})
_KEPT = 20_000
_ANSWER_LIMIT = 256 * 1024


class Entry(msgspec.Struct, omit_defaults=True):
    """One executed request; ``answer`` is the answer's text where keeping answers is switched on."""

    number: int
    at: datetime
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: str
    status: int
    content_type: str = ""
    answer: str | None = None


class RequestLog:
    """Bounded to the last 20 000 requests."""

    def __init__(self) -> None:
        self._entries: deque[tuple[int, datetime, Request, Response]] = deque(maxlen=_KEPT)
        self.keep_answers = False
        self.count = 0

    def add(self, at: datetime, request: Request, response: Response) -> None:
        # Decoding waits until somebody reads the log: most runs never do.
        self.count += 1
        wanted = self.keep_answers and len(response.body) <= _ANSWER_LIMIT
        kept = response if wanted else Response(response.status, headers=response.headers)
        self._entries.append((self.count, at, request, kept))

    def entries(self, since: int = 0) -> list[Entry]:
        """Everything after entry number ``since``, secrets removed."""
        return [self._entry(*kept) for kept in self._entries if kept[0] > since]

    def clear(self) -> None:
        self._entries.clear()

    def _entry(self, number: int, at: datetime, request: Request, response: Response) -> Entry:
        headers = {
            name: "***" if name in _SECRET_HEADERS else value for name, value in request.headers.items()
        }
        return Entry(
            number,
            at,
            request.method,
            request.path,
            request.query,
            headers,
            request.text,
            response.status,
            response.content_type,
            response.body.decode("utf-8", "replace") if self.keep_answers else None,
        )
