"""Step 2: postings arrive. Every item of a page is guarded by itself: one that cannot be read is kept raw and
shown as a problem, and the others go on. A page's rows and its cursor are one transaction."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hub.calls.call import read
from hub.flow.history.recording import posting_row
from hub.flow.history.results import SyncResult
from hub.flow.intake import unreadable
from hub.flow.intake.applying import apply, insert
from hub.flow.intake.arriving import Item, checked_page, decoded
from hub.flow.runtime.stored_accounts import account_row
from hub.plugin_api.errors import BadReply, HubError, NotFound
from hub.plugin_api.sources import OrderSource, Page
from hub.store import Transaction, arrivals, postings, rows
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

_OFTEN = timedelta(seconds=45)  # the stream "open": an order is seen within a minute
_SELDOM = timedelta(minutes=5)  # every other stream
_PAGES = 10_000  # a stream that never ends is broken
_SAME_PAGE = 5  # so often one page may come within a walk
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


async def run(app: App, account_id: str) -> datetime | None:
    """The scheduled sync of one account: the streams that are due. Again when the next one is."""
    try:
        row = account_row(app.store.reader, account_id)
    except NotFound:
        return None
    seller = app.seller(row.seller)
    if row.plugin not in seller.plugins:
        return None
    source = app.source(account_id)
    now = app.clock.now()
    streams = [stream for stream, due in _due(app, account_id, source).items() if due <= now]
    await sync_account(app, account_id, "schedule", streams)
    now = app.clock.now()
    soonest = min(_due(app, account_id, source).values(), default=now + _SELDOM)
    return max(soonest, now + app.clock.stretch(0.3))


def _due(app: App, account_id: str, source: OrderSource[Any]) -> dict[str, datetime]:
    """When each stream is to be walked: so long after its last page, whoever asked for that."""
    last = arrivals.last_read(app.store.reader, account=account_id)
    return {
        stream: last.get(stream, _NEVER) + (_OFTEN if stream == "open" else _SELDOM)
        for stream in source.streams
    }


async def sync_account(
    app: App, account_id: str, actor: str, streams: Sequence[str] | None = None
) -> SyncResult:
    """Walk these streams of the account's source, or all. What one stream refuses does not stop the next."""
    account = account_row(app.store.reader, account_id)
    source = app.source(account_id)
    seen: set[str] = set()
    nameless = new = changed = problems = 0
    failure: HubError | None = None
    for stream in source.streams if streams is None else streams:
        try:
            cursor = arrivals.cursor(app.store.reader, account=account_id, stream=stream)
            walk = _Walk(f"{source.title}: postings", cursor)
            for _ in range(_PAGES):
                page = await read(
                    said("{title}: postings", code="call.postings", values={"title": source.title}),
                    lambda stream=stream, cursor=cursor: source.postings(stream, cursor),  # type: ignore[misc]
                    explain=source.explain,
                )
                page = checked_page(page, f"{source.title}: postings")
                items = [decoded(source, raw) for raw in page.items]
                counts = await _take_in(app, account, stream, items, page.next, actor)
                seen.update(item.number for item in items if item.number)
                nameless += sum(not item.number for item in items)
                new, changed, problems = (
                    had + more for had, more in zip((new, changed, problems), counts, strict=True)
                )
                if page.complete or page.next == cursor:
                    break
                walk.goes_on(page)
                cursor = page.next
            else:
                raise walk.endless
        except HubError as error:
            failure = failure or error
    if failure is not None:
        raise failure
    app.woken.set()
    return SyncResult(
        account=account_id,
        seller=account.seller,
        name=account.name,
        seen=len(seen) + nameless,
        new=new,
        changed=changed,
        problems=problems,
    )


class _Walk:
    """One walk over a stream: it ends, or it is told that it does not."""

    def __init__(self, title: str, cursor: str) -> None:
        self.endless = BadReply(
            "{title}: the list does not end, its pages come again and again",
            code="bad_reply.list_not_end_pages_come",
            values={"title": title},
        )
        self._cursors = {cursor}
        self._pages: Counter[bytes] = Counter()

    def goes_on(self, page: Page) -> None:
        """After a page that is not the last. Raises BadReply where the list goes round in a circle, or gives
        one page again and again: what is behind it never comes."""
        items: Sequence[object] = page.items
        digest = hashlib.sha256()
        for one in items:
            digest.update(one if isinstance(one, bytes) else b"?")
        content = digest.digest()
        self._pages[content] += 1
        if page.next in self._cursors or (page.items and self._pages[content] > _SAME_PAGE):
            raise self.endless
        self._cursors.add(page.next)


async def refresh_posting(app: App, posting_id: str, actor: str) -> rows.PostingRow:
    """Read one posting again, as complete as the marketplace gives it, and take it in."""
    row = posting_row(app.store.reader, posting_id)
    return await fetch(app, account_row(app.store.reader, row.account), row.number, actor)


async def fetch(app: App, account: rows.AccountRow, number: str, actor: str) -> rows.PostingRow:
    """The same of one that may be new here, by its number at the account."""
    source = app.source(account.id)
    raw = await read(
        said("{title}: posting", code="call.posting", values={"title": source.title}),
        lambda: source.posting(number),
        explain=source.explain,
    )
    item = decoded(source, raw, number)
    if item.posting is None:
        raise HubError(
            "the posting {number} cannot be read: {fault}",
            code="decode_failed",
            values={"number": number, "fault": item.fault},
        )
    posting = item.posting
    stored, _ = await app.store.write(
        lambda tx: apply(tx, account, posting, raw, actor=actor, now=app.clock.now())
    )
    return stored


async def _take_in(
    app: App,
    account: rows.AccountRow,
    stream: str,
    items: Sequence[Item],
    cursor: str,
    actor: str,
) -> tuple[int, int, int]:
    """One page into the store. Returns how many were new, changed, and not readable."""

    def write(tx: Transaction) -> tuple[int, int, int]:
        now = app.clock.now()
        new = changed = faults = 0
        known = postings.read_last(tx, account=account.id, numbers=[item.number for item in items])
        fresh: dict[str, Item] = {}
        for item in items:
            if item.posting is None:
                unreadable.keep(tx, account, item, now)
                faults += 1
            elif item.number not in known and item.number not in fresh:
                fresh[item.number] = item
        new = len(fresh)
        unreadable.read_again(
            tx, account.id, [item.number for item in items if item.posting is not None], now
        )
        insert(tx, account, list(fresh.values()), actor=actor, now=now)
        for item in items:
            if item.posting is None or fresh.get(item.number) is item:
                continue
            if known.get(item.number) != item.digest:
                _, was_changed = apply(tx, account, item.posting, item.raw, actor=actor, now=now)
                changed += was_changed
        arrivals.put_cursor(tx, account=account.id, stream=stream, cursor=cursor, now=now)
        return new, changed, faults

    return await app.store.write(write)
