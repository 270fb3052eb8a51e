"""What CDEK recorded and published, in the hub's words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import cdek_api
import httpx
import msgspec
import pytest
from hub import Address, ConfigError, EventKind, Money, Rejected, Sender, render
from hub.plugin_api.settings import load_settings
from hub.testing import account, book_request
from hub_cdek import CdekCarrier, CdekSettings
from hub_cdek.events import KINDS, event
from hub_cdek.orders import DUPLICATE, booking_of, calculated_weight, centimetres, found, order_request
from hub_cdek.tariffs import TARIFFS, bookable

ReadOrder = Callable[[str], cdek_api.Order]
ReadTable = Callable[[str], list[dict[str, str]]]


@pytest.mark.parametrize(
    ("written", "read"), [("RUR", "RUB"), ("rub", "RUB"), ("юань", "CNY"), ("USD", "USD")]
)
def test_the_contracts_currency_is_read_as_people_write_it(written: str, read: str) -> None:
    given = {"client_id": "x", "client_secret": "x", "currency": written}
    assert load_settings(CdekSettings, given).currency == read


def test_a_contract_in_what_is_no_currency_is_refused_when_it_is_said() -> None:
    given = {"client_id": "x", "client_secret": "x", "currency": "roubles"}
    with pytest.raises(ConfigError, match=r"'roubles' is no currency: write its three letters") as refused:
        load_settings(CdekSettings, given)
    assert "не валюта" in render(refused.value.said, "ru")


def order_of(answer: str) -> cdek_api.Order:
    return cdek_api.decode_order(answer.encode())


def refused(code: str, status: int = 400) -> cdek_api.CdekError:
    response = httpx.Response(status, request=httpx.Request("POST", "https://cdek.example/"))
    return cdek_api.CdekError([cdek_api.ErrorInfo(code=code, message="why")], response)


# --- recorded orders ------------------------------------------------------------------------------


def test_a_created_order_is_confirmed_with_vat_and_services(recorded_order: ReadOrder) -> None:
    order = recorded_order("order_get_created")
    booking = booking_of(order)
    assert booking.state == "confirmed"
    assert booking.carrier_id == "11111111-1111-4111-8111-111111111111"
    assert booking.tracking_number == "1100000001"
    assert booking.price == Money.of("708.90", "RUB")  # not 590.00, which lacks VAT and insurance
    assert calculated_weight(order) == 200


def test_a_found_order_has_what_cdek_knows(recorded_order: ReadOrder) -> None:
    one = found(recorded_order("order_get_created"), "fixture-order-1")
    assert one.live
    assert one.reference == "fixture-order-1"
    assert (one.service_code, one.weight_g) == ("136", 100)
    assert (one.recipient_country, one.recipient_city) == ("RU", "Новосибирск")
    assert one.recipient_postal_code == "630032"


def test_a_duplicate_number_is_rejected_as_such(recorded_order: ReadOrder) -> None:
    booking = booking_of(recorded_order("order_invalid_duplicate_number"))
    assert booking.state == "rejected"
    assert booking.duplicate
    assert booking.reason_code == DUPLICATE
    assert "не уникальный" in booking.reason


def test_a_removed_order_is_cancelled_and_not_live(recorded_order: ReadOrder) -> None:
    order = recorded_order("order_get_after_delete")
    assert booking_of(order).state == "cancelled"
    assert not found(order, "TEST7-CT789435359CN").live


# --- published tables -----------------------------------------------------------------------------


def test_every_published_status_has_a_kind(table: ReadTable) -> None:
    published = {row["code"] for row in table("cdek-order-statuses")}
    assert len(published) > 40
    assert published == set(KINDS)


def test_tariffs_are_as_published(table: ReadTable) -> None:
    published = {row["code"]: row for row in table("cdek-tariffs")}
    for code, tariff in TARIFFS.items():
        row = published[str(code)]
        assert (tariff.name, str(tariff.mode)) == (row["name_ru"], row["mode_code"])


# --- orders that are not recorded -----------------------------------------------------------------


def test_an_order_that_was_only_taken_in_is_not_confirmed() -> None:
    order = order_of(
        '{"entity": {"uuid": "u1", "statuses": []}, "requests": [{"type": "CREATE", "state": "ACCEPTED"}]}'
    )
    assert booking_of(order).state == "accepted"


def test_another_office_is_told() -> None:
    order = order_of(
        '{"entity": {"uuid": "u1", "cdek_number": "11", "delivery_point": "NSK7"}, "requests": [{"type": '
        '"CREATE", "state": "SUCCESSFUL", "warnings": [{"code": "v2_delivery_point_changed"}]}]}'
    )
    assert booking_of(order).notes == ("CDEK chose another delivery point: NSK7",)


@pytest.mark.parametrize(
    ("code", "reason", "is_return", "kind", "known"),
    [
        ("NOT_DELIVERED", "11", False, EventKind.RETURNING, True),
        ("NOT_DELIVERED", "26", False, EventKind.LOST, True),
        ("DELIVERED", None, False, EventKind.HANDED_OVER, True),
        ("DELIVERED", None, True, EventKind.RETURNED, True),
        ("RETURNED_TO_SENDER_CITY_WAREHOUSE", None, False, EventKind.MOVED, True),
        ("SENT_BY_DOG_SLED", None, False, EventKind.INFO, False),
    ],
)
def test_statuses(code: str, reason: str | None, is_return: bool, kind: EventKind, known: bool) -> None:
    status = cdek_api.Status(
        code=code, name="name", date_time=datetime(2026, 11, 23, tzinfo=UTC), reason_code=reason
    )
    told = event(status, is_return=is_return)
    assert told is not None
    assert (told.kind, told.known, told.code) == (kind, known, code)


# --- what is sent ---------------------------------------------------------------------------------


def test_an_order_is_prepaid_declared_and_measured() -> None:
    request = msgspec.structs.replace(book_request("137"), reference="REF234")
    recipient = msgspec.structs.replace(request.recipient, name="А/Б", phone_extension="1234")
    sender = Sender(name="Li Wei", phone="8 (999) 123-45-67 доб. 123", address=request.sender.address)
    order = order_request(msgspec.structs.replace(request, recipient=recipient, sender=sender), "MSK65")
    assert order.sender is not None
    assert order.sender.phones == (cdek_api.Phone(number="8 (999) 123-45-67", additional="123"),)
    assert (order.type, order.number, order.tariff_code) == (1, "REF234", 137)
    assert order.recipient.name == "А Б"
    assert order.recipient.phones[0].additional == "1234"
    assert (order.shipment_point, order.from_location) == ("MSK65", None)
    assert order.to_location is not None
    assert order.to_location.postal_code == "101000"
    (package,) = order.packages
    assert (package.weight, package.length, package.width, package.height) == (700, 20, 15, 10)
    (item,) = package.items
    assert (item.amount, item.weight, item.payment.value, str(item.cost)) == (2, 300, 0, "500.00")


def test_a_tariff_from_the_door_takes_the_senders_address() -> None:
    order = order_request(book_request("139"), "MSK65")
    assert order.shipment_point is None
    assert order.from_location is not None


def test_the_buyers_words_for_the_courier_are_the_orders_comment() -> None:
    request = book_request(service="137")
    to = request.recipient
    assert to.address is not None
    assert order_request(request, "").comment is None
    home = msgspec.structs.replace(to.address, comment="домофон 12, второй подъезд")
    said = msgspec.structs.replace(request, recipient=msgspec.structs.replace(to, address=home))
    assert order_request(said, "").comment == "домофон 12, второй подъезд"


def test_an_order_to_a_point_has_no_address_beside_it() -> None:
    order = order_request(book_request("136", to=Address(country="RU", delivery_point="NSK23")), "MSK65")
    assert (order.delivery_point, order.to_location) == ("NSK23", None)


def test_no_address_is_a_refusal() -> None:
    request = book_request("137")
    nowhere = msgspec.structs.replace(request.recipient, address=None)
    with pytest.raises(Rejected):
        order_request(msgspec.structs.replace(request, recipient=nowhere), "MSK65")


def test_sizes_are_rounded_up() -> None:
    assert [centimetres(mm) for mm in (1, 10, 11, 200)] == [1, 1, 2, 20]


def test_only_what_could_be_ordered_is_offered() -> None:
    offered = [code for code in TARIFFS if bookable(code, shipment_point=True, delivery_point=False)]
    assert offered == [137, 139, 184, 186, 233, 293, 294]
    offered = [code for code in TARIFFS if bookable(code, shipment_point=False, delivery_point=True)]
    assert offered == [138, 187, 295, 366, 497, 509]


# --- what errors mean -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("v2_token_expired", 401, "auth_failed"),
        ("V2_AUTHORIZATION_INCORRECT", 400, "auth_failed"),
        ("invalid_client", 401, "auth_failed"),
        ("v2_similar_request_still_processed", 400, "unavailable"),
        ("error_validate_order_delete_status", 400, "rejected"),
        ("v2_internal_error", 400, None),
        ("anything", 502, None),
    ],
)
async def test_errors(code: str, status: int, kind: str | None, hub_http: httpx.AsyncClient) -> None:
    from hub import Secret

    settings = CdekSettings(client_id="a", client_secret=Secret("b"))
    failure = CdekCarrier(settings, hub_http, account("cdek")).explain(refused(code, status))
    assert (None if failure is None else failure.kind) == kind
