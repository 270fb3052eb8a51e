"""Problem documents in the reader's language, and as data for programs."""

from __future__ import annotations

import httpx
import pytest


@pytest.mark.parametrize(
    ("asked", "speaks", "says"),
    [
        ("", "en", "the key is the operator's"),
        ("ru-RU,ru;q=0.9,en;q=0.5", "ru", "а ключ владельца"),
        ("fr, zh-CN;q=0.8, en;q=0.3", "zh", "密钥是管理员的"),
        ("zh;q=0, de", "en", "the key is the operator's"),
        ("en;q=0.1, ru;q=0.2", "ru", "а ключ владельца"),
        (",;q=x,ruru", "en", "the key is the operator's"),
    ],
)
async def test_a_refusal_speaks_the_language_that_is_asked_for(
    operator: httpx.AsyncClient, seeded: object, asked: str, speaks: str, says: str
) -> None:
    answer = await operator.get("/v1/postings", headers={"Accept-Language": asked})
    assert answer.status_code == 409
    assert answer.headers["Content-Language"] == speaks
    assert answer.headers["Vary"] == "Accept-Language"
    assert says in answer.json()["detail"]
    assert answer.json()["code"] == "seller_needed"


async def test_a_refusal_is_data_for_programs(alpha: httpx.AsyncClient, seeded: object) -> None:
    found = (await alpha.get("/v1/postings", params={"cursor": "nonsense"})).json()
    assert found["code"] == "bad_cursor"
    assert found["reason"].partition(".")[0] == "bad_cursor"
