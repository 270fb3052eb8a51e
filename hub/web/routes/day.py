"""Hand-overs, and problems with their answers."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from hub.flow import answering, orders, reading
from hub.flow.handover import sheets
from hub.flow.history.problem_views import ProblemView
from hub.flow.history.results import HandoverEntry, HandoverResult, HandoverView
from hub.flow.history.view import Listing
from hub.web.access import (
    IN_WAREHOUSE,
    SPENDS,
    HubRequest,
    actor_of,
    hub_of,
    seller_of,
    visible,
    warehouse_of,
)
from hub.web.bodies import AnswerBody, HandoverBody
from hub.web.description import FileOperation
from hub.web.ordering import IdempotencyKey, once
from hub.web.parameters import Cursor, Limit
from hub.web.routes.documents import file_answer
from hub.words import said


class HandoversController(Controller):
    """What left the house, to whom, and the sheet that was signed."""

    path = "/handovers"
    tags = ("hand-overs",)

    @post(summary="Hand over the parcels that are there", status_code=202, opt=SPENDS | IN_WAREHOUSE)
    async def hand_over(
        self, request: HubRequest, data: JSONBody[HandoverBody], idempotency_key: IdempotencyKey
    ) -> HandoverResult:
        hub, seller = hub_of(request), seller_of(request, data.seller)
        warehouse = warehouse_of(request, seller, data.warehouse)

        async def order() -> HandoverResult:
            result = await orders.handover(
                hub, seller, actor_of(request), warehouse=warehouse, only=data.only
            )
            return _within(result) if request.user.warehouse is not None else result

        return await once(request, idempotency_key, data, order, HandoverResult)

    @get(summary="A seller's hand-overs", opt=IN_WAREHOUSE)
    async def list_handovers(
        self,
        request: HubRequest,
        seller: FromQuery[str | None] = None,
        warehouse: FromQuery[str | None] = None,
    ) -> Listing[HandoverView]:
        whose = seller_of(request, seller)
        there = warehouse_of(request, whose, warehouse)
        return Listing(items=reading.handovers(hub_of(request), whose, there))

    @get("/{handover_id:str}", operation_id="showHandover", summary="A hand-over", opt=IN_WAREHOUSE)
    async def show_handover(self, request: HubRequest, handover_id: FromPath[str]) -> HandoverView:
        return visible(request, reading.handover, handover_id)

    @get(
        "/{handover_id:str}/sheet",
        operation_id="handoverSheet",
        summary="Its sheet, as it stands now",
        opt=IN_WAREHOUSE,
        operation_class=FileOperation,
    )
    async def sheet(self, request: HubRequest, handover_id: FromPath[str]) -> Response[bytes]:
        """Drawn at each call: with the carrier's number, once there is one."""
        view = visible(request, reading.handover, handover_id)
        drawn = await sheets.sheet(hub_of(request), view.id)
        return file_answer(request, drawn.content, drawn.media_type, f"handover-{view.id}")


def _within(result: HandoverResult) -> HandoverResult:
    """The answer to a key of one warehouse: of a parcel of another one it says nothing."""
    unknown = said("no parcel of this warehouse has this code", code="handover.unknown_here")
    return msgspec.structs.replace(
        result,
        results=tuple(
            HandoverEntry(asked=one.asked, state="refused", code="not_found", reason=unknown)
            if one.code == "elsewhere"
            else one
            for one in result.results
        ),
    )


class ProblemsController(Controller):
    """What needs a person, and the answers that a person may give."""

    path = "/problems"
    tags = ("problems",)

    @get(summary="What needs a person", opt=IN_WAREHOUSE)
    async def list_problems(
        self,
        request: HubRequest,
        seller: FromQuery[str | None] = None,
        warehouse: FromQuery[str | None] = None,
        open_only: Annotated[bool, QueryParameter(name="open")] = True,
        money: FromQuery[bool] = False,
        cursor: Cursor = "",
        limit: Limit = 50,
    ) -> Listing[ProblemView]:
        """What must be answered soonest first, then what has no deadline, the newest first; with the answered
        ones (``open`` false) the newest of all first. With ``money`` only those in which money is at stake,
        with ``warehouse`` those of its postings; what an account as a whole waits for is about none. A
        seller's key sees its own; the operator's sees all and those of the hub's own work, or those of the
        ``seller`` that it names."""
        named = seller is not None or warehouse is not None or request.user.seller is not None
        whose = seller_of(request, seller) if named else None
        return reading.problems(
            hub_of(request),
            seller=whose,
            warehouse=None if whose is None else warehouse_of(request, whose, warehouse),
            open_only=open_only,
            money_only=money,
            cursor=cursor,
            limit=limit,
        )

    @post(
        "/{problem_id:str}/answer",
        operation_id="answerProblem",
        summary="Answer a problem",
        status_code=200,
        opt=SPENDS | IN_WAREHOUSE,
    )
    async def answer(
        self,
        request: HubRequest,
        problem_id: FromPath[str],
        data: JSONBody[AnswerBody],
        idempotency_key: IdempotencyKey,
    ) -> ProblemView:
        """Each answer of the problem says in ``effect`` what follows from it, and in ``may_pay_twice``
        whether something is paid for twice where it is wrong."""
        hub = hub_of(request)
        visible(request, reading.problem, problem_id)

        async def order() -> ProblemView:
            return await answering.answer(
                hub, problem_id, data.answer, data.parameters, actor_of(request), note=data.note
            )

        return await once(request, idempotency_key, data, order, ProblemView)
