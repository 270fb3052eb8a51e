"""Parcels of which no carrier has told anything: never handed over though the marketplace says that they are
on their way, handed over and not scanned, or waiting for a courier who did not come.

Only a carrier's event is a scan: "in transit" is often our own word, which the marketplace repeats. Each of
the three is one question for an account, with the postings on it, and over for those that are heard of.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.flow.history.recording import posting_row
from hub.flow.history.shipments import latest_shipment
from hub.flow.problems import many
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import HubError
from hub.plugin_api.models import Stage
from hub.store import Transaction, alarms, handovers, queue, rows, sellers
from hub.store.alarms import Quiet

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

Lists = dict[tuple[str, str], list["Line"]]


class Line(NamedTuple):
    """A posting on a list, and since when nothing was heard of it."""

    row: rows.PostingRow
    since: datetime


async def look(app: App) -> None:
    """Bring the questions of every seller up to date."""
    for seller in sellers.every(app.store.reader):
        await _of_seller(app, seller)


async def _of_seller(app: App, seller: rows.SellerRow) -> None:
    now, reader = app.clock.now(), app.store.reader
    round_ = _Round(app, seller, now)
    wanted = round_.lists()
    told = {
        (one.account, one.kind): (one, alarms.listed(reader, one.id))
        for one in alarms.open_lists(reader, seller.slug, KINDS)
    }
    changed = {
        key
        for key in {*wanted, *told}
        if sorted(line.row.id for line in wanted.get(key, ())) != (told[key][1] if key in told else None)
    }
    if not changed and not round_.unheard:
        return

    def write(tx: Transaction) -> None:
        for account_id, kind in sorted(changed):
            account = rows.accounts.get(tx, account_id)
            if account is not None:
                lines = wanted.get((account_id, kind), [])
                fresh = [posting_row(tx, line.row.id) for line in lines]
                many.tell(tx, account, kind, fresh, round_.facts(account, kind, lines), now=now)
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
        self._came: dict[tuple[str, str, str], bool] = {}

    def lists(self) -> Lists:
        """By account and kind: the postings that a person has to know of now."""
        found: Lists = defaultdict(list)
        for one in alarms.booked_and_quiet(self.reader, self.seller.slug, since=self.now - _DELIVERED):
            self._sort(found, one, posting_row(self.reader, one.posting))
        for one in alarms.handed_to_marketplace(self.reader, self.seller.slug):
            row, times = posting_row(self.reader, one.posting), self._times(one)
            since = times.handed_over or times.away
            self._add(found, one.account, UNSCANNED, row, since, self._scan_steps(since))
        return dict(found)

    def _sort(self, found: Lists, one: Quiet, row: rows.PostingRow) -> None:
        times = self._times(one)
        account = rows.accounts.get(self.reader, one.account)
        kind = None if account is None else self.app.registry.carriers.get(account.plugin)
        tells = kind is not None and kind.track is not Carrier.track
        if times.handed_over is None:
            steps = (times.away + _GRACE, *self._scan_steps(times.away))
            self._add(found, row.account, SENT, row, times.away, steps)
            if tells and self.now < steps[0]:
                self.unheard.append(one)
        elif tells and account is not None and row.stage != Stage.DELIVERED:
            since = times.handed_over
            due = self._courier_due(account, row, since)
            missed = due is not None and due <= self.now and not self._courier_came(account, row, since)
            if due is not None and missed:
                self._add(found, one.account, NO_COURIER, row, since, (due, due + self.hours))
            else:
                self._add(found, one.account, UNSCANNED, row, since, self._scan_steps(since))

    def _add(
        self,
        found: Lists,
        account: str,
        kind: str,
        row: rows.PostingRow,
        since: datetime,
        steps: tuple[datetime, ...],
    ) -> None:
        begun = many.begun(steps, self.now)
        if begun is not None and (self.answered.get(row.id) is None or self.answered[row.id] < begun):
            found[account, kind].append(Line(row, since))

    def _scan_steps(self, since: datetime) -> tuple[datetime, ...]:
        return since + self.hours, since + _WORSE * self.hours

    def _times(self, one: Quiet) -> _Times:
        handed_over: datetime | None = None
        away: datetime | None = None
        for event in alarms.ways(self.reader, one.posting):
            if event.kind.startswith("posting."):
                there = Stage(str(event.data.get("to") or event.data.get("stage") or Stage.NEW))
                away = (away or event.time) if there.rank >= Stage.HANDED_OVER.rank else None
            else:
                handed_over = event.time if event.kind == "handover.declared" else None
        if handed_over is not None and one.booked_at is not None and handed_over < one.booked_at:
            handed_over = None
        return _Times(handed_over, away or self.now)

    # --- the courier ----------------------------------------------------------------------------------------

    def _courier_due(
        self, account: rows.AccountRow, row: rows.PostingRow, since: datetime
    ) -> datetime | None:
        """By when a courier should have fetched the parcel; None where the seller brings it."""
        try:
            if not self.app.carrier(account).collects:
                return None
        except HubError:  # its settings cannot be used: that is told by itself
            return None
        there = self.app.warehouse(row, self.seller)
        day = there.leaves_on(since)
        due = datetime.combine(day, self.courier_by, there.zone)
        late = due < since + _BY_THE_HOUR
        return datetime.combine(day + timedelta(days=1), self.courier_by, there.zone) if late else due

    def _courier_came(self, account: rows.AccountRow, row: rows.PostingRow, since: datetime) -> bool:
        """Whether anything that left this warehouse on that day was scanned."""
        there = self.app.warehouse(row, self.seller)
        day = since.astimezone(there.zone).date().isoformat()
        key = (account.id, row.warehouse, day)
        if key not in self._came:
            self._came[key] = any(
                shipment is not None and shipment.account == account.id and shipment.stage
                for one in handovers.newest(self.reader, seller=self.seller.slug, limit=_HANDOVERS)
                if one.day == day and one.warehouse == row.warehouse
                for shipment in (latest_shipment(self.reader, posting) for posting in one.postings)
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


class _Times(NamedTuple):
    handed_over: datetime | None
    away: datetime
    """Since when it counts as away from here, whoever says so."""


__all__ = ["KINDS", "NO_COURIER", "SENT", "UNSCANNED", "look", "track_now"]
