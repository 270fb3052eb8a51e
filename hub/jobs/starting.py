"""The plugins' start-up hooks, each with a note that it has begun: one that ends the process is known by it.

A hook that ended the process several times in a row is left out at the next start, so that the hub works for
everybody else; at the start after that one it is tried again, for it may have been fixed.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from hub.plugin_api.errors import StoreError
from hub.plugins.registry import PluginFailure
from hub.store import Transaction, condition

if TYPE_CHECKING:
    from hub.flow.app import App

log = logging.getLogger("hub.worker")

DEATHS = 3
"""So often in a row it may end the process."""


async def startup(app: App) -> list[PluginFailure]:
    """Tell every plugin that the hub is about to work; those that failed, or were left out."""
    failures: list[PluginFailure] = []
    for plugin in app.registry.hearing("startup"):
        try:
            deaths = await app.store.write(lambda tx, plugin=plugin: _begin(tx, plugin))  # type: ignore[misc]
        except StoreError as error:
            log.error("cannot note that %s starts: %s", plugin, error.message)
            deaths = 0
        if deaths >= DEATHS:
            said = f"left out: the process ended {deaths} times while it ran"
            failures.append(PluginFailure(plugin=plugin, hook="startup", error=said))
            continue
        failures += await app.registry.notify("startup", [plugin])
        try:
            await app.store.write(
                lambda tx, plugin=plugin: condition.forget_deaths_at_start(tx, plugin)  # type: ignore[misc]
            )
        except StoreError as error:
            log.error("cannot note that %s has started: %s", plugin, error.message)
    return failures


def _begin(tx: Transaction, plugin: str) -> int:
    """How often it ended the process in a row; one more is counted, or one less where it is left out now."""
    deaths = condition.deaths_at_start(tx, plugin)
    condition.note_deaths_at_start(tx, plugin, deaths + 1 if deaths < DEATHS else deaths - 1)
    return deaths


__all__ = ["DEATHS", "startup"]
