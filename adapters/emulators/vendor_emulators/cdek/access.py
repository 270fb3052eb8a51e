"""Tokens: OAuth 2 client credentials, an hour of real time. Each is a JWT, for clients read its ``exp``."""

import base64
import hashlib
import hmac
import time
from random import Random
from urllib.parse import parse_qsl

import msgspec

from vendor_emulators.cdek.errors import Json, refuse
from vendor_emulators.cdek.identity import new_uuid
from vendor_emulators.wire import Request, Response, json_response

LIFE_SECONDS = 3599
_SCOPE = "location:all order:all payment:all"


class Access:
    """One account and its tokens. Real seconds: a client measures ``expires_in`` with its own clock."""

    def __init__(self, random: Random, client_id: str, client_secret: str) -> None:
        self._random = random
        self.client_id = client_id
        self.client_secret = client_secret
        self.active = True
        self.issued = 0
        self._tokens: dict[str, float] = {}

    def token(self, request: Request) -> Response:
        """``POST /v2/oauth/token``: parameters in the query or as a form."""
        given = {**dict(request.query), **dict(parse_qsl(request.text))}
        if given.get("client_id") != self.client_id:
            return _refused("No such account secure")
        if given.get("client_secret") != self.client_secret:
            return json_response({"error": "invalid_client"}, 401)
        if not self.active:
            return _refused("Account secure is not active")
        if given.get("grant_type") != "client_credentials":
            return json_response({"error": "unsupported_grant_type", "error_description": ""}, 400)
        identity = new_uuid(self._random)
        token = _jwt(self.client_id, identity)
        self._tokens[token] = time.monotonic() + LIFE_SECONDS
        self.issued += 1
        return json_response(
            {
                "access_token": token,
                "token_type": "bearer",
                "expires_in": LIFE_SECONDS,
                "scope": _SCOPE,
                "jti": identity,
            }
        )

    def check(self, request: Request) -> None:
        """Raises unauthorized, v2_authorization_incorrect or v2_token_expired, with HTTP 401."""
        header = request.headers.get("authorization", "")
        if not header:
            message = "Full authentication is required to access this resource"
            raise refuse("unauthorized", status=401, message=message)
        scheme, _, token = header.partition(" ")
        until = self._tokens.get(token)
        if scheme.lower() != "bearer" or until is None:
            raise refuse("v2_authorization_incorrect", status=401)
        if until <= time.monotonic():
            raise refuse("v2_token_expired", "token", status=401)

    def revoke(self, request: Request) -> None:
        """Take back the token that this request carries."""
        self._tokens.pop(_bearer(request), None)

    def knows(self, request: Request) -> bool:
        return self._tokens.get(_bearer(request), 0.0) > time.monotonic()

    def expire_all(self) -> int:
        """End every token now; returns how many lived."""
        now = time.monotonic()
        lived = sum(until > now for until in self._tokens.values())
        self._tokens = dict.fromkeys(self._tokens, 0.0)
        return lived


def _jwt(client_id: str, identity: str) -> str:
    """A JSON Web Token by RFC 7519; ``exp`` is real time, for whoever reads it has no other clock."""
    claims: Json = {
        "scope": _SCOPE.split(),
        "exp": int(time.time()) + LIFE_SECONDS,
        "jti": identity,
        "client_id": client_id,
    }
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    signature = hmac.new(b"emulated", signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_base64(signature)}"


def _part(value: Json) -> str:
    return _base64(msgspec.json.encode(value))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bearer(request: Request) -> str:
    return request.headers.get("authorization", "").partition(" ")[2]


def _refused(description: str) -> Response:
    return json_response({"error": "unauthorized", "error_description": description}, 401)
