"""Ways to lose a database or to put an old one back, and a hub that has booked meanwhile."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import msgspec

from hub.flow import orders
from hub.store import counter
from hub.store.backup import backup, restore

from .desk import START, TOML, Courier, Desk, desk

TWO_COURIERS = TOML + '[sellers.shop.accounts.d]\nplugin = "courier"\n'
NUMBERS = ("1", "2")
LATER = timedelta(hours=2)
NEVER_ASKED_BEFORE = {"created_at": START - timedelta(days=1)}  # ordered before the hub was there


def files(home: Path) -> list[Path]:
    return sorted(path for path in home.iterdir() if path.name.startswith("hub.sqlite"))


def lose_all(home: Path) -> None:
    for path in files(home):
        path.unlink()


def lose_the_database(home: Path) -> None:
    for path in files(home):
        if path.suffix != ".counter":
            path.unlink()


def copy_back(home: Path) -> None:
    shutil.copyfile(home / "early.sqlite", home / "hub.sqlite")


def _copy_back_and_lose_the_counter(home: Path) -> None:
    copy_back(home)
    counter.path_of(home / "hub.sqlite").unlink()


def _copy_back_with_its_log(home: Path) -> None:
    for ending in ("", "-wal"):
        shutil.copyfile(home / f"live.sqlite{ending}", home / f"hub.sqlite{ending}")


def copy_back_without_its_log(home: Path) -> None:
    shutil.copyfile(home / "live.sqlite", home / "hub.sqlite")


def restore_then_copy_back(home: Path) -> None:
    restore(home / "hub.sqlite", home / "early.sqlite", START + LATER)
    copy_back(home)


def _copy_back_then_restore(home: Path) -> None:
    copy_back(home)
    restore(home / "hub.sqlite", home / "early.sqlite", START + LATER)


def _restore_and_what_was_before_it(home: Path) -> None:
    """`hub restore`, and then the database that it put aside: the newest there is, and nothing is
    forgotten."""
    kept = restore(home / "hub.sqlite", home / "early.sqlite", START + LATER)
    assert kept is not None
    shutil.copyfile(kept, home / "hub.sqlite")


WAYS = (
    lose_all,
    lose_the_database,
    copy_back,
    _copy_back_and_lose_the_counter,
    _copy_back_with_its_log,
    copy_back_without_its_log,
    restore_then_copy_back,
    _copy_back_then_restore,
    _restore_and_what_was_before_it,
)

IN_NO_DOUBT = (lose_all, _restore_and_what_was_before_it)
"""It looks new, or knows everything."""


async def shipped(home: Path, kind: type[Courier], *, told: bool = True) -> Desk:
    """Postings are ordered; copies are made, one with ``cp`` while the hub runs; then they are booked."""
    async with desk(home, kind) as at:
        for number in NUMBERS:
            await at.order(number)
        for ending in ("", "-wal"):
            shutil.copyfile(home / f"hub.sqlite{ending}", home / f"live.sqlite{ending}")
        backup(home / "hub.sqlite", home / "early.sqlite")
        for number in NUMBERS:
            await at.ship(at.view(number).id)
        await at.pass_time()
        assert len(at.books.live()) == len(NUMBERS)
    if not told:
        for number in NUMBERS:
            known = at.books.postings[number]
            at.books.postings[number] = msgspec.structs.replace(known, tracking_number="")
    at.clock.advance(LATER.total_seconds())
    return at


async def ship_again(at: Desk) -> None:
    await orders.sync(at.app, "shop", "test")
    for number in NUMBERS:
        await at.ship(at.view(number).id)
    await at.pass_time(3600)
