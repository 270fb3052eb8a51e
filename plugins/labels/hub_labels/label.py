"""Which design a paper gets."""

from __future__ import annotations

from hub import LabelContent, Paper

from hub_labels.label_large import LargeLabel
from hub_labels.label_small import SmallLabel
from hub_labels.sheet import Book

_SHEET_MARGIN = 80  # dots
_WIDTH, _HEIGHT = 799, 1198  # dots of 100 x 150 mm


def draw_label(book: Book, label: LabelContent, paper: Paper) -> None:
    """One page. On A4 the label stands in full size in the corner, with a line to cut along."""
    page = book.page(*paper.size_mm)
    if paper is Paper.LABEL_58X40:
        SmallLabel(page, label).draw()
    elif paper is Paper.A4:
        page.shift(_SHEET_MARGIN, _SHEET_MARGIN)
        page.frame(-2, -2, _WIDTH + 4, _HEIGHT + 4)
        LargeLabel(page, label, _WIDTH, _HEIGHT).draw()
    else:
        LargeLabel(page, label, page.width, page.height).draw()
    page.done()


__all__ = ["draw_label"]
