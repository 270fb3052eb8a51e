"""What the journal has to know of a kind of operation, and what a send or a look-up found."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec

from hub.calls.call import Terms
from hub.flow.journal import attempts
from hub.flow.problems.kinds import Step
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import ConfigError, Failure
from hub.plugin_api.models import Money
from hub.plugin_api.sources import OrderSource
from hub.store import Transaction, rows
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a send or a look-up found."""

    state: Literal["accepted", "confirmed", "rejected", "absent", "duplicate", "human", "waits"]
    """``waits``: it cannot be told yet, and a person was asked for what is missing."""
    external_id: str = ""
    price: Money | None = None
    reason: str = ""
    reason_code: str = ""
    result: dict[str, Any] = {}
    refusal: bool = False
    """The vendor refused all of it, though the operation has an end of its own for that."""

    @property
    def claims_refusal(self) -> bool:
        """It is believed only where the answer proves it."""
        return self.refusal or self.state == "rejected"


@lru_cache(maxsize=256)  # each operation says it, of a few carriers
def titled(title: str, kind: str) -> str:
    """What an operation does, for messages: "CDEK: book"."""
    values = {"title": title, "kind": kind.replace("_", " ")}
    return said("{title}: {kind}", code="call.operation", values=values)


class Kind(ABC):
    """One kind of operation: how it is sent, how it is looked up, and what its end changes here.

    A class says by which names its operations are stored, and is known by them from then on: an operation of
    a name that no class has is an error, and never one of another kind.
    """

    call: ClassVar[str]
    """The plugin's method behind it, by which the plugin declares refusals."""
    most_sends: int
    step: ClassVar[Step | None] = None
    """The step of the posting's day that it carries out, where it spends something: while a person is asked
    whom that step waits for, it is not sent."""
    reconciles = False
    """After a restore the vendor is asked before the first send: the backup may have forgotten one."""

    def __init_subclass__(cls, *, kinds: Collection[str] = ()) -> None:
        for name in kinds:
            if name in _KINDS:
                raise TypeError(f"operations of the kind {name!r} have a class already")
            _KINDS[name] = cls

    def __init__(self, app: App, operation: rows.OperationRow, actor: str = "hub") -> None:
        self.app = app
        self.actor = actor
        self.plugin = self.plugin_of(app, operation.account)
        self.title = titled(self.plugin.title, operation.kind)
        self.settle: timedelta = self.plugin.settle

    @staticmethod
    @abstractmethod
    def plugin_of(app: App, account: str) -> Carrier[Any] | OrderSource[Any]:
        """Whose operation it is: the plugin's object for the account."""

    @property
    def repeats(self) -> bool:
        """An absent operation may be sent again by the machine (not where create_safety is ``none``)."""
        return True

    @property
    def rechecks(self) -> bool:
        """The vendor is asked once more some minutes after it refused: a refusal may be another request's."""
        return False

    @property
    def terms(self) -> Terms:
        """How the vendor refuses such a call, and how its credentials are proved."""
        return attempts.terms(self.plugin, self.call, self.explain)

    def fingerprint(self, connection: Transaction, operation: rows.OperationRow) -> str:
        """Of the whole request as it would be sent now; in the form of ``operation.fingerprint``, where an
        older version wrote that."""
        return attempts.content_hash([operation.kind, operation.subject_id, operation.request])

    def surely_absent(self, operation: rows.OperationRow) -> bool:
        """Whether nothing of it can be at the vendor: what nobody wants any more may be called off then."""
        return False

    @abstractmethod
    async def send(self, operation: rows.OperationRow) -> Outcome:
        """One attempt. It may be begun anew before anything was sent."""

    @abstractmethod
    async def look(self, operation: rows.OperationRow) -> Outcome:
        """Ask the vendor what became of it. A look-up that fails raises: that is not ``absent``."""

    async def extra(self, operation: rows.OperationRow) -> Sequence[str]:
        """What else the vendor has under the same reference: an operation that was sent twice is asked."""
        return ()  # as a rule what is done twice is done once

    def double(self, tx: Transaction, operation: rows.OperationRow, extra: tuple[str, ...]) -> None:
        """Tell a person of what ``extra`` found."""
        raise AssertionError("nothing of this kind can be there twice")

    def explain(self, error: Exception) -> Failure | None:
        """What the vendor's error means."""
        return self.plugin.explain(error)

    @abstractmethod
    def apply(self, tx: Transaction, operation: rows.OperationRow) -> None:
        """Change our rows for the state that the operation has now; in the transaction that records it."""


_KINDS: dict[str, type[Kind]] = {}


def step_of(operation: rows.OperationRow) -> Step | None:
    """See `Kind.step`."""
    kind = _KINDS.get(operation.kind)
    return None if kind is None else kind.step


def kind_of(app: App, operation: rows.OperationRow) -> Kind:
    """The journal's kind of an operation. Raises ConfigError for one that no class has."""
    kind = _KINDS.get(operation.kind)
    if kind is None:
        raise ConfigError(
            "the operation {id} is of the kind '{kind}', of another version",
            code="config.operation_kind_another_version",
            values={"id": operation.id, "kind": operation.kind},
        )
    return kind(app, operation)


def known_kinds() -> frozenset[str]:
    """The names of all kinds of operations that are registered."""
    return frozenset(_KINDS)


__all__ = ["Kind", "Outcome", "kind_of", "known_kinds"]
