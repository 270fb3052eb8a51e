"""Invoices as they are sent: WAXmlConverter 1.3, checked against XmlConverter_13.xsd of 2015.

Roubles, kg and cm. A rejected invoice stands inside an answer with result code 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal

from spsr_api.documents import Element, Node
from spsr_api.structs import Key, Private, Received, Sent, limit
from spsr_api.values import flag, plain

BATCH_LIMIT = 500
"""Invoices of one request (XmlConverter_13.xsd)."""

Product = Literal[
    "Dox", "Gep10", "Gep13", "Gep18", "GepEx", "GepIntl", "PelSt", "PelEc", "PelOn", "PelIn",
    "BisCa", "BisAv", "BisSt", "BisEc", "Freig",
]  # fmt: skip
DeliveryTime = Literal["AM", "PM", "WD", "AM1", "PM1", "PM2", "WD1"]
"""9-14, 14-18, 9-18, 9-13, 13-17, 17-21, 9-21 o'clock."""


class Party(Private, Sent, frozen=True, kw_only=True):
    """A shipper or receiver. ``phone`` of a shipper has at most 20 characters.

    ``collect``: the receiver fetches the parcel at an office; the schema has no place for which one.
    """

    city: str
    address: str
    postal_code: str = ""
    country: str = ""
    region: str = ""
    company: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""
    city_key: Key | None = None
    collect: bool = False
    comment: str = ""

    def __post_init__(self) -> None:
        if not self.city or not self.address:
            raise ValueError("a city and an address are needed")
        if self.postal_code and not re.fullmatch(r"[0-9]{6}", self.postal_code):
            raise ValueError("a postal code has 6 digits")
        for name, longest in (("address", 100), ("company", 100), ("contact", 60), ("email", 255)):
            limit(name, getattr(self, name), longest)
        limit("comment", self.comment, 100)

    def node(self, name: Literal["Shipper", "Receiver"]) -> Node:
        """The element; the shipper's has neither comment nor collection."""
        attributes = {
            "PostCode": self.postal_code,
            "Country": self.country,
            "Region": self.region,
            "City": self.city,
            "Address": self.address,
            "CompanyName": self.company,
            "ContactName": self.contact,
            "Phone": self.phone,
            "Email": self.email,
        }
        if self.city_key is not None:
            attributes |= {"City_ID": self.city_key.id, "City_Owner_ID": self.city_key.owner_id}
        if name == "Shipper":
            limit("phone", self.phone, 20)
        else:
            attributes |= {"ConsigneeCollect": "Y" if self.collect else "", "Comment": self.comment}
        return Node(name, attributes)


class SubPiece(Sent, frozen=True, kw_only=True):
    """Goods of one kind; ``cost`` in roubles, of one."""

    description: str
    cost: Decimal
    product_code: str = ""
    quantity: int = 1

    def node(self) -> Node:
        limit("description", self.description, 255)
        limit("product_code", self.product_code, 255)
        return Node(
            "SubPiece",
            {
                "Description": self.description,
                "Cost": plain(self.cost),
                "ProductCode": self.product_code,
                "Quantity": str(self.quantity),
            },
        )


class Piece(Sent, frozen=True, kw_only=True):
    """One box: kg and cm. ``description``: the kind of goods, 15 to 24 (16: consumer goods, no electronics).

    ``piece_id``: its barcode, 12 digits that begin with 20; SPSR gives one where it is empty.
    """

    description: int = 16
    weight: Decimal
    length: Decimal
    width: Decimal
    depth: Decimal
    piece_id: str = ""
    client_barcode: str = ""
    goods: tuple[SubPiece, ...] = ()

    def __post_init__(self) -> None:
        if not 15 <= self.description <= 24:
            raise ValueError("the kind of goods is a number from 15 to 24")
        if self.piece_id and not re.fullmatch(r"20[0-9]{10}", self.piece_id):
            raise ValueError("a piece's barcode has 12 digits and begins with 20")

    def node(self) -> Node:
        attributes = {
            "Description": str(self.description),
            "PieceID": self.piece_id,
            "ClientBarcode": self.client_barcode,
            "Weight": plain(self.weight),
            "Length": plain(self.length),
            "Width": plain(self.width),
            "Depth": plain(self.depth),
        }
        return Node("Piece", attributes, [one.node() for one in self.goods])


class Services(Sent, frozen=True, kw_only=True):
    """Additional services; all off by default. ``return_doc_type``: 0, 1 (checked), 2 (checked, first)."""

    cod: bool = False
    part_delivery: bool = False
    return_doc: bool = False
    return_doc_type: int = 0
    check_contents: bool = False
    verify: bool = False
    try_on: bool = False
    by_hand: bool = False
    evening_delivery: bool = False
    saturday_delivery: bool = False
    paid_by_receiver: bool = False
    agreed_delivery: bool = False
    idc: bool = False

    def node(self) -> Node:
        return Node(
            "AdditionalServices",
            {
                "COD": flag(self.cod),
                "PartDelivery": flag(self.part_delivery),
                "ReturnDoc": flag(self.return_doc),
                "ReturnDocType": str(self.return_doc_type),
                "CheckContents": flag(self.check_contents),
                "Verify": flag(self.verify),
                "TryOn": flag(self.try_on),
                "ByHand": flag(self.by_hand),
                "EveningDelivery": flag(self.evening_delivery),
                "SaturdayDelivery": flag(self.saturday_delivery),
                "PaidByReceiver": flag(self.paid_by_receiver),
                "AgreedDelivery": flag(self.agreed_delivery),
                "IDC": flag(self.idc),
            },
        )


