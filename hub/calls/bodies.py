"""The body of an answer: unpacked piece by piece, counted, and whole or refused.

Measured on httpx 0.28.1: 398 kB of gzip became 400 MB, and a body that ends early without a
Content-Length arrives as a good 200.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator

import httpx
import msgspec

from hub.calls import turns
from hub.plugin_api.errors import BadReply
from hub.plugin_api.refusals import Answer
from hub.words import Sentence, said

_PIECE = 64 * 1024
_CUT = said("the answer was cut short", code="bad_reply.cut_short")
_PIECES_PER_TURN = 16  # unpacked pieces between two turns of the event loop


def bounded(
    request: httpx.Request, response: httpx.Response, limit: int, copy: Answer | None = None
) -> httpx.Response:
    """The same answer with a body that never grows beyond ``limit`` bytes, packed or unpacked. What is read
    of it is put into ``copy`` as well.

    Reading it raises BadReply where it is larger, cut short, or packed in a way that nobody offered.
    """
    headers = response.headers
    announced = headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) > limit and request.method != "HEAD":
        raise BadReply(_too_large(limit))
    unpack = _unpacker(headers.get("Content-Encoding", ""))
    marked = "Content-Length" in headers or "Transfer-Encoding" in headers
    kept = [
        (name, value)
        for name, value in headers.raw
        if unpack is None or name.lower() not in (b"content-encoding", b"content-length")
    ]
    assert isinstance(response.stream, httpx.AsyncByteStream)
    check_end = response.is_success and not marked
    return httpx.Response(
        response.status_code,
        headers=kept,
        stream=_BoundedBody(response.stream, unpack, limit, copy, check_end=check_end),
        extensions=response.extensions,
    )


class _BoundedBody(httpx.AsyncByteStream):
    """A body, unpacked piece by piece and counted; it ends whole, or with BadReply."""

    def __init__(
        self,
        inner: httpx.AsyncByteStream,
        unpack: _Unpacker | None,
        limit: int,
        copy: Answer | None,
        *,
        check_end: bool,
    ) -> None:
        self._inner = inner
        self._copy = copy
        self._unpack = unpack
        self._limit = limit
        self._size = 0
        self._turn = 0
        self._end = _End() if check_end else None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        packed = pieces = 0
        async for chunk in self._inner:
            packed += len(chunk)
            if packed > self._limit:
                raise BadReply(_too_large(self._limit))
            for piece in (chunk,) if self._unpack is None else self._unpack.pieces(chunk):
                counted = self._count(piece)
                if self._size > turns.FREE and not self._turn:
                    self._turn = await turns.TURNS.take(self._limit)
                yield counted
                pieces += 1
                if pieces % _PIECES_PER_TURN == 0:
                    await asyncio.sleep(0)
        if self._unpack is not None and (rest := self._unpack.end()):
            yield self._count(rest)
        if self._end is not None and self._end.cut:
            raise BadReply(_CUT)
        if self._copy is not None:
            self._copy.ended = True

    def _count(self, piece: bytes) -> bytes:
        self._size += len(piece)
        if self._size > self._limit:
            raise BadReply(_too_large(self._limit))
        if self._end is not None:
            self._end.saw(piece)
        if self._copy is not None:
            self._copy.add(piece)
        return piece

    async def aclose(self) -> None:
        given, self._turn = self._turn, 0
        turns.TURNS.give(given)
        await self._inner.aclose()


class _Unpacker:
    """gzip or deflate, never more than one piece at a time in memory."""

    def __init__(self, window_bits: int) -> None:
        self._window_bits = window_bits
        self._zlib = zlib.decompressobj(window_bits)
        self._begun = False

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._zlib.eof:
                if not data.startswith(b"\x1f\x8b"):
                    return  # padding
                self._zlib = zlib.decompressobj(self._window_bits)  # gzip files may follow one another
            data, piece = self._step(data)
            if piece:
                yield piece

    def end(self) -> bytes:
        """What was held back when the input ended. Raises BadReply where the end is missing."""
        if not self._begun:
            return b""
        rest = b"" if self._zlib.eof else self._zlib.flush()
        if not self._zlib.eof:
            raise BadReply(_CUT)
        return rest

    def _step(self, data: bytes) -> tuple[bytes, bytes]:
        begun, self._begun = self._begun, True
        try:
            piece = self._zlib.decompress(data, _PIECE)
        except zlib.error as error:
            if begun or self._window_bits != zlib.MAX_WBITS:
                raise BadReply(
                    "the answer cannot be unpacked", code="bad_reply.answer_cannot_unpacked"
                ) from error
            # "deflate" is zlib by the standard, and bare by the habit of some servers
            self._window_bits = -zlib.MAX_WBITS
            self._zlib = zlib.decompressobj(self._window_bits)
            return data, b""
        return (self._zlib.unused_data if self._zlib.eof else self._zlib.unconsumed_tail), piece


class _End:
    """Whether a body whose length nobody announced has its end: JSON closes what it opened, a PDF ends with
    its mark. Only what begins like one of them is judged."""

    def __init__(self) -> None:
        self._begin = b""
        self._kept: list[bytes] = []

    def saw(self, piece: bytes) -> None:
        if len(self._begin) < 5:
            self._begin = (self._begin + piece).lstrip()[:5]
        if self._begin.startswith((b"{", b"[")):
            self._kept.append(piece)
        else:
            self._kept = [b"".join((*self._kept, piece))[-1024:]]

    @property
    def cut(self) -> bool:
        body = b"".join(self._kept)
        if self._begin.startswith((b"{", b"[")):
            try:
                msgspec.json.decode(body, type=msgspec.Raw)
            except msgspec.DecodeError as error:
                return "truncated" in str(error)  # any other fault is for the reader to find
            return False
        return self._begin == b"%PDF-" and b"%%EOF" not in body


def _unpacker(encoding: str) -> _Unpacker | None:
    match encoding.strip().lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip":
            return _Unpacker(zlib.MAX_WBITS | 16)
        case "deflate":
            return _Unpacker(zlib.MAX_WBITS)
    raise BadReply(
        "the answer is packed in a way that the hub did not offer",
        code="bad_reply.answer_packed_way_not_offer",
    )


def _too_large(limit: int) -> Sentence:
    return said(
        "the answer is larger than {size} MB",
        code="bad_reply.too_large",
        values={"size": limit // (1024 * 1024) or 1},
    )
