"""Step 4: quotes of every enabled carrier side by side. What is missing says why; `choosing` chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from hub.calls.budget import CallsKept, calls_for
from hub.calls.call import Read, gather_reads
from hub.flow.choice import boxes as box_sizes
from hub.flow.choice import choosing, lengths, quote_table, services
from hub.flow.choice.choosing import Choice, Decision
from hub.flow.choice.plugins_choice import wanted_by_plugins
from hub.flow.choice.quote_checks import Missing, nonsense
from hub.flow.choice.quote_memory import QuoteMemory
from hub.flow.choice.valuing import NoRate, asked_of, declared_value, in_other_currencies
from hub.flow.choice.weighing import Answer, Asked, Subject, weigh
from hub.flow.history.quote_views import QuoteView
from hub.flow.packing import parcels as packing
from hub.flow.packing.plans import BadPlan
from hub.flow.sellers.allowance import ask_the_meter
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import BadReply, Conflict, HubError, Rejected, Unavailable
from hub.plugin_api.models import Address, Item, Quote, QuoteRequest
from hub.plugin_api.money import NO_MONEY
from hub.plugin_api.parties import Sender
from hub.plugin_api.rules import CarrierRules
from hub.plugins.addresses import AddressRefused
from hub.store import rows
from hub.store.accounts import of_seller
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

__all__ = ["NO_SENDER", "Asked", "Choice", "ask", "decide", "missing_of", "quote", "recalled", "subject"]

NO_SENDER = said(
    "the seller has no sender address: add [sellers.<name>.sender], or 'hub seller change --sender'",
    code="no_sender.seller_address_add_sellers",
)
_DEADLINE = 12.0  # real seconds: a slow carrier does not hide the others


def subject(
    app: App,
    row: rows.PostingRow,
    seller: rows.SellerRow,
    recipient: rows.RecipientRow | None,
    accounts: Sequence[rows.AccountRow],
) -> Subject:
    """What the carriers are asked about. ``accounts``: all of the seller. Raises NoWeight, BadPlan."""
    return Subject(
        row=row,
        seller=seller,
        warehouse=app.warehouse(row, seller),
        accounts=accounts,
        recipient=recipient,
        packed=packing.packed(app, seller, row),
    )


async def ask(app: App, about: Subject, *, fresh: bool = True) -> Asked:
    """Ask every enabled carrier at once, each within its own deadline.

    ``fresh`` is for booking; without it, quotes that a carrier declares to last are not asked for again.
    Raises Conflict where the marketplace books, and Rejected where a fact is missing.
    """
    row = about.row
    if row.books != "seller":
        raise Conflict(
            "fixed by the marketplace: {provider}",
            code="fixed",
            values={"provider": row.provider or row.flow},
        )
    to_book = _accounts(app, about.seller, about.accounts, for_comparison=False)
    asked = await _ask(app, about, to_book, fresh=fresh)
    if not (asked.offers or asked.missing):
        asked.missing["hub"] = Missing(code="no_carriers")
    return asked


def _accounts(
    app: App, seller: rows.SellerRow, known: Sequence[rows.AccountRow], *, for_comparison: bool
) -> list[rows.AccountRow]:
    """The carriers that can be booked, or those whose prices are only to be looked at."""
    return [
        account
        for account in app.carrier_accounts(seller, known)
        if app.registry.carriers[account.plugin].for_comparison == for_comparison
    ]


async def _ask(app: App, about: Subject, accounts: Sequence[rows.AccountRow], *, fresh: bool) -> Asked:
    """Raises Rejected where a fact is missing."""
    row, seller, address, there = about.row, about.seller, about.address, about.warehouse
    if there.sender is None:
        raise Rejected(NO_SENDER, code="no_sender")
    if address is None and row.books == "seller":
        raise Rejected("the posting has no address", code="no_address.posting")
    now = app.clock.now()
    value = declared_value(row.document)
    request = QuoteRequest(
        sender=there.sender.address,
        recipient=Address(country="") if address is None else address,
        parcels=about.packed.parcels,
        declared_value=value,
        converted=in_other_currencies(value, seller.profile.carrier_rules),
        ship_on=there.leaves_on(now),
        language=seller.profile.language,
    )
    asked = _Question(request, there.sender, row.document.items, seller.profile.carrier_rules)
    answers, missing, oldest = await _answers(app, accounts, asked, about.recipient, now, fresh=fresh)
    return weigh(app, about, answers, missing, at=now, oldest=oldest)


class _Question(NamedTuple):
    """What is asked about a posting; every carrier is asked in its own currency."""

    request: QuoteRequest
    sender: Sender
    items: tuple[Item, ...]
    rules: CarrierRules

    def to(self, address: Address | None) -> QuoteRequest:
        """To where it would be booked."""
        return msgspec.structs.replace(self.request, recipient=address or self.request.recipient)

    def read(self, app: App, carrier: Carrier[Any], request: QuoteRequest, *, fresh: bool) -> Read[Any]:
        async def work() -> Any:
            await ask_the_meter(app, carrier)
            # Without room for the booking itself there is nothing to ask.
            if fresh and (full := app.budget(carrier.account.id).refusal("booking")) is not None:
                raise full
            with calls_for("booking" if fresh else "information"):
                asked = asked_of(carrier, request, self.items, self.rules)
                return await carrier.quote(
                    msgspec.structs.replace(asked, parcels=lengths.fitted(carrier, asked.parcels))
                )

        return Read(title=f"{carrier.title}: quotes", work=work, explain=carrier.explain, deadline=_DEADLINE)


async def _answers(
    app: App,
    accounts: Sequence[rows.AccountRow],
    question: _Question,
    recipient: rows.RecipientRow | None,
    now: datetime,
    *,
    fresh: bool,
) -> tuple[list[Answer], dict[str, Missing], datetime]:
    """Every carrier's quotes, why some have none, and when the oldest answer came."""
    reads: list[Read[Any]] = []
    asked: list[tuple[rows.AccountRow, Carrier[Any], QuoteRequest]] = []
    told: list[Answer] = []
    missing: dict[str, Missing] = {}
    oldest = now

    def keep(account: rows.AccountRow, carrier: Carrier[Any], quotes: Sequence[Quote]) -> None:
        taken = box_sizes.taken(carrier, quotes, question.request.parcels)
        if isinstance(taken, Missing):
            missing[account.plugin] = taken
        else:
            told.append(Answer(account.id, carrier.code, taken))

    for account in accounts:
        to = None if recipient is None else recipient.to(account.id)
        try:
            carrier = app.carrier(account)
            # No price hangs on papers: they are held against their lengths before the booking.
            priced = None if to is None else msgspec.structs.replace(to, identity=None)
            lengths.check(carrier, question.sender, priced, question.request.parcels)
        except HubError as error:
            missing[account.plugin] = _said(error)
            continue
        boxes = len(question.request.parcels)
        if boxes > 1 and not carrier.multi_parcel:
            missing[account.plugin] = Missing(code="one_box", data={"boxes": boxes})
            continue
        if (large := box_sizes.none_taken(carrier, question.request.parcels)) is not None:
            missing[account.plugin] = large
            continue
        request = question.to(None if to is None else to.address)
        known = None if fresh else app.kept(QuoteMemory).quotes(carrier, request, now)
        if known is not None:
            keep(account, carrier, known.quotes)
            oldest = min(oldest, known.at)
            continue
        reads.append(question.read(app, carrier, request, fresh=fresh))
        asked.append((account, carrier, request))
    for (account, carrier, request), answer in zip(asked, await gather_reads(reads), strict=True):
        if isinstance(answer, HubError):
            missing[account.plugin] = _said(answer)
        elif (wrong := nonsense(answer)) is not None:
            missing[account.plugin] = wrong
        else:
            app.kept(QuoteMemory).keep(carrier, request, answer, now)
            keep(account, carrier, answer)
    return told, missing, oldest


