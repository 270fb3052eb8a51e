"""Labels: tasks for up to a thousand postings, files in no particular order of pages."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import timedelta

import httpx
import msgspec
import ozon_api
from hub import BadReply, ConfigError, Document, Failure, Pending, Ready, Ticket, Unavailable, said
from ozon_api import ErrorReason

from hub_ozon import errors

_MAKING = timedelta(seconds=15)
_REQUESTS = 24
"""How often a refused batch is asked for in parts, before what is left is told to come again."""
_ONE_REFUSES_ALL = (ErrorReason.NOT_READY, ErrorReason.BUSINESS, ErrorReason.VALIDATION)


class _Asked(msgspec.Struct, frozen=True):
    """What a ticket holds."""

    task: int
    numbers: tuple[str, ...]


async def request(client: ozon_api.Client, numbers: Sequence[str], size: str) -> dict[str, Ticket | Failure]:
    """A ticket or a failure for each number; all numbers of one task share its ticket.

    One posting can refuse a whole batch, so a refused batch is halved until the culprits stand alone.
    """
    answers: dict[str, Ticket | Failure] = {}
    batches = deque([tuple(dict.fromkeys(numbers))])
    requests = 0
    while batches:
        batch = batches.popleft()
        requests += 1
        try:
            ticket = await _create(client, batch, size)
        except ozon_api.OzonError as error:
            failure = errors.explain(error)
            if failure is None or error.reason not in _ONE_REFUSES_ALL:
                raise
            if len(batch) == 1:
                answers[batch[0]] = failure
            elif requests + len(batches) < _REQUESTS:
                half = len(batch) // 2
                batches += [batch[:half], batch[half:]]
            else:
                again = Failure(kind="unavailable", message=failure.said, retry_after=errors.NOT_READY_PAUSE)
                answers |= dict.fromkeys(batch, again)
        else:
            answers |= dict.fromkeys(batch, ticket)
    return answers


async def _create(client: ozon_api.Client, batch: tuple[str, ...], size: str) -> Ticket:
    tasks = (await client.posting_fbs_package_label_create(batch)).tasks
    if not tasks:
        raise BadReply("Ozon made no label task", code="bad_reply.made_no_label_task")
    chosen = next((task for task in tasks if task.task_type == f"{size}_label"), tasks[0])
    return Ticket(msgspec.json.encode(_Asked(chosen.task_id, batch)).decode())


async def fetch(client: ozon_api.Client, ticket: Ticket) -> Pending | Ready | Failure:
    """The file of a task, once Ozon has made it."""
    asked = msgspec.json.decode(ticket.value, type=_Asked)
    try:
        found = await client.posting_fbs_package_label_get(asked.task)
    except ozon_api.OzonError as error:
        if error.reason is not ErrorReason.BUSINESS:
            raise
        return errors.explain(error) or Failure(kind="rejected", message=error.message)
    status = found.status
    if status.code == "error":
        word = found.error.code if found.error else ""
        text = (found.error.message if found.error else "") or said(
            "Ozon could not make the labels.", code="ozon.could_not_make_labels"
        )
        return Failure(kind="rejected", message=text, vendor_code=word)
    if status.code != "completed":
        return Pending(retry_after=_MAKING, reason=status.code)
    unprinted = {one.posting_number: one.message for one in status.unprinted_postings if one.posting_number}
    covers = tuple(number for number in asked.numbers if number not in unprinted)
    if not covers or not found.file_url:
        reason = next(
            iter(unprinted.values()),
            said(
                "Ozon says that the labels are made, and gives no file.", code="ozon.says_labels_made_gives"
            ),
        )
        return Failure(kind="unavailable", message=reason, retry_after=errors.NOT_READY_PAUSE)
    content = await _download(client, found.file_url)
    return Ready(
        document=Document(content=content, media_type="application/pdf", covers=covers), unprinted=unprinted
    )


async def _download(client: ozon_api.Client, url: str) -> bytes:
    try:
        content = (await client.download(url)).content
    except msgspec.ValidationError as error:  # before anything was sent
        raise ConfigError(
            "Ozon's label file lies at {place}, which is none of the account's file_hosts: add it there "
            "('hub account add' once more) and, where it is none of Ozon's own, under [addresses] in "
            "plugins.toml",
            code="config.label_file_lies_none",
            values={"place": _place(url)},
        ) from error
    except (httpx.HTTPStatusError, ozon_api.OzonError) as error:
        # The file servers know no keys: their 403 is about the link, not about the seller's credentials.
        raise Unavailable(
            "Ozon's file server does not give the label file.",
            retry_after=_MAKING,
            code="unavailable.file_server_not_give_label",
        ) from error
    if not content.startswith(b"%PDF"):
        raise BadReply("Ozon's label file is no PDF", code="bad_reply.label_file_no_pdf")
    return content


def _place(url: str) -> str:
    """Where it lies, without what may be secret in the link."""
    try:
        found = httpx.URL(url)
    except httpx.InvalidURL:
        return "no web address"
    port = "" if found.port is None else f":{found.port}"
    return f"{found.scheme}://{found.host}{port}"
