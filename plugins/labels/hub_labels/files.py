"""Opening label files with pdfium and Pillow: limits, and clear refusals.

The hub calls this in a process of its own (hub.calls.children). pdfium is not safe in threads: one at a time.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from hub import BadReply
from PIL import Image, UnidentifiedImageError

from hub_labels.limits import MAX_IMAGE_PIXELS, MAX_PAGES, check_pdf, kind_of

POINTS_PER_INCH = 72
MM_PER_INCH = 25.4
_PNG_DPI = 203.0  # of pictures that do not say: what carriers render for thermal printers
_LARGEST_PAGE = 14_400.0  # points: 200 inches, the PDF standard's own limit


@contextmanager
def opened(content: bytes) -> Iterator[pdfium.PdfDocument]:
    """A checked PDF. Raises BadReply."""
    check_pdf(content)
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise BadReply(
                "the label file is protected with a password", code="bad_reply.label_file_protected_password"
            ) from None
        raise BadReply(
            "the label file is broken: it cannot be read as a PDF",
            code="bad_reply.label_file_broken_cannot_read",
        ) from None
    try:
        count = len(document)
        if count > MAX_PAGES:
            raise BadReply(
                "the label file has {count} pages, the limit is {max_pages}",
                code="bad_reply.label_file_pages_limit",
                values={"count": count, "max_pages": MAX_PAGES},
            )
        if count < 1:
            raise BadReply("the label file has no pages", code="bad_reply.label_file_no_pages")
        yield document
    finally:
        document.close()


def load_page(document: pdfium.PdfDocument, index: int) -> pdfium.PdfPage:
    """One page. Raises BadReply where it is broken, missing or absurd in size."""
    if not 0 <= index < len(document):
        raise BadReply(
            "the label file has no page {index}",
            code="bad_reply.label_file_no_page",
            values={"index": index + 1},
        )
    try:
        page = document[index]
    except pdfium.PdfiumError:
        raise BadReply(
            "page {index} of the label file is broken",
            code="bad_reply.page_label_file_broken",
            values={"index": index + 1},
        ) from None
    width, height = page.get_size()
    if not (1 <= width <= _LARGEST_PAGE and 1 <= height <= _LARGEST_PAGE):
        page.close()
        raise BadReply(
            "page {index} of the label file has no usable size",
            code="bad_reply.page_label_file_no_usable",
            values={"index": index + 1},
        )
    return page


def render(page: pdfium.PdfPage, dots_per_inch: float, *, grey: bool) -> Image.Image:
    """The page as pixels, on white."""
    # rev_byteorder: RGB, as Pillow wants it. The copy outlives pdfium's buffer.
    bitmap = page.render(scale=dots_per_inch / POINTS_PER_INCH, grayscale=grey, rev_byteorder=not grey)
    try:
        picture: Image.Image = bitmap.to_pil().copy()
        return picture
    finally:
        bitmap.close()


def open_png(content: bytes) -> tuple[Image.Image, float]:
    """A PNG on white and its dots per inch (203 where it does not say). Raises BadReply."""
    if len(content) < 24:
        raise BadReply("the label picture is broken", code="bad_reply.label_picture_broken")
    width, height = struct.unpack(">II", content[16:24])
    if width * height > MAX_IMAGE_PIXELS:
        raise BadReply(
            "the label picture is larger than any label", code="bad_reply.label_picture_larger_any"
        )
    try:
        with Image.open(BytesIO(content), formats=["PNG"]) as picture:
            dpi = picture.info.get("dpi", (_PNG_DPI, _PNG_DPI))[0]
            flat = _on_white(picture)
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError):
        raise BadReply("the label picture is broken", code="bad_reply.label_picture_broken") from None
    return flat, float(dpi) if 50 <= dpi <= 2400 else _PNG_DPI


def _on_white(picture: Image.Image) -> Image.Image:
    """In as few copies as it goes: a large picture is most of the memory that a file may take."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("L" if picture.mode in ("1", "L") else "RGB")
    flat = picture.convert("RGBA")
    picture.close()
    ground = Image.new("RGB", flat.size, "white")
    ground.paste(flat, mask=flat.getchannel("A"))
    return ground


__all__ = [
    "MM_PER_INCH",
    "POINTS_PER_INCH",
    "kind_of",
    "load_page",
    "open_png",
    "opened",
    "render",
]
