"""The base class of label renderers, and what they are given to draw.

Renderers are pure and synchronous: bytes in, bytes out. What draws the hub's own papers runs in a thread of
the hub. What opens files of vendors (``pages``, ``compose``, ``picture``) runs in a child process, which
imports the class by its module and makes it without arguments: it stands at the top of a module, and
remembers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import msgspec

from hub.plugin_api.errors import Unsupported
from hub.plugin_api.models import Document, Item, Recipient, Sender

_LAST = re.compile(r"\d(?:[^\dA-Za-z]?\d){0,3}(?=\D*$)")


def last_digits(number: str) -> str:
    """The end of a parcel's number that people compare, up to four digits: ``6785`` of ``RB123456785RU``,
    ``894-1`` of ``46462446-9894-1``; nothing where it has no digits."""
    found = _LAST.search(number)
    return found[0] if found else ""


class Paper(StrEnum):
    """The paper in the seller's printer, in millimetres."""

    LABEL_100X150 = "100x150"
    """The usual label printer's."""
    LABEL_75X120 = "75x120"
    """A smaller one."""
    LABEL_58X40 = "58x40"
    """The smallest: number, codes, and who."""
    A4 = "a4"
    """An office printer's."""

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height."""
        if self is Paper.A4:
            return (210.0, 297.0)
        width, height = self.value.split("x")
        return (float(width), float(height))


class LabelContent(msgspec.Struct, frozen=True, kw_only=True):
    """One label of the hub's own, for a shipment whose carrier gives none."""

    posting_number: str
    """The marketplace's number."""
    tracking_number: str
    """Drawn as Code 128 and, with the posting number, as QR."""
    carrier: str
    """The carrier's title."""
    service: str
    """The service's name."""
    sender: Sender
    """The seller."""
    recipient: Recipient
    """The buyer."""
    items: tuple[Item, ...] = ()
    """What lies in the box."""
    weight_g: int
    """Of the box."""
    parcel: int = 1
    """Which box, from 1."""
    parcels: int = 1
    """Of how many."""
    note: str = ""
    """`Carrier.label_note`."""


class SlipContent(msgspec.Struct, frozen=True, kw_only=True):
    """One packing slip: what goes into the box, in the seller's language, and in Russian for the buyer."""

    posting_number: str
    """The marketplace's number, printed as a QR code too."""
    seller: str
    """Who packs."""
    carrier: str
    """Who takes it: the carrier's title."""
    ship_by: datetime | None
    """Until when, aware."""
    time_zone: str
    """In which it is printed, an IANA name."""
    items: tuple[Item, ...]
    """What goes into the box."""
    note: str = ""
    """A sentence for the packer."""
    tracking_number: str = ""
    """What the parcel's label shows; empty where there is none yet, or the marketplace's is on it."""
    service: str = ""
    """The service's name, as it stands on the label."""
    language: str = ""
    """The seller's, beside Russian; empty: Chinese."""


class HandoverLine(msgspec.Struct, frozen=True, kw_only=True):
    """One posting on the hand-over sheet."""

    posting_number: str
    """The marketplace's number."""
    tracking_number: str
    """What the carrier's people scan."""
    weight_g: int | None
    """Of all boxes; None: not known."""
    boxes: int
    """How many."""


class HandoverSheet(msgspec.Struct, frozen=True, kw_only=True):
    """What is handed over to one carrier at one time, to be signed."""

    title: str
    """The heading."""
    seller: str
    """Who hands over."""
    carrier: str
    """Who takes it."""
    time: datetime
    """When, aware."""
    time_zone: str
    """In which it is printed, an IANA name."""
    lines: tuple[HandoverLine, ...]
    """What is handed over."""
    code: str = ""
    """Shown as a barcode at the drop-off, where the marketplace gives one."""
    number: str = ""
    """The hub's own number of the hand-over: by it the sheet is printed again."""
    language: str = ""
    """The seller's, beside Russian; empty: Chinese."""
    note: str = ""
    """What the sheet lacks, in the seller's language: the carrier has not been told yet, for example."""


class LabelPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a page of a label file shows. ``codes``: every barcode that could be read, as text."""

    index: int
    """From 0 within the file."""
    width_mm: float
    """Of the page."""
    height_mm: float
    """Of the page."""
    codes: frozenset[str]
    """The texts of all barcodes that could be read."""
    look: str = ""
    """The same for two pages that look the same, a hash of the pixels for one; empty where it is not known:
    then pages of one file that show the same codes count as one page."""
    blank: bool = False
    """Nothing is on it."""


class PageRef(msgspec.Struct, frozen=True):
    """One page of one file, to be put onto a sheet."""

    content: bytes
    """The file."""
    media_type: str
    """Its kind."""
    index: int = 0
    """The page, from 0."""

    def __repr__(self) -> str:
        return f"PageRef({self.media_type}, page {self.index})"


class LabelRenderer:
    """Draws labels, slips and sheets; reads barcodes back; composes files of one paper size."""

    code: ClassVar[str]
    """lower_snake; one renderer has it."""
    title: ClassVar[str]
    """For people."""
    media_types: ClassVar[tuple[str, ...]] = ("application/pdf",)
    """The kinds of files that it opens."""

    def labels(self, labels: Sequence[LabelContent], paper: Paper) -> Document:
        """One page per label, in order. ``covers`` has the posting numbers."""
        raise Unsupported(
            "{title} draws no labels", code="unsupported.draws_no_labels", values={"title": self.title}
        )

    def packing_slips(self, slips: Sequence[SlipContent], paper: Paper) -> Document:
        """One slip or more pages per posting, with a QR code of the posting number."""
        raise Unsupported(
            "{title} draws no packing slips",
            code="unsupported.draws_no_packing_slips",
            values={"title": self.title},
        )

    def handover(self, sheets: Sequence[HandoverSheet]) -> Document:
        """Sheets on A4, to be signed."""
        raise Unsupported(
            "{title} draws no hand-over sheets",
            code="unsupported.draws_no_hand_over_sheets",
            values={"title": self.title},
        )

    def pages(self, document: Document) -> Iterable[LabelPage]:
        """Every page with its size and the codes on it. Raises BadReply on a file that is no label.

        Yield one page after another: then each may take two seconds of CPU time, and the file sixty. A list
        has twenty for everything.
        """
        raise Unsupported(
            "{title} reads no labels", code="unsupported.reads_no_labels", values={"title": self.title}
        )

    def compose(self, pages: Sequence[PageRef], paper: Paper, start: int = 1) -> Document:
        """One file of one paper size: each page placed whole, never cut, never enlarged beyond it; several
        on a sheet of A4 where they fit.

        ``start``: the first free place of the first sheet, from 1, row by row; only A4 has several. A
        renderer without it is asked only for what begins at the first.
        """
        raise Unsupported(
            "{title} composes no files", code="unsupported.composes_no_files", values={"title": self.title}
        )

    def module_dots(
        self, pages: Sequence[PageRef], paper: Paper, dots_per_inch: int = 203
    ) -> Sequence[float | None]:
        """Of each page the width of its least barcode module in dots of such a printer, once it is composed
        onto this paper; 0 where a code could not be read any more. None where nothing is lost: the page
        keeps its size, or shows no codes. Without an implementation nothing is known, and nothing refused.
        """
        return [None] * len(pages)

    def picture(self, page: PageRef, dots_per_inch: int = 110) -> bytes:
        """A PNG of one page."""
        raise Unsupported(
            "{title} makes no pictures", code="unsupported.makes_no_pictures", values={"title": self.title}
        )


__all__ = [
    "HandoverLine",
    "HandoverSheet",
    "LabelContent",
    "LabelPage",
    "LabelRenderer",
    "PageRef",
    "Paper",
    "SlipContent",
    "last_digits",
]
