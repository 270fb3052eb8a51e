"""The recipient's identity papers: read from an answer, kept with the recipient, told only to the carrier
that needs them, and shown to nobody in full.

They are in ``recipients`` and nowhere else: no event, problem, reason or log line may have them.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import IdentityDocument, Recipient, Sender
from hub.store import Transaction, problems, rows
from hub.words import changed, in_a_row, said

if TYPE_CHECKING:
    from hub.flow.app import App

PROBLEM = "recipient_document"
"""The problem that a posting waits with."""
MISSED = "customs_waits"
"""The problem of a booked parcel that its carrier has no papers for."""
AWAITED = "buyer_papers"
"""The problem of a posting whose marketplace waits for the buyer's papers: nobody here can give them."""
GIVEN = "give_document"
WAIVED = "without_document"
"""The answer that has the parcel booked without: the carrier then asks the buyer itself."""
FIELDS = ("series", "number", "issued_on", "issued_by", "date_of_birth", "tax_number")
"""What the answer gives; ``series`` is empty for a foreign passport, ``tax_number`` may be for one."""

_FOREIGN = re.compile(r"[0-9A-Z]{5,30}")  # CDEK takes 30 characters
_POINTED = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})", re.ASCII)
_BLANKS = re.compile(r"[\s-]+")
_FIRST_PASSPORT = 14  # years; Russian law
_HIDDEN = "***"


# --- an answer --------------------------------------------------------------------------------------------


def read(parameters: dict[str, Any], holder: str, today: date) -> IdentityDocument:
    """The papers of an answer. Raises Rejected that names each wrong field, and repeats no value."""
    if not set(parameters) <= set(FIELDS):
        raise Rejected(
            "give these fields and no others: {fields}",
            code="parameters.give_fields_no_others",
            values={"fields": ", ".join(FIELDS)},
        )
    text = {name: str(parameters.get(name) or "").strip() for name in FIELDS}
    series, number, tax_number = (
        _BLANKS.sub("", text[name]).upper() for name in ("series", "number", "tax_number")
    )
    wrong = dict(_passport_faults(series, number)) | dict(_tax_faults(tax_number, russian=bool(series)))
    issued_on = _past(text, "issued_on", today, wrong)
    born = _past(text, "date_of_birth", today, wrong)
    if not text["issued_by"] or len(text["issued_by"]) > 255:
        wrong["issued_by"] = said(
            "who issued the passport, as it is written there, at most 255 characters",
            code="papers.who_issued_passport_written",
        )
    if issued_on and born and _years(born, issued_on) < (_FIRST_PASSPORT if series else 0):
        wrong["issued_on"] = said("too early for this date of birth", code="papers.too_early_date_birth")
    if wrong or issued_on is None or born is None:
        told = [
            said(
                "{name}: {wrong}",
                code="recipient_document.field",
                values={"name": name, "wrong": wrong[name]},
            )
            for name in FIELDS
            if name in wrong
        ]
        raise Rejected("{faults}", code="recipient_document.faults", values={"faults": in_a_row(told)})
    return IdentityDocument(
        holder=holder,
        series=series,
        number=number,
        issued_on=issued_on,
        issued_by=text["issued_by"],
        date_of_birth=born,
        tax_number=tax_number,
    )


def _passport_faults(series: str, number: str) -> list[tuple[str, str]]:
    if not series:
        if not _FOREIGN.fullmatch(number):
            return [("number", said("5 to 30 Latin letters and digits", code="papers.5_30_latin_letters"))]
        if number.isdigit() and len(number) in (6, 10):
            return [
                (
                    "series",
                    said(
                        "a Russian passport has one, of 4 digits, and a number of 6",
                        code="papers.russian_passport_4_digits",
                    ),
                )
            ]
        return []
    found: list[tuple[str, str]] = []
    if not _digits(series, 4):
        found.append(
            (
                "series",
                said("4 digits, or empty for a foreign passport", code="papers.4_digits_empty_foreign"),
            )
        )
    if not _digits(number, 6):
        found.append(
            (
                "number",
                said(
                    "a Russian passport has 6 digits after its series",
                    code="papers.russian_passport_6_digits",
                ),
            )
        )
    return found


def _tax_faults(tax_number: str, *, russian: bool) -> list[tuple[str, str]]:
    if not tax_number:
        return (
            [("tax_number", said("the person's INN, 12 digits", code="papers.person_inn_12_digits"))]
            if russian
            else []
        )
    if not _digits(tax_number, 12):
        return [("tax_number", said("the INN of a person has 12 digits", code="papers.inn_person_12_digits"))]
    if not tax_number_holds(tax_number):
        return [
            (
                "tax_number",
                said(
                    "its check digits do not fit: a digit is mistyped",
                    code="papers.check_digits_not_fit_digit",
                ),
            )
        ]
    return []


