"""``/v4/posting/fbs/unfulfilled/list``, ``/v4/posting/fbs/list``, ``/v3/posting/fbs/get`` and get-by-barcode.

Paging is a keyset over lists that change while they are read: an opaque cursor names the last posting seen.
``has_next`` is true for every full page, also where the next one turns out empty (seen live 2026-04).
``seen``: which postings this look may see at all.
"""

import base64
import bisect
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from vendor_emulators.ozon.body import Body
from vendor_emulators.ozon.charges import stamp
from vendor_emulators.ozon.errors import INVALID_ARGUMENT, posting_not_found, refuse
from vendor_emulators.ozon.model import Posting
from vendor_emulators.ozon.shop import Shop
from vendor_emulators.ozon.views import With, in_get, in_list, in_scan

Json = dict[str, Any]
Test = Callable[[Posting], bool]

_IDS = 1000
_YEAR = timedelta(days=366)
_BEGIN = datetime(1, 1, 1, tzinfo=UTC)

# What the work queue shows unless statuses are named: all that the seller has not handed over yet.
_QUEUE = frozenset(
    {
        "acceptance_in_progress",
        "awaiting_approve",
        "awaiting_packaging",
        "awaiting_registration",
        "awaiting_deliver",
        "arbitration",
        "client_arbitration",
        "not_accepted",
    }
)
_UNFULFILLED = "PostingFbsUnfulfilledListRequest"
_LIST = "PostingFbsListRequest"


def unfulfilled(shop: Shop, body: Body, seen: Test) -> Json:
    limit = body.integer("limit", low=1, high=100)
    filters = _required_filter(body)
    descending, wanted = _direction(body), _with(body)
    by_cutoff = filters.has("cutoff_from") or filters.has("cutoff_to")
    by_delivery = filters.has("delivering_date_from") or filters.has("delivering_date_to")
    if by_cutoff and by_delivery:
        raise body.wrong("filter", "only one of cutoff and delivering_date may be set")
    statuses = set(filters.texts("statuses")) or _QUEUE
    tests = [seen, lambda posting: posting.status in statuses, *_id_tests(filters)]
    tests += _period(filters, "cutoff_from", "cutoff_to", lambda posting: posting.shipment_date)
    tests += _period(
        filters, "delivering_date_from", "delivering_date_to", lambda posting: posting.delivering_date
    )
    tests += _changed(filters)
    names = ("osp.cutoff", "osp.in_process_at", "osp.id")
    after = _decode(body.text("cursor"), names, descending)
    keys = shop.by_cutoff
    if after is not None:
        keys = _beyond(keys, (after[0], after[1], after[2]), descending)
    matching = [
        posting
        for key in (reversed(keys) if descending else keys)
        if all(test(posting := shop.by_id[key[2]]) for test in tests)
    ]
    page = matching[:limit]
    count = len(matching)
    if after is not None:
        count = sum(all(test(shop.by_id[key[2]]) for test in tests) for key in shop.by_cutoff)
    cursor = body.text("cursor")
    if page:
        last = page[-1]
        cursor = _encode(names, descending, (last.shipment_date, last.in_process_at, last.id))
    return {
        "count": count,
        "cursor": cursor,
        "has_next": len(page) == limit,
        "postings": [in_list(posting, shop, wanted) for posting in page],
    }


def history(shop: Shop, body: Body, seen: Test) -> Json:
    limit = body.integer("limit", low=1, high=100)
    filters = _required_filter(body)
    descending, wanted = _direction(body), _with(body)
    since, to = filters.moment("since", required=True), filters.moment("to", required=True)
    assert since is not None
    assert to is not None
    if to < since:
        raise filters.wrong("to", "value must be greater than since")
    if to - since > _YEAR:
        raise refuse(400, INVALID_ARGUMENT, "PERIOD_IS_TOO_LONG")
    tests = [seen, *_id_tests(filters), *_changed(filters)]
    if statuses := set(filters.texts("statuses")):
        tests.append(lambda posting: posting.status in statuses)
    if flows := set(filters.texts("integration_type_flow")):
        tests.append(lambda posting: posting.flow in flows)
    if orders := set(filters.texts("order_numbers", high=100)):
        tests.append(lambda posting: posting.order_number in orders)
    if order_id := filters.integer("order_id"):
        tests.append(lambda posting: posting.order_id == order_id)
    if filters.flag("is_blr_traceable"):
        tests.append(lambda posting: False)
    names = ("osp.in_process_at", "osp.id")
    after = _decode(body.text("cursor"), names, descending)
    low = bisect.bisect_left(shop.by_time, (since, 0))
    high = bisect.bisect_right(shop.by_time, (to, 1 << 62))
    keys = shop.by_time[low:high]
    if after is not None:
        keys = _beyond(keys, (after[0], after[1]), descending)
    page: list[Posting] = []
    for _, identity in reversed(keys) if descending else keys:
        posting = shop.by_id[identity]
        if all(test(posting) for test in tests):
            page.append(posting)
            if len(page) == limit:
                break
    cursor = body.text("cursor")
    if page:
        cursor = _encode(names, descending, (page[-1].in_process_at, page[-1].id))
    return {
        "cursor": cursor,
        "has_next": len(page) == limit,
        "postings": [in_list(posting, shop, wanted) for posting in page],
    }


