"""Before a booking is intended, its carrier is asked what it makes of the buyer's address (docs/adr/0012);
and what a person corrects of the buyer.

What it said, and what a person decided, stays with the recipient: nowhere else, and gone when that is erased.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from hub.calls.call import read
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import Conflict, Rejected
from hub.plugin_api.models import Address
from hub.plugin_api.texts import read_phone
from hub.store import Transaction, rows
from hub.words import said, said_of

if TYPE_CHECKING:
    from hub.flow.history.situation import Situation

ANSWERS = frozenset({"use_suggestion", "use_as_written", "correct_address", "retry"})
"""Answers to ``address_unclear`` that change what is kept here."""


class NotAsked(enum.Enum):
    """Of an address that a carrier was not asked about."""

    NOT_ASKED = "not asked"


NOT_ASKED = NotAsked.NOT_ASKED

_DEADLINE = 12.0  # real seconds, as for quotes

Text = Annotated[str, msgspec.Meta(max_length=300)]


class Correction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a person gives of the buyer and the address; what is left out stays as it is. Personal data."""

    name: Text | msgspec.UnsetType = msgspec.UNSET
    phone: Text | msgspec.UnsetType = msgspec.UNSET
    """May have the extension in it."""
    phone_extension: Text | msgspec.UnsetType = msgspec.UNSET
    email: Text | msgspec.UnsetType = msgspec.UNSET
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")] | msgspec.UnsetType = msgspec.UNSET
    postal_code: Text | msgspec.UnsetType = msgspec.UNSET
    region: Text | msgspec.UnsetType = msgspec.UNSET
    city: Text | msgspec.UnsetType = msgspec.UNSET
    street: Text | msgspec.UnsetType = msgspec.UNSET
    delivery_point: Text | msgspec.UnsetType = msgspec.UNSET
    comment: Text | msgspec.UnsetType = msgspec.UNSET

    def __repr__(self) -> str:
        return "Correction(...)"


PARTS = Correction.__struct_fields__
_OF_BUYER = ("name", "phone", "phone_extension", "email")
_PHONE = {"phone", "phone_extension"}
"""One number: corrected together, and replaced together."""


def correction(parameters: Mapping[str, Any]) -> Correction:
    """A person's words. Raises Rejected without any, and for what cannot be corrected so."""
    try:
        given = msgspec.convert(parameters, Correction)
    except msgspec.ValidationError as error:
        raise Rejected(
            "parameters: {said_of}", code="parameters.wrong", values={"said_of": said_of(error)}
        ) from None
    if given == Correction():
        raise Rejected(
            "give what is to be corrected: {parts}",
            code="parameters.give_what_corrected",
            values={"parts": ", ".join(PARTS)},
        )
    if given.phone is not msgspec.UNSET and not read_phone(given.phone).digits:
        raise Rejected(
            "phone: write the whole number with the code of its country, such as +7 900 123-45-67",
            code="parameters.phone_whole_number",
        )
    return given


def cleans(carrier: Carrier[Any]) -> bool:
    """Whether this carrier cleans addresses."""
    return type(carrier).clean is not Carrier.clean


async def doubt(at: Situation, carrier: Carrier[Any]) -> dict[str, Any] | None:
    """None where this carrier's account may book to the address. Else what is in doubt, for the problem:
    codes, never the address.

    Asks the carrier once an address. Raises like any read where it does not answer: it is asked again later.
    """
    if not cleans(carrier):
        return None
    account = carrier.account.id
    recipient = rows.recipients.get(at.app.store.reader, at.row.id)
    if recipient is None:
        return None
    check = recipient.check(account)
    if check is None:
        try:
            answer = await read(
                said("{title}: the address", code="call.address", values={"title": carrier.title}),
                lambda: carrier.clean(recipient.document),
                explain=carrier.explain,
                deadline=_DEADLINE,
            )
        except Rejected as error:
            return {"carrier": carrier.code, "account": account, "reason": error.said, "code": error.code}
        clear = answer.clear and answer.address is not None
        check = rows.AddressCheck(answer, "suggestion" if clear else "")
        await at.basis.write(lambda tx: _keep(tx, recipient, account, check))
    return _in_doubt(carrier, check)


def known_doubt(
    connection: Transaction, posting_id: str, carrier: Carrier[Any]
) -> dict[str, Any] | NotAsked | None:
    """The same, of what is known here; NOT_ASKED where the carrier has to be asked."""
    recipient = rows.recipients.get(connection, posting_id) if cleans(carrier) else None
    if recipient is None:
        return None
    check = recipient.check(carrier.account.id)
    return NOT_ASKED if check is None else _in_doubt(carrier, check)


def _in_doubt(carrier: Carrier[Any], check: rows.AddressCheck) -> dict[str, Any] | None:
    if check.use:
        return None
    answer = check.answer
    return {
        "carrier": carrier.code,
        "account": carrier.account.id,
        "doubts": list(answer.doubts),
        "vendor_code": answer.vendor_code,
        "suggestion": answer.address is not None,
        "as_written": answer.as_written,
    }


