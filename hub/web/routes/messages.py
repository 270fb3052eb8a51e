"""Messages to people outside the hub: how the addresses do, a test, and what somebody has seen."""

from __future__ import annotations

from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody

from hub.flow.history.view import Listing
from hub.flow.messages import looking
from hub.flow.messages.views import MessagesView, MessageView, SeenView
from hub.web.access import HubRequest, actor_of, hub_of, seller_of
from hub.web.bodies import MessageTestBody, SeenBody


class MessagesController(Controller):
    """What tells a seller's people outside the hub."""

    path = "/sellers/{slug:str}/messages"
    tags = ("problems",)

    @get(summary="The addresses for messages and how they do, and the last messages")
    async def show_messages(self, request: HubRequest, slug: FromPath[str]) -> MessagesView:
        """An address itself is a secret, and shown nowhere. ``waiting``: open problems that nobody has
        seen."""
        return looking.overview(hub_of(request), seller_of(request, slug))

    @post("/test", summary="Send a test message to each address, or to one", status_code=200)
    async def test_messages(
        self, request: HubRequest, slug: FromPath[str], data: JSONBody[MessageTestBody]
    ) -> Listing[MessageView]:
        """It takes as long as the services take to answer, at most half a minute each. What did not arrive
        has the state ``failed`` and a reason."""
        sent = await looking.send_tests(hub_of(request), seller_of(request, slug), data.address)
        return Listing(items=list(sent))

    @post(
        "/seen", summary="Say that problems were seen: they stay open, and are told no more", status_code=200
    )
    async def see_problems(
        self, request: HubRequest, slug: FromPath[str], data: JSONBody[SeenBody]
    ) -> SeenView:
        """Without ``problems``: all of the seller's that are open now."""
        seller = seller_of(request, slug)
        return await looking.see(hub_of(request), seller, data.problems, actor_of(request))
