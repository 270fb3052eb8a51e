"""What the paper does to a label's barcodes, before anything is printed: one that a scanner would not read is
refused with the papers that work, and one that gets fine is warned of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from hub.flow.documents import opening
from hub.plugin_api.labels import Paper
from hub.store import rows
from hub.words import Sentence, said

if TYPE_CHECKING:
    from hub.flow.app import App

LEAST_DOTS, SAFE_DOTS = 2.5, 3.0
"""Of a barcode's module: below the first a print of middling quality does not read, from the second on it
does at every one that was measured."""
LABEL_DPI, OFFICE_DPI = 203, 300
_TRIED = 4  # labels, of those that are too small, that other papers are tried with
_Page = tuple[str, int]


class Fit(NamedTuple):
    """By posting: why it is refused, and what has to be said of one that is printed."""

    refused: dict[str, Sentence]
    told: dict[str, Sentence]


def printer_dpi(paper: Paper, dpi: int | None) -> int:
    """The dots an inch of the printer, where they are not named: of the usual one for this paper."""
    return dpi or (OFFICE_DPI if paper is Paper.A4 else LABEL_DPI)


async def fit(
    app: App,
    files: opening.Files,
    labels: Sequence[tuple[rows.PostingRow, Sequence[rows.DocumentRow]]],
    paper: Paper,
    dpi: int | None,
) -> Fit:
    """How the labels fare on this paper."""
    pages = {row.id: [(one.file_id, one.page) for one in label] for row, label in labels}
    seller = labels[0][0].seller
    every = [page for label in pages.values() for page in label]
    dots = await opening.module_dots(app, files, every, paper, printer_dpi(paper, dpi), seller)
    least = {
        posting_id: min(known) if (known := _known(dots[page] for page in label)) else SAFE_DOTS
        for posting_id, label in pages.items()
    }
    small = [posting_id for posting_id, least_dots in least.items() if least_dots < LEAST_DOTS]
    papers = await _others(app, files, [pages[one] for one in small], paper, dpi, seller)
    refused = {one: _refusal(paper, printer_dpi(paper, dpi), papers) for one in small}
    told = {one: _warning(paper) for one, dots in least.items() if LEAST_DOTS <= dots < SAFE_DOTS}
    return Fit(refused, told)


def _known(dots: Iterable[float | None]) -> list[float]:
    return [one for one in dots if one is not None]


async def _others(
    app: App,
    files: opening.Files,
    small: Sequence[Sequence[_Page]],
    paper: Paper,
    dpi: int | None,
    seller: str,
) -> list[Paper]:
    """The papers on which these labels read."""
    tried = [page for label in small[:: max(1, len(small) // _TRIED)][:_TRIED] for page in label]
    if not tried:
        return []
    found = []
    for other in Paper:
        if other is not paper:
            dots = await opening.module_dots(app, files, tried, other, printer_dpi(other, dpi), seller)
            if all(one >= LEAST_DOTS for one in _known(dots.values())):
                found.append(other)
    return found


def _refusal(paper: Paper, dpi: int, papers: Sequence[Paper]) -> Sentence:
    values = {"paper": paper.value, "dpi": dpi, "papers": ", ".join(one.value for one in papers)}
    return said(
        "on paper {paper} at {dpi} dpi no scanner would read its barcode[; it reads on {papers}: --paper]",
        code="label.paper_too_small",
        values=values,
    )


def _warning(paper: Paper) -> Sentence:
    return said(
        "its barcode gets fine on paper {paper}: scan one before you print all",
        code="label.barcode_gets_fine",
        values={"paper": paper.value},
    )


__all__ = ["LABEL_DPI", "LEAST_DOTS", "OFFICE_DPI", "SAFE_DOTS", "Fit", "fit", "printer_dpi"]
