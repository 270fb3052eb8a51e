"""Otpravka's two headers: the application's token and the account's key. Both must fit."""

from __future__ import annotations

import base64
from collections.abc import Generator

import httpx


class OtpravkaAuth(httpx.Auth):
    """``token`` is the application's; ``login`` (e-mail or phone of the cabinet) and ``password`` the user's.

    The tracking services have other credentials, unrelated to these.
    """

    def __init__(self, token: str, login: str, password: str) -> None:
        key = base64.b64encode(f"{login}:{password}".encode()).decode()
        self._headers = {"Authorization": f"AccessToken {token}", "X-User-Authorization": f"Basic {key}"}

    def __repr__(self) -> str:
        return "OtpravkaAuth(...)"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers.update(self._headers)
        yield request
