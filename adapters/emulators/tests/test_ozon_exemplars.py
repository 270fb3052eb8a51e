"""What Ozon wants to know of units before a posting is packed: told whole, checked later, one by one."""

from typing import Any

import pytest
from adapters.emulators.tests.ozon_world import PRODUCT, Ozon

V6, V5 = "/v6/fbs/posting/product/exemplar", "/v5/fbs/posting/product/exemplar"
COUNTRY = "/v2/posting/fbs/product/country"
STOCK = "/v2/product/info/stocks-by-warehouse/fbs"
SHIP = "/v4/posting/fbs/ship"
SKU = PRODUCT["sku"]
GS = "\x1d"
GTD = "10702030/120926/0001234"
INVALID = (400, 3, "INVALID_ARGUMENT")


def code(serial: str) -> str:
    return f"010460393400079321{serial}{GS}93dGVz"


def ordered(ozon: Ozon, *requires: str, flow: str = "ozon", may_mark: bool = False, **spec: Any) -> str:
    """A posting of two units of which this is wanted; returns its number."""
    line = {**PRODUCT, "requires": requires, "may_mark": may_mark}
    (number,) = ozon.order(flow, products=[line], **spec)
    return number


def ids(ozon: Ozon, number: str) -> list[int]:
    (product,) = ozon.call(f"{V6}/create-or-get", {"posting_number": number})["products"]
    return [unit["exemplar_id"] for unit in product["exemplars"]]


def sheet(number: str, *units: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"posting_number": number, "products": [{"product_id": SKU, "exemplars": list(units)}], **more}


def marked(ozon: Ozon, number: str, *codes: str, kind: str = "mandatory_mark") -> dict[str, Any]:
    units = [
        {"exemplar_id": unit, "marks": [{"mark": one, "mark_type": kind}]}
        for unit, one in zip(ids(ozon, number), codes, strict=True)
    ]
    return sheet(number, *units, multi_box_qty=1)


def tell(ozon: Ozon, body: dict[str, Any], *, wait: float = 200) -> None:
    reply = ozon.http.post(f"{V6}/set", json=body)
    assert (reply.status_code, reply.content) == (200, b""), reply.text
    ozon.clock.advance(wait)


def status(ozon: Ozon, number: str) -> str:
    found: str = ozon.call(f"{V5}/status", {"posting_number": number})["status"]
    return found


def wrong(ozon: Ozon, number: str) -> list[list[str]]:
    return [unit["wrong"] for unit in ozon.truth(number)["units"]]


def packing(number: str) -> dict[str, Any]:
    lines = [{"product_id": SKU, "quantity": PRODUCT["quantity"]}]
    return {"posting_number": number, "packages": [{"products": lines}]}


def test_a_marked_posting_from_order_to_packed(ozon: Ozon) -> None:
    number = ordered(ozon, "marking")
    shown = ozon.get(number)
    assert shown["requirements"]["products_requiring_mandatory_mark"] == [str(SKU)]
    assert {"ship", "ship_with_additional_info"} <= set(shown["available_actions"])
    assert ozon.call(f"{V5}/status", {"posting_number": number})["products"] == []
    assert ids(ozon, number) == ids(ozon, number)
    assert status(ozon, number) == "ship_not_available"
    assert ozon.refused(SHIP, packing(number)) == INVALID
    tell(ozon, marked(ozon, number, code("AAAAAA"), code("AAAAAB")), wait=5)
    assert status(ozon, number) == "validation_in_process"
    assert ozon.refused(SHIP, packing(number)) == INVALID
    ozon.clock.advance(200)
    assert status(ozon, number) == "ship_available"
    body = {**packing(number), "with": {"additional_data": True}}
    (packed,) = ozon.call(SHIP, body)["additional_data"]
    assert packed["products"][0]["mandatory_mark"] == [code("AAAAAA"), code("AAAAAB")]


def test_every_set_begins_the_check_anew_and_what_it_lacks_is_gone(ozon: Ozon) -> None:
    number = ordered(ozon, "marking", behaviour={"check_seconds": 60})
    body = marked(ozon, number, code("AAAAAA"), code("AAAAAB"))
    tell(ozon, body, wait=40)
    tell(ozon, body, wait=40)
    assert status(ozon, number) == "validation_in_process"
    ozon.clock.advance(30)
    assert status(ozon, number) == "ship_available"
    first, second = ids(ozon, number)
    tell(ozon, sheet(number, {"exemplar_id": first}, {"exemplar_id": second}))
    assert status(ozon, number) == "ship_not_available"
    assert ozon.truth(number)["unit_sets"] == 3


