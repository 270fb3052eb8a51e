"""Every refusal says where it was read, or that it is guessed; and a guessed one goes three ways."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import vendor_emulators
from adapters.emulators.tests import cdek_world, russian_post_world
from adapters.emulators.tests.cdek_world import Cdek
from adapters.emulators.tests.ozon_world import Ozon
from adapters.emulators.tests.russian_post_world import Post
from vendor_emulators.cdek import refusals as cdek_refusals
from vendor_emulators.courier import refusals as courier_refusals
from vendor_emulators.ozon import refusals as ozon_refusals
from vendor_emulators.refusals import Guess
from vendor_emulators.russian_post import refusals as post_refusals
from vendor_emulators.spsr import refusals as spsr_refusals

VENDORS: dict[str, Any] = {
    "ozon": ozon_refusals,
    "cdek": cdek_refusals,
    "russian_post": post_refusals,
    "spsr": spsr_refusals,
    "courier": courier_refusals,
}
# The functions that refuse, and which of their arguments is the code.
CALLS = {
    "ozon": {"refuse": 2, "business": 0},
    "cdek": {"refuse": 0, "error": 0},
    "russian_post": {"refuse": 0, "order_error": 0, "position_error": 0},
    "spsr": {"Refused": 0},
    "courier": {"_refuse": 1},
}


def codes_of(vendor: str) -> set[str]:
    """The codes that stand in the sources as they are given."""
    found: set[str] = set()
    for file in (Path(vendor_emulators.__file__).parent / vendor).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place = CALLS[vendor].get(node.func.id)
                argument = node.args[place] if place is not None and place < len(node.args) else None
                if isinstance(argument, ast.Constant) and not isinstance(argument.value, type(None)):
                    found.add(str(argument.value))
    return found


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_refusal_is_declared(vendor: str) -> None:
    declared: dict[str, Sequence[str]] = VENDORS[vendor].DOCUMENTED
    documented = {code for codes in declared.values() for code in codes}
    guessed: tuple[Guess, ...] = VENDORS[vendor].GUESSED
    assert codes_of(vendor) - documented - {guess.code for guess in guessed} == set()
    assert all(declared)
    assert len(guessed) == len({(guess.code, guess.path) for guess in guessed})


@pytest.fixture
def cdek() -> Iterator[Cdek]:
    with cdek_world.served() as world:
        yield world


@pytest.fixture
def post() -> Iterator[Post]:
    with russian_post_world.served() as world:
        yield world


def packing(ozon: Ozon) -> tuple[str, dict[str, Any]]:
    """A posting whose packing is under way, and the order to cancel it."""
    (number,) = ozon.order()
    ozon.ship(number)
    body = {"posting_number": number, "cancel_reason_id": 402, "cancel_reason_message": "Ошибка"}
    return number, body


def test_refused_as_assumed(ozon: Ozon) -> None:
    _, body = packing(ozon)
    assert ozon.refused("/v2/posting/fbs/cancel", body) == (400, 3, "HAS_INCORRECT_STATUS")
    view = ozon.http.get("/_emulator/guessed").json()
    assert (view["settings"]["way"], view["happened"]) == ("refuse", {})


@pytest.mark.parametrize(("way", "end"), [("ignore", "awaiting_deliver"), ("late", "cancelled")])
def test_ozon_takes_it_and_does_nothing_or_does_it_later(ozon: Ozon, way: str, end: str) -> None:
    number, body = packing(ozon)
    ozon.control("guessed", {"way": way})
    assert ozon.call("/v2/posting/fbs/cancel", body) == {"result": True}
    assert ozon.stands(number)[0] == "awaiting_packaging"
    ozon.clock.advance(61)
    assert ozon.stands(number)[0] == end
    assert ozon.http.get("/_emulator/guessed").json()["happened"] == {"HAS_INCORRECT_STATUS": 1}


@pytest.mark.parametrize(("way", "end"), [("ignore", "CREATED"), ("late", "REMOVED")])
def test_cdek(cdek: Cdek, way: str, end: str) -> None:
    uuid = cdek.post("A-1")
    assert cdek.code("DELETE", f"/v2/orders/{uuid}") == "v2_similar_request_still_processed"
    cdek.control("guessed", {"way": way, "seconds": 90})
    taken = cdek.call("DELETE", f"/v2/orders/{uuid}", status=202)
    assert (taken["entity"]["uuid"], taken["requests"][0]["state"]) == (uuid, "ACCEPTED")
    cdek.clock.advance(95)
    assert cdek.codes(uuid)[-1] == end


@pytest.mark.parametrize("way", ["ignore", "late"])
def test_the_post(post: Post, way: str) -> None:
    batch = post.checked_in(russian_post_world.order_body("PH-1"))[0]["batch"]
    assert post.call("POST", f"/1.0/batch/{batch}/checkin")["error-code"] == "READONLY_STATE"
    post.control("guessed", {"way": way})
    assert post.call("POST", f"/1.0/batch/{batch}/checkin") == {"f103-sent": True}


def test_only_what_is_named_and_guessed(ozon: Ozon) -> None:
    _, body = packing(ozon)
    ozon.control("guessed", {"way": "ignore", "codes": ["POSTING_ALREADY_CANCELLED"]})
    assert ozon.refused("/v2/posting/fbs/cancel", body)[2] == "HAS_INCORRECT_STATUS"
    wrong = ozon.http.post("/_emulator/guessed", json={"way": "ignore", "codes": ["POSTING_NOT_FOUND"]})
    assert (wrong.status_code, "not guessed: POSTING_NOT_FOUND" in wrong.json()["error"]) == (400, True)
    ozon.control("guessed", {"way": "ignore"})
    assert ozon.refused("/v3/posting/fbs/get", {"posting_number": "1-1-1"})[2] == "POSTING_NOT_FOUND"
