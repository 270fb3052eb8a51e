"""Delivery points come one by one out of a stream that may be cut anywhere, in bounded memory."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

import httpx
import msgspec
import pytest
from cdek_api import CdekError, Client, DeliveryPointQuery
from cdek_api.stream import ELEMENT_LIMIT, ArrayCutter
from hypothesis import example, given
from hypothesis import strategies as st

MakeClient = Callable[..., Client]

TRICKY = [
    {"code": "A", "note": 'quotes " and \\ and braces }{][ \\" end\\'},
    {"code": "B", "phones": [{"number": "1"}, {"number": "2"}], "location": {"city": "Москва 🚚"}},
    {"code": "", "note": "", "dimensions": []},
    {},
]


def _cut(body: bytes, positions: Iterable[int]) -> Iterator[bytes]:
    edges = [0, *sorted(position % (len(body) + 1) for position in positions), len(body)]
    return (body[a:b] for a, b in pairwise(edges))


def _elements(chunks: Iterable[bytes]) -> list[Any]:
    cutter = ArrayCutter()
    found = [json.loads(element) for chunk in chunks for element in cutter.feed(chunk)]
    cutter.close()
    return found


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='ab"\\{}[],: ю\n'),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('a"\\{]', max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    elements=st.lists(st.dictionaries(st.text('c"\\}', max_size=3), JSON, max_size=4), max_size=5),
    positions=st.lists(st.integers(0, 5000), max_size=12),
    indent=st.sampled_from([None, 1]),
    ascii_only=st.booleans(),
)
@example(elements=TRICKY, positions=list(range(2000)), indent=None, ascii_only=False)
@example(elements=[], positions=[], indent=None, ascii_only=True)
def test_any_array_cut_anywhere(
    elements: list[Any], positions: list[int], indent: int | None, ascii_only: bool
) -> None:
    body = json.dumps(elements, indent=indent, ensure_ascii=ascii_only).encode()
    assert _elements(_cut(b" \n" + body + b"\r\n", positions)) == elements


@given(length=st.integers(0, 10_000))
def test_a_cut_off_array_is_never_a_success(length: int) -> None:
    body = json.dumps(TRICKY).encode()
    with pytest.raises(msgspec.DecodeError):
        _elements([body[: length % len(body)]])


@pytest.mark.parametrize(
    "body", [b"", b"null", b'{"a": []}', b"[[1]]", b"x[{}]", b"[{}] {}", b'["' + b"x" * ELEMENT_LIMIT]
)
def test_what_is_no_array_of_objects(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        _elements([body])


class Stream(httpx.AsyncByteStream):
    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.chunks = chunks
        self.closed = False
        self.pulled = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            self.pulled += len(chunk)
            yield chunk

    async def aclose(self) -> None:
        self.closed = True


def _office(number: int) -> dict[str, Any]:
    return {
        "code": f"MSK{number}",
        "type": "PVZ" if number % 3 else "POSTAMAT",
        "status": "ACTIVE",
        "location": {"city_code": 44, "city": "Москва", "address": 'ул. "Новая" {1}', "latitude": 55.7},
        "work_time_list": [{"day": day, "time": "10:00/20:00"} for day in range(1, 8)],
        "phones": [{"number": "+70000000000"}],
        "weight_max": 30.5,
        "filler": "x" * 800,
    }


def _twenty_thousand(size: int) -> Iterator[bytes]:
    rest = b"["
    for number in range(20_000):
        rest += json.dumps(_office(number), ensure_ascii=False).encode()
        rest += b"," if number < 19_999 else b"]"
        while len(rest) >= size:
            yield rest[:size]
            rest = rest[size:]
    yield rest


async def test_twenty_thousand_points_in_bounded_memory(make_client: MakeClient) -> None:
    stream = Stream(_twenty_thousand(7_919))  # a prime, so that every kind of byte gets to be an edge
    client = make_client(lambda request: httpx.Response(200, stream=stream))
    office_bytes = len(json.dumps(_office(19_998), ensure_ascii=False).encode()) + 1  # the longest
    total, postamats = 0, 0
    async for point in client.delivery_points():
        assert point.code == f"MSK{total}"
        total += 1
        assert stream.pulled < total * office_bytes + 2 * 7_919  # nothing is read far ahead
        postamats += point.type == "POSTAMAT"
        if total == 10_000:  # tracing is slow, so that one window of 2 000 points (2.4 MB) stands for all
            tracemalloc.start()
        if total == 12_000:
            grown, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
    assert (total, postamats) == (20_000, 6_667)
    assert peak < 400_000
    assert grown < 200_000
    assert stream.closed


async def test_filters_are_sent(make_client: MakeClient) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=[])

    query = DeliveryPointQuery(city_code=44, type="PVZ", is_handout=True, allowed_cod=False, weight_max=5)
    assert [point async for point in make_client(handler).delivery_points(query)] == []
    assert dict(seen[0].url.params) == {
        "city_code": "44",
        "type": "PVZ",
        "is_handout": "true",
        "allowed_cod": "false",
        "weight_max": "5",
    }
    assert seen[0].extensions["safe"] is True


async def test_stopping_early_closes_the_answer(make_client: MakeClient) -> None:
    stream = Stream(_twenty_thousand(50_000))
    points = make_client(lambda request: httpx.Response(200, stream=stream)).delivery_points()
    assert (await anext(points)).code == "MSK0"
    await points.aclose()
    assert stream.closed


@pytest.mark.parametrize("status", [200, 400])
async def test_an_error_instead_of_points(make_client: MakeClient, status: int) -> None:
    body = json.dumps({"errors": [{"code": "v2_token_expired", "message": "m"}]}).encode()
    stream = Stream([body[:5], body[5:]])
    points = make_client(lambda request: httpx.Response(status, stream=stream)).delivery_points()
    with pytest.raises(CdekError) as caught:
        await anext(points)
    assert caught.value.codes == {"v2_token_expired"}
    assert stream.closed


async def test_a_cut_off_answer_raises_after_its_points(make_client: MakeClient) -> None:
    stream = Stream([b'[{"code":"A"},{"code":"B"},{"co'])
    points = make_client(lambda request: httpx.Response(200, stream=stream)).delivery_points()
    assert [(await anext(points)).code, (await anext(points)).code] == ["A", "B"]
    with pytest.raises(msgspec.DecodeError):
        await anext(points)
