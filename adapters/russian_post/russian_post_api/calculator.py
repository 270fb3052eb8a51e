"""The public tariff calculator, version 2: list prices for anyone, without a key and without contracts.

Shapes: an answer recorded in 2022 (object 3000), the country list of 2026-08-13, its description.
"""

from __future__ import annotations

from datetime import date as Day
from decimal import Decimal
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

import httpx
import msgspec

from russian_post_api.decoding import Deciding, convert, decode

TARIFF = "https://tariff.pochta.ru"

T = TypeVar("T")


class CalculatorQuery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is asked. ``object`` is mail type, two digits of category (00 simple, 01 registered, 02 declared
    value, 03 ordinary, 04 with cash on delivery) and direction (0 inland, 1 abroad): 23030 is an online
    parcel.

    ``weight`` grams; ``size`` "30x20x10" in centimetres; ``pack`` 10 to 40 boxes S to XL, 99 non-standard
    (27030 needs one); sums in kopecks: ``sumoc`` declared value, ``sumnp`` cash on delivery; ``service``
    numbers of services; ``time`` "0900"; ``isavia`` 0 surface, 1 air where it must be, 2 air.
    """

    object: int
    weight: int | None = None
    from_: str | None = msgspec.field(default=None, name="from")
    to: str | None = None
    country_from: int | None = msgspec.field(default=None, name="country-from")
    country_to: int | None = msgspec.field(default=None, name="country-to")
    size: str | None = None
    pack: int | None = None
    date: Day | None = None
    time: str | None = None
    date_from: Day | None = msgspec.field(default=None, name="date-from")
    date_to: Day | None = msgspec.field(default=None, name="date-to")
    sumoc: int | None = None
    sumnp: int | None = None
    sumgs: int | None = None
    sumin: int | None = None
    service: tuple[int, ...] = ()
    isavia: int | None = None
    dogovor: str | None = None
    group: int | None = None
    closed: int | None = None

    def params(self) -> list[tuple[str, str]]:
        """``errorcode=1`` among them: errors then come as codes, under HTTP 200."""
        found = [
            (field.encode_name, _written(value))
            for field in msgspec.structs.fields(self)
            if (value := getattr(self, field.name)) not in (None, ())
        ]
        return [*found, ("errorcode", "1")]


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what the calculator sends; its names have hyphens where ours have underscores."""


class Price(_Answer, frozen=True, kw_only=True):
    """Kopecks: ``val`` without VAT, ``valnds`` with it, ``valmark`` in stamps."""

    val: int | None = None
    valnds: int | None = None
    valmark: int | None = None


class Term(_Answer, frozen=True, kw_only=True):
    """Days; ``deadline`` "20221010T235900", Moscow or local time is not said."""

    min: int | None = None
    max: int | None = None
    deadline: str | None = None


class Component(_Answer, frozen=True, kw_only=True):
    id: str = ""
    name: str = ""
    tariff: Price | None = None
    delivery: Term | None = None


class CalculatorOffice(_Answer, frozen=True, kw_only=True, rename="kebab"):
    """``tp`` 1 sender's office, 2 recipient's; ``weight_max`` grams."""

    index: int
    tp: int | None = None
    type: int | None = None
    name: str = ""
    regionid: int | None = None
    weight_max: int | None = None
    pack_max: int | None = None


class Calculation(_Answer, frozen=True, kw_only=True):
    """Kopecks: ``pay`` without VAT, ``paynds`` with it, ``nds`` the VAT at ``ndsrate`` percent."""

    id: int | None = None
    name: str = ""
    version: str = ""
    weight: int | None = None
    pay: Annotated[int | None, Deciding] = None
    paynds: Annotated[int | None, Deciding] = None
    nds: Annotated[int | None, Deciding] = None
    ndsrate: Decimal | None = None
    ground: Price | None = None
    avia: Price | None = None
    cover: Price | None = None
    service: Price | None = None
    delivery: Term | None = None
    items: tuple[Component, ...] = ()
    postoffice: tuple[CalculatorOffice, ...] = ()
    transname: str = ""


class CalculatorProblem(_Answer, frozen=True, kw_only=True):
    """1301 no index, 1202 no such service, 1372 route not served, 2004/2005 the office cannot take or hand
    over, 5000 and 5999 its own fault."""

    code: int | None = None
    msg: str = ""


class CountrySize(_Answer, frozen=True, kw_only=True):
    """Centimetres."""

    x: int | None = None
    y: int | None = None
    z: int | None = None


class CountryAir(_Answer, frozen=True, kw_only=True):
    block: int = 0


class CountryKind(_Answer, frozen=True, kw_only=True):
    """One kind of mail to a country. ``block`` 1: none is taken. ``wmax`` grams, ``linemax`` centimetres;
    ``oc`` declared value, ``np`` cash on delivery."""

    block: int = 0
    wmax: int | None = None
    linemax: int | None = None
    sizemax: CountrySize | None = None
    oc: int | None = None
    np: int | None = None
    avia: CountryAir | None = None