def _said(error: HubError) -> Missing:
    """``later``: it did not answer, or nobody could read what it said, as happens when a page stands in for
    it for a moment. An address that the operator has not named does not open by itself."""
    if isinstance(error, NoRate):
        return error.missing
    if isinstance(error, CallsKept):
        return Missing(code="calls_kept", data={"used": error.used, "allowed": error.allowed}, later=True)
    # What asking again does not fix is told at once.
    later = isinstance(error, Unavailable | BadReply) and error.code not in (NO_MONEY, AddressRefused.code)
    return Missing(code="said", data={"message": error.said}, later=later)


# --- the choice -------------------------------------------------------------------------------------------


def decide(
    app: App, asked: Asked, *, carrier: str = "", service: str = "", refused: Iterable[str] = ()
) -> Decision:
    """The offer to book, by a person's order, a plugin or the rules. ``refused``: carriers that refused."""
    return choosing.choose(
        asked.offers,
        asked.ruling,
        asked.deadline,
        carrier=carrier,
        service=service,
        refused=frozenset(refused),
        wanted=lambda ranked: wanted_by_plugins(app, asked, ranked),
    )


def recalled(app: App, asked: Asked, account: str, service: str) -> tuple[Asked, Decision]:
    """The offer of the account that has the posting's forgotten booking, whatever the others cost; of its
    service, where that is known and still offered."""
    offers = [offer for offer in asked.offers if offer.account == account]
    offers = [offer for offer in offers if offer.quote.service.code == service] or offers
    asked = msgspec.structs.replace(asked, offers=tuple(offers))
    decision = decide(app, asked, carrier=offers[0].carrier if offers else "")
    if decision.choice is not None:
        choice = msgspec.structs.replace(decision.choice, why=decision.choice.why | {"reason": "recalled"})
        decision = msgspec.structs.replace(decision, choice=choice)
    return asked, decision


