"""No file of a vendor hurts the hub: each is read, or refused in words, in a child and within its limits."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pytest
from hub import BadReply, Document, PageRef, Paper
from hub.calls.children import Children
from hub.calls.children.pool import FileTooMuch
from hub_labels import ParcelLabels
from hub_labels.inert import inert
from plugins.labels.tests import bombs
from plugins.labels.tests.papers import printed, vendor_pdf

_PATIENCE = 300.0


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    """With less time than the hub gives: a bomb costs most of it, three times."""
    made = Children(seconds_a_page=0.5, seconds_a_file=1.2)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def patient() -> Iterator[Children]:
    """With time enough to fill the memory."""
    made = Children(seconds_a_page=5.0, seconds_a_file=10.0)
    try:
        yield made
    finally:
        made.close()


def pdf(content: bytes) -> Document:
    return Document(content=content, media_type="application/pdf")


@pytest.mark.parametrize("name", list(bombs.BOMBS))
def test_a_bomb_is_read_or_refused_and_the_next_label_comes(children: Children, name: str) -> None:
    content = bombs.BOMBS[name]()

    for call in (
        lambda: children.pages(ParcelLabels, pdf(content), party="a"),
        lambda: children.compose(ParcelLabels, [PageRef(content, "x")], Paper.LABEL_58X40, party="a"),
        lambda: children.picture(ParcelLabels, PageRef(content, "x"), party="a"),
    ):
        refusal = call().exception(_PATIENCE)
        assert refusal is None or isinstance(refusal, BadReply)
        assert refusal is None or refusal.message.startswith(("the label", "this file", "page", "a picture"))

    (page,) = children.pages(ParcelLabels, pdf(vendor_pdf([(75, 120, "RB1")])), party="b").result(_PATIENCE)
    assert page.codes == {"RB1"}


@pytest.mark.parametrize("name", ["nested forms 10 x 10", "nested forms 6 x 10"])
def test_what_takes_memory_is_the_files_fault(patient: Children, name: str) -> None:
    with pytest.raises(FileTooMuch, match="too much memory"):
        patient.pages(ParcelLabels, pdf(bombs.BOMBS[name]()), party="a").result(_PATIENCE)


@pytest.mark.parametrize("name", ["tiling", "30 MB unpacked", "2000 slow pages"])
def test_what_takes_time_is_the_files_fault(children: Children, name: str) -> None:
    with pytest.raises(FileTooMuch, match="takes too long"):
        children.pages(ParcelLabels, pdf(bombs.BOMBS[name]()), party="a").result(_PATIENCE)


def test_another_sellers_label_comes_while_bombs_go_off() -> None:
    children = Children()
    try:
        slow = [
            children.pages(ParcelLabels, pdf(bombs.many_pages(2_000) + b"%%%d" % n), party="a")
            for n in range(4)
        ]
        good = pdf(vendor_pdf([(75, 120, "RB1")]))
        (page,) = children.pages(ParcelLabels, good, party="b").result(_PATIENCE)
        assert page.codes == {"RB1"}
        assert not any(one.done() for one in slow)
    finally:
        children.close()


def test_nothing_that_acts_comes_into_a_composed_file(children: Children) -> None:
    content = bombs.acting()
    assert b"/Launch" in content
    composed = children.compose(
        ParcelLabels, [PageRef(content, "application/pdf")], Paper.LABEL_100X150, party="a"
    ).result(_PATIENCE)
    for name in (b"/AA", b"/JS", b"/JavaScript", b"/Launch", b"/OpenAction", b"/Annots", b"calc.exe/Win"):
        assert name not in composed.content, name
    black = sum(level < 128 for level in printed(composed.content).tobytes())
    assert black > 10_000  # the rectangle is there


def test_taking_out_keeps_every_place_and_every_stream() -> None:
    whole = bombs.one_page(b"20 20 90 90 re f", page=b"/AA<</O<</S/JavaScript/JS(x)>>>>/Annotsy 1")
    stream = b"<</Length 9>>stream\n/AA /JS x\nendstream"
    for content in (whole, whole + stream):
        safe = inert(content)
        assert len(safe) == len(content)
        assert b"/Annotsy" in safe
        assert (b"/AA /JS x" in safe) == (content is not whole)
        document = pdfium.PdfDocument(safe)
        assert len(document) == 1
        document.close()
