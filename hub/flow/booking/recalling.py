"""Orders that the database has forgotten, beside the one under a booking's own reference: of a later booking
of the posting, or with another carrier (docs/adr/0010)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from hub.calls.call import read
from hub.flow.booking import finding, own_orders
from hub.flow.booking.tracked_elsewhere import foreign_number
from hub.flow.history.recording import posting_row
from hub.flow.history.shipments import latest_shipment, reference_of, shipment_of
from hub.flow.journal import forgetting
from hub.flow.journal.kinds import Outcome
from hub.flow.problems import account_problems
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import (
    AuthFailed,
    BadReply,
    ConfigError,
    HubError,
    NotFound,
    Rejected,
    Unavailable,
    Unsupported,
)
from hub.plugin_api.models import FoundShipment
from hub.store import Transaction, counter, postings, rows, shipments
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.booking.shipping import Book

_LATER = 3  # so many later bookings of a posting are looked for after a restore


async def elsewhere(kind: Book, operation: rows.OperationRow) -> Outcome | None:
    """What is there of the posting under another reference; None where nothing is."""
    return await _later_booking(kind, operation) or await _with_another_carrier(kind, operation)


async def account_of(app: App, row: rows.PostingRow, number: str) -> tuple[str, str] | None:
    """The account that has a forgotten booking of ours under this tracking number, and the code of its
    service where the carrier says it; None where none has, as far as carriers can be asked.

    Raises what an unreachable carrier raises, where no other has it."""
    reader = app.store.reader
    doubted = counter.doubt(reader)
    if doubted is None or not forgetting.may_be_forgotten(row, doubted):
        return None
    last = latest_shipment(reader, row.id)
    first = 1 if last is None else last.ordinal + 1
    unreachable: HubError | None = None
    for account in app.carrier_accounts(app.seller(row.seller)):
        try:
            carrier = app.carrier(account.id)
            ours = _references(app, row, carrier, first)
            await _ask_with_neighbours(app, account, carrier, row, ours)
            found = await _under_number(app, account.id, carrier, ours, number)
        except (Unavailable, BadReply) as error:
            unreachable = error
            continue
        except HubError:
            continue  # a person is asked of it before anything is sent
        if found is not None:
            return account.id, found.service_code
    if unreachable is not None:
        raise unreachable
    return None


def _references(app: App, row: rows.PostingRow, carrier: Carrier[Any], first: int) -> list[str]:
    """Those that the posting's next bookings would have, and its forgotten ones had."""
    ordinals, seller = range(first, first + _LATER), app.seller(row.seller)
    return [reference_of(seller, app.store.reader, row, carrier, ordinal) for ordinal in ordinals]


async def _ask_with_neighbours(
    app: App, account: rows.AccountRow, carrier: Carrier[Any], row: rows.PostingRow, ours: Sequence[str]
) -> None:
    """Where a carrier answers for many at once it is asked for the neighbours that wait for the same too: a
    lost database has hundreds of them, and a call each would use up the day's calls."""
    now = app.clock.now()
    if not finding.finds_many(carrier) or app.kept(finding.FoundMemory).has(account.id, ours, now):
        return
    reader, wanted = app.store.reader, list(ours)
    neighbours = postings.wanted_without_shipment(
        reader, seller=row.seller, but=row.id, most=finding.AT_ONCE // _LATER - 1
    )
    for posting in neighbours:
        if foreign_number(reader, posting):
            wanted += _references(app, posting, carrier, 1)
    title = _title(carrier)
    found = await read(title, lambda: finding.find_all(carrier, title, wanted), explain=carrier.explain)
    app.kept(finding.FoundMemory).keep(account.id, found, now)


def _title(carrier: Carrier[Any]) -> str:
    return said(
        "{title}: orders under our reference",
        code="call.orders_under_our_reference",
        values={"title": carrier.title},
    )


async def told_by_number(kind: Book, operation: rows.OperationRow) -> Outcome | None:
    """The forgotten order under the tracking number that the marketplace shows, of a carrier that can be
    asked for a number and not for a reference; None where it is not ours."""
    reader = kind.app.store.reader
    number = foreign_number(reader, posting_row(reader, operation.posting_id))
    if not number or forgetting.ASKED_AFTER_A_RESTORE not in operation.result:
        return None
    ordinals = {reference.casefold(): ordinal for ordinal, reference in later(kind, operation)}
    references = [operation.reference, *ordinals]
    found = await _under_number(kind.app, operation.account, kind.carrier, references, number)
    if found is None:
        return None
    outcome, ordinal = kind.found(operation, [found]), ordinals.get(found.reference.casefold())
    if ordinal is None:
        return outcome
    reference = next(name for number, name in later(kind, operation) if number == ordinal)
    named = outcome.result | {"reference": reference, "ordinal": ordinal}
    return msgspec.structs.replace(outcome, result=named)


async def _under_number(
    app: App, account: str, carrier: Carrier[Any], references: Sequence[str], number: str
) -> FoundShipment | None:
    """The live order under one of our references that has this number."""
    kind, title = type(carrier), _title(carrier)
    if kind.find is not Carrier.find:
        now = app.clock.now()
        known = {one: app.kept(finding.FoundMemory).take(account, one, now, None) for one in references}
        unknown = [reference for reference, orders in known.items() if orders is None]
        found = await read(title, lambda: finding.find_all(carrier, title, unknown), explain=carrier.explain)
        told = [*(orders or () for orders in known.values()), *found.values()]
        orders = [one for several in told for one in several if one.live]
    elif kind.booking is not Carrier.booking:
        try:
            booking = await read(title, lambda: carrier.booking(number), explain=carrier.explain)
        except (Rejected, NotFound):
            return None  # it does not know this number
        ours = booking.reference.casefold() in {one.casefold() for one in references}
        lives = ours and booking.state in ("accepted", "confirmed")
        orders = [FoundShipment(booking=booking, reference=booking.reference)] if lives else []
    else:
        return None
    numbers = ((one, (one.booking.carrier_id, one.booking.tracking_number)) for one in orders)
    return next((one for one, its in numbers if any(own_orders.same(it, number) for it in its)), None)


