"""What people see of messages, and what they say: that they have seen something, or want a test sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hub.flow.history.view import view_of
from hub.flow.messages.operator import OPERATOR, SPOKEN, addresses_of, told
from hub.flow.messages.sending import try_out
from hub.flow.messages.views import AddressView, MessagesView, MessageView, SeenView
from hub.flow.runtime.stored_accounts import account_facts
from hub.plugin_api.errors import NotFound, Rejected
from hub.store import Transaction, messages, rows
from hub.words import render, revived

if TYPE_CHECKING:
    from hub.flow.app import App

_SHOWN = 50
_MOST = 1000


def overview(app: App, slug: str) -> MessagesView:
    """The addresses of a seller, or of the operator, what waits, and the last messages. Raises NotFound."""
    seller, reader = told(app, slug), app.store.reader
    slug, addresses = seller.slug, addresses_of(app, seller)
    names = {one.id: one.name for one in addresses}
    language = seller.profile.language
    return MessagesView(
        seller=slug,
        waiting=messages.count_waiting(reader, slug),
        addresses=tuple(_address(reader, one, language) for one in addresses),
        messages=tuple(_message(row, names, language) for row in messages.page(reader, slug, limit=_SHOWN)),
    )


def _address(reader: Transaction, account: rows.AccountRow, language: str) -> AddressView:
    standing = rows.messengers.get(reader, account.id)
    return AddressView(
        account=account.id,
        name=account.name,
        service=revived(account_facts(account).detail),
        failures=0 if standing is None else standing.failures,
        again_at=None if standing is None else standing.again_at,
        reason="" if standing is None else render(standing.reason, language),
    )


def _message(row: rows.MessageRow, names: dict[str, str], language: str) -> MessageView:
    return view_of(
        MessageView, row, name=names.get(row.account, row.account), reason=render(row.reason, language)
    )


async def send_tests(app: App, slug: str, name: str = "") -> tuple[MessageView, ...]:
    """Send a test message to each address of a seller, or of the operator, or to the one of this name; what
    became of each.

    Raises NotFound for an unknown seller or address, Rejected where there is none.
    """
    seller = told(app, slug)
    slug, addresses = seller.slug, addresses_of(app, seller)
    if not addresses and slug == OPERATOR:
        raise Rejected(
            "the operator has no address for messages: write a block [operator.accounts.<name>] into "
            "plugins.toml, and start the hub again",
            code="messages.no_operator_address",
        )
    if not addresses:
        raise Rejected(
            "{seller} has no address for messages: add one with 'hub account add {seller} messages', once "
            "the plugin 'messages' is allowed and on for the seller",
            code="messages.no_address",
            values={"seller": slug},
        )
    chosen = [one for one in addresses if name in ("", one.name, one.id)]
    if not chosen:
        raise NotFound(
            "no address '{name}' for messages: there are {names}",
            code="not_found.no_address_for_messages",
            values={"name": name, "names": ", ".join(one.name for one in addresses)},
        )
    for one in chosen:
        await try_out(app, seller, one)
    ids = {one.id: one.name for one in chosen}
    found = [row for row in messages.page(app.store.reader, slug, limit=_SHOWN) if row.account in ids]
    latest = {row.account: row for row in reversed(found) if row.kind == "test"}
    return tuple(_message(latest[one.id], ids, seller.profile.language) for one in chosen)


async def see(app: App, slug: str, ids: Sequence[str], actor: str) -> SeenView:
    """Somebody has seen these problems of a seller, or all that are open: they are told no more. What is
    opened later is told. Raises NotFound for one that is not an open problem of the seller's."""
    slug, now = told(app, slug).slug, app.clock.now()

    def write(tx: Transaction) -> int:
        if not ids:
            found = [one.problem for one in messages.waiting(tx, slug, limit=_MOST)]
        else:
            found = [_open(tx, slug, one) for one in dict.fromkeys(ids)]
        for problem in found:
            messages.see(tx, problem, by=actor, now=now)
        return len(found)

    return SeenView(seller=slug, seen=await app.store.write(write))


def _open(tx: Transaction, slug: str, problem_id: str) -> rows.ProblemRow:
    row = rows.problems.get(tx, problem_id)
    if row is None or row.seller != slug or row.state != "open":
        raise NotFound(
            "no open problem {id} of {seller}: 'hub problems' lists them",
            code="not_found.no_open_problem",
            values={"id": problem_id, "seller": slug or SPOKEN},
        )
    return row


__all__ = ["overview", "see", "send_tests"]
