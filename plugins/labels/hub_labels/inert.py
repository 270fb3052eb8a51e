"""What acts in a PDF, taken out of a composed file: scripts, programs to start, addresses to open.

Pages are copied with their dictionaries, so an action of a page would come along. The file was written by
pdfium a moment ago: every name stands there in its plain spelling and outside of streams, and a name of the
same length that no reader knows takes its place. A page looks as before.
"""

from __future__ import annotations

import re

_STREAM = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
_ACTS = re.compile(
    rb"/(AA|OpenAction|JavaScript|JS|Launch|URI|SubmitForm|ImportData|GoToR|GoToE|Rendition|RichMedia|Movie|"
    rb"EmbeddedFiles?|AcroForm|XFA|Annots)(?![A-Za-z0-9#_.+-])"
)


def inert(pdf: bytes) -> bytes:
    """The same file, of the same length, without names that make a reader act."""
    out, last = [], 0
    for stream in _STREAM.finditer(pdf):
        out.append(_blanked(pdf[last : stream.start()]))
        out.append(stream[0])
        last = stream.end()
    out.append(_blanked(pdf[last:]))
    return b"".join(out)


def _blanked(part: bytes) -> bytes:
    return _ACTS.sub(lambda name: b"/" + b"x" * (len(name[0]) - 1), part)


__all__ = ["inert"]