class Country(_Answer, frozen=True, kw_only=True):
    """``id`` ISO 3166 numeric, and private ones (895). ``date`` yyyymmdd. A kind that is absent is not
    offered."""

    id: Annotated[int, Deciding]
    name: str = ""
    date: int | None = None
    mail: CountryKind | None = None
    banderole: CountryKind | None = None
    parcel: CountryKind | None = None
    packet: CountryKind | None = None
    ems: CountryKind | None = None


class Parameter(_Answer, frozen=True, kw_only=True):
    """A parameter of a product: the machine-readable source of its limits."""

    id: str = ""
    name: str = ""
    param: str = ""
    min: int | None = None
    max: int | None = None
    default: int | None = msgspec.field(default=None, name="def")
    unit: tuple[str, ...] = ()


class MailObject(_Answer, frozen=True, kw_only=True):
    id: int
    name: str = ""
    mailtype: int | None = None
    mailctg: int | None = None
    directctg: int | None = None
    params: tuple[Parameter, ...] = ()


class MailService(_Answer, frozen=True, kw_only=True):
    id: int
    name: str = ""


class _Refusal(_Answer, frozen=True, kw_only=True):
    errors: tuple[CalculatorProblem, ...] = ()


class CalculatorError(Exception):
    """The calculator said no. ``problems`` says why."""

    def __init__(self, problems: tuple[CalculatorProblem, ...], response: httpx.Response) -> None:
        self.problems = problems
        self.response = response
        self.http_status = response.status_code
        shown = ", ".join(str(problem.code) for problem in problems)
        super().__init__(f"the tariff calculator answered HTTP {self.http_status}: {shown}")

    @property
    def codes(self) -> frozenset[int]:
        return frozenset(problem.code for problem in self.problems if problem.code is not None)


class Calculator:
    """``Calculator(http, base_url=TARIFF)``: no credentials. One request per method, all of them reads.

    Raises httpx errors, :class:`CalculatorError`, and ``msgspec.DecodeError`` for another shape.
    """

    def __init__(self, http: httpx.AsyncClient, base_url: str = TARIFF) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")

    async def tariff(self, query: CalculatorQuery) -> Calculation:
        """GET /v2/calculate/tariff: the price."""
        return await self._calculate("tariff", query)

    async def delivery(self, query: CalculatorQuery) -> Calculation:
        """GET /v2/calculate/delivery: the days."""
        return await self._calculate("delivery", query)

    async def tariff_delivery(self, query: CalculatorQuery) -> Calculation:
        """GET /v2/calculate/tariff/delivery: both."""
        return await self._calculate("tariff/delivery", query)

    async def objects(self, *ids: int) -> list[MailObject]:
        """GET /v2/dictionary/object/tariff/delivery: products with their limits; all of them without ids."""
        return await self._dictionary("object/tariff/delivery", "object", list[MailObject], ids)

    async def services(self) -> list[MailService]:
        """GET /v2/dictionary/service."""
        return await self._dictionary("service", "service", list[MailService])

    async def countries(self, *ids: int) -> list[Country]:
        """GET /v2/dictionary/country: what may be sent where, and how heavy. Ask before offering export."""
        return await self._dictionary("country", "country", list[Country], ids)

    async def _calculate(self, kind: str, query: CalculatorQuery) -> Calculation:
        return decode((await self._get(f"calculate/{kind}", query.params())).content, Calculation)

    async def _dictionary(self, path: str, name: str, type_: type[T], ids: tuple[int, ...] = ()) -> T:
        params = [("id", ",".join(map(str, ids)))] if ids else []
        response = await self._get(f"dictionary/{path}", params)
        answer: Any = msgspec.json.decode(response.content)
        rows = answer.get(name) if isinstance(answer, dict) else answer
        if rows is None:
            raise msgspec.DecodeError(f"no {name} is in the answer")
        return convert(rows, type_)

    async def _get(self, path: str, params: list[tuple[str, str]]) -> httpx.Response:
        # "json" stands without a value, as the calculator's description writes it.
        query = "&".join(["json", *([urlencode(params)] if params else [])])
        request = self._http.build_request("GET", f"{self._base_url}/v2/{path}?{query}")
        request.extensions["safe"] = True
        response = await self._http.send(request, follow_redirects=False)
        if problems := _problems(response.content):
            raise CalculatorError(problems, response)
        response.raise_for_status()
        return response


def _written(value: object) -> str:
    if isinstance(value, Day):
        return f"{value:%Y%m%d}"
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value)


def _problems(body: bytes) -> tuple[CalculatorProblem, ...]:
    if not body.lstrip().startswith(b"{"):
        return ()
    try:
        return decode(body, _Refusal).errors
    except msgspec.DecodeError:
        return ()
