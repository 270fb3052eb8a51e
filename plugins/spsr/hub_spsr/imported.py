"""Old SPSR shipments in imported data, read without any service: saved answers and tables of events."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec
import spsr_api
from hub import BadReply, Column, CsvTable, Rejected, Stage, TrackingEvent, open_table, said

from hub_spsr.events import events, kind_of

_NAMES = re.compile(r"\b(spsr|cpcr|спср)\b", re.IGNORECASE)
_PIECE = re.compile(r"20[0-9]{10}")
_SIZE_LIMIT = 16 * 1024 * 1024
_COLUMNS = (
    Column("number", also=("InvoiceNumber", "ShipmentNumber")),
    Column("date"),
    Column("name", also=("EventName",)),
    Column("city"),
    Column("letters", also=("EventStrCode",)),
    Column("code", also=("EventNumCode", "EventCode")),
)
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


class Saved(NamedTuple):
    """What a file holds."""

    shipments: tuple[ImportedShipment, ...]
    unread: tuple[tuple[int, str], ...] = ()
    """Of a table, the lines that cannot be read, with why."""


def read_saved(content: bytes) -> tuple[ImportedShipment, ...]:
    """The shipments of a file, as `read_file` does; a line that cannot be read is left out."""
    return read_file(content).shipments


def read_file(content: bytes) -> Saved:
    """The shipments of a saved answer (WAGetInvoiceInfo, WAMonitorInvoiceInfo) or of a table of
    events (CSV, Excel) with SPSR's column names. Raises BadReply for anything else."""
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
        return Saved(tuple(_saved(root)))
    return _table(content)


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


def _table(content: bytes) -> Saved:
    try:
        table = open_table(content, _COLUMNS, {}, others=True)
        lines, unread = _readable(table)
    except Rejected as error:
        raise BadReply(
            "the table cannot be read: {error}",
            code="bad_reply.table_cannot_read",
            values={"error": error.said},
        ) from error
    known = set(table.columns)
    if not {"number", "date"} <= known or not {"code", "letters"} & known:
        raise BadReply(
            "no columns InvoiceNumber, Date and EventNumCode (or EventStrCode)",
            code="bad_reply.no_columns_invoicenumber_date_eventnumcode",
        )
    rows: dict[str, list[spsr_api.Event]] = {}
    for line, cells in lines:
        event = spsr_api.Event(
            time=spsr_api.time_of(cells["date"]),
            name=cells.get("name", ""),
            city=cells.get("city", ""),
            number_code=cells.get("code", ""),
            letter_code=cells.get("letters", ""),
        )
        number = cells["number"]
        if not number:
            why = said("{name}: it is empty", code="table.empty", values={"name": table.called("number")})
            unread.append((line, why))
            continue
        if event.time is None:
            values = {"name": table.called("date"), "date": cells["date"]}
            unread.append((line, said("{name}: '{date}' is no time", code="table.no_time", values=values)))
        rows.setdefault(number, []).append(event)
    shipments = tuple(_told(number, tuple(told)) for number, told in rows.items())
    return Saved(shipments, tuple(sorted(unread)))


def _readable(table: CsvTable) -> tuple[list[tuple[int, dict[str, str]]], list[tuple[int, str]]]:
    """The lines, and those that cannot be read. Raises BadReply where none of them all can be."""
    found: list[tuple[int, dict[str, str]]] = []
    wrong: list[tuple[int, str]] = []
    for number, cells in table.lines:
        if isinstance(cells, str):
            wrong.append((number, cells))
        else:
            found.append((number, cells))
    if wrong and not found:
        raise BadReply(
            "the table cannot be read: {error}",
            code="bad_reply.table_cannot_read",
            values={"error": wrong[-1][1]},
        )
    return found, wrong


def _told(number: str, told: tuple[spsr_api.Event, ...]) -> ImportedShipment:
    known = events(told)
    delivered = any(str(event.kind) == "handed_over" for event in known)
    moved = any(kind_of(event.code) is not None for event in known)
    return ImportedShipment(
        number=number,
        stage=Stage.DELIVERED if delivered else Stage.IN_TRANSIT if moved else None,
        events=known,
    )
