"""The marketplace is told of the units, all of them at once, and the posting is packed only once its check
has passed. What was told is not told again as it was, for each telling begins the check anew; only where the
marketplace refuses to pack all the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from hub.flow.history.recording import posting_row, record
from hub.flow.history.situation import NOT_DUE, Act, Situation, Verdict, Wait
from hub.flow.journal import operations as journal
from hub.flow.journal.operations import Outcome
from hub.flow.marketplace.reports import MarketKind
from hub.flow.problems.opening import close_problems, is_open, open_problem
from hub.flow.units import known, needs
from hub.plugin_api.errors import HubError
from hub.plugin_api.models import Stage
from hub.plugin_api.units import Unit, UnitFault
from hub.store import Transaction, operations, rows
from hub.store import units as stored
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

REFUSED = "units_refused"
_UNITS, _COUNTRY = "tell_units", "tell_country"
_SHOWN = 20
_IDS = "unit_ids"
"""In the result: the marketplace's numbers of the units, in the order in which they were told."""


class TellUnits:
    """What is wanted of the units is told before a carrier is chosen: nothing is spent, and nothing is
    packed, without it."""

    code = "tell_units"

    def decide(self, at: Situation) -> Verdict:
        if not needs.are_wanted(at.row.document):
            return NOT_DUE
        units = known.of_posting(at.app.store.reader, at.row)
        if is_open(at.app.store.reader, at.row.id, REFUSED):
            return Wait()
        if (country := self._country(at, units)) is not None:
            sku, code = country
            return Act(lambda: self._plan(at, _COUNTRY, {"sku": sku, "country": code}))
        if needs.missing(at.row.document, units):
            return Wait()
        request = {"units": msgspec.to_builtins(needs.told_of(units))}
        if _stands(at.operations, request):
            return NOT_DUE
        return Act(lambda: self._plan(at, _UNITS, request))

    def _country(self, at: Situation, units: Sequence[rows.UnitRow]) -> tuple[str, str] | None:
        """A line whose country is to be told, and which it is."""
        told = {
            (one.request["sku"], one.request["country"])
            for one in at.operations
            if one.kind == _COUNTRY and one.state == "confirmed"
        }
        for need in at.row.document.unit_needs:
            if "country" not in need.facts:
                continue
            country = next((one.country for one in units if one.sku == need.sku and one.country), "")
            if country and (need.sku, country) not in told:
                return need.sku, country
        return None

    async def _plan(self, at: Situation, kind: str, request: dict[str, Any]) -> None:
        await at.basis.write(lambda tx: journal.plan(tx, _intended(at.app, tx, at.row, kind, request)))


def _stands(so_far: Sequence[rows.OperationRow], request: dict[str, Any]) -> bool:
    """Whether the marketplace has just this, checked: and has not refused to pack since, for it may have
    forgotten it, as when it makes the units anew."""
    for one in reversed(so_far):
        if one.kind == _UNITS:
            return one.state == "confirmed" and one.request == request
        if one.kind == "assemble" and one.state == "rejected":
            return False
    return False


def _intended(
    app: App, tx: Transaction, row: rows.PostingRow, kind: str, request: dict[str, Any]
) -> rows.OperationRow:
    return journal.new(
        app, row, account=row.account, kind=kind, subject_type="posting", subject_id=row.id,
        epoch=operations.count_ended(tx, row.id, kind) + 1, request=request,
    )  # fmt: skip


