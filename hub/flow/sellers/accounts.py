"""Accounts with marketplaces and carriers: tried before they are stored, sealed when they are, and never
shown again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from hub.calls.call import read
from hub.flow.history.forms import NewAccount
from hub.flow.history.views import AccountView
from hub.flow.runtime.stored_accounts import SEALED, AccountFacts, account_facts, account_row, as_account
from hub.flow.runtime.unknown import meant_by, no_such_seller
from hub.flow.runtime.vendors_keys import without_keys
from hub.flow.sellers.allowance import calls_today, learn
from hub.plugin_api.errors import (
    BadReply,
    ConfigError,
    Conflict,
    HubError,
    Rejected,
    Unavailable,
    Unsupported,
)
from hub.plugin_api.ids import new_id
from hub.plugin_api.models import AccountStatus
from hub.plugin_api.settings import Settings, dump_settings, load_settings
from hub.plugins.addresses import AddressRefused, asked, origins_of
from hub.plugins.checks import installed
from hub.store import Transaction, accounts, rows
from hub.words import render, revived, said, stored
from hub.words.texts import calls_note, expiry_note

if TYPE_CHECKING:
    from hub.flow.app import App

log = logging.getLogger("hub.accounts")

_NAME_MAX = 100


def list_accounts(app: App, slug: str) -> list[AccountView]:
    """A seller's accounts, without their credentials."""
    found = accounts.of_seller(app.store.reader, slug)
    if not found:
        return []
    language = _owner(app, slug).profile.language
    return [_account_view(app, row, language) for row in found]


async def add_account(app: App, new: NewAccount, actor: str) -> AccountView:
    """Connect an account, or give new credentials to one that was added here before (same name and plugin).

    The credentials are tried first. When that fails, what `hub.calls.call.read` raised is raised and nothing
    is stored; with ``keep`` the account is stored, marked bad. Raises NotFound, Conflict, ConfigError,
    AuthFailed, Unavailable and the other errors of a call.
    """
    owner = _owner(app, new.seller)
    name = new.name.strip()
    if not name or len(name) > _NAME_MAX or not name.isprintable():
        raise Rejected(
            "name: write 1 to {name_max} printable characters",
            code="name.of_account",
            values={"name_max": _NAME_MAX},
        )
    kind = _settings_type(app, owner, new.plugin)
    known = accounts.named(app.store.reader, owner.slug, name)
    if known is not None:
        _check_replaceable(known, new.plugin)
    settings = load_settings(kind, new.settings)
    app.addresses(new.plugin, owner.slug, name).check_settings(settings)
    row = rows.AccountRow(
        id=new_id("acc") if known is None else known.id,
        seller=owner.slug,
        plugin=new.plugin,
        name=name,
        external_id="" if known is None else known.external_id,
        credentials=None,
        status="unchecked",
        status_data={},
        checked_at=None,
        created_at=app.clock.now() if known is None else known.created_at,
    )
    checked, failure = await _checked(app, row, settings, actor)
    if failure is not None and not isinstance(failure, Unsupported):
        if isinstance(failure, Conflict) or not new.keep:
            raise failure
        checked = msgspec.structs.replace(checked, status="bad")
    sealed = app.keyring.seal(
        msgspec.json.encode(dump_settings(settings)), table="accounts", row_id=row.id, field=SEALED
    )
    checked = msgspec.structs.replace(checked, credentials=sealed)

    def write(tx: Transaction) -> None:
        again = accounts.named(tx, owner.slug, name)
        if again is not None and again.id != row.id:
            raise Conflict(
                "there is an account '{name}' already",
                code="account_exists.already",
                values={"name": name},
            )
        _refuse_second(app, tx, checked)
        rows.accounts.put(tx, checked)

    await app.store.write(write)
    log.info("account %s (%s) of %s stored by %s", row.id, row.plugin, owner.slug, actor)
    return _account_view(app, checked, owner.profile.language)


