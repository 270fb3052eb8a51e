"""Invoices: taken in, shown, moved."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from random import Random
from typing import Any

from vendor_emulators.schedule import Schedule
from vendor_emulators.spsr import checks, places
from vendor_emulators.spsr.documents import Answer, Question, Refused, add, answer, local
from vendor_emulators.spsr.model import (
    ACCEPTED,
    DELIVERED,
    NOT_DELIVERED,
    ROADS,
    UNDERWAY,
    Event,
    Invoice,
    Piece,
    stamp,
)

Hidden = Callable[[Invoice], bool]


class Rejected(Exception):
    """An invoice that is refused inside a good answer."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


class Invoices:
    """All invoices by SPSR's number."""

    def __init__(self, schedule: Schedule, random: Random) -> None:
        self._schedule = schedule
        self._random = random
        self._next = 330_000_000_001
        self._next_piece = 200_000_000_001
        self.all: dict[str, Invoice] = {}
        self.posted = 0
        self.duplicates_refused = 0

    # --- WAXmlConverter ---------------------------------------------------------------------------

    def convert(self, question: Question, check_contract: Callable[[str], None], spoil: str) -> Answer:
        """Every invoice on its own. ``spoil``: the code of a rejection that was ordered."""
        converter = question.element("XmlConverter")
        general = next((node for node in converter if local(node) == "GeneralInfo"), None)
        if general is None:
            raise Refused(5, "XmlConverter/GeneralInfo")
        checks.check(general)
        check_contract(str(general.get("ContractNumber")))
        root = answer(question.namespace)
        for node in general:
            self.posted += 1
            reference = str(node.get("ShipRefNum", ""))
            try:
                if spoil:
                    raise Rejected(spoil, "Отклонено")
                status, invoice = self._take(node, reference)
            except Rejected as rejected:
                told = add(root, "Invoice", {"Status": "Rejected", "GCNumber": reference})
                add(told, "Message", {"MessageCode": rejected.code, "Text": rejected.text})
                continue
            add(
                root,
                "Invoice",
                {
                    "Status": status,
                    "GCNumber": reference,
                    "InvoiceNumber": invoice.number,
                    "Barcodes": ",".join(piece.barcode for piece in invoice.pieces),
                    "ClientBarcodes": ",".join(
                        code for piece in invoice.pieces if (code := piece.asked.get("ClientBarcode"))
                    ),
                },
            )
        return root

    def _take(self, node: Any, reference: str) -> tuple[str, Invoice]:
        parts = {local(child): child for child in node}
        receiver = dict(parts["Receiver"].attrib)
        shipper = dict(parts["Shipper"].attrib) if "Shipper" in parts else {}
        for party in filter(None, (receiver, shipper)):
            city = places.find(party["City"], party.get("Region", ""))
            if city is None or not city.served:
                raise Rejected("CNF", "Город не найден")
        boxes = list(parts["Pieces"])
        if int(node.get("PiecesCount")) != len(boxes):
            raise Rejected("UPR", "Число мест не сходится")
        asked, known = dict(node.attrib), self.of_reference(reference) if reference else None
        if asked["Action"] == "N" and known is not None:
            known.posted += 1
            self.duplicates_refused += 1
            raise Rejected("DUP", "Накладная уже существует")
        if asked["Action"] == "U" and (known is None or known.events):
            raise Rejected("UPR", "Изменить эту накладную нельзя")
        pieces = [Piece(box.get("PieceID") or self._barcode(), dict(box.attrib)) for box in boxes]
        if known is not None:
            known.asked, known.shipper, known.receiver, known.pieces = asked, shipper, receiver, pieces
            return "Updated", known
        invoice = Invoice(str(self._next), reference, self._schedule.now(), asked, shipper, receiver, pieces)
        self._next += 1
        self.all[invoice.number] = invoice
        return "Created", invoice

    def _barcode(self) -> str:
        self._next_piece += 1
        return str(self._next_piece)

    # --- WAGetInvoiceInfo and WAMonitorInvoiceInfo ------------------------------------------------

    def info(self, question: Question, hidden: Hidden) -> Answer:
        """Raises Refused(1059) where one of those that are asked for is not there."""
        root = answer(question.namespace)
        listed = add(root, "GetInvoiceInfo")
        asked = question.all("InvoiceInfo")
        if not asked:
            raise Refused(4, "InvoiceInfo")
        for node in asked:
            invoice = self._asked(node)
            if invoice is None or hidden(invoice):
                raise Refused(1059)
            self._show(listed, invoice)
        return root

    def _show(self, listed: Answer, invoice: Invoice) -> None:
        asked = invoice.asked
        value = asked.get("InsuranceSum", "0")
        insured = asked["InsuranceType"] == "INS"
        done = next((event for event in invoice.events if event.number_code == ROADS[-1][0]), None)
        shown = add(
            listed,
            "Invoice",
            {
                "ContractNumber": "",
                "Action": "R",
                "ShipmentNumber": invoice.number,
                "ShipRefNum": invoice.reference,
                "PickUpType": asked.get("PickUpType", "C"),
                "ProductCode": asked.get("ProductCode", "PelSt"),
                "FullDescription": asked.get("FullDescription", ""),
                "InsuranceSum": value if insured else "0",
                "DeclaredSum": "0" if insured else value,
                "CODGoodsSum": asked.get("CODGoodsSum", "0"),
                "CODDeliverySum": asked.get("CODDeliverySum", "0"),
                "OrderNumber": invoice.courier_order,
                "CurState": invoice.state,
                "DeliveryDT": stamp(done.at) if done else "",
                "AgreedDate": "",
            },
        )
        names = ("PostCode", "Region", "City", "Address", "CompanyName", "ContactName", "Phone")
        for tag, party, more in (
            ("Shipper", invoice.shipper, ()),
            ("Receiver", invoice.receiver, ("Comment", "ConsigneeCollect")),
        ):
            told = {name: party.get(name, "") for name in (*names, *more)}
            add(shown, tag, {**told, "Country": party.get("Country", "Россия")})
        add(shown, "SMS", {"SMSNumberShipper": "", "SMSNumberReceiver": ""})
        boxes = add(shown, "Pieces")
        for piece in invoice.pieces:
            said = {name: piece.asked.get(name, "0") for name in ("Weight", "Length", "Width", "Depth")}
            add(
                boxes,
                "Piece",
                {
                    "PieceID": piece.barcode,
                    "Description": piece.asked.get("Description", ""),
                    **said,
                    "ClientWeight": said["Weight"],
                    "Quantity": "1",
                },
            )

    def monitoring(self, question: Question, hidden: Hidden) -> Answer:
        asked = list(question.element("Monitoring"))
        root = answer(question.namespace)
        found = [(node, self._asked(node)) for node in asked]
        invoices = add(root, "Invoices")
        missing = []
        for node, invoice in found:
            if invoice is None or hidden(invoice):
                missing.append(node)
                continue
            shown = add(
                invoices,
                "Invoice",
                {
                    "ID": invoice.number[-6:],
                    "Owner_ID": "0",
                    "InvoiceNumber": invoice.number,
                    "PaymentType": "2",
                },
            )
            events = add(shown, "events")
            for event in invoice.events:
                add(events, "event", _event(event, invoice))
        lost = add(root, "NotFound")
        for node in missing:
            text = "Накладная не найдена"
            given = {"InvoiceNumber": node.get("InvoiceNumber", ""), "ErrorCode": "1"}
            add(lost, "Invoice", {**given, "ErrorMessage": text, "ErrorMessageRU": text})
        return root

    def _asked(self, node: Any) -> Invoice | None:
        if number := node.get("InvoiceNumber"):
            return self.all.get(number)
        if reference := node.get("GCInvoiceNumber"):
            return self.of_reference(reference)
        if barcode := node.get("BarCode"):
            owners = (one for one in self.all.values() if barcode in [p.barcode for p in one.pieces])
            return next(owners, None)
        raise Refused(1058)

    def of_reference(self, reference: str) -> Invoice | None:
        return next((one for one in self.all.values() if one.reference == reference), None)

    # --- the parcel's way -------------------------------------------------------------------------

    def drop_off(self, numbers: Iterable[str]) -> tuple[list[str], list[str]]:
        """Parcels are brought, or fetched; which were taken, and which not (unknown, or on their way)."""
        taken, refused = [], []
        for number in numbers:
            invoice = self.all.get(number) or self.of_reference(number)
            if invoice is None or invoice.events:
                refused.append(number)
                continue
            self.tell(invoice, *ACCEPTED, city=invoice.shipper.get("City", "Москва"))
            self._later(invoice, 0)
            taken.append(number)
        return taken, refused

    def tell(self, invoice: Invoice, code: int, letters: str, text: str, *, city: str) -> None:
        """An event happens now."""
        invoice.events.append(Event(self._schedule.now(), code, letters, text, city))
        if code == ROADS[-1][0]:
            invoice.state = DELIVERED

    def fail(self, invoice: Invoice, code: int, text: str) -> None:
        """The delivery fails for good: nothing moves any more."""
        self.tell(invoice, code, "", text, city=invoice.receiver["City"])
        invoice.state = NOT_DELIVERED

    def _later(self, invoice: Invoice, step: int) -> None:
        if step == len(ROADS):
            return
        code, letters, text, earliest, latest = ROADS[step]

        def move() -> None:
            if invoice.state != UNDERWAY:
                return
            city = invoice.shipper.get("City", "Москва") if step == 0 else invoice.receiver["City"]
            self.tell(invoice, code, letters, text, city=city)
            self._later(invoice, step + 1)

        self._schedule.at(
            self._schedule.now() + timedelta(hours=self._random.uniform(earliest, latest)), move
        )


def _event(event: Event, invoice: Invoice) -> dict[str, str]:
    delivered = event.number_code == ROADS[-1][0]
    return {
        "Date": stamp(event.at),
        "EventName": event.text,
        "City": event.city,
        "EventStrCode": event.letter_code,
        "EventNumCode": str(event.number_code),
        "DeliveryNumCode": "0",
        "Cosignee": invoice.receiver.get("ContactName", "") if delivered else "",
    }