def _keep(tx: Transaction, asked: rows.RecipientRow, account: str, check: rows.AddressCheck) -> None:
    """Unless the address is another one by now."""
    row = rows.recipients.get(tx, asked.posting_id)
    if row is not None and row.document.address == asked.document.address:
        rows.recipients.save(tx, _with(row, account, check))


def _with(row: rows.RecipientRow, account: str, check: rows.AddressCheck | None) -> rows.RecipientRow:
    known = row.checks or rows.AddressChecks()
    others = {name: one for name, one in known.by_account.items() if name != account}
    by_account = others if check is None else {**others, account: check}
    return msgspec.structs.replace(row, checks=msgspec.structs.replace(known, by_account=by_account))


def address_of(connection: Transaction, posting_id: str) -> Address | None:
    """Where the posting goes, before any carrier's spelling."""
    row = rows.recipients.get(connection, posting_id)
    return None if row is None else row.document.address


def unclear_at(recipient: rows.RecipientRow | None, accounts: Iterable[rows.AccountRow]) -> set[str]:
    """Carriers that do not vouch for the address, and nobody has said that it may be used: not chosen by the
    machine. ``accounts``: all of the seller."""
    if recipient is None or recipient.checks is None:
        return set()
    waiting = {account for account, one in recipient.checks.by_account.items() if not one.use}
    return {row.plugin for row in accounts if row.id in waiting}


def decided(recipient: rows.RecipientRow | None) -> list[tuple[str, str, Address | None]]:
    """By account, how a person wants the address to be written, where its carrier did not find it clear: it
    is quoted again so. What a carrier found clear is the same place in other words, for the same price."""
    if recipient is None or recipient.checks is None:
        return []
    found = ((account, one) for account, one in sorted(recipient.checks.by_account.items()))
    return [
        (account, one.use, one.answer.address) for account, one in found if one.use and not one.answer.clear
    ]


def answered(
    tx: Transaction, known: rows.ProblemRow, answer: str, corrected: Correction | None, now: datetime
) -> None:
    """Keep what a person says to an unclear address. Raises Conflict where it is not what was shown."""
    row = rows.recipients.get(tx, known.posting_id)
    if row is None or row.document.address is None:
        raise Conflict("the buyer's address is not here any more", code="no_address.gone")
    if corrected is not None:
        row = _corrected(row, corrected)
    else:
        account = str(known.data.get("account", ""))
        check = row.check(account)
        if answer != "retry":
            if check is None:
                raise Conflict("the address was not checked: try again", code="not_checked")
            use = "suggestion" if answer == "use_suggestion" else "as_written"
            check = msgspec.structs.replace(check, use=use)
        row = _with(row, account, None if answer == "retry" else check)
    rows.recipients.save(tx, msgspec.structs.replace(row, updated_at=now))


def _corrected(row: rows.RecipientRow, corrected: Correction) -> rows.RecipientRow:
    """With a person's words, and what the marketplace said in their place."""
    parts = msgspec.structs.asdict(corrected)
    changes = {name: value.strip() for name, value in parts.items() if value is not msgspec.UNSET}
    of_buyer = {name: changes.pop(name) for name in _OF_BUYER if name in changes}
    if "phone" in of_buyer:  # the old extension is another number's
        of_buyer = {"phone_extension": "", **of_buyer}
    checks = row.checks or rows.AddressChecks()
    given = {name: getattr(row.document, name) for name in of_buyer}
    if _PHONE & of_buyer.keys():
        given |= {name: getattr(row.document, name) for name in _PHONE}
    checks = msgspec.structs.replace(checks, given_buyer=given | checks.given_buyer)
    document = msgspec.structs.replace(row.document, **of_buyer)
    if changes and document.address is not None:
        document = msgspec.structs.replace(
            document, address=msgspec.structs.replace(document.address, **changes)
        )
        checks = msgspec.structs.replace(checks, by_account={}, given=row.given)
    return msgspec.structs.replace(row, document=document, checks=checks)


def after_news(row: rows.RecipientRow, new: rows.RecipientRow) -> rows.RecipientRow:
    """What is kept when the marketplace sends the recipient again: what it has not changed stays as a person
    corrected it; with an address, what carriers said of it."""
    given = {} if row.checks is None else row.checks.given_buyer
    kept = {name: text for name, text in given.items() if getattr(new.document, name) == text}
    if not kept.keys() >= _PHONE:
        kept = {name: text for name, text in kept.items() if name not in _PHONE}
    changes: dict[str, Any] = {name: getattr(row.document, name) for name in kept}
    checks = rows.AddressChecks(given_buyer=kept) if kept else None
    if new.document.address == row.given:
        changes["address"] = row.document.address
        checks = row.checks and msgspec.structs.replace(row.checks, given_buyer=kept)
    return msgspec.structs.replace(
        new, document=msgspec.structs.replace(new.document, **changes), checks=checks
    )
