"""Russian Post's cleaner, over real HTTP: an unclear address waits, and goes where a person says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import hub_russian_post
import msgspec
import pytest
from vendor_emulators.app import serve
from vendor_emulators.russian_post import RussianPostEmulator

from hub.plugin_api.models import Address, Recipient

from .desk import START, TOML, Desk, DeskClock, desk

SARATOV = Address(
    country="RU", region="Саратовская обл.", city="Саратов", postal_code="410012", street="ул. Мира, 5"
)
POST = """
[sellers.shop.accounts.post]
plugin = "russian_post"
[sellers.shop.accounts.post.settings]
token = "env:POST_TOKEN"
login = "demo@example.com"
password = "env:POST_PASSWORD"
base_url = "{url}"
tariff_url = "{url}"
"""
HEADERS = {
    "Authorization": "AccessToken demo-token",
    "X-User-Authorization": "Basic ZGVtb0BleGFtcGxlLmNvbTpkZW1vLXBhc3N3b3Jk",
}


class PostDesk:
    """The desk, and the emulated Post's own book."""

    def __init__(self, at: Desk, http: httpx.AsyncClient) -> None:
        self.at, self.http = at, http

    async def ordered(self, **written: str) -> str:
        """A posting to Saratov that is to go by Post, with these mistakes in its address."""
        address = msgspec.structs.replace(SARATOV, **written)
        recipient = Recipient(name="Анна Петрова", phone="+79990000001", address=address)
        posting = await self.at.order(recipient=recipient)
        await self.at.ship(posting, carrier="russian_post")
        await self.at.pass_time()
        return posting

    async def orders(self) -> list[dict[str, Any]]:
        """What the Post has in its backlog, as it shows it."""
        (operation,) = self.at.operations()
        found = await self.http.get("/1.0/backlog/search", params={"query": operation.reference})
        orders: list[dict[str, Any]] = found.raise_for_status().json()
        return orders


@pytest.fixture
async def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PostDesk]:
    monkeypatch.setenv("POST_TOKEN", "demo-token")
    monkeypatch.setenv("POST_PASSWORD", "demo-password")
    clock = DeskClock(START)
    with serve(RussianPostEmulator(clock=clock)) as running:
        toml = TOML.replace('"labels"]', '"labels", "russian_post"]') + POST.format(url=running.url)
        async with (
            httpx.AsyncClient(base_url=running.url, trust_env=False, headers=HEADERS) as http,
            desk(tmp_path, clock=clock, toml=toml, extra={"russian_post": hub_russian_post}) as at,
        ):
            yield PostDesk(at, http)


async def test_a_clear_address_goes_in_the_posts_own_parts(post: PostDesk) -> None:
    posting = await post.ordered()
    assert not post.at.problems()
    (order,) = await post.orders()
    assert (order["index-to"], order["place-to"], order["house-to"]) == (410012, "г. Саратов", "5")
    assert post.at.view(posting).carrier == "russian_post"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"postal_code": "630000"}, "the postcode belongs to another place than the one written"),
        ({"street": "ул. Мира"}, "the house number is unclear"),
        ({"street": "где-то"}, "the street is unclear, it is not in the directory"),
    ],
)
async def test_the_part_that_is_in_doubt_is_named_before_anything_is_booked(
    post: PostDesk, written: dict[str, str], said: str
) -> None:
    await post.ordered(**written)
    problem = post.at.problems()["address_unclear"]
    assert problem.text.endswith(f": {said}")
    assert problem.address is not None
    assert problem.address.original == msgspec.structs.replace(SARATOV, **written)
    assert problem.address.suggestion is not None
    assert problem.address.suggestion.city == "г. Саратов"
    assert not post.at.operations()


@pytest.mark.parametrize(
    ("answer", "parameters", "index", "raw"),
    [
        ("use_suggestion", {}, 410000, None),
        ("use_as_written", {}, 630000, "630000, Саратовская обл., Саратов, ул. Мира, 5"),
        ("correct_address", {"postal_code": "410012"}, 410012, None),
    ],
)
async def test_the_order_goes_where_a_person_says(
    post: PostDesk, answer: str, parameters: dict[str, str], index: int, raw: str | None
) -> None:
    posting = await post.ordered(postal_code="630000")
    await post.at.answer("address_unclear", answer, **parameters)
    await post.at.pass_time()
    assert not post.at.problems()
    (order,) = await post.orders()
    assert (order["index-to"], order.get("raw-address")) == (index, raw)
    assert post.at.view(posting).tracking_number == order["barcode"]


async def test_a_cleaner_that_is_down_is_waited_for(post: PostDesk) -> None:
    rule = {"kind": "reset", "path": "/1.0/clean/address", "times": 3}
    (await post.http.post("/_emulator/faults", json={"rules": [rule]})).raise_for_status()
    posting = await post.ordered()
    assert not post.at.problems()
    assert post.at.view(posting).tracking_number
    assert (await post.http.get("/_emulator/state")).json()["faults"] == {"reset": 3}


@pytest.mark.parametrize(
    ("rule", "orders", "told"),
    [
        ({"kind": "duplicate_request"}, 2, {"booked_twice"}),
        ({"kind": "status", "status": 429, "execute": True}, 1, set()),
        ({"kind": "status", "status": 401, "execute": True}, 1, set()),
        ({"kind": "status", "status": 403, "execute": True}, 1, set()),
        ({"kind": "html", "status": 409, "execute": True}, 1, set()),
        ({"kind": "foreign_answer", "execute": True}, 1, set()),
        ({"kind": "foreign_answer", "execute": False}, 1, set()),
    ],
)
async def test_whatever_the_post_answers_there_is_one_order_or_a_person_knows(
    post: PostDesk, rule: dict[str, Any], orders: int, told: set[str]
) -> None:
    """Rows 80 to 86 of the trial: the order was made, and something else was answered."""
    await post.ordered()  # another posting, so that there is another one's answer to give
    rule = {"path": "/*/user/backlog", "method": "PUT", "times": 1} | rule
    (await post.http.post("/_emulator/faults", json={"rules": [rule]})).raise_for_status()
    posting = await post.at.order("1002-1", recipient=Recipient(
        name="Анна Петрова", phone="+79990000001", address=SARATOV
    ))  # fmt: skip
    await post.at.ship(posting, carrier="russian_post")
    await post.at.pass_time(3600)
    assert (await post.http.get("/_emulator/state")).json()["faults"] == {rule["kind"]: 1}
    operation = post.at.operations()[-1]
    found = await post.http.get("/1.0/backlog/search", params={"query": operation.reference})
    assert len(found.raise_for_status().json()) == orders
    assert set(post.at.problems()) == told
    assert post.at.view(posting).tracking_number in {one["barcode"] for one in found.json()}
