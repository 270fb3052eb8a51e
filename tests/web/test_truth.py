"""HTTP says what it does: parameters, methods, statuses, order, and why each thing of a batch was refused."""

from __future__ import annotations

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from hub.flow.app import App
from hub.store import rows
from tests.web.seed import Seeded, posting_row


def _routes(site: Litestar) -> list[HTTPRoute]:
    return [one for one in site.routes if isinstance(one, HTTPRoute) and one.path.startswith("/v1")]


def _filled(path: str) -> str:
    return "/".join("x" if part.startswith("{") else part for part in path.split("/"))


async def test_no_route_ignores_a_parameter(site: Litestar, operator: httpx.AsyncClient) -> None:
    """A misspelt filter never answers with other things than were asked for."""
    asked = 0
    for route in _routes(site):
        for method in route.route_handler_map:
            if method == "OPTIONS":
                continue
            path = _filled(route.path_format) + "?limmit=1&posting_ids=x"
            answer = await operator.request(method, path, headers={"Idempotency-Key": "k"})
            assert answer.status_code == 400, (method, path, answer.text)
            problem = answer.json()
            assert problem["code"] == "invalid"
            assert [(f["field"], f["in"]) for f in problem["fields"]] == [
                ("limmit", "query"),
                ("posting_ids", "query"),
            ], (method, path)
            asked += 1
    assert asked > 40


async def test_a_stranger_learns_no_parameters(nobody: httpx.AsyncClient) -> None:
    assert (await nobody.get("/v1/postings?limmit=1")).status_code == 401
    assert (await nobody.get("/v1/health?limmit=1")).status_code == 400


