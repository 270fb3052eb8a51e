"""What a decision was made on, and the writes that follow from it: they stand only while that is so
(docs/adr/0027)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from hub.store import Store, Transaction, versions
from hub.store.queue import working

T = TypeVar("T")


class Overtaken(Exception):
    """The posting changed since it was decided: nothing was written, and it is decided again."""


class LeaseLost(Exception):
    """Another worker has this work by now: nothing was written, and nothing more is to be done here."""


class Write(Protocol):
    """Runs a write and returns what it returns, as `hub.store.Store.write` does."""

    def __call__(self, work: Callable[[Transaction], T], /) -> Awaitable[T]: ...


class Basis:
    """The version of a posting that one decision was made on."""

    def __init__(self, store: Store, posting_id: str, version: int) -> None:
        self._store = store
        self._posting_id = posting_id
        self._version = version

    async def write(self, work: Callable[[Transaction], T], /) -> T:
        """Run a write that follows from the decision. Raises Overtaken where the posting has changed, by
        anything but an earlier write of this decision; LeaseLost where the work is another worker's."""
        return await self._run(work, as_decided=True)

    async def note(self, work: Callable[[Transaction], T], /) -> T:
        """Write down what somebody was asked in the course of it: that is so, whatever else has changed.
        Raises LeaseLost: who has the work now asks again."""
        return await self._run(work, as_decided=False)

    async def _run(self, work: Callable[[Transaction], T], *, as_decided: bool) -> T:
        mine = working.get()

        def checked(tx: Transaction) -> tuple[T, int]:
            standing = versions.standing(tx, self._posting_id, mine)
            if not standing.holds:
                raise LeaseLost(mine.key)
            stands = standing.version == self._version
            if as_decided and not stands:
                raise Overtaken(self._posting_id)
            result = work(tx)
            return result, versions.now_of(tx, self._posting_id) if stands else self._version

        result, self._version = await self._store.write(checked)
        return result

    def read_again(self) -> None:
        """The step itself has had the posting read anew from outside, and goes on with what that gave."""
        self._version = versions.now_of(self._store.reader, self._posting_id)


def deciding(basis: Basis | None) -> Write | None:
    """How a decision is written: only while it stands."""
    return None if basis is None else basis.write


def noting(basis: Basis | None) -> Write | None:
    """How an answer is written down."""
    return None if basis is None else basis.note


__all__ = ["Basis", "LeaseLost", "Overtaken", "Write", "deciding", "noting"]
