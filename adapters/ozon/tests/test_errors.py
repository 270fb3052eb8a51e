"""What is no success: envelopes, gateways, answers of another shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import respx
from ozon_api import Client, ErrorReason, OzonError

REASONS = {
    "Client-Id and Api-Key headers are required": ErrorReason.HEADERS_MISSING,
    "Client-Id header value should be positive integer": ErrorReason.BAD_CLIENT_ID,
    "Invalid Api-Key, please check the key and try again": ErrorReason.WRONG_KEY,
    "Api-key is deactivated, use another one or generate a new one": ErrorReason.KEY_DEACTIVATED,
    "Api-Key is missing a required role for a method": ErrorReason.ROLE_MISSING,
    "Api-Key is restricted to specific IP addresses": ErrorReason.NETWORK_REFUSED,
    "Company is blocked, please contact support": ErrorReason.COMPANY_BLOCKED,
    "Offer not signed": ErrorReason.OFFER_NOT_SIGNED,
    "method is not allowed": ErrorReason.METHOD_NOT_ALLOWED,
    "obsolete method cannot be used": ErrorReason.OBSOLETE_METHOD,
    "You have reached request rate limit per second": ErrorReason.RATE_LIMITED,
    "Circle is open": ErrorReason.RATE_LIMITED,
    "The next postings aren't ready": ErrorReason.NOT_READY,
    "Request validation error: invalid A.B: value is required": ErrorReason.VALIDATION,
    "POSTING_ALREADY_SHIPPED": ErrorReason.BUSINESS,
    "5819327210001 does not belong to product 827098843": ErrorReason.BUSINESS,
    "Posting must have 'awaiting_packaging' status": ErrorReason.BUSINESS,
    "Internal error": ErrorReason.OTHER,
}


@pytest.mark.parametrize(("message", "reason"), REASONS.items())
def test_the_message_decides(message: str, reason: ErrorReason) -> None:
    assert OzonError(message, code=3, http_status=400).reason is reason


@pytest.mark.parametrize(
    ("message", "token"),
    [
        ("POSTING_ALREADY_SHIPPED", "POSTING_ALREADY_SHIPPED"),
        (" UNKNOW_PRODUCT ", "UNKNOW_PRODUCT"),
        ("Offer not signed", None),
        ("EXEMPLAR_ID does not belong to product PRODUCT_ID", None),
        ("", None),
    ],
)
def test_a_token_is_told_from_prose(message: str, token: str | None) -> None:
    assert OzonError(message).token == token


async def test_every_collected_error(client: Client, vendor: Any, examples: Path) -> None:
    for entry in json.loads((examples / "errors.json").read_bytes()):
        body = entry["body"]
        vendor.answer = httpx.Response(
            entry["http"],
            content=json.dumps(body) if isinstance(body, dict) else body,
            headers={
                "Content-Type": entry.get("content_type", "application/json"),
                **entry.get("headers", {}),
            },
        )
        if isinstance(body, str):
            with pytest.raises(httpx.HTTPStatusError, match=str(entry["http"])):
                await client.roles()
            continue
        with pytest.raises(OzonError) as caught:
            await client.roles()
        error = caught.value
        assert (error.code, error.message, error.http_status) == (
            body["code"],
            body["message"],
            entry["http"],
        )
        assert error.details == ()
        assert error.reason is not ErrorReason.OTHER, body
        if entry["http"] == 429:
            assert (error.retry_after, error.ratelimit_remaining) == (1.0, 0)
        else:
            assert (error.retry_after, error.ratelimit_remaining) == (None, None)


async def test_a_limit_without_an_envelope(client: Client, vendor: Any) -> None:
    vendor.answer = httpx.Response(429, text="slow down", headers={"Retry-After": "soon"})
    with pytest.raises(OzonError, match="HTTP 429") as caught:
        await client.roles()
    assert caught.value.reason is ErrorReason.RATE_LIMITED
    assert caught.value.retry_after is None


async def test_details_are_kept(client: Client, vendor: Any) -> None:
    vendor.reply({"code": "3", "message": "m", "details": [{"typeUrl": "t", "value": "v"}]}, status=409)
    with pytest.raises(OzonError) as caught:
        await client.posting_fbs_ship("1", [])
    assert caught.value.code == 3
    assert [(detail.typeUrl, detail.value) for detail in caught.value.details] == [("t", "v")]


@pytest.mark.parametrize("details", [None, "x", {}, [1], [[]], {"a": 1}])
async def test_odd_details_do_not_hide_the_message(client: Client, vendor: Any, details: object) -> None:
    vendor.reply({"code": 9, "message": "obsolete method cannot be used", "details": details}, status=400)
    with pytest.raises(OzonError) as caught:
        await client.roles()
    assert caught.value.reason is ErrorReason.OBSOLETE_METHOD


async def test_an_error_under_200(client: Client, vendor: Any) -> None:
    vendor.reply({"code": 9, "message": "The next postings aren't ready", "details": []})
    for call in (
        client.posting_fbs_package_label_create(["1"]),
        client.carriage_approve(1),
        client.carriage_cancel(1),
        client.posting_fbs_act_get_pdf(1),
    ):
        with pytest.raises(OzonError) as caught:
            await call
        assert caught.value.reason is ErrorReason.NOT_READY
        assert caught.value.http_status == 200


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"roles": [',
        b'{"roles": [{}]}',
        b"<html>maintenance</html>",
        b'{"roles": "\xff"}',
        b'{"x": ' + b"[" * 100_000,
    ],
    ids=["empty", "null", "array", "object", "cut", "nameless", "html", "not UTF-8", "deep"],
)
async def test_an_answer_of_another_shape(client: Client, vendor: Any, content: bytes) -> None:
    vendor.answer = httpx.Response(200, content=content)
    with pytest.raises(msgspec.DecodeError):
        await client.roles()


async def test_a_message_without_a_code_is_no_error_under_200(client: Client, vendor: Any) -> None:
    vendor.reply({"message": "a new field of theirs", "roles": [{"name": "Admin"}]})
    assert (await client.roles()).roles[0].name == "Admin"


async def test_a_redirect_takes_no_key_along(client: Client, vendor: Any) -> None:
    vendor.answer = httpx.Response(302, headers={"Location": "https://elsewhere.example/"})
    with pytest.raises(httpx.HTTPStatusError, match="302"):
        await client.roles()
    assert len(vendor.requests) == 1


@respx.mock
async def test_transport_errors_pass_through() -> None:
    respx.route().mock(side_effect=httpx.ConnectError)
    async with httpx.AsyncClient() as http:
        with pytest.raises(httpx.ConnectError):
            await Client(http, httpx.BasicAuth("a", "b")).roles()
