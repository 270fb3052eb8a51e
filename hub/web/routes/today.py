"""A seller's day at a glance."""

from __future__ import annotations

from litestar import get
from litestar.params import FromQuery

from hub.flow.history.today_views import TodayView
from hub.flow.reading.today import today_of
from hub.web.access import HubRequest, hub_of, seller_of, warehouse_of


@get(
    "/today",
    operation_id="showToday",
    summary="What has to leave by when, and what waits for an answer",
    tags=["postings"],
)
async def today(
    request: HubRequest, seller: FromQuery[str | None] = None, warehouse: FromQuery[str | None] = None
) -> TodayView:
    """``leaving``: parcels by warehouse and time, each counted once by what is to be done. ``questions``:
    open problems by kind, those that must be answered soonest first."""
    whose = seller_of(request, seller)
    return today_of(hub_of(request), whose, warehouse_of(request, whose, warehouse))
