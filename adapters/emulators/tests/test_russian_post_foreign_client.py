"""Both tracking services through a client that nobody here wrote: zeep, from the WSDL that is served."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from adapters.emulators.tests.russian_post_world import DAY, TRACKING, Post, export_body, order_body, served

zeep = pytest.importorskip("zeep")

import requests  # noqa: E402
from zeep.exceptions import Fault, XMLParseError  # noqa: E402
from zeep.transports import Transport  # noqa: E402


@pytest.fixture
def post() -> Iterator[Post]:
    with served() as world:
        yield world


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as made:
        made.trust_env = False
        made.headers["connection"] = "close"  # so that the server has none left when it ends
        yield made


def client(address: str, session: requests.Session, *, strict: bool = False) -> Any:
    settings = zeep.Settings(strict=strict)
    return zeep.Client(address, settings=settings, transport=Transport(session=session, timeout=5))


def history(api: Any, barcode: str, **login: str) -> Any:
    asked = {"Barcode": barcode, "MessageType": 0, "Language": "RUS"}
    return api.service.getOperationHistory(
        OperationHistoryRequest=asked, AuthorizationHeader={**TRACKING, **login}
    )


def test_a_history(post: Post, session: requests.Session) -> None:
    made = post.sent(order_body("A", mail_category="WITH_DECLARED_VALUE", insr_value=100_000), 12)
    api = client(f"{post.url}/rtm34?wsdl", session)
    records = history(api, made["barcode"])
    pairs = [(r.OperationParameters.OperType.Id, r.OperationParameters.OperAttr.Id) for r in records]
    assert pairs == post.operations(made["barcode"])
    assert records[0].OperationParameters.OperAttr.Name is None
    last = records[-1]
    assert last.OperationParameters.OperAttr.Name == "Вручение адресату"
    assert last.OperationParameters.OperDate.utcoffset() == timedelta(hours=4)  # Saratov's own time
    assert (last.AddressParameters.OperationAddress.Index, last.FinanceParameters.Value) == (
        "410012",
        100_000,
    )
    assert last.ItemParameters.ComplexItemName == "Посылка с объявленной ценностью"
    assert (last.ItemParameters.Mass, last.UserParameters.Rcpn) == (1000, "ИВАНОВ И И")
    assert not history(api, "80092578900475")  # well formed, unknown: empty, no fault
    export = post.sent(export_body("B"), 30)
    assert history(api, export["barcode"])[-1].AddressParameters.CountryOper.Code2A == "BY"


def test_elements_that_the_schema_requires_are_left_out(post: Post, session: requests.Session) -> None:
    made = post.sent(order_body("A"))
    with pytest.raises(XMLParseError):
        history(client(f"{post.url}/rtm34?wsdl", session, strict=True), made["barcode"])


def test_faults_and_the_end_of_the_day(post: Post, session: requests.Session) -> None:
    api = client(f"{post.url}/rtm34?wsdl", session)
    with pytest.raises(Fault, match="Неверный логин") as caught:
        history(api, "80092578900475", password="x")
    assert caught.value.detail[0].tag.endswith("}AuthorizationFaultReason")
    with pytest.raises(Fault, match="Неверный формат") as caught:
        history(api, "12")
    assert caught.value.detail[0].tag.endswith("}OperationHistoryFaultReason")
    for _ in range(99):
        history(api, "80092578900475")
    with pytest.raises(Fault, match="лимит"):
        history(api, "80092578900475")
    post.clock.advance(DAY)
    history(api, "80092578900475")


def test_money_orders_and_the_small_methods(post: Post, session: requests.Session) -> None:
    cod = {"mail_category": "WITH_DECLARED_VALUE_AND_CASH_ON_DELIVERY", "insr_value": 900, "payment": 900}
    made = post.sent(order_body("A", **cod), 12)
    service = client(f"{post.url}/rtm34?wsdl", session).service
    asked = {"Barcode": made["barcode"], "Language": "RUS"}
    events = service.PostalOrderEventsForMail(
        AuthorizationHeader=TRACKING, PostalOrderEventsForMailInput=asked
    )
    assert [(event.EventType, event.SumPaymentForward) for event in events] == [(1, 900), (2, 900)]
    languages = service.getLanguages(AuthorizationHeader=TRACKING)
    assert [one.code for one in languages] == ["RUS", "ENG"]
    assert not service.getSmsHistory(AuthorizationHeader=TRACKING, SmsHistoryRequest=asked)
    assert not service.getCustomDutyEventsForMail(
        AuthorizationHeader=TRACKING, CustomDutyEventsForMailInput=asked
    )
    with pytest.raises(Fault) as caught:
        service.PostalOrderEventsForMail(
            AuthorizationHeader={**TRACKING, "login": "x"}, PostalOrderEventsForMailInput=asked
        )
    assert caught.value.detail[0].tag.endswith("}PostalOrderEventsForMailFault")


def ticket(api: Any, *barcodes: str, **changes: str) -> Any:
    items = {"Item": [{"Barcode": barcode} for barcode in barcodes]}
    return api.service.getTicket(**{"request": items, "language": "RUS", **TRACKING, **changes})


def fetched(api: Any, name: str) -> Any:
    return api.service.getResponseByTicket(ticket=name, **TRACKING)


def test_a_ticket_takes_a_quarter_of_an_hour_and_lasts_32(post: Post, session: requests.Session) -> None:
    made = post.sent(order_body("A"), 12)
    api = client(f"{post.url}/fc?wsdl", session)
    name = ticket(api, made["barcode"], "RA644000001RU").value
    assert name == "20261205090000000DEMO-TRACKING"
    post.clock.advance(899)
    assert fetched(api, name).error.ErrorTypeID == 6
    assert fetched(api, "unknown").error.ErrorTypeID == 6
    post.clock.advance(1)
    known, unknown = fetched(api, name).value.Item
    pairs = [(operation.OperTypeID, operation.OperCtgID) for operation in known.Operation]
    assert pairs == post.operations(made["barcode"])
    assert known.Operation[1].DateOper == "23.11.2026 09:00:00"
    assert [error.ErrorTypeID for error in unknown.Error] == [12]
    post.clock.advance(32 * 3600)
    assert fetched(api, name).value is not None
    post.clock.advance(1)
    assert fetched(api, name).error.ErrorTypeID == 17


def test_an_answer_knows_what_was_known_when_it_was_made(post: Post, session: requests.Session) -> None:
    made = post.sent(order_body("A"))
    api = client(f"{post.url}/fc?wsdl", session)
    name = ticket(api, made["barcode"]).value
    post.clock.advance(DAY)
    assert len(fetched(api, name).value.Item[0].Operation) == 2
    assert len(post.operations(made["barcode"])) == 6


def test_refused_tickets(post: Post, session: requests.Session) -> None:
    api = client(f"{post.url}/fc?wsdl", session)
    numbers = [
        ticket(api, "80092578900475", password="x"),
        ticket(api),
        ticket(api, *["80092578900475"] * 3001),
        ticket(api, "8" * 21),
        ticket(api, "80092578900475", language="CHN"),
    ]
    assert [answer.error.ErrorTypeID for answer in numbers] == [3, 2, 18, 21, 20]
    post.control("account", {"tickets_allowed": 1})
    post.fault("ticket_failed", path="/fc")
    name = ticket(api, "80092578900475").value
    refused = ticket(api, "80092578900475").error
    assert (refused.ErrorTypeID, "лимит" in refused.ErrorName) == (3, True)
    post.clock.advance(900)
    assert fetched(api, name).error.ErrorTypeID == 16


DATA = "{http://russianpost.org/operationhistory/data}"
FILE = "{http://fclient.russianpost.org}"
PARTS = {
    "rtm34": [
        f"{DATA}{name}"
        for name in (
            "OperationHistoryRecord",
            "AddressParameters",
            "Country",
            "FinanceParameters",
            "ItemParameters",
            "OperationParameters",
            "Rtm02Parameter",
            "UserParameters",
        )
    ]
    + ["{http://www.russianpost.org/RTM/DataExchangeESPP/Data}PostalOrderEvent"],
    "fc": [f"{FILE}{name}" for name in ("file", "item", "operation", "error")],
}


def test_the_served_wsdl_declares_what_the_published_one_does(
    post: Post, session: requests.Session, shared: Path
) -> None:
    def declared(address: str, path: str) -> dict[str, str]:
        """Signatures of operations and of what they are made of, with namespaces for prefixes."""
        api = client(address, session)
        types = api.wsdl.types
        (service,) = api.wsdl.services.values()
        (port,) = service.ports.values()
        found = {
            name: f"{operation.input.signature()} -> {operation.output.signature()}"
            for name, operation in port.binding._operations.items()
        }
        for name in PARTS[path]:
            found[name] = types.get_type(name).signature(schema=types)
        spaces = types.prefix_map
        return {
            name: re.sub(r"\b(ns\d+):", lambda hit: f"{{{spaces[hit[1]]}}}", text)
            for name, text in found.items()
        }

    for path in ("rtm34", "fc"):
        published = declared(str(shared / "specs" / "russian-post-tracking" / f"{path}.wsdl"), path)
        assert declared(f"{post.url}/{path}?wsdl", path) == published
        assert declared(f"{post.url}/tracking-web-static/{path}_wsdl.xml", path) == published


def test_a_client_of_the_published_wsdl_is_understood(
    post: Post, session: requests.Session, shared: Path
) -> None:
    made = post.sent(order_body("A"), 12)
    folder = shared / "specs" / "russian-post-tracking"
    single = client(str(folder / "rtm34.wsdl"), session)
    service = single.create_service(
        "{http://russianpost.org/operationhistory}OperationHistory12PortBinding", f"{post.url}/rtm34"
    )
    asked = {"Barcode": made["barcode"], "MessageType": 0}
    records = service.getOperationHistory(OperationHistoryRequest=asked, AuthorizationHeader=TRACKING)
    assert len(records) == len(post.operations(made["barcode"]))
    batch = client(str(folder / "fc.wsdl"), session)
    service = batch.create_service(
        "{http://fclient.russianpost.org}ItemDataServicePortBinding", f"{post.url}/fc"
    )
    answer = service.getTicket(request={"Item": [{"Barcode": made["barcode"]}]}, language="RUS", **TRACKING)
    assert answer.value.endswith("DEMO-TRACKING")
