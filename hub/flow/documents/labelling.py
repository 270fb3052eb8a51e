"""Step 5: labels. A page belongs to the posting whose barcode it shows, never to a position in a file."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from hub.calls.call import read
from hub.flow.documents import closed_places
from hub.flow.documents.label_pages import assign, supersede
from hub.flow.documents.label_tries import Wanted, asked_for, next_try, plain, put_off, requested, stands
from hub.flow.documents.problems import facts
from hub.flow.history.recording import posting_row, record
from hub.flow.history.shipments import as_shipment, latest_shipment
from hub.flow.problems.kinds import blocking
from hub.flow.problems.opening import is_open, open_problem
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import AuthFailed, BadReply, Failure, HubError, Rejected, Unavailable
from hub.plugin_api.labels import LabelContent, Paper
from hub.plugin_api.models import Action, Pending, Ready, Recipient, Shipment, Stage, Ticket
from hub.store import Transaction, documents, postings, rows
from hub.store.queue import Work, enqueue, is_queued
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.history.situation import Situation

Maker = Literal["marketplace", "carrier", "own"]
_GATHER = timedelta(seconds=5)  # so long a request waits for its neighbours
_ASK_AGAIN = timedelta(seconds=20)
_AT_ONCE = timedelta(seconds=1)
_AT_A_TIME = 4


def ready_pages(connection: Transaction, posting_id: str) -> list[rows.DocumentRow]:
    """The pages of the posting's label, one row each, in the file's order; none while it is not here."""
    return documents.ready_labels(connection, posting_id)


def label_wanted(app: App, row: rows.PostingRow, shipment: rows.ShipmentRow | None) -> Maker | None:
    """Who makes the label that this posting needs now; None when it needs none, or has it."""
    if Stage(row.stage).final or not row.wanted or ready_pages(app.store.reader, row.id):
        return None
    if row.document.fulfilment.label == "marketplace":
        return "marketplace" if Action.LABEL in row.document.actions else None
    if shipment is None or shipment.state != "booked":
        return None
    kind = app.registry.carriers[shipment.carrier]
    gives = kind.label is not Carrier.label or kind.request_labels is not Carrier.request_labels
    return "carrier" if gives else "own"


async def request(at: Situation, account_id: str) -> None:
    """Have the account's labels fetched soon: neighbours share one request, and one write."""
    app, row, now = at.app, at.row, at.app.clock.now()
    work = Work(
        kind="labels", subject=account_id, seller=row.seller, account=account_id, run_at=now + _GATHER
    )
    if not is_queued(app.store.reader, work):
        await at.basis.write(lambda tx: enqueue(tx, work, now=now))


async def run(app: App, account_id: str) -> datetime | None:
    """Ask for the labels that this account owes, read the tickets, assign the pages."""
    account = rows.accounts.get(app.store.reader, account_id)
    if account is None:
        return None
    market = account.plugin in app.registry.sources
    wanted = _wanted(app, account, market)
    await closed_places.forget_others(app, account, wanted)
    if not wanted:
        return None
    known = _known(app, account)
    now = app.clock.now()
    due = {
        posting_id: one
        for posting_id, one in wanted.items()
        if (at := _retry_at(known.get(posting_id))) is None or at <= now
    }
    unasked = [one for posting_id, one in due.items() if not _ticket(known.get(posting_id))]
    if unasked:
        await _ask(app, account, market, unasked, {row.posting_id for row in known.values() if row.alone})
        known = _known(app, account)
    tickets: dict[str, list[Wanted]] = {}
    for posting_id, document in known.items():
        if posting_id in due and document.ticket:
            tickets.setdefault(document.ticket, []).append(due[posting_id])
    for ticket, ones in tickets.items():
        await _fetch(app, account, market, ticket, ones)
    left = _wanted(app, account, market)
    await closed_places.forget_others(app, account, left)
    if not left:
        return None
    now, known = app.clock.now(), _known(app, account)
    soonest = min(next_try(known.get(posting_id), now, _ASK_AGAIN) for posting_id in left)
    return max(soonest, now + max(app.clock.stretch(0.3), _AT_ONCE))


def _known(app: App, account: rows.AccountRow) -> dict[str, rows.DocumentRow]:
    """By posting: the labels of this account that were asked for and are not here."""
    found = documents.requested_labels(app.store.reader, account=account.id)
    return {row.posting_id: row for row in found}


def _retry_at(row: rows.DocumentRow | None) -> datetime | None:
    return None if row is None else row.retry_at


