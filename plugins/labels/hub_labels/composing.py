"""Pages of any files onto one paper size, as vectors; and pictures of pages."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from io import BytesIO
from math import sqrt

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]
from hub import BadReply, PageRef, Paper
from PIL import Image, ImageChops

from hub_labels import sheets
from hub_labels.files import (
    MM_PER_INCH,
    POINTS_PER_INCH,
    kind_of,
    load_page,
    open_png,
    opened,
    render,
)
from hub_labels.inert import inert

_DOT = POINTS_PER_INCH / 203
_TURN_GAIN = 1.02  # turning a page must be worth it
_TOLERANCE = 0.75  # points: a page 0.2 mm larger than the paper is not larger
_INK_DPI = 150.0
_INK_MARGIN = 3 / MM_PER_INCH * POINTS_PER_INCH
_MAX_PICTURE_PIXELS = 16_000_000


def compose_pages(pages: Sequence[PageRef], paper: Paper, start: int = 1) -> bytes:
    """One PDF of ``paper`` with every entry on it, in order: a page each, on A4 as many on a sheet as fit.
    ``start``: the first free place of the first sheet. Raises BadReply."""
    wanted: dict[bytes, list[int]] = {}
    for position, page in enumerate(pages):
        wanted.setdefault(page.content, []).append(position)
    if not wanted:
        raise ValueError("a document needs at least one page")
    target = pdfium.PdfDocument.new()
    try:
        order: list[int] = []  # order[i]: which of ``pages`` the target's page i is
        for content, positions in wanted.items():
            indexes = [pages[position].index for position in positions]
            added(target, content, indexes)
            order += positions
        _reorder(target, order)
        if paper is Paper.A4:
            return _saved_as_sheets(target, start)
        width, height = points(paper.size_mm)
        for index in range(len(target)):
            place(target, index, width, height)
        return _saved(target)
    finally:
        target.close()


def _saved_as_sheets(single: pdfium.PdfDocument, start: int) -> bytes:
    """Each page is made one of the cell's size first: then it lies where the sheet has room for it."""
    cells = []
    for index in range(len(single)):
        cell = _cell(single, index)
        place(single, index, *points(cell.size_mm), edges=points(cell.edges_mm))
        cells.append(cell)
    if set(cells) == {sheets.Cell.QUARTER}:
        for _ in range(start - 1):
            single.new_page(*points(sheets.Cell.QUARTER.size_mm), index=0).close()
        # The usual file: so its fonts stay one; sheets of several cells have them once for each label.
        target = pdfium.PdfDocument(
            pdfium_c.FPDF_ImportNPagesToOne(single.raw, *points(Paper.A4.size_mm), 2, 2)
        )
    else:
        target = _of_cells(single, sheets.laid_out(cells, start))
    try:
        return _saved(target)
    finally:
        target.close()


def _cell(document: pdfium.PdfDocument, index: int) -> sheets.Cell:
    page = load_page(document, index)
    try:
        return sheets.cell_of(lambda room: shrunk(page, *points(room)))
    finally:
        page.close()


def _of_cells(
    single: pdfium.PdfDocument, layout: Iterable[list[tuple[int, tuple[float, float]]]]
) -> pdfium.PdfDocument:
    target = pdfium.PdfDocument.new()
    for sheet in layout:
        page = target.new_page(*points(Paper.A4.size_mm))
        for index, at_mm in sheet:
            piece = single.page_as_xobject(index, target)
            lying = piece.as_pageobject()
            lying.set_matrix(pdfium.PdfMatrix().translate(*points(at_mm)))
            page.insert_obj(lying)
            piece.close()
        page.gen_content()
        page.close()
    return target


def _saved(target: pdfium.PdfDocument) -> bytes:
    out = BytesIO()
    target.save(out)
    return inert(out.getvalue())


