"""OAuth of CDEK: client credentials, a token of one hour, no refresh token (CDEK OpenAPI, July 2026)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Generator

import httpx

from cdek_api.decoding import decode
from cdek_api.errors import TOKEN_ERRORS, CdekError, errors_in
from cdek_api.structs import Received

RENEW_EARLY_S = 60.0
REFUSED_PAUSE_S = 5.0

STREAMED = "cdek_streamed"
"""Request extension: the body is read piece by piece, so that auth must not read it."""


class Token(Received, frozen=True, kw_only=True):
    """The answer of POST /v2/oauth/token; ``expires_in`` in seconds."""

    access_token: str
    expires_in: float = 3600.0

    def __repr__(self) -> str:
        return "Token(...)"


class OAuth(httpx.Auth):
    """Sends a bearer token, fetched with the account's key and shared by all requests of the account.

    The token is renewed shortly before it ends, and when CDEK refuses it: by HTTP 401, or by either token
    error code under any status. Requests that run at the same time share one renewal, and its failure.
    Twice for one request, for a token may be taken back while several run; a third refusal is returned as it
    is, and stops renewals for ``REFUSED_PAUSE_S`` seconds, so that a blocked account causes no storm of them.

    A request that changes something (no GET, no extension ``{"safe": True}``) is never sent again: what
    refused the token may stand in front of a CDEK that has acted. Its refusal is returned as it is, and the
    next request renews the token.

    Raises :class:`CdekError` where CDEK gives no token. ``clock`` gives seconds that only grow.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        base_url: str = "https://api.cdek.ru",
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._token_url = base_url.rstrip("/") + "/v2/oauth/token"
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token = ""
        self._generation = 0  # counts tokens: 0 is none yet
        self._attempts = 0  # counts answers to the token request
        self._failure: Exception | None = None
        self._expires_at = 0.0
        self._paused_until = 0.0

    def __repr__(self) -> str:
        return f"OAuth({self._token_url!r}, ...)"

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        raise RuntimeError("OAuth of CDEK works with httpx.AsyncClient only")

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        refused: int | None = None
        for last in (False, False, True):
            if self._generation in (0, refused) or self._clock() >= self._expires_at:
                attempts = self._attempts
                async with self._lock:
                    if self._attempts == attempts:
                        await self._take((yield self._token_request(request)))
                    elif self._failure is not None:
                        raise self._failure
            used = self._generation
            request.headers["Authorization"] = f"Bearer {self._token}"
            response = yield request
            if not await _refuses_token(response):
                self._paused_until = 0.0
                return
            if last:  # two new tokens are refused as well: another would not help soon
                self._paused_until = self._clock() + REFUSED_PAUSE_S
                return
            if used == self._generation and self._clock() < self._paused_until:
                return
            if not _may_be_repeated(request):
                if used == self._generation:
                    self._expires_at = self._clock()
                return
            refused = used

    def _token_request(self, request: httpx.Request) -> httpx.Request:
        # A request made by hand has no time-outs, so it takes those of the request that needs the token.
        timeout = {"timeout": request.extensions["timeout"]} if "timeout" in request.extensions else {}
        return httpx.Request(
            "POST",
            self._token_url,
            headers={"Accept": "application/json"},
            data={
                "grant_type": "client_credentials",
                "client_id": self._client_id,
                "client_secret": self._client_secret,
            },
            extensions={**timeout, "safe": True},
        )

    async def _take(self, response: httpx.Response) -> None:
        await response.aread()
        self._attempts += 1
        try:
            token = _token_of(response)
        except Exception as error:
            self._failure = error  # those who wait for this token share it
            raise
        self._failure = None
        self._token = token.access_token
        self._generation += 1
        early = min(RENEW_EARLY_S, token.expires_in / 10)
        self._expires_at = self._clock() + token.expires_in - early


def _may_be_repeated(request: httpx.Request) -> bool:
    return request.method in ("GET", "HEAD") or request.extensions.get("safe") is True


def _token_of(response: httpx.Response) -> Token:
    if errors := errors_in(response.content):
        raise CdekError(errors, response)
    response.raise_for_status()
    return decode(response.content, Token)


async def _refuses_token(response: httpx.Response) -> bool:
    """Whether CDEK refuses the token. Reads the body, except that of a streamed success."""
    if response.status_code == httpx.codes.UNAUTHORIZED:
        return True
    if response.request.extensions.get(STREAMED) and response.is_success:
        return False
    body = await response.aread()
    if not any(code.encode() in body for code in TOKEN_ERRORS):  # cheap, and almost always the end of it
        return False
    return any(error.code.lower() in TOKEN_ERRORS for error in errors_in(body))