class TellUnitsKind(MarketKind, kinds=(_UNITS,)):
    """Tell the marketplace of all units."""

    call = "tell_units"

    async def send(self, operation: rows.OperationRow) -> Outcome:
        posting = self._posting(operation)
        wanted = msgspec.convert(operation.request["units"], list[Unit])
        told = numbered(wanted, await self.source.units(posting), self.source.title)
        done = await self.source.tell_units(posting, told)
        if done.state == "refused":
            return Outcome(state="rejected", reason=done.reason, reason_code=done.reason_code)
        return Outcome(state="accepted", result={_IDS: [one.unit_id for one in told]})

    async def look(self, operation: rows.OperationRow) -> Outcome:
        check = await self.source.units_check(self._posting(operation))
        if check.state == "passed":
            return Outcome(state="confirmed")
        if check.state == "failed":
            faults = msgspec.to_builtins(check.faults[:_SHOWN])
            return Outcome(state="rejected", reason=_reason(check.faults), result={"faults": faults})
        return Outcome(state="accepted" if operation.state == "accepted" else "absent")

    def apply(self, tx: Transaction, operation: rows.OperationRow) -> None:
        now = self.app.clock.now()
        row = posting_row(tx, operation.posting_id)
        if operation.state == "confirmed":
            count = len(operation.request["units"])
            row = record(
                tx, row, "units.passed", {"count": count}, actor=self.actor, now=now,
                operation_id=operation.id,
            )  # fmt: skip
            close_problems(tx, row, REFUSED, now=now)
            _mark(tx, row, operation)
        elif operation.state in ("rejected", "human") and not Stage(row.stage).final:
            _mark(tx, row, operation)
            _refused(tx, row, operation, now=now)


class TellCountry(MarketKind, kinds=(_COUNTRY,)):
    """Tell the marketplace where the units of a line were made."""

    call = "tell_country"

    async def send(self, operation: rows.OperationRow) -> Outcome:
        request = operation.request
        done = await self.source.tell_country(self._posting(operation), request["sku"], request["country"])
        if done.state == "refused":
            return Outcome(state="rejected", reason=done.reason, reason_code=done.reason_code)
        return Outcome(state="accepted")

    async def look(self, operation: rows.OperationRow) -> Outcome:
        posting = await self._read_back(operation)
        facts = {need.sku: need.facts for need in posting.unit_needs}
        still = "country" in facts.get(operation.request["sku"], ())
        if still and operation.state != "accepted":
            return Outcome(state="absent")  # said twice, it is done once
        return Outcome(state="confirmed")

    def apply(self, tx: Transaction, operation: rows.OperationRow) -> None:
        row = posting_row(tx, operation.posting_id)
        if operation.state in ("rejected", "human") and not Stage(row.stage).final:
            _refused(tx, row, operation, now=self.app.clock.now())


def _mark(tx: Transaction, row: rows.PostingRow, operation: rows.OperationRow) -> None:
    """Keep at each unit whether its code was taken: the next scan takes the place of one that was not."""
    told = dict(zip(operation.result.get(_IDS, ()), operation.request["units"], strict=False))
    faults = msgspec.convert(operation.result.get("faults", ()), list[UnitFault])
    wrong = {
        (one.sku, one.fact, told.get(one.unit_id, {}).get(one.fact)): one
        for one in faults
        if one.fact in needs.OF_ONE
    }
    for unit in stored.of_posting(tx, row.id):
        codes = ((unit.sku, fact, getattr(unit, fact)) for fact in needs.OF_ONE)
        fault = next((needs.fault_of(wrong[one]) for one in codes if one in wrong), "")
        if fault != unit.fault:
            rows.units.save(tx, msgspec.structs.replace(unit, fault=fault), was=unit)


def _refused(tx: Transaction, row: rows.PostingRow, operation: rows.OperationRow, *, now: Any) -> None:
    reason = operation.reason or said("no clear answer", code="marketplace.no_clear_answer")
    open_problem(tx, row, REFUSED, {"reason": reason}, now=now, operation_id=operation.id)


def numbered(wanted: Sequence[Unit], there: Sequence[Unit], title: str) -> list[Unit]:
    """The units with the marketplace's numbers, line by line. What it knows of them and nobody told stays.
    Raises HubError where it counts others."""
    free: dict[str, list[Unit]] = {}
    for one in there:
        free.setdefault(one.sku, []).append(one)
    told = []
    for one in wanted:
        if not free.get(one.sku):
            raise HubError(
                "{title} does not count as many units of {sku} as there are: it is asked again",
                code="error.units_do_not_fit",
                values={"title": title, "sku": one.sku},
            )
        place = free[one.sku].pop(0)
        told.append(msgspec.structs.replace(one, unit_id=place.unit_id))
    return told


def _reason(faults: Sequence[UnitFault]) -> str:
    told = dict.fromkeys(f"{one.sku} {one.fact} {one.reason}".strip() for one in faults[:_SHOWN])
    return "; ".join(told)


__all__ = ["REFUSED", "TellCountry", "TellUnits", "TellUnitsKind", "numbered"]
