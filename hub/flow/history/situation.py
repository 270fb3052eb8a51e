"""How a posting stands, read at one moment; and what a step of its day says to that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import msgspec

from hub.flow.history.basis import Basis
from hub.plugin_api.models import Stage
from hub.store import rows

if TYPE_CHECKING:
    from hub.flow.app import App


class Situation(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A posting with what belongs to it. What not every step looks at is read when the first asks for it, and
    then known: later than the posting, never earlier."""

    app: App
    row: rows.PostingRow
    shipment: rows.ShipmentRow | None
    """The latest one."""
    operations: tuple[rows.OperationRow, ...]
    """All of them, oldest first."""
    now: datetime

    @cached_property
    def basis(self) -> Basis:
        """Through it goes what is written because of how the posting stands."""
        return Basis(self.app.store, self.row.id, self.row.version)

    @cached_property
    def seller(self) -> rows.SellerRow:
        """Whose posting it is. Raises NotFound."""
        return self.app.seller(self.row.seller)

    @cached_property
    def recipient(self) -> rows.RecipientRow | None:
        """The buyer, where the address is known, and was not erased."""
        return rows.recipients.get(self.app.store.reader, self.row.id)

    @cached_property
    def choice(self) -> rows.ChoiceRow | None:
        """The offer that was chosen for it last, valid or not."""
        return rows.choices.get(self.app.store.reader, self.row.id)

    @property
    def stage(self) -> Stage:
        """Where the parcel is."""
        return Stage(self.row.stage)

    @property
    def is_off(self) -> bool:
        """Nobody wants it shipped any more."""
        return not self.row.wanted or self.stage.final


class NotDue(msgspec.Struct, frozen=True):
    """Nothing of this step is to be done: the next one is looked at."""


class Wait(msgspec.Struct, frozen=True):
    """Nothing can be done now, by this step or a later one."""

    until: datetime | None = None
    """When it is to be looked at again; None: when something happens."""


class Act(msgspec.Struct, frozen=True):
    """This step is to be taken. What it returns says how it goes on: looked at again where it is None."""

    take: Callable[[], Awaitable[Wait | None]]


Verdict = NotDue | Wait | Act
NOT_DUE = NotDue()


class Step(Protocol):
    """One step of a posting's day. It only reads to decide; what changes anything is in what it returns, and
    writes through the situation's `basis`."""

    code: str

    def decide(self, at: Situation) -> Verdict:
        """What is to be done of this step, as the posting stands."""
        ...


__all__ = ["NOT_DUE", "Act", "NotDue", "Situation", "Step", "Verdict", "Wait"]
