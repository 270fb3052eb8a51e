"""What the tests look at: pixels as a 203 dpi printer has them, text, and codes on a page."""

from __future__ import annotations

import io
import re
import zlib
from functools import cache
from math import ceil

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]
import zxingcpp
from PIL import Image
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

PRINTER_DPI = 203
MM = 72 / 25.4


def printed(content: bytes, index: int = 0, dots_per_inch: int = PRINTER_DPI) -> Image.Image:
    """A page as black and white dots, as a printer makes them: not stretched to a whole number of them."""
    document = pdfium.PdfDocument(content)
    try:
        page = document[index]
        width, height = (ceil(side * dots_per_inch / 72) for side in page.get_size())
        bitmap = pdfium.PdfBitmap.new_native(width, height, pdfium_c.FPDFBitmap_Gray)
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
        scale = dots_per_inch / 72
        matrix = pdfium_c.FS_MATRIX(scale, 0, 0, scale, 0, 0)
        clip = pdfium_c.FS_RECTF(0, 0, width, height)
        pdfium_c.FPDF_RenderPageBitmapWithMatrix(bitmap, page, matrix, clip, pdfium_c.FPDF_ANNOT)
        dots: Image.Image = bitmap.to_pil().point(lambda level: 255 if level > 127 else 0)
        return dots
    finally:
        document.close()


def text_of(content: bytes, index: int = 0) -> str:
    """The page's text as a reader can copy it."""
    document = pdfium.PdfDocument(content)
    try:
        text: str = document[index].get_textpage().get_text_range()
        return text
    finally:
        document.close()


def operators(content: bytes) -> list[bytes]:
    """Every line of every page's content."""
    lines: list[bytes] = []
    for match in re.finditer(rb"stream\n(.*?)\n?endstream", content, re.DOTALL):
        try:
            data = zlib.decompress(match[1])
        except zlib.error:
            continue
        if data.startswith(b"1 0 0 1 0 0 cm"):
            lines += data.splitlines()
    return lines


def sizes_mm(content: bytes) -> list[tuple[float, float]]:
    """Width and height of every page, to a tenth."""
    document = pdfium.PdfDocument(content)
    try:
        return [(round(page.get_width() / MM, 1), round(page.get_height() / MM, 1)) for page in document]
    finally:
        document.close()


def codes_in(picture: Image.Image, kind: zxingcpp.BarcodeFormat) -> set[str]:
    """Every code of one kind."""
    return {symbol.text for symbol in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(kind))}


def vendor_pdf(
    pages: list[tuple[float, float, str]],
    *,
    module_mm: float = 0.25,
    rotation: int = 0,
    framed: bool = False,
) -> bytes:
    """Labels as a vendor makes them, off every printer's raster: (width, height in millimetres, code); with a
    frame 3 mm from the edge, where no margin is to be given up."""
    out = io.BytesIO()
    canvas = Canvas(out)
    for width, height, code in pages:
        canvas.setPageSize((width * MM, height * MM))
        symbol = zxingcpp.create_barcode(code, zxingcpp.Code128)
        image = symbol.to_image(scale=1, add_quiet_zones=False)
        row = bytes(memoryview(image))[: image.shape[1]]  # type: ignore[arg-type]
        left = (width - len(row) * module_mm) / 2
        for position, pixel in enumerate(row):
            if not pixel:
                canvas.rect((left + position * module_mm) * MM, height * MM / 3, module_mm * MM, 40, 0, 1)
        canvas.drawString(10, 10, f"Label {code}")
        if framed:
            canvas.rect(3 * MM, 3 * MM, (width - 6) * MM, (height - 6) * MM)
        canvas.showPage()
    canvas.save()
    if not rotation:
        return out.getvalue()
    document = pdfium.PdfDocument(out.getvalue())
    for page in document:
        page.set_rotation(rotation)
    turned = io.BytesIO()
    document.save(turned)
    document.close()
    return turned.getvalue()


def raw_pdf(stream: bytes, *, filters: bytes = b"/FlateDecode", extra: bytes = b"") -> bytes:
    """A PDF by hand with one page whose content is ``stream`` as it is."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 283 425]/Contents 4 0 R/Resources<<>>>>",
        b"<</Length %d/Filter[%s]%s>>stream\n%s\nendstream" % (len(stream), filters, extra, stream),
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % table
    return bytes(out)


@cache
def bomb(megabytes: int) -> bytes:
    """Deflated blanks: a thousandth of what they unpack to."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(b" " * 2**20) for _ in range(megabytes)]
    return b"".join([*parts, packer.flush()])
