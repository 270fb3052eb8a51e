"""The client: one method per endpoint of CDEK API v2, one attempt per call."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import TypeAlias, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from cdek_api.auth import STREAMED
from cdek_api.calculator import (
    TariffAndServiceList,
    TariffAndServiceRequest,
)
from cdek_api.decoding import decode, decode_part, lost
from cdek_api.errors import CdekError, NoOutcome, errors_in
from cdek_api.order_requests import OrderRequest
from cdek_api.orders import Order
from cdek_api.passports import Passports
from cdek_api.places import City, CityQuery, DeliveryPoint, DeliveryPointQuery
from cdek_api.prints import BarcodeRequest, PrintForm
from cdek_api.restrictions import RestrictionRequest, Restrictions
from cdek_api.stream import ELEMENT_LIMIT, ArrayCutter
from cdek_api.structs import Accepted, ErrorInfo, Sent

Params: TypeAlias = list[tuple[str, str | int | float | bool | None]]
T = TypeVar("T")
Entity = TypeVar("Entity", Order, PrintForm)

PRODUCTION = "https://api.cdek.ru"
EDUCATIONAL = "https://api.edu.cdek.ru"

_TAKEN = {"ACCEPTED", "WAITING", "SUCCESSFUL"}
"""States of a request that CDEK has taken (OpenAPI, July 2026)."""

_encoder = msgspec.json.Encoder(decimal_format="number")


class Client:
    """CDEK API v2. ``auth`` is :class:`OAuth`, ``base_url`` the host without "/v2".

    Every method sends one request (and what ``auth`` needs) and never retries. It raises

    - ``httpx`` errors: no answer, or an error status without an error of CDEK in it;
    - :class:`CdekError`: CDEK's own error, whatever the HTTP status;
    - ``msgspec.DecodeError``: an answer that is not what CDEK documents; its subclass :class:`NoOutcome`
      where the answer to a change says neither that it was taken nor that it was refused.

    Requests that may be repeated freely (reads, calculators, printed forms) carry the request extension
    ``{"safe": True}``; those that make or end an order do not.
    """

    def __init__(self, http: httpx.AsyncClient, auth: httpx.Auth, base_url: str = PRODUCTION) -> None:
        self._http = http
        self._auth = auth
        self._base_url = base_url.rstrip("/")

    # --- calculator -------------------------------------------------------------------------------

    async def calculator_tariff_and_service(self, request: TariffAndServiceRequest) -> TariffAndServiceList:
        """POST /v2/calculator/tariffAndService: every tariff of a route, with VAT and services.

        A tariff without a price has its reason in ``result.errors``.
        """
        response = await self._send("POST", "/v2/calculator/tariffAndService", request, safe=True)
        found = _read(response, TariffAndServiceList)
        _raise(response, found.errors if not found.tariff_codes else ())
        return found

    async def package_restrictions(self, request: RestrictionRequest) -> Restrictions:
        """POST /v2/international/package/restrictions: what is forbidden or limited on a route abroad."""
        response = await self._send("POST", "/v2/international/package/restrictions", request, safe=True)
        found = _read(response, Restrictions)
        _raise(response, found.errors)
        return found

    # --- orders -----------------------------------------------------------------------------------

    async def order_create(self, request: OrderRequest) -> Accepted:
        """POST /v2/orders: HTTP 202, which is not an order yet. **Costs money.**

        Read the order by ``Accepted.uuid`` until it is SUCCESSFUL or INVALID. After a time-out, look for
        ``number`` first (:meth:`order_get_by_im_number`): nothing else keeps a repetition from being charged.
        """
        return self._changed(await self._send("POST", "/v2/orders", request), makes=True)

    async def order_get(self, uuid: str) -> Order:
        """GET /v2/orders/{uuid}. Unknown: v2_entity_not_found."""
        return self._entity(await self._send("GET", f"/v2/orders/{_part(uuid)}"), Order)

    async def order_get_by_im_number(self, im_number: str) -> Order:
        """GET /v2/orders?im_number=: by the shop's own number. Unknown: v2_entity_not_found_im_number."""
        params: Params = [("im_number", im_number)]
        return self._entity(await self._send("GET", "/v2/orders", params=params), Order)

    async def order_passports(self, uuid: str, client: str = "RECEIVER") -> Passports:
        """GET /v2/passport?order_uuid=: may the order go to customs? ``client`` SENDER, RECEIVER or ALL."""
        params: Params = [("order_uuid", uuid), ("client", client)]
        response = await self._send("GET", "/v2/passport", params=params)
        found = _read(response, Passports)
        _raise(response, found.errors)
        return found

    async def order_delete(self, uuid: str) -> Accepted:
        """DELETE /v2/orders/{uuid}, for an order that is only CREATED.

        Any later: error_validate_order_delete_status."""
        return self._changed(await self._send("DELETE", f"/v2/orders/{_part(uuid)}"))

    async def order_refusal(self, uuid: str) -> Accepted:
        """POST /v2/orders/{uuid}/refusal: the parcel turns back. **Billed** on an order that is only CREATED:
        delete that one instead."""
        return self._changed(await self._send("POST", f"/v2/orders/{_part(uuid)}/refusal"))

    # --- printed forms ----------------------------------------------------------------------------

    async def barcode_create(self, request: BarcodeRequest) -> Accepted:
        """POST /v2/print/barcodes: labels. An order that is still being made: v2_entity_not_ready."""
        return self._changed(await self._send("POST", "/v2/print/barcodes", request, safe=True))

    async def barcode_get(self, uuid: str) -> PrintForm:
        """GET /v2/print/barcodes/{uuid}: poll until ``status`` is READY, INVALID or REMOVED."""
        return self._entity(await self._send("GET", f"/v2/print/barcodes/{_part(uuid)}"), PrintForm)

    async def barcode_pdf(self, uuid: str) -> bytes:
        """GET /v2/print/barcodes/{uuid}.pdf, within one hour of READY."""
        return _file(await self._send("GET", f"/v2/print/barcodes/{_part(uuid)}.pdf"))

    # --- places -----------------------------------------------------------------------------------

    async def delivery_points(
        self,
        query: DeliveryPointQuery = DeliveryPointQuery(),  # noqa: B008 - frozen
    ) -> AsyncGenerator[DeliveryPoint, None]:
        """GET /v2/deliverypoints, point by point as they arrive: 8 000 of them take 25 MB.

        An answer that is cut off raises ``msgspec.DecodeError`` after the points that came whole, so keep
        nothing before the end. Who stops early closes the generator (``contextlib.aclosing``).
        """
        request = self._build("GET", "/v2/deliverypoints", params=_params(query), streamed=True)
        response = await self._http.send(request, auth=self._auth, stream=True)
        try:
            if not response.is_success:
                await response.aread()
                _raise_for_error(response)
            cutter = ArrayCutter()
            count, places, failure = 0, list[str](), None
            chunks = response.aiter_bytes()
            async for chunk in chunks:
                if not cutter.opened and chunk.lstrip().startswith(b"{"):
                    chunk = await _whole(chunk, chunks)
                    _raise(response, errors_in(chunk))
                for element in cutter.feed(chunk):
                    here, count = f"$[{count}]", count + 1
                    try:
                        point, left_out = decode_part(element, DeliveryPoint)
                    except msgspec.DecodeError as error:
                        places.append(here)
                        failure = error
                        continue
                    places += [here + one.removeprefix("$") for one in left_out]
                    yield point
            cutter.close()
            if failure is not None and count == sum("." not in one for one in places):
                raise failure
            lost(places, "delivery points")
        finally:
            await response.aclose()

    async def cities(self, query: CityQuery) -> list[City]:
        """GET /v2/location/cities. A ``size`` above 10 000: v2_exceeded_size."""
        return _read(await self._send("GET", "/v2/location/cities", params=_params(query)), list[City])

    # --- how it is sent and read ------------------------------------------------------------------

    def _build(
        self,
        method: str,
        path: str,
        body: Sent | None = None,
        *,
        params: Params | None = None,
        safe: bool = False,
        streamed: bool = False,
    ) -> httpx.Request:
        headers = {"Accept": "application/json"}
        content = None
        if body is not None:
            content = _encoder.encode(body)
            headers["Content-Type"] = "application/json"
        extensions: dict[str, bool] = {}
        if safe or method == "GET":
            extensions["safe"] = True
        if streamed:
            extensions[STREAMED] = True
        return self._http.build_request(
            method,
            self._base_url + path,
            content=content,
            params=params or None,
            headers=headers,
            extensions=extensions,
        )

    async def _send(
        self,
        method: str,
        path: str,
        body: Sent | None = None,
        *,
        params: Params | None = None,
        safe: bool = False,
    ) -> httpx.Response:
        request = self._build(method, path, body, params=params, safe=safe)
        response = await self._http.send(request, auth=self._auth)
        if not response.is_success:
            _raise_for_error(response)
        return response

    def _changed(self, response: httpx.Response, *, makes: bool = False) -> Accepted:
        """The answer to a change: taken where it names what was made or changed, or a request whose state
        says so; raises CdekError where it says with a code that nothing was, NoOutcome for neither.

        ``makes``: something new, which has to be named."""
        try:
            answer = decode(response.content, Accepted)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            raise NoOutcome from None
        states = {request.state.upper() for request in answer.requests}
        if states == {"INVALID"}:
            errors = [error for request in answer.requests for error in request.errors]
            raise CdekError(errors, response) if any(error.code for error in errors) else NoOutcome()
        if not answer.uuid and (makes or not states & _TAKEN):
            raise NoOutcome
        return answer

    def _entity(self, response: httpx.Response, type_: type[Entity]) -> Entity:
        """An entity; raises where the reading itself failed, which CDEK may say under HTTP 200."""
        answer = _read(response, type_)
        if answer.entity is None and answer.request("CREATE") is None:
            _raise(response, [error for request in answer.requests for error in request.errors])
            if not answer.requests:
                raise msgspec.DecodeError("Neither an entity nor a request is in the answer")
        return answer


