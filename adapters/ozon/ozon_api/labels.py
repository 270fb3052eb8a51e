"""Label files: a task is asked for, polled, and its file downloaded without the seller's keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from ozon_api.calls import Calls
from ozon_api.errors import raise_for_error
from ozon_api.files import Document, check_file_url
from ozon_api.wire import Body, Deciding, Reply


class _CreateRequest(Body, frozen=True, kw_only=True):
    posting_numbers: Sequence[str]


class _TaskRequest(Body, frozen=True, kw_only=True):
    task_id: int


class LabelTask(Reply, frozen=True, kw_only=True):
    """``task_type`` is ``big_label`` (75x120 mm) or ``small_label`` (58x40 mm)."""

    task_id: int
    task_type: str = ""


class LabelTasks(Reply, frozen=True, kw_only=True):
    """May hold both sizes for the same postings: one of them is enough."""

    tasks: Annotated[tuple[LabelTask, ...], Deciding]


class UnprintedPosting(Reply, frozen=True, kw_only=True):
    posting_number: Annotated[str, Deciding] = ""
    message: str = ""


class LabelStatus(Reply, frozen=True, kw_only=True):
    """``code`` is pending, in_progress, completed or error; completed may leave postings unprinted."""

    code: str
    postings_count: int = 0
    printed_postings_count: int = 0
    unprinted_postings: Annotated[tuple[UnprintedPosting, ...], Deciding] = ()


class LabelError(Reply, frozen=True, kw_only=True):
    code: str = ""
    message: str = ""


class LabelFile(Reply, frozen=True, kw_only=True):
    """``file_url`` is empty until the task is completed."""

    status: LabelStatus
    file_url: str = ""
    error: LabelError | None = None


class Labels(Calls):
    async def posting_fbs_package_label_create(self, posting_numbers: Sequence[str]) -> LabelTasks:
        """``/v3/posting/fbs/package-label/create``: 1..1000 postings in ``awaiting_deliver``.

        Too early (less than about a minute after ship): :exc:`OzonError` with reason ``not_ready``.
        """
        body = _CreateRequest(posting_numbers=posting_numbers)
        return await self._read("/v3/posting/fbs/package-label/create", body, LabelTasks)

    async def posting_fbs_package_label_get(self, task_id: int) -> LabelFile:
        """``/v2/posting/fbs/package-label/get``: how far the task is, and where its file lies."""
        return await self._read("/v2/posting/fbs/package-label/get", _TaskRequest(task_id=task_id), LabelFile)

    async def download(self, file_url: str) -> Document:
        """The file at a ``file_url``, fetched **without** the seller's keys and from allowed hosts only.

        Raises :exc:`msgspec.ValidationError` before anything is sent where the host is not allowed.
        A redirect is not followed (:exc:`httpx.HTTPStatusError`): it could lead anywhere.
        """
        url = check_file_url(file_url, self._file_hosts)
        request = self._http.build_request("GET", url, extensions={"safe": True})
        response = await self._http.send(request, auth=None, follow_redirects=False)
        raise_for_error(response)
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Document(
            content=response.content,
            media_type=media_type or "application/octet-stream",
            file_name=url.path.rpartition("/")[2],
        )
