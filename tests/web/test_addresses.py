"""A seller's key does not decide where the hub connects, and learns nothing of what is there."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar

from hub.flow.app import App
from hub.flow.health import checks
from hub.flow.history.forms import NewAccount
from hub.flow.opening import open_app
from hub.flow.runtime.stored_accounts import AccountFacts, account_facts
from hub.flow.sellers import keys
from hub.flow.sellers.sellers import add_account, check_account, list_accounts
from hub.plugin_api.errors import ConfigError, Conflict, Unavailable
from hub.plugin_api.settings import Account, Secret
from hub.store import rows
from hub.web.app import create_app
from tests.web.conftest import _client
from tests.web.seed import PLUGINS_TOML, make_home


@contextmanager
def vendor(status: int = 200, body: Any = None) -> Iterator[tuple[str, list[str]]]:
    """A server that is no vendor: what it was asked, and its address."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            content = json.dumps(body or {}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            pass

    server: socketserver.BaseServer = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


ADDRESSES = {
    "ozon": (("base_url",), {"client_id": "100001", "api_key": "k"}),
    "cdek": (("base_url",), {"client_id": "c", "client_secret": "s"}),
    "sample": (("base_url",), {"key": "k"}),
    "russian_post": (
        ("base_url", "tariff_url", "single_url", "batch_url"),
        {"login": "l", "token": "t", "password": "p"},
    ),
    "spsr": (("base_url", "tariff_url"), {"login": "l", "password": "p", "contract": "7600010711"}),
}
EVERYTHING = (
    '[plugins]\nallow = ["ozon", "cdek", "sample", "russian_post", "spsr", "labels"]\n'
    '[sellers.alpha]\ntitle = "A"\ntime_zone = "Europe/Moscow"\n'
    'plugins = ["ozon", "cdek", "sample", "russian_post", "spsr"]\n'
)


@contextmanager
def hub_of(home: Path, toml: str) -> Iterator[App]:
    make_home(home)
    (home / "plugins.toml").write_text(toml, encoding="utf-8")
    yield open_app(home)


async def _tried(app: App, plugin: str, settings: dict[str, Any], **more: Any) -> httpx.Response:
    _, token = await keys.add_key(app, "alpha", "alpha's shop", "test")
    site: Litestar = create_app(app, worker=False)
    body = {"plugin": plugin, "name": "n", "settings": settings, **more}
    async with _client(site, token) as client:
        return await client.post("/v1/sellers/alpha/accounts", json=body)


@pytest.mark.parametrize(
    ("plugin", "field"), [(name, field) for name, (fields, _) in ADDRESSES.items() for field in fields]
)
async def test_an_address_of_a_sellers_choice_is_refused_and_never_called(
    tmp_path: Path, plugin: str, field: str
) -> None:
    with vendor() as (url, asked), hub_of(tmp_path, EVERYTHING) as app:
        try:
            for keep in (False, True):
                answer = await _tried(app, plugin, {**ADDRESSES[plugin][1], field: url}, keep=keep)
                assert (answer.status_code, answer.json()["code"]) == (422, "address_not_named")
                assert f'{plugin} = ["{url}"]' in answer.json()["detail"]
            assert rows.accounts.all(app.store.reader, "") == []
        finally:
            await app.aclose()
    assert asked == []


async def test_open_closed_and_other_ports_have_one_answer(tmp_path: Path) -> None:
    with (
        vendor() as (url, _),
        vendor(418, {"error": {"code": "x", "message": "secret of another"}}) as (odd, _),
    ):
        closed = "http://127.0.0.1:1"
        with hub_of(tmp_path, EVERYTHING) as app:
            try:
                said = set()
                for base in (url, odd, closed, "http://169.254.169.254", "http://nothing.invalid"):
                    answer = await _tried(app, "sample", {"key": "k", "base_url": base})
                    said.add((answer.status_code, answer.json()["detail"].replace(base, "...")))
                assert len(said) == 1
            finally:
                await app.aclose()


async def test_hosts_of_files_are_no_way_round(tmp_path: Path) -> None:
    """An address without a scheme is found when it would be called."""
    with vendor() as (url, asked), hub_of(tmp_path, EVERYTHING) as app:
        try:
            settings = {"client_id": "1", "api_key": "k", "file_hosts": [url]}
            assert (await _tried(app, "ozon", settings)).json()["code"] == "address_not_named"
            kind: Any = app.registry.settings_type("ozon")
            chosen = kind(client_id="1", api_key=Secret("k"), file_hosts=("evil.example",))
            account = Account(id="acc_x", seller="alpha", plugin="ozon", name="x")
            client = app.connect("ozon", chosen, account).http
            for target in ("https://evil.example/label.pdf", f"{url}/label.pdf"):
                with pytest.raises(Unavailable, match="may not connect"):
                    await client.get(target)
        finally:
            await app.aclose()
    assert asked == []


# --- stored accounts --------------------------------------------------------------------------------------

SAMPLE = PLUGINS_TOML + '\n[addresses]\nsample = ["http://127.0.0.1:*"]\n'


