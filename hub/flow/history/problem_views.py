"""Problems and their answers, as the doors show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hub.flow.history.view import View
from hub.plugin_api.models import Address, Money


class AnswerView(View, frozen=True, kw_only=True):
    """An answer to a problem, with what it does and the command that gives it."""

    code: str
    title: str
    parameters: tuple[str, ...] = ()
    """What may be given with it."""
    effect: str = ""
    """What follows from it, in a sentence."""
    command: str = ""
    may_pay_twice: bool = False
    """Where the person is wrong, something is paid for twice."""


class AddressQuestion(View, frozen=True, kw_only=True):
    """What a person compares: the address as it stands, and the carrier's spelling where it has one."""

    original: Address
    suggestion: Address | None


class ProblemView(View, frozen=True, kw_only=True):
    id: str
    seller: str
    posting_id: str
    posting_number: str
    kind: str
    text: str
    data: dict[str, Any]
    deadline: datetime | None
    answers: tuple[AnswerView, ...]
    state: str
    answer: str
    created_at: datetime
    account: str = ""
    """The id of the account that it is about: of its posting, or, without a posting, of all that wait."""
    subject_type: str = ""
    """What it is about: ``posting``, ``shipment``, ``operation``, ``account``, ``handover``, ``job``, or a
    ``number`` that could not be read. One problem of a kind about one thing is open."""
    subject_id: str = ""
    operation_id: str = ""
    """The operation that it came of."""
    money: bool = False
    """Money is at stake, or a penalty."""
    amount: Money | None = None
    """How much, as far as it is a price that is known."""
    address: AddressQuestion | None = None
    """Of an open ``address_unclear``: in full, for it cannot be decided otherwise. Personal data."""
