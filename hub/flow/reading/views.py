"""Rows as views: what the doors show of what the store has."""

from __future__ import annotations

from hub.flow.history.problem_views import AddressQuestion, AnswerView, ProblemView
from hub.flow.history.quote_views import ChosenView
from hub.flow.history.view import view_of
from hub.flow.history.views import (
    DocumentView,
    HistoryView,
    OperationView,
    PostingView,
    RecipientView,
    ShipmentView,
    TrackingView,
)
from hub.flow.problems.kinds import kind_of
from hub.flow.recipients.identity import masked
from hub.plugin_api.models import Money, Recipient
from hub.store import Transaction, queries, rows
from hub.words import in_english
from hub.words.deadlines import Moment
from hub.words.texts import choice_text, history_text, problem_text

_DOTS = "•••"


def posting_view(line: queries.PostingLine) -> PostingView:
    """What a list shows of a posting."""
    return view_of(PostingView, line, items=line.pieces, price=line.price)


def shipment_view(row: rows.ShipmentRow, posting_number: str) -> ShipmentView:
    """A shipment with its posting's number."""
    return view_of(
        ShipmentView,
        row,
        posting_number=posting_number,
        quoted=row.money(row.quoted_minor),
        committed=row.money(row.committed_minor),
        charged=row.money(row.charged_minor),
    )


def choice_view(row: rows.ChoiceRow, language: str) -> ChosenView:
    """A choice, with its reason in words."""
    return ChosenView(
        carrier=row.carrier,
        account=row.account,
        service_code=row.service_code,
        service_name=row.service_name,
        price=row.price,
        cap=row.cap,
        boxes=len(row.parcels),
        chosen_by=row.chosen_by,
        why=row.why,
        reason=choice_text(row.why, language),
        chosen_at=row.chosen_at,
        valid_until=row.valid_until,
    )


def operation_view(row: rows.OperationRow) -> OperationView:
    """An operation; ``subject`` is ``<type>:<id>``."""
    return view_of(OperationView, row, subject=f"{row.subject_type}:{row.subject_id}")


def document_view(row: rows.DocumentRow, posting_number: str) -> DocumentView:
    """A document, without its content."""
    return view_of(DocumentView, row, posting_number=posting_number)


def problem_view(
    row: rows.ProblemRow,
    posting_number: str,
    language: str,
    *,
    moment: Moment,
    answers: tuple[AnswerView, ...],
    amount: Money | None,
    recipient: rows.RecipientRow | None = None,
) -> ProblemView:
    """A problem in the seller's words. With the recipient, the addresses that it is about."""
    return view_of(
        ProblemView,
        row,
        posting_number=posting_number,
        text=problem_text(row.kind, row.data, language, moment),
        data=in_english(row.data),
        answers=answers,
        money=kind_of(row.kind).money,
        amount=amount,
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
    return view_of(
        HistoryView, row, data=in_english(row.data), text=history_text(row.kind, row.data, language)
    )


def tracking_view(row: rows.TrackingRow) -> TrackingView:
    """A tracking event, the vendor's wording kept."""
    return view_of(TrackingView, row)


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


def number_of(reader: Transaction, posting_id: str) -> str:
    """A posting's number; empty where there is no such posting."""
    return queries.posting_numbers(reader, (posting_id,)).get(posting_id, "")
