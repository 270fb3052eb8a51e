"""The plugins that run here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.flow.history.views import PluginView

if TYPE_CHECKING:
    from hub.plugins.registry import Registry


def plugins(registry: Registry) -> list[PluginView]:
    """The plugins that run here, and what they can do."""
    views = []
    for name in registry.names:
        info = registry.describe(name)
        views.append(
            PluginView(
                name=info.name,
                version=info.version,
                title=info.title,
                kinds=info.kinds,
                capabilities=info.capabilities,
                create_safety=info.create_safety,
                notice=info.notice,
            )
        )
    return views