def points(size_mm: tuple[float, float]) -> tuple[float, float]:
    """Millimetres as points."""
    width, height = (side / MM_PER_INCH * POINTS_PER_INCH for side in size_mm)
    return width, height


def picture_of(reference: PageRef, dots_per_inch: int) -> bytes:
    """A PNG of the page, of at most 16 million pixels. Raises BadReply."""
    if kind_of(reference.content) == "png":
        picture, own = open_png(reference.content)
        _only_page(reference.index)
        scale = min(dots_per_inch / own, 1.0)
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    else:
        with opened(reference.content) as document:
            page = load_page(document, reference.index)
            try:
                width, height = page.get_size()
                most = sqrt(_MAX_PICTURE_PIXELS * POINTS_PER_INCH**2 / (width * height))
                picture = render(page, max(1.0, min(float(dots_per_inch), most)), grey=False)
            finally:
                page.close()
    red, green, blue = (channel.tobytes() for channel in picture.convert("RGB").split())
    if red == green == blue:
        picture = picture.convert("L")
    out = BytesIO()
    picture.save(out, "PNG", dpi=(dots_per_inch, dots_per_inch))
    return out.getvalue()


def added(target: pdfium.PdfDocument, content: bytes, indexes: list[int]) -> None:
    """Put pages of a file at the end of ``target``, as they are. Raises BadReply."""
    if kind_of(content) == "png":
        for index in indexes:
            _add_picture(target, content, index)
    else:
        _add_pages(target, content, indexes)


def _add_pages(target: pdfium.PdfDocument, content: bytes, indexes: list[int]) -> None:
    """All pages of one file in one call: fonts that they share are then copied once."""
    with opened(content) as source:
        for index in sorted(set(indexes)):
            page = load_page(source, index)
            # Stamps and form fields are part of what is seen; only the page's content can be moved.
            if pdfium_c.FPDFPage_GetAnnotCount(page.raw) > 0:
                pdfium_c.FPDFPage_Flatten(page.raw, pdfium_c.FLAT_PRINT)
            while (
                pdfium_c.FPDFPage_GetAnnotCount(page.raw) > 0
            ):  # hidden ones, and what could not be flattened
                if not pdfium_c.FPDFPage_RemoveAnnot(page.raw, 0):
                    break
            page.close()
        target.import_pages(source, indexes)


def _add_picture(target: pdfium.PdfDocument, content: bytes, index: int) -> None:
    _only_page(index)
    picture, dpi = open_png(content)
    width, height = (side / dpi * POINTS_PER_INCH for side in picture.size)
    page = target.new_page(width, height)
    image = pdfium.PdfImage.new(target)
    bitmap = pdfium.PdfBitmap.from_pil(picture.convert("L"))
    image.set_bitmap(bitmap)
    image.set_matrix(pdfium.PdfMatrix().scale(width, height))
    page.insert_obj(image)
    page.gen_content()
    page.close()
    bitmap.close()


def _only_page(index: int) -> None:
    if index != 0:
        raise BadReply(
            "the label file has no page {index}",
            code="bad_reply.label_file_no_page",
            values={"index": index + 1},
        )


def place(
    target: pdfium.PdfDocument,
    index: int,
    paper_width: float,
    paper_height: float,
    edges: tuple[float, float] = (0, 0),
) -> None:
    """Make the page one of the paper's size with its old content on it: whole, centred, at most 100 %, and
    so far from the edges at the sides, and above and below."""
    page = load_page(target, index)
    left, bottom, right, top = _seen(page, paper_width - 2 * edges[0], paper_height - 2 * edges[1])
    matrix = pdfium.PdfMatrix().translate(-left, -bottom)
    matrix, width, height = _turned(matrix, right - left, top - bottom, page.get_rotation())
    room = (paper_width - 2 * edges[0], paper_height - 2 * edges[1])
    if _scale(height, width, *room) > _TURN_GAIN * _scale(width, height, *room):
        matrix, width, height = _turned(matrix, width, height, 90)
    scale = _scale(width, height, *room)
    x = (paper_width - width * scale) / 2
    # Whole dots from the top left corner: bars that were drawn for a 203 dpi printer stay on its raster.
    x = round(x / _DOT) * _DOT
    y = paper_height - height * scale - round((paper_height - height * scale) / 2 / _DOT) * _DOT
    matrix = matrix.scale(scale, scale).translate(x, y)
    visible = pdfium_c.FS_RECTF(x, y + height * scale, x + width * scale, y)
    pdfium_c.FPDFPage_TransFormWithClip(page.raw, ctypes.byref(matrix.to_raw()), ctypes.byref(visible))
    page.set_rotation(0)
    for box in (page.set_mediabox, page.set_cropbox):
        box(0, 0, paper_width, paper_height)
    page.close()