def _ticket(row: rows.DocumentRow | None) -> str:
    return "" if row is None else row.ticket


def _stuck(app: App, posting_id: str) -> bool:
    """A person has to answer first. What is only late is told too, and tried on."""
    if not is_open(app.store.reader, posting_id, *blocking("label")):
        return False
    row = asked_for(app.store.reader, posting_id)
    return row is None or row.retry_at is None


def _wanted(app: App, account: rows.AccountRow, market: bool) -> dict[str, Wanted]:
    reader = app.store.reader
    found = postings.owing_label(reader, seller=account.seller, account=account.id, by_marketplace=market)
    wanted = {}
    for row in found:
        if _stuck(app, row.id):
            continue
        shipment = latest_shipment(reader, row.id)
        maker = label_wanted(app, row, shipment)
        if maker == "marketplace" and market and row.account == account.id:
            codes = frozenset({*row.document.barcodes, row.number})
            wanted[row.id] = Wanted(posting=row, shipment=shipment, codes=codes, subject=row.document)
        elif maker in ("carrier", "own") and shipment is not None and shipment.account == account.id:
            recipient = rows.recipients.get(reader, row.id)
            to = None if recipient is None else _shown(recipient, account.id)
            mine = as_shipment(shipment, row, to)
            carrier = app.carrier(account)
            boxes = len(shipment.parcels) if maker == "carrier" and carrier.multi_parcel else 1
            codes = _expected(carrier, mine)
            wanted[row.id] = Wanted(posting=row, shipment=shipment, codes=codes, subject=mine, boxes=boxes)
    return wanted


def _expected(carrier: Carrier[Any], shipment: Shipment) -> frozenset[str]:
    try:
        return carrier.expected_codes(shipment)
    except Exception as error:  # of one shipment: the others' labels are not held up by it
        plain(error, carrier.title)
        return Carrier.expected_codes(carrier, shipment)


async def _ask(
    app: App, account: rows.AccountRow, market: bool, unasked: Sequence[Wanted], alone: Collection[str]
) -> None:
    """Request documents; what is given at once is assigned at once. ``alone``: postings by id that are asked
    for by themselves."""
    if not market:
        carrier = app.carrier(account.id)
        kind = type(carrier)
        if kind.request_labels is Carrier.request_labels:
            await _each(app, account, carrier, unasked)
            return
    plugin: Any = app.source(account.id) if market else app.carrier(account.id)
    size = max(plugin.label_batch if market else plugin.max_batch, 1)
    together = [one for one in unasked if one.posting.id not in alone]
    parts = [together[start : start + size] for start in range(0, len(together), size)]
    parts += [[one] for one in unasked if one.posting.id in alone]
    for part in parts:
        await _ask_part(app, account, plugin, part)


async def _ask_part(app: App, account: rows.AccountRow, plugin: Any, part: Sequence[Wanted]) -> None:
    title = said("{title}: labels", code="call.labels", values={"title": plugin.title})
    try:
        answers: Sequence[Ticket | Failure] = await read(
            title, lambda: plugin.request_labels([one.subject for one in part]), explain=plugin.explain
        )
        if len(answers) != len(part):  # nobody knows whose each of them is
            told = said(
                "{title}: {answers} answers for {part} parcels",
                code="label.answers_parcels",
                values={"title": title, "answers": len(answers), "part": len(part)},
            )
            raise BadReply(told) if len(part) == 1 else Rejected(told)
    except AuthFailed:
        raise  # the account's, not the posting's
    except Exception as error:
        failure = plain(error, plugin.title)
        await app.store.write(lambda tx: put_off(app, tx, account, part, failure))
        return

    def write(tx: Transaction) -> None:
        for one, answer in zip(part, answers, strict=True):
            if not stands(tx, one):
                continue
            if isinstance(answer, Ticket):
                requested(app, tx, account, one, answer)
            elif answer.kind == "auth_failed":
                continue
            else:
                put_off(app, tx, account, [one], answer.error())

    await app.store.write(write)
    for answer in answers:
        if isinstance(answer, Failure) and answer.kind == "auth_failed":
            raise answer.error()


def withdraw(tx: Transaction, reasons: Mapping[str, str], now: datetime) -> None:
    """The labels of these postings, by id, turned out not to open on their way into a file: a person is
    told."""
    for posting_id, reason in reasons.items():
        documents.fail_ready_labels(tx, posting_id, reason=reason, now=now)
        posting = posting_row(tx, posting_id)
        posting = record(tx, posting, "label.refused", {"reason": reason}, actor="hub", now=now)
        open_problem(tx, posting, "label_failed", facts(posting, reason=reason), now=now)