def test_what_is_wrong_is_said_later_and_unit_by_unit(ozon: Ozon) -> None:
    bad = code("BBBBBB")
    number = ordered(ozon, "marking", behaviour={"check_fails": {bad: "CIS_NOT_FOUND"}})
    tell(ozon, marked(ozon, number, code("AAAAAA"), bad))
    assert status(ozon, number) == "ship_not_available"
    assert wrong(ozon, number) == [[], ["CIS_NOT_FOUND"]]
    assert ozon.refused(SHIP, packing(number)) == INVALID
    tell(ozon, marked(ozon, number, code("AAAAAA"), code("CCCCCC").partition(GS)[0]))
    assert wrong(ozon, number) == [[], ["WRONG_FORMAT"]], "without its crypto tail"
    tell(ozon, marked(ozon, number, code("AAAAAA"), code("AAAAAB")))
    assert status(ozon, number) == "ship_available"


def test_a_code_is_of_one_posting_and_comes_free_when_that_is_cancelled(ozon: Ozon) -> None:
    first, second = ordered(ozon, "marking"), ordered(ozon, "marking")
    tell(ozon, marked(ozon, first, code("AAAAAA"), code("AAAAAB")))
    tell(ozon, marked(ozon, second, code("AAAAAA"), code("CCCCCC")))
    assert wrong(ozon, second) == [["MARK_IS_USED"], []]
    ozon.control(f"postings/{first}/cancel", {})
    tell(ozon, marked(ozon, second, code("AAAAAA"), code("CCCCCC")))
    assert status(ozon, second) == "ship_available"


def test_a_check_that_ran_out_of_time_says_no_code(ozon: Ozon) -> None:
    number = ordered(ozon, "imei", behaviour={"check_times_out": 1, "check_says_update": True})
    body = marked(ozon, number, "490154203237518", "356938035643809", kind="imei")
    tell(ozon, body)
    (product,) = ozon.call(f"{V5}/status", {"posting_number": number})["products"]
    (mark,) = product["exemplars"][0]["marks"]
    assert (mark["check_status"], mark["error_codes"]) == ("failed", [])
    tell(ozon, body)
    assert status(ozon, number) == "update_available"
    ozon.call(SHIP, packing(number))


def test_what_set_does_not_take(ozon: Ozon) -> None:
    number = ordered(ozon, "marking")
    body = marked(ozon, number, code("AAAAAA"), code("AAAAAB"))
    units = body["products"][0]["exemplars"]
    strange = sheet(number, {**units[0], "exemplar_id": 7}, units[1])
    assert ozon.refused(f"{V6}/set", strange)[2] == f"7 does not belong to product {SKU}"
    twice = {"mark": "010460393400079321AAAAAA\\u001d93", "mark_type": "mandatory_mark"}
    imei = {"mark": "490154203237518", "mark_type": "imei"}
    for refused, word in (
        (sheet(number, units[0]), "INVALID_ARGUMENT"),
        ({**body, "multi_box_qty": 0}, "INVALID_ARGUMENT"),
        (sheet(number, {**units[0], "marks": [twice]}, units[1]), "INVALID_ARGUMENT"),
        (sheet(number, {**units[0], "marks": [imei]}, units[1]), "MANDATORY_MARK_REDUNDANT"),
        (sheet(number, {**units[0], "gtd": GTD}, units[1]), "GTD_IS_REQUIRED_ONLY_FOR_LEGAL_CUSTOMER"),
        ({**body, "products": [{**body["products"][0], "product_id": 1}]}, "UNKNOWN_PRODUCT_DEFINED"),
    ):
        assert ozon.refused(f"{V6}/set", refused) == (400, 3, word)
    ozon.control(f"postings/{number}/cancel", {})
    assert ozon.refused(f"{V6}/set", body)[2] == "Posting must have 'awaiting_packaging' status"
    assert ozon.truth(number)["unit_sets"] == 0


def test_goods_by_weight(ozon: Ozon) -> None:
    number = ordered(ozon, "weight", flow="non_integrated")
    assert "has_weight_products" in ozon.get(number)["available_actions"]
    assert ozon.refused(SHIP, packing(number))[2] == "WEIGHT_IS_REQUIRED"
    first, second = ids(ozon, number)
    for weight, word in ((0, "WEIGHT_IS_REQUIRED"), (3, "WEIGHT_IS_OUT_OF_RANGE")):
        odd = {"exemplar_id": first, "weight": weight}
        assert (
            ozon.refused(f"{V6}/set", sheet(number, odd, {"exemplar_id": second, "weight": 0.4}))[2] == word
        )
    tell(ozon, sheet(number, *({"exemplar_id": unit, "weight": 0.41} for unit in (first, second))))
    ozon.call(SHIP, packing(number))


