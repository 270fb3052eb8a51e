"""The base class of label renderers, and what they are given to draw.

Renderers are pure and synchronous: bytes in, bytes out. What draws the hub's own papers runs in a thread of
the hub. What opens files of vendors (``pages``, ``compose``, ``picture``) runs in a child process, which
imports the class by its module and makes it without arguments: it stands at the top of a module, and
remembers nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import msgspec

from hub.plugin_api.errors import Unsupported
from hub.plugin_api.models import Document, Item, Recipient, Sender


class Paper(StrEnum):
    """The paper in the seller's printer, in millimetres."""

    LABEL_100X150 = "100x150"
    LABEL_75X120 = "75x120"
    LABEL_58X40 = "58x40"
    A4 = "a4"

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
    tracking_number: str
    """Drawn as Code 128 and, with the posting number, as QR."""
    carrier: str
    service: str
    sender: Sender
    recipient: Recipient
    items: tuple[Item, ...] = ()
    weight_g: int
    parcel: int = 1
    parcels: int = 1
    note: str = ""


class SlipContent(msgspec.Struct, frozen=True, kw_only=True):
    """One packing slip: what goes into the box, in the seller's languages."""

    posting_number: str
    seller: str
    carrier: str
    ship_by: datetime | None
    time_zone: str
    items: tuple[Item, ...]
    note: str = ""


class HandoverLine(msgspec.Struct, frozen=True, kw_only=True):
    """One posting on the hand-over sheet."""

    posting_number: str
    tracking_number: str
    weight_g: int | None
    boxes: int


class HandoverSheet(msgspec.Struct, frozen=True, kw_only=True):
    """What is handed over to one carrier at one time, to be signed."""

    title: str
    seller: str
    carrier: str
    time: datetime
    time_zone: str
    lines: tuple[HandoverLine, ...]
    code: str = ""
    """Shown as a barcode at the drop-off, where the marketplace gives one."""


class LabelPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a page of a label file shows. ``codes``: every barcode that could be read, as text."""

    index: int
    width_mm: float
    height_mm: float
    codes: frozenset[str]
    look: str = ""
    """The same for two pages that look the same, a hash of the pixels for one; empty where it is not known:
    then pages of one file that show the same codes count as one page."""
    blank: bool = False
    """Nothing is on it."""


class PageRef(msgspec.Struct, frozen=True):
    """One page of one file, to be put onto a sheet."""

    content: bytes
    media_type: str
    index: int = 0

    def __repr__(self) -> str:
        return f"PageRef({self.media_type}, page {self.index})"


class LabelRenderer:
    """Draws labels, slips and sheets; reads barcodes back; composes files of one paper size."""

    code: ClassVar[str]
    title: ClassVar[str]
    media_types: ClassVar[tuple[str, ...]] = ("application/pdf",)

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
            code="unsupported.draws_no_hand_over",
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

    def compose(self, pages: Sequence[PageRef], paper: Paper) -> Document:
        """One file of one paper size: each page placed whole, never cut, never enlarged beyond it."""
        raise Unsupported(
            "{title} composes no files", code="unsupported.composes_no_files", values={"title": self.title}
        )

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
]
