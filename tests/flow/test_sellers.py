"""Sellers and accounts: what is tried, what is stored, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import httpx
import msgspec
import pytest

from hub.flow.history.forms import NewAccount, NewSeller, PackageDefaults
from hub.flow.runtime.credentials import KeyRing
from hub.flow.runtime.stored_accounts import account_row, as_account
from hub.flow.sellers import sellers
from hub.flow.sellers.declared import declare
from hub.plugin_api.clock import ManualClock
from hub.plugin_api.errors import AuthFailed, ConfigError, Conflict, Failure, NotFound, Rejected, Unavailable
from hub.plugin_api.models import AccountStatus, Address, Sender
from hub.plugin_api.settings import Secret
from hub.store import rows
from hub.store.database import SqliteStore
from tests.flow.small_app import NOON, TOML, ShopSettings, SmallApp, Vendor, good, load, small_app

if TYPE_CHECKING:
    from hub.flow.app import App

SHOP = NewAccount(
    seller="alpha", plugin="market", name="shop", settings={"client_id": "7", "token": "s3cret"}
)
SELLER = NewSeller(slug="gamma", title="Gamma", time_zone="Asia/Shanghai", plugins=("market",))


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    monkeypatch.setattr(Vendor, "check", staticmethod(good))
    with small_app(tmp_path) as opened:
        yield opened


def _vendor(monkeypatch: pytest.MonkeyPatch, answer: AccountStatus | Exception) -> None:
    def check(_: ShopSettings) -> AccountStatus:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(Vendor, "check", staticmethod(check))


REFUSED = LookupError(Failure(kind="auth_failed", message="the key has expired: make a new one"))
DOWN = httpx.ConnectError("no route")


def _sender(phone: str) -> Sender:
    return Sender(name="Li Wei", phone=phone, address=Address(country="RU", city="Novosibirsk"))


# --- sellers ----------------------------------------------------------------------------------------------


async def test_a_seller_is_added_and_found(app: App) -> None:
    sender = Sender(name="Li Wei", address=Address(country="RU", city="Novosibirsk"))
    defaults = PackageDefaults(weight_g=500, length_mm=200, width_mm=150, height_mm=100)
    new = msgspec.structs.replace(
        SELLER, sender=sender, defaults=defaults, reference_prefix="GA", language="zh"
    )
    view = await sellers.add_seller(app, new, "test")
    assert (view.slug, view.declared, view.accounts, view.language) == ("gamma", False, 0, "zh")
    assert sellers.seller(app, "gamma") == view
    assert [v.slug for v in sellers.list_sellers(app)] == ["alpha", "beta", "gamma"]
    profile = sellers.seller_row(app, "gamma").profile
    assert (profile.sender, profile.defaults, profile.reference_prefix) == (
        sender,
        (500, 200, 150, 100),
        "GA",
    )
    with pytest.raises(Conflict):
        await sellers.add_seller(app, SELLER, "test")
    with pytest.raises(Conflict, match=r"plugins\.toml"):
        await sellers.add_seller(app, msgspec.structs.replace(SELLER, slug="alpha"), "test")
    with pytest.raises(NotFound):
        sellers.seller(app, "nobody")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("slug", "Gamma", "a-z"),
        ("slug", "", "a-z"),
        ("slug", "a" * 41, "40"),
        ("slug", "../x", "a-z"),
        ("title", "  ", "characters"),
        ("time_zone", "Asia/Shanghay", "did you mean 'Asia/Shanghai'"),
        ("time_zone", "../etc/passwd", "IANA"),
        ("time_zone", "", "IANA"),
        ("plugins", ("markt",), "did you mean 'market'"),
        ("language", "fr", "ru, zh, en"),
        ("paper", "letter", "100x150"),
        ("reference_prefix", "ab", "A-Z"),
        ("reference_prefix", "ABCDEFGHI", "up to 8"),
        ("reference_prefix", "A1", "2-7"),
        ("defaults", PackageDefaults(weight_g=0, length_mm=1, width_mm=1, height_mm=1), "above 0"),
    ],
)
async def test_a_seller_that_cannot_be_used_is_refused_with_the_field(
    app: App, field: str, value: Any, words: str
) -> None:
    with pytest.raises(Rejected, match=words) as caught:
        await sellers.add_seller(app, msgspec.structs.replace(SELLER, **{field: value}), "test")
    assert caught.value.code == field
    assert len(sellers.list_sellers(app)) == 2


async def test_a_senders_phone_has_to_be_one(app: App) -> None:
    """None at all is told by 'hub doctor' alone."""
    nobody = _sender("позвонить Ивану")
    with pytest.raises(Rejected, match="has no digits") as caught:
        await sellers.add_seller(app, msgspec.structs.replace(SELLER, sender=nobody), "test")
    assert caught.value.code == "sender_phone"
    extended = _sender("8 (999) 123-45-67 доб. 123")
    await sellers.add_seller(app, msgspec.structs.replace(SELLER, sender=extended), "test")
    assert sellers.seller_row(app, "gamma").profile.sender == Sender(
        name="Li Wei", phone="8 (999) 123-45-67", phone_extension="123", address=extended.address
    )


# --- accounts ---------------------------------------------------------------------------------------------


async def test_an_account_is_tried_sealed_and_opened(app: App) -> None:
    view = await sellers.add_account(app, SHOP, "test")
    assert (view.status, view.external_id, view.roles, view.checked_at) == ("good", "7", ("admin",), NOON)
    row = account_row(app.store.reader, view.id)
    assert row.credentials is not None
    assert app.settings_of(row) == ShopSettings(client_id="7", token=Secret("s3cret"))
    app.store.write_now(lambda tx: None)
    stored = b"".join(path.read_bytes() for path in app.home.glob("hub.sqlite*"))
    assert b"s3cret" not in stored
    assert "s3cret" not in repr(view) + repr(row) + repr(SHOP)
    assert [v.id for v in sellers.list_accounts(app, "alpha")][1:] == [view.id]
    assert sellers.seller(app, "alpha").accounts == 2
    assert as_account(row).external_id == "7"


async def test_sealed_settings_open_only_for_their_own_account(app: App) -> None:
    one = await sellers.add_account(app, SHOP, "test")
    other = msgspec.structs.replace(SHOP, name="other", settings={"client_id": "8", "token": "t"})
    two = await sellers.add_account(app, other, "test")
    row = account_row(app.store.reader, one.id)
    swapped = msgspec.structs.replace(account_row(app.store.reader, two.id), credentials=row.credentials)
    with pytest.raises(ConfigError, match="does not open"):
        app.settings_of(swapped)
    cast(SmallApp, app).keyring = KeyRing((b"x" * 32,))
    with pytest.raises(ConfigError, match="another key"):
        app.settings_of(row)


@pytest.mark.parametrize(("answer", "kind"), [(REFUSED, AuthFailed), (DOWN, Unavailable)])
async def test_what_does_not_work_is_not_stored(
    app: App, monkeypatch: pytest.MonkeyPatch, answer: Exception, kind: type[Exception]
) -> None:
    _vendor(monkeypatch, answer)
    with pytest.raises(kind):
        await sellers.add_account(app, SHOP, "test")
    assert [v.name for v in sellers.list_accounts(app, "alpha")] == ["declared"]
    kept = await sellers.add_account(app, msgspec.structs.replace(SHOP, keep=True), "test")
    assert kept.status == "bad"
    assert kept.detail
    assert account_row(app.store.reader, kept.id).credentials is not None
    monkeypatch.setattr(Vendor, "check", staticmethod(good))
    assert (await sellers.check_account(app, kept.id, "test")).status == "good"


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"seller": "nobody"}, NotFound, "seller"),
        ({"plugin": "markt"}, Rejected, "did you mean 'market'"),
        ({"plugin": "spsr"}, Rejected, "'spsr' is installed, and may not run here.*'allow'"),
        ({"seller": "beta", "plugin": "courier"}, Conflict, "not on for beta.*hub seller change"),
        ({"name": ""}, Rejected, "name"),
        ({"settings": {"client_id": "7"}}, ConfigError, "token"),
        ({"settings": {"token": "s3cret", "nope": "s3cret"}}, ConfigError, "nope"),
        ({"settings": {"token": 5}}, ConfigError, "token"),
        ({"plugin": "courier", "name": "declared"}, Conflict, r"plugins\.toml"),
    ],
)
async def test_an_account_that_cannot_be_used_is_refused(
    app: App, change: dict[str, Any], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words) as caught:
        await sellers.add_account(app, msgspec.structs.replace(SHOP, **change), "test")
    assert "s3cret" not in str(caught.value)
    assert len(sellers.list_accounts(app, "alpha")) == 1


async def test_new_credentials_take_the_place_of_old_ones(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await sellers.add_account(app, SHOP, "test")
    renewed = msgspec.structs.replace(SHOP, settings={"client_id": "7", "token": "new"})
    after = await sellers.add_account(app, renewed, "test")
    assert after.id == before.id
    row = account_row(app.store.reader, after.id)
    assert app.settings_of(row) == ShopSettings(client_id="7", token=Secret("new"))
    foreign = msgspec.structs.replace(SHOP, settings={"client_id": "8", "token": "x"}, keep=True)
    with pytest.raises(Conflict, match="another account"):
        await sellers.add_account(app, foreign, "test")
    _vendor(monkeypatch, REFUSED)
    with pytest.raises(AuthFailed):
        await sellers.add_account(app, renewed, "test")
    assert account_row(app.store.reader, after.id) == row
    with pytest.raises(Conflict, match="choose another name"):
        await sellers.add_account(app, msgspec.structs.replace(SHOP, plugin="courier"), "test")


async def test_one_marketplace_account_is_not_connected_twice(app: App) -> None:
    await sellers.add_account(app, SHOP, "test")
    with pytest.raises(Conflict, match="connected already as 'shop'"):
        await sellers.add_account(app, msgspec.structs.replace(SHOP, name="again"), "test")
    with pytest.raises(Conflict) as caught:
        await sellers.add_account(app, msgspec.structs.replace(SHOP, seller="beta"), "test")
    assert "shop'" not in caught.value.message
    assert "alpha" not in caught.value.message


async def test_a_carrier_that_cannot_be_tried_is_stored_unchecked(app: App) -> None:
    courier = NewAccount(seller="alpha", plugin="courier", name="mine", settings={"token": "t"})
    view = await sellers.add_account(app, courier, "test")
    assert view.status == "unchecked"
    assert "cannot check" in view.detail


async def test_a_check_tells_and_keeps_what_it_found(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    account = await sellers.add_account(app, SHOP, "test")
    _vendor(monkeypatch, REFUSED)
    view = await sellers.check_account(app, account.id, "test")
    assert (view.status, view.detail) == ("bad", "the key has expired: make a new one")
    assert sellers.list_accounts(app, "alpha")[1] == view
    monkeypatch.setattr(Vendor, "check", staticmethod(good))
    assert (await sellers.check_account(app, account.id, "test")).status == "good"
    _vendor(monkeypatch, DOWN)
    view = await sellers.check_account(app, account.id, "test")
    assert (view.status, view.external_id) == ("good", "7"), "a vendor that is down says nothing about a key"
    assert "cannot be reached" in view.detail
    _vendor(monkeypatch, AccountStatus(external_id="8"))
    view = await sellers.check_account(app, account.id, "test")
    assert (view.status, view.external_id) == ("bad", "7")
    assert "another account" in view.detail
    with pytest.raises(NotFound):
        await sellers.check_account(app, "acc_none", "test")


async def test_a_key_about_to_expire_is_told(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    status = AccountStatus(external_id="7", expires_at=NOON + timedelta(days=20), notes=("no role X",))
    _vendor(monkeypatch, status)
    view = await sellers.add_account(app, SHOP, "test")
    assert view.notes == ("no role X",)
    assert view.expires_at == NOON + timedelta(days=20)
    cast(ManualClock, app.clock).advance(10 * 86400)
    notes = sellers.list_accounts(app, "alpha")[1].notes
    assert notes[0].startswith("The key expires in 10 days")
    assert notes[1] == "no role X"


# --- plugins.toml -----------------------------------------------------------------------------------------


async def test_a_declared_account_has_the_settings_of_the_file(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = rows.accounts.first(app.store.reader, "WHERE name = 'declared'")
    assert row is not None
    monkeypatch.delenv("TEST_COURIER_TOKEN", raising=False)
    view = await sellers.check_account(app, row.id, "test")
    assert view.status == "bad"
    assert "TEST_COURIER_TOKEN" in view.detail
    monkeypatch.setenv("TEST_COURIER_TOKEN", "from-env")
    assert app.settings_of(row) == ShopSettings(token=Secret("from-env"))


def _again(app: App, toml: str) -> None:
    (app.home / "plugins.toml").write_text(toml, encoding="utf-8")
    config, _ = load(app.home)
    declare(app.store, config, app.clock)
    cast(SmallApp, app).config = config


async def test_the_file_is_followed_and_nothing_is_lost(app: App) -> None:
    ids = {row.name: row.id for row in rows.accounts.all(app.store.reader, "")}
    _again(app, TOML.replace('title = "Alpha"', 'title = "Alpha 2"').replace("[sellers.beta]", "[sellers.b]"))
    views = {view.slug: view for view in sellers.list_sellers(app)}
    assert views["alpha"].title == "Alpha 2"
    assert (views["beta"].declared, views["beta"].plugins) == (False, ())
    assert views["b"].declared
    assert {row.name: row.id for row in rows.accounts.all(app.store.reader, "")} == ids
    _again(app, TOML)
    assert sellers.seller(app, "beta").plugins == ("market",)


async def test_an_account_that_the_file_dropped_has_no_settings(app: App) -> None:
    row = rows.accounts.first(app.store.reader, "WHERE name = 'declared'")
    assert row is not None
    _again(app, TOML.replace("accounts.declared", "accounts.renamed"))
    with pytest.raises(ConfigError, match="any more"):
        app.settings_of(row)


def test_opening_again_writes_nothing(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SqliteStore, "write_now", lambda *_: pytest.fail("nothing differs"))
    declare(app.store, app.config, app.clock)


async def test_changes_of_the_file_that_would_lose_things_are_refused(app: App) -> None:
    await sellers.add_account(app, SHOP, "test")
    taken = '[sellers.alpha.accounts.shop]\nplugin = "market"\n[sellers.beta]'
    with pytest.raises(ConfigError, match="'hub account add'"):
        _again(app, TOML.replace("[sellers.beta]", taken))
    with pytest.raises(ConfigError, match="'courier'"):
        _again(app, TOML.replace('plugin = "courier"', 'plugin = "market"'))


def test_the_prefix_is_permanent_once_a_parcel_was_booked(app: App) -> None:
    def with_prefix(prefix: str) -> str:
        return TOML.replace('language = "en"', f'language = "en"\nreference_prefix = "{prefix}"')

    _again(app, with_prefix("AA"))
    assert sellers.seller_row(app, "alpha").profile.reference_prefix == "AA"
    booked = rows.OperationRow(
        id="op_1",
        seller="alpha",
        account="acc_1",
        kind="book",
        subject_type="shipment",
        subject_id="shp_1",
        posting_id="pst_1",
        epoch=1,
        state="confirmed",
        reference="AAREFERENCE",
        fingerprint="",
        request={},
        quoted_minor=None,
        cap_minor=None,
        price_minor=None,
        currency="",
        external_id="",
        result={},
        reason="",
        reason_code="",
        sends=1,
        looks=0,
        sent_at=None,
        look_after=None,
        created_at=NOON,
        updated_at=NOON,
    )
    app.store.write_now(lambda tx: rows.operations.insert(tx, booked))
    with pytest.raises(ConfigError, match="it was 'AA'"):
        _again(app, with_prefix("BB"))
    _again(app, with_prefix("AA"))