def _read(response: httpx.Response, type_: type[T]) -> T:
    try:
        return decode(response.content, type_)
    except msgspec.ValidationError:
        _raise(response, errors_in(response.content))
        raise


async def _whole(first: bytes, chunks: AsyncIterator[bytes]) -> bytes:
    """An answer that turned out not to be the array; as much of it as one element may take."""
    body = bytearray(first)
    async for chunk in chunks:
        body += chunk
        if len(body) > ELEMENT_LIMIT:
            break
    return bytes(body)


def _file(response: httpx.Response) -> bytes:
    if not response.content.startswith(b"%PDF"):
        _raise(response, errors_in(response.content))
        raise msgspec.DecodeError("Expected a PDF document")
    return response.content


def _raise(response: httpx.Response, errors: Sequence[ErrorInfo]) -> None:
    if errors:
        raise CdekError(errors, response)


def _raise_for_error(response: httpx.Response) -> None:
    _raise(response, errors_in(response.content))
    response.raise_for_status()


def _part(value: str) -> str:
    """An id as one step of a path; an empty one or dots would name another endpoint."""
    if value.strip(".") == "":
        raise ValueError(f"{value!r} is not an id")
    return quote(value, safe="")


def _params(query: Sent) -> Params:
    fields: dict[str, object] = msgspec.to_builtins(query)
    return [
        (name, str(value).lower() if isinstance(value, bool) else str(value))
        for name, value in fields.items()
    ]
