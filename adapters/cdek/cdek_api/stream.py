"""Cuts a large JSON array into its elements while it arrives, in bounded memory."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

ELEMENT_LIMIT = 1 << 20
"""Bytes that one element may take; an office takes about 3 kB."""

# From one bracket to the next, over whole strings. Possessive, so that it never backtracks into a string.
_TO_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+([{}\[\]])', re.DOTALL)


class ArrayCutter:
    """Feed it bytes as they come; it gives the bytes of each object in the array.

    The brackets are counted and the elements are not parsed: whoever decodes them sees what is wrong inside.
    Raises ``msgspec.DecodeError`` for an answer that is no array, ends early, or holds an element of more
    than ``ELEMENT_LIMIT`` bytes.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._scanned = 0  # everything before it has been looked at
        self._start = 0  # where the open element begins, while depth >= 2
        self._depth = 0
        self._done = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The elements that ``chunk`` completes."""
        buffer = self._buffer
        buffer += chunk
        while not self._done and (hit := _TO_BRACKET.match(buffer, self._scanned)):
            bracket, end = hit[1], hit.end()
            if bracket in b"{[":
                self._open(bracket, end - 1)
            elif self._depth:
                self._depth -= 1
            self._scanned = end
            if self._depth == 1 and bracket == b"}":
                yield bytes(buffer[self._start : end])
            self._done = self._depth == 0
        keep = self._start if self._depth > 1 else self._scanned
        del buffer[:keep]
        self._scanned -= keep
        self._start = 0
        if self._done and buffer.strip():
            raise msgspec.DecodeError("JSON is malformed: something follows the array")
        if len(buffer) > ELEMENT_LIMIT:
            raise msgspec.DecodeError(f"an element of the array takes more than {ELEMENT_LIMIT} bytes")

    @property
    def opened(self) -> bool:
        """The array's first bracket has come."""
        return self._done or self._depth > 0

    def close(self) -> None:
        """Call it at the end of the answer: an array that is still open was cut off."""
        if not self._done:
            raise msgspec.DecodeError("Input data was truncated")

    def _open(self, bracket: bytes, position: int) -> None:
        if self._depth == 0 and (bracket != b"[" or self._buffer[:position].strip()):
            raise msgspec.DecodeError("Expected `array`")
        if self._depth == 1:
            if bracket != b"{":
                raise msgspec.DecodeError("Expected `object`, got `array`")
            self._start = position
        self._depth += 1
