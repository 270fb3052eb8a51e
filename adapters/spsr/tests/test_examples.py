"""Against the examples that were rebuilt from public clients, and the only schema there is.

The answers among them are synthetic: they prove agreement with old clients' parsers, not with SPSR.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from lxml import etree  # type: ignore[import-untyped]
from spsr_api import (
    Client,
    Invoice,
    InvoiceKey,
    Key,
    Party,
    Piece,
    Services,
    Session,
    SpsrError,
    SubPiece,
    TariffQuery,
    product_of,
)

MakeClient = Callable[..., Client]
Example = Callable[[str], bytes]

SHIPPER = Party(
    postal_code="101000",
    region="Москва",
    city="Москва",
    address="ул. Примерная, 1",
    company="ООО Пример",
    contact="Иванов Иван",
    phone="79990000001",
    email="a@example.com",
)
RECEIVER = Party(
    postal_code="190000",
    region="Санкт-Петербург",
    city="Санкт-Петербург",
    address="ул. Примерная, 2",
    contact="Петров Пётр",
    phone="79990000002",
    email="b@example.com",
)
BOX = Piece(
    weight=Decimal("1.5"),
    length=Decimal(20),
    width=Decimal(15),
    depth=Decimal(10),
    goods=(SubPiece(description="Товар", cost=Decimal(1000)),),
)
INVOICE = Invoice(
    reference="ORDER-1",
    product="PelSt",
    insurance="INS",
    insurance_sum=Decimal(1000),
    shipper=SHIPPER,
    receiver=RECEIVER,
    pieces=(BOX,),
)


class Tape:
    """Answers with one example and remembers what was asked."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return httpx.Response(200, content=self.content)


def shape(node: etree._Element) -> object:
    """Names with namespaces, attributes that say something, children: what a document means."""
    given = {name: value for name, value in node.attrib.items() if value}
    return (str(node.tag), given, [shape(child) for child in node])


def asked(tape: Tape) -> object:
    (request,) = tape.asked
    assert request.headers["Content-Type"] == "application/xml"
    return shape(etree.fromstring(request.content))


def wanted(content: bytes, **defaults: str) -> object:
    """An example request; ``defaults``: attributes of its Invoice that we always say."""
    root = etree.fromstring(content)
    for invoice in root.iter("{*}Invoice"):
        for name, value in defaults.items():
            invoice.set(name, value)
    return shape(root)


async def test_login(make_client: MakeClient, example: Example) -> None:
    tape = Tape(example("WALogin.response.synthetic.xml"))
    client = make_client(tape, Session("test", "test", "7600010711", user_agent="Example Ltd"))
    await client.login()
    assert asked(tape) == wanted(example("WALogin.request.xml"))


async def test_a_refused_login(make_client: MakeClient, example: Example) -> None:
    client = make_client(Tape(example("WALogin.error.synthetic.xml")), Session("test", "hush", "7600010711"))
    with pytest.raises(SpsrError) as caught:
        await client.login()
    assert (caught.value.code, caught.value.text) == (1, "Неверный логин или пароль")


async def test_cities(make_client: MakeClient, example: Example) -> None:
    tape = Tape(example("WAGetCities.response.synthetic.xml"))
    (city,) = await make_client(tape).cities("Москва")
    assert asked(tape) == wanted(example("WAGetCities.request.xml"))
    assert (city.key, city.name, city.country_key) == (Key("992"), "Москва", Key("209"))
    assert city.cash_on_delivery
    assert b'CountryName=""' in tape.asked[0].content


async def test_no_such_city_is_no_city(make_client: MakeClient) -> None:
    assert await make_client(Tape(b'<root><Result RC="1009"/></root>')).cities("Нигде") == ()
    with pytest.raises(SpsrError):
        await make_client(Tape(b'<root><Result RC="1"/></root>')).cities("Нигде")


