"""The key of the credentials changes, and nothing is ever without a key that opens it."""

from __future__ import annotations

import base64
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock

from hub.flow.history.forms import NewAccount
from hub.flow.runtime import credentials
from hub.flow.runtime.credentials import FILE, VARIABLE, KeyRing
from hub.flow.runtime.stored_accounts import unsealed
from hub.flow.sellers import rotation
from hub.flow.sellers.sellers import add_account
from hub.plugin_api.errors import ConfigError, Conflict
from hub.store import rows
from tests.flow.small_app import Vendor, good, small_app

if TYPE_CHECKING:
    from hub.flow.app import App


class Killed(Exception):
    """The process ended here."""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(Vendor, "check", staticmethod(good))
    with small_app(tmp_path) as opened:
        opened.keyring = KeyRing.open(tmp_path)
        yield opened


async def add(app: App, name: str, client: str) -> str:
    settings = {"client_id": client, "token": f"secret of {name}"}
    new = NewAccount(seller="alpha", plugin="market", name=name, settings=settings)
    return (await add_account(app, new, "test")).id


def lines(app: App) -> list[bytes]:
    return (app.home / FILE).read_bytes().split()


def whole(app: App, keyring: KeyRing | None = None) -> int:
    """How many values open as they should, with the keys that are in the file now."""
    ring = keyring or KeyRing.open(app.home)
    found = rows.accounts.all(app.store.reader, "WHERE credentials IS NOT NULL ORDER BY id")
    for row in found:
        assert unsealed(ring, row)["token"] == f"secret of {row.name}"
    return len(found)


async def test_a_rotation_and_its_end(app: App) -> None:
    await add(app, "one", "1")
    await add(app, "two", "2")
    [old] = lines(app)
    backup = [row.credentials for row in rows.accounts.all(app.store.reader, "WHERE credentials IS NOT NULL")]
    done = await rotation.rotate(app, "test")
    assert (done.made, done.sealed_anew, done.values, done.old_keys) == (True, 2, 2, 1)
    new, kept = lines(app)
    assert kept == old
    assert stat.S_IMODE((app.home / FILE).stat().st_mode) == 0o600
    newest = KeyRing((base64.b64decode(new),))
    assert whole(app) == whole(app, newest) == 2
    done = await rotation.rotate(app, "test", forget=True)
    assert (done.made, done.sealed_anew, done.old_keys) == (False, 0, 0)
    assert lines(app) == [new]
    assert whole(app) == 2
    assert backup[0] is not None
    ring = KeyRing.open(app.home)
    with pytest.raises(ConfigError, match="another key"):  # what a backup from before says
        ring.unseal(backup[0], table="accounts", row_id="x", field="credentials")


async def test_a_process_that_runs_meanwhile_goes_on(app: App) -> None:
    await add(app, "one", "1")
    beside = KeyRing.open(app.home)  # of a server that was started before
    await rotation.rotate(app, "test")
    assert whole(app, beside) == 1
    elder = KeyRing.open(app.home)
    await rotation.rotate(app, "test")
    app.keyring = elder
    await add(app, "two", "2")  # sealed with the newest, though this one was opened before it
    await rotation.rotate(app, "test", forget=True)
    assert len(lines(app)) == 1
    assert whole(app) == 2


@pytest.mark.parametrize("forget", [False, True])
async def test_it_may_stop_at_any_moment(app: App, monkeypatch: pytest.MonkeyPatch, forget: bool) -> None:
    """Killed before, within and after each of its steps: everything opens, and the next run ends it."""
    for number in range(5):
        await add(app, f"n{number}", str(number))
    if forget:
        await rotation.rotate(app, "test")
    for owner, name in (
        (credentials.os, "fsync"), (credentials.os, "replace"), (KeyRing, "seal"), (rows.accounts, "save"),
        (KeyRing, "refresh"), (KeyRing, "newest_opens"),
    ):  # fmt: skip
        plain: Callable[..., Any] = getattr(owner, name)
        for after in (False, True):

            def stop(*given: Any, _after: bool = after, _plain: Any = plain, **more: Any) -> Any:
                if _after:
                    _plain(*given, **more)
                raise Killed

            with monkeypatch.context() as patch:
                patch.setattr(owner, name, stop)
                with suppress(Killed):
                    await rotation.rotate(app, "test", forget=forget)
            assert whole(app) == 5, (name, after)
            app.keyring = KeyRing.open(app.home)  # another start
    done = await rotation.rotate(app, "test", forget=True)
    assert done.old_keys == 0
    assert whole(app) == 5
    assert [path.name for path in app.home.iterdir() if path.name.endswith(".new")] == []


async def test_what_a_person_put_first_is_the_newest(app: App) -> None:
    await add(app, "one", "1")
    [old] = lines(app)
    mine = base64.b64encode(b"m" * 32)
    (app.home / FILE).write_bytes(mine + b"\n" + old + b"\n")
    done = await rotation.rotate(app, "test")
    assert (done.made, done.sealed_anew, done.old_keys) == (False, 1, 1)
    assert lines(app) == [mine, old]
    assert whole(app, KeyRing((b"m" * 32,))) == 1


async def test_keys_of_the_environment_are_changed_there(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    await add(app, "one", "1")
    [old] = lines(app)
    monkeypatch.setenv(VARIABLE, f"{base64.b64encode(b'e' * 32).decode()} {old.decode()}")
    app.keyring = KeyRing.open(app.home)
    done = await rotation.rotate(app, "test")
    assert (done.made, done.sealed_anew) == (False, 1)
    assert lines(app) == [old]
    assert (await rotation.rotate(app, "test")).made is False
    with pytest.raises(ConfigError, match=VARIABLE):
        await rotation.rotate(app, "test", forget=True)


async def test_what_does_not_open_stops_it_before_anything_changes(app: App) -> None:
    account = await add(app, "one", "1")
    await add(app, "two", "2")
    row = rows.accounts.get(app.store.reader, account)
    assert row is not None
    assert row.credentials is not None
    before = lines(app)
    broken = row.credentials[:-1] + bytes([row.credentials[-1] ^ 1])
    await app.store.write(
        lambda tx: tx.execute("UPDATE accounts SET credentials = ? WHERE id = ?", (broken, account))
    )
    for forget in (False, True):
        with pytest.raises(ConfigError, match=account):
            await rotation.rotate(app, "test", forget=forget)
    assert lines(app) == before


async def test_two_at_once_are_one(app: App) -> None:
    await add(app, "one", "1")
    before = lines(app)
    with FileLock(app.home / f"{FILE}.lock"), pytest.raises(Conflict, match="another rotation"):
        await rotation.rotate(app, "test")
    assert lines(app) == before
