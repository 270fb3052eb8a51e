"""The SPSR emulator: methods by their names, control endpoints, truth."""

import argparse
from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar, Self

import msgspec

from vendor_emulators.app import Emulator
from vendor_emulators.clock import Clock
from vendor_emulators.refusals import Guess
from vendor_emulators.rules import Rule
from vendor_emulators.spsr import calculator, places
from vendor_emulators.spsr.access import Access, hide_secrets
from vendor_emulators.spsr.couriers import Couriers
from vendor_emulators.spsr.documents import Answer, Question, Refused, Spelling, refusal, rendered
from vendor_emulators.spsr.invoices import Invoices
from vendor_emulators.spsr.model import Invoice
from vendor_emulators.spsr.refusals import GUESSED
from vendor_emulators.wire import Request, Response, json_response

LOGIN, PASSWORD, CONTRACT = "test", "test", "7600010711"
API_PATHS = frozenset({"/", "/test", "/waExec/WAExec"})
_WEB = "http://spsr.ru/webapi/"
_EDIT = "DataEditManagment"
_LATE = 60.0

Method = Callable[[Question], Answer]


class Dropoff(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/dropoff``: SPSR's numbers; the client's own do as well."""

    numbers: list[str]


class Told(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/event``; ``final`` ends the way as not delivered."""

    number: str
    code: int
    letters: str = ""
    text: str = ""
    final: bool = False


class Account(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/account``; what is absent stays."""

    login: str | None = None
    password: str | None = None
    contract: str | None = None
    blocked: bool | None = None


class Settings(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/settings``."""

    spelling: Spelling


class SpsrEmulator(Emulator):
    """The XML API and the calculator, for one client. Vendor faults, matched on the request that they spoil:

    ``session_gone`` on anything that needs a session; ``invoice_rejected`` (``message``: the code, default
    UPR) and ``result_code`` (``message``: the number, default 1) where the request is not carried out;
    ``item_late`` (``seconds``, default 60): a look-up does not see what is younger.
    """

    name: ClassVar[str] = "spsr"
    guesses: ClassVar[tuple[Guess, ...]] = GUESSED
    vendor_faults: ClassVar[frozenset[str]] = frozenset(
        {"session_gone", "invoice_rejected", "result_code", "item_late"}
    )

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: int = 1,
        login: str = LOGIN,
        password: str = PASSWORD,
        contract: str = CONTRACT,
    ) -> None:
        super().__init__(clock=clock, seed=seed)
        self.access = Access(self.random, login, password, contract)
        self.invoices = Invoices(self.schedule, self.random)
        self.couriers = Couriers(self.schedule, self.random, self.invoices)
        self.spelling: Spelling = "claimed"
        self._requests = 0
        # By name: the area and version of the namespace, whether a session is asked for, the method.
        self._open: dict[str, tuple[str, str, Method]] = {
            "WALogin": ("usermanagment/login", "1.0", self.access.log_in),
            "WALogout": ("usermanagment/logout", "1.0", self.access.log_out),
            "WAGetCities": ("Info/GetCities", "1.0", places.cities),
        }
        self._closed: dict[str, tuple[str, str, Method]] = {
            "WAGetServices": ("Info/Info", "1.0", places.services),
            "WAGetSpsrOffices": ("Info/GetSpsrOffices", "1.0", places.offices),
            "WACreateOrder": (f"{_EDIT}/CreateOrder", "1.0", self._own("AddOrder", self.couriers.create)),
            "WACancelOrder": (
                f"{_EDIT}/CancelOrder",
                "1.0",
                self._own("CancelOrder", self.couriers.cancel),
            ),
            "WAGetActiveOrders": (
                f"{_EDIT}/GetActiveOrders",
                "1.0",
                self._own("ActiveOrders", self.couriers.active),
            ),
            "WABindOrderToInvoice": (
                f"{_EDIT}/BindOrderToInvoice",
                "1.0",
                self._own("Invoice", self.couriers.bind),
            ),
            "WAGetAddress": (
                f"{_EDIT}/GetAddress",
                "1.0",
                self._own("AddrList", self.couriers.list_addresses),
            ),
            "WAAddAddress": (f"{_EDIT}/AddAddress", "1.0", self._own("AddAddr", self.couriers.add_address)),
            "WADelAddress": (
                f"{_EDIT}/DelAddress",
                "1.0",
                self._own("DelAddr", self.couriers.delete_address),
            ),
        }
        control = self.control
        control.add("POST", "/_emulator/dropoff", self._drop_off)
        control.add("POST", "/_emulator/event", self._tell)
        control.add("POST", "/_emulator/account", self._account)
        control.add("POST", "/_emulator/settings", self._settings)
        control.add(
            "POST",
            "/_emulator/sessions/expire",
            lambda _: json_response({"expired": self.access.expire_all()}),
        )

    @classmethod
    def add_options(cls, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--login", default=LOGIN)
        parser.add_argument("--password", "--api-key", dest="password", default=PASSWORD)
        parser.add_argument("--contract", "--client-id", dest="contract", default=CONTRACT, help="ICN")

    @classmethod
    def from_options(cls, options: argparse.Namespace, *, clock: Clock) -> Self:
        return cls(
            clock=clock,
            seed=options.seed,
            login=options.login,
            password=options.password,
            contract=options.contract,
        )

    def answer(self, request: Request) -> Response:
        self._requests += 1
        body = request.body
        hide_secrets(request)
        if calculator.is_asked(request):
            return calculator.tariffs(request) if request.method == "GET" else Response(405)
        if request.path not in API_PATHS:
            return Response(404)
        if request.method != "POST":
            return Response(405)
        namespace = f"{_WEB}WA/1.0"
        try:
            question = Question(body)
            namespace = question.namespace
            return rendered(self._answered(request, question), self.spelling)
        except Refused as refused:
            return rendered(refusal(namespace, refused), self.spelling)

    def error_inside(self, request: Request, code: str | None) -> Response:
        refused = Refused(int(code) if code and code.isdigit() else 1)
        return rendered(refusal(f"{_WEB}WA/1.0", refused), self.spelling)

    def state(self) -> object:
        return {
            "now": self.now(),
            "invoices": [invoice.truth() for invoice in self.invoices.all.values()],
            "orders": [
                {"id": one.id, "number": one.number, "state": one.state}
                for one in self.couriers.orders.values()
            ],
            "addresses": list(self.couriers.addresses),
            "counts": {
                "requests": self._requests,
                "logins": self.access.issued,
                "invoices_posted": self.invoices.posted,
                "duplicates_refused": self.invoices.duplicates_refused,
            },
        }

    def _answered(self, request: Request, question: Question) -> Answer:
        if rule := self.faults.vendor("result_code", request):
            raise Refused(int(rule.message or 1))
        if question.name in self._open:
            area, version, method = self._open[question.name]
            self._check(question, area, version)
            return method(question)
        area, version, method = self._closed.get(question.name) or self._dynamic(request, question)
        self._check(question, area, version)
        if self.faults.vendor("session_gone", request):
            raise Refused(1006)
        self.access.check(question)
        return method(question)

    def _dynamic(self, request: Request, question: Question) -> tuple[str, str, Method]:
        """The methods whose answer a fault may bend."""
        match question.name:
            case "WAXmlConverter":
                return "xmlconverter", "1.3", lambda asked: self._convert(request, asked)
            case "WAGetInvoiceInfo":
                return f"{_EDIT}/GetInvoiceInfo", "1.1", lambda asked: self._info(request, asked)
            case "WAMonitorInvoiceInfo":
                return "Monitoring/MonInvoiceInfo", "1.3", lambda asked: self._monitoring(request, asked)
        raise Refused(6)

    def _check(self, question: Question, area: str, version: str) -> None:
        if question.version != version:
            raise Refused(2)
        if question.namespace != f"{_WEB}{area}/{version}":
            raise Refused(4, "xmlns")

    def _own(self, name: str, method: Method) -> Method:
        """For methods that name login and contract in their own element."""

        def checked(question: Question) -> Answer:
            self.access.check_contract(question.element(name).get("ICN"))
            return method(question)

        return checked

    def _convert(self, request: Request, question: Question) -> Answer:
        rule = self.faults.vendor("invoice_rejected", request)
        spoil = (rule.message or "UPR") if rule else ""
        return self.invoices.convert(question, self.access.check_contract, spoil)

    def _info(self, request: Request, question: Question) -> Answer:
        self.access.check_contract(question.element("Login").get("ICN"))
        return self.invoices.info(question, self._hidden(request))

    def _monitoring(self, request: Request, question: Question) -> Answer:
        self.access.check_contract(question.element("Login").get("ICN"))
        return self.invoices.monitoring(question, self._hidden(request))

    def _hidden(self, request: Request) -> Callable[[Invoice], bool]:
        """Whether the fault ``item_late`` hides an invoice from this look-up."""

        def young(rule: Rule, invoice: Invoice) -> bool:
            seconds = _LATE if rule.seconds is None else rule.seconds
            return invoice.created_at > self.now() - timedelta(seconds=seconds)

        known = self.invoices.all.values()
        rule = self.faults.vendor("item_late", request, lambda one: any(young(one, i) for i in known))
        return lambda invoice: rule is not None and young(rule, invoice)

    def _drop_off(self, request: Request) -> Response:
        wanted = msgspec.json.decode(request.body, type=Dropoff)
        taken, refused = self.invoices.drop_off(wanted.numbers)
        return json_response({"accepted": taken, "refused": refused})

    def _tell(self, request: Request) -> Response:
        told = msgspec.json.decode(request.body, type=Told)
        invoice = self.invoices.all.get(told.number)
        if invoice is None:
            return json_response({"error": "no such invoice"}, 404)
        if told.final:
            self.invoices.fail(invoice, told.code, told.text)
        else:
            city = invoice.receiver["City"]
            self.invoices.tell(invoice, told.code, told.letters, told.text, city=city)
        return json_response(invoice.truth())

    def _account(self, request: Request) -> Response:
        wanted = msgspec.json.decode(request.body, type=Account)
        access = self.access
        access.login = wanted.login or access.login
        access.password = wanted.password or access.password
        access.contract = wanted.contract or access.contract
        access.blocked = access.blocked if wanted.blocked is None else wanted.blocked
        return json_response({"login": access.login, "blocked": access.blocked})

    def _settings(self, request: Request) -> Response:
        self.spelling = msgspec.json.decode(request.body, type=Settings).spelling
        return json_response({"spelling": self.spelling})
