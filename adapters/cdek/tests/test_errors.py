"""Every form in which CDEK says no becomes one exception; what is not CDEK's stays httpx's."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest
from cdek_api import (
    BarcodeRequest,
    CdekError,
    CityQuery,
    Client,
    PrintOrder,
    errors_in,
)

MakeClient = Callable[..., Client]
Recorded = Callable[..., bytes]


def _answers(status: int, body: Any) -> Callable[[httpx.Request], httpx.Response]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda request: httpx.Response(status, content=content)


@pytest.mark.parametrize(
    ("form", "status", "body", "code", "message", "additional"),
    [
        (
            "a",
            400,
            {"errors": [{"code": "err_x", "additional_code": "0xBC236B02", "message": "no"}], "warnings": []},
            "err_x",
            "no",
            "0xBC236B02",
        ),
        (
            "b",
            404,
            {"requests": [{"type": "GET", "state": "INVALID", "errors": [{"code": "c", "message": "m"}]}]},
            "c",
            "m",
            None,
        ),
        ("c", 401, {"error": "unauthorized", "error_description": "why"}, "unauthorized", "why", None),
        (
            "d",
            500,
            {
                "timestamp": 1,
                "path": "/v2/x",
                "status": 500,
                "error": "Internal Server Error",
                "message": "m",
            },
            "Internal Server Error",
            "m",
            None,
        ),
        ("e", 400, {"alerts": [{"type": "danger", "errorCode": "E1", "msg": "m"}]}, "E1", "m", None),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) == 1 else None,
)
async def test_forms_of_errors(
    make_client: MakeClient,
    form: str,
    status: int,
    body: Any,
    code: str,
    message: str,
    additional: str | None,
) -> None:
    client = make_client(_answers(status, body))
    with pytest.raises(CdekError) as caught:
        await client.order_get("u")
    [error] = caught.value.errors
    assert (error.code, error.message, error.additional_code) == (code, message, additional)
    assert caught.value.http_status == status
    assert caught.value.codes == {code.lower()}
    assert str(status) in str(caught.value)
    assert code in str(caught.value)


@pytest.mark.parametrize("body", [b"<html>Bad gateway</html>", b"", b'{"unknown": 1}', b"[]", b'"x"'])
async def test_form_f_is_a_status_error(make_client: MakeClient, body: bytes) -> None:
    with pytest.raises(httpx.HTTPStatusError) as caught:
        await make_client(_answers(502, body)).order_get("u")
    assert caught.value.response.status_code == 502


async def test_a_redirect_is_no_success(make_client: MakeClient) -> None:
    with pytest.raises(httpx.HTTPStatusError):
        await make_client(_answers(302, b"")).barcode_pdf("u")


async def test_codes_ignore_case(make_client: MakeClient) -> None:
    body = {"errors": [{"code": "ERR_RESULT_SERVICE_EMPTY", "message": "m"}]}
    with pytest.raises(CdekError) as caught:
        await make_client(_answers(400, body)).cities(CityQuery())
    assert "err_result_service_empty" in caught.value.codes
    assert caught.value.errors[0].code == "ERR_RESULT_SERVICE_EMPTY"


@pytest.mark.parametrize("status", [200, 202])
async def test_an_invalid_request_under_a_good_status(make_client: MakeClient, status: int) -> None:
    body = {
        "requests": [{"type": "CREATE", "state": "INVALID", "errors": [{"code": "v2_x", "message": "m"}]}]
    }
    with pytest.raises(CdekError) as caught:
        await make_client(_answers(status, body)).barcode_create(
            BarcodeRequest(orders=(PrintOrder(order_uuid="u"),))
        )
    assert caught.value.codes == {"v2_x"}
    assert caught.value.http_status == status


async def test_a_failed_read_under_http_200(make_client: MakeClient) -> None:
    error = {"code": "v2_entity_not_found_im_number", "message": "m"}
    body = {"requests": [{"type": "GET", "state": "INVALID", "errors": [error]}]}
    with pytest.raises(CdekError) as caught:
        await make_client(_answers(200, body)).order_get_by_im_number("X-1")
    assert caught.value.codes == {"v2_entity_not_found_im_number"}


async def test_an_error_where_a_list_is_due(make_client: MakeClient) -> None:
    client = make_client(_answers(200, {"errors": [{"code": "v2_exceeded_size", "message": "m"}]}))
    with pytest.raises(CdekError) as caught:
        await client.cities(CityQuery())
    assert caught.value.codes == {"v2_exceeded_size"}


@pytest.mark.parametrize("body", [b"{}", b'{"entity": {"uuid": "11', b"<html>", b'{"hello": "world"}'])
async def test_nonsense_is_no_success(make_client: MakeClient, body: bytes) -> None:
    client = make_client(_answers(202, body))
    with pytest.raises(msgspec.DecodeError):
        await client.order_delete("u")
    with pytest.raises(msgspec.DecodeError):
        await client.order_get("u")


async def test_a_pdf_must_be_one(make_client: MakeClient) -> None:
    assert await make_client(_answers(200, b"%PDF-1.4 ...")).barcode_pdf("u") == b"%PDF-1.4 ..."
    with pytest.raises(msgspec.DecodeError):
        await make_client(_answers(200, b"<html>")).barcode_pdf("u")
    with pytest.raises(CdekError):
        await make_client(_answers(200, {"errors": [{"code": "v2_x", "message": ""}]})).barcode_pdf("u")


async def test_recorded_errors(make_client: MakeClient, recorded: Recorded) -> None:
    [error] = errors_in(recorded("tariff_unavailable"))
    assert error.code == "err_result_service_empty"
    assert error.additional_code == "0xBC236B02"
    [error] = errors_in(recorded("no_authorization_header"))
    assert error.message == "Не найден HTTP заголовок Authorization"
    for variant in json.loads(recorded("oauth_errors_documented")):
        [error] = errors_in(json.dumps(variant).encode())
        assert error.code == "unauthorized"
        assert error.message == variant["error_description"]
    client = make_client(_answers(400, recorded("webhook_create_too_many")))
    with pytest.raises(CdekError) as caught:
        await client.cities(CityQuery())
    assert caught.value.codes == {"v2_too_many_webhooks"}


@pytest.mark.parametrize(
    "body", [b"", b"nonsense", b"[1]", b'{"errors": null, "requests": [null], "alerts": [1]}']
)
def test_no_errors(body: bytes) -> None:
    assert errors_in(body) == ()


def test_odd_errors_are_kept() -> None:
    [text, number] = errors_in(b'{"errors": ["plain text", {"code": 5, "message": null}]}')
    assert text.message == "plain text"
    assert number.code == "5"
