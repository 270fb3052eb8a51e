"""Orders that cost money: answered once per ``Idempotency-Key``, and awaited as ``Prefer: wait=N`` asks."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import msgspec
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter

from hub.flow.sellers import keys
from hub.web.access import HubRequest, hub_of
from hub.words import for_json

T = TypeVar("T")

LONGEST_WAIT = 60.0
_STEP = 0.1
_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,6})\b", re.IGNORECASE)

IdempotencyKey = Annotated[
    str,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]([ -~]{0,253}[!-~])?$",
        description="One per order: 1 to 255 printable ASCII characters. The same key with the same body "
        "gives the stored answer and orders nothing again; with another body it is refused (422).",
    ),
]
Prefer = Annotated[
    str | None,
    HeaderParameter(
        name="Prefer",
        required=False,
        description="wait=N: answer when the work is settled, after N seconds at the latest (60 at most).",
    ),
]


def also_200(kind: type[Any], description: str) -> dict[int, ResponseSpec]:
    """For the schema of a route that answers 202: its other success, with the same body."""
    return {200: ResponseSpec(data_container=kind, description=description, generate_examples=False)}


async def once(
    request: HubRequest,
    key: str,
    body: msgspec.Struct | None,
    work: Callable[[], Awaitable[T]],
    kind: type[T],
) -> T:
    """Do ``work`` under this idempotency key, or give the answer that was stored for it.

    Raises Conflict while the first request is still at work (409), or for another body (422).
    """
    fingerprint = hashlib.sha256(
        b"\n".join(
            (
                str(request.method).encode(),
                request.url.path.encode(),
                msgspec.json.encode(body, order="deterministic"),
            )
        )
    ).hexdigest()

    async def answer() -> bytes:
        return msgspec.json.encode(await work(), enc_hook=for_json)

    stored = await keys.idempotent(hub_of(request), request.user, key, fingerprint, answer)
    return msgspec.json.decode(stored, type=kind)


def seconds_to_wait(prefer: str | None) -> float:
    """What ``Prefer: wait=N`` asks for (RFC 7240, section 4.3), at most `LONGEST_WAIT`."""
    found = _WAIT.search(prefer or "")
    return min(float(found.group(1)), LONGEST_WAIT) if found else 0.0


async def wait_until(settled: Callable[[], bool], seconds: float) -> bool:
    """Whether it became true in time. These are real seconds: somebody holds the line."""
    until = time.monotonic() + seconds
    while not settled():
        if time.monotonic() >= until:
            return False
        await asyncio.sleep(_STEP)
    return True
