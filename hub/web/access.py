"""Who calls, and what they may see: bearer keys, bound to one seller or to the operator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.exceptions import HTTPException, NotAuthorizedException, PermissionDeniedException

from hub.flow.app import App
from hub.flow.history.key_views import Principal
from hub.flow.reading import leaves_from
from hub.flow.sellers import keys, sellers, warehouses
from hub.plugin_api.errors import NotFound
from hub.web.site import must_be_known
from hub.words import said

HubRequest = Request[Principal, str, State]

OPERATOR = {"operator": True}
"""``opt`` of a route that only the operator's key opens."""
ASKS = {"asks": True}
"""``opt`` of a route that has vendors asked although it is a GET: a read-only key does not open it."""
SPENDS = {"spends": True}
"""``opt`` of a route that may cost money or cannot be undone: it needs an ``Idempotency-Key``."""

IN_WAREHOUSE = {"warehouse": True}
"""``opt`` of a route that a key of one warehouse opens: it gives and does only what is in that warehouse. All
others are closed to such keys."""

_LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})
_JSON = ("application/json",)
_KEY_MAX = 255


class Owned(Protocol):
    """Anything that belongs to a seller."""

    @property
    def seller(self) -> str: ...


V = TypeVar("V", bound=Owned)


def hub_of(connection: ASGIConnection[Any, Any, Any, Any]) -> App:
    """The hub behind this application."""
    hub: App = connection.app.state.hub
    return hub


def actor_of(request: HubRequest) -> str:
    """Who this is, for the history."""
    return f"key:{request.user.key_id}"


async def authenticate(request: HubRequest) -> None:
    """What comes before everything below ``/v1``: the key, the operator's routes, the idempotency key, the
    content type, and the query's parameters. It runs before the body is read. No guard of the framework's,
    which for each of a request's guards copies its handler."""
    principal = identify(request)
    scope = request.scope
    scope["user"] = principal
    options = request.route_handler.opt
    if options.get("asks") or scope["method"] not in _LOOKS:
        may_change(principal)
    if options.get("operator") and principal.seller is not None:
        raise PermissionDeniedException(
            detail=said(
                "Only the operator's key opens this address; this key belongs to one seller.",
                code="http.operator_key_opens_address",
            ),
            extra={"code": "operator_only"},
        )
    if principal.warehouse is not None and not options.get("warehouse"):
        raise PermissionDeniedException(
            detail=said(
                "This address is about the whole seller; this key opens the warehouse {warehouse} only.",
                code="http.key_of_warehouse",
                values={"warehouse": principal.warehouse},
            ),
            extra={"code": "warehouse_only"},
        )
    if options.get("spends"):
        _require_idempotency_key(request)
    if scope["method"] != "GET":
        _check_content_type(request, options.get("accepts", _JSON))
    must_be_known(request)


def may_change(principal: Principal) -> None:
    """Raises PermissionDeniedException (403) for a key that looks only."""
    if principal.read_only:
        raise PermissionDeniedException(
            detail=said(
                "This key looks only: it changes nothing and has no vendor asked. Use another one.",
                code="http.key_looks_changes_nothing",
            ),
            extra={"code": "read_only"},
        )


def identify(connection: ASGIConnection[Any, Any, Any, Any]) -> Principal:
    """Whose key the request carries. Raises NotAuthorizedException (401)."""
    # As the server gave it, in small letters: the framework's mapping of all headers costs more than the key.
    given = next((value for name, value in connection.scope["headers"] if name == b"authorization"), b"")
    scheme, _, token = given.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthorizedException(
            detail=said(
                "Send an API key: 'Authorization: Bearer <key>'. 'hub key add' makes one.",
                code="http.send_api_key_authorization",
            ),
            headers={"WWW-Authenticate": "Bearer"},
            extra={"code": "key_missing"},
        )
    try:
        principal = keys.verify(hub_of(connection), token.strip())
    except keys.KeyExpired as error:
        raise NotAuthorizedException(
            detail=error.said,
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
            extra={"code": error.code},
        ) from None
    if principal is None:
        raise NotAuthorizedException(
            detail=said(
                "This API key is unknown or revoked. 'hub key add' makes a new one.",
                code="http.api_key_unknown_revoked",
            ),
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
            extra={"code": "key_unknown"},
        )
    return principal


def _require_idempotency_key(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    value = connection.headers.get("idempotency-key", "")
    if not value or len(value) > _KEY_MAX or not value.isascii() or not value.isprintable():
        raise HTTPException(
            status_code=400,
            detail=said(
                "This call may cost money: send an 'Idempotency-Key' header of 1 to 255 printable ASCII "
                "characters, a new one for each new order and the same one when you repeat an order.",
                code="http.call_cost_money_send",
            ),
            extra={"code": "idempotency_key_missing"},
        )


def _check_content_type(connection: ASGIConnection[Any, Any, Any, Any], accepted: tuple[str, ...]) -> None:
    headers = connection.headers
    if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
        return
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in accepted:
        raise HTTPException(
            status_code=415,
            detail=said(
                "Send the body as {accepted}, and say so in 'Content-Type'.",
                code="http.send_body_say_content",
                values={"accepted": " or ".join(accepted)},
            ),
            headers={"Accept-Post": ", ".join(accepted)},
        )


def seller_of(request: HubRequest, seller: str | None) -> str:
    """The seller that a request is about: the key's own, or the one that the operator names.

    Raises NotFound for another seller than the key's, whether it exists or not, and for one that the operator
    misspells; HTTPException (409) when the operator names none of several.
    """
    bound = request.user.seller
    if bound is not None:
        if seller is not None and seller != bound:
            raise NotFound("this key is another seller's", code="not_found.another_seller")
        return bound
    hub = hub_of(request)
    if not seller:
        there = list(sellers.list_sellers(hub))
        if len(there) == 1:
            return there[0].slug
        raise HTTPException(
            status_code=409,
            detail=said(
                "There are several sellers here, and the key is the operator's: say which seller.",
                code="http.several_sellers_key_operator",
            )
            if there
            else said("There is no seller yet: add one first.", code="http.no_seller_yet_add_first"),
            extra={"code": "seller_needed"},
        )
    sellers.seller(hub, seller)  # a misspelt one is an error, not an empty list
    return seller


def warehouse_of(request: HubRequest, seller: str, warehouse: str | None) -> str | None:
    """The warehouse that a request is about, by its slug: the key's own, or the one that is named; None: all
    of the seller's. Raises NotFound for another than the key's, whether it exists or not, and for one that
    the seller does not have."""
    bound = request.user.warehouse
    if bound is not None:
        if warehouse not in (None, bound):
            raise NotFound("no such warehouse", code="not_found.no_warehouse")
        return bound
    if warehouse is not None:
        warehouses.named(hub_of(request), seller, warehouse)
    return warehouse


def visible(request: HubRequest, read: Callable[[App, str], V], key: str) -> V:
    """What ``read`` finds under ``key``, if the caller may see it. Raises NotFound for both other cases."""
    found = read(hub_of(request), key)
    bound = request.user.seller
    if bound is not None and found.seller != bound:
        raise NotFound("no such thing", code="not_found.no_thing")
    there = request.user.warehouse
    if there is not None and leaves_from(hub_of(request), found) != {there}:
        raise NotFound("no such thing", code="not_found.no_thing")
    return found
