"""How the hub is: a word for whoever watches it, what is wrong for its operator, and whether it lives at
all."""

from __future__ import annotations

from typing import Literal

import msgspec
from litestar import Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery
from msgspec import UNSET, UnsetType

from hub.flow.health.health import health as whole_health
from hub.flow.health.readiness import Reason, State, readiness
from hub.flow.health.views import CheckView
from hub.flow.history.view import View
from hub.web.access import HubRequest, hub_of, identify
from hub.web.bodies import Status
from hub.words import for_json


class Health(View, frozen=True, kw_only=True):
    """What anybody may know, and with the operator's key the figures and the checks."""

    status: State
    """``ok``; ``stalled``: work is due and nobody does it; ``failing``: it cannot work."""
    reasons: tuple[Reason, ...] | UnsetType = UNSET
    """Why it is not ``ok``."""
    version: str | UnsetType = UNSET
    sqlite: str | UnsetType = UNSET
    """Its version; empty on another engine."""
    engine: str | UnsetType = UNSET
    """The database's engine and its version."""
    worker: bool | UnsetType = UNSET
    queue: int | UnsetType = UNSET
    oldest_due_seconds: float | UnsetType = UNSET
    operations_unknown: int | UnsetType = UNSET
    problems_open: int | UnsetType = UNSET
    counters: dict[str, int] | UnsetType = UNSET
    level: Literal["ok", "warning", "problem"] | UnsetType = UNSET
    """The worst level of ``checks``."""
    checks: tuple[CheckView, ...] | UnsetType = UNSET
    """What `hub doctor` looks at."""
    left_out: tuple[str, ...] | UnsetType = UNSET
    """Checks that take too long to be made here: only the doctor makes them."""


_NOT_READY = {
    503: ResponseSpec(
        data_container=Health,
        description="It does not work now: `reasons` says why; the same body",
        generate_examples=False,
    )
}


@get(
    "/health",
    operation_id="readHealth",
    summary="Whether the hub works; the operator's key sees what is wrong",
    tags=["system"],
    responses=_NOT_READY,
    security=[],
)
async def health(request: HubRequest, lang: FromQuery[Literal["ru", "zh", "en"]] = "en") -> Response[Health]:
    """200 where the hub works, 503 where it does not: ``failing`` where it cannot write, has no room,
    takes in no orders or its clock went back; ``stalled`` where due work is not done, or no worker has
    been heard of for five minutes. ``reasons`` has the codes.

    With the operator's key also what ``hub doctor`` looks at, in words; ``left_out`` names what would
    take too long here. A process that is to be restarted when it hangs is asked at ``/v1/health/live``: a
    full disk is not fixed by a restart.
    """
    hub = hub_of(request)
    if "authorization" in request.headers and identify(request).seller is None:
        view = await whole_health(hub, lang)
        answer = msgspec.convert(msgspec.to_builtins(view, enc_hook=for_json), Health)
    else:
        ready = await readiness(hub)
        answer = Health(status=ready.status, reasons=ready.reasons or UNSET)
    headers = {"Cache-Control": "no-store"}
    if answer.status == "ok":
        return Response(answer, headers=headers)
    return Response(answer, status_code=503, headers=headers | {"Retry-After": "30"})


@get(
    "/health/live",
    operation_id="readLiveness",
    summary="Whether the process answers",
    tags=["system"],
    security=[],
)
async def live(request: HubRequest) -> Status:
    """Always 200, ``ok``: it asks nothing but whether this process answers."""
    return Status(status="ok")
