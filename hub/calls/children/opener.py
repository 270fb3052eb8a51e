"""The program of a child: ``python -I opener.py``. It imports one renderer, opens files with it, and ends
when its pipe does.

Only the standard library is imported before the limits are in force. Frames go over stdin and stdout: the
lengths of a JSON head and of a body of bytes, four bytes each, then both. The hub believes nothing that comes
back: it checks lengths, types and numbers.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import struct
import sys
import threading
import time
from collections.abc import Callable
from typing import IO, Any

from hub.words import stored

LENGTHS = struct.Struct(">II")
OVER_MEMORY = 71
"""Exit status: the memory that the file may take is used up."""
OVER_TIME = 72
"""Exit status: the CPU time that a step or the whole may take is used up."""
_LOOK = 0.01  # seconds between two looks at time and memory
_YIELD = 0.5  # CPU seconds after which a job gives way to everything else on the machine
_MOST_CODES = 2_000  # of one page

Stepped = Callable[[], None]
Result = tuple[dict[str, Any], bytes]
"""What a call adds to the head of its answer, and the body."""


def write_frame(out: IO[bytes], head: dict[str, Any], body: bytes = b"") -> None:
    """Send one frame."""
    packed = json.dumps(head).encode()
    out.write(LENGTHS.pack(len(packed), len(body)) + packed)
    if body:
        out.write(body)
    out.flush()


def read_frame(source: IO[bytes], most: int) -> tuple[dict[str, Any], bytes] | None:
    """The next frame; None where the pipe has ended. Raises ValueError for one above ``most`` bytes, or
    none."""
    lengths = source.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    of_head, of_body = LENGTHS.unpack(lengths)
    if of_head + of_body > most:
        raise ValueError("the frame is too long")
    packed = source.read(of_head)
    body = source.read(of_body)
    if len(packed) < of_head or len(body) < of_body:
        return None
    head = json.loads(packed)
    if not isinstance(head, dict):
        raise ValueError("the frame has no head")
    return head, body


class Watch:
    """Ends this process when a job takes more than it may, or when the hub is gone.

    CPU time, not the clock: a machine that was busy, or asleep, makes no file guilty.
    """

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self._armed = threading.Event()
        self._step = self._whole = 0.0
        self._step_end = self._end = 0.0
        self._yield_at = 0.0
        self._memory = 0
        self.yielded = False
        threading.Thread(target=self._watch, daemon=True).start()

    def arm(self, *, step: float, whole: float, memory: int) -> None:
        """A job begins: CPU seconds of a step and of the whole, and bytes of memory."""
        used = time.process_time()
        self._step, self._memory = step, memory
        self._step_end, self._end, self._yield_at = used + step, used + whole, used + _YIELD
        _limit("CPU", int(used + whole) + 2)
        # The address space is the last bar, where memory grows faster than it is seen.
        _limit("AS", memory + 2**28)
        self._armed.set()

    def stepped(self) -> None:
        """A step is done: the next one has its time."""
        self._step_end = time.process_time() + self._step

    def disarm(self) -> None:
        self._armed.clear()

    def _watch(self) -> None:
        while True:
            self._armed.wait()
            time.sleep(_LOOK)
            if not self._armed.is_set():
                continue
            used = time.process_time()
            if used > min(self._step_end, self._end):
                os._exit(OVER_TIME)
            if used > self._yield_at and not self.yielded:
                self.yielded = True
                _give_way()
            if resident() > self._memory:
                os._exit(OVER_MEMORY)
            if hasattr(os, "getppid") and os.getppid() != self._parent:
                os._exit(0)


def resident() -> int:
    """Bytes of memory in use now, or at most so far; 0 where this system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * _PAGE
    except OSError:
        pass
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def _give_way() -> None:
    with contextlib.suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, os.getpid(), 15)


def _limit(name: str, most: int, *, for_good: bool = False) -> None:
    """The kernel's own limit, where it has one: also for a parser that does not let our thread look."""
    with contextlib.suppress(ImportError, AttributeError, OSError, ValueError):
        import resource

        kind = getattr(resource, f"RLIMIT_{name}")
        resource.setrlimit(kind, (most, most if for_good else resource.getrlimit(kind)[1]))


def limit_process() -> list[str]:
    """Give up what opening files does not need; what this system cannot limit, in words."""
    missing = [] if resident() else ["memory"]
    if importlib.util.find_spec("resource") is None:
        missing.append("written files")
    for name in ("FSIZE", "CORE"):
        _limit(name, 0, for_good=True)
    if sys.platform == "linux":
        with contextlib.suppress(ImportError, OSError, AttributeError):
            import ctypes

            no_new_privileges = 38
            ctypes.CDLL(None).prctl(no_new_privileges, 1, 0, 0, 0)
    return missing


