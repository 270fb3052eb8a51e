"""Package labels: late, in two sizes, shuffled, partial, on a host that refuses keys."""

from typing import Any

import httpx
import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from adapters.emulators.tests.ozon_world import KEYS, Ozon

CREATE = "/v3/posting/fbs/package-label/create"
GET = "/v2/posting/fbs/package-label/get"


def read(pdf: bytes) -> list[tuple[tuple[int, int], list[str], str]]:
    """Size in millimetres, barcodes and text of every page."""
    document = pypdfium2.PdfDocument(pdf)
    pages = []
    try:
        for page in document:
            width, height = (round(points / 72 * 25.4) for points in page.get_size())
            image = page.render(scale=203 / 72, grayscale=True).to_pil()
            codes = sorted(found.text for found in zxingcpp.read_barcodes(image))
            pages.append(((width, height), codes, page.get_textpage().get_text_bounded()))
    finally:
        document.close()
    return pages


def test_not_ready_for_45_to_60_seconds(ozon: Ozon) -> None:
    (number,) = ozon.order()
    ozon.ship(number)
    for _ in range(2):
        assert ozon.refused(CREATE, {"posting_numbers": [number]}) == (
            409,
            9,
            "The next postings aren't ready",
        )
        ozon.clock.advance(44)
    ozon.clock.advance(20)
    ozon.call(CREATE, {"posting_numbers": [number]})
    truth = ozon.truth(number)
    assert truth["label_asked"] == 3
    assert truth["shipped_at"] < truth["label_ready_at"]


def test_late_label(ozon: Ozon) -> None:
    (number,) = ozon.packed(behaviour={"label_delay_seconds": 7200})
    assert ozon.refused(CREATE, {"posting_numbers": [number]})[2] == "The next postings aren't ready"
    ozon.clock.advance(7200)
    ozon.call(CREATE, {"posting_numbers": [number]})


def test_task_goes_through_its_states(ozon: Ozon) -> None:
    (number,) = ozon.packed()
    tasks = ozon.call(CREATE, {"posting_numbers": [number]})["tasks"]
    body = {"task_id": tasks[0]["task_id"]}
    seen = []
    for seconds in (0, 1, 5):
        ozon.clock.advance(seconds)
        answer = ozon.call(GET, body)
        seen.append((answer["status"]["code"], bool(answer["file_url"])))
    assert seen == [("pending", False), ("in_progress", False), ("completed", True)]
    assert ozon.refused(GET, {"task_id": 5})[:2] == (404, 5)


def test_pages_are_shuffled_and_only_their_barcodes_tell(ozon: Ozon) -> None:
    numbers = ozon.packed(count=12)
    truth = {number: ozon.truth(number) for number in numbers}
    files = ozon.label_files(*numbers)
    sizes = {"big_label": (75, 120), "small_label": (58, 40)}
    for kind, fields in {
        "big_label": ("upper_barcode", "lower_barcode", "scanit"),
        "small_label": ("scanit",),
    }.items():
        pages = read(files[kind])
        expected = {n: sorted(truth[n][field] for field in fields) for n in numbers}
        shown = []
        for size, codes, text in pages:
            assert size == sizes[kind]
            (owner,) = (number for number in numbers if expected[number] == codes)
            assert owner in text
            assert truth[owner]["scanit"] in text
            shown.append(owner)
        assert shown != numbers
        assert sorted(shown) == sorted(numbers)
    posting = ozon.get(numbers[0], barcodes=True)
    assert posting["scanit"] == truth[numbers[0]]["scanit"]
    assert posting["barcodes"]["upper_barcode"] == truth[numbers[0]]["upper_barcode"]
    assert all(ozon.truth(number)["label_downloads"] == 2 for number in numbers)


