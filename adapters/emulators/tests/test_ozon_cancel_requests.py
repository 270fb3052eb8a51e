"""A buyer asks to cancel: the seller agrees or refuses, and silence agrees."""

from typing import Any

import pytest
from adapters.emulators.tests.ozon_world import Ozon

LIST = "/v2/conditional-cancellation/list"


def ask(ozon: Ozon, number: str, **asked: Any) -> int:
    made: int = ozon.control(f"postings/{number}/cancel-request", asked)["cancellation_id"]
    return made


def listed(ozon: Ozon, state: str = "ALL", **filters: Any) -> list[tuple[str, str]]:
    found = ozon.call(LIST, {"filters": {"state": state, **filters}, "limit": 500})["result"]
    return [(one["posting_number"], one["state"]["state"]) for one in found]


def say(ozon: Ozon, word: str, request: int, comment: str = "") -> int:
    body = {"cancellation_id": request, "comment": comment}
    return ozon.http.post(f"/v2/conditional-cancellation/{word}", json=body).status_code


def test_agreed_the_posting_is_cancelled(ozon: Ozon) -> None:
    first, second = ozon.order("non_integrated", count=2)
    request = ask(ozon, first, message="Ошибся размером")
    assert listed(ozon) == [(first, "ON_APPROVAL")]
    assert say(ozon, "approve", request) == 200
    assert ozon.stands(first)[0] == "cancelled"
    assert listed(ozon, "APPROVED", posting_number=[first]) == [(first, "APPROVED")]
    assert ozon.stands(second)[0] == "awaiting_packaging"


def test_refused_it_goes_on_and_an_answer_is_final(ozon: Ozon) -> None:
    (number,) = ozon.order("non_integrated")
    request = ask(ozon, number)
    assert say(ozon, "reject", request) == 400, "why has to be said"
    assert say(ozon, "reject", request, "Уже в пути") == 200
    assert say(ozon, "approve", request) == 400
    assert ozon.stands(number)[0] == "awaiting_packaging"
    assert listed(ozon) == [(number, "REJECTED")]


def test_silence_agrees(ozon: Ozon) -> None:
    (number,) = ozon.order("non_integrated")
    ask(ozon, number, approves_in_hours=2)
    ozon.clock.advance(7100)
    assert listed(ozon, "ON_APPROVAL") == [(number, "ON_APPROVAL")]
    ozon.clock.advance(200)
    assert ozon.stands(number)[0] == "cancelled"
    (known,) = ozon.http.get("/_emulator/state").json()["cancel_requests"]
    assert (known["state"], known["decided_by"]) == ("APPROVED", "ozon")


@pytest.mark.parametrize("flow", ["ozon", "non_integrated"])
def test_only_once_and_only_of_rfbs(ozon: Ozon, flow: str) -> None:
    (number,) = ozon.order(flow)
    if flow != "ozon":
        ask(ozon, number)
    reply = ozon.http.post(f"/_emulator/postings/{number}/cancel-request", json={})
    assert reply.status_code == 409


def test_pages_and_the_counter(ozon: Ozon) -> None:
    numbers = ozon.order("non_integrated", count=3)
    for number in numbers:
        ask(ozon, number)
    first = ozon.call(LIST, {"limit": 2, "with": {"counter": True}})
    rest = ozon.call(LIST, {"limit": 2, "last_id": first["last_id"]})
    assert [one["posting_number"] for page in (first, rest) for one in page["result"]] == numbers
    assert (first["counter"], rest["counter"]) == (3, 0)