class Invoice(Private, Sent, frozen=True, kw_only=True):
    """An invoice. ``reference`` is our own number (``ShipRefNum``, later ``GCNumber``).

    ``action`` N new, U update of one that is not on its way. ``pick_up`` C a courier comes, W it is brought.
    ``insurance`` INS or VAL with ``insurance_sum`` in roubles: the schema calls INS the assessed and VAL the
    declared value, clients call INS insured. ``delivery_date`` as SPSR takes it (a free text in the schema).
    """

    reference: str
    product: Product
    shipper: Party
    receiver: Party
    pieces: tuple[Piece, ...]
    action: Literal["N", "U"] = "N"
    pick_up: Literal["C", "W"] = "C"
    insurance: Literal["INS", "VAL"] = "VAL"
    insurance_sum: Decimal = Decimal(0)
    cod_goods_sum: Decimal = Decimal(0)
    cod_delivery_sum: Decimal = Decimal(0)
    description: str = ""
    delivery_date: str = ""
    delivery_time: DeliveryTime = "WD"
    services: Services = Services()
    sms_to_shipper: str = ""
    sms_to_receiver: str = ""

    def __post_init__(self) -> None:
        if not self.reference or not self.pieces:
            raise ValueError("an invoice needs our own number and a piece")
        limit("reference", self.reference, 50)

    def node(self) -> Node:
        attributes = {
            "Action": self.action,
            "ShipRefNum": self.reference,
            "PickUpType": self.pick_up,
            "ProductCode": self.product,
            "FullDescription": self.description,
            "PiecesCount": str(len(self.pieces)),
            "DeliveryDate": self.delivery_date,
            "DeliveryTime": self.delivery_time,
            "InsuranceType": self.insurance,
            "InsuranceSum": plain(self.insurance_sum),
            "CODGoodsSum": plain(self.cod_goods_sum),
            "CODDeliverySum": plain(self.cod_delivery_sum),
        }
        sms = {
            "SMStoShipper": flag(bool(self.sms_to_shipper)),
            "SMSNumberShipper": self.sms_to_shipper,
            "SMStoReceiver": flag(bool(self.sms_to_receiver)),
            "SMSNumberReceiver": self.sms_to_receiver,
        }
        return Node(
            "Invoice",
            attributes,
            [
                self.shipper.node("Shipper"),
                self.receiver.node("Receiver"),
                self.services.node(),
                Node("SMS", sms),
                Node("Pieces", {}, [piece.node() for piece in self.pieces]),
            ],
        )


class Message(Received, frozen=True, kw_only=True):
    """Why an invoice was rejected. ``code``: DUP a duplicate; SUB, CNF, DAT, CHN, EMP, UPR unexplained."""

    code: str = ""
    text: str = ""


class InvoiceResult(Received, frozen=True, kw_only=True):
    """What became of one invoice. ``status``: Created, Updated or Rejected; ``reference`` is ours."""

    status: str
    reference: str = ""
    number: str = ""
    barcodes: tuple[str, ...] = ()
    client_barcodes: tuple[str, ...] = ()
    messages: tuple[Message, ...] = ()

    @property
    def decided(self) -> bool:
        """Made or changed, with its number, or rejected."""
        status = self.status.casefold()
        return status == "rejected" or (status in ("created", "updated") and bool(self.number))


def converter_node(contract: str, invoices: Sequence[Invoice]) -> Node:
    """The body of WAXmlConverter. Raises ValueError for none or more than 500 invoices."""
    if not 0 < len(invoices) <= BATCH_LIMIT:
        raise ValueError(f"one to {BATCH_LIMIT} invoices go into a request")
    general = Node("GeneralInfo", {"ContractNumber": contract}, [one.node() for one in invoices])
    return Node("XmlConverter", {}, [general])


def results_of(root: Element) -> tuple[InvoiceResult, ...]:
    return tuple(
        InvoiceResult(
            status=one.get("Status"),
            reference=one.get("GCNumber"),
            number=one.get("InvoiceNumber"),
            barcodes=tuple(_codes(one.get("Barcodes"))),
            client_barcodes=tuple(_codes(one.get("ClientBarcodes"))),
            messages=tuple(
                Message(code=told.get("MessageCode"), text=told.get("Text"))
                for told in one.children("Message")
            ),
        )
        for one in root.children("Invoice")
    )


def _codes(text: str) -> Iterator[str]:
    """No source says what stands between several barcodes."""
    return (code for code in re.split(r"[\s,;|]+", text) if code)