def test_what_is_not_ready_is_left_out_and_named(ozon: Ozon) -> None:
    (ready,) = ozon.packed()
    (cancelled,) = ozon.packed()
    (late,) = ozon.order()
    ozon.ship(late)
    ozon.clock.advance(10)
    ozon.control(f"postings/{cancelled}/cancel", {})
    tasks = ozon.call(CREATE, {"posting_numbers": [late, cancelled, ready]})["tasks"]
    ozon.clock.advance(5)
    status = ozon.call(GET, {"task_id": tasks[0]["task_id"]})["status"]
    assert (status["postings_count"], status["printed_postings_count"]) == (3, 1)
    assert status["unprinted_postings"] == [
        {"posting_number": late, "message": "The next postings aren't ready"},
        {"posting_number": cancelled, "message": "INVALID_ARGUMENT"},
    ]


def test_labels_that_there_are_not(ozon: Ozon) -> None:
    (own,) = ozon.packed("non_integrated")
    assert ozon.refused(CREATE, {"posting_numbers": [own]})[2] == "INVALID_ARGUMENT"
    foreign = ozon.refused(CREATE, {"posting_numbers": [own, "1-1-1"]})
    assert foreign[2] == "POSTING_NUMBERS_IS_INCORRECT_FOR_COMPANY"
    ozon.control(f"postings/{own}/move", {"status": "delivered", "substatus": "posting_delivered"})
    assert ozon.refused(CREATE, {"posting_numbers": [own]})[2] == "label not allowed for delivered postings"
    for numbers in ([], [own] * 1001):
        assert ozon.refused(CREATE, {"posting_numbers": numbers})[:2] == (400, 3)


def file_url(ozon: Ozon) -> str:
    tasks = ozon.call(CREATE, {"posting_numbers": ozon.packed()})["tasks"]
    ozon.clock.advance(5)
    url: str = ozon.call(GET, {"task_id": tasks[0]["task_id"]})["file_url"]
    return url


@pytest.mark.parametrize(
    "headers", [{"Client-Id": KEYS["Client-Id"]}, {"Api-Key": KEYS["Api-Key"]}, {"Authorization": "Bearer x"}]
)
def test_the_file_host_refuses_keys(ozon: Ozon, headers: dict[str, str]) -> None:
    url = file_url(ozon)
    assert not url.startswith(ozon.url)
    with httpx.Client(trust_env=False) as stranger:
        assert stranger.get(url, headers=headers).status_code == 403
        assert stranger.get(url).content.startswith(b"%PDF")
        assert stranger.get(url.replace("ticket-", "ticket-9")).status_code == 404
        assert stranger.post(url).status_code == 405
    counts = ozon.http.get("/_emulator/state").json()["counts"]
    assert (counts["label_files"], counts["label_files_refused"]) == (1, 1)


def test_faults_reach_label_methods_and_the_file_host(ozon: Ozon) -> None:
    url = file_url(ozon)
    rules = [
        {"kind": "label_not_ready", "path": "*package-label/create", "times": 1},
        {"kind": "status", "path": "/s3/*", "status": 503, "times": 1},
    ]
    ozon.control("faults", {"rules": rules})
    (number,) = ozon.packed()
    assert ozon.refused(CREATE, {"posting_numbers": [number]})[2] == "The next postings aren't ready"
    ozon.call(CREATE, {"posting_numbers": [number]})
    assert [httpx.get(url, trust_env=False).status_code for _ in range(2)] == [503, 200]


def test_dead_label_methods_are_revived_on_request(ozon: Ozon) -> None:
    (number,) = ozon.packed()
    old: dict[str, Any] = {"posting_number": [number]}
    create = "/v2/posting/fbs/package-label/create"
    assert ozon.refused(create, old) == (400, 9, "obsolete method cannot be used")
    paths = [create, "/v1/posting/fbs/package-label/get", "/v2/posting/fbs/package-label"]
    ozon.control("revive", {"paths": paths})
    tasks = ozon.call(create, old)["result"]["tasks"]
    ozon.clock.advance(5)
    done = ozon.call(paths[1], {"task_id": tasks[0]["task_id"]})["result"]
    assert (done["status"], done["printed_postings_count"]) == ("completed", 1)
    sync = ozon.http.post(paths[2], json=old)
    assert (sync.headers["content-type"], sync.content[:4]) == ("application/pdf", b"%PDF")
    assert ozon.http.post("/_emulator/revive", json={"paths": ["/v3/posting/fbs/list"]}).status_code == 400
