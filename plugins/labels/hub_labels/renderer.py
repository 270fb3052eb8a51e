"""The renderer that the hub sees. Everything heavy is imported inside the methods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from hub import (
    Document,
    HandoverSheet,
    LabelContent,
    LabelPage,
    LabelRenderer,
    PageRef,
    Paper,
    SlipContent,
)


class ParcelLabels(LabelRenderer):
    """Black and white, made for thermal printers of 203 dpi. Drawing is safe in several threads; what opens
    files (``pages``, ``compose``, ``picture``) is for one at a time, and the hub calls it in a process of its
    own."""

    code: ClassVar[str] = "labels"
    title: ClassVar[str] = "Parcel labels"
    media_types: ClassVar[tuple[str, ...]] = ("application/pdf", "image/png")

    def labels(self, labels: Sequence[LabelContent], paper: Paper) -> Document:
        """One page per label, in order.

        Text that does not fit is cut with an ellipsis, and the label says so. A tracking number that
        Code 128 cannot carry (not ASCII, or too long for modules of two dots) stands as QR and text only.
        """
        from hub_labels.label import draw_label
        from hub_labels.sheet import Book

        with Book("Shipping labels") as book:
            for label in labels:
                draw_label(book, label, paper)
        return Document(
            content=book.pdf,
            media_type="application/pdf",
            covers=tuple(label.posting_number for label in labels),
        )

    def packing_slips(self, slips: Sequence[SlipContent], paper: Paper) -> Document:
        """As many pages as the items need, every one with the QR code of its posting."""
        from hub_labels.sheet import Book
        from hub_labels.slip import draw_slip

        covers: list[str] = []
        with Book("Packing slips") as book:
            for slip in slips:
                covers += [slip.posting_number] * draw_slip(book, slip, paper)
        return Document(content=book.pdf, media_type="application/pdf", covers=tuple(covers))

    def handover(self, sheets: Sequence[HandoverSheet]) -> Document:
        """Sheets on A4 with the lines, the totals and places to sign."""
        from hub_labels.handover import draw_handover
        from hub_labels.sheet import Book

        with Book("Hand-over") as book:
            for sheet in sheets:
                draw_handover(book, sheet)
        return Document(
            content=book.pdf,
            media_type="application/pdf",
            covers=tuple(line.posting_number for sheet in sheets for line in sheet.lines),
        )

    def pages(self, document: Document) -> Iterator[LabelPage]:
        """Every page, one after another, with its size as a person sees it (rotation counted) and the codes
        on it.

        ``codes`` has a symbol's text line by line, and the words of a line too where it has several: the
        hub's own QR code is one line, "tracking number, space, posting number".
        Raises BadReply on a file that is neither a readable PDF nor a PNG, is protected with a password,
        or is larger than a label file can be.
        """
        from hub_labels.reading import read_pages

        yield from read_pages(document.content)

    def compose(self, pages: Sequence[PageRef], paper: Paper, start: int = 1) -> Document:
        """One page of ``paper`` per entry, in order, as vectors; on A4 two or four on a sheet where they fit,
        the first one at its place ``start``.

        A page that is larger than the paper is turned where it then fits better, and made smaller only
        where it must be. Raises BadReply as ``pages`` does, and on a page that the file does not have.
        """
        from hub_labels.composing import compose_pages

        return Document(content=compose_pages(pages, paper, start), media_type="application/pdf")

    def module_dots(
        self, pages: Sequence[PageRef], paper: Paper, dots_per_inch: int = 203
    ) -> Sequence[float | None]:
        """Measured on the page, and read back from the page in the printer's dots. Raises BadReply as
        ``compose`` does."""
        from hub_labels.legible import module_dots

        return module_dots(pages, paper, dots_per_inch)

    def picture(self, page: PageRef, dots_per_inch: int = 110) -> bytes:
        """A PNG of one page, at most 16 million pixels. Raises BadReply as ``compose`` does."""
        from hub_labels.composing import picture_of

        return picture_of(page, dots_per_inch)


__all__ = ["ParcelLabels"]