async def test_one_value_is_taken_where_one_is_meant(
    alpha: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    twice = await alpha.get("/v1/postings?sort=newest&sort=deadline")
    assert (twice.status_code, twice.json()["fields"][0]["field"]) == (400, "sort")
    assert (await alpha.get("/v1/postings?stage=waiting&stage=new")).status_code == 200


async def test_a_misspelt_seller_is_an_error(operator: httpx.AsyncClient, seeded: dict[str, Seeded]) -> None:
    for path in ("/v1/postings", "/v1/shipments", "/v1/problems", "/v1/handovers", "/v1/incidents"):
        answer = await operator.get(path, params={"seller": "alhpa"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
        assert (await operator.get(path, params={"seller": "alpha"})).status_code == 200, path
    jobs = await operator.get("/v1/jobs", params={"seller": "alhpa"})
    assert jobs.status_code == 404
    for body in ({"seller": "alhpa"}, {"seller": "alhpa", "postings": ["x"]}):
        path = "/v1/shipments" if "postings" in body else "/v1/handovers"
        answer = await operator.post(path, json=body, headers={"Idempotency-Key": path})
        assert answer.status_code == 404, path


async def test_head_is_get_without_the_body(
    site: Litestar, operator: httpx.AsyncClient, nobody: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    mine = seeded["alpha"]
    for path in (
        "/v1/health",
        "/v1/postings?seller=alpha",
        f"/v1/documents/{mine.document}/content",
        f"/v1/postings/{mine.posting.id}",
        "/v1/postings/nothing",
        "/schema",
    ):
        got, head = await operator.get(path), await operator.head(path)
        assert head.status_code == got.status_code, path
        assert head.content == b"", path
        assert head.headers.get("content-type") == got.headers.get("content-type"), path
        assert head.headers.get("content-length") == got.headers.get("content-length"), path
    assert (await nobody.head("/v1/postings")).status_code == 401
    assert (await operator.head("/v1/tracking")).status_code == 405


async def test_allow_names_every_method_of_an_address(site: Litestar, operator: httpx.AsyncClient) -> None:
    methods: dict[str, set[str]] = {}
    for route in _routes(site):
        methods.setdefault(route.path_format, set()).update(route.route_handler_map)
    for path, taken in methods.items():
        whole = taken | ({"HEAD"} if "GET" in taken else set())
        said = await operator.options(_filled(path))
        assert said.status_code == 204, path
        assert set(said.headers["allow"].split(", ")) == whole, path
        wrong = "PUT" if "PUT" not in taken else "DELETE"
        refused = await operator.request(wrong, _filled(path), json={})
        assert refused.status_code == 405, path
        assert set(refused.headers["allow"].split(", ")) == whole, path


async def test_results_stand_in_the_order_asked_and_each_has_its_code(
    hub: App, operator: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    mine = seeded["alpha"]
    one, two = mine.postings[1:3]
    twins = [posting_row("alpha", "twin-1", account=account) for account in (mine.account, "acc_other")]
    done = posting_row("alpha", "over-1", account=mine.account)
    hub.store.write_now(lambda tx: rows.postings.insert_many(tx, [*twins, done]))
    hub.store.write_now(
        lambda tx: tx.execute("UPDATE postings SET stage = 'delivered', is_open = 0 WHERE id = ?", (done.id,))
    )
    alone = {"seller": "alpha", "postings": [one.id]}
    before = await operator.post("/v1/shipments", json=alone, headers={"Idempotency-Key": "alone"})
    assert before.status_code == 202, before.text
    asked = [two.number, "nothing", one.id, two.id, "twin-1", two.number, done.number, mine.posting.number]
    answer = await operator.post(
        "/v1/shipments",
        json={"seller": "alpha", "postings": asked},
        headers={"Idempotency-Key": "order"},
    )
    assert answer.status_code == 202, answer.text
    ordered = answer.json()["results"]
    assert [(r["number"], r["state"], r["code"]) for r in ordered] == [
        (two.number, "queued", ""),
        ("nothing", "refused", "not_found"),
        (one.number, "already", ""),
        (two.number, "queued", ""),
        ("twin-1", "refused", "ambiguous"),
        (two.number, "queued", ""),
        (done.number, "refused", "over"),
        (mine.posting.number, "already", ""),
    ]
    assert all(bool(r["reason"]) == (r["state"] == "refused") for r in ordered)
    assert set(ordered[4]["candidates"]) == {twin.id for twin in twins}
    assert [r["posting_id"] for r in ordered][:3] == [two.id, "", one.id]
    labels = await operator.post("/v1/labels", json={"postings": asked[:-1]})
    assert [(r["number"], r["state"], r["code"]) for r in labels.json()["results"]] == [
        (two.number, "waiting", "not_ready"),
        ("nothing", "refused", "not_found"),
        (one.number, "waiting", "not_ready"),
        (two.number, "waiting", "not_ready"),
        ("twin-1", "refused", "ambiguous"),
        (two.number, "waiting", "not_ready"),
        (done.number, "refused", "over"),
    ], labels.text


async def test_a_sync_that_fails_is_no_success(alpha: httpx.AsyncClient, seeded: dict[str, Seeded]) -> None:
    """The seeded account's credentials cannot be opened: nothing is fetched."""
    failed = await alpha.post("/v1/sellers/alpha/sync")
    assert failed.status_code >= 400
    problem = failed.json()
    assert (problem["code"], problem["status"]) == ("sync_failed", failed.status_code)
    (account,) = problem["accounts"]
    assert account["account"] == seeded["alpha"].account
    assert account["code"]
    assert account["error"]


async def test_a_sync_that_fails_in_part_says_which_part(
    alpha: httpx.AsyncClient, seeded: dict[str, Seeded], monkeypatch: pytest.MonkeyPatch
) -> None:
    from hub.flow.history.results import SyncResult
    from hub.flow.intake import postings as intake
    from hub.plugin_api.errors import Unavailable

    class _Two:
        def __init__(self, name: str) -> None:
            self.id, self.seller, self.name = name, "alpha", "shop"

    async def one_answers(app: App, account: str, actor: str) -> SyncResult:
        if account == "acc_silent":
            raise Unavailable("Ozon: no answer came in time")
        return SyncResult(account=account, seen=3, new=1, changed=0, problems=0)

    monkeypatch.setattr(App, "source_accounts", lambda self, seller: [_Two("acc_good"), _Two("acc_silent")])
    monkeypatch.setattr(intake, "sync_account", one_answers)
    answer = await alpha.post("/v1/sellers/alpha/sync")
    assert answer.status_code == 207
    assert [(one["account"], one["code"], one["seen"]) for one in answer.json()["items"]] == [
        ("acc_good", "", 3),
        ("acc_silent", "unavailable", 0),
    ]
    monkeypatch.setattr(App, "source_accounts", lambda self, seller: [_Two("acc_silent")])
    assert (await alpha.post("/v1/sellers/alpha/sync")).status_code == 503
    monkeypatch.setattr(App, "source_accounts", lambda self, seller: [_Two("acc_good")])
    assert (await alpha.post("/v1/sellers/alpha/sync")).status_code == 200


async def test_every_success_and_every_file_is_in_the_document(nobody: httpx.AsyncClient) -> None:
    document = (await nobody.get("/schema")).json()

    def answers(path: str, method: str) -> dict[str, dict[str, object]]:
        found: dict[str, dict[str, object]] = document["paths"][path][method]["responses"]
        return {status: answer for status, answer in found.items() if status != "default"}

    for path in ("/v1/shipments", "/v1/labels"):
        both = answers(path, "post")
        assert set(both) == {"200", "202"}, path
        assert both["200"]["content"] == both["202"]["content"], path
    assert set(answers("/v1/sellers/{slug}/sync", "post")) == {"200", "207"}
    for name, types in (
        ("content", {"application/pdf", "image/png", "text/html"}),
        ("picture", {"image/png"}),
    ):
        content = answers(f"/v1/documents/{{document_id}}/{name}", "get")["200"]["content"]
        assert isinstance(content, dict)
        assert types <= set(content)
        assert all(one["schema"] == {"type": "string", "format": "binary"} for one in content.values())


async def test_names_in_the_document_hold_no_module(nobody: httpx.AsyncClient) -> None:
    document = (await nobody.get("/schema")).json()
    names = [
        *document["components"]["schemas"],
        *(operation["operationId"] for item in document["paths"].values() for operation in item.values()),
    ]
    assert all(name.isalnum() and "Hub" not in name for name in names), names
    assert "PostingViewListing" in names
    assert "shipPostings" in names


async def test_a_word_that_is_none_of_the_words_is_answered_with_them(
    operator: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    stages = (await operator.get("/v1/postings?seller=alpha&stage=nonsense")).json()["fields"]
    assert stages[0]["field"] == "stage"
    assert stages[0]["problem"].startswith("'nonsense' is none of new, waiting,")
    order = {"postings": [seeded["alpha"].postings[0].id], "paper": "nonsense"}
    paper = (await operator.post("/v1/labels", json=order)).json()["fields"]
    assert paper[0]["problem"] == "'nonsense' is none of 100x150, 75x120, 58x40, a4"
    rules = (await operator.put("/v1/sellers/alpha/rules", json={"strategy": "nonsense"})).json()["fields"]
    assert rules[0]["problem"].startswith("'nonsense' is none of cheapest")
    below = {"rules": [{"name": "x", "strategy": "nonsense"}]}
    nested = (await operator.put("/v1/sellers/alpha/rules", json=below)).json()["fields"]
    assert nested[0]["problem"].startswith("'nonsense' is none of cheapest"), nested
    russian = await operator.get("/v1/postings?sort=nonsense", headers={"Accept-Language": "ru"})
    assert "newest" in russian.json()["fields"][0]["problem"]
