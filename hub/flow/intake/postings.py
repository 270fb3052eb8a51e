"""Step 2: postings arrive. Every item of a page is guarded by itself: one that cannot be read is kept raw and
shown as a problem, and the others go on. A page's rows and its cursor are one transaction."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from hub.calls.call import read
from hub.flow.history.recording import advance_soon, last_order, move, posting_row, record, written
from hub.flow.history.results import SyncResult
from hub.flow.history.stages import stage_of
from hub.flow.intake.arriving import Item, checked_page, decoded
from hub.flow.problems.kinds import ended_by
from hub.flow.problems.opening import close_problems, open_problem
from hub.flow.recipients import address_checks, identity
from hub.flow.runtime.stored_accounts import account_row
from hub.flow.sellers import leaving
from hub.plugin_api.errors import BadReply, HubError, NotFound
from hub.plugin_api.ids import new_id
from hub.plugin_api.models import Posting, Recipient, Stage
from hub.plugin_api.sources import OrderSource, Page
from hub.store import Transaction, arrivals, postings, problems, rows
from hub.store.arrivals import RawPayload
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

_OFTEN = timedelta(seconds=45)  # the stream "open": an order is seen within a minute
_SELDOM = timedelta(minutes=5)  # every other stream
_PAGES = 10_000  # a stream that never ends is broken
_SAME_PAGE = 5  # so often one page may come within a walk
_NOTHING = "unreadable"
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
    account = account_row(app.store.reader, row.account)
    source = app.source(row.account)
    raw = await read(
        said("{title}: posting", code="call.posting", values={"title": source.title}),
        lambda: source.posting(row.number),
        explain=source.explain,
    )
    item = decoded(source, raw, row.number)
    if item.posting is None:
        raise HubError(
            "the posting {number} cannot be read: {fault}",
            code="decode_failed",
            values={"number": row.number, "fault": item.fault},
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
                _keep_unreadable(tx, account, item, now)
                faults += 1
            elif item.number not in known and item.number not in fresh:
                fresh[item.number] = item
        new = len(fresh)
        _read_again(tx, account.id, [item.number for item in items if item.posting is not None], now)
        _insert(tx, account, list(fresh.values()), actor=actor, now=now)
        for item in items:
            if item.posting is None or fresh.get(item.number) is item:
                continue
            if known.get(item.number) != item.digest:
                _, was_changed = apply(tx, account, item.posting, item.raw, actor=actor, now=now)
                changed += was_changed
        arrivals.put_cursor(tx, account=account.id, stream=stream, cursor=cursor, now=now)
        return new, changed, faults

    return await app.store.write(write)


def apply(
    tx: Transaction,
    account: rows.AccountRow,
    posting: Posting,
    raw: bytes,
    *,
    actor: str,
    now: datetime,
) -> tuple[rows.PostingRow, bool]:
    """One decoded posting into the store. Returns its row, and whether a known one was changed."""
    digest = hashlib.sha256(raw).digest()
    row = postings.of_number(tx, account=account.id, number=posting.number)
    if row is None:
        (row,) = _insert(
            tx, account, [Item(raw, posting.number, posting, None, digest)], actor=actor, now=now
        )
        return row, False
    if row.raw_hash == digest:
        return row, False
    arrivals.keep_raw(tx, [RawPayload(account.id, "posting", posting.number, now, digest, raw)])
    document = msgspec.structs.replace(posting, recipient=None)
    if row.erased_at is not None:
        document = msgspec.structs.replace(document, cancel_reason="")
    facts = {
        "status": posting.status,
        "substatus": posting.substatus,
        "status_known": posting.stage is not None,
        "ship_by": posting.ship_by,
        "late_after": posting.late_after,
        "provider": posting.provider,
        "document": document,
        "raw_hash": digest,
    }
    old = (row.status, row.substatus, row.document.actions)
    renumbered = row.problems > 0 and posting.tracking_number != row.document.tracking_number
    # A stage that it showed before is no news: a posting that is shipped again was "delivering" all the time.
    told = None if posting.stage is row.document.stage else posting.stage
    waited = row.document.waits_for_papers
    if row.document.recipient_complete:
        document = msgspec.structs.replace(document, recipient_complete=True)
        facts["document"] = document
    if not row.tracking_number and posting.tracking_number:
        facts["tracking_number"] = posting.tracking_number
    elsewhere = posting.warehouse_id != row.document.warehouse_id
    row = msgspec.structs.replace(row, **facts, updated_at=now)
    rows.postings.save(tx, row)
    if elsewhere:
        there = leaving.slug_of(posting, account, leaving.known(tx, account.seller))
        row = leaving.move(tx, row, there, actor=actor, now=now)
    if old[:2] != (posting.status, posting.substatus):
        data = {"status": posting.status, "substatus": posting.substatus}
        row = record(tx, row, "posting.changed", data, actor=actor, now=now)
    stage = stage_of(marketplace=told, tracked=None, previous=Stage(row.stage))
    row = move(tx, row, stage, actor=actor, now=now)
    live = bool(row.carrier) and stage is Stage.CANCELLED
    if waited != posting.waits_for_papers:
        row = _papers(tx, row, posting, now)
    news = old[2] != posting.actions or posting.assembly_failed or waited or renumbered
    if live or (row.wanted and news):
        advance_soon(tx, row, now=now)
    row = close_problems(tx, row, *ended_by("read"), now=now)
    if stage is Stage.CANCELLED:  # what a person had it told there has happened; its booking's cancel has not
        row = close_problems(tx, row, *ended_by("cancelled"), now=now, about=("posting", row.id))
        row = close_problems(tx, row, *ended_by("left"), now=now)
    if posting.stage is None:
        row = _unknown(tx, row, posting, now)
    if row.erased_at is None and _keep_recipient(tx, row.id, posting, now):
        freed = close_problems(tx, row, "address_unclear", now=now)
        if freed is not row:
            advance_soon(tx, freed, now=now)
        row = freed
    return row, True


def _insert(
    tx: Transaction, account: rows.AccountRow, items: Sequence[Item], *, actor: str, now: datetime
) -> list[rows.PostingRow]:
    """Postings that were never seen: all rows of a page go into a table at once."""
    made, events, notices, recipients, strange = [], [], [], [], []
    places = leaving.known(tx, account.seller)
    for item in items:
        assert item.posting is not None
        posting = item.posting
        document = msgspec.structs.replace(posting, recipient=None)
        row = _new_row(account, posting, document, item.digest, now)
        row = msgspec.structs.replace(row, warehouse=leaving.slug_of(posting, account, places))
        data = {"status": posting.status, "stage": row.stage}
        row, event, notice = written(row, "posting.imported", data, actor=actor, now=now)
        made.append(row)
        events.append(event)
        if notice is not None:
            notices.append(notice)
        if posting.recipient is not None:
            recipients.append(
                rows.RecipientRow(posting_id=row.id, document=posting.recipient, updated_at=now)
            )
        if posting.stage is None or posting.waits_for_papers:
            strange.append((len(made) - 1, posting))
    raws = [RawPayload(account.id, "posting", item.number, now, item.digest, item.raw) for item in items]
    arrivals.keep_raw(tx, raws)
    rows.postings.insert_many(tx, made)
    rows.history.insert_many(tx, events)
    rows.outbox.insert_many(tx, notices)
    rows.recipients.insert_many(tx, recipients)
    for index, posting in strange:
        say = _unknown if posting.stage is None else _papers
        made[index] = say(tx, made[index], posting, now)
    return [_inherited(tx, row, now) if row.document.parent_number else row for row in made]


def _inherited(tx: Transaction, row: rows.PostingRow, now: datetime) -> rows.PostingRow:
    """A further parcel of a posting that was ordered is ordered with it (Ozon: ``-1``, ``-2``)."""
    number = row.document.parent_number
    parent = postings.of_number(tx, account=row.account, number=number)
    if parent is None or not parent.wanted or not row.is_open:
        return row
    ordered = last_order(tx, parent.id)
    data = {"carrier": ordered.carrier, "service": ordered.service, "parent": number}
    row = record(tx, row, "ship.ordered", data, actor="hub", now=now, wanted=True)
    advance_soon(tx, row, now=now)
    return row


def _papers(tx: Transaction, row: rows.PostingRow, posting: Posting, now: datetime) -> rows.PostingRow:
    """The marketplace waits for the buyer's papers, or does so no longer."""
    if posting.waits_for_papers:
        return open_problem(tx, row, identity.AWAITED, now=now)
    return close_problems(tx, row, identity.AWAITED, now=now)


