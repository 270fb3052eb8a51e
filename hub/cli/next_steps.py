"""What most people type next while a seller is set up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hub.flow.app import App


def setting_up(app: App, slug: str) -> str:
    """The command that brings this seller on: accounts of the plugins that are on, marketplaces first, then
    the catalogue, then the postings."""
    from hub.flow.sellers import catalogue, sellers

    registry, seller = app.registry, sellers.seller(app, slug)
    connected = {view.plugin for view in sellers.list_accounts(app, slug)}
    sources = [name for name in seller.plugins if name in registry.sources]
    carriers = [name for name in seller.plugins if name in registry.carriers]
    missing = [name for name in (*sources, *carriers) if name not in connected]
    if missing:
        return f"hub account add {slug} {missing[0]}"
    if not sources:
        return f"hub seller change {slug} --plugin PLUGIN"
    if not catalogue.list_products(app, slug, limit=1).items:
        return f"hub products import {slug} FILE"
    return f"hub sync {slug}"


def after_the_catalogue(app: App, slug: str) -> str:
    """A carrier that is on and has no account keeps nobody from fetching postings."""
    from hub.flow.sellers import sellers

    connected = {view.plugin for view in sellers.list_accounts(app, slug)}
    return f"hub sync {slug}" if connected & app.registry.sources.keys() else setting_up(app, slug)
