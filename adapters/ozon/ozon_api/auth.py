"""How a seller's cabinet proves itself: two headers, nothing to renew."""

from __future__ import annotations

from collections.abc import Generator

import httpx


class ApiKey(httpx.Auth):
    """Sets ``Client-Id`` and ``Api-Key`` (Ozon docs, "Authentication"). The key never shows in a repr.

    Raises ``ValueError`` for text that no header can carry: h11 would put it into its message otherwise.
    """

    def __init__(self, client_id: str, api_key: str) -> None:
        for name, value in (("Client-Id", client_id), ("Api-Key", api_key)):
            if not value or not value.isascii() or not value.isprintable() or value != value.strip():
                raise ValueError(f"{name} must be printable ASCII without spaces around it")
        self.client_id = client_id
        self._api_key = api_key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Client-Id"] = self.client_id
        request.headers["Api-Key"] = self._api_key
        yield request

    def __repr__(self) -> str:
        return f"ApiKey(client_id={self.client_id!r})"