async def check_account(app: App, account_id: str, actor: str) -> AccountView:
    """Try an account's credentials now, and keep what was found.

    What is wrong with them is in the view, not raised. Raises NotFound, and Conflict where the plugin is off.
    """
    row = account_row(app.store.reader, account_id)
    owner = _owner(app, row.seller)
    if row.plugin not in owner.plugins or row.plugin not in app.registry.names:
        raise Conflict(
            "the plugin '{plugin}' is not on for {seller}",
            code="plugin_off.seller",
            values={"plugin": row.plugin, "seller": row.seller},
        )
    try:
        settings = app.settings_of(row)
    except ConfigError as error:
        checked = _told(app, row, actor, "bad", error.said)
    else:
        checked, _ = await _checked(app, row, settings, actor)

    def write(tx: Transaction) -> rows.AccountRow:
        now = rows.accounts.get(tx, account_id)
        if now is None or now.credentials != row.credentials:
            raise Conflict(
                "the account was changed while it was checked: check it again",
                code="conflict.account_changed_while_checked",
            )
        _refuse_second(app, tx, checked)
        rows.accounts.save(tx, checked)
        return checked

    try:
        checked = await app.store.write(write)
    except Conflict as error:
        if error.code != "account_connected":
            raise
        checked = _told(app, row, actor, "bad", error.said)
        await app.store.write(lambda tx: rows.accounts.save(tx, checked))
    return _account_view(app, checked, owner.profile.language)


async def _checked(
    app: App, row: rows.AccountRow, settings: Settings, actor: str
) -> tuple[rows.AccountRow, HubError | None]:
    """The row with what a check found, and why it failed. A vendor that is down proves nothing: the status
    stays what it was."""
    try:
        connected = app.connect(row.plugin, settings, as_account(row))
    except AddressRefused as error:
        return _told(app, _at(row, settings, switched_off=True), actor, "bad", error.said), error
    row = _at(row, settings)
    try:
        with asked() as answered:
            status: AccountStatus = await read(
                said("{title}, check", code="call.check", values={"title": connected.title}),
                connected.check,
                explain=connected.explain,
            )
    except Unsupported as error:
        return _told(app, row, actor, "unchecked", error.said), error
    except (Unavailable, BadReply) as error:
        return _told(app, row, actor, row.status, error.said), error
    except HubError as error:
        return _told(app, row, actor, "bad", error.said), error
    if status.calls_used is not None:
        await app.store.write(lambda tx: learn(app, tx, row, status))
    if row.external_id and status.external_id != row.external_id:
        wrong = Conflict(
            "these credentials belong to another account ({external_id}) than this one ({external_id_2}): "
            "add them under another name",
            code="another_account",
            values={
                "external_id": status.external_id or said("without an id", code="account.no_id"),
                "external_id_2": row.external_id,
            },
        )
        return _told(app, row, actor, "bad", wrong.said), wrong
    facts = AccountFacts(
        detail=stored(status.name),
        notes=tuple(map(stored, status.notes)),
        roles=status.roles,
        expires_at=status.expires_at,
        checked_by=actor,
        origins=origins_of(settings),
        answered=tuple(sorted(answered)),
    )
    return (
        msgspec.structs.replace(
            row,
            external_id=status.external_id,
            status="good",
            status_data=msgspec.to_builtins(facts),
            checked_at=app.clock.now(),
        ),
        None,
    )


def _at(row: rows.AccountRow, settings: Settings, *, switched_off: bool = False) -> rows.AccountRow:
    """The row with where its settings lead, which is known whatever the vendor says."""
    facts = msgspec.structs.replace(
        account_facts(row), origins=origins_of(settings), switched_off=switched_off
    )
    return msgspec.structs.replace(row, status_data=msgspec.to_builtins(facts))


def _told(app: App, row: rows.AccountRow, actor: str, status: str, detail: str) -> rows.AccountRow:
    facts = msgspec.structs.replace(account_facts(row), detail=stored(without_keys(detail)), checked_by=actor)
    return msgspec.structs.replace(
        row, status=status, status_data=msgspec.to_builtins(facts), checked_at=app.clock.now()
    )


def _refuse_second(app: App, tx: Transaction, row: rows.AccountRow) -> None:
    """A marketplace account that is connected twice would ship every posting twice.

    An id is the word of the address that gave it: a server that somebody calls by the marketplace's id is not
    the marketplace, and keeps nobody out.
    """
    if row.plugin not in app.registry.sources or not row.external_id:
        return
    here = set(account_facts(row).answered)
    for twin in accounts.twins_of(tx, row):
        facts = account_facts(twin)
        if facts.switched_off and not facts.answered:
            continue  # of an earlier release, at an address that nobody vouches for
        if here and facts.answered and not here.intersection(facts.answered):
            continue
        where = (
            said(" as '{name}'", code="account.as_name", values={"name": twin.name})
            if twin.seller == row.seller
            else ""
        )
        raise Conflict(
            "this {plugin} account ({external_id}) is connected already{where}: a second one would ship its "
            "postings twice",
            code="account_connected",
            values={"plugin": row.plugin, "external_id": row.external_id, "where": where},
        )


