"""A seller's plugins over HTTP: the list is whole, and none with parcels under way goes off by the way."""

from __future__ import annotations

import httpx

from hub.flow.app import App
from hub.flow.history.forms import NewSeller
from hub.flow.sellers import sellers
from tests.web.seed import Seeded


async def test_over_http_the_whole_list_is_refused_where_parcels_stand_still(
    hub: App,
    operator: httpx.AsyncClient,
) -> None:
    new = NewSeller(slug="gamma", title="G", time_zone="Asia/Shanghai", plugins=("ozon", "cdek"))
    await sellers.add_seller(hub, new, "test")
    hub.store.write_now(Seeded("gamma").write)  # an account of ozon, five postings under way
    path = "/v1/sellers/gamma"
    refused = await operator.patch(path, json={"plugins": ["cdek"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "plugin_in_use")
    assert "parcels under way: 5" in refused.json()["detail"]
    assert sellers.seller(hub, "gamma").plugins == ("ozon", "cdek")
    assert (await operator.patch(path, json={"plugins": ["ozon"]})).status_code == 200  # no parcel is at cdek
    assert (await operator.patch(path, json={"plugins": [], "force": True})).status_code == 200
    assert sellers.seller(hub, "gamma").plugins == ()
    assert (await operator.patch(path, json={"force": True})).status_code == 200