async def _later_booking(kind: Book, operation: rows.OperationRow) -> Outcome | None:
    """A live order of a later booking of this posting, one that the restored backup has forgotten."""
    ordinals = {reference: ordinal for ordinal, reference in later(kind, operation)}
    for reference, orders in (await finding.find_all(kind.carrier, kind.title, ordinals)).items():
        outcome, ordinal = kind.found(operation, orders), ordinals[reference]
        if outcome.state in ("accepted", "confirmed"):
            named = outcome.result | {"reference": reference, "ordinal": ordinal}
            return msgspec.structs.replace(outcome, result=named)
        if outcome.state == "human":
            return outcome
    return None


async def _with_another_carrier(kind: Book, operation: rows.OperationRow) -> Outcome | None:
    """A live order with another carrier, one that the database has forgotten: a person decides.

    An account that cannot be asked may have it as well as any other. So a person is asked, once for that
    account, and what may be forgotten waits for the answer, or until the account can be asked."""
    reader, waits = kind.app.store.reader, False
    posting = posting_row(reader, operation.posting_id)
    doubted = counter.doubt(reader)
    for account in kind.app.carrier_accounts(kind.app.seller(posting.seller)):
        if account.id == operation.account:
            continue
        try:
            reason = await _live_order(kind, operation, posting, account)
        except (AuthFailed, ConfigError, Unsupported) as error:
            told = "" if doubted is None else forgetting.elsewhere(reader, account.id, doubted)
            if doubted is None or told == forgetting.NOTHING_ELSEWHERE:
                continue
            if told:
                reason = said(
                    "{plugin}, account {name}, has orders that were forgotten here",
                    code="book.account_orders_forgotten",
                    values={"plugin": account.plugin, "name": account.name},
                )
            else:
                await _ask_of(kind.app, account, operation, doubted, error.said)
                reason, waits = "", True
        if reason:
            return Outcome(state="human", reason=reason, reason_code="elsewhere")
    return Outcome(state="waits") if waits else None


async def _live_order(
    kind: Book, operation: rows.OperationRow, posting: rows.PostingRow, account: rows.AccountRow
) -> str:
    """What this account has of the posting, in words; empty where it has nothing.

    Raises AuthFailed, ConfigError or Unsupported where it cannot be asked until somebody fixes it."""
    try:
        carrier = kind.app.carrier(account.id)
    except HubError as error:
        raise ConfigError(error.message) from error
    new = forgetting.is_of_a_new_hub(operation)
    if type(carrier).find is Carrier.find:
        if new or carrier.for_comparison:
            return ""  # it was not booked with here, as far as anything tells
        raise Unsupported(
            "it cannot be asked by our reference", code="unsupported.cannot_asked_our_reference"
        )
    reader = kind.app.store.reader
    ordinal, seller = shipment_of(reader, operation).ordinal, kind.app.seller(posting.seller)
    references = [
        reference_of(seller, reader, posting, carrier, number)
        for number in range(ordinal, ordinal + (1 if new else _LATER))
    ]
    title = _title(carrier)
    found = await read(title, lambda: finding.find_all(carrier, title, references), explain=carrier.explain)
    for reference, orders in found.items():
        if any(one.live for one in orders):
            return said(
                "{title} has a live order under {reference}, which was forgotten here",
                code="book.live_order_under_forgotten",
                values={"title": carrier.title, "reference": reference},
            )
    return ""


async def _ask_of(
    app: App, account: rows.AccountRow, operation: rows.OperationRow, doubted: counter.Doubt, reason: str
) -> None:
    now = app.clock.now()
    data = {"until": f"{doubted.time:%Y-%m-%d %H:%M} UTC", "reason": reason}

    def write(tx: Transaction) -> None:
        account_problems.open_account_problem(
            tx, account, forgetting.BOOKED_ELSEWHERE, data, now=now, about=(operation,), asked_anew=False
        )

    await app.store.write(write)


def later(kind: Book, operation: rows.OperationRow) -> list[tuple[int, str]]:
    """Ordinal and reference of bookings that the database may have forgotten. Of a hub that is new, as
    far as anything tells, only the first is looked for: what was booked again has left the first one's
    traces. Unless the marketplace shows a number, which is a trace too."""
    reader = kind.app.store.reader
    posting = posting_row(reader, operation.posting_id)
    if forgetting.ASKED_AFTER_A_RESTORE not in operation.result:
        return []
    if forgetting.is_of_a_new_hub(operation) and not foreign_number(reader, posting):
        return []
    first, seller = shipment_of(reader, operation).ordinal + 1, kind.app.seller(posting.seller)
    here = {shipment.ordinal for shipment in shipments.of_posting(reader, posting.id)}
    return [
        (ordinal, reference_of(seller, reader, posting, kind.carrier, ordinal))
        for ordinal in range(first, first + _LATER)
        if ordinal not in here
    ]


__all__ = ["account_of", "elsewhere", "later", "told_by_number"]
