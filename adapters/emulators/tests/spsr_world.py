"""One client's view of a served SPSR, in the words of the tests. It writes its XML by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree import ElementTree

import httpx
from vendor_emulators.app import serve
from vendor_emulators.clock import ManualClock
from vendor_emulators.spsr import SpsrEmulator

ICN = "7600010711"
HOUR = 3600
METHODS = {
    "WALogin": "usermanagment/login/1.0",
    "WALogout": "usermanagment/logout/1.0",
    "WAGetCities": "Info/GetCities/1.0",
    "WAGetServices": "Info/Info/1.0",
    "WAGetSpsrOffices": "Info/GetSpsrOffices/1.0",
    "WAXmlConverter": "xmlconverter/1.3",
    "WAGetInvoiceInfo": "DataEditManagment/GetInvoiceInfo/1.1",
    "WAMonitorInvoiceInfo": "Monitoring/MonInvoiceInfo/1.3",
    "WACreateOrder": "DataEditManagment/CreateOrder/1.0",
    "WACancelOrder": "DataEditManagment/CancelOrder/1.0",
    "WAGetActiveOrders": "DataEditManagment/GetActiveOrders/1.0",
    "WABindOrderToInvoice": "DataEditManagment/BindOrderToInvoice/1.0",
    "WAGetAddress": "DataEditManagment/GetAddress/1.0",
    "WAAddAddress": "DataEditManagment/AddAddress/1.0",
    "WADelAddress": "DataEditManagment/DelAddress/1.0",
}
PARTY = 'City="Москва" Address="ул. Примерная, 1" PostCode="101000" ContactName="Иванов Иван"'
PIECES = (
    '<Pieces><Piece Description="16" Weight="1.5" Length="20" Width="15" Depth="10">'
    '<SubPiece Description="Товар" Cost="1000"/></Piece></Pieces>'
)


def invoice(reference: str = "ORDER-1", **changes: str) -> str:
    """An invoice from Moscow to St Petersburg."""
    attributes = {
        "Action": "N",
        "ShipRefNum": reference,
        "PickUpType": "C",
        "ProductCode": "PelSt",
        "PiecesCount": "1",
        "InsuranceType": "INS",
        "InsuranceSum": "1000",
        **changes,
    }
    given = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    receiver = f"<Receiver {PARTY.replace('Москва', 'Санкт-Петербург')}/>"
    return f"<Invoice {given}><Shipper {PARTY}/>{receiver}{PIECES}</Invoice>"


def plain(root: ElementTree.Element) -> ElementTree.Element:
    """The tree with names that have lost their namespaces."""
    for node in root.iter():
        node.tag = node.tag.split("}")[-1]
    return root


class Spsr:
    """A served SPSR, its world's clock, and a client with a session."""

    def __init__(self, url: str, clock: ManualClock, http: httpx.Client) -> None:
        self.url = url
        self.clock = clock
        self.http = http
        self.sid = ""

    def log_in(self) -> None:
        root = self.call("WALogin", '<Login Login="test" Pass="test" UserAgent="t"/>', login=None)
        login = root.find("Login")
        assert login is not None
        self.sid = login.attrib["SID"]

    def raw(self, name: str, body: str = "", *, login: str | None = "") -> httpx.Response:
        space = METHODS[name]
        head = "" if login is None else f'<Login SID="{self.sid}" {login}/>'
        params = f'<p:Params Name="{name}" Ver="{space[-3:]}" xmlns:p="http://spsr.ru/webapi/WA/1.0"/>'
        document = f'<root xmlns="http://spsr.ru/webapi/{space}">{params}{head}{body}</root>'
        return self.http.post("/waExec/WAExec", content=document.encode())

    def call(
        self, name: str, body: str = "", *, login: str | None = "", code: int = 0
    ) -> ElementTree.Element:
        """The answer's root, after its result code."""
        reply = self.raw(name, body, login=login)
        assert reply.status_code == 200, reply.text
        # As the public clients did: the prolog is wrong.
        text = reply.content.decode("utf-8").replace("windows-1251", "utf-8", 1)
        root = plain(ElementTree.fromstring(text.encode()))
        result = root.find("Result")
        assert result is not None
        assert result.attrib["RC"] == str(code), text
        return root

    def convert(self, *invoices: str, code: int = 0) -> list[ElementTree.Element]:
        general = f'<GeneralInfo ContractNumber="{ICN}">{"".join(invoices)}</GeneralInfo>'
        root = self.call("WAXmlConverter", f"<XmlConverter>{general}</XmlConverter>", code=code)
        return root.findall("Invoice")

    def created(self, reference: str = "ORDER-1", **changes: str) -> str:
        (one,) = self.convert(invoice(reference, **changes))
        assert one.attrib["Status"] == "Created", ElementTree.tostring(one)
        return one.attrib["InvoiceNumber"]

    def info(self, code: int = 0, **key: str) -> ElementTree.Element:
        given = " ".join(f'{name}="{value}"' for name, value in key.items())
        return self.call(
            "WAGetInvoiceInfo", f"<InvoiceInfo {given}/>", login=f'Login="test" ICN="{ICN}"', code=code
        )

    def monitor(self, *numbers: str) -> ElementTree.Element:
        asked = "".join(f'<Invoice InvoiceNumber="{number}"/>' for number in numbers)
        body = f'<Monitoring Language="ru">{asked}</Monitoring>'
        return self.call("WAMonitorInvoiceInfo", body, login=f'ICN="{ICN}"')

    def control(self, path: str, body: Any = None) -> Any:
        reply = self.http.post(f"/_emulator/{path}", json=body or {})
        assert reply.status_code == 200, reply.text
        return reply.json()

    def fault(self, kind: str, **rule: Any) -> None:
        self.control("faults", {"rules": [{"kind": kind, "times": 1, **rule}]})

    def state(self) -> Any:
        return self.http.get("/_emulator/state").json()


@contextmanager
def served(seed: int = 1) -> Iterator[Spsr]:
    clock = ManualClock()
    with (
        serve(SpsrEmulator(clock=clock, seed=seed)) as running,
        httpx.Client(base_url=running.url, trust_env=False, timeout=5) as http,
    ):
        world = Spsr(running.url, clock, http)
        world.log_in()
        yield world
