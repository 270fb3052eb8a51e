"""Old SPSR shipments in imported data, read without any service: saved answers and tables of events."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import msgspec
import spsr_api
from hub import BadReply, Stage, TrackingEvent

from hub_spsr.events import events, kind_of

_NAMES = re.compile(r"\b(spsr|cpcr|спср)\b", re.IGNORECASE)
_PIECE = re.compile(r"20[0-9]{10}")
_SIZE_LIMIT = 16 * 1024 * 1024
_COLUMNS = {
    "number": ("invoicenumber", "shipmentnumber", "number"),
    "date": ("date",),
    "name": ("eventname",),
    "city": ("city",),
    "letters": ("eventstrcode",),
    "code": ("eventnumcode", "eventcode"),
}
_STATES = {"доставлено": Stage.DELIVERED, "обработка": Stage.IN_TRANSIT}


class ImportedShipment(msgspec.Struct, frozen=True, kw_only=True):
    """An old shipment. ``stage`` is None where nothing tells it; ``state`` is SPSR's own word.

    "Не доставлено" has no stage: it may mean lost, returned or refused.
    """

    number: str
    reference: str = ""
    state: str = ""
    stage: Stage | None = None
    barcodes: tuple[str, ...] = ()
    events: tuple[TrackingEvent, ...] = ()

    def __repr__(self) -> str:
        return f"ImportedShipment({self.number!r}, {self.stage})"


def recognised(number: str, carrier: str = "") -> bool:
    """Whether this was an SPSR parcel: by the carrier's name, or by a piece's barcode (12 digits from 20).

    The form of invoice numbers is not known, so a bare one is never recognised by itself.
    """
    return bool(_NAMES.search(carrier)) or bool(_PIECE.fullmatch(number.strip()))


def read_saved(content: bytes) -> tuple[ImportedShipment, ...]:
    """The shipments of a saved answer (WAGetInvoiceInfo, WAMonitorInvoiceInfo) or of a CSV of events with
    SPSR's column names. Raises BadReply for anything else."""
    if len(content) > _SIZE_LIMIT:
        raise BadReply("the file is too large", code="bad_reply.file_too_large")
    if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        try:
            root = spsr_api.parse(content)
        except spsr_api.BadAnswer as error:
            raise BadReply(
                "not a saved answer of SPSR: {error}",
                code="bad_reply.not_saved_answer",
                values={"error": error},
            ) from error
        return tuple(_saved(root))
    return tuple(_table(content))


def _saved(root: spsr_api.Element) -> Iterator[ImportedShipment]:
    for info in spsr_api.infos_of(root):
        yield ImportedShipment(
            number=info.number,
            reference=info.reference,
            state=info.state,
            stage=_STATES.get(info.state.casefold()),
            barcodes=tuple(piece.piece_id for piece in info.pieces if piece.piece_id),
        )
    for invoice in spsr_api.monitoring_of(root).invoices:
        yield _told(invoice.number, invoice.events)


def _table(content: bytes) -> Iterator[ImportedShipment]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251", "replace")
    head = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in head else ",")
    names = {(name or "").strip().casefold(): name for name in reader.fieldnames or ()}
    columns = {
        meaning: next((names[one] for one in known if one in names), None)
        for meaning, known in _COLUMNS.items()
    }
    if not columns["number"] or not columns["date"] or not (columns["code"] or columns["letters"]):
        raise BadReply(
            "no columns InvoiceNumber, Date and EventNumCode (or EventStrCode)",
            code="bad_reply.no_columns_invoicenumber_date_eventnumcode",
        )
    rows: dict[str, list[spsr_api.Event]] = {}
    try:
        for row in reader:
            given = {
                meaning: (row.get(name) or "").strip() if name else "" for meaning, name in columns.items()
            }
            rows.setdefault(given["number"], []).append(
                spsr_api.Event(
                    time=spsr_api.time_of(given["date"]),
                    name=given["name"],
                    city=given["city"],
                    number_code=given["code"],
                    letter_code=given["letters"],
                )
            )
    except csv.Error as error:
        raise BadReply(
            "the table cannot be read: {error}", code="bad_reply.table_cannot_read", values={"error": error}
        ) from error
    for number, told in rows.items():
        if number:
            yield _told(number, tuple(told))


def _told(number: str, told: tuple[spsr_api.Event, ...]) -> ImportedShipment:
    known = events(told)
    delivered = any(str(event.kind) == "handed_over" for event in known)
    moved = any(kind_of(event.code) is not None for event in known)
    return ImportedShipment(
        number=number,
        stage=Stage.DELIVERED if delivered else Stage.IN_TRANSIT if moved else None,
        events=known,
    )
