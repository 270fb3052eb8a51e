"""Units of which the marketplace wants to know something before their postings are packed."""

from __future__ import annotations

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from hub.flow import reading
from hub.flow.history.unit_views import Scan, UnitWork
from hub.flow.history.view import Listing
from hub.flow.units import entering, scanning, worklist
from hub.web.access import (
    IN_WAREHOUSE,
    HubRequest,
    actor_of,
    hub_of,
    seller_of,
    visible,
    warehouse_of,
)
from hub.web.bodies import ScanBody, UnitsBody


class UnitsController(Controller):
    """Marking codes, customs numbers and the like, each of one piece."""

    path = "/units"
    tags = ("units",)

    @get(summary="What has to be scanned or entered before postings can be packed", opt=IN_WAREHOUSE)
    async def list_units(
        self,
        request: HubRequest,
        seller: FromQuery[str | None] = None,
        warehouse: FromQuery[str | None] = None,
    ) -> Listing[UnitWork]:
        """The most urgent posting first, each with what its units lack."""
        whose = seller_of(request, seller)
        there = warehouse_of(request, whose, warehouse)
        return Listing(items=worklist.worklist(hub_of(request), whose, there))

    @post(
        "/scan",
        operation_id="scanUnit",
        summary="Take in what a scanner typed",
        status_code=200,
        opt=IN_WAREHOUSE,
    )
    async def scan(self, request: HubRequest, data: JSONBody[ScanBody]) -> Scan:
        """The code finds its posting and its unit. What cannot be kept is an answer too (``refused``), with
        what to do. The same code again is the same answer."""
        hub, seller = hub_of(request), seller_of(request, data.seller)
        warehouse = warehouse_of(request, seller, data.warehouse)
        return await scanning.scan(
            hub, seller, data.code, actor_of(request), posting_id=data.posting, warehouse=warehouse
        )

    @post(
        "/{posting_id:str}",
        operation_id="enterUnits",
        summary="Say what is known of a posting's units",
        status_code=200,
        opt=IN_WAREHOUSE,
    )
    async def enter(
        self,
        request: HubRequest,
        posting_id: FromPath[str],
        data: JSONBody[UnitsBody],
    ) -> UnitWork:
        """All of it is kept, or nothing. Returns what the posting lacks now."""
        hub = hub_of(request)
        visible(request, reading.posting, posting_id)
        facts = [
            entering.Fact(sku=one.sku, number=one.unit, fact=one.fact, value=one.value) for one in data.facts
        ]
        row = await entering.enter(hub, posting_id, facts, actor_of(request))
        return worklist.work_of(hub.store.reader, row)