async def _each(app: App, account: rows.AccountRow, carrier: Carrier[Any], wanted: Sequence[Wanted]) -> None:
    """One label each, a few at a time. What fails is the posting's own; wrong credentials are the
    account's."""
    turn = asyncio.Semaphore(_AT_A_TIME)
    refused: list[AuthFailed] = []

    async def one_of(one: Wanted) -> None:
        async with turn:
            try:
                await _at_once(app, account, carrier, one)
            except AuthFailed as error:
                refused.append(error)
            except Exception as error:
                failure = plain(error, carrier.title)
                await app.store.write(lambda tx: put_off(app, tx, account, [one], failure))

    ended = await asyncio.gather(*(one_of(one) for one in wanted), return_exceptions=True)
    for error in ended:
        if error is not None:
            raise error  # what could not be written down
    if refused:
        raise refused[0]


async def _at_once(app: App, account: rows.AccountRow, carrier: Carrier[Any], one: Wanted) -> None:
    """A label that one request gives, or that the hub draws itself."""
    assert one.shipment is not None
    if type(carrier).label is Carrier.label:
        content, paper = _own(app, one), Paper(app.warehouse(one.posting).paper)
        size = Paper.LABEL_100X150 if paper is Paper.A4 else paper  # four of these go on a sheet
        document = await app.render(lambda: app.renderer().labels([content], size))
    else:
        document = await read(
            said("{title}: label", code="call.label", values={"title": carrier.title}),
            lambda: carrier.label(one.subject),
            explain=carrier.explain,
        )
    await assign(app, account, document, [one])


def _shown(recipient: rows.RecipientRow, account: str) -> Recipient:
    """Whom a label is for, as the carrier was told; without papers, which no label needs."""
    return msgspec.structs.replace(recipient.to(account), identity=None)


def _own(app: App, one: Wanted) -> LabelContent:
    recipient = rows.recipients.get(app.store.reader, one.posting.id)
    sender = app.warehouse(one.posting).sender
    if recipient is None or sender is None or one.shipment is None:
        raise HubError(
            "the label needs the buyer's and the sender's address", code="error.label_needs_buyer_sender"
        )
    return LabelContent(
        posting_number=one.posting.number,
        tracking_number=one.shipment.tracking_number or one.shipment.reference,
        carrier=app.registry.carriers[one.shipment.carrier].title,
        service=one.shipment.service_name,
        sender=sender,
        recipient=_shown(recipient, one.shipment.account),
        items=one.posting.document.items,
        weight_g=sum(parcel.weight_g for parcel in one.shipment.parcels),
        note=app.registry.carriers[one.shipment.carrier].label_note,
    )


async def _fetch(
    app: App, account: rows.AccountRow, market: bool, ticket: str, ones: Sequence[Wanted]
) -> None:
    plugin: Any = app.source(account.id) if market else app.carrier(account.id)
    try:
        answer: Pending | Ready | Failure = await read(
            said("{title}: labels", code="call.labels", values={"title": plugin.title}),
            lambda: plugin.fetch_labels(Ticket(ticket)),
            explain=plugin.explain,
        )
        if isinstance(answer, Failure):
            raise answer.error()
        if isinstance(answer, Pending):
            await app.store.write(lambda tx: _under_way(tx, ones))
            return
        missing = [one for one in ones if one.posting.number in answer.unprinted]
        if missing:
            await app.store.write(lambda tx: _forget(app, tx, account, missing))
        await assign(app, account, answer.document, [one for one in ones if one not in missing])
    except AuthFailed:
        raise  # the account's, not the postings'
    except Exception as error:
        failure = plain(error, plugin.title)
        await app.store.write(lambda tx: put_off(app, tx, account, ones, failure))


def _under_way(tx: Transaction, ones: Sequence[Wanted]) -> None:
    """It is being made: what went wrong before is over."""
    for one in ones:
        documents.clear_retry(tx, one.posting.id)


def _forget(app: App, tx: Transaction, account: rows.AccountRow, missing: Sequence[Wanted]) -> None:
    """These were not printed this time: they are asked for anew, later and later."""
    for one in missing:
        requested(app, tx, account, one, Ticket(""))
        put_off(
            app,
            tx,
            account,
            [one],
            Unavailable("the vendor did not print it this time", code="unavailable.vendor_not_print_time"),
        )


__all__ = ["Maker", "label_wanted", "ready_pages", "request", "run", "supersede", "withdraw"]