def shrunk(page: pdfium.PdfPage, width: float, height: float) -> float:
    """How much smaller the page gets on a paper of these points: 1 where it keeps its size."""
    left, bottom, right, top = _seen(page, width, height)
    return _best(right - left, top - bottom, width, height)


def _seen(page: pdfium.PdfPage, width: float, height: float) -> tuple[float, float, float, float]:
    """What is put on the paper. White margins are no content where the whole is too large: a label on an A4
    page stays as large as it can."""
    left, bottom, right, top = page.get_cropbox()
    if _best(right - left, top - bottom, width, height) < 1:
        return _inked(page, (left, bottom, right, top))
    return left, bottom, right, top


def _inked(page: pdfium.PdfPage, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """The part of ``box`` with anything on it, and a margin for the quiet zones of barcodes around it."""
    left, bottom, right, top = box
    rotation = page.get_rotation()
    page.set_rotation(0)
    dpi = min(_INK_DPI, sqrt(_MAX_PICTURE_PIXELS / ((right - left) * (top - bottom))) * POINTS_PER_INCH)
    picture = render(page, dpi, grey=True)
    page.set_rotation(rotation)
    ink = ImageChops.invert(picture).getbbox()
    if ink is None:
        return box
    point = POINTS_PER_INCH / dpi
    return (
        max(left, left + ink[0] * point - _INK_MARGIN),
        max(bottom, top - ink[3] * point - _INK_MARGIN),
        min(right, left + ink[2] * point + _INK_MARGIN),
        min(top, top - ink[1] * point + _INK_MARGIN),
    )


def _turned(
    matrix: pdfium.PdfMatrix, width: float, height: float, degrees: int
) -> tuple[pdfium.PdfMatrix, float, float]:
    """Turned clockwise by a multiple of 90, back in the first quadrant."""
    match degrees % 360:
        case 90:
            return matrix.rotate(90).translate(0, width), height, width
        case 180:
            return matrix.rotate(180).translate(width, height), width, height
        case 270:
            return matrix.rotate(270).translate(height, 0), height, width
        case _:
            return matrix, width, height


def _best(width: float, height: float, paper_width: float, paper_height: float) -> float:
    """The scale, turned or not."""
    return max(
        _scale(width, height, paper_width, paper_height), _scale(height, width, paper_width, paper_height)
    )


def _scale(width: float, height: float, paper_width: float, paper_height: float) -> float:
    """How much smaller it must get; at most 1."""
    if width <= paper_width + _TOLERANCE and height <= paper_height + _TOLERANCE:
        return 1.0
    return min(paper_width / width, paper_height / height)


def _reorder(target: pdfium.PdfDocument, order: list[int]) -> None:
    """Move page i to position order[i]."""
    if order == sorted(order):
        return
    at = sorted(range(len(order)), key=order.__getitem__)
    indices = (ctypes.c_int * len(at))(*at)
    pdfium_c.FPDF_MovePages(target.raw, indices, len(at), 0)


__all__ = ["added", "compose_pages", "picture_of", "place", "points", "shrunk"]