def _unknown(tx: Transaction, row: rows.PostingRow, posting: Posting, now: datetime) -> rows.PostingRow:
    arrivals.count_unknown_status(tx, posting.status)
    data = {"status": posting.status, "substatus": posting.substatus}
    return open_problem(tx, row, "unknown_status", data, now=now)


def _new_row(
    account: rows.AccountRow, posting: Posting, document: Posting, digest: bytes, now: datetime
) -> rows.PostingRow:
    stage = posting.stage or Stage.NEW
    over = stage.final or stage.rank >= Stage.HANDED_OVER.rank
    return rows.PostingRow(
        id=new_id("pst"),
        seller=account.seller,
        account=account.id,
        number=posting.number,
        order_number=posting.order_number,
        scheme=posting.scheme,
        flow=posting.flow,
        books=posting.fulfilment.books,
        status=posting.status,
        substatus=posting.substatus,
        status_known=posting.stage is not None,
        stage=str(stage),
        is_open=not over,
        wanted=False,
        ship_by=posting.ship_by,
        late_after=posting.late_after,
        provider=posting.provider,
        carrier="",
        service="",
        price_minor=None,
        currency="",
        reference="",
        tracking_number=posting.tracking_number,
        reported="",
        problems=0,
        pieces=sum(item.quantity for item in posting.items),
        sequence=0,
        document=document,
        raw_hash=digest,
        created_at=now,
        updated_at=now,
    )


