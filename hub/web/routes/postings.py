"""Postings: the work queue, everything known about one, its quotes and its tracking."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from litestar import Controller, delete, get, post
from litestar.exceptions import HTTPException
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from hub.flow import orders, reading
from hub.flow.choice import near_points
from hub.flow.choice.near_points import PointsView
from hub.flow.history.quote_views import QuoteView
from hub.flow.history.results import Erased
from hub.flow.history.view import Listing
from hub.flow.history.views import HistoryView, PostingDetails, PostingView, TrackingView
from hub.flow.reading import Ambiguous
from hub.flow.reading.naming import named, why
from hub.flow.recipients import erasing
from hub.plugin_api.errors import Conflict, NotFound
from hub.plugin_api.models import Stage
from hub.web.access import (
    ASKS,
    IN_WAREHOUSE,
    HubRequest,
    actor_of,
    hub_of,
    may_change,
    seller_of,
    warehouse_of,
)
from hub.web.bodies import Accepted, TrackingBody
from hub.web.parameters import Cursor, Limit

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]")


def find_posting(request: HubRequest, key: str) -> PostingView:
    """The posting of this id or number, if the caller may see it; NotFound for both other cases."""
    user = request.user
    return reading.posting(hub_of(request), key, seller=user.seller, warehouse=user.warehouse)


def ids_of(
    request: HubRequest, keys: Sequence[str], seller: str | None
) -> tuple[dict[str, str], dict[str, NotFound | Ambiguous]]:
    """The ids of the postings that these ids and numbers name, by what was asked, and why others are none:
    one bad key does not stop the rest."""
    found, strange = named(hub_of(request), keys, seller, request.user.warehouse)
    return {key: view.id for key, view in found.items()}, strange


def find_details(request: HubRequest, key: str) -> PostingDetails:
    """Everything about the posting of this id or number; NotFound like `find_posting`."""
    posting_id = key if key.startswith("pst_") else find_posting(request, key).id
    user = request.user
    return reading.posting_details(hub_of(request), posting_id, user.seller, user.warehouse)


def _is_time(request: HubRequest, name: str) -> None:
    """The framework takes a bare number for a time as well, which no document says. Raises HTTPException."""
    given = request.query_params.get(name)
    if given is not None and not _DATE.match(given):
        said = [{"key": name, "message": "write a time, like 2026-11-20T12:00:00Z", "source": "query"}]
        raise HTTPException(status_code=400, extra=said)


class PostingsController(Controller):
    """What the marketplaces ask to be shipped."""

    path = "/postings"
    tags = ("postings",)

    @get(summary="A seller's postings, the most urgent first", opt=IN_WAREHOUSE)
    async def list_postings(
        self,
        request: HubRequest,
        seller: FromQuery[str | None] = None,
        warehouse: FromQuery[str | None] = None,
        stage: FromQuery[list[Stage] | None] = None,
        ship_before: FromQuery[datetime | None] = None,
        open_only: Annotated[bool, QueryParameter(name="open")] = False,
        sort: FromQuery[Literal["deadline", "newest"]] = "deadline",
        cursor: Cursor = "",
        limit: Limit = 50,
    ) -> Listing[PostingView]:
        _is_time(request, "ship_before")
        whose = seller_of(request, seller)
        return reading.postings(
            hub_of(request),
            seller=whose,
            warehouse=warehouse_of(request, whose, warehouse),
            stages=tuple(stage or ()),
            ship_before=ship_before,
            open_only=open_only,
            sort=sort,
            cursor=cursor,
            limit=limit,
        )

    @get("/{posting_id:str}", summary="Everything known about a posting, with its history", opt=IN_WAREHOUSE)
    async def show_posting(self, request: HubRequest, posting_id: FromPath[str]) -> PostingDetails:
        return find_details(request, posting_id)

    @get(
        "/{posting_id:str}/history",
        operation_id="postingHistory",
        summary="Who did what, when, and what the answer was",
        opt=IN_WAREHOUSE,
    )
    async def history(self, request: HubRequest, posting_id: FromPath[str]) -> Listing[HistoryView]:
        return Listing(items=list(find_details(request, posting_id).history))

    @get(
        "/{posting_id:str}/quotes",
        operation_id="postingQuotes",
        summary="Offers of the carriers: the stored ones, or fresh ones",
        opt=IN_WAREHOUSE,
    )
    async def quotes(
        self, request: HubRequest, posting_id: FromPath[str], fresh: FromQuery[bool] = False
    ) -> Listing[QuoteView]:
        """Side by side, with the one that is chosen and why. Where the marketplace books, a line that says
        who delivers, and prices to compare, where the seller has such."""
        posting = find_posting(request, posting_id)
        if fresh:
            may_change(request.user)
        if fresh or (posting.books != "seller" and not request.user.read_only):
            return Listing(items=list(await orders.quote(hub_of(request), posting.id, actor_of(request))))
        return Listing(items=list(find_details(request, posting_id).quotes))

    @get(
        "/{posting_id:str}/points",
        operation_id="postingPoints",
        summary="Delivery points near the buyer, the nearest first",
        opt=ASKS | IN_WAREHOUSE,
    )
    async def points(
        self, request: HubRequest, posting_id: FromPath[str], carrier: FromQuery[str] = "",
        limit: Limit = near_points.MOST,
    ) -> PointsView:  # fmt: skip
        """Of every carrier that is on; those that take the parcels first. Asks the carriers."""
        posting = find_posting(request, posting_id)
        return await near_points.near(hub_of(request), posting.id, carrier=carrier, limit=limit)

    @get(
        "/{posting_id:str}/tracking",
        operation_id="postingTracking",
        summary="What the carrier told, oldest first",
        opt=IN_WAREHOUSE,
    )
    async def tracking(self, request: HubRequest, posting_id: FromPath[str]) -> Listing[TrackingView]:
        return Listing(items=list(find_details(request, posting_id).tracking))

    @delete(
        "/{posting_id:str}/personal-data",
        summary="Erase what is known of the buyer; the parcel must be over",
        status_code=200,
    )
    async def erase_buyer(self, request: HubRequest, posting_id: FromPath[str]) -> Erased:
        """It cannot be undone; sent again it changes nothing. 409 ``under_way``, ``at_work`` or ``money``
        where the buyer is still needed."""
        posting = find_posting(request, posting_id)
        (done,) = await erasing.erase(hub_of(request), [posting.id], actor_of(request))
        if done.state == "refused":
            raise Conflict(done.reason, code=done.code)
        return done


@post(
    "/tracking",
    operation_id="trackShipments",
    summary="Ask the carriers now",
    status_code=202,
    tags=["postings"],
    opt=IN_WAREHOUSE,
)
async def track(request: HubRequest, data: JSONBody[TrackingBody]) -> Accepted:
    """Asks about everything of the seller that is on its way, or about the named postings; what names none is
    in ``refused``."""
    hub = hub_of(request)
    if data.postings:
        ids, strange = ids_of(request, data.postings, request.user.seller)
        if not ids:
            raise next(iter(strange.values()))
        await orders.track(hub, seller=None, posting_ids=list(ids.values()), actor=actor_of(request))
        return Accepted(refused={key: why(key, error) for key, error in strange.items()})
    seller = seller_of(request, data.seller)
    there = warehouse_of(request, seller, None)
    await orders.track(hub, seller=seller, warehouse=there, posting_ids=(), actor=actor_of(request))
    return Accepted()
