"""The operator of the hub, who is told of what is no seller's: ``[operator]`` in plugins.toml. In the store
nothing stands of it but its messages: it is made of the file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hub.store import rows

if TYPE_CHECKING:
    from hub.flow.app import App

OPERATOR = ""
"""The seller of problems that are nobody's."""
SPOKEN = "-"
"""In the place of a seller, where a person writes one."""
_SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def told(app: App, slug: str) -> rows.SellerRow:
    """Who is told: a seller, or the operator. Raises NotFound for an unknown seller."""
    if slug not in (OPERATOR, SPOKEN):
        return app.seller(slug)
    operator = app.config.operator
    return rows.SellerRow(
        slug=OPERATOR,
        title="parcelhub",
        time_zone=operator.time_zone,
        plugins=tuple(one.plugin for one in operator.accounts.values()),
        profile=rows.SellerProfile(language=operator.language),
        declared=True,
        created_at=_SINCE,
    )


def addresses_of(app: App, whose: rows.SellerRow) -> list[rows.AccountRow]:
    """The usable addresses of a seller, or of the operator, the first that is taken first."""
    if whose.slug != OPERATOR:
        return app.messenger_accounts(whose)
    return [
        rows.AccountRow(
            id=f"operator:{name}",
            seller=OPERATOR,
            plugin=account.plugin,
            name=name,
            external_id="",
            credentials=None,
            status="unchecked",
            status_data={},
            checked_at=None,
            created_at=_SINCE,
        )
        for name, account in app.config.operator.accounts.items()
        if account.plugin in app.registry.messengers
    ]


__all__ = ["OPERATOR", "SPOKEN", "addresses_of", "told"]
