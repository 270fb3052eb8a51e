"""Every route once, with good input."""

from __future__ import annotations

import httpx

from tests.web.seed import PDF, Seeded

ITEM = {
    "offer_id": "TEA-1",
    "sku": "1001",
    "weight_g": 250,
    "length_mm": 100,
    "width_mm": 80,
    "height_mm": 60,
}


async def test_sellers_and_accounts(operator: httpx.AsyncClient, seeded: dict[str, Seeded]) -> None:
    made = await operator.post(
        "/v1/sellers",
        json={"slug": "gamma", "title": "Gamma", "time_zone": "Asia/Yekaterinburg", "plugins": ["ozon"]},
    )
    assert made.status_code == 201, made.text
    assert made.json()["declared"] is False
    slugs = {item["slug"] for item in (await operator.get("/v1/sellers")).json()["items"]}
    assert slugs == {"alpha", "beta", "gamma"}
    accounts = (await operator.get("/v1/sellers/alpha/accounts")).json()["items"]
    assert [account["id"] for account in accounts] == [seeded["alpha"].account]
    assert "credentials" not in accounts[0]
    assert (await operator.get("/v1/sellers/nobody/accounts")).status_code == 404


async def test_an_account_with_a_setting_that_does_not_exist(operator: httpx.AsyncClient) -> None:
    answer = await operator.post(
        "/v1/sellers/alpha/accounts",
        json={"plugin": "ozon", "name": "second", "settings": {"no_such_setting": "very-secret"}},
    )
    assert answer.status_code == 422
    assert "very-secret" not in answer.text


async def test_products_as_json_and_as_csv(alpha: httpx.AsyncClient) -> None:
    first = await alpha.post("/v1/sellers/alpha/products", json=[ITEM])
    assert (first.status_code, first.json()["added"]) == (200, 1), first.text
    csv = "offer_id;sku;weight_g;name_ru\nTEA-1;1001;300;Чай\nCUP-2;1002;bad;Чашка\n".encode()
    headers = {"Content-Type": "text/csv; charset=utf-8"}
    second = await alpha.post("/v1/sellers/alpha/products", content=csv, headers=headers)
    result = second.json()
    assert second.status_code == 200, second.text
    assert result["changed"] == 1
    assert [problem["line"] for problem in result["problems"]] == [3]
    listed = (await alpha.get("/v1/sellers/alpha/products?limit=1")).json()
    assert listed["items"][0]["offer_id"]


async def test_a_misspelt_product_is_named(alpha: httpx.AsyncClient) -> None:
    answer = await alpha.post("/v1/sellers/alpha/products", json=[ITEM, ITEM | {"wieght_g": 3}])
    assert answer.status_code == 400
    assert "wieght_g" in answer.json()["fields"][0]["problem"]
    empty = await alpha.post("/v1/sellers/alpha/products", json=[])
    assert (empty.status_code, empty.json()["code"]) == (422, "empty")


