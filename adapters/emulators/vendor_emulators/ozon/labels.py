"""Package labels: asynchronous tasks, two sizes, pages in no particular order, files on another host."""

import random
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from vendor_emulators.ozon.body import Body
from vendor_emulators.ozon.errors import NOT_FOUND, NOT_READY, PRECONDITION, business, refuse
from vendor_emulators.ozon.flows import Flows
from vendor_emulators.ozon.model import Posting
from vendor_emulators.ozon.shop import Shop
from vendor_emulators.wire import Request, Response

if TYPE_CHECKING:
    from vendor_emulators.documents import LabelPage

Json = dict[str, Any]

PATH = "/s3/ord-tmp-12/"
_SIZES = {"big_label": (75.0, 120.0), "small_label": (58.0, 40.0)}  # millimetres
_KEYS = ("client-id", "api-key", "authorization")
_STARTS = 0.5  # virtual seconds until a task is in progress, and until it is completed
_ENDS = 2.0
_DENIED = b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>%s</Code></Error>'


class Task(msgspec.Struct):
    """One file of one size; what it prints was settled when it was created."""

    id: int
    kind: str
    created_at: datetime
    shop: Shop
    printed: list[Posting]
    unprinted: list[tuple[str, str]]
    path: str
    pdf: bytes | None = None

    def status(self, now: datetime) -> str:
        age = (now - self.created_at).total_seconds()
        return "pending" if age < _STARTS else "in_progress" if age < _ENDS else "completed"


class Labels:
    """Tasks of all shops and the file host."""

    def __init__(self, flows: Flows, rng: random.Random) -> None:
        self._flows = flows
        self._random = rng
        self._tasks: dict[int, Task] = {}
        self._files: dict[str, Task] = {}
        self.files_url = "http://files.emulator.invalid"
        self.downloads = 0
        self.refused_with_keys = 0

    def create(
        self, shop: Shop, body: Body, *, ready: bool = True, displaced: Callable[[], bool] | None = None
    ) -> Json:
        """``/v3/posting/fbs/package-label/create``: two tasks for the same postings.

        ``displaced``: asked where there are several pages, whether none is to stay in its place.
        """
        numbers = body.texts("posting_numbers", low=1, high=1000)
        tasks = self._create(shop, numbers, tuple(_SIZES), ready=ready, displaced=displaced)
        return {"tasks": self._tasks_view(tasks)}

    def create_v2(self, shop: Shop, body: Body, *, ready: bool = True) -> Json:
        """``/v2/posting/fbs/package-label/create`` (off since 2026-11-02)."""
        numbers = body.texts("posting_number", low=1, high=1000)
        tasks = self._create(shop, numbers, tuple(_SIZES), ready=ready)
        return {"result": {"tasks": self._tasks_view(tasks)}}

    def create_v1(self, shop: Shop, body: Body, *, ready: bool = True) -> Json:
        """``/v1/posting/fbs/package-label/create`` (off since 2026-11-02)."""
        numbers = body.texts("posting_number", low=1, high=1000)
        (task,) = self._create(shop, numbers, ("big_label",), ready=ready)
        return {"result": {"task_id": task.id}}

    def sync_v2(self, shop: Shop, body: Body, *, ready: bool = True) -> Response:
        """``/v2/posting/fbs/package-label`` (off since 2026-11-02): one PDF, all postings or none."""
        numbers = body.texts("posting_number", low=1, high=20)
        (task,) = self._create(shop, numbers, ("big_label",), ready=ready)
        if task.unprinted:
            raise _not_ready()
        self._handed_out(task)
        return Response(200, self._document(task), "application/pdf")

    def get(self, shop: Shop, body: Body) -> Json:
        """``/v2/posting/fbs/package-label/get``."""
        task = self._task(shop, body)
        done = task.status(self._flows.now()) == "completed"
        return {
            "error": None,
            "file_url": self.files_url + task.path if done else "",
            "status": {
                "code": task.status(self._flows.now()),
                "postings_count": len(task.printed) + len(task.unprinted),
                "printed_postings_count": len(task.printed) if done else 0,
                "unprinted_postings": [
                    {"posting_number": number, "message": message} for number, message in task.unprinted
                ]
                if done
                else [],
            },
        }

    def get_v1(self, shop: Shop, body: Body) -> Json:
        """``/v1/posting/fbs/package-label/get`` (off since 2026-11-02)."""
        task = self._task(shop, body)
        done = task.status(self._flows.now()) == "completed"
        return {
            "result": {
                "error": "",
                "status": task.status(self._flows.now()),
                "file_url": self.files_url + task.path if done else "",
                "printed_postings_count": len(task.printed) if done else 0,
                "unprinted_postings_count": len(task.unprinted) if done else 0,
                "unprinted_postings": [
                    {"posting_number": number, "msg": message} for number, message in task.unprinted
                ]
                if done
                else [],
            }
        }

    def file(self, request: Request, foreign: Callable[[], bool] | None = None) -> Response:
        """The file host: it knows no keys and refuses requests that carry some.

        ``foreign``: asked where there are other postings, whether their labels are to be given.
        """
        if any(name in request.headers for name in _KEYS):
            self.refused_with_keys += 1
            return Response(403, _DENIED % b"AccessDenied", "application/xml")
        task = self._files.get(request.path)
        if task is None or task.status(self._flows.now()) != "completed":
            return Response(404, _DENIED % b"NoSuchKey", "application/xml")
        if request.method not in ("GET", "HEAD"):
            return Response(405)
        document = self._document(task)
        others = _others(task)
        if others and foreign is not None and foreign():
            document = _labels(task.kind, others, f"ticket {task.id}")
        if request.method == "GET":
            self.downloads += 1
            self._handed_out(task)
        return Response(200, document, "application/pdf")

    def _task(self, shop: Shop, body: Body) -> Task:
        task = self._tasks.get(body.integer("task_id", required=True))
        if task is None or task.shop is not shop:
            raise refuse(404, NOT_FOUND, "TASK_NOT_FOUND")
        return task

    def _tasks_view(self, tasks: list[Task]) -> list[Json]:
        return [{"task_id": task.id, "task_type": task.kind} for task in tasks]

    def _create(
        self,
        shop: Shop,
        numbers: list[str],
        kinds: tuple[str, ...],
        *,
        ready: bool,
        displaced: Callable[[], bool] | None = None,
    ) -> list[Task]:
        now = self._flows.now()
        if any(number not in shop.postings for number in numbers):
            raise business("POSTING_NUMBERS_IS_INCORRECT_FOR_COMPANY")
        printed: list[Posting] = []
        unprinted: list[tuple[str, str]] = []
        for number in dict.fromkeys(numbers):
            posting = shop.postings[number]
            posting.label_asked += 1
            reason = _reason(posting, now) if ready else NOT_READY
            if reason is None:
                printed.append(posting)
            else:
                unprinted.append((number, reason))
        if not printed:
            reasons = {reason for _, reason in unprinted}
            raise _not_ready() if NOT_READY in reasons else business(reasons.pop())
        displace = displaced is not None and len(printed) > 1 and displaced()
        tasks = []
        for kind in kinds:
            identity = self._random.randrange(10**12, 10**13)
            # Pages come in any order: which page is whose, only its barcode tells.
            pages = self._random.sample(printed, len(printed))
            if displace:
                by = self._random.randrange(1, len(printed))
                pages = printed[by:] + printed[:by]
            path = f"{PATH}{kind}/ticket-{identity}.pdf"
            task = Task(identity, kind, now, shop, pages, unprinted, path)
            self._tasks[identity] = self._files[path] = task
            tasks.append(task)
        return tasks

    def _document(self, task: Task) -> bytes:
        if task.pdf is None:
            task.pdf = _labels(task.kind, task.printed, f"ticket {task.id}")
        return task.pdf

    def _handed_out(self, task: Task) -> None:
        for posting in task.printed:
            self._flows.label_downloaded(task.shop, posting)