_IN_FULL = tuple(name for name in Recipient.__struct_fields__ if name not in ("name", "address", "identity"))
"""Fields of the buyer that only the single read may have."""


def _keep_recipient(tx: Transaction, posting_id: str, posting: Posting, now: datetime) -> bool:
    """The buyer's data; a list's shorter form never replaces what the single read gave. Whether the address
    is another one."""
    if posting.recipient is None:
        return False
    known = rows.recipients.get(tx, posting_id)
    new = rows.RecipientRow(posting_id=posting_id, document=posting.recipient, updated_at=now)
    if known is None:
        rows.recipients.insert(tx, new)
        return False
    old, some = known.document, new.document
    document = msgspec.structs.replace(some, identity=old.identity)  # no marketplace gives it
    if not posting.recipient_complete:
        left_out = {name: getattr(old, name) for name in _IN_FULL if not getattr(some, name)}
        document = msgspec.structs.replace(document, **left_out)
    new = address_checks.after_news(known, msgspec.structs.replace(new, document=document))
    rows.recipients.save(tx, new)
    return new.document.address != known.document.address


def _keep_unreadable(tx: Transaction, account: rows.AccountRow, item: Item, now: datetime) -> None:
    assert item.fault is not None
    external = item.number or item.digest.hex()[:16]
    arrivals.keep_raw(tx, [RawPayload(account.id, _NOTHING, external, now, item.digest, item.raw)])
    row = postings.of_number(tx, account=account.id, number=item.number)
    data = {"number": external, "reason": msgspec.to_builtins(item.fault)}
    if row is not None:
        open_problem(tx, row, "decode_failed", data, now=now)
        return
    known = problems.open_unread(tx, account=account.id, number=external)
    if known is None:
        rows.problems.insert(
            tx,
            rows.ProblemRow(
                id=new_id("prb"),
                seller=account.seller,
                posting_id="",
                account=account.id,
                operation_id="",
                kind="decode_failed",
                data=data,
                deadline=None,
                state="open",
                answer="",
                created_at=now,
                closed_at=None,
                subject_type="number",
                subject_id=external,
            ),
        )


def _read_again(tx: Transaction, account: str, numbers: Sequence[str], now: datetime) -> None:
    """What could not be read before, and can be now, is no problem any more."""
    for number in problems.unread_numbers(tx, account=account) & set(numbers):
        problems.close_unread(tx, account=account, number=number, now=now)
