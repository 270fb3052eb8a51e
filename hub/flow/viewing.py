"""Rows as views: what the doors show of what the store has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.flow.history.views import (
    AddressQuestion,
    AnswerView,
    DocumentView,
    HistoryView,
    OperationView,
    PostingView,
    ProblemView,
    RecipientView,
    ShipmentView,
    TrackingView,
)
from hub.flow.problems.answers import answer_of
from hub.flow.problems.kinds import kind_of
from hub.flow.recipients.identity import masked
from hub.plugin_api.models import Money, Recipient
from hub.store import rows
from hub.store.mapping import from_micros
from hub.store.queries import Record
from hub.words import in_english
from hub.words.texts import answer_title, history_text, problem_text

_DOTS = "•••"


def posting_view(row: Record) -> PostingView:
    """A record of `hub.store.queries.POSTING_COLUMNS`."""
    (
        posting_id,
        seller,
        account,
        number,
        order_number,
        scheme,
        flow,
        books,
        status,
        substatus,
        status_known,
        stage,
        ship_by,
        late_after,
        provider,
        carrier,
        service,
        price_minor,
        currency,
        reference,
        tracking_number,
        problems,
        pieces,
        updated_at,
    ) = tuple(row)[:24]
    return PostingView(
        id=posting_id,
        seller=seller,
        account=account,
        number=number,
        order_number=order_number,
        scheme=scheme,
        flow=flow,
        status=status,
        substatus=substatus,
        status_known=bool(status_known),
        stage=stage,
        ship_by=None if ship_by is None else from_micros(ship_by),
        late_after=None if late_after is None else from_micros(late_after),
        provider=provider,
        books=books,
        carrier=carrier,
        service=service,
        price=None if price_minor is None else Money.from_minor(price_minor, currency),
        reference=reference,
        tracking_number=tracking_number,
        problems=problems,
        items=pieces,
        updated_at=from_micros(updated_at),
    )


def shipment_view(row: rows.ShipmentRow, posting_number: str) -> ShipmentView:
    """A shipment with its posting's number."""
    return ShipmentView(
        id=row.id,
        seller=row.seller,
        account=row.account,
        posting_id=row.posting_id,
        posting_number=posting_number,
        carrier=row.carrier,
        service_code=row.service_code,
        service_name=row.service_name,
        state=row.state,
        reference=row.reference,
        carrier_id=row.carrier_id,
        tracking_number=row.tracking_number,
        quoted=row.money(row.quoted_minor),
        committed=row.money(row.committed_minor),
        charged=row.money(row.charged_minor),
        why=row.why,
        created_at=row.created_at,
    )


def operation_view(row: rows.OperationRow) -> OperationView:
    """An operation; ``subject`` is ``<type>:<id>``."""
    return OperationView(
        id=row.id,
        seller=row.seller,
        account=row.account,
        kind=row.kind,
        subject=f"{row.subject_type}:{row.subject_id}",
        posting_id=row.posting_id,
        epoch=row.epoch,
        state=row.state,
        reference=row.reference,
        reason=row.reason,
        reason_code=row.reason_code,
        price=row.price,
        sends=row.sends,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def document_view(row: rows.DocumentRow, posting_number: str) -> DocumentView:
    """A document, without its content."""
    return DocumentView(
        id=row.id,
        seller=row.seller,
        kind=row.kind,
        posting_id=row.posting_id,
        posting_number=posting_number,
        state=row.state,
        media_type=row.media_type,
        page=row.page,
        codes=row.codes,
        reason=row.reason,
        printed=row.printed,
        created_at=row.created_at,
    )


def answer_views(kind: str, data: Mapping[str, Any], language: str) -> tuple[AnswerView, ...]:
    """The possible answers for a person."""
    return tuple(
        AnswerView(code=code, title=answer_title(code, language), parameters=answer_of(kind, code).parameters)
        for code in kind_of(kind).offered(data)
    )


def problem_view(
    row: rows.ProblemRow, posting_number: str, language: str, recipient: rows.RecipientRow | None = None
) -> ProblemView:
    """A problem in the seller's words; answers only while it is open. With the recipient, the addresses that
    it is about."""
    return ProblemView(
        id=row.id,
        seller=row.seller,
        posting_id=row.posting_id,
        posting_number=posting_number,
        kind=row.kind,
        text=problem_text(row.kind, row.data, language),
        data=in_english(row.data),
        deadline=row.deadline,
        answers=answer_views(row.kind, row.data, language) if row.state == "open" else (),
        state=row.state,
        answer=row.answer,
        created_at=row.created_at,
        account=row.account,
        address=None if recipient is None else _address_question(row, recipient),
    )


def _address_question(row: rows.ProblemRow, recipient: rows.RecipientRow) -> AddressQuestion | None:
    original = recipient.document.address
    if original is None:
        return None
    check = recipient.check(str(row.data.get("account", "")))
    return AddressQuestion(original=original, suggestion=None if check is None else check.answer.address)


def history_view(row: rows.HistoryRow, language: str) -> HistoryView:
    """An entry of the history as a sentence, with the codes that it was made of."""
    return HistoryView(
        sequence=row.sequence,
        time=row.time,
        kind=row.kind,
        actor=row.actor,
        operation_id=row.operation_id,
        data=in_english(row.data),
        text=history_text(row.kind, row.data, language),
    )


def tracking_view(row: rows.TrackingRow) -> TrackingView:
    """A tracking event, the vendor's wording kept."""
    return TrackingView(
        time=row.time, kind=row.kind, code=row.code, text=row.text, place=row.place, known=row.known
    )


def recipient_view(recipient: Recipient) -> RecipientView:
    """The buyer, masked: initials, the last two digits, the town."""
    address = recipient.address
    digits = "".join(c for c in recipient.phone if c.isdigit())
    passport, tax_number = masked(recipient.identity) if recipient.identity is not None else ("", "")
    return RecipientView(
        name=" ".join(f"{word[0]}{_DOTS}" for word in recipient.name.split()),
        phone=f"{_DOTS}{digits[-2:]}" if len(digits) > 4 else _DOTS if digits else "",
        city=address.city if address else "",
        country=address.country if address else "",
        passport=passport,
        tax_number=tax_number,
    )
