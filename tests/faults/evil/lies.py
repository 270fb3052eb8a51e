"""Answers that are good in form: other statuses of success, other letters, other packings, and refusals
that are none."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any

from tests.faults.evil.scene import Case
from tests.faults.evil.vendor import EvilVendor, Twist

_STATUSES = (200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 299)
_DECLARED = {"error": {"code": "no_street", "message": "no such street"}}
_LETTERS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")


def _body(of: bytes) -> Callable[[EvilVendor, Any], bytes]:
    return lambda vendor, honest: of


def _two_numbers(letters: str, padding: int = 0) -> Twist:
    def says(vendor: EvilVendor, honest: Any) -> bytes:
        text = json.dumps({name: value for name, value in honest.items() if name != "number"})
        first = json.dumps(honest["number"])
        said = f'{{"number": {first}, {text[1:-1]}{" " * padding}, "number": "EV777"}}'
        return said.encode(letters)

    return Twist(says=says)


def _packed(name: str, pack: Callable[[bytes], bytes]) -> Twist:
    """The honest answer, packed and announced so."""
    return Twist(
        says=lambda vendor, honest: pack(json.dumps(honest).encode()), headers=(("Content-Encoding", name),)
    )


def _as_is(content: bytes) -> bytes:
    return content


def _booked(name: str, twist: Twist, carrier: str = "lookup") -> Case:
    return Case(rows="L", name=f"{name} ({carrier})", carrier=carrier, meets={"book": (twist,)})


_PACKINGS: list[tuple[str, str, Callable[[bytes], bytes]]] = [
    ("packed twice", "gzip, gzip", lambda content: gzip.compress(gzip.compress(content))),
    ("packed once, said twice", "gzip, gzip", gzip.compress),
    ("br, and it is not", "br", _as_is),
    ("gzip, and it is not", "gzip", _as_is),
    ("gzip, cut", "gzip", lambda content: gzip.compress(content)[:-6]),
    ("gzip with something after it", "gzip", lambda content: gzip.compress(content) + b"something"),
    ("two gzips in turn", "gzip", lambda content: gzip.compress(content[:9]) + gzip.compress(content[9:])),
    ("bare deflate", "deflate", lambda content: zlib.compress(content)[2:-4]),
    ("in capitals", "GZIP", gzip.compress),
    ("identity", "identity", _as_is),
    ("zstd, and it is not", "zstd", _as_is),
]
LIES: list[Case] = [
    *[_booked(f"a good answer as {status}", Twist(status=status)) for status in _STATUSES],
    *[_booked(f"a page as {status}", Twist(status=status, says=_body(b"<html>no</html>")), "naive")
      for status in _STATUSES],
    *[_booked(f"a declared refusal as {status}", Twist(status=status, says=lambda *_: _DECLARED), "naive")
      for status in (201, 202, 206, 207, 410, 418, 421, 451)],
    *[_booked(f"two numbers in {letters}", _two_numbers(letters)) for letters in _LETTERS],
    _booked("two numbers, far apart", _two_numbers("utf-8", 100_000)),
    *[_booked(f"200 and Retry-After {value}", Twist(headers=(("Retry-After", value),)))
      for value in ("120", "86400", "Wed, 01 Jan 2031 00:00:00 GMT")],
    *[_booked(f"an answer that is {name}", _packed(header, pack)) for name, header, pack in _PACKINGS],
    *[_booked(f"a refusal in {letters}, booked",
              Twist(status=400, says=_body(json.dumps(_DECLARED).encode(letters))), "naive")
      for letters in _LETTERS],
]  # fmt: skip
