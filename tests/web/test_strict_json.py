"""A body has one meaning, or is refused before anything looks at it."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.exceptions import HTTPException

from hub.web.strict_json import DEPTH, check

BAD = {
    "twice": b'{"postings": ["1"], "carrier": "cdek", "carrier": "sample"}',
    "twice, spelt otherwise": b'{"postings": ["1"], "carrier": "cdek", "c\\u0061rrier": "sample"}',
    "twice within": b'{"postings": ["1"], "x": {"a": 1, "a": 1}}',
    "no UTF-8": b'{"postings": ["\xff"]}',
    "an overlong slash": b'{"postings": ["\xc0\xaf"]}',
    "half a pair": b'{"postings": ["\\ud800"]}',
    "UTF-16": '{"postings": ["1"]}'.encode("utf-16"),
    "a BOM": b'\xef\xbb\xbf{"postings": ["1"]}',
    "deep lists": b"[" * 1_000_000,
    "deep objects": b'{"a":' * 150_000,
    "deep and closed": b"[" * 5000 + b"]" * 5000,
    "NaN": b'{"postings": [NaN]}',
    "infinite": b'{"postings": [-Infinity]}',
    "a huge number": b'{"postings": [' + b"9" * 10_000 + b"]}",
    "cut": b'{"postings": ["1"',
    "a quote": b'"' * 999_999,
    "more": b'{"postings": ["1"]} {}',
}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/labels"),
        ("POST", "/v1/shipments"),
        ("POST", "/v1/sellers/alpha/accounts"),
        ("POST", "/v1/sellers/alpha/products"),
        ("PUT", "/v1/sellers/alpha/rules"),
    ],
)
async def test_it_is_400_at_every_door(alpha: httpx.AsyncClient, method: str, path: str) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": "one"}
    for name, body in BAD.items():
        answer = await alpha.request(method, path, content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), (name, answer.text)
        assert answer.json()["fields"][0]["field"] == "body"


TEXT = st.text()
NUMBERS = st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
ANY = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=30,
)  # fmt: skip


@given(ANY, st.booleans())
def test_what_is_json_is_taken(value: Any, escaped: bool) -> None:
    try:
        body = json.dumps(value, ensure_ascii=escaped).encode()
    except UnicodeEncodeError:
        return
    check(body)


@given(st.integers(1, DEPTH), st.text('[]{}"\\x', max_size=20))
def test_brackets_in_texts_are_no_depth(depth: int, text: str) -> None:
    check(b"[" * (depth - 1) + json.dumps([text] * 20).encode() + b"]" * (depth - 1))


@given(st.integers(DEPTH + 1, 3 * DEPTH))
def test_too_deep_is_too_deep(depth: int) -> None:
    with pytest.raises(HTTPException):
        check(b"[" * depth + b"]" * depth)


@given(st.binary(max_size=60))
def test_nothing_else_is_raised(body: bytes) -> None:
    with suppress(HTTPException):
        check(body)
