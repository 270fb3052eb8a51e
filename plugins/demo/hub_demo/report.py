"""``report.json``: what the day came to, for programs."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from hub_demo.day import Result
from hub_demo.door import Details, Money


class ReportedProblem(msgspec.Struct, frozen=True):
    """Something that needed a person, and what the answer was."""

    kind: str
    state: str
    answer: str


class ReportedPosting(msgspec.Struct, frozen=True, kw_only=True):
    """One posting. Where the marketplace delivers, ``service``, ``price`` and ``reference`` are null."""

    posting_number: str
    scheme: str
    integration_type_flow: str
    stage: str
    carrier: str | None
    service: str | None
    price: Money | None
    reference: str | None
    tracking_number: str | None
    marketplace_status: str
    label_pages: int
    problems: tuple[ReportedProblem, ...]


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """``committed`` and ``charged`` by currency: what was agreed with carriers, and what they ask."""

    postings: int
    delivered: int
    cancelled: int
    problems: int
    committed: dict[str, Decimal]
    charged: dict[str, Decimal]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """``seconds``: real ones."""

    postings: tuple[ReportedPosting, ...]
    totals: Totals
    seconds: float


def report(result: Result, seconds: float) -> Report:
    """The report of a day."""
    postings = tuple(_posting(details, result) for details in result.postings)
    return Report(
        postings=postings,
        totals=Totals(
            postings=len(postings),
            delivered=sum(posting.stage == "delivered" for posting in postings),
            cancelled=sum(posting.stage == "cancelled" for posting in postings),
            problems=sum(len(posting.problems) for posting in postings),
            committed=sums(shipment.committed for shipment in result.shipments),
            charged=sums(shipment.charged for shipment in result.shipments),
        ),
        seconds=round(seconds, 1),
    )


def sums(amounts: Iterable[Money | None]) -> dict[str, Decimal]:
    """Sums by currency; what is nothing is left out."""
    totals: dict[str, Decimal] = {}
    for money in amounts:
        if money is not None and money.amount:
            totals[money.currency] = totals.get(money.currency, Decimal(0)) + money.amount
    return totals


def _posting(details: Details, result: Result) -> ReportedPosting:
    posting = details.posting
    own = posting.books == "seller"
    return ReportedPosting(
        posting_number=posting.number,
        scheme=posting.scheme,
        integration_type_flow=posting.flow,
        stage=posting.stage,
        carrier=(posting.carrier or posting.provider) or None,
        service=(posting.service or None) if own else None,
        price=posting.price if own else None,
        reference=(posting.reference or None) if own else None,
        tracking_number=posting.tracking_number or None,
        marketplace_status=posting.status,
        label_pages=int(posting.number in result.printed),
        problems=tuple(ReportedProblem(p.kind, p.state, p.answer) for p in details.problems),
    )