@pytest.mark.parametrize(("made_in", "needed"), [("NO", True), ("BY", False)])
def test_a_foreign_country_makes_a_customs_number_wanted(ozon: Ozon, made_in: str, needed: bool) -> None:
    number = ordered(ozon, "country")
    found = ozon.call(f"{COUNTRY}/list", {"name_search": "нор"})["result"]
    assert found == [{"name": "Норвегия", "country_iso_code": "NO"}]
    (row,) = ozon.call(STOCK, {"limit": 10, "sku": [str(SKU)]})["products"]
    assert (row["reserved"], row["present"], row["free_stock"]) == (2, 2, 0)
    body = {"posting_number": number, "product_id": row["product_id"], "country_iso_code": made_in}
    assert ozon.refused(f"{COUNTRY}/set", {**body, "product_id": SKU})[2] == "UNKNOWN_PRODUCT_DEFINED"
    assert ozon.refused(f"{COUNTRY}/set", {**body, "country_iso_code": "XX"}) == INVALID
    assert ozon.refused(SHIP, packing(number)) == INVALID
    told = ozon.call(f"{COUNTRY}/set", body)
    assert told == {"product_id": row["product_id"], "is_gtd_needed": needed}
    wanted = ozon.get(number)["requirements"]
    assert (wanted["products_requiring_country"], bool(wanted["products_requiring_gtd"])) == ([], needed)
    if needed:
        form = {"exemplars": [{}, {"gtd": GTD}], "product_id": SKU}
        (valid,) = ozon.call(f"{V5}/validate", {"posting_number": number, "products": [form]})["products"]
        first, second = (one["errors"] for one in valid["exemplars"])
        assert (first, second) == (["GTD_MUST_BE_SPECIFIED_FOR_PRODUCT_COUNTRY"], [])
        units = ids(ozon, number)
        absent = {"exemplar_id": units[1], "is_gtd_absent": True}
        tell(ozon, sheet(number, {"exemplar_id": units[0], "gtd": GTD}, absent))
    ozon.call(SHIP, packing(number))


def test_after_packing_what_is_set_has_to_be_made_final(ozon: Ozon) -> None:
    number = ordered(ozon, may_mark=True)
    assert ozon.get(number)["optional"]["products_with_possible_mandatory_mark"] == [str(SKU)]
    ozon.call(SHIP, packing(number))
    ozon.clock.advance(100)
    assert "update_cis" in ozon.get(number)["available_actions"]
    update = "/v1/fbs/posting/product/exemplar/update"
    assert ozon.refused(update, {"posting_number": number})[2] == "HAS_INCORRECT_STATUS"
    tell(ozon, marked(ozon, number, code("AAAAAA"), code("AAAAAB")))
    assert status(ozon, number) == "update_available"
    reply = ozon.http.post(update, json={"posting_number": number})
    assert (reply.status_code, reply.content) == (200, b"")
    assert ozon.truth(number)["unit_updates"] == 1


def test_units_come_one_after_the_other(ozon: Ozon) -> None:
    number = ordered(ozon, "uin", behaviour={"units_seconds": 30})
    assert len(ids(ozon, number)) == 1
    ozon.clock.advance(31)
    assert len(ids(ozon, number)) == 2


def test_a_split_takes_its_units_along(ozon: Ozon) -> None:
    number = ordered(ozon, "marking")
    tell(ozon, marked(ozon, number, code("AAAAAA"), code("AAAAAB")))
    one = {"products": [{"product_id": SKU, "quantity": 1}]}
    numbers = ozon.call(SHIP, {"posting_number": number, "packages": [one, one]})["result"]
    ozon.clock.advance(60)
    told = [[unit["marks"] for unit in ozon.truth(each)["units"]] for each in numbers]
    assert told == [[{"mandatory_mark": code("AAAAAA")}], [{"mandatory_mark": code("AAAAAB")}]]


@pytest.mark.parametrize(("way", "end"), [("ignore", "awaiting_packaging"), ("late", "awaiting_deliver")])
def test_ship_may_take_in_what_it_is_still_checking(ozon: Ozon, way: str, end: str) -> None:
    """That it refuses then is a guess: it may do nothing as well, or pack once the check is over."""
    number = ordered(ozon, "marking", behaviour={"check_seconds": 30})
    tell(ozon, marked(ozon, number, code("AAAAAA"), code("AAAAAB")), wait=0)
    ozon.control("guessed", {"way": way})
    assert ozon.call(SHIP, packing(number))["result"] == [number]
    ozon.clock.advance(61)
    ozon.clock.advance(10)
    assert ozon.stands(number)[0] == end
