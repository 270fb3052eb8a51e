"""A home is opened: its file, its plugins and its database make an `App`."""

from __future__ import annotations

import logging
from pathlib import Path

# Every room is loaded with the first app: an answer that only one side knows is an error at once.
from hub.flow import questions as questions
from hub.flow.app import FORGOTTEN, App
from hub.flow.runtime.credentials import KeyRing
from hub.flow.runtime.places import switch_off_unnamed
from hub.flow.sellers.declared import declare, refuse_secrets
from hub.plugin_api.clock import Clock, clock_from_environment, zone
from hub.plugins.config_reading import load_config
from hub.plugins.loader import load_plugins
from hub.store import Place, Server, open_store, place_of
from hub.store.migrating import migrate

log = logging.getLogger("hub.store")


def open_app(home: Path, *, database: str = "", clock: Clock | None = None, migrating: bool = False) -> App:
    """The hub at ``home``; ``database`` is the URL of its database where that was given, ``migrating`` brings
    an older one up to date before it is opened. Raises ConfigError that says what is wrong and how to fix it,
    StoreError where the database cannot be used now."""
    config = load_config(home / "plugins.toml")
    zone("Europe/Moscow")  # no time zones at all: said now, and not by each piece of work
    registry = load_plugins(config.allow)
    refuse_secrets(config, registry)
    keyring = KeyRing.open(home)
    clock = clock or clock_from_environment()
    place = place_of(home, database)
    if migrating:
        _migrate(place, clock)
    store = open_store(place)
    try:
        declare(store, config, clock)
        switch_off_unnamed(store, config, registry, keyring)
    except BaseException:
        store.close()
        raise
    return App(home, config, registry, store, clock, keyring)


def _migrate(place: Place, clock: Clock) -> None:
    if isinstance(place, Path) and not place.exists():
        return
    done = migrate(place, clock.now())
    if done.steps and isinstance(place, Server):
        log.warning("the database was migrated from schema %d to %d", done.before, done.after)
    elif done.steps:
        log.warning(
            "the database was migrated from schema %d to %d; as it was it is kept as %s",
            done.before,
            done.after,
            done.copy,
        )
    if done.doubted:
        log.warning(FORGOTTEN, done.doubted)
