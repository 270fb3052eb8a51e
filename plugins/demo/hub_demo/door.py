"""The hub's HTTP door, as any program outside would use it: JSON, a key, and an idempotency key where money
is spent. Answers are read into the few fields that are needed here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import msgspec

from hub_demo.children import Failed

T = TypeVar("T")


class Money(msgspec.Struct):
    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount:,.2f} {self.currency}".replace(",", "\u202f")


class Posting(msgspec.Struct, kw_only=True):
    """One row of ``GET /v1/postings``."""

    id: str
    number: str
    scheme: str
    flow: str
    status: str
    stage: str
    provider: str
    books: str
    carrier: str
    service: str
    price: Money | None
    reference: str
    tracking_number: str
    problems: int
    ship_by: datetime | None = None


class Total(msgspec.Struct):
    """Of ``POST /v1/totals``."""

    token: str
    orders: int
    sums: tuple[Money, ...]


class Item(msgspec.Struct, kw_only=True):
    name: str
    quantity: int


class Quote(msgspec.Struct, kw_only=True):
    carrier: str
    service_name: str = ""
    price: Money | None = None
    days_min: int | None = None
    days_max: int | None = None
    in_time: bool | None = None
    chosen: bool = False
    missing: str = ""


class Shipment(msgspec.Struct, kw_only=True):
    carrier: str
    service_name: str
    state: str
    tracking_number: str
    posting_id: str
    committed: Money | None = None
    charged: Money | None = None
    why: dict[str, Any] = {}


class Document(msgspec.Struct, kw_only=True):
    id: str
    kind: str
    state: str
    page: int = 0


class Answer(msgspec.Struct, kw_only=True):
    code: str
    title: str = ""


class Problem(msgspec.Struct, kw_only=True):
    id: str
    posting_number: str
    kind: str
    text: str
    state: str
    answer: str
    answers: list[Answer] = []


class Moment(msgspec.Struct, kw_only=True):
    """A line of the history."""

    time: datetime
    kind: str
    text: str
    actor: str = ""


class Details(msgspec.Struct, kw_only=True):
    """``GET /v1/postings/{id}``."""

    posting: Posting
    items: list[Item]
    quotes: list[Quote]
    shipment: Shipment | None
    documents: list[Document]
    problems: list[Problem]
    history: list[Moment]


class Labels(msgspec.Struct, kw_only=True):
    document: str | None
    ready: list[str]
    waiting: dict[str, str]
    refused: dict[str, str]


class Handovers(msgspec.Struct, kw_only=True):
    document_id: str | None


class _List(msgspec.Struct):
    items: list[msgspec.Raw]
    next: str = ""


class Door:
    """``/v1`` of a running hub."""

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx.Client(
            base_url=f"{url}/v1", headers={"Authorization": f"Bearer {key}"}, trust_env=False, timeout=30
        )
        self._orders = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, kind: type[T], **query: Any) -> T:
        """One thing."""
        return msgspec.json.decode(self.file(path, **query), type=kind)

    def list(self, path: str, kind: type[T], **query: Any) -> Sequence[T]:
        """All pages of a listing."""
        found: list[T] = []
        cursor = ""
        while True:
            page = self.get(path, _List, limit=200, cursor=cursor, **query)
            found += [msgspec.json.decode(raw, type=kind) for raw in page.items]
            if not (cursor := page.next):
                return found

    def post(self, path: str, body: Any, kind: type[T], *, wait: float = 0, spends: bool = False) -> T:
        """Order something. ``spends``: with an idempotency key. ``wait``: hold the line so many seconds."""
        headers = {"Content-Type": "application/json"}
        if spends:
            self._orders += 1
            headers["Idempotency-Key"] = f"demo-{self._orders}"
        if wait:
            headers["Prefer"] = f"wait={wait:g}"
        answer = self._http.post(path, content=msgspec.json.encode(body), headers=headers)
        return msgspec.json.decode(self._good(answer), type=kind)

    def put(self, path: str, body: Any) -> None:
        """Put something in the place of what is there."""
        headers = {"Content-Type": "application/json"}
        self._good(self._http.put(path, content=msgspec.json.encode(body), headers=headers))

    def upload(self, path: str, csv: bytes) -> dict[str, Any]:
        """A CSV file."""
        answer = self._http.post(path, content=csv, headers={"Content-Type": "text/csv"})
        found: dict[str, Any] = msgspec.json.decode(self._good(answer))
        return found

    def file(self, path: str, **query: Any) -> bytes:
        """The bytes of a document, or of any answer."""
        return self._good(self._http.get(path, params=query))

    def _good(self, answer: httpx.Response) -> bytes:
        if answer.is_error:
            raise Failed(
                f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:600]}"
            )
        return answer.content
