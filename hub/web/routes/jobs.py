"""The queue of the hub's own work, for the operator."""

from __future__ import annotations

from typing import Annotated

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from hub.flow.health import worklist
from hub.flow.health.views import JobView
from hub.flow.health.worklist import JobState
from hub.flow.history.view import Listing
from hub.web.access import OPERATOR, HubRequest, actor_of, hub_of, seller_of, warehouse_of
from hub.web.parameters import Cursor, Limit


class JobsController(Controller):
    """What the hub has to do by itself."""

    path = "/jobs"
    tags = ("system",)
    opt = OPERATOR

    @get(summary="The queue: what runs, what is due, what comes later, what was given up and why")
    async def list_jobs(
        self,
        request: HubRequest,
        kind: FromQuery[str] = "",
        in_state: Annotated[JobState | None, QueryParameter(name="state")] = None,
        account: FromQuery[str] = "",
        seller: FromQuery[str] = "",
        warehouse: FromQuery[str] = "",
        cursor: Cursor = "",
        limit: Limit = 50,
    ) -> Listing[JobView]:
        """``account`` is an id or a name. Running work first, then by its time."""
        if seller or warehouse:
            seller = seller_of(request, seller or None)
            warehouse_of(request, seller, warehouse or None)
        return worklist.jobs(
            hub_of(request),
            kind=kind,
            state=in_state,
            account=account,
            seller=seller,
            warehouse=warehouse,
            cursor=cursor,
            limit=limit,
        )

    @post("/{key:str}/retry", summary="Take dead work up again", status_code=200)
    async def retry_job(self, request: HubRequest, key: FromPath[str]) -> JobView:
        """Its tries begin anew, and the problems that told of its end are answered."""
        return await worklist.retry(hub_of(request), key, actor_of(request))
