"""Every form in which the Post says no; what is not its own stays httpx's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest
from russian_post_api import (
    BAD_INPUT,
    CalculatorError,
    CalculatorQuery,
    ErrorInfo,
    OtpravkaError,
    errors_in,
)

MakeClients = Callable[..., Any]
Answers = Callable[..., Any]
Recorded = Callable[[str], bytes]

SPRING = {"timestamp": "t", "status": 404, "error": "Not Found", "message": "m", "path": "/1.0/x"}
NOT_FOUND = {"code": "1001", "desc": "x", "sub-code": "RESOURCE_NOT_FOUND"}


@pytest.mark.parametrize(
    ("form", "status", "body", "codes"),
    [
        ("a", 404, NOT_FOUND, {"1001", "RESOURCE_NOT_FOUND"}),
        ("a", 404, {"code": "1004", "desc": "x"}, {"1004"}),
        ("a", 500, {"code": "1002", "sub-code": "INTERNAL_ERROR"}, {"1002", "INTERNAL_ERROR"}),
        ("a", 200, {"code": "1002", "sub-code": "INTERNAL_ERROR"}, {"1002", "INTERNAL_ERROR"}),
        ("a", 400, {"code": "1024", "desc": "x"}, {"1024"}),
        ("e", 400, {"code": "DIRECT_SHIPMENT_NOT_FOUND", "description": "x"}, {"DIRECT_SHIPMENT_NOT_FOUND"}),
        ("f", 404, SPRING, {"404"}),
        ("f", 200, SPRING, {"404"}),
        ("g", 400, {"code": "E", "message": "m", "errors": [{"field": "phone", "message": "n"}]}, {"E"}),
        ("h", 401, {"code": "ILLEGAL_CREDENTIALS", "desc": "x"}, {"ILLEGAL_CREDENTIALS"}),
        ("h", 401, {"error": "invalid_grant", "error_description": "x"}, {"INVALID_GRANT"}),
        ("h", 401, b"error: invalid_grant", {"INVALID_GRANT"}),
    ],
)
async def test_forms_of_a_whole_error(
    make_clients: MakeClients, answers: Answers, form: str, status: int, body: object, codes: set[str]
) -> None:
    with pytest.raises(OtpravkaError) as caught:
        await make_clients(answers(body, status)).otpravka.backlog_get(1)
    assert caught.value.codes == codes
    assert caught.value.http_status == status
    assert str(status) in str(caught.value)
    assert all(code.lower() in str(caught.value).lower() for code in codes)


@pytest.mark.parametrize("body", [b"", b"<html>Bad gateway</html>", b"{}", b"[]", b'{"unknown": 1}', b"null"])
@pytest.mark.parametrize("status", [302, 400, 502])
async def test_what_is_no_error_of_the_post(
    make_clients: MakeClients, answers: Answers, status: int, body: bytes
) -> None:
    with pytest.raises(httpx.HTTPStatusError) as caught:
        await make_clients(answers(body, status)).otpravka.form_f103("24")
    assert caught.value.response.status_code == status


async def test_errors_of_items_stay_in_the_answer(make_clients: MakeClients, answers: Answers) -> None:
    body = {
        "errors": [
            {"error-codes": [{"code": "EMPTY_MASS", "description": "Масса"}, {"code": "X"}], "position": 1},
        ],
        "orders": [{"barcode": "80092578900475", "order-num": "A", "result-id": 7}],
    }
    made = await make_clients(answers(body)).otpravka.backlog_create([])
    assert [(order.order_num, order.barcode, order.result_id) for order in made.orders] == [
        ("A", "80092578900475", 7)
    ]
    assert [(error.code, error.position) for error in made.errors] == [("EMPTY_MASS", 1), ("X", 1)]

    body = {"errors": [{"error-code": "NOT_FOUND", "position": 0}], "result-ids": [8]}
    deleted = await make_clients(answers(body)).otpravka.backlog_delete([7, 8])
    assert deleted.result_ids == (8,)
    assert deleted.errors == (ErrorInfo(code="NOT_FOUND", position=0),)


async def test_checkin(make_clients: MakeClients, answers: Answers, recorded: Recorded) -> None:
    sent = await make_clients(answers({"f103-sent": True})).otpravka.batch_checkin("24")
    assert sent.f103_sent
    # It went out all the same: raised, it would look as if nothing had happened.
    both = await make_clients(answers({"error-code": "X", "f103-sent": True})).otpravka.batch_checkin("24")
    assert both.error_code == "X"
    with pytest.raises(OtpravkaError) as caught:
        await make_clients(answers({"error-code": "SENDING_MAIL_FAILED"})).otpravka.batch_checkin("24")
    assert caught.value.codes == {"SENDING_MAIL_FAILED"}
    short = make_clients(answers(recorded("checkin-online-balance-short.response.json"), 400)).otpravka
    with pytest.raises(OtpravkaError) as caught:
        await short.batch_checkin("24", use_online_balance=True)
    assert caught.value.codes == {"1024"}


async def test_recorded_errors(make_clients: MakeClients, answers: Answers, recorded: Recorded) -> None:
    errors = errors_in(recorded("create-orders-validation-errors.response.json"))
    assert [error.code for error in errors][:2] == ["ILLEGAL_MAIL_CATEGORY", "EMPTY_POSTOFFICE_CODE"]
    assert {error.position for error in errors} == {0}
    assert errors[1].details == "102961 117042 142300"
    for name, codes in {
        "error-forms-backlog-wrong-id.response.json": {"1001", "RESOURCE_NOT_FOUND"},
        "get-order-not-found.response.json": {"1001", "RESOURCE_NOT_FOUND"},
        "error-spring-404-with-http-200.response.json": {"404"},
    }.items():
        with pytest.raises(OtpravkaError) as caught:
            await make_clients(answers(recorded(name))).otpravka.settings_limit()
        assert caught.value.codes == codes
    removed = await make_clients(
        answers(recorded("remove-from-batch-not-found.response.json"))
    ).otpravka.shipment_delete([1])
    assert [error.code for error in removed.errors] == ["NOT_FOUND"]


async def test_documents_must_be_documents(make_clients: MakeClients, answers: Answers) -> None:
    assert await make_clients(answers(b"%PDF-1.4")).otpravka.forms(1) == b"%PDF-1.4"
    with pytest.raises(msgspec.DecodeError):
        await make_clients(answers(b"<html>")).otpravka.forms(1)
    with pytest.raises(OtpravkaError):
        await make_clients(answers({"code": BAD_INPUT})).otpravka.forms(1)


@pytest.mark.parametrize("body", [b"[]", b"<html>", b"", b'{"allowed-count": "many"}', b"{}"])
async def test_nonsense_is_no_success(make_clients: MakeClients, answers: Answers, body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        await make_clients(answers(body)).otpravka.settings_limit()


def test_the_posts_texts_stay_out_of_messages() -> None:
    error = OtpravkaError(
        errors_in(b'{"code": "1001", "desc": "not found for params: Petrov"}'), httpx.Response(404)
    )
    assert "Petrov" not in str(error) + repr(error)
    assert error.errors[0].description.endswith("Petrov")


async def test_the_calculators_errors(
    make_clients: MakeClients, answers: Answers, recorded: Recorded
) -> None:
    for status in (200, 400):
        client = make_clients(answers(recorded("lapaygroup-log-v1-calculate.json"), status)).calculator
        with pytest.raises(CalculatorError) as caught:
            await client.tariff(CalculatorQuery(object=23030))
        assert caught.value.codes == {1301}
        assert caught.value.http_status == status
    with pytest.raises(httpx.HTTPStatusError):
        await make_clients(answers(b"", 400)).calculator.tariff(CalculatorQuery(object=27030))


@pytest.mark.parametrize("status", [200, 406, 407])
async def test_a_bare_error_keeps_its_text(make_clients: MakeClients, answers: Answers, status: int) -> None:
    """Seen with 406 and 407, and under 200 where an answer was asked for: no empty one then."""
    client = make_clients(answers({"status": "ERROR", "message": "no such"}, status)).otpravka
    with pytest.raises(OtpravkaError) as caught:
        await client.settings_limit()
    assert caught.value.errors == (ErrorInfo(code="ERROR", description="no such"),)
    assert "no such" not in str(caught.value)