_WEIGHTS = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)


def tax_number_holds(digits: str) -> bool:
    """Whether the two check digits of a person's INN fit: sums weighted 3 7 2 4 10 3 5 9 4 6 8 (the eleventh
    digit without the 3), modulo 11, modulo 10 (the public rule of Russia's Federal Tax Service)."""
    figures = [int(digit) for digit in digits]

    def check(weights: tuple[int, ...]) -> int:
        return sum(w * figure for w, figure in zip(weights, figures, strict=False)) % 11 % 10

    return figures[10:] == [check(_WEIGHTS[1:]), check(_WEIGHTS)] and any(figures)


def _digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()


def _past(text: dict[str, str], name: str, today: date, wrong: dict[str, str]) -> date | None:
    """A date up to today, as 2015-03-21 or 21.03.2015 (so it stands in Russian passports)."""
    try:
        day = date.fromisoformat(_POINTED.sub(r"\3-\2-\1", text[name]))
    except ValueError:
        wrong[name] = said("a date like 2015-03-21 or 21.03.2015", code="papers.date_like_2015_03")
        return None
    if not date(1900, 1, 1) <= day <= today:
        wrong[name] = said("not a day of the past", code="papers.not_day_past")
        return None
    return day


def _years(since: date, until: date) -> int:
    return until.year - since.year - ((until.month, until.day) < (since.month, since.day))


def keep(tx: Transaction, posting_id: str, parameters: dict[str, Any], now: datetime) -> None:
    """Read an answer's papers and keep them with the recipient. Raises Rejected."""
    known = rows.recipients.get(tx, posting_id)
    if known is None:
        raise Rejected("the posting has no recipient", code="no_address.no_recipient")
    papers = read(parameters, known.document.name, now.date())
    document = msgspec.structs.replace(known.document, identity=papers)
    rows.recipients.save(tx, msgspec.structs.replace(known, document=document, updated_at=now))


# --- who is told ------------------------------------------------------------------------------------------


def told(carrier: Carrier[Any], sender: Sender, recipient: Recipient) -> Recipient:
    """The recipient as this carrier is told of: with papers only where it needs them, and only with those of
    the person whom the parcel is for now."""
    papers = recipient.identity
    if papers is None or (papers.holder == recipient.name and _needs(carrier, sender, recipient)):
        return recipient
    return msgspec.structs.replace(recipient, identity=None)


def lacks(app: App, tx: Transaction, posting: rows.PostingRow, carrier: Carrier[Any]) -> bool:
    """Whether this carrier needs papers that nobody has given, and nobody has waived."""
    if not asks(carrier):
        return False
    sender, known = app.warehouse(posting).sender, rows.recipients.get(tx, posting.id)
    if sender is None or known is None or not _needs(carrier, sender, known.document):
        return False
    if told(carrier, sender, known.document).identity is not None:
        return False
    return not problems.answered_so(tx, posting.id, PROBLEM, WAIVED)


def asks(carrier: Carrier[Any]) -> bool:
    """Whether it asks for papers on any route at all."""
    return type(carrier).needs_identity is not Carrier.needs_identity


def _needs(carrier: Carrier[Any], sender: Sender, recipient: Recipient) -> bool:
    return recipient.address is not None and carrier.needs_identity(sender.address, recipient.address)


# --- and nobody else --------------------------------------------------------------------------------------


def hidden(text: str, papers: IdentityDocument | None) -> str:
    """A vendor's words without what they may repeat of the papers: they are stored and shown."""
    if papers is None:
        return text
    return changed(text, lambda words: _hidden(words, papers))


def _hidden(text: str, papers: IdentityDocument) -> str:
    values = (
        papers.series + papers.number,
        papers.tax_number,
        papers.number,
        papers.series,
        papers.issued_by,
        *(f"{day:{shape}}" for day in (papers.issued_on, papers.date_of_birth) for shape in _SHAPES),
    )
    for value in filter(None, values):
        text = text.replace(value, _HIDDEN)
    return text


_SHAPES = ("%Y-%m-%d", "%d.%m.%Y")


def masked(papers: IdentityDocument) -> tuple[str, str]:
    """Passport and tax number as a person is shown them: ``45** ****56`` and ``**********12``."""
    series = papers.series[:2] + "*" * len(papers.series[2:])
    number = "*" * len(papers.number[:-2]) + papers.number[-2:]
    tax = "*" * len(papers.tax_number[:-2]) + papers.tax_number[-2:]
    return f"{series} {number}".strip(), tax