def missing_of(
    asked: Asked, decision: Decision, *, carrier: str = "", service: str = ""
) -> dict[str, dict[str, Any]]:
    """By carrier, why nothing of it was chosen, for the problem that a person reads; ``carrier`` and
    ``service`` are what was ordered."""
    codes = {
        "estimate": "only_estimate",
        "rule": "by_rule",
        "refused": "refused_before",
        "ordered": "not_ordered",
    }
    found = {carrier: why.stored for carrier, why in asked.missing.items()}
    for offer, aside in zip(asked.offers, decision.aside, strict=True):
        if aside and offer.carrier not in found:
            rule = {"rule": asked.ruling.label} if aside == "rule" else {}
            found[offer.carrier] = {"code": codes[aside], **rule}
            have = services.codes(
                str(one.quote.service.code) for one in asked.offers if one.carrier == offer.carrier
            )
            if aside == "ordered" and service not in ("", *have) and carrier in ("", offer.carrier):
                more = {"service": service, "services": have}
                found[offer.carrier] = {"code": services.NO_SERVICE, **more}
    return found


async def quote(app: App, posting_id: str, actor: str) -> list[QuoteView]:
    """Live quotes of a posting; nothing is booked. Where the marketplace books, a line that says so, and the
    prices that are there to compare."""
    row = rows.postings.get(app.store.reader, posting_id)
    if row is None:
        raise Conflict("no such posting", code="conflict.no_posting")
    seller = app.seller(row.seller)
    language = seller.profile.language
    known = of_seller(app.store.reader, seller.slug)

    def about() -> Subject:
        recipient = rows.recipients.get(app.store.reader, row.id)
        return subject(app, row, seller, recipient, known)

    if row.books != "seller":
        compared = await _compared(app, seller, known, about)
        return [quote_table.fixed(app, row), *quote_table.spoken(compared, language)]
    to_book = about()
    asked = await ask(app, to_book, fresh=False)
    table = quote_table.table(asked, decide(app, asked))
    table += await _compared(app, seller, known, lambda: to_book)
    await app.store.write(lambda tx: quote_table.keep(tx, row, table, asked.at))
    return quote_table.spoken(table, language)


async def _compared(
    app: App, seller: rows.SellerRow, known: Sequence[rows.AccountRow], about: Callable[[], Subject]
) -> list[QuoteView]:
    """What carriers for comparison say, or why they cannot be asked. ``about`` is called only where there are
    any, and may raise NoWeight or BadPlan."""
    accounts = _accounts(app, seller, known, for_comparison=True)
    if not accounts:
        return []
    try:
        asked = await _ask(app, about(), accounts, fresh=False)
    except (Rejected, BadPlan) as error:
        why = _said(error)
        return [
            QuoteView(carrier=one.plugin, account=one.id, missing_code=why.code, missing_data=why.data)
            for one in accounts
        ]
    return quote_table.compared(asked)
