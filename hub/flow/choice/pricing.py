"""A posting's prices are asked, one offer is chosen, and both are kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from hub.flow.choice import quote_table, quoting
from hub.flow.choice.choosing import Choice, Decision
from hub.flow.choice.inputs import hash_of, inputs_hash
from hub.flow.choice.weighing import Asked, Subject
from hub.flow.history.recording import Ordered, record
from hub.flow.packing import parcels as packing
from hub.flow.packing.plans import BadPlan
from hub.plugin_api.errors import Conflict, Rejected
from hub.plugin_api.models import Money, Quote, Service
from hub.store import Transaction, rows
from hub.store.accounts import of_seller

if TYPE_CHECKING:
    from hub.flow.app import App

_CAP = Decimal("1.10")  # of the quoted price: above it a person is asked
_LEAST = timedelta(minutes=1)  # what was chosen can be booked, however short a time a carrier's quotes last
_CHOSEN_BY: dict[str, rows.ChosenBy] = {"ordered": "person", "plugin": "plugin", "recalled": "recalled"}

LACKING = ("no_weight", "bad_plan", "no_sender", "no_quotes")
"""The problems that say why a posting has no price."""


class Lacking(Exception):
    """A posting has no price: the kind of problem that says so, and its data."""

    def __init__(self, kind: str, data: dict[str, Any]) -> None:
        super().__init__(kind)
        self.kind, self.data = kind, data


class Priced(NamedTuple):
    """What the carriers said of a posting, and what was chosen for which order."""

    about: Subject
    asked: Asked
    decision: Decision
    order: Ordered

    def inputs(self, last: rows.ShipmentRow | None) -> str:
        """The hash of what it was chosen for. ``last``: the posting's latest booking."""
        about = self.about
        profile, sender = about.seller.profile, about.warehouse.sender
        items, recipient = about.packed.items, about.recipient
        return hash_of(about.row, profile, sender, items, recipient, self.order, last)

    @property
    def lacks(self) -> Lacking:
        """Why nothing was chosen."""
        order = self.order
        missing = quoting.missing_of(self.asked, self.decision, carrier=order.carrier, service=order.service)
        return Lacking("no_quotes", {"missing": missing})

    @property
    def later(self) -> bool:
        """Nothing was chosen, and somebody did not answer: it may be different when it is asked again."""
        return self.decision.choice is None and any(why.later for why in self.asked.missing.values())


async def ask(
    app: App, row: rows.PostingRow, seller: rows.SellerRow, recipient: rows.RecipientRow | None
) -> tuple[Subject, Asked]:
    """Ask every carrier that can be booked. Raises Lacking where nobody can be asked."""
    try:
        about = quoting.subject(app, row, seller, recipient, of_seller(app.store.reader, row.seller))
        return about, await quoting.ask(app, about)
    except packing.NoWeight as error:
        raise Lacking("no_weight", {"items": error.offers}) from error
    except BadPlan as error:
        raise Lacking(error.code, error.facts) from error
    except (Rejected, Conflict) as error:
        kind = "no_sender" if error.code == "no_sender" else "no_quotes"
        raise Lacking(kind, {"missing": {"hub": error.said}}) from error


def keep(
    app: App, tx: Transaction, posting: rows.PostingRow, priced: Priced, inputs: str, *, actor: str
) -> tuple[rows.PostingRow, rows.ChoiceRow | None]:
    """Write down what was asked, and what was chosen: the posting and the choice as they are stored now."""
    asked, choice = priced.asked, priced.decision.choice
    quote_table.keep(tx, posting, quote_table.table(asked, priced.decision), asked.at)
    missing = {carrier: why.stored for carrier, why in asked.missing.items()}
    told = {"offers": len(asked.offers), "missing": missing}
    posting = record(tx, posting, "quotes.asked", told, actor=actor, now=app.clock.now())
    if choice is None:
        return posting, None
    kept = _row(app, priced.about, choice, inputs)
    rows.choices.put(tx, kept)
    return posting, kept


def standing(
    app: App, connection: Transaction, row: rows.PostingRow, order: Ordered, at: datetime
) -> rows.ChoiceRow | None:
    """What was chosen for an order that nobody has given yet, where it can be booked as it is ``at`` then."""
    chosen = rows.choices.get(connection, row.id)
    if chosen is None or not chosen.chosen_at <= at < chosen.valid_until:
        return None
    if chosen.account not in {account.id for account in app.carrier_accounts(app.seller(row.seller))}:
        return None
    return chosen if inputs_hash(app, connection, row, order) == chosen.inputs_hash else None


def stamp(app: App, tx: Transaction, row: rows.PostingRow, chosen: rows.ChoiceRow) -> None:
    """From here on it is what was chosen for the order that was given last."""
    rows.choices.put(tx, msgspec.structs.replace(chosen, inputs_hash=inputs_hash(app, tx, row)))


def paid(chosen: rows.ChoiceRow) -> Money:
    """What the seller pays for it: by contract, where there is one."""
    return Money.of(str(chosen.why["price"]), str(chosen.why["currency"]))


def _row(app: App, about: Subject, choice: Choice, inputs: str) -> rows.ChoiceRow:
    now, quote = app.clock.now(), choice.offer.quote
    service = Service(code=str(quote.service.code), name=str(quote.service.name))
    account = next(one for one in about.accounts if one.id == choice.offer.account)
    minutes = about.seller.profile.carrier_rules.choice_minutes
    lasts = app.carrier(account).quotes_last or timedelta(minutes=minutes)
    return rows.ChoiceRow(
        posting_id=about.row.id,
        seller=about.row.seller,
        account=account.id,
        carrier=choice.offer.carrier,
        service_code=service.code,
        service_name=service.name,
        offer=_kept(quote, service),
        price_minor=quote.price.minor,
        currency=quote.price.currency,
        cap_minor=Money.of(quote.price.amount * _CAP, quote.price.currency).minor,
        parcels=about.packed.parcels,
        inputs_hash=inputs,
        chosen_by=_CHOSEN_BY.get(choice.why["reason"], "rule"),
        why=choice.why,
        chosen_at=now,
        valid_until=now + max(lasts, _LEAST),
    )


def _kept(quote: Quote, service: Service) -> Quote:
    """The quote without the carrier's words for the reader: those are in the table of quotes."""
    return msgspec.structs.replace(quote, service=service, note="")


__all__ = ["LACKING", "Lacking", "Priced", "ask", "keep", "paid", "stamp", "standing"]