def load(module: str, file: str, name: str) -> Any:
    """The class by the module's name, or by its file where the name alone does not find it."""
    try:
        found: Any = importlib.import_module(module)
    except ImportError:
        spec = importlib.util.spec_from_file_location(module, file)
        if spec is None or spec.loader is None:
            raise
        found = importlib.util.module_from_spec(spec)
        sys.modules[module] = found
        spec.loader.exec_module(found)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def pages(renderer: Any, head: dict[str, Any], body: bytes, stepped: Stepped) -> Result:
    import msgspec

    from hub.plugin_api.errors import BadReply
    from hub.plugin_api.models import Document

    found: list[Any] = []
    for page in renderer.pages(Document(content=body, media_type=head["media_type"])):
        stepped()
        if len(found) >= head["most_pages"]:
            raise BadReply(
                "the label file has more than {head} pages",
                code="bad_reply.label_file_more_pages",
                values={"head": head["most_pages"]},
            )
        if len(page.codes) > _MOST_CODES:
            raise BadReply(
                "page {found} of the label file shows more codes than a label can have",
                code="bad_reply.page_label_file_shows",
                values={"found": len(found) + 1},
            )
        found.append(page)
    return {}, msgspec.json.encode(found)


def _refs(head: dict[str, Any], body: bytes) -> list[Any]:
    from hub.plugin_api.labels import PageRef

    files, at = [], 0
    for length, media_type in head["files"]:
        files.append((body[at : at + length], media_type))
        at += length
    return [PageRef(files[number][0], files[number][1], index) for number, index in head["pages"]]


def compose(renderer: Any, head: dict[str, Any], body: bytes, stepped: Stepped) -> Result:
    from hub.plugin_api.labels import Paper

    place = {"start": head["start"]} if head["start"] > 1 else {}  # others' renderers may not know it
    composed = renderer.compose(_refs(head, body), Paper(head["paper"]), **place)
    return {"media_type": composed.media_type}, composed.content


def module_dots(renderer: Any, head: dict[str, Any], body: bytes, stepped: Stepped) -> Result:
    from hub.plugin_api.labels import Paper

    paper, found = Paper(head["paper"]), []
    for ref in _refs(head, body):
        found += renderer.module_dots([ref], paper, head["dots_per_inch"])
        stepped()
    return {}, json.dumps(found).encode()


def picture(renderer: Any, head: dict[str, Any], body: bytes, stepped: Stepped) -> Result:
    from hub.plugin_api.labels import PageRef

    ref = PageRef(body, head["media_type"], head["index"])
    return {}, renderer.picture(ref, head["dots_per_inch"])


CALLS = {"pages": pages, "compose": compose, "module_dots": module_dots, "picture": picture}


def answer(renderer: Any, stepped: Stepped, head: dict[str, Any], body: bytes) -> Result:
    """One job: its result, or what the renderer raised."""
    try:
        more, result = CALLS[head["call"]](renderer, head, body, stepped)
    except MemoryError:
        return {"over": "memory"}, b""
    except Exception as error:
        message, code = getattr(error, "message", None), getattr(error, "code", None)
        if isinstance(message, str) and isinstance(code, str):
            return {
                "error": type(error).__name__,
                "message": message,
                "code": code,
                "words": stored(getattr(error, "said", "")),
            }, b""
        return {"failed": type(error).__name__}, b""
    return {**more, "done": True}, result


def main() -> None:
    # Whatever a library prints must not get between the frames.
    source, out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    first = read_frame(source, 2**20)
    if first is None:
        return
    head, _ = first
    sys.path[:] = head["path"]
    watch = Watch(head["parent"])
    try:
        renderer = load(head["module"], head["file"], head["name"])()
    except Exception as error:
        write_frame(out, {"failed": f"{type(error).__name__}: {error}"[:300]})
        return
    write_frame(out, {"ready": True, "missing": limit_process()})
    while True:
        frame = read_frame(source, head["most"])
        if frame is None:
            return
        job, body = frame
        watch.arm(step=job["step"], whole=job["whole"], memory=job["memory"])
        said, result = answer(renderer, watch.stepped, job, body)
        watch.disarm()
        del frame, body
        write_frame(out, said | {"resident": resident(), "yielded": watch.yielded}, result)


if __name__ == "__main__":
    main()
