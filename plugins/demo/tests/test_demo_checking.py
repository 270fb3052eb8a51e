"""The check notices what is not as it was written, one thing at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from hub_demo.checking import differences
from hub_demo.scenario import START, Order, Scenario, build
from hub_demo.world import (
    CdekOrder,
    CdekTruth,
    CourierShipment,
    CourierTruth,
    Operation,
    OzonPosting,
    OzonTruth,
    PostOrder,
    PostTruth,
    Price,
    Truth,
)

SCENARIO = build(3)


def as_written(scenario: Scenario) -> Truth:
    """The books of vendors with whom everything went well."""
    truth = Truth(OzonTruth([]), CdekTruth([]), CourierTruth([]), PostTruth([]))
    for count, order in enumerate(scenario.orders):
        tracking = _book(truth, order, count)
        truth.ozon.postings.append(_posting(order, tracking, count))
    refused = CdekOrder(
        uuid="u-refused", number="R-REFUSED", cdek_number=None, tariff_code=137, state="INVALID",
        is_return=False, total_sum=None, errors=["delivery_location_is_not_recognized"],
    )  # fmt: skip
    truth.cdek.orders.append(refused)
    return truth


def _book(truth: Truth, order: Order, count: int) -> str:
    expected = order.expected
    over = expected.end == "delivered"
    if expected.carrier == "cdek":
        truth.cdek.orders.append(
            CdekOrder(
                uuid=f"u-{count}", number=f"R-{count}", cdek_number=f"11{count:08d}",
                tariff_code=expected.tariff or 233, state="DELIVERED" if over else "REMOVED",
                is_return=False, total_sum=Decimal("400.10"),
            )
        )  # fmt: skip
        return f"11{count:08d}"
    if expected.carrier == "sample":
        price = Price(Decimal("260.00"), "RUB")
        state = "delivered" if over else "cancelled"
        truth.courier.shipments.append(
            CourierShipment(
                number=f"SKV{count}", reference=f"R-{count}", state=state, price=price, charged=price
            )
        )
        return f"SKV{count}"
    if expected.carrier == "russian_post":
        truth.post.orders.append(
            PostOrder(
                order_num=f"R-{count}", barcode=f"80{count:012d}", batch="24", deleted=not over,
                total_with_vat=30776, operations=[Operation(1), Operation(2)],
            )
        )  # fmt: skip
        return f"80{count:012d}"
    return ""


def _posting(order: Order, tracking: str, count: int) -> OzonPosting:
    expected = order.expected
    return OzonPosting(
        number=order.number,
        status=expected.end,
        tracking_number=tracking,
        label_downloads=int(expected.label_of_ozon),
        carriage=1 if expected.carriage else None,
        cancelled_by="buyer" if expected.end == "cancelled" else None,
        ship_attempts=1,
        tracking_uploads=expected.tracking_uploads,
        shipped_at=START,
        label_ready_at=START + timedelta(hours=expected.label_hours, seconds=50),
    )


def posting(truth: Truth, happening: str = "", carrier: str | None = None) -> OzonPosting:
    number = next(
        order.number
        for order in SCENARIO.orders
        if order.happening == happening and order.expected.carrier == carrier
    )
    return next(one for one in truth.ozon.postings if one.number == number)


def test_a_day_as_written_has_no_differences() -> None:
    truth = as_written(SCENARIO)
    standing = [o.total_sum or Decimal(0) for o in truth.cdek.orders if o.state == "DELIVERED"]
    postage = Decimal("307.76") * len(truth.post.orders)
    total = {"RUB": Decimal(sum(standing)) + 260 * len(truth.courier.shipments) + postage}
    assert differences(SCENARIO, truth, total, total) == []


def second_order_at_cdek(truth: Truth) -> None:
    truth.cdek.orders.append(
        CdekOrder(
            uuid="u-2", number="R-2nd", cdek_number="1199999999", tariff_code=233, state="CREATED",
            is_return=False, total_sum=Decimal("400.10"),
        )
    )  # fmt: skip


def second_booking_with_the_courier(truth: Truth) -> None:
    price = Price(Decimal("260.00"), "RUB")
    truth.courier.shipments.append(
        CourierShipment(number="SKV999", reference="R-2nd", state="booked", price=price)
    )


def second_order_at_the_post(truth: Truth) -> None:
    truth.post.orders.append(
        PostOrder(order_num="R-2nd", barcode="80999", batch=None, deleted=False, total_with_vat=30776)
    )


def a_parcel_in_no_batch(truth: Truth) -> None:
    truth.post.orders[0].batch = None


def a_parcel_of_the_post_on_its_way(truth: Truth) -> None:
    truth.post.orders[0].operations.append(Operation(8))


def two_postings_with_one_parcel(truth: Truth) -> None:
    own = {order.number for order in SCENARIO.orders if order.expected.carrier == "sample"}
    first, second = [one for one in truth.ozon.postings if one.number in own][:2]
    second.tracking_number = first.tracking_number


def a_delivery_lost(truth: Truth) -> None:
    truth.cdek.orders[0].state = "TAKEN_BY_COURIER"


def an_order_not_removed(truth: Truth) -> None:
    next(order for order in truth.cdek.orders if order.state == "REMOVED").state = "CREATED"


def a_refusal_that_did_not_happen(truth: Truth) -> None:
    truth.cdek.orders = [order for order in truth.cdek.orders if order.state != "INVALID"]


def another_tariff(truth: Truth) -> None:
    next(
        order for order in truth.cdek.orders if order.tariff_code == 137 and order.cdek_number
    ).tariff_code = 233


def shipped_twice(truth: Truth) -> None:
    posting(truth).ship_attempts = 2


def not_delivered(truth: Truth) -> None:
    posting(truth).status = "delivering"


def no_carriage(truth: Truth) -> None:
    posting(truth, "late_label").carriage = None


def label_in_time(truth: Truth) -> None:
    posting(truth, "late_label").label_ready_at = START


def tracking_not_told(truth: Truth) -> None:
    posting(truth, carrier="sample").tracking_uploads = 0


def not_the_buyer(truth: Truth) -> None:
    posting(truth, "buyer_cancels", "cdek").cancelled_by = "seller"


def a_posting_gone(truth: Truth) -> None:
    del truth.ozon.postings[0]


@pytest.mark.parametrize(
    "spoil",
    [
        second_order_at_cdek,
        second_booking_with_the_courier,
        second_order_at_the_post,
        a_parcel_in_no_batch,
        a_parcel_of_the_post_on_its_way,
        two_postings_with_one_parcel,
        a_delivery_lost,
        an_order_not_removed,
        a_refusal_that_did_not_happen,
        another_tariff,
        shipped_twice,
        not_delivered,
        no_carriage,
        label_in_time,
        tracking_not_told,
        not_the_buyer,
        a_posting_gone,
    ],
)
def test_it_notices(spoil: Callable[[Truth], None]) -> None:
    truth = as_written(SCENARIO)
    spoil(truth)
    assert differences(SCENARIO, truth)


def test_it_notices_a_sum_that_the_carriers_do_not_know() -> None:
    found = differences(SCENARIO, as_written(SCENARIO), {"RUB": Decimal(1)})
    assert [(one.where, one.what) for one in found] == [("totals", "committed")]
