"""Which child opens which file, and when: fair between sellers, few processes, none before the first file.

A seller has two children at most, and no seller waits behind another's files while there is room for a third
or fourth child. A child that is not needed for a minute ends; one that dies is replaced by the next file's.
"""

from __future__ import annotations

import inspect
import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from hub.calls.children.child import CannotStart, Child, Gone, Job, Overrun, Refused
from hub.calls.children.results import (
    STOPPED,
    TOO_MUCH,
    FileTooMuch,
    raised,
    read_document,
    read_dots,
    read_pages,
    read_picture,
)
from hub.plugin_api.errors import BadReply, Unavailable, Unsupported
from hub.plugin_api.labels import LabelPage, LabelRenderer, PageRef, Paper
from hub.plugin_api.models import Document

log = logging.getLogger("hub.children")

MEMORY = 256 * 2**20  # of a job, and three times its file
MOST_INPUT = 256 * 2**20
MOST_OUTPUT = 256 * 2**20
MOST_PAGES = 2_000
_PAGE_SECONDS, _FILE_SECONDS = 2.0, 60.0  # CPU
_EACH, _MOST = 2, 4
_LOOK = 0.25


class Children:
    """The children of one hub. ``party`` is whose file it is: a seller. Close it when done."""

    def __init__(
        self,
        *,
        idle: float = 60.0,
        seconds_a_page: float = _PAGE_SECONDS,
        seconds_a_file: float = _FILE_SECONDS,
    ) -> None:
        self._idle_for = idle
        self._page_seconds = seconds_a_page
        self._file_seconds = seconds_a_file
        self._lock = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None
        self._keeper: threading.Thread | None = None
        self._waiting: deque[_Waiting] = deque()
        self._running: Counter[str] = Counter()
        self._idle: list[Child] = []
        self._busy: set[Child] = set()
        self._closed = False
        self._told = False

    # --- what can be asked of a child ---------------------------------------------------------------

    def pages(self, kind: type[LabelRenderer], document: Document, *, party: str) -> Future[list[LabelPage]]:
        """`LabelRenderer.pages`. The future raises BadReply, and FileTooMuch where the file is to blame."""
        one_by_one = inspect.isgeneratorfunction(kind.pages)
        whole = self._file_seconds if one_by_one else self._file_seconds / 3
        job = Job(
            head={"call": "pages", "media_type": document.media_type, "most_pages": MOST_PAGES},
            body=document.content,
            step=min(self._page_seconds, whole) if one_by_one else whole,
            whole=whole,
            memory=MEMORY + 3 * len(document.content),
            output=16 * 2**20,
        )
        return self._submit(kind, job, party, read_pages)

    def compose(
        self,
        kind: type[LabelRenderer],
        pages: Sequence[PageRef],
        paper: Paper,
        *,
        start: int = 1,
        party: str,
    ) -> Future[Document]:
        """`LabelRenderer.compose`."""
        return self._of_pages(kind, pages, {"call": "compose", "paper": paper.value, "start": start}, party)

    def module_dots(
        self,
        kind: type[LabelRenderer],
        pages: Sequence[PageRef],
        paper: Paper,
        dots_per_inch: int,
        *,
        party: str,
    ) -> Future[list[float | None]]:
        """`LabelRenderer.module_dots`."""
        asked = {"call": "module_dots", "paper": paper.value, "dots_per_inch": dots_per_inch}
        return self._of_pages(kind, pages, asked, party, read_dots)

    def _of_pages(
        self,
        kind: type[LabelRenderer],
        pages: Sequence[PageRef],
        asked: dict[str, Any],
        party: str,
        read: Any = None,
    ) -> Future[Any]:
        files: dict[tuple[bytes, str], int] = {}
        placed = []
        for page in pages:
            number = files.setdefault((page.content, page.media_type), len(files))
            placed.append((number, page.index))
        body = b"".join(content for content, _ in files)
        whole = min(self._file_seconds, self._page_seconds * (1 + len(pages)))
        named = [(len(content), media_type) for content, media_type in files]
        job = Job(
            head=asked | {"files": named, "pages": placed},
            body=body,
            step=whole,
            whole=whole,
            memory=MEMORY + 3 * len(body),
            output=MOST_OUTPUT,
        )
        return self._submit(kind, job, party, read or read_document)

    def picture(
        self, kind: type[LabelRenderer], page: PageRef, dots_per_inch: int = 110, *, party: str
    ) -> Future[bytes]:
        """`LabelRenderer.picture`."""
        job = Job(
            head={
                "call": "picture",
                "media_type": page.media_type,
                "index": page.index,
                "dots_per_inch": dots_per_inch,
            },
            body=page.content,
            step=2 * self._page_seconds,
            whole=2 * self._page_seconds,
            memory=MEMORY + 3 * len(page.content),
            output=MOST_OUTPUT,
        )
        return self._submit(kind, job, party, read_picture)

    # --- whose turn it is ---------------------------------------------------------------------------

    def _submit(self, kind: type[LabelRenderer], job: Job, party: str, read: Any) -> Future[Any]:
        one = _Waiting(kind, job, party, read, Future())
        if len(job.body) > MOST_INPUT:
            one.future.set_exception(
                BadReply(
                    "these label files are too large to be opened together",
                    code="bad_reply.label_files_too_large",
                )
            )
            return one.future
        with self._lock:
            if self._closed:
                raise RuntimeError("the children are closed")
            if self._threads is None:
                self._threads = ThreadPoolExecutor(_MOST, thread_name_prefix="children")
            self._waiting.append(one)
            self._dispatch()
        return one.future

    def _dispatch(self) -> None:
        """Start what may start. The lock is held."""
        while self._waiting and not self._closed:
            one = min(self._waiting, key=lambda one: self._running[one.party])
            busy = self._running.total()
            if busy >= _EACH and (busy >= _MOST or self._running[one.party]):
                return
            self._waiting.remove(one)
            if not one.future.set_running_or_notify_cancel():
                continue
            self._running[one.party] += 1
            assert self._threads is not None
            self._threads.submit(self._work, one)

    def _work(self, one: _Waiting) -> None:
        try:
            result = one.read(*self._run(one.kind, one.job))
        except BaseException as error:
            self._over(one)
            one.future.set_exception(error)
        else:
            self._over(one)
            one.future.set_result(result)

    def _over(self, one: _Waiting) -> None:
        with self._lock:
            self._running[one.party] -= 1
            self._running += Counter()  # forget parties that have nothing
            self._dispatch()

    # --- one job ------------------------------------------------------------------------------------

    def _run(self, kind: type[LabelRenderer], job: Job) -> tuple[dict[str, Any], bytes]:
        try:
            child = self._taken(kind)
        except Gone:
            raise Unavailable(STOPPED) from None
        try:
            return child.run(job)
        except Refused as error:
            raise raised(error) from None
        except Overrun as error:
            child.spent = True
            raise FileTooMuch(TOO_MUCH[error.over]) from None
        except Gone:
            child.spent = True
            raise Unavailable(STOPPED) from None
        finally:
            self._given_back(child)

    def _taken(self, kind: type[LabelRenderer]) -> Child:
        with self._lock:
            if self._closed:
                raise Unavailable(STOPPED)
            mine = next((child for child in self._idle if child.kind is kind), None)
            spare = None
            if mine is not None:
                self._idle.remove(mine)
                self._busy.add(mine)
            elif len(self._idle) + len(self._busy) >= _MOST and self._idle:
                spare = self._idle.pop(0)  # of another renderer
        if spare is not None:
            spare.end()
        if mine is not None:
            if mine.process.poll() is None:
                return mine
            self._given_back(mine, dead=True)
        if "<locals>" in kind.__qualname__:
            raise Unsupported(
                "{title}: a renderer has to stand at the top of a module",
                code="unsupported.renderer_stand_top_module",
                values={"title": kind.title},
            )
        try:
            child = Child(kind, MOST_INPUT)
            with self._lock:
                self._busy.add(child)
                self._keep()
                if self._closed:
                    child.kill()
            try:
                child.begin()
            except (CannotStart, Gone):
                self._given_back(child, dead=True)
                raise
        except CannotStart as error:
            raise Unsupported(
                "{title}: it cannot be started in a process of its own: {error}",
                code="unsupported.cannot_started_process_own",
                values={"title": kind.title, "error": error},
            ) from error
        with self._lock:
            if child.missing and not self._told:
                self._told = True
                log.warning(
                    "this system cannot limit %s of the processes that open label files: only their time is",
                    " and ".join(child.missing),
                )
        return child

    def _given_back(self, child: Child, *, dead: bool = False) -> None:
        with self._lock:
            self._busy.discard(child)
            keep = not (dead or child.spent or self._closed) and child.process.poll() is None
            if keep:
                self._idle.append(child)
        if not keep:
            child.end()

    # --- a child's life -----------------------------------------------------------------------------

    def _keep(self) -> None:
        """Have a thread look after the children while there are any. The lock is held."""
        if self._keeper is None:
            self._keeper = threading.Thread(target=self._look_after, name="children-keeper", daemon=True)
            self._keeper.start()

    def _look_after(self) -> None:
        while True:
            time.sleep(min(_LOOK, max(self._idle_for / 4, 0.01)))
            now = time.monotonic()
            with self._lock:
                for child in self._busy:
                    if now > child.deadline:
                        child.kill()  # who waits for it hears of its end
                old = [child for child in self._idle if now - child.idle_since > self._idle_for]
                self._idle = [child for child in self._idle if child not in old]
                done = not self._idle and not self._busy
                if done:
                    self._keeper = None
            for child in old:
                child.end()
            if done:
                return

    def processes(self) -> list[int]:
        """The ids of the children's processes."""
        with self._lock:
            return [child.process.pid for child in (*self._idle, *self._busy)]

    def close(self) -> None:
        """End every child, also one that is at work."""
        with self._lock:
            self._closed = True
            waiting, self._waiting = self._waiting, deque()
            idle, self._idle = self._idle, []
            for child in self._busy:
                child.kill()
        for one in waiting:
            one.future.cancel()
        for child in idle:
            child.end()
        if self._threads is not None:
            self._threads.shutdown(wait=True)


class _Waiting:
    """A job that waits for a child."""

    __slots__ = ("future", "job", "kind", "party", "read")

    def __init__(
        self, kind: type[LabelRenderer], job: Job, party: str, read: Any, future: Future[Any]
    ) -> None:
        self.kind, self.job, self.party, self.read, self.future = kind, job, party, read, future


__all__ = ["Children"]
