"""A file of labels or slips has buyers' names and addresses: it is one seller's, at every door, and what an
older hub mixed is given to none of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import msgspec
import pytest

from hub.flow import orders
from hub.flow.app import App
from hub.flow.documents import composing as papers
from hub.flow.opening import open_app
from hub.flow.sellers import keys
from hub.plugin_api.errors import Rejected
from hub.plugin_api.ids import new_id
from hub.plugin_api.models import Stage
from hub.store import Transaction, rows
from hub.web.app import create_app
from tests.web.seed import NOON, PDF, Seeded


@pytest.mark.parametrize("path", ["/v1/labels", "/v1/packing-slips"])
async def test_a_file_of_two_sellers_is_refused_with_a_code(
    hub: App, operator: httpx.AsyncClient, seeded: dict[str, Seeded], path: str
) -> None:
    both = [seeded["alpha"].posting.id, seeded["beta"].posting.id]

    answer = await operator.post(path, json={"postings": both})

    assert (answer.status_code, answer.json()["code"]) == (422, "several_sellers")
    kinds = {row["kind"] for row in hub.store.reader.execute("SELECT kind FROM documents")}
    assert kinds == {"label"}  # what was seeded: no file was made


async def test_a_hand_over_sheet_of_two_sellers_is_refused(hub: App, seeded: dict[str, Seeded]) -> None:
    both = [seeded["alpha"].posting.id, seeded["beta"].posting.id]
    with pytest.raises(Rejected) as caught:
        await papers.handover_sheet(hub, (), "alpha", both)
    assert caught.value.code == "several_sellers"


async def test_a_file_says_whose_postings_it_holds(
    hub: App, alpha: httpx.AsyncClient, beta: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    mine = seeded["alpha"].postings[:2]
    document = await orders.packing_slips(hub, [row.id for row in mine], "test")

    stored = rows.documents.get(hub.store.reader, document)
    assert stored is not None
    assert set(stored.covers or ()) == {row.id for row in mine}
    assert (await alpha.get(f"/v1/documents/{document}/content")).status_code == 200
    assert (await beta.get(f"/v1/documents/{document}/content")).status_code == 404


def _mixed(postings: list[rows.PostingRow], kind: str, printed: str) -> tuple[str, list[rows.HistoryRow]]:
    document = new_id("doc")
    data = {"document": document}
    history = [
        rows.HistoryRow(row.id, 2 + Stage(row.stage).rank, new_id("evt"), NOON, printed, 1, "op", "", data)
        for row in postings
    ]
    return document, history


@pytest.mark.parametrize(
    ("kind", "printed"), [("labels", "label.printed"), ("packing_slips", "slip.printed")]
)
async def test_what_an_older_hub_mixed_is_read_by_none_of_them(
    hub: App, seeded: dict[str, Seeded], kind: str, printed: str
) -> None:
    home, first = hub.home, seeded["alpha"].posting
    of_both, told = _mixed([first, seeded["beta"].posting], kind, printed)
    of_one, told_one = _mixed([seeded["alpha"].postings[1]], kind, printed)
    of_nobody, _ = _mixed([], kind, printed)

    def write(tx: Transaction) -> None:
        rows.files.insert(tx, rows.FileRow("old", "application/pdf", PDF, NOON))
        plain = rows.documents.first(tx, "WHERE posting_id = ?", (first.id,))
        assert plain is not None
        for one in (of_both, of_one, of_nobody):
            rows.documents.insert(
                tx, msgspec.structs.replace(plain, id=one, kind=kind, posting_id="", file_id="old")
            )
        rows.history.insert_many(tx, [*told, *told_one])

    await hub.store.write(write)
    await hub.aclose()
    _as_schema_6(home)

    again = open_app(home, migrating=True)
    try:
        tokens = {
            slug: (await keys.add_key(again, slug, f"{slug} again", "test"))[1]
            for slug in (None, "alpha", "beta")
        }
        site = create_app(again, worker=False)
        transport = httpx.ASGITransport(app=site)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://hub") as http:

            async def status(slug: str | None, document: str, rest: str) -> int:
                headers = {"Authorization": f"Bearer {tokens[slug]}"}
                return (await http.get(f"/v1/documents/{document}{rest}", headers=headers)).status_code

            for rest in ("", "/content"):
                for document in (of_both, of_nobody):
                    assert await status("alpha", document, rest) == 404
                    assert await status("beta", document, rest) == 404
                    assert await status(None, document, rest) == 200
                assert await status("alpha", of_one, rest) == 200
                assert await status("beta", of_one, rest) == 404
            assert await status("alpha", of_both, "/picture") == 404
    finally:
        await again.aclose()


def _as_schema_6(home: Path) -> None:
    with closing(sqlite3.connect(home / "hub.sqlite")) as database, database:
        database.execute("ALTER TABLE documents DROP COLUMN covers")
        database.execute("PRAGMA user_version = 6")


async def test_a_name_that_is_none_costs_itself_only(
    operator: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    number = seeded["alpha"].postings[1].number
    for path in ("/v1/packing-slips", "/v1/tracking"):
        answer = await operator.post(path, json={"postings": ["no-such", number]})
        assert answer.is_success, answer.text
        assert answer.json()["refused"] == {"no-such": "there is no posting 'no-such'"}
        assert (await operator.post(path, json={"postings": ["no-such"]})).status_code == 404