async def test_offices(make_client: MakeClient, example: Example) -> None:
    tape = Tape(example("WAGetSpsrOffices.response.synthetic.xml"))
    (office,) = await make_client(tape).offices(Key("992"))
    assert asked(tape) == wanted(example("WAGetSpsrOffices.request.xml"))
    assert (office.key, office.latitude, office.phones) == (
        Key("1"),
        Decimal("55.75"),
        ("+7 495 000-00-00",),
    )


async def test_tariffs(make_client: MakeClient, example: Example) -> None:
    tape = Tape(example("TARIFFCOMPUTE_2.response.synthetic.xml"))
    query = TariffQuery(
        from_city=Key("992"),
        to_city=Key("893"),
        weight=Decimal("1.5"),
        amount=Decimal(1000),
        insured=True,
    )
    (tariff,) = await make_client(tape).tariffs(query)
    line = example("TARIFFCOMPUTE_2.request.txt").decode().split()[1]
    told = parse_qs(urlsplit(line).query)
    given = parse_qs(str(tape.asked[0].url.query, "ascii"))
    assert {name: given[name] for name in told} == told
    assert str(tape.asked[0].url).startswith("https://tariff.example/postxml.pl?TARIFFCOMPUTE_2&ToCity=")
    assert "SID" not in given
    assert (tariff.product, tariff.total, tariff.days_min, tariff.days_max) == ("PelSt", Decimal(500), 2, 3)
    await make_client(tape).tariffs(query, contract=True)
    assert parse_qs(str(tape.asked[1].url.query, "ascii"))["ICN"] == ["7600010711"]


async def test_a_tariff_that_is_refused(make_client: MakeClient, example: Example) -> None:
    query = TariffQuery(from_city=Key("992"), to_city=Key("893"), weight=Decimal(1))
    refused = b"<Tariff><TariffType>why</TariffType><Total_Dost>Error</Total_Dost></Tariff>"
    good = b"<Tariff><TariffType>x</TariffType><Total_Dost>1 500,50</Total_Dost></Tariff>"
    with pytest.raises(SpsrError) as caught:
        await make_client(Tape(example("TARIFFCOMPUTE_2.error.synthetic.xml"))).tariffs(query)
    assert caught.value.text == "Не найден город получателя"
    with pytest.raises(SpsrError, match="without a code"):
        await make_client(Tape(b"<root>" + refused + b"</root>")).tariffs(query)
    (tariff,) = await make_client(Tape(b"<root>" + refused + good + b"</root>")).tariffs(query)
    assert (tariff.total, tariff.product, tariff.days_max) == (Decimal("1500.50"), "", None)


async def test_an_invoice(make_client: MakeClient, example: Example, shared: Path) -> None:
    tape = Tape(example("WAXmlConverter.response-created.synthetic.xml"))
    (result,) = await make_client(tape).invoices_create([INVOICE])
    assert asked(tape) == wanted(example("WAXmlConverter.request.xml"), DeliveryTime="WD")
    assert (result.status, result.reference, result.number) == ("Created", "ORDER-1", "330000000000")
    assert result.barcodes == ("200000000001",)
    schema(shared).assertValid(etree.fromstring(tape.asked[0].content))


async def test_every_field_of_an_invoice_fits_the_schema(make_client: MakeClient, shared: Path) -> None:
    refused = '<Invoice Status="Rejected"/>'
    tape = Tape(f'<root><Result RC="0"/>{refused}{refused}</root>'.encode())
    full = Invoice(
        reference="R" * 50,
        product="GepIntl",
        action="U",
        pick_up="W",
        insurance_sum=Decimal("0.01"),
        cod_goods_sum=Decimal("1E+3"),
        cod_delivery_sum=Decimal(5),
        description="goods",
        delivery_date="2016-08-20",
        delivery_time="PM2",
        services=Services(cod=True, return_doc=True, return_doc_type=2, try_on=True, saturday_delivery=True),
        sms_to_shipper="79990000001",
        sms_to_receiver="79990000002",
        shipper=SHIPPER,
        receiver=Party(
            city="Н", address="A" * 100, collect=True, comment="c" * 100, city_key=Key("63249745", "3")
        ),
        pieces=(BOX, Piece(piece_id="200000000001", weight=Decimal("1E-3"), length=Decimal(1),
                           width=Decimal(1), depth=Decimal(1), client_barcode="B")),
    )  # fmt: skip
    assert len(await make_client(tape).invoices_create([full, INVOICE])) == 2
    schema(shared).assertValid(etree.fromstring(tape.asked[0].content))
    assert b"E+3" not in tape.asked[0].content


