"""Parcels of which no carrier has told anything: never handed over though the marketplace says that they are
on their way, handed over and not scanned, or waiting for a courier who did not come.

Only a carrier's event is a scan: "in transit" is often our own word, which the marketplace repeats. Each of
the three is one question for an account, with the postings on it, and over for those that are heard of.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.flow.history.recording import posting_row
from hub.flow.problems import many
from hub.flow.runtime.warehouse import Warehouse, warehouse_of
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import HubError
from hub.plugin_api.models import Stage
from hub.store import Transaction, alarms, handovers, queue, rows, sellers
from hub.store.quiet import AT_ONCE, Quiet, Way, among, any_scanned, under_way, ways

if TYPE_CHECKING:
    from hub.flow.app import App

SENT, UNSCANNED, NO_COURIER = "sent_without_handover", "not_scanned", "courier_missed"
KINDS = (SENT, UNSCANNED, NO_COURIER)
_GRACE = timedelta(minutes=30)  # the carrier is asked meanwhile: it may know more than we have heard
_WORSE = 3  # times as long as the seller waits for a scan: told again where somebody dismissed it
_BY_THE_HOUR = timedelta(hours=1)  # handed over so shortly before he is due, it waits for the next day
_REMEMBERED = timedelta(days=60)
_DELIVERED = timedelta(days=14)
_HANDOVERS = 200
_NEVER = datetime.max.replace(tzinfo=UTC)
_AWAY = frozenset(str(stage) for stage in Stage if stage.rank >= Stage.HANDED_OVER.rank)


class Line(NamedTuple):
    """A posting on a list, and since when nothing was heard of it."""

    posting: Quiet
    since: datetime

    @property
    def number(self) -> str:
        return self.posting.number

    @property
    def stage(self) -> str:
        return self.posting.stage


Lists = dict[tuple[str, str], list[Line]]


async def look(app: App) -> None:
    """Bring the questions of every seller up to date."""
    for seller in sellers.every(app.store.reader):
        await _of_seller(app, seller)


async def _of_seller(app: App, seller: rows.SellerRow) -> None:
    now, reader = app.clock.now(), app.store.reader
    round_ = _Round(app, seller, now)
    wanted = await round_.lists()
    told = {(one.account, one.kind): one for one in alarms.open_lists(reader, seller.slug, KINDS)}
    changed = {key for key in {*wanted, *told} if round_.differs(wanted.get(key, []), told.get(key))}
    if not changed and not round_.unheard:
        return

    def write(tx: Transaction) -> None:
        for account_id, kind in sorted(changed):
            account = rows.accounts.get(tx, account_id)
            if account is not None:
                lines = wanted.get((account_id, kind), [])
                fresh = ((line, posting_row(tx, line.posting.posting)) for line in lines)
                still = [row for line, row in fresh if row.stage == line.stage]  # others: at the next look
                many.tell(tx, account, kind, still, round_.facts(account, kind, lines), now=now)
        for one in round_.unheard:
            track_now(tx, seller.slug, one.account, one.shipment, now)

    await app.store.write(write)


def track_now(tx: Transaction, seller: str, account: str, shipment: str, now: datetime) -> None:
    """Have the carrier asked at once."""
    work = queue.Work(kind="track", subject=shipment, seller=seller, account=account, run_at=now)
    queue.enqueue(tx, work, now=now)


class _Round:
    """One look at a seller's parcels."""

    def __init__(self, app: App, seller: rows.SellerRow, now: datetime) -> None:
        self.app, self.seller, self.now = app, seller, now
        self.reader = app.store.reader
        rules = seller.profile.carrier_rules
        self.hours = timedelta(hours=rules.scan_hours)
        self.courier_by = time.fromisoformat(rules.courier_by)
        self.unheard: list[Quiet] = []
        """Whose carrier is asked before a person is."""
        self.answered = alarms.answered_last(self.reader, seller.slug, KINDS, since=now - _REMEMBERED)
        self._accounts: dict[str, _Carrier] = {}
        self._there: dict[str, Warehouse] = {}
        self._came: dict[tuple[str, str, str], bool] = {}

    async def lists(self) -> Lists:
        """By account and kind: the postings that a person has to know of now, the most urgent first. Some are
        read at a time, so that other work has its turn."""
        found: Lists = defaultdict(list)
        ids = under_way(self.reader, self.seller.slug, since=self.now - _DELIVERED)
        for start in range(0, len(ids), AT_ONCE):
            await asyncio.sleep(0)
            some = {one.posting: one for one in among(self.reader, ids[start : start + AT_ONCE])}
            if not some:
                continue
            for posting, way in ways(self.reader, list(some)).items():
                self._sort(found, some[posting], self._times(some[posting], way))
        for lines in found.values():
            lines.sort(key=lambda line: (line.posting.ship_by or _NEVER, line.posting.posting))
            await asyncio.sleep(0)
        return dict(found)

    def differs(self, lines: list[Line], told: rows.ProblemRow | None) -> bool:
        """Whether these are not what was told: other postings, or others of them on their way."""
        if told is None or not lines:
            return bool(lines) is (told is None)
        listed = alarms.listed(self.reader, told.id)
        if sorted(line.posting.posting for line in lines) != listed:
            return True
        fresh = many.recounted({}, lines)
        return any(fresh.get(name) != told.data.get(name) for name in ("stages", "moving"))

    def _sort(self, found: Lists, one: Quiet, times: _Times) -> None:
        if not one.shipment:
            since = times.handed_over or times.away
            self._add(found, one.account, UNSCANNED, one, since, self._scan_steps(since))
            return
        carrier = self._carrier(one.account)
        if times.handed_over is None:
            steps = (times.away + _GRACE, *self._scan_steps(times.away))
            self._add(found, one.market, SENT, one, times.away, steps)
            if carrier.tells and self.now < steps[0]:
                self.unheard.append(one)
        elif carrier.tells and one.stage != Stage.DELIVERED:
            since = times.handed_over
            due = self._courier_due(carrier, one, since)
            missed = due is not None and due <= self.now and not self._courier_came(one, since)
            if due is not None and missed:
                self._add(found, one.account, NO_COURIER, one, since, (due, due + self.hours))
            else:
                self._add(found, one.account, UNSCANNED, one, since, self._scan_steps(since))

    def _add(
        self, found: Lists, account: str, kind: str, one: Quiet, since: datetime, steps: tuple[datetime, ...]
    ) -> None:
        begun = many.begun(steps, self.now)
        answered = self.answered.get(one.posting)
        if begun is not None and (answered is None or answered < begun):
            found[account, kind].append(Line(one, since))

    def _scan_steps(self, since: datetime) -> tuple[datetime, ...]:
        return since + self.hours, since + _WORSE * self.hours

    def _times(self, one: Quiet, way: Sequence[Way]) -> _Times:
        handed_over: datetime | None = None
        away: datetime | None = None
        for event in way:
            if event.stage:
                away = (away or event.time) if event.stage in _AWAY else None
            else:
                handed_over = event.time if event.kind == "handover.declared" else None
        if handed_over is not None and one.booked_at is not None and handed_over < one.booked_at:
            handed_over = None
        return _Times(handed_over, away or self.now)

    def _carrier(self, account_id: str) -> _Carrier:
        if account_id not in self._accounts:
            account = rows.accounts.get(self.reader, account_id)
            kind = None if account is None else self.app.registry.carriers.get(account.plugin)
            collects = False
            if account is not None:
                try:
                    collects = self.app.carrier(account).collects
                except HubError:  # its settings cannot be used: that is told by itself
                    collects = False
            tells = kind is not None and kind.track is not Carrier.track
            self._accounts[account_id] = _Carrier(tells, collects)
        return self._accounts[account_id]

    # --- the courier ----------------------------------------------------------------------------------------

    def _courier_due(self, carrier: _Carrier, one: Quiet, since: datetime) -> datetime | None:
        """By when a courier should have fetched the parcel; None where the seller brings it."""
        if not carrier.collects:
            return None
        there = self._warehouse(one)
        day = there.leaves_on(since)
        due = datetime.combine(day, self.courier_by, there.zone)
        late = due < since + _BY_THE_HOUR
        return datetime.combine(day + timedelta(days=1), self.courier_by, there.zone) if late else due

    def _warehouse(self, one: Quiet) -> Warehouse:
        if one.warehouse not in self._there:
            self._there[one.warehouse] = warehouse_of(self.reader, self.seller, one.warehouse)
        return self._there[one.warehouse]

    def _courier_came(self, one: Quiet, since: datetime) -> bool:
        """Whether anything that left this warehouse on that day was scanned."""
        day = since.astimezone(self._warehouse(one).zone).date().isoformat()
        key = (one.account, one.warehouse, day)
        if key not in self._came:
            left = [
                posting
                for handover in handovers.newest(self.reader, seller=self.seller.slug, limit=_HANDOVERS)
                if handover.day == day and handover.warehouse == one.warehouse
                for posting in handover.postings
            ]
            self._came[key] = any(
                any_scanned(self.reader, one.account, left[start : start + AT_ONCE])
                for start in range(0, len(left), AT_ONCE)
            )
        return self._came[key]

    # --- in words -------------------------------------------------------------------------------------------

    def facts(self, account: rows.AccountRow, kind: str, lines: list[Line]) -> dict[str, Any]:
        """What a question says beside its postings."""
        plugin = self.app.registry.carriers.get(account.plugin) or self.app.registry.sources.get(
            account.plugin
        )
        title = account.plugin if plugin is None else plugin.title
        data: dict[str, Any] = {"carrier": title}
        if lines:
            data["since"] = min(line.since for line in lines).isoformat()
        if account.plugin in self.app.registry.sources and kind == UNSCANNED:
            data["carried"] = True
        return data


class _Carrier(NamedTuple):
    """What counts of a carrier's account: whether it tells where parcels are, and comes for them."""

    tells: bool
    collects: bool


class _Times(NamedTuple):
    handed_over: datetime | None
    away: datetime
    """Since when it counts as away from here, whoever says so."""


__all__ = ["KINDS", "NO_COURIER", "SENT", "UNSCANNED", "look", "track_now"]
