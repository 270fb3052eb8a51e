"""One request, one attempt: what all methods of the client have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import httpx
import msgspec

from ozon_api.errors import NoOutcome, raise_for_error
from ozon_api.files import FILE_HOSTS
from ozon_api.wire import Body, Reply, decode, encode, unwrapped

BASE_URL = "https://api-seller.ozon.ru"

R = TypeVar("R", bound=Reply)


class Nothing(Body, frozen=True, kw_only=True):
    """``{}``: the body of methods without parameters."""


def answered(_: Reply) -> bool:
    """For shapes that cannot be read without what was decided."""
    return True


class Calls:
    """Holds the HTTP client, the credentials and the address; sends, checks, decodes.

    Raises of every method: httpx errors (transport and status), :exc:`ozon_api.OzonError`, and
    :exc:`msgspec.DecodeError` (its subclass ``ValidationError`` too) for an answer that is not of the shape;
    :exc:`ozon_api.NoOutcome`, a subclass of both, where the answer to a change says neither that it was done
    nor that it was refused.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        auth: httpx.Auth,
        base_url: str = BASE_URL,
        *,
        file_hosts: Sequence[str] = FILE_HOSTS,
    ) -> None:
        self._http = http
        self._auth = auth
        self._base_url = base_url.rstrip("/")
        self._file_hosts = tuple(file_hosts)

    async def _send(self, path: str, body: Body, *, safe: bool) -> httpx.Response:
        request = self._http.build_request(
            "POST",
            self._base_url + path,
            content=encode(body),
            headers={"Content-Type": "application/json"},
            # A caller's transport may repeat, and let through at any time, what is marked safe.
            extensions={"safe": True} if safe else {},
        )
        # A redirect would carry Api-Key to wherever it points: httpx strips Authorization only.
        response = await self._http.send(request, auth=self._auth, follow_redirects=False)
        raise_for_error(response)
        return response

    async def _read(self, path: str, body: Body, reply: type[R]) -> R:
        """A request without cost or effect."""
        return decode(unwrapped((await self._send(path, body, safe=True)).content, reply), reply)

    async def _write(self, path: str, body: Body, reply: type[R], told: Callable[[R], object]) -> R:
        """A request that changes something at Ozon. ``told``: whether an answer of this shape says what
        became of it. Raises NoOutcome for one that does not."""
        response = await self._send(path, body, safe=False)
        try:
            answer = decode(unwrapped(response.content, reply), reply)
        except msgspec.DecodeError:
            raise NoOutcome from None
        if not told(answer):
            raise NoOutcome
        return answer

    async def _tell(self, path: str, body: Body) -> None:
        """A change whose success has no body, or an empty object: both are an empty message of the gateway.
        Raises NoOutcome for any other answer."""
        response = await self._send(path, body, safe=False)
        if b"".join(response.content.split()) not in (b"", b"{}"):
            raise NoOutcome
