"""Before something is spent for many, a person is shown what it costs: the total is made first, and its token
orders just what it shows. What changed in between is left out and named, and never paid at another price."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from hub.flow.booking import tracked_elsewhere
from hub.flow.choice import pricing, quoting
from hub.flow.choice.sums import by_carrier, sums
from hub.flow.history.echoes import heard
from hub.flow.history.recording import Ordered, posting_row
from hub.flow.history.results import ShipCode, ShipResult
from hub.flow.history.shipments import latest_shipment
from hub.flow.history.total_views import ShipTotal, TotalLine
from hub.flow.orders import foreseen, order_one, refused
from hub.flow.orders import ship as order
from hub.flow.problems.answers import IN_TOTAL
from hub.flow.problems.opening import open_problem
from hub.flow.recipients import address_checks
from hub.flow.sellers.accounts import must_be_on
from hub.plugin_api.errors import Conflict, HubError, NotFound
from hub.plugin_api.ids import new_id
from hub.plugin_api.models import Money
from hub.store import Transaction, rows, totals
from hub.words import Sentence, Words, said

if TYPE_CHECKING:
    from hub.flow.app import App

STANDS = timedelta(minutes=15)
"""How long a token can be used; a price that ends sooner is left out then."""
_KEPT = timedelta(days=1)
_AT_ONCE = 8  # postings whose prices are asked at one time


class _Found(NamedTuple):
    """A line of a total, and what is kept of it for the order; None where there is nothing to order."""

    line: TotalLine
    kept: rows.TotalEntry | None = None


async def total(
    app: App,
    seller: str,
    posting_ids: Sequence[str],
    *,
    carrier: str = "",
    service: str = "",
    warehouse: str = "",
    within: float | None = None,
    actor: str,
) -> ShipTotal:
    """What shipping these postings would cost, and a token that orders it. Nothing is booked, and the
    marketplace is told nothing; prices that were asked before and still stand are not asked for again.

    ``warehouse``: the only one that who asks may see, and the token is for those. ``within``: so many real
    seconds; what has no price then is ``no_answer``. Raises NotFound for a carrier that is not on.
    """
    row = app.seller(seller)
    if carrier:
        must_be_on(app, row, carrier)
    asking = _Asking(app, row, Ordered(carrier, service, None), actor)
    found = await asking.of_all(list(dict.fromkeys(posting_ids)), within)
    lines = tuple(one.line for one in found)
    entries = tuple(one.kept for one in found if one.kept is not None)
    now = app.clock.now()
    made = rows.TotalRow(
        id=new_id("tot"),
        seller=row.slug,
        warehouse=warehouse,
        carrier=carrier,
        service=service,
        actor=actor,
        entries=entries,
        created_at=now,
        expires_at=now + STANDS,
        used_at=None,
    )

    def write(tx: Transaction) -> None:
        totals.forget(tx, before=now - _KEPT)
        rows.totals.insert(tx, made)

    if entries:
        await app.store.write(write)
    titles = {code: plugin.title for code, plugin in app.registry.carriers.items()}
    return ShipTotal(
        seller=row.slug,
        token=made.id if entries else "",
        expires_at=made.expires_at if entries else None,
        orders=sum(one.state in ("priced", "marketplace") for one in lines),
        sums=sums(one.price for one in lines),
        at_most=sums(one.at_most for one in lines),
        carriers=by_carrier(lines, titles),
        lines=lines,
    )


def must_be_few(app: App, seller: str, posting_ids: Sequence[str], carrier: str, service: str) -> None:
    """Raise Conflict where an order of these would begin to spend for more than one: a total comes first."""
    reader = app.store.reader
    told = [foreseen(reader, seller, one, carrier, service).state for one in dict.fromkeys(posting_ids)]
    if told.count("queued") > 1:
        raise Conflict(
            "this spends for several postings: POST /v1/totals says what they cost, and its token orders "
            "them; nothing was ordered",
            code="total_first",
        )


class _Asking:
    """The lines of one total."""

    def __init__(self, app: App, seller: rows.SellerRow, order: Ordered, actor: str) -> None:
        self._app = app
        self._seller = seller
        self._order = order
        self._actor = actor
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def of_all(self, posting_ids: Sequence[str], within: float | None) -> list[_Found]:
        tasks = [asyncio.create_task(self._of(one)) for one in posting_ids]
        if not tasks:
            return []
        try:
            done, _ = await asyncio.wait(tasks, timeout=within)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return [
            task.result() if task in done else self._no_answer(one)
            for one, task in zip(posting_ids, tasks, strict=True)
        ]

    def _no_answer(self, posting_id: str) -> _Found:
        reason = said("its prices did not come in time: ask for the total again", code="total.no_answer")
        return self._without(posting_row(self._app.store.reader, posting_id), "no_answer", reason)

    async def _of(self, posting_id: str) -> _Found:
        async with self._turns:
            reader, order = self._app.store.reader, self._order
            told = foreseen(reader, self._seller.slug, posting_id, order.carrier, order.service)
            if told.state != "queued":
                line = TotalLine(
                    posting_id=told.posting_id,
                    number=told.number,
                    state=told.state,
                    code=told.code,
                    reason=told.reason,
                )
                return _Found(line)
            row = posting_row(reader, posting_id)
            if row.books != "seller":
                return self._booked_there(row)
            try:
                return await self._priced(row)
            except pricing.Lacking as lacking:
                return self._lacking(row, lacking)
            except HubError as error:  # of this posting alone
                return self._without(row, "no_answer", error.said)

    def _booked_there(self, row: rows.PostingRow) -> _Found:
        line = TotalLine(
            posting_id=row.id,
            number=row.number,
            state="marketplace",
            carrier=row.provider or row.flow,
        )
        return _Found(line, rows.TotalEntry(posting_id=row.id))

    async def _priced(self, row: rows.PostingRow) -> _Found:
        app, order, reader = self._app, self._order, self._app.store.reader
        if tracked_elsewhere.foreign_number(reader, row):
            reason = said(
                "it shows a tracking number that was not made here: ship it by itself",
                code="total.tracked_elsewhere",
            )
            return self._without(row, "by_itself", reason)
        chosen = pricing.standing(app, reader, row, order, app.clock.now() + STANDS)
        if chosen is None:
            recipient = rows.recipients.get(reader, row.id)
            about, asked = await pricing.ask(app, row, self._seller, recipient)
            unclear = set() if order.carrier else address_checks.unclear_at(recipient, about.accounts)
            decision = quoting.decide(
                app, asked, carrier=order.carrier, service=order.service, refused=unclear
            )
            priced = pricing.Priced(about, asked, decision, order)
            chosen = await self._kept(row, priced)
            if chosen is None and priced.later:
                return self._without(row, "no_answer", _why(priced.lacks.kind, priced.lacks.data))
            if chosen is None:
                raise priced.lacks
        return _priced_line(row, chosen)

    async def _kept(self, row: rows.PostingRow, priced: pricing.Priced) -> rows.ChoiceRow | None:
        inputs = priced.inputs(latest_shipment(self._app.store.reader, row.id))

        def write(tx: Transaction) -> rows.ChoiceRow | None:
            current = posting_row(tx, row.id)
            return pricing.keep(self._app, tx, current, priced, inputs, actor=self._actor)[1]

        return await self._app.store.write(write)

    def _lacking(self, row: rows.PostingRow, lacking: pricing.Lacking) -> _Found:
        """It becomes a question to a person once the total is agreed to."""
        data = heard(self._app.store.reader, row.id, lacking.data)
        found = self._without(row, lacking.kind, _why(lacking.kind, lacking.data))
        return _Found(found.line, rows.TotalEntry(posting_id=row.id, problem=lacking.kind, data=data))

    def _without(self, row: rows.PostingRow, code: str, reason: str) -> _Found:
        line = TotalLine(posting_id=row.id, number=row.number, state="unpriced", code=code, reason=reason)
        return _Found(line)


def _why(kind: str, data: dict[str, Any]) -> Sentence:
    """What the problem says, for whoever reads it."""
    return Sentence(Words(code=f"problem.{kind}", values=data))


def _priced_line(row: rows.PostingRow, chosen: rows.ChoiceRow) -> _Found:
    price = pricing.paid(chosen)
    cap = Money.from_minor(chosen.cap_minor, chosen.currency)
    line = TotalLine(
        posting_id=row.id,
        number=row.number,
        state="priced",
        carrier=chosen.carrier,
        service=chosen.service_name or chosen.service_code,
        parcels=len(chosen.parcels),
        price=price,
        # The cap is of the carrier's own list; what is paid by contract is not asked for by it.
        at_most=cap if price == chosen.price else price,
    )
    entry = rows.TotalEntry(
        posting_id=row.id,
        account=chosen.account,
        service_code=chosen.service_code,
        agreed=price,
    )
    return _Found(line, entry)


# --- the order --------------------------------------------------------------------------------------------


async def ship(app: App, seller: str, token: str, *, warehouse: str = "", actor: str) -> list[ShipResult]:
    """Order what a total showed, once. What has changed since is left out, and its result says why.

    Raises NotFound for no total of this seller, Conflict for one that is used or has expired.
    """
    slug = app.seller(seller).slug

    def write(tx: Transaction) -> list[ShipResult]:
        now = app.clock.now()
        agreed = rows.totals.get(tx, token)
        if agreed is None or agreed.seller != slug or warehouse not in ("", agreed.warehouse):
            raise NotFound("there is no such total: ask for one first", code="not_found.no_total")
        if agreed.used_at is not None:
            raise Conflict("this total was ordered before: ask for a new one", code="total_used")
        if now >= agreed.expires_at:
            raise Conflict("this total is too old: ask for a new one", code="total_expired")
        rows.totals.save(tx, msgspec.structs.replace(agreed, used_at=now), was=agreed)
        return [_order(app, tx, agreed, entry, actor, now) for entry in agreed.entries]

    results = await app.store.write(write)
    app.woken.set()
    return results


async def ship_all(app: App, agreed: ShipTotal, *, actor: str) -> list[ShipResult]:
    """Order what a total showed; what it did not order is answered too, each posting as an order alone is."""
    lines = {line.posting_id or line.number: line for line in agreed.lines}
    results = {key: _left_out(line) for key, line in lines.items() if line.state in ("refused", "unpriced")}
    under_way = [line.posting_id for line in agreed.lines if line.state == "already"]
    done = await ship(app, agreed.seller, agreed.token, actor=actor) if agreed.token else []
    if under_way:  # costs nothing
        done += await order(app, agreed.seller, under_way, actor=actor)
    results |= {one.posting_id or one.number: one for one in done}
    return [results[key] for key in lines if key in results]


def _left_out(line: TotalLine) -> ShipResult:
    code: ShipCode = "unpriced" if line.state == "unpriced" else msgspec.convert(line.code, ShipCode)
    return ShipResult(
        posting_id=line.posting_id, number=line.number, state="refused", code=code, reason=line.reason
    )


def _order(
    app: App, tx: Transaction, agreed: rows.TotalRow, entry: rows.TotalEntry, actor: str, now: datetime
) -> ShipResult:
    told = foreseen(tx, agreed.seller, entry.posting_id, agreed.carrier, agreed.service)
    if told.state != "queued":
        return told
    row = posting_row(tx, entry.posting_id)
    if entry.problem:
        open_problem(tx, row, entry.problem, entry.data | {IN_TOTAL: agreed.id}, now=now)
        return refused(row, "unpriced", _why(entry.problem, entry.data))
    if entry.agreed is None:
        if row.books != "seller":
            return order_one(app, tx, agreed.seller, row.id, agreed.carrier, agreed.service, actor)
        return refused(row, "changed", said("it is booked by you now, not there", code="total.books"))
    chosen, why = _as_agreed(app, tx, agreed, entry, row)
    if chosen is None:
        return refused(row, "changed", why)
    result = order_one(
        app, tx, agreed.seller, row.id, agreed.carrier, agreed.service, actor, agreed=entry.agreed
    )
    # What was chosen is for this order, from here on.
    pricing.stamp(app, tx, posting_row(tx, row.id), chosen)
    return result


def _as_agreed(
    app: App, tx: Transaction, agreed: rows.TotalRow, entry: rows.TotalEntry, row: rows.PostingRow
) -> tuple[rows.ChoiceRow | None, str]:
    """The choice that the total showed, where it can still be booked as it was shown; else why not."""
    order = Ordered(agreed.carrier, agreed.service, None)
    chosen = pricing.standing(app, tx, row, order, app.clock.now())
    if chosen is None:
        return None, said(
            "what its price depends on has changed, or the price ended: ask for a new total",
            code="total.changed",
        )
    if (chosen.account, chosen.service_code, pricing.paid(chosen)) != (
        entry.account,
        entry.service_code,
        entry.agreed,
    ):
        return None, said(
            "it costs {price} with {carrier} now, and {agreed} was agreed to: ask for a new total",
            code="total.another_price",
            values={
                "price": str(pricing.paid(chosen)),
                "carrier": chosen.carrier,
                "agreed": str(entry.agreed),
            },
        )
    return chosen, ""


__all__ = ["STANDS", "must_be_few", "ship", "ship_all", "total"]
