"""Erasing a buyer over HTTP."""

from __future__ import annotations

import httpx

from hub.flow.app import App
from tests.web.seed import Seeded


async def test_a_buyer_is_erased_once_the_parcel_is_over(
    hub: App, alpha: httpx.AsyncClient, beta: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    mine = seeded["alpha"].posting
    path = f"/v1/postings/{mine.id}/personal-data"
    early = await alpha.delete(path)
    assert (early.status_code, early.json()["code"]) == (409, "under_way")
    hub.store.write_now(lambda tx: tx.execute("UPDATE postings SET stage = 'delivered', is_open = 0"))
    assert (await beta.delete(path)).status_code == 404
    done = await alpha.delete(path)
    assert (done.status_code, done.json()["state"], done.json()["files"]) == (200, "erased", 1), done.text
    again = await alpha.delete(f"/v1/postings/{mine.number}/personal-data")
    assert (again.status_code, again.json()["state"]) == (200, "already")
    details = (await alpha.get(f"/v1/postings/{mine.id}")).json()
    assert details["recipient"] is None
    assert details["shipment"]["committed"] == {"amount": "708.00", "currency": "RUB"}
    gone = await alpha.get(f"/v1/documents/{seeded['alpha'].document}/content")
    assert (gone.status_code, gone.json()["code"]) == (409, "erased")
    for table in ("recipients", "files"):
        (left,) = hub.store.reader.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert left == 1, "the other seller's, with the same bytes, stays" if table == "files" else table
