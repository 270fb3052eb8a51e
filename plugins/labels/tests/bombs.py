"""Files made to hurt what opens them: small ones that take memory, minutes, or the parser's own footing."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Sequence

from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 283 425]/Contents 4 0 R/Resources<<%s>>%s>>"


def file_of(objects: Sequence[bytes], *, trailer: bytes = b"") -> bytes:
    """A PDF by hand; the first object is its catalog."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, table)
    return bytes(out)


def stream(content: bytes, extra: bytes = b"", *, packed: bool = True) -> bytes:
    """A stream object, deflated."""
    if packed:
        content = zlib.compress(content, 9)
        extra += b"/Filter/FlateDecode"
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), extra, content)


def one_page(content: bytes, resources: bytes = b"", page: bytes = b"", more: Sequence[bytes] = ()) -> bytes:
    """A file of one page; ``more`` are the objects from number 5 on."""
    return file_of(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            _PAGE % (resources, page),
            stream(content),
            *more,
        ]
    )


def nested(deep: int, wide: int) -> bytes:
    """Form XObjects in one another, each drawn ``wide`` times: ``wide ** deep`` rectangles."""
    forms = []
    head = b"/Type/XObject/Subtype/Form/BBox[0 0 283 425]"
    for level in range(deep):
        below = b"/Resources<</XObject<</F %d 0 R>>>>" % (6 + level)
        forms.append(stream(b"q /F Do Q " * wide, head + below))
    forms.append(stream(b"0 0 9 9 re f", head))
    return one_page(b"/F Do", b"/XObject<</F 5 0 R>>", more=forms)


def tiling() -> bytes:
    """A pattern of the smallest cells, again and again over the whole page."""
    cell = stream(
        b"0 0 .01 .01 re f " * 400,
        b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 .05 .05]/XStep .05/YStep .05"
        b"/Resources<<>>",
    )
    return one_page(b"/Pattern cs /P scn 0 0 283 425 re f\n" * 2_000, b"/Pattern<</P 5 0 R>>", more=[cell])


def many_pages(count: int) -> bytes:
    """As many pages, all of them the one that takes a while."""
    body = one_page(b"0 0 m 283 425 l 9 w S\n" * 400)
    kids = b" ".join([b"3 0 R"] * count)
    return body.replace(b"/Count 1/Kids[3 0 R]", b"/Count %d/Kids[%s]" % (count, kids))


def heavy(megabytes: int) -> bytes:
    """A page whose content unpacks to so much, all of it to be drawn."""
    line = b"0 0 m 283 425 l 425 0 l 0 283 l h f*\n"
    return one_page(line * (megabytes * 2**20 // len(line)))


def declared_large() -> bytes:
    """A stream that says that it has 100 MB, and has nothing."""
    return file_of(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            _PAGE % (b"", b""),
            b"<</Length 104857600>>stream\n0 0 m\nendstream",
        ]
    )


def disguised_picture() -> bytes:
    """A picture of 60,000 x 60,000 whose sides stand in other objects, under escaped names."""
    image = stream(
        bytes(2**20),
        b"/Type/XObject/Subtype/Im#61ge/Wid#74h 6 0 R/He#69ght 6 0 R/BitsPerComponent 1"
        b"/ColorSpace/DeviceGray",
    )
    return one_page(b"283 0 0 425 0 0 cm /I Do", b"/XObject<</I 5 0 R>>", more=[image, b"60000"])


def broken_references() -> bytes:
    """Every reference points nowhere, and so does the table."""
    body = one_page(b"/F Do", b"/XObject<</F 77 0 R>>/Font 78 0 R", b"/Annots 79 0 R")
    return body.replace(b"0000000", b"0000009")


def tree_of_itself() -> bytes:
    """A page tree whose child is the tree."""
    return file_of(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 5/Kids[2 0 R 2 0 R 3 0 R]/Parent 2 0 R>>",
            _PAGE % (b"", b""),
            stream(b"0 0 m"),
        ]
    )


def encrypted() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret", strength=128))
    canvas.drawString(10, 10, "x")
    canvas.save()
    return out.getvalue()


def acting() -> bytes:
    """A page that starts programs and scripts: when the file, the page or a place on it is opened."""
    script = b"<</S/JavaScript/JS(app.launchURL\\('http://example.invalid'\\))>>"
    launch = b"<</S/Launch/F(calc.exe)/Win<</F(calc.exe)>>>>"
    link = b"<</Type/Annot/Subtype/Link/F 2/Rect[0 0 283 425]/A %s/AA<</E %s>>>>" % (launch, script)
    page = b"/AA<</O %s/C %s>>/Annots[%s]" % (script, launch, link)
    plain = one_page(b"20 20 90 90 re f", page=page)
    return plain.replace(
        b"/Type/Catalog",
        b"/Type/Catalog/OpenAction %s/Names<</JavaScript<</Names[(a) %s]>>>>" % (script, script),
    )


def truncated() -> bytes:
    whole = one_page(b"20 20 90 90 re f " * 500)
    return whole[: len(whole) * 2 // 3]


def png(width: int, height: int, *, mode: str = "L") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height)).save(out, "PNG")
    return out.getvalue()


def png_that_lies() -> bytes:
    """Small sides in the head; the data unpack to 300 MB."""
    whole = png(8, 8)
    at = whole.index(b"IDAT") - 4
    data = zlib.compress(bytes(300 * 2**20), 9)
    chunk = struct.pack(">I", len(data)) + b"IDAT" + data + struct.pack(">I", zlib.crc32(b"IDAT" + data))
    end = whole.index(b"IEND") - 4
    return whole[:at] + chunk + whole[end:]


def jpeg_inside(width: int, height: int) -> bytes:
    """A page that is one JPEG, which is larger than it says."""
    out = io.BytesIO()
    Image.new("L", (width, height), 200).save(out, "JPEG", quality=1)
    data = out.getvalue()
    image = b"/Type/XObject/Subtype/Image/Width 100/Height 100/BitsPerComponent 8/ColorSpace/DeviceGray"
    body = stream(data, image + b"/Filter/DCTDecode", packed=False)
    return one_page(b"283 0 0 425 0 0 cm /I Do", b"/XObject<</I 5 0 R>>", more=[body])


def jpeg(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (width, height), 200).save(out, "JPEG", quality=1)
    return out.getvalue()


BOMBS: dict[str, Callable[[], bytes]] = {
    "nested forms 10 x 10": lambda: nested(10, 10),
    "nested forms 5 x 10": lambda: nested(5, 10),
    "nested forms 6 x 10": lambda: nested(6, 10),
    "tiling": tiling,
    "2000 slow pages": lambda: many_pages(2_000),
    "10000 pages": lambda: many_pages(10_000),
    "100 MB unpacked": lambda: heavy(100),
    "30 MB unpacked": lambda: heavy(30),
    "100 MB declared": declared_large,
    "100 MB file": lambda: b"%PDF-1.4\n" + bytes(100 * 2**20),
    "disguised picture": disguised_picture,
    "broken references": broken_references,
    "tree of itself": tree_of_itself,
    "encrypted": encrypted,
    "acting": acting,
    "truncated": truncated,
    "png of 400 million": lambda: png(20_000, 20_000),
    "png of 20 million in colour": lambda: png(5_000, 4_000, mode="RGBA"),
    "png that lies": png_that_lies,
    "jpeg inside that lies": lambda: jpeg_inside(16_000, 16_000),
    "jpeg": lambda: jpeg(16_000, 16_000),
}
"""By name. Some are read in the end, and no harm is done by any."""