async def test_postings_by_deadline_in_pages(alpha: httpx.AsyncClient, seeded: dict[str, Seeded]) -> None:
    numbers: list[str] = []
    cursor = ""
    for _ in range(4):
        page = (await alpha.get("/v1/postings", params={"limit": 2, "cursor": cursor})).json()
        numbers += [item["number"] for item in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert numbers == [row.number for row in seeded["alpha"].postings]
    assert cursor == ""


async def test_postings_by_stage_and_deadline(alpha: httpx.AsyncClient, seeded: dict[str, Seeded]) -> None:
    soon = seeded["alpha"].postings[1].ship_by
    assert soon is not None
    params = {"ship_before": soon.isoformat(), "stage": "waiting", "open": "true"}
    early = (await alpha.get("/v1/postings", params=params)).json()["items"]
    assert early
    assert {item["number"] for item in early} <= {row.number for row in seeded["alpha"].postings[:2]}
    assert (await alpha.get("/v1/postings?stage=delivered&stage=lost")).json()["items"] == []
    assert (await alpha.get("/v1/postings?cursor=nonsense")).status_code in (400, 409, 422)


async def test_a_posting_by_id_and_by_number(alpha: httpx.AsyncClient, seeded: dict[str, Seeded]) -> None:
    row = seeded["alpha"].posting
    by_id = await alpha.get(f"/v1/postings/{row.id}")
    by_number = await alpha.get(f"/v1/postings/{row.number}")
    assert by_id.status_code == 200
    assert by_id.json() == by_number.json()
    details = by_id.json()
    assert details["posting"]["number"] == row.number
    assert details["items"][0]["name"] == "Чай улун [red] 乌龙茶"
    assert details["shipment"]["committed"] == {"amount": "708.00", "currency": "RUB"}
    choice = details["choice"]
    assert (choice["carrier"], choice["chosen_by"], choice["boxes"]) == ("cdek", "rule", 1)
    assert choice["cap"] == {"amount": "778.80", "currency": "RUB"}
    assert (choice["chosen_at"], choice["valid_until"]) == ("2026-11-20T12:00:00Z", "2026-11-20T13:00:00Z")
    assert choice["reason"]
    assert "+70000000000" not in by_id.text, "a phone leaves the hub masked"
    for part in ("history", "quotes", "tracking"):
        answer = await alpha.get(f"/v1/postings/{row.id}/{part}")
        assert answer.status_code == 200, answer.text
    assert (await alpha.get(f"/v1/postings/{row.id}/history")).json()["items"][0][
        "kind"
    ] == "posting.imported"


async def test_a_number_that_two_accounts_know(
    hub: object, operator: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    from hub.flow.app import App
    from hub.store import rows
    from tests.web.seed import posting_row

    assert isinstance(hub, App)
    twin = posting_row("beta", seeded["alpha"].posting.number, account=seeded["beta"].account)
    hub.store.write_now(lambda tx: rows.postings.insert(tx, twin))
    answer = await operator.get(f"/v1/postings/{twin.number}")
    assert answer.status_code == 409, answer.text
    assert set(answer.json()["candidates"]) == {twin.id, seeded["alpha"].posting.id}


async def test_shipments_and_operations(alpha: httpx.AsyncClient, seeded: dict[str, Seeded]) -> None:
    mine = seeded["alpha"]
    listed = (await alpha.get("/v1/shipments")).json()["items"]
    assert [item["id"] for item in listed] == [mine.shipment]
    shown = (await alpha.get(f"/v1/shipments/{mine.shipment}")).json()
    assert shown["why"]["code"] == "cheapest_in_time"
    operation = (await alpha.get(f"/v1/operations/{mine.operation}")).json()
    assert operation["state"] == "confirmed"
    assert operation["posting_id"] == mine.posting.id


async def test_a_document_is_a_download(alpha: httpx.AsyncClient, seeded: dict[str, Seeded]) -> None:
    mine = seeded["alpha"]
    meta = (await alpha.get(f"/v1/documents/{mine.document}")).json()
    assert (meta["kind"], meta["state"]) == ("label", "ready")
    file = await alpha.get(f"/v1/documents/{mine.document}/content")
    assert file.content == PDF
    assert file.headers["content-type"] == "application/pdf"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["cache-control"] == "private, no-store"
    assert file.headers["content-disposition"] == f'attachment; filename="label-{mine.posting.number}.pdf"'


async def test_a_page_that_is_not_there(alpha: httpx.AsyncClient, seeded: dict[str, Seeded]) -> None:
    beyond = await alpha.get(f"/v1/documents/{seeded['alpha'].document}/picture?page=9")
    assert (beyond.status_code, beyond.json()["code"]) == (404, "not_found")


async def test_a_body_that_is_missing(operator: httpx.AsyncClient) -> None:
    refused = await operator.post("/v1/keys")
    assert refused.status_code == 400
    assert refused.json()["fields"] == [
        {"field": "body", "in": "body", "problem": "it is missing: send it as JSON"}
    ]


async def test_problems_with_their_answers(alpha: httpx.AsyncClient, seeded: dict[str, Seeded]) -> None:
    problems = (await alpha.get("/v1/problems")).json()["items"]
    assert [problem["id"] for problem in problems] == [seeded["alpha"].problem]
    assert problems[0]["text"]
    answer = await alpha.post(
        f"/v1/problems/{seeded['alpha'].problem}/answer",
        json={"answer": "no_such_answer"},
        headers={"Idempotency-Key": "a"},
    )
    assert answer.status_code in (409, 422), answer.text


async def test_tracking_is_taken_in(alpha: httpx.AsyncClient, seeded: dict[str, Seeded]) -> None:
    everything = await alpha.post("/v1/tracking", json={})
    assert (everything.status_code, everything.json()) == (202, {"accepted": True, "refused": {}})
    one = await alpha.post("/v1/tracking", json={"postings": [seeded["alpha"].posting.number]})
    assert one.status_code == 202


async def test_plugins_tell_what_they_can_do(alpha: httpx.AsyncClient) -> None:
    found = {item["name"]: item for item in (await alpha.get("/v1/plugins")).json()["items"]}
    assert set(found) == {"ozon", "cdek", "sample", "labels"}
    assert "book" in found["cdek"]["capabilities"]
    assert "carrier" in found["cdek"]["kinds"]


async def test_handovers_are_listed(alpha: httpx.AsyncClient, seeded: dict[str, Seeded]) -> None:
    assert (await alpha.get("/v1/handovers")).json() == {"items": [], "next": ""}