def _labels(kind: str, postings: list[Posting], title: str) -> bytes:
    from vendor_emulators.documents import label_pdf

    return label_pdf([_page(kind, posting) for posting in postings], title=title)


def _page(kind: str, posting: Posting) -> "LabelPage":
    from vendor_emulators.documents import LabelPage, Mark
    from vendor_emulators.ozon import label_face

    width, height = _SIZES[kind]
    small = kind == "small_label"
    marks = _marks(posting, small)
    draw = label_face.small if small else label_face.big
    face = partial(draw, posting=posting, marks=marks)
    return LabelPage(width, height, [Mark(mark) for mark in marks], _lines(posting, small), face)


def _others(task: Task) -> list[Posting]:
    """As many postings that have Ozon's label, none of them in this file; none where there is no other."""
    own = {posting.number for posting in task.printed}
    others = [
        posting
        for posting in task.shop.postings.values()
        if posting.number not in own and posting.mover in ("ozon", "registered")
    ]
    return others[-len(own) :]


def _reason(posting: Posting, now: datetime) -> str | None:
    """Why this posting's label is not printed, or None."""
    if posting.status == "delivered":
        return "label not allowed for delivered postings"
    if posting.mover in ("seller", "carrier"):
        return "INVALID_ARGUMENT"
    if posting.status in ("awaiting_approve", "awaiting_packaging", "awaiting_registration"):
        return NOT_READY
    if posting.status != "awaiting_deliver":
        return "INVALID_ARGUMENT"
    if posting.label_ready_at is None or now < posting.label_ready_at:
        return NOT_READY
    return None


def _not_ready() -> Exception:
    return refuse(409, PRECONDITION, NOT_READY)


def _marks(posting: Posting, small: bool) -> list[str]:
    """The new FBS label shows ScanIt (2026-10-05) beside the older pair; the small one has room for one."""
    if posting.mover == "ozon":
        return [posting.scanit] if small else [posting.upper_barcode, posting.lower_barcode, posting.scanit]
    return [posting.lower_barcode] if small else [posting.upper_barcode, posting.lower_barcode]


def _lines(posting: Posting, small: bool) -> list[str]:
    day = posting.shipment_date
    lines = [posting.number]
    if not small:
        lines += [f"ship by {day:%d.%m.%Y}", f"flow {posting.flow}"]
        if posting.tracking_number:
            lines.append(f"track {posting.tracking_number}")
    return lines
