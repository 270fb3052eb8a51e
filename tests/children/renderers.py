"""Renderers that misbehave in one way each. They import little: a child imports them."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence

from hub.plugin_api.errors import BadReply
from hub.plugin_api.labels import LabelPage, LabelRenderer, PageRef, Paper
from hub.plugin_api.models import Document


def page(index: int, *codes: str) -> LabelPage:
    return LabelPage(index=index, width_mm=100, height_mm=150, codes=frozenset(codes))


def burn(seconds: float) -> None:
    """CPU time, not time on the clock."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


class Lines(LabelRenderer):
    """As a renderer of 0.1.0 was: each line of the file is a page, given as a list."""

    code = title = "lines"

    def pages(self, document: Document) -> Sequence[LabelPage]:
        return [page(index, line) for index, line in enumerate(document.content.decode().splitlines())]

    def compose(self, pages: Sequence[PageRef], paper: Paper) -> Document:
        lines = [one.content.decode().splitlines()[one.index] for one in pages]
        return Document(content="\n".join([paper.value, *lines]).encode(), media_type="text/plain")

    def picture(self, page: PageRef, dots_per_inch: int = 110) -> bytes:
        return b"%d %d" % (page.index, dots_per_inch)


class Orders(LabelRenderer):
    """Does what the file says, one line a page."""

    code = title = "orders"

    def pages(self, document: Document) -> Iterator[LabelPage]:
        for index, line in enumerate(document.content.decode().splitlines()):
            yield page(index, *_done(line))

    def compose(self, pages: Sequence[PageRef], paper: Paper) -> Document:
        for one in pages:
            _done(one.content.decode().splitlines()[one.index].removeprefix("composed "))
        return Document(content=b"%d" % len(pages), media_type="text/plain")


def _done(line: str) -> list[str]:
    match line.split():
        case ["burn", seconds]:
            burn(float(seconds))
        case ["memory", megabytes]:
            bytearray(int(megabytes) * 2**20)[::4096] = b"x" * (int(megabytes) * 256)
        case ["exit", status]:
            os._exit(int(status))
        case ["signal", number]:
            os.kill(os.getpid(), int(number))
            signal.pause()
        case ["refuse"]:
            raise BadReply("the label file is no label", code="no_label")
        case ["mistake"]:
            raise KeyError("Ivanova Maria")
        case ["print"]:
            print("something", flush=True)
            os.write(1, b"\xff" * 999)
        case ["codes", count]:
            return [f"code {n}" for n in range(int(count))]
        case ["environment"]:
            return [*os.environ, *(f"argument {one}" for one in sys.argv[1:])]
        case ["write"]:
            with open("/dev/null", "wb") as file:
                file.write(b"x")
            path = f"/tmp/parcelhub-child-{os.getpid()}"
            try:
                with open(path, "wb") as file:
                    file.write(b"x" * 4096)
            except OSError:
                return ["not written"]
            finally:
                os.unlink(path)
        case ["pid"]:
            return [str(os.getpid())]
        case ["sleep", seconds]:
            time.sleep(float(seconds))
    return [line]


class Unmade(LabelRenderer):
    """Cannot be made."""

    code = title = "unmade"

    def __init__(self) -> None:
        raise OSError("a file of its own is missing")

    def pages(self, document: Document) -> Sequence[LabelPage]:
        return []
