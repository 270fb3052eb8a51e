"""The client: one method per method of the old XML API, one attempt per call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from urllib.parse import urlencode

import httpx

from spsr_api.couriers import (
    ActiveOrder,
    active_orders_of,
)
from spsr_api.documents import SIZE_LIMIT, Attributes, Element, Node, checked, envelope, parse
from spsr_api.errors import SESSION_GONE, BadAnswer, NoOutcome, SpsrError
from spsr_api.invoices import Invoice, InvoiceResult, converter_node, results_of
from spsr_api.places import City, Office, cities_of, offices_of
from spsr_api.session import Session
from spsr_api.structs import Key
from spsr_api.tariffs import Tariff, TariffQuery, tariffs_of
from spsr_api.tracking import InvoiceInfo, InvoiceKey, Monitoring, infos_of, monitoring_of

_EDIT = "DataEditManagment"  # SPSR's spelling


class Client:
    """SPSR's old XML API. **Never verified against a live service**: no address is known to work, so there is
    no default one. ``base_url`` is the whole address that takes requests, ``tariff_url`` the calculator's up
    to and with its function (``…/postxml.pl?TARIFFCOMPUTE_2`` or ``…/tarifcalc/?fn=TARIFFCOMPUTE_2``).

    Every method sends one request, after a login where the session needs one. It raises

    - ``httpx`` errors: no answer, or an error status;
    - :class:`SpsrError`: SPSR's own error, under HTTP 200;
    - :class:`BadAnswer`: an answer that cannot be read, or must not be.

    Requests that may be repeated freely carry the request extension ``{"safe": True}``. One of those whose
    session is gone (code 1006) logs in again and is repeated once. One that changes something is never
    repeated: it uses only a session that has worked within the last minute, and what is refused with 1006
    all the same is raised; nothing was done then.
    """

    def __init__(
        self, http: httpx.AsyncClient, session: Session, base_url: str, tariff_url: str = ""
    ) -> None:
        self._http = http
        self._session = session
        self._base_url = base_url
        self._tariff_url = tariff_url

    # --- session ----------------------------------------------------------------------------------

    async def login(self) -> None:
        """WALogin: a session, where there is none yet. Wrong login or password: code 1004."""
        await self._session.sid(self._log_in)

    # --- places and prices ------------------------------------------------------------------------

    async def cities(self, name: str, country: str = "") -> tuple[City, ...]:
        """WAGetCities, without a login: by name; ``country`` in Russian. No name and a country: all."""
        node = Node("GetCities", {"CityName": name, "CountryName": country}, keep_empty=True)
        document = envelope("Info/GetCities", "1.0", "WAGetCities", None, [node])
        try:
            return cities_of(checked(await self._post(document, safe=True)))
        except SpsrError as error:
            if error.code in (1009, 1041):
                return ()
            raise

    async def offices(self, city: Key) -> tuple[Office, ...]:
        """WAGetSpsrOffices: the offices of a city."""
        node = Node("GetSpsrOffices", {"CityId": city.id, "CityOwnerId": city.owner_id})
        return offices_of(await self._read("Info/GetSpsrOffices", "1.0", "WAGetSpsrOffices", [node]))

    async def tariffs(self, query: TariffQuery, *, contract: bool = False) -> tuple[Tariff, ...]:
        """TARIFFCOMPUTE_2: what it costs, in roubles; ``contract``: by the contract, which takes a session.

        Raises ValueError where the client has no ``tariff_url``.
        """
        if not self._tariff_url:
            raise ValueError("no address of the tariff calculator")
        params = query.params()
        if contract:
            sid = await self._session.sid(self._log_in)
            params += [("SID", sid), ("ICN", self._session.contract)]
        joint = "&" if "?" in self._tariff_url else "?"
        request = self._http.build_request("GET", f"{self._tariff_url}{joint}{urlencode(params)}")
        request.extensions["safe"] = True
        return tariffs_of(parse(await self._content(request)))

    # --- invoices ---------------------------------------------------------------------------------

    async def invoices_create(self, invoices: Sequence[Invoice]) -> tuple[InvoiceResult, ...]:
        """WAXmlConverter: up to 500 invoices, each created or rejected on its own. **Costs money.**

        After a time-out ask for our own number first (:meth:`invoice_info`): only the rejection DUP keeps a
        repetition from becoming a second invoice.
        """
        node = converter_node(self._session.contract, invoices)
        results = results_of(await self._change("xmlconverter", "1.3", "WAXmlConverter", [node]))
        if len(results) < len(invoices) or not all(one.decided for one in results):
            raise NoOutcome
        return results

    async def invoice_info(self, key: InvoiceKey) -> tuple[InvoiceInfo, ...]:
        """WAGetInvoiceInfo. Unknown: none, or code 1059 or 1017."""
        login = {"Login": self._session.login, "ICN": self._session.contract}
        nodes = [key.node("InvoiceInfo")]
        return infos_of(await self._read(f"{_EDIT}/GetInvoiceInfo", "1.1", "WAGetInvoiceInfo", nodes, login))

    async def monitor(self, keys: Sequence[InvoiceKey], language: Literal["ru", "en"] = "ru") -> Monitoring:
        """WAMonitorInvoiceInfo: the events of invoices, and which of them are not there."""
        nodes = [Node("Monitoring", {"Language": language}, [key.node("Invoice") for key in keys])]
        login = {"ICN": self._session.contract}
        return monitoring_of(
            await self._read("Monitoring/MonInvoiceInfo", "1.3", "WAMonitorInvoiceInfo", nodes, login)
        )

    # --- couriers ---------------------------------------------------------------------------------

    async def courier_orders_active(self) -> tuple[ActiveOrder, ...]:
        """WAGetActiveOrders: the calls that are not done yet."""
        nodes = [self._own("ActiveOrders", {})]
        return active_orders_of(
            await self._read(f"{_EDIT}/GetActiveOrders", "1.0", "WAGetActiveOrders", nodes)
        )

    # --- how it is sent and read ------------------------------------------------------------------

    def _own(self, name: str, attributes: Attributes) -> Node:
        return Node(name, {"ICN": self._session.contract, "Login": self._session.login, **attributes})

    async def _log_in(self, login: str, password: str, user_agent: str) -> str:
        node = Node("Login", {"Login": login, "Pass": password, "UserAgent": user_agent})
        document = envelope("usermanagment/login", "1.0", "WALogin", None, [node])
        answer = checked(await self._post(document, safe=True)).child("Login")
        sid = "" if answer is None else answer.get("SID")
        if not 32 <= len(sid) <= 40:
            raise BadAnswer("a login without a session id of 32 to 40 characters")
        return sid

    async def _read(
        self, area: str, version: str, params: str, body: Sequence[Node], login: Attributes | None = None
    ) -> Element:
        gone = ""
        while True:
            sid = await self._session.sid(self._log_in, gone=gone)
            document = envelope(area, version, params, {"SID": sid, **(login or {})}, body)
            try:
                root = checked(await self._post(document, safe=True))
            except SpsrError as error:
                if error.code != SESSION_GONE or gone:
                    raise
                gone = sid
                continue
            self._session.worked(sid)
            return root

    async def _change(self, area: str, version: str, params: str, body: Sequence[Node]) -> Element:
        sid = await self._session.sid(self._log_in, trusted=True)
        try:
            root = checked(await self._post(envelope(area, version, params, {"SID": sid}, body), safe=False))
        except SpsrError as error:
            if error.code == SESSION_GONE:
                self._session.forget(sid)
            if error.code is None:  # an error that SPSR's table does not know may come from anybody
                raise NoOutcome from None
            raise
        self._session.worked(sid)
        return root

    async def _post(self, document: bytes, *, safe: bool) -> Element:
        headers = {"Content-Type": "application/xml", "Accept": "application/xml, text/xml"}
        request = self._http.build_request("POST", self._base_url, content=document, headers=headers)
        if safe:
            request.extensions["safe"] = True
        return parse(await self._content(request))

    async def _content(self, request: httpx.Request) -> bytes:
        """The body, of which no more is read than the limit."""
        response = await self._http.send(request, stream=True)
        try:
            response.raise_for_status()
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > SIZE_LIMIT:
                    raise BadAnswer(f"an answer of more than {SIZE_LIMIT} bytes")
            return bytes(body)
        finally:
            await response.aclose()
