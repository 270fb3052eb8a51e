"""A seller's rules for choosing carriers, as the doors read and write them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from hub.flow.history.view import View
from hub.flow.sellers.sellers import seller_row
from hub.plugin_api.errors import Conflict, Rejected
from hub.plugin_api.rule_checks import problems
from hub.plugin_api.rules import CarrierRules
from hub.plugins.toml_keys import shown
from hub.store import Transaction, rows
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

log = logging.getLogger("hub.sellers")


class RulesView(View, frozen=True, kw_only=True):
    """How a seller's carriers are chosen."""

    seller: str
    declared: bool
    """Declared in plugins.toml: read-only at the other doors."""
    carrier_rules: CarrierRules
    """Only what is not as by default."""


def rules_of(app: App, seller: str) -> RulesView:
    """The rules as they are now. Raises NotFound."""
    row = seller_row(app, seller)
    return RulesView(seller=row.slug, declared=row.declared, carrier_rules=row.profile.carrier_rules)


async def set_rules(app: App, seller: str, rules: CarrierRules, actor: str) -> RulesView:
    """Put rules in the place of the seller's. Raises NotFound; Conflict where plugins.toml declares the
    seller; and Rejected, with the key path and what to write, for rules that cannot be meant."""

    def write(tx: Transaction) -> None:
        row = rows.sellers.get(tx, seller_row(app, seller).slug)
        assert row is not None
        if row.declared:
            raise Conflict(
                "the seller '{seller}' is declared in plugins.toml: change its rules there",
                code="declared.seller_plugins_toml_change",
                values={"seller": seller},
            )
        check_rules(app, row, rules)
        profile = msgspec.structs.replace(row.profile, carrier_rules=rules)
        rows.sellers.save(tx, msgspec.structs.replace(row, profile=profile), row)

    await app.store.write(write)
    log.info("rules of %s set by %s: %d", seller, actor, len(rules.rules))
    return rules_of(app, seller)


def check_rules(app: App, seller: rows.SellerRow, rules: CarrierRules) -> None:
    """Raise Rejected for the first thing that is wrong; rules count from 1, as people count them."""
    carriers = [name for name in seller.plugins if name in app.registry.carriers]
    markets = [name for name in seller.plugins if name in app.registry.sources]
    for path, what in problems(rules, carriers, markets):
        match path:
            case ("rules", int(number), *below):
                place: str = said(
                    "rule {number}[: {keys}]",
                    code="rules.place",
                    values={"number": number, "keys": shown(tuple(below))},
                )
            case _:
                place = shown(path)
        raise Rejected("{place}: {what}", code="rules.at", values={"place": place, "what": what})