def get(shop: Shop, body: Body, seen: Test) -> Json:
    posting = shop.postings.get(body.text("posting_number", required=True))
    if posting is None or not seen(posting):
        raise posting_not_found()
    return {"result": in_get(posting, shop, _with(body))}


def get_by_barcode(shop: Shop, body: Body, seen: Test) -> Json:
    """By the old pair of barcodes or the new one; a scanner may have read any of them."""
    posting = shop.by_barcode.get(body.text("barcode", required=True))
    if posting is None or not seen(posting):
        raise posting_not_found()
    return {"result": in_scan(posting)}


def _required_filter(body: Body) -> Body:
    filters = body.part("filter")
    if not any(value not in (None, "", [], {}) for value in filters.value.values()):
        raise body.wrong("filter", "value is required")
    return filters


def _with(body: Body) -> With:
    wanted = body.part("with")
    return With(**{name: wanted.flag(name) for name in With.__struct_fields__})


def _direction(body: Body) -> bool:
    direction = body.text("sort_dir").upper()
    if direction not in ("", "ASC", "DESC"):
        raise body.wrong("sort_dir", "value must be in list [ASC, DESC]")
    return direction == "DESC"


def _id_tests(filters: Body) -> list[Test]:
    tests: list[Test] = []
    if methods := set(filters.integers("delivery_method_ids", high=_IDS)):
        tests.append(lambda posting: posting.method.id in methods)
    if providers := set(filters.integers("provider_ids", high=_IDS)):
        tests.append(lambda posting: posting.method.provider_id in providers)
    if warehouses := set(filters.integers("warehouse_ids", high=_IDS)):
        tests.append(lambda posting: posting.method.warehouse_id in warehouses)
    return tests


def _changed(filters: Body) -> list[Test]:
    return _period(filters.part("last_changed_status_date"), "from", "to", lambda posting: posting.changed_at)


def _period(filters: Body, first: str, last: str, when: Callable[[Posting], datetime | None]) -> list[Test]:
    begin, end = filters.moment(first), filters.moment(last)
    tests: list[Test] = []
    if begin is not None:
        tests.append(lambda posting: (when(posting) or _BEGIN) >= begin)
    if end is not None:
        tests.append(lambda posting: (value := when(posting)) is not None and value <= end)
    return tests


def _beyond(keys: list[Any], last: tuple[Any, ...], descending: bool) -> list[Any]:
    if descending:
        return keys[: bisect.bisect_left(keys, last)]
    return keys[bisect.bisect_right(keys, last) :]


def _encode(names: Iterable[str], descending: bool, values: tuple[Any, ...]) -> str:
    direction = "desc" if descending else "asc"
    fields = [
        {"name": name, "dir": direction, "val": stamp(value) if isinstance(value, datetime) else str(value)}
        for name, value in zip(names, values, strict=True)
    ]
    return base64.b64encode(msgspec.json.encode({"fields": fields})).decode()


def _decode(cursor: str, names: tuple[str, ...], descending: bool) -> list[Any] | None:
    if not cursor:
        return None
    direction = "desc" if descending else "asc"
    try:
        fields = msgspec.json.decode(base64.b64decode(cursor, validate=True))["fields"]
        if [(field["name"], field["dir"]) for field in fields] != [(name, direction) for name in names]:
            raise ValueError("another list's cursor")
        values = [
            int(field["val"]) if field["name"].endswith("id") else msgspec.convert(field["val"], datetime)
            for field in fields
        ]
        if any(isinstance(value, datetime) and value.tzinfo is None for value in values):
            raise ValueError("a time without its zone")
        return values
    except (ValueError, KeyError, TypeError, OverflowError, msgspec.MsgspecError):
        raise refuse(400, INVALID_ARGUMENT, "invalid cursor") from None
