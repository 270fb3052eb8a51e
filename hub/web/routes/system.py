"""Plugins and API keys."""

from __future__ import annotations

from litestar import Controller, delete, get, post
from litestar.params import FromPath, JSONBody

from hub.flow import reading
from hub.flow.history.key_views import KeyView
from hub.flow.history.view import Listing
from hub.flow.history.views import PluginView
from hub.flow.sellers import keys
from hub.web.access import OPERATOR, HubRequest, actor_of, hub_of
from hub.web.bodies import KeyAnswer, KeyBody


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
            warehouse=data.warehouse,
            read_only=data.scope == "read",
            expires_at=data.expires_at,
        )
        return KeyAnswer(
            id=view.id,
            name=view.name,
            prefix=view.prefix,
            seller=view.seller,
            warehouse=view.warehouse,
            scope=view.scope,
            expires_at=view.expires_at,
            token=token,
        )

    @delete("/{key_id:str}", summary="Revoke a key, at once")
    async def revoke_key(self, request: HubRequest, key_id: FromPath[str]) -> None:
        await keys.revoke(hub_of(request), key_id, actor_of(request))
