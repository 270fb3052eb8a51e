"""What every part of the hub is given of the database, on either engine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple, TypeVar

from hub.plugin_api.errors import StoreError
from hub.store.connection import Connection, Transaction
from hub.store.counter import Reason
from hub.store.place import Place

T = TypeVar("T")


class Safety(NamedTuple):
    """How the connection that writes is set, and whether a commit outlives a power cut so."""

    settings: Mapping[str, str | int]
    holds: bool


class Store(ABC):
    """The database of a hub, open. `hub.store.open_store` makes one; close it when done.

    Whatever cannot be done for a reason outside the program (a full disk, a server that is gone) is a
    StoreError; no error of a driver leaves the store, but for one in a program (`hub.store.trouble`).
    """

    place: Place
    shared = False
    """Whether other machines may work with it: then several workers do, each for some of the sellers."""
    trouble: StoreError | None = None
    """Why the last write could not be made; None since one was."""

    @property
    @abstractmethod
    def engine(self) -> str:
        """The engine and its version, as ``SQLite 3.46.1``."""

    @property
    @abstractmethod
    def reader(self) -> Connection:
        """This thread's read-only connection, for indexed reads: each statement sees what is committed."""

    @abstractmethod
    def snapshot(self, look: Callable[[Connection], T]) -> T:
        """What ``look`` reads, all of it as of one moment: other writes show in none of it or in all."""

    @abstractmethod
    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run ``work`` in a write transaction and return after it is on the disk.

        ``work`` runs in a thread of the store: it executes statements and returns; whatever it raises rolls
        its own statements back and is raised here. It may be run again from the beginning, where another
        write came between (PostgreSQL): all that it changes is the database, and its answer is what it
        returns. Raises StoreError where it was not taken.
        """

    @abstractmethod
    def write_now(self, work: Callable[[Transaction], T]) -> T:
        """The same, for code that has no event loop."""

    @abstractmethod
    def tried_since(self, seconds: float) -> bool:
        """Whether something was written, or could not be, in the last real seconds: ``trouble`` says
        which."""

    @abstractmethod
    def what_is_wrong(self, error: BaseException) -> StoreError | None:
        """The error in plain words where the database is at fault; None where it is not."""

    @abstractmethod
    def free(self) -> int | None:
        """How many bytes are free where the database is; None where only its server knows."""

    @abstractmethod
    async def safety(self) -> Safety:
        """How the connection that writes is set, as it is and not as it should be."""

    @abstractmethod
    def examine(self, now: datetime) -> Reason | None:
        """Whether this database may have forgotten what was sent, asked when a hub opens it. Returns why,
        where that has shown just now: from then on the hub is as careful as after a restore."""

    @abstractmethod
    def close(self) -> None:
        """Finish the writes that wait, and close every connection."""


__all__ = ["Safety", "Store"]