async def test_a_stored_account_whose_address_is_not_named_is_switched_off_and_told(tmp_path: Path) -> None:
    with vendor() as (url, asked):
        with hub_of(tmp_path, SAMPLE) as app:
            new = NewAccount(
                seller="beta", plugin="sample", name="c", settings={"key": "k", "base_url": url}, keep=True
            )
            account = (await add_account(app, new, "test")).id
            row = rows.accounts.get(app.store.reader, account)
            assert row is not None
            assert account_facts(row).origins == (url,)
            # as release 0.1.0 left it
            bare = msgspec.structs.replace(
                row, status="good", status_data={"detail": "", "checked_by": "test"}
            )
            await app.store.write(lambda tx: rows.accounts.save(tx, bare))
            await app.aclose()
        asked.clear()

        (tmp_path / "plugins.toml").write_text(PLUGINS_TOML, encoding="utf-8")
        app = open_app(tmp_path)
        try:
            [view] = list_accounts(app, "beta")
            assert view.status == "bad"
            assert f'sample = ["{url}"]' in view.detail
            beta = app.seller("beta")
            assert app.carrier_accounts(beta) == []
            with pytest.raises(ConfigError, match="may not connect"):
                app.carrier(account)
            assert (await check_account(app, account, "test")).status == "bad"
            found = list(checks.accounts(app.store.reader, app.clock.now()))
            assert [one.code for one in found] == ["account_bad"]
            stored = checks.stored_credentials(app.store.reader, app.keyring, app.config, app.registry)
            assert list(stored) == []  # told once
            off = rows.accounts.get(app.store.reader, account)
            assert off is not None
            unaware = msgspec.structs.replace(row, status="good")  # of a hub that was never started since
            await app.store.write(lambda tx: rows.accounts.save(tx, unaware))
            stored = checks.stored_credentials(app.store.reader, app.keyring, app.config, app.registry)
            assert [(one.code, "may not connect" in one.data["reason"]) for one in stored] == [
                ("account_bad", True)
            ]
            await app.store.write(lambda tx: rows.accounts.save(tx, off))
        finally:
            await app.aclose()
        assert asked == []

        (tmp_path / "plugins.toml").write_text(SAMPLE, encoding="utf-8")
        app = open_app(tmp_path)
        try:
            [view] = list_accounts(app, "beta")
            assert (view.status, view.detail) == ("unchecked", "")
            assert len(app.carrier_accounts(app.seller("beta"))) == 1
        finally:
            await app.aclose()


async def test_what_the_operator_declares_is_named_for_that_account_alone(tmp_path: Path) -> None:
    with vendor() as (url, asked):
        declared = (
            '[sellers.beta.accounts.c]\nplugin = "sample"\n'
            f'settings = {{ key = "env:NO_SUCH_KEY", base_url = "{url}" }}\n'
        )
        with hub_of(tmp_path, PLUGINS_TOML + declared) as app:
            try:
                app.addresses("sample", "beta", "c").check(httpx.URL(url))
                for seller, name in (("beta", "d"), ("alpha", "c")):
                    with pytest.raises(ConfigError, match="may not connect"):
                        app.addresses("sample", seller, name).check(httpx.URL(url))
            finally:
                await app.aclose()
    assert asked == []


# --- one marketplace account ------------------------------------------------------------------------------


def _marketplace(client: str) -> dict[str, Any]:
    return {"client_id": client, "api_key": "k"}


ROLES = {"roles": [{"name": "Admin", "methods": ["/v1/roles"]}]}
SHOPS = '[plugins]\nallow = ["ozon"]\n[addresses]\nozon = ["http://127.0.0.1:*"]\n' + "".join(
    f'[sellers.{slug}]\ntitle = "{slug}"\ntime_zone = "Europe/Moscow"\nplugins = ["ozon"]\n'
    for slug in ("alpha", "beta")
)


async def test_an_id_is_taken_only_at_the_address_that_gave_it(tmp_path: Path) -> None:
    with vendor(200, ROLES) as (real, _), vendor(200, ROLES) as (other, _), hub_of(tmp_path, SHOPS) as app:
        try:

            async def add(seller: str, name: str, url: str, **more: Any) -> Any:
                settings = {**_marketplace("100077"), "base_url": url, **more}
                return await add_account(
                    app, NewAccount(seller=seller, plugin="ozon", name=name, settings=settings), "test"
                )

            await add("alpha", "squatted", other)
            view = await add("beta", "mine", real)
            assert (view.status, view.external_id) == ("good", "100077")
            row = rows.accounts.get(app.store.reader, view.id)
            assert row is not None
            assert account_facts(row).answered == (real,)
            for url, more in ((real, {}), (real, {"file_hosts": ["http://127.0.0.1:1"]}), (other, {})):
                with pytest.raises(Conflict) as error:
                    await add("beta", "again", url, **more)
                assert error.value.code == "account_connected"
            # one of release 0.1.0, of which nobody knows who answered, keeps its place
            facts = AccountFacts(checked_by="test")
            old = msgspec.structs.replace(row, status_data=msgspec.to_builtins(facts))
            await app.store.write(lambda tx: rows.accounts.save(tx, old))
            with pytest.raises(Conflict):
                await add("alpha", "third", real)
        finally:
            await app.aclose()
