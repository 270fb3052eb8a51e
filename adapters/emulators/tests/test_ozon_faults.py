"""Ozon's own faults, through real HTTP."""

from typing import Any

import httpx
import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from adapters.emulators.tests.ozon_world import Ozon

QUEUE = "/v4/posting/fbs/unfulfilled/list"
LIST = "/v4/posting/fbs/list"
PERIOD = {"since": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"}


def fault(ozon: Ozon, **rule: Any) -> None:
    ozon.control("faults", {"rules": [{"times": 1, **rule}]})


def happened(ozon: Ozon) -> dict[str, int]:
    kinds: dict[str, int] = ozon.http.get("/_emulator/state").json()["faults"]
    return kinds


def pages(ozon: Ozon, path: str, limit: int, filters: dict[str, Any]) -> list[str]:
    """All numbers of a list, page by page, by its cursor."""
    numbers: list[str] = []
    cursor = ""
    while True:
        answer = ozon.call(path, {"limit": limit, "cursor": cursor, "sort_dir": "ASC", "filter": filters})
        numbers += [posting["posting_number"] for posting in answer["postings"]]
        if not answer["has_next"]:
            return numbers
        cursor = answer["cursor"]


def barcodes(pdf: bytes) -> list[set[str]]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        images = [page.render(scale=203 / 72, grayscale=True).to_pil() for page in document]
    finally:
        document.close()
    return [{code.text for code in zxingcpp.read_barcodes(image)} for image in images]


def own(ozon: Ozon, number: str) -> set[str]:
    truth = ozon.truth(number)
    return {truth["upper_barcode"], truth["lower_barcode"], truth["scanit"]}


@pytest.mark.parametrize("path", [QUEUE, LIST])
def test_an_order_arrives_between_two_pages(ozon: Ozon, path: str) -> None:
    numbers = ozon.order(count=5)
    filters = {"statuses": ["awaiting_packaging"]} if path == QUEUE else PERIOD
    fault(ozon, kind="list_changes", path=path)
    seen = pages(ozon, path, 2, filters)
    assert sorted(set(seen)) == sorted(seen)  # by a cursor nothing comes twice
    assert set(seen) >= set(numbers)
    again = pages(ozon, path, 100, filters)
    assert len(again) == 6
    if path == QUEUE:
        assert again[0] not in numbers  # it stands before what was shown
    assert happened(ozon) == {"list_changes": 1}


def test_a_posting_leaves_between_two_pages(ozon: Ozon) -> None:
    numbers = ozon.order(count=5)
    filters = {"statuses": ["awaiting_packaging"]}
    fault(ozon, kind="list_changes", path=QUEUE, change="leave")
    seen = pages(ozon, QUEUE, 2, filters)
    assert set(seen) == set(numbers)  # by offsets the third would be missing
    assert set(numbers) - set(pages(ozon, QUEUE, 2, filters)) == {seen[0]}
    assert ozon.stands(seen[0])[0] == "cancelled"
    assert happened(ozon) == {"list_changes": 1}


def test_an_empty_list_has_nothing_to_change(ozon: Ozon) -> None:
    fault(ozon, kind="list_changes", path=QUEUE)
    ozon.call(QUEUE, {"limit": 2, "filter": {"statuses": ["awaiting_packaging"]}})
    assert happened(ozon) == {}


def test_a_posting_is_visible_late(ozon: Ozon) -> None:
    (old,) = ozon.order()
    ozon.clock.advance(400)
    (young,) = ozon.order()
    fault(ozon, kind="item_late", path="/v?/posting/fbs/*", seconds=300, times=None)
    filters = {"statuses": ["awaiting_packaging"]}
    assert pages(ozon, QUEUE, 100, filters) == [old]
    assert pages(ozon, LIST, 100, PERIOD) == [old]
    assert ozon.refused("/v3/posting/fbs/get", {"posting_number": young})[2] == "POSTING_NOT_FOUND"
    assert ozon.get(old)["posting_number"] == old
    assert happened(ozon) == {"item_late": 4}
    ozon.clock.advance(300)
    assert set(pages(ozon, QUEUE, 100, filters)) == {old, young}
    assert happened(ozon) == {"item_late": 4}


def test_a_list_is_read_as_it_was(ozon: Ozon) -> None:
    (old,) = ozon.order()
    filters = {"statuses": ["awaiting_packaging"]}
    pages(ozon, QUEUE, 100, filters)
    (young,) = ozon.order()
    fault(ozon, kind="stale_read", path=QUEUE)
    assert pages(ozon, QUEUE, 100, filters) == [old]
    assert set(pages(ozon, QUEUE, 100, filters)) == {old, young}
    assert happened(ozon) == {"stale_read": 1}


def test_no_label_page_stands_in_its_place(ozon: Ozon) -> None:
    numbers = ozon.packed(count=3)
    fault(ozon, kind="label_pages_shuffled", path="/v3/posting/fbs/package-label/create")
    ozon.label_files(numbers[0])  # one page cannot be shuffled
    assert happened(ozon) == {}
    for pdf in ozon.label_files(*numbers).values():
        shown = barcodes(pdf)
        assert len(shown) == 3
        assert not any(page & own(ozon, number) for page, number in zip(shown, numbers, strict=True))
        assert all(any(page & own(ozon, number) for number in numbers) for page in shown)
    assert happened(ozon) == {"label_pages_shuffled": 1}


def test_label_file_of_another_parcel(ozon: Ozon) -> None:
    (first,) = ozon.packed()
    fault(ozon, kind="label_of_another", path="/s3/*")
    assert barcodes(ozon.label_files(first)["big_label"])[0] == own(ozon, first)
    assert happened(ozon) == {}
    (second,) = ozon.packed()
    task = ozon.call("/v3/posting/fbs/package-label/create", {"posting_numbers": [first]})["tasks"][0]
    ozon.clock.advance(5)
    url = ozon.call("/v2/posting/fbs/package-label/get", {"task_id": task["task_id"]})["file_url"]
    wrong, right = (barcodes(httpx.get(url, trust_env=False).content)[0] for _ in range(2))
    assert (wrong, right) == (own(ozon, second), own(ozon, first))
    assert happened(ozon) == {"label_of_another": 1}


def test_wire_faults_reach_the_file_host(ozon: Ozon) -> None:
    (number,) = ozon.packed()
    fault(ozon, kind="truncate", path="/s3/*", length=False)
    files = ozon.label_files(number)
    assert min(map(len, files.values())) > 0
    assert sum(not pdf.rstrip().endswith(b"%%EOF") for pdf in files.values()) == 1
    assert happened(ozon) == {"truncate": 1}


def test_error_inside_200_has_ozons_envelope(ozon: Ozon) -> None:
    numbers = ozon.order()
    fault(ozon, kind="error_in_200", path="/v4/posting/fbs/ship", message="HAS_INCORRECT_STATUS")
    body = {"posting_number": numbers[0], "packages": []}
    answer = ozon.call("/v4/posting/fbs/ship", body)
    assert answer == {"code": 13, "message": "HAS_INCORRECT_STATUS", "details": []}
    assert ozon.truth(numbers[0])["ship_attempts"] == 0
    assert happened(ozon) == {"error_in_200": 1}