def _check_replaceable(known: rows.AccountRow, plugin: str) -> None:
    if known.credentials is None:
        raise Conflict(
            "the account '{name}' is declared in plugins.toml: change it there",
            code="declared.account_plugins_toml_change",
            values={"name": known.name},
        )
    if known.plugin != plugin:
        raise Conflict(
            "there is an account '{name}' already, of {plugin}: choose another name",
            code="account_exists.already_choose_another_name",
            values={"name": known.name, "plugin": known.plugin},
        )


def settings_form(app: App, seller: str, plugin: str) -> type[Settings]:
    """What an account of this plugin is asked for. Raises NotFound, Rejected and Conflict where the seller
    cannot have one."""
    return _settings_type(app, _owner(app, seller), plugin)


def _settings_type(app: App, owner: rows.SellerRow, plugin: str) -> type[Settings]:
    if plugin not in app.registry.names:
        if plugin in installed():
            raise Rejected(
                "plugin: '{plugin}' is installed, and may not run here: to allow it, the operator adds it "
                "to 'allow' under [plugins] in plugins.toml and starts the hub again",
                code="plugin.installed_not_run_allow_operator",
                values={"plugin": plugin},
            )
        raise Rejected(
            "plugin: '{plugin}' may not run here{near}",
            code="plugin.not_run",
            values={"plugin": plugin, "near": meant_by(plugin, {*app.registry.names, *installed()})},
        )
    if plugin not in owner.plugins:
        raise Conflict(
            "the plugin '{plugin}' is not on for {slug}: add it to the seller's plugins, in plugins.toml or "
            "with 'hub seller change'",
            code="plugin_off.add_to_seller",
            values={"plugin": plugin, "slug": owner.slug},
        )
    return app.registry.settings_type(plugin)


def _account_view(app: App, row: rows.AccountRow, language: str) -> AccountView:
    facts = account_facts(row)
    expiry = expiry_note(facts.expires_at, app.clock.now(), language) if facts.expires_at else ""
    return AccountView(
        id=row.id,
        seller=row.seller,
        plugin=row.plugin,
        name=row.name,
        external_id=row.external_id,
        status=row.status,
        detail=revived(facts.detail),
        notes=(
            *((expiry,) if expiry else ()),
            *(render(revived(note), language) for note in facts.notes),
            *_calls(app, row, language),
        ),
        roles=facts.roles,
        expires_at=facts.expires_at,
        checked_at=row.checked_at,
    )


def _calls(app: App, row: rows.AccountRow, language: str) -> tuple[str, ...]:
    today = calls_today(app, row)
    return () if today is None else (calls_note(today.used, today.allowed, language),)


def _owner(app: App, slug: str) -> rows.SellerRow:
    row = rows.sellers.get(app.store.reader, slug)
    if row is None:
        raise no_such_seller(app.store.reader, slug)
    return row


def must_be_on(app: App, seller: rows.SellerRow, carrier: str) -> None:
    """Raise Rejected for a carrier that the seller cannot ship with, and say what there is."""
    if carrier not in app.registry.carriers:
        raise Rejected(
            "no carrier '{wanted}': 'hub plugins' lists them",
            code="carrier.unknown",
            values={"wanted": carrier},
        )
    if app.registry.carriers[carrier].for_comparison:
        raise Rejected(
            "the prices of '{carrier}' are only to compare: it books nothing",
            code="carrier.only_to_compare",
            values={"carrier": carrier},
        )
    there = sorted({account.plugin for account in app.carrier_accounts(seller)})
    if carrier not in there:
        have = ", ".join(there) or said("none", code="word.none")
        if carrier in seller.plugins:
            told = said(
                "the carrier '{carrier}' has no account that works for {slug}: there are {have}",
                code="ship.no_account",
                values={"carrier": carrier, "slug": seller.slug, "have": have},
            )
        else:
            told = said(
                "the carrier '{carrier}' is not on for {slug}: there are {have}",
                code="ship.carrier",
                values={"carrier": carrier, "slug": seller.slug, "have": have},
            )
        raise Rejected(told, code="carrier_off")
