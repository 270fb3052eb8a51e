"""Health, plugins and API keys."""

from __future__ import annotations

from typing import Literal

from litestar import Controller, delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from hub.flow import reading
from hub.flow.health.health import health as whole_health
from hub.flow.health.views import HealthView
from hub.flow.sellers import keys
from hub.flow.views import KeyView, Listing, PluginView
from hub.web.access import OPERATOR, HubRequest, actor_of, hub_of, identify
from hub.web.bodies import KeyAnswer, KeyBody, Status


@get("/health", summary="Whether the hub works; the operator's key sees what is wrong", tags=["system"])
async def health(
    request: HubRequest, lang: FromQuery[Literal["ru", "zh", "en"]] = "en"
) -> HealthView | Status:
    """Without a key, and with a seller's, only the word: ``ok``, or ``stalled`` where due work is not done.

    With the operator's key also what ``hub doctor`` looks at, in words; ``left_out`` names what would take
    too long here.
    """
    hub = hub_of(request)
    if "authorization" in request.headers and identify(request).seller is None:
        return await whole_health(hub, lang)
    return Status(status=reading.health(hub).status)


@get(
    "/plugins",
    operation_id="listPlugins",
    summary="The plugins that may run here, and what they can do",
    tags=["system"],
)
async def plugins(request: HubRequest) -> Listing[PluginView]:
    """Capabilities are read off which methods a plugin overrides."""
    return Listing(items=list(reading.plugins(hub_of(request).registry)))


class KeysController(Controller):
    """API keys. The key itself is shown once; its hash is stored."""

    path = "/keys"
    tags = ("keys",)
    opt = OPERATOR

    @get(summary="The keys that are in use")
    async def list_keys(self, request: HubRequest) -> Listing[KeyView]:
        return Listing(items=list(keys.list_keys(hub_of(request))))

    @post(summary="Make a key, for one seller or for the operator")
    async def add_key(self, request: HubRequest, data: JSONBody[KeyBody]) -> KeyAnswer:
        view, token = await keys.add_key(
            hub_of(request),
            data.seller,
            data.name,
            actor_of(request),
            read_only=data.scope == "read",
            expires_at=data.expires_at,
        )
        return KeyAnswer(
            id=view.id,
            name=view.name,
            prefix=view.prefix,
            seller=view.seller,
            scope=view.scope,
            expires_at=view.expires_at,
            token=token,
        )

    @delete("/{key_id:str}", summary="Revoke a key, at once")
    async def revoke_key(self, request: HubRequest, key_id: FromPath[str]) -> None:
        await keys.revoke(hub_of(request), key_id, actor_of(request))
