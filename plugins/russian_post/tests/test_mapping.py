"""The hub's words as the Post's and back, without a Post."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import msgspec
import pytest
import russian_post_api as post
from hub import Address, Money, Rejected, Secret
from hub.testing import account, book_request
from hub_russian_post import RussianPostCarrier, RussianPostSettings
from hub_russian_post.addresses import (
    Name,
    as_written,
    checked,
    cleaned_of,
    name_of,
    parts_of,
    parts_sent,
    phone_number,
    text_of,
)
from hub_russian_post.countries import taken
from hub_russian_post.orders import booking_of, centimetres, found, inland_order, point_order, refusal_of
from hub_russian_post.points import town
from hub_russian_post.services import DECLARED, ORDINARY, Product, home_point, product_of, products_of

ReadWords = Callable[[str], set[str]]

ONLINE = Product("ONLINE_PARCEL", DECLARED)
NAME = Name("Петрова", "Анна", None)
WRITTEN = Address(
    country="RU",
    postal_code="410012",
    region="Саратовская обл.",
    city="Саратов",
    street="ул. Мира, дом пять",
)
CLEAN = post.CleanAddress(
    id="1",
    quality_code="GOOD",
    validation_code="VALIDATED",
    address_type="DEFAULT",
    index="410012",
    region="обл. Саратовская",
    place="г. Саратов",
    street="ул. Мира",
    house="5",
    room="7",
)


# --- addresses, names, phones ---------------------------------------------------------------------


@pytest.mark.parametrize("quality", ["GOOD", "POSTAL_BOX", "ON_DEMAND", "UNDEF_05"])
@pytest.mark.parametrize("validation", ["VALIDATED", "OVERRIDDEN", "CONFIRMED_MANUALLY"])
def test_what_the_post_vouches_for(quality: str, validation: str) -> None:
    good = msgspec.structs.replace(CLEAN, quality_code=quality, validation_code=validation)
    assert checked(good) is good
    cleaned = cleaned_of(good, WRITTEN)
    assert (cleaned.clear, cleaned.doubts) == (True, ())
    assert parts_sent(cleaned) == good


@pytest.mark.parametrize(
    ("quality", "validation"),
    [
        *((f"UNDEF_0{n}", "VALIDATED") for n in (1, 2, 3, 4, 6, 7)),
        ("GOOD", "NOT_VALIDATED_HAS_ASSUMPTION"),
        ("GOOD", "NOT_VALIDATED_HAS_AMBI"),
        ("GOOD", "SOMETHING_NEW"),
        ("SOMETHING_NEW", "VALIDATED"),
        ("", ""),
    ],
)
def test_what_the_post_does_not_vouch_for(quality: str, validation: str) -> None:
    unclear = msgspec.structs.replace(CLEAN, quality_code=quality, validation_code=validation)
    with pytest.raises(Rejected) as caught:
        checked(unclear)
    assert caught.value.code == "address_unclear"
    assert caught.value.vendor_code == f"{quality}/{validation}"
    assert "Мира" not in str(caught.value)
    cleaned = cleaned_of(unclear, WRITTEN)
    assert not cleaned.clear
    assert cleaned.doubts
    assert cleaned.vendor_code == caught.value.vendor_code


def test_every_code_of_the_documentation_says_what_is_in_doubt(words: ReadWords) -> None:
    good = {"GOOD", "POSTAL_BOX", "ON_DEMAND", "UNDEF_05", "VALIDATED", "OVERRIDDEN", "CONFIRMED_MANUALLY"}
    for field in ("quality", "validation"):
        for code in words(f"address-{field}-code") - good:
            unclear = msgspec.structs.replace(CLEAN, **{f"{field}_code": code})
            (doubt,) = cleaned_of(unclear, WRITTEN).doubts
            assert doubt.isalpha(), "a word of the hub's, not the code"
    new = msgspec.structs.replace(CLEAN, quality_code="SOMETHING_NEW")
    assert cleaned_of(new, WRITTEN).doubts == ("SOMETHING_NEW/VALIDATED",)


def test_an_address_as_it_is_asked_and_suggested() -> None:
    moscow = Address(
        country="RU", postal_code="101000", region="Москва", city="Москва", street="ул. Покровка, 1"
    )
    assert text_of(moscow) == "101000, Москва, ул. Покровка, 1"
    suggested = cleaned_of(CLEAN, WRITTEN).address
    assert suggested is not None
    assert text_of(suggested) == "410012, обл. Саратовская, г. Саратов, ул. Мира, д. 5 кв. 7"
    box = msgspec.structs.replace(CLEAN, street="", house="", room="", num_address_type="12")
    assert "а/я 12" in text_of(cleaned_of(box, WRITTEN).address or moscow)
    assert cleaned_of(msgspec.structs.replace(CLEAN, index=""), WRITTEN).address is None


def test_a_postcode_of_another_place_is_said_to_be_that() -> None:
    unclear = msgspec.structs.replace(CLEAN, validation_code="NOT_VALIDATED_HAS_ASSUMPTION")
    elsewhere = msgspec.structs.replace(WRITTEN, postal_code="630000")
    assert cleaned_of(unclear, elsewhere).doubts == ("postal_code",)
    assert cleaned_of(unclear, WRITTEN).doubts == ("assumed",)


def test_an_address_as_it_stands_needs_what_an_order_requires() -> None:
    unclear = msgspec.structs.replace(CLEAN, quality_code="UNDEF_04")
    assert cleaned_of(unclear, WRITTEN).as_written
    for missing in ("postal_code", "city", "street"):
        less = msgspec.structs.replace(WRITTEN, **{missing: ""})
        assert not cleaned_of(unclear, less).as_written
    request = book_request(ONLINE.code, to=WRITTEN)
    sent = msgspec.structs.replace(request, as_written=True)
    order = inland_order(sent, ONLINE, "109012", as_written(WRITTEN), NAME)
    assert order.raw_address == "410012, Саратовская обл., Саратов, ул. Мира, дом пять"
    assert (order.index_to, order.place_to, order.street_to) == (410012, "Саратов", "ул. Мира, дом пять")
    assert inland_order(request, ONLINE, "109012", CLEAN, NAME).raw_address is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+7 (999) 000-00-01", 79990000001),
        ("89990000001", 79990000001),
        ("+375291234567", 375291234567),
        ("+8613800000000", 8613800000000),
        ("", None),
        ("no phone", None),
        ("12345", None),
    ],
)
def test_phones(text: str, number: int | None) -> None:
    assert phone_number(text) == number


def test_names() -> None:
    assert name_of(" Петрова  Анна Ивановна Оглы ") == ("Петрова", "Анна", "Ивановна Оглы")
    assert name_of("Петрова Анна").middle is None
    with pytest.raises(Rejected):
        name_of("Анна")


def test_the_cleaner_knows_which_is_the_family_name() -> None:
    sure = post.CleanName(id="1", quality_code="EDITED", valid=True, surname="Петрова", name="Анна")
    assert parts_of("Анна Петрова", sure) == ("Петрова", "Анна", None)
    unsure = msgspec.structs.replace(sure, quality_code="NOT_SURE")
    for none in (unsure, msgspec.structs.replace(sure, surname=""), None):
        assert parts_of("Анна Петрова", none) == ("Анна", "Петрова", None)
    with pytest.raises(Rejected):
        parts_of("Анна", sure)


@pytest.mark.parametrize("place", ["г. Саратов", "Саратов", "город Саратов", " г Саратов"])
def test_towns(place: str) -> None:
    assert town(place) == "саратов"


def test_a_town_that_begins_like_a_prefix() -> None:
    assert town("Гороховец") == "гороховец"
    assert town("п. Сокол") == "сокол"


# --- services -------------------------------------------------------------------------------------


def _point(index: str, *pairs: tuple[str, str, str], enabled: bool = True) -> post.ShippingPoint:
    products = tuple(post.Product(mail_type=a, mail_category=b, product_type=c) for a, b, c in pairs)
    return post.ShippingPoint(operator_postcode=index, enabled=enabled, available_products=products)


def test_the_home_point() -> None:
    points = [_point("1", enabled=False), _point("2"), _point("3")]
    assert home_point(points, "") is points[1]
    assert home_point(points, "3") is points[2]
    assert home_point(points, "1") is None
    assert home_point([], "") is None


def test_what_a_point_offers() -> None:
    point = _point(
        "109012",
        ("ONLINE_PARCEL", "ORDINARY", "ONLINE_PARCEL_ORDINARY"),
        ("ONLINE_PARCEL", DECLARED, "ONLINE_PARCEL_WITH_DECLARED_VALUE"),
        ("ONLINE_PARCEL", f"{DECLARED}_AND_CASH_ON_DELIVERY", "x"),
        ("EMS", "ORDINARY", "INTERNATIONAL_EMS_ORDINARY"),
        ("ECOM_MARKETPLACE", DECLARED, "ECOM_MARKETPLACE_WITH_DECLARED_VALUE"),
        ("SMALL_PACKET", "ORDERED", "SMALL_PACKET_ORDERED"),
        ("HYPER_CARGO", "ORDINARY", "HYPER_CARGO_ORDINARY"),
    )

    def offered(**how: bool) -> list[list[str]]:
        asked = {"abroad": False, "to_point": False, "declared": True} | how
        return [[one.code for one in ways] for ways in products_of(point, **asked)]

    assert offered() == [[f"ONLINE_PARCEL:{DECLARED}", "ONLINE_PARCEL:ORDINARY"]]
    assert offered(declared=False) == [["ONLINE_PARCEL:ORDINARY"]]
    assert offered(to_point=True) == [[f"ECOM_MARKETPLACE:{DECLARED}"]]
    assert offered(to_point=True, declared=False) == []
    assert offered(abroad=True) == [["EMS:ORDINARY"], ["SMALL_PACKET:ORDERED"]]


def test_service_codes() -> None:
    assert product_of("ONLINE_PARCEL:ORDINARY") == Product("ONLINE_PARCEL", ORDINARY)
    for unknown in ("", "137", "ONLINE_PARCEL", "ONLINE_PARCEL:COD", "LETTER:ORDINARY"):
        assert product_of(unknown) is None
    assert Product("ONLINE_PARCEL", ORDINARY).object_code(abroad=False) == 23030
    assert ONLINE.object_code(abroad=False) == 23020
    assert Product("SMALL_PACKET", "ORDERED").object_code(abroad=True) == 5011
    assert Product("ECOM", ORDINARY).object_code(abroad=False) is None


def test_blocked_countries() -> None:
    parcel = Product("POSTAL_PARCEL", ORDINARY)
    free = post.Country(id=112, parcel=post.CountryKind(block=0, wmax=20_000, oc=0))
    assert taken(free, parcel, 20_000)
    assert not taken(free, parcel, 20_001)
    assert not taken(free, Product("POSTAL_PARCEL", DECLARED), 700)
    assert not taken(free, Product("EMS", ORDINARY), 700)
    blocked = post.Country(id=36, parcel=post.CountryKind(block=1))
    assert not taken(blocked, parcel, 700)


# --- orders ---------------------------------------------------------------------------------------


def test_an_order_is_prepaid_declared_and_measured() -> None:
    request = msgspec.structs.replace(book_request(ONLINE.code), reference="REF234")
    order = inland_order(request, ONLINE, "109012", CLEAN, NAME)
    assert (order.order_num, order.mail_type, order.mail_category) == ("REF234", "ONLINE_PARCEL", DECLARED)
    assert (order.insr_value, order.payment) == (100_000, None)
    assert (order.mass, order.dimension) == (700, post.Dimension(length=20, width=15, height=10))
    assert (order.index_to, order.house_to, order.room_to, order.corpus_to) == (410012, "5", "7", None)
    assert (order.surname, order.given_name, order.tel_address) == ("Петрова", "Анна", 79990000001)
    assert order.recipient_name == "Анна Петрова"
    assert (order.postoffice_code, order.mail_direct) == ("109012", 643)


def test_an_order_without_declared_value_has_none() -> None:
    order = inland_order(book_request("x"), Product("ONLINE_PARCEL", ORDINARY), "109012", CLEAN, NAME)
    assert order.insr_value is None


@pytest.mark.parametrize(("value", "code"), [(None, "no_value"), (Money.of(10, "CNY"), "currency")])
def test_a_value_that_cannot_be_declared(value: Money | None, code: str) -> None:
    request = msgspec.structs.replace(book_request("x"), declared_value=value)
    with pytest.raises(Rejected) as caught:
        inland_order(request, ONLINE, "109012", CLEAN, NAME)
    assert caught.value.code == code


def test_a_point_goes_where_the_post_wants_it() -> None:
    to = Address(country="RU", city="Саратов", delivery_point="410990")
    order = point_order(book_request("x", to=to), Product("ECOM", ORDINARY), "109012")
    assert order.ecom_data is not None
    assert order.ecom_data.delivery_point_index == "410990"
    assert order.index_to is None
    with pytest.raises(Rejected):
        point_order(book_request("x"), Product("ECOM", ORDINARY), "109012")


def test_orders_read_back() -> None:
    order = post.Order(
        id=7,
        order_num="REF234",
        barcode="80092578900475",
        mail_type="ONLINE_PARCEL",
        mail_category=ORDINARY,
        mail_direct=643,
        index_to=410012,
        mass=700,
        total_rate_wo_vat=10_000,
        total_vat=2_200,
    )
    booking = booking_of(order)
    assert (booking.state, booking.carrier_id, booking.tracking_number) == (
        "confirmed",
        "7",
        "80092578900475",
    )
    assert booking.price == Money.of("122.00", "RUB")
    one = found(order)
    assert (one.reference, one.service_code, one.weight_g, one.live) == (
        "REF234",
        "ONLINE_PARCEL:ORDINARY",
        700,
        True,
    )
    assert (one.recipient_country, one.recipient_postal_code) == ("RU", "410012")
    deleted = found(msgspec.structs.replace(order, is_deleted=True))
    assert (deleted.booking.state, deleted.live) == ("cancelled", False)


def test_a_wrong_check_digit_is_noted_and_not_refused() -> None:
    booking = booking_of(post.Order(id=1, barcode="44334455667733"))
    assert booking.state == "confirmed"
    assert "check digit" in booking.notes[0]
    assert booking_of(post.Order(id=1, barcode="EE123456785KR")).notes == ()


def test_a_refusal_says_which_points_are_allowed_and_repeats_nothing_else() -> None:
    allowed = post.ErrorInfo(code="EMPTY_POSTOFFICE_CODE", description="Не задан", details="102961 117042")
    other = post.ErrorInfo(code="ILLEGAL_INITIALS", description="ФИО", details="Петрова")
    refused = refusal_of((allowed, other))
    assert refused.reason == "Не задан (102961 117042); ФИО"
    assert refused.reason_code == "EMPTY_POSTOFFICE_CODE"
    assert refusal_of(()).reason


def test_sizes_are_rounded_up() -> None:
    assert [centimetres(mm) for mm in (1, 10, 11, 200)] == [1, 1, 2, 20]


# --- what errors mean -----------------------------------------------------------------------------


def _error(code: str, status: int, method: str = "GET", sub_code: str = "") -> post.OtpravkaError:
    response = httpx.Response(status, request=httpx.Request(method, "https://post.example/"))
    return post.OtpravkaError([post.ErrorInfo(code=code, sub_code=sub_code, description="why")], response)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (_error("ILLEGAL_CREDENTIALS", 401), "auth_failed"),
        (_error("invalid_grant", 401), "auth_failed"),
        (_error("1001", 404, sub_code="RESOURCE_NOT_FOUND"), "rejected"),
        (_error("1024", 400, "POST"), "rejected"),
        (_error("CODE_1372", 400), "rejected"),
        (_error("1002", 500, "GET"), "rejected"),
        (_error("1002", 500, "PUT"), None),  # perhaps it was done all the same: looked up, never assumed
        (_error("404", 200, "PUT"), "bad_reply"),
        (_error("anything", 502), None),
        (post.TicketError(3, "limit"), "auth_failed"),
        (post.TicketError(16, ""), "unavailable"),
        (post.Fault("AuthorizationFaultReason", "limit", 500), "auth_failed"),
        (post.Fault("OperationHistoryFaultReason", "?", 500), None),
    ],
)
async def test_errors(error: Exception, kind: str | None, hub_http: httpx.AsyncClient) -> None:
    settings = RussianPostSettings(token=Secret("a"), login="b", password=Secret("c"))
    failure = RussianPostCarrier(settings, hub_http, account("russian_post")).explain(error)
    assert (None if failure is None else failure.kind) == kind
