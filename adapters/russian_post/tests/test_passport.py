"""The bulk list of offices: as it arrives, in bounds, and never half of it unnoticed."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import msgspec
import pytest
import respx
from russian_post_api import Otpravka, OtpravkaAuth, OtpravkaError, PassportElement, passport

Recorded = Callable[[str], bytes]


def _element(index: str, **more: Any) -> dict[str, Any]:
    return {
        "address": {"index": index, "region": 'обл "Тест"', "street": "ул. }{][, 1"},
        "addressFias": {"addGarCode": "a", "locationGarCode": "l", "regGarId": "r"},
        "latitude": "51.5",
        "longitude": "46.0",
        "workTime": ["пн, открыто: 08:00 - 20:00"],
        "holidays": [],
        "type": "ПВЗ",
        "ecom": "1",
        "onlineParcel": "0",
        "ecomOptions": {"weightLimit": 15.0, "cardPayment": True, "unknown": []},
        **more,
    }


def _text(count: int) -> bytes:
    elements = [_element(f"{410000 + number}") for number in range(count)]
    body = {"unloadingDate": "2026-11-22", "passportElements": elements, "vsnapshot": 1}
    return json.dumps(body, ensure_ascii=False).encode()


def _zip(text: bytes, *, method: int = zipfile.ZIP_DEFLATED, streamed: bool = False) -> bytes:
    class Unseekable(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: Any) -> int:
            raise io.UnsupportedOperation

        def tell(self) -> int:
            raise io.UnsupportedOperation

    target = Unseekable() if streamed else io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("PVZ22_ноября_2026.txt", text)
    return target.getvalue()


@respx.mock
async def _read(
    content: bytes, size: int = 1000, status: int = 200, kind: str = "application/octet-stream"
) -> list[PassportElement]:
    class Body(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            for start in range(0, len(content), size):
                yield content[start : start + size]

    def handler(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, stream=Body(), headers={"content-type": kind})

    respx.route().mock(side_effect=handler)
    async with httpx.AsyncClient() as http:
        client = Otpravka(http, OtpravkaAuth("t", "l", "p"))
        return [element async for element in client.unloading_passport("PVZ")]


@pytest.mark.parametrize("size", [1, 7, 1000, 1 << 20])
@pytest.mark.parametrize("streamed", [False, True])
async def test_every_element_comes(size: int, streamed: bool) -> None:
    found = await _read(_zip(_text(20), streamed=streamed), size)
    assert [one.index for one in found] == [f"{410000 + number}" for number in range(20)]
    first = found[0]
    assert (first.type, first.ecom, first.online_parcel) == ("ПВЗ", True, False)
    assert (first.latitude, first.address.street) == (51.5, "ул. }{][, 1")
    assert first.ecom_options is not None
    assert first.ecom_options.weight_limit == 15


async def test_one_that_is_not_packed() -> None:
    assert len(await _read(_zip(_text(3), method=zipfile.ZIP_STORED), 11)) == 3


async def test_an_empty_list() -> None:
    assert await _read(_zip(b'{"passportElements": []}')) == []


def _broken() -> Iterator[tuple[str, bytes]]:
    whole = _zip(_text(50))
    yield "cut off", whole[: len(whole) // 2]
    yield "no archive", b"<html>" * 10
    yield "empty", b""
    yield "no list", _zip(b'{"other": []}')
    yield "list cut off", _zip(_text(3)[:-40])
    yield "packed otherwise", _zip(_text(3), method=zipfile.ZIP_BZIP2)
    flipped = bytearray(whole)
    flipped[200] ^= 0xFF
    yield "broken", bytes(flipped)
    yield "another checksum", whole[:14] + b"\0\0\0\0" + whole[18:]
    yield "not an office", _zip(b'{"passportElements": [{"address": 5}]}')


@pytest.mark.parametrize(("name", "content"), list(_broken()), ids=lambda v: v if isinstance(v, str) else "")
async def test_what_is_broken_is_noticed(name: str, content: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        await _read(content)


async def test_it_stays_in_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = _zip(b'{"passportElements": [' + b'{"a": "' + b" " * 5_000_000 + b'"}]}')
    assert len(bomb) < 10_000
    with pytest.raises(msgspec.DecodeError, match="an element"):
        await _read(bomb)
    monkeypatch.setattr(passport, "TEXT_LIMIT", 10_000)
    with pytest.raises(msgspec.DecodeError, match="unpacks to more"):
        await _read(_zip(_text(100)))
    monkeypatch.setattr(passport, "PACKED_LIMIT", 100)
    with pytest.raises(msgspec.DecodeError, match="takes more than"):
        await _read(_zip(_text(100)))


async def test_a_refusal_is_one() -> None:
    body = b'{"code": "1001", "desc": "x", "sub-code": "RESOURCE_NOT_FOUND"}'
    for status in (404, 200):
        with pytest.raises(OtpravkaError):
            await _read(body, status=status, kind="application/json;charset=UTF-8")
