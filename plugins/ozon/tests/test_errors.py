"""What Ozon's errors mean, as texts and from the emulator."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest
from hub import AuthFailed, Ready, Secret, Ticket, Unavailable
from hub_ozon import OzonSource
from hub_ozon.errors import explain
from ozon_api import OzonError

if TYPE_CHECKING:
    from plugins.ozon.tests.conftest import World


@pytest.mark.parametrize(
    ("message", "code", "status", "kind", "words"),
    [
        ("Invalid Api-Key, please check the key and try again", 5, 404, "auth_failed", "does not know"),
        ("Company is blocked, please contact support", 7, 403, "auth_failed", "blocked the company"),
        ("Offer not signed", 7, 403, "auth_failed", "sign it"),
        ("Api-Key is missing a required role for a method", 7, 403, "auth_failed", "role"),
        ("Api-Key is restricted to specific IP addresses", 7, 403, "auth_failed", "networks"),
        ("obsolete method cannot be used", 9, 400, "unsupported", "switched its method"),
        ("HAS_INCORRECT_STATUS", 3, 409, "rejected", "status does not allow"),
        ("A_TOKEN_OF_TOMORROW", 3, 400, "rejected", "A_TOKEN_OF_TOMORROW"),
    ],
)
def test_the_text_decides(message: str, code: int, status: int, kind: str, words: str) -> None:
    found = explain(OzonError(message, code=code, http_status=status))
    assert found is not None
    assert found.kind == kind
    assert words in found.message
    assert found.vendor_code == message


def test_pauses() -> None:
    slow = explain(
        OzonError("You have reached request rate limit per second", http_status=429, retry_after=3)
    )
    assert slow is not None
    assert (slow.kind, slow.retry_after) == ("unavailable", timedelta(seconds=3))
    circle = explain(OzonError("Circle is open", code=8, http_status=429))
    assert circle is not None
    assert (circle.kind, circle.retry_after) == ("unavailable", timedelta(minutes=2))


def test_what_is_not_ozons_word_is_left_to_the_core() -> None:
    assert explain(OzonError("Internal error", code=13, http_status=500)) is None
    assert explain(httpx.ConnectError("no")) is None


async def test_check_says_who_and_until_when(world: World) -> None:
    status = await world.source.check()
    assert status.external_id == "100001"
    assert status.roles
    assert status.notes == ()
    company: dict[str, Any] = {"client_id": "100001", "api_key": "demo-api-key", "roles": ["Admin read only"]}
    await world.tell("companies", company)
    assert "no role that ships" in (await world.source.check()).notes[0]


def _other(source: OzonSource, key: str) -> OzonSource:
    settings = msgspec.structs.replace(source.settings, api_key=Secret(key))
    return OzonSource(settings, source.http, source.account)


async def test_a_wrong_key_is_said_in_words(world: World) -> None:
    with pytest.raises(OzonError) as caught:
        await _other(world.source, "wrong").check()
    found = explain(caught.value)
    assert found is not None
    assert found.kind == "auth_failed"
    with pytest.raises(AuthFailed, match="copied cleanly"):
        await _other(world.source, " with spaces ").check()


async def test_a_file_server_that_refuses_is_not_a_wrong_key(world: World) -> None:
    (posting,) = await world.assembled("ozon")
    (ticket,) = await world.source.request_labels([posting])
    world.clock.advance(5)
    rule = {"kind": "status", "path": "/s3/*", "status": 403, "body": "", "times": 1}
    await world.tell("faults", {"rules": [rule]})
    assert isinstance(ticket, Ticket)
    with pytest.raises(Unavailable):
        await world.source.fetch_labels(ticket)
    assert isinstance(await world.source.fetch_labels(ticket), Ready)
