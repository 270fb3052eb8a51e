"""What XmlConverter_13.xsd of 2015 demands of an invoice, as rules by element. Answered with code 5."""

import re
from typing import Any

from vendor_emulators.spsr.documents import Refused, local

_ANY = r"(?s).*"
_FLAG = "[01]"
_BYTE = r"-?[0-9]{1,3}"
_ID = "[0-9]{1,20}"
_FLOAT = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?"


def _text(longest: int) -> str:
    return f"(?s).{{0,{longest}}}"


_PARTY = {
    "PostCode": "[0-9]{6}",
    "Country": _ANY,
    "Region": _ANY,
    "City": _ANY,
    "Address": _text(100),
    "CompanyName": _text(100),
    "ContactName": _text(60),
    "Email": _text(255),
    "City_ID": _ID,
    "City_Owner_ID": _ID,
}
_RULES: dict[str, dict[str, str]] = {
    "GeneralInfo": {
        "ContractNumber": "[0-9]{10}",
        "TotalShipments": "[0-9]+",
        "TotalInsurance": _FLOAT,
        "TotalDeclared": _FLOAT,
        "TotalCOD": _FLOAT,
        "TotalPieces": "[0-9]+",
        "TotalWeight": _FLOAT,
    },
    "Invoice": {
        "Action": "[NU]",
        "ShipmentNumber": "[0-9]+",
        "ShipRefNum": _text(50),
        "PickUpType": "[WC]",
        "ProductCode": "Dox|Gep1[038]|GepEx|GepIntl|PelSt|PelEc|PelOn|PelIn|BisCa|BisAv|BisSt|BisEc|Freig",
        "CODDeliverySum": _FLOAT,
        "CODGoodsSum": _FLOAT,
        "FullDescription": _ANY,
        "PiecesCount": "[0-9]+",
        "DeliveryDate": _ANY,
        "DeliveryTime": "AM1?|PM[12]?|WD1?",
        "InsuranceType": "VAL|INS",
        "InsuranceSum": _FLOAT,
    },
    "Shipper": {**_PARTY, "Phone": _text(20)},
    "Receiver": {**_PARTY, "Phone": _ANY, "ConsigneeCollect": _ANY, "Comment": _text(100)},
    "CustomerInfo": {f"Info{number}": _text(255) for number in range(1, 8)},
    "AdditionalServices": {
        **dict.fromkeys(
            (
                "COD", "PartDelivery", "ReturnDoc", "CheckContents", "Verify", "TryOn", "ByHand",
                "EveningDelivery", "SaturdayDelivery", "PaidByReceiver", "AgreedDelivery", "IDC",
            ),
            _FLAG,
        ),
        "ReturnDocType": "[012]",
    },
    "SMS": {
        "SMStoShipper": _BYTE,
        "SMSNumberShipper": _ANY,
        "SMStoReceiver": _BYTE,
        "SMSNumberReceiver": _ANY,
    },
    "Pieces": {},
    "Piece": {
        "Description": "1[5-9]|2[0-4]",
        "PieceID": "20[0-9]{10}",
        "ClientBarcode": _text(255),
        "Weight": _FLOAT,
        "Length": _FLOAT,
        "Width": _FLOAT,
        "Depth": _FLOAT,
    },
    "SubPiece": {
        "Description": _text(255),
        "Cost": _FLOAT,
        "ProductCode": _text(255),
        "Info": _text(255),
        "Quantity": "0*[1-9][0-9]*",
    },
}  # fmt: skip
_NEEDED = {
    "GeneralInfo": {"ContractNumber"},
    "Invoice": {"Action", "PiecesCount", "InsuranceType"},
    "Shipper": {"City", "Address"},
    "Receiver": {"City", "Address"},
    "SubPiece": {"Description", "Cost"},
}
# Which children, how many at least and at most.
_CHILDREN: dict[str, dict[str, tuple[int, int]]] = {
    "GeneralInfo": {"Invoice": (1, 500)},
    "Invoice": {
        "Shipper": (0, 1),
        "Receiver": (1, 1),
        "CustomerInfo": (0, 1),
        "AdditionalServices": (0, 1),
        "SMS": (0, 1),
        "Pieces": (1, 1),
    },
    "Pieces": {"Piece": (1, 10**9)},
    "Piece": {"SubPiece": (0, 10**9)},
}


def check(node: Any) -> None:
    """This element and all below it. Raises Refused(5), naming the element and the attribute."""
    name = local(node)
    rules = _RULES[name]
    for attribute, value in node.attrib.items():
        if attribute not in rules or not re.fullmatch(rules[attribute], value):
            raise Refused(5, f"{name}@{attribute}")
    for attribute in _NEEDED.get(name, ()):
        if attribute not in node.attrib:
            raise Refused(5, f"{name}@{attribute}")
    allowed = _CHILDREN.get(name, {})
    counts = dict.fromkeys(allowed, 0)
    for child in node.iterchildren("*"):
        if local(child) not in allowed:
            raise Refused(5, f"{name}/{local(child)}")
        counts[local(child)] += 1
        check(child)
    for child_name, (least, most) in allowed.items():
        if not least <= counts[child_name] <= most:
            raise Refused(5, f"{name}/{child_name}")
