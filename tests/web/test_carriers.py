"""The carriers' records and contract prices over HTTP."""

from __future__ import annotations

import io

import httpx
import pytest
import xlsxwriter

from tests.web.seed import Seeded

CSV = {"Content-Type": "text/csv"}
EXCEL = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
FEEDBACK = """\
kind,date,source,posting,carrier,reason,rating,count
rating,2026-11-19,review site,,cdek,,4.5,12
rating,2026-11-19,review site,,ghost,,4.5,12
"""
PRICES = "service,percent,valid_to\n136,10,2026-12-31\n,5,\n"


async def test_records(alpha: httpx.AsyncClient, operator: httpx.AsyncClient) -> None:
    path = "/v1/sellers/alpha/carrier-records"
    assert (await alpha.get(path)).json() == {"items": [], "next": ""}
    for known in (0, 1):
        taken = await alpha.post(path, content=FEEDBACK, headers=CSV)
        assert taken.status_code == 200, taken.text
        assert (taken.json()["added"], taken.json()["unchanged"]) == (1 - known, known)
        assert [problem["line"] for problem in taken.json()["problems"]] == [3]
    rated = await alpha.post(f"{path}/cdek/rating", json={"rating": 4})
    assert (rated.status_code, rated.json()) == (200, {"rating": 4.0})
    (record,) = (await operator.get(path, params={"direction": "ru/630099"})).json()["items"]
    assert (record["carrier"], record["direction"], record["own_rating"]) == ("cdek", "RU/63", 4.0)
    assert record["on_time"] == {"value": None, "parcels": 0, "direction": ""}
    assert record["ratings"] == [
        {"source": "review site", "value": 4.5, "ratings": 12, "newest": "2026-11-19"}
    ]
    assert (await alpha.get(path, params={"carrier": "sample"})).json()["items"] == []
    assert (await alpha.post(f"{path}/cdek/rating", json={"rating": None})).status_code == 200
    assert (await alpha.get(path)).json()["items"][0]["own_rating"] is None


@pytest.mark.parametrize(
    ("rating", "status"), [(0, 400), (5.5, 400), ("NaN", 400), ("1e9", 400), ("good", 400), ([], 400)]
)
async def test_a_rating_that_is_none(alpha: httpx.AsyncClient, rating: object, status: int) -> None:
    answer = await alpha.post("/v1/sellers/alpha/carrier-records/cdek/rating", json={"rating": rating})
    assert answer.status_code == status, answer.text


async def test_prices(alpha: httpx.AsyncClient) -> None:
    path = "/v1/sellers/alpha/contract-prices"
    made = await alpha.post(f"{path}/cdek", content=PRICES, headers=CSV)
    assert made.status_code == 200, made.text
    assert made.json() == {
        "carrier": "cdek",
        "lines": 2,
        "added": 2,
        "removed": 0,
        "unchanged": 0,
        "sheet": "",
    }
    first, second = (await alpha.get(path, params={"carrier": "cdek"})).json()["items"]
    assert (first["service"], first["percent"], first["valid_to"]) == ("136", "10", "2026-12-31")
    assert (second["service"], second["percent"], second["valid_to"]) == ("", "5", None)
    bad = await alpha.post(f"{path}/cdek", content=PRICES + "136,7,\n,x,\n", headers=CSV)
    assert (bad.status_code, bad.json()["code"]) == (422, "lines")
    assert "line 4: it and line 2 both apply" in bad.json()["detail"]
    assert "line 5: percent" in bad.json()["detail"]
    assert len((await alpha.get(path)).json()["items"]) == 2
    assert (await alpha.delete(f"{path}/cdek")).status_code == 204
    assert (await alpha.get(path)).json()["items"] == []
    assert (await alpha.post(f"{path}/ghost", content=PRICES, headers=CSV)).status_code == 404
    assert (await alpha.post(f"{path}/cdek", json=[])).status_code == 415


async def test_an_excel_file_is_a_table_at_every_door(alpha: httpx.AsyncClient) -> None:
    prices = workbook(["Услуга", "Скидка, %"], ["136", "10"], sheet="Цены")
    made = await alpha.post("/v1/sellers/alpha/contract-prices/cdek", content=prices, headers=EXCEL)
    assert (made.status_code, made.json()["lines"], made.json()["sheet"]) == (200, 1, "Цены")
    goods = workbook(["货号", "重量（克）"], ["X-1", 250], ["X-2", "heavy"], sheet="商品")
    taken = (await alpha.post("/v1/sellers/alpha/products", content=goods, headers=EXCEL)).json()
    assert (taken["added"], taken["sheet"], [one["line"] for one in taken["problems"]]) == (1, "商品", [3])
    said = workbook(
        ["kind", "Дата", "source", "carrier", "rating"],
        ["rating", "2026-11-01", "ozon", "cdek", 4.5],
        sheet="1",
    )
    rated = await alpha.post("/v1/sellers/alpha/carrier-records", content=said, headers=EXCEL)
    assert rated.json()["added"] == 1, rated.text
    broken = await alpha.post("/v1/sellers/alpha/products", content=goods[:900], headers=EXCEL)
    assert (broken.status_code, broken.json()["code"]) == (422, "encoding")


async def test_a_table_is_downloaded_as_an_excel_file(
    alpha: httpx.AsyncClient, seeded: dict[str, Seeded]
) -> None:
    for table in ("products", "prices", "records", "postings", "problems"):
        answer = await alpha.get(f"/v1/sellers/alpha/tables/{table}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, EXCEL["Content-Type"])
        assert f'filename="{table}.xlsx"' in answer.headers["content-disposition"]
        assert answer.content.startswith(b"PK")
    assert (await alpha.get("/v1/sellers/alpha/tables/keys")).status_code in (400, 404)
    assert (await alpha.get("/v1/sellers/beta/tables/products")).status_code == 404
    assert (await alpha.get("/v1/sellers/alpha/tables/products?language=fr")).status_code == 400


def workbook(*rows: list[object], sheet: str) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet(sheet)
    for number, cells in enumerate(rows):
        page.write_row(number, 0, cells)
    book.close()
    return target.getvalue()


async def test_prices_that_are_not_there_cannot_be_removed(alpha: httpx.AsyncClient) -> None:
    assert (await alpha.delete("/v1/sellers/alpha/contract-prices/nobody")).status_code == 404


@pytest.mark.parametrize("path", ["carrier-records", "contract-prices"])
async def test_another_sellers_are_not_there(
    alpha: httpx.AsyncClient, operator: httpx.AsyncClient, seeded: dict[str, Seeded], path: str
) -> None:
    assert (await alpha.get(f"/v1/sellers/beta/{path}")).status_code == 404
    assert (await operator.get(f"/v1/sellers/nobody/{path}")).status_code == 404
    assert (await operator.get(f"/v1/sellers/beta/{path}")).status_code == 200


async def test_what_is_no_direction(alpha: httpx.AsyncClient) -> None:
    answer = await alpha.get("/v1/sellers/alpha/carrier-records", params={"direction": "Siberia"})
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (400, "direction")
