"""One request, one attempt: what all methods of Otpravka have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from russian_post_api.decoding import decode, decode_whole
from russian_post_api.errors import OtpravkaError, errors_in, raise_for_error
from russian_post_api.structs import Sent

OTPRAVKA = "https://otpravka-api.pochta.ru"
JSON = "application/json;charset=UTF-8"

Params: TypeAlias = Sequence[tuple[str, str]]
Content: TypeAlias = Sent | Sequence[Sent] | Sequence[int] | Sequence[str]
T = TypeVar("T")

_encoder = msgspec.json.Encoder()


class Calls:
    """Holds the HTTP client, the credentials and the address; sends, checks, decodes."""

    def __init__(self, http: httpx.AsyncClient, auth: httpx.Auth, base_url: str = OTPRAVKA) -> None:
        self._http = http
        self._auth = auth
        self._base_url = base_url.rstrip("/")

    def _build(
        self, method: str, path: str, body: Content | None = None, *, params: Params = (), safe: bool = False
    ) -> httpx.Request:
        headers = {"Accept": JSON}
        content = None
        if body is not None:
            content = _encoder.encode(body)
            headers["Content-Type"] = JSON
        return self._http.build_request(
            method,
            self._base_url + path,
            content=content,
            params=list(params) or None,
            headers=headers,
            # A caller's transport may repeat, and let through at any time, what is marked safe.
            extensions={"safe": True} if safe or method == "GET" else {},
        )

    async def _send(
        self, method: str, path: str, body: Content | None = None, *, params: Params = (), safe: bool = False
    ) -> httpx.Response:
        request = self._build(method, path, body, params=params, safe=safe)
        # A redirect would carry the second header to wherever it points: httpx strips Authorization only.
        response = await self._http.send(request, auth=self._auth, follow_redirects=False)
        raise_for_error(response, of_change="safe" not in request.extensions)
        return response

    async def _get(self, path: str, type_: type[T], params: Params = (), *, whole: bool = False) -> T:
        """``whole``: a look-up, where what cannot be read would be taken for what is not there."""
        return read(await self._send("GET", path, params=params), type_, whole=whole)

    async def _file(self, path: str, start: bytes, params: Params = ()) -> bytes:
        """A document. Raises ``msgspec.DecodeError`` for what does not begin as one."""
        response = await self._send("GET", path, params=params)
        if not response.content.startswith(start):
            if found := errors_in(response.content):
                raise OtpravkaError(found, response)
            raise msgspec.DecodeError("the answer is not the document that was asked for")
        return response.content


def read(response: httpx.Response, type_: type[T], *, whole: bool = False) -> T:
    """Decodes; where that fails and the answer holds errors, those are raised."""
    try:
        return (decode_whole if whole else decode)(response.content, type_)
    except msgspec.ValidationError:
        if found := errors_in(response.content):
            raise OtpravkaError(found, response) from None
        raise


def part(value: str | int) -> str:
    """One step of a path; an empty one or dots would name another endpoint. Raises ValueError."""
    text = str(value)
    if text.strip(".") == "":
        raise ValueError(f"{text!r} is not an id")
    return quote(text, safe="")


def params_of(query: Sent) -> Params:
    fields: dict[str, object] = msgspec.to_builtins(query)
    return given(**fields)


def given(**values: object) -> Params:
    """Query parameters that are not None; underscores are hyphens."""
    return [
        (name.replace("_", "-"), str(value).lower() if isinstance(value, bool) else str(value))
        for name, value in values.items()
        if value is not None
    ]