async def test_a_rejected_invoice(make_client: MakeClient, example: Example) -> None:
    tape = Tape(example("WAXmlConverter.response-rejected.synthetic.xml"))
    (result,) = await make_client(tape).invoices_create([INVOICE])
    assert (result.status, result.reference, result.number) == ("Rejected", "ORDER-1", "")
    assert [message.code for message in result.messages] == ["DUP"]


async def test_invoice_info(make_client: MakeClient, example: Example) -> None:
    tape = Tape(example("WAGetInvoiceInfo.response.synthetic.xml"))
    (info,) = await make_client(tape).invoice_info(InvoiceKey(number="330000000000"))
    assert asked(tape) == wanted(example("WAGetInvoiceInfo.request.xml").replace(b">test<", b"><"))
    assert (info.number, info.reference, info.product) == ("330000000000", "ORDER-1", "PelSt")
    assert info.state == "Доставлено"
    assert info.delivered_at == datetime(2016, 8, 20, 9, tzinfo=UTC)
    assert info.receiver.postal_code == "190000"
    assert [(piece.piece_id, piece.weight) for piece in info.pieces] == [("200000000001", Decimal("1.5"))]
    assert "Петров" not in repr(info) + repr(info.receiver)


async def test_monitoring(make_client: MakeClient, example: Example) -> None:
    tape = Tape(example("WAMonitorInvoiceInfo.response.synthetic.xml"))
    told = await make_client(tape).monitor([InvoiceKey(number="330000000000")])
    assert asked(tape) == wanted(example("WAMonitorInvoiceInfo.request.xml"))
    ((event,),) = [invoice.events for invoice in told.invoices]
    assert event.time == datetime(2016, 8, 20, 9, tzinfo=UTC)
    assert (event.number_code, event.letter_code, event.city) == ("15", "INDLV", "Санкт-Петербург")
    assert [(one.number, one.code) for one in told.not_found] == [("330000000001", "1")]


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ('Услуги по доставке "Пеликан-эконом"', "PelEc"),
        ("Услуги по доставке «Гепард-экспресс 18»", "Gep18"),
        ("Фрахт", "Freig"),
        ('Услуги по доставке "Зебра-Онлайн"', ""),
        ("", ""),
    ],
)
def test_products_are_known_by_their_names(title: str, code: str) -> None:
    assert product_of(title) == code


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (lambda: Party(city="", address="A"), "needed"),
        (lambda: Party(city="A", address="A" * 101), "longer than 100"),
        (lambda: Party(city="A", address="A", postal_code="12"), "6 digits"),
        (lambda: Piece(description=14, weight=BOX.weight, length=BOX.length, width=BOX.width,
                       depth=BOX.depth), "15 to 24"),
        (lambda: Invoice(reference="R" * 51, product="Dox", shipper=SHIPPER, receiver=RECEIVER,
                         pieces=(BOX,)), "longer than 50"),
        (lambda: InvoiceKey().node("Invoice"), "exactly one"),
        (lambda: Key.parse("992"), "992|0"),
    ],
)  # fmt: skip
def test_what_the_schema_refuses_is_not_sent(wrong: Callable[[], object], why: str) -> None:
    with pytest.raises(ValueError, match=why.replace("|", r"\|")):
        wrong()


def schema(shared: Path) -> etree.XMLSchema:
    """XmlConverter_13.xsd, which finds Simple_types.xsd beside it."""
    parser = etree.XMLParser(no_network=True)
    return etree.XMLSchema(etree.parse(str(shared / "specs/spsr/XmlConverter_13.xsd"), parser))
