"""Tracking: what is read, and what is not let in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from russian_post_api import BadAnswer, Fault, TicketError, soap

MakeClients = Callable[..., Any]
Answers = Callable[..., Any]
Recorded = Callable[[str], bytes]

S12 = "http://www.w3.org/2003/05/soap-envelope"
S11 = "http://schemas.xmlsoap.org/soap/envelope/"


def _soap(body: str, version: str = S12) -> bytes:
    return f'<S:Envelope xmlns:S="{version}"><S:Body>{body}</S:Body></S:Envelope>'.encode()


async def test_a_recorded_history(make_clients: MakeClients, answers: Answers, recorded: Recorded) -> None:
    body = recorded("tracking-getOperationHistory-domestic-delivered.response.xml")
    records = await make_clients(answers(body)).tracking.operation_history("80000000000000")
    assert len(records) > 5
    assert all(record.time is not None and record.time.tzinfo is UTC for record in records)
    assert [record.time for record in records] == sorted(record.time for record in records)
    assert (records[0].type.id, records[-1].type.id) == (1, 2)
    assert all(record.place.index for record in records)
    assert repr(records[0]) == "HistoryRecord(...)"


async def test_the_documented_sample(make_clients: MakeClients, answers: Answers, recorded: Recorded) -> None:
    body = recorded("tracking-getOperationHistory-doc-sample.response.xml")
    [record] = await make_clients(answers(body)).tracking.operation_history("EA123456789RU")
    assert (record.type.id, record.attribute.id, record.attribute.name) == (2, 1, "Единичный")
    assert record.time == datetime(2015, 7, 9, 15, 8, tzinfo=UTC)
    assert (record.mass, record.payment, record.value) == (2281, 2500000, 2500000)
    assert (record.place.index, record.destination.description) == ("111555", "Норильск Почтамт")
    assert (record.country.code, record.mail_type.id, record.custom_duty) == ("RU", 7, None)


async def test_a_known_barcode_without_events(make_clients: MakeClients, answers: Answers) -> None:
    for inner in ("<r><OperationHistoryData/></r>", "<r/>"):
        assert await make_clients(answers(_soap(inner))).tracking.operation_history("80092578900475") == []


async def test_recorded_tickets(make_clients: MakeClients, answers: Answers, recorded: Recorded) -> None:
    batch = make_clients(answers(recorded("tracking-getTicket.response.xml"))).batch
    assert await batch.ticket(["RA123456788RU"]) == "20150917162048476CLIENTID"
    batch = make_clients(answers(recorded("tracking-getResponseByTicket.response.xml"))).batch
    first, second = await batch.response_by_ticket("20150917162048476CLIENTID")
    assert (first.barcode, second.barcode) == ("ZB005012591HK", "ZB005012592HK")
    assert len(first.operations) == 8
    operation = first.operations[6]
    assert (operation.type, operation.attribute, operation.index) == (4, 3, "125362")
    assert operation.local_time == datetime(2015, 9, 15, 9, 20)  # noqa: DTZ001 - the Post names no zone
    batch = make_clients(answers(recorded("tracking-getTicket-limit-exceeded.response.xml"))).batch
    with pytest.raises(TicketError) as caught:
        await batch.ticket(["RA123456788RU"])
    assert caught.value.code == 3
    assert "лимит" in caught.value.text


async def test_items_that_are_not_there(make_clients: MakeClients, answers: Answers) -> None:
    inner = (
        '<r><value><Item Barcode="1"><Error ErrorTypeID="12" ErrorName="Нет"/></Item>'
        '<Item Barcode="2"><Operation OperTypeID="x" DateOper="never"/></Item></value></r>'
    )
    missing, odd = await make_clients(answers(_soap(inner, S11))).batch.response_by_ticket("t")
    assert (missing.error_code, missing.operations) == (12, ())
    assert (odd.operations[0].type, odd.operations[0].local_time) == (None, None)


async def test_faults(make_clients: MakeClients, answers: Answers) -> None:
    reason = "<S:Code><S:Value>S:Receiver</S:Value></S:Code><S:Reason><S:Text>why</S:Text></S:Reason>"
    detail = '<S:Detail><a:AuthorizationFaultReason xmlns:a="x">limit</a:AuthorizationFaultReason></S:Detail>'
    body = _soap(f"<S:Fault>{reason}{detail}</S:Fault>")
    with pytest.raises(Fault) as caught:
        await make_clients(answers(body, 500)).tracking.operation_history("80092578900475")
    assert (caught.value.kind, caught.value.text) == ("AuthorizationFaultReason", "limit")
    assert caught.value.http_status == 500
    body = _soap("<S:Fault><faultcode>S:Client</faultcode><faultstring>why</faultstring></S:Fault>", S11)
    with pytest.raises(Fault) as caught:
        await make_clients(answers(body, 500)).batch.response_by_ticket("t")
    assert (caught.value.kind, caught.value.text) == ("S:Client", "why")


@pytest.mark.parametrize("count", [0, 3001])
async def test_a_ticket_has_bounds(make_clients: MakeClients, count: int) -> None:
    with pytest.raises(ValueError, match="1 to 3000"):
        await make_clients(None).batch.ticket(["80092578900475"] * count)


HOSTILE = {
    "doctype": b'<!DOCTYPE x SYSTEM "http://evil.example/x.dtd">' + _soap("<r/>"),
    "entity": b'<!DOCTYPE x [<!ENTITY a "b">]>' + _soap("<r>&a;</r>"),
    "deep": _soap("<r>" * 100 + "</r>" * 100),
    "not XML": b"<html><body>",
    "not UTF-8": "<r>я</r>".encode("cp1251"),
    "empty": b"",
    "no envelope": b"<r/>",
    "empty body": _soap(""),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_what_is_not_parsed(make_clients: MakeClients, answers: Answers, name: str) -> None:
    with pytest.raises(BadAnswer):
        await make_clients(answers(HOSTILE[name])).tracking.operation_history("80092578900475")
    with pytest.raises(httpx.HTTPStatusError):
        await make_clients(answers(HOSTILE[name], 502)).tracking.operation_history("80092578900475")


async def test_size_and_count_are_bounded(
    make_clients: MakeClients, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = _soap("<r>" + "<i/>" * 1000 + "</r>")
    monkeypatch.setattr(soap, "ELEMENT_LIMIT", 500)
    with pytest.raises(BadAnswer, match="too many"):
        await make_clients(answers(body)).tracking.operation_history("80092578900475")
    monkeypatch.setattr(soap, "SIZE_LIMIT", 500)
    with pytest.raises(BadAnswer, match="more than 500 bytes"):
        await make_clients(answers(body)).tracking.operation_history("80092578900475")


@pytest.mark.parametrize("barcode", ["\0", "\x1f"])
async def test_what_xml_cannot_carry(make_clients: MakeClients, barcode: str) -> None:
    with pytest.raises(ValueError, match="XML compatible"):
        await make_clients(None).tracking.operation_history(barcode)
    with pytest.raises(ValueError, match="XML compatible"):
        await make_clients(None).batch.ticket([barcode])
