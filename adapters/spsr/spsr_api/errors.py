"""What SPSR says when it refuses, and what is no answer at all.

Codes: the table of the rus_spsr add-on of CS-Cart (about 2017), worded anew; ``error`` attributes: public
clients of 2015-2017. No recorded answer exists in public.
"""

from __future__ import annotations

SESSION_GONE = 1006

NOT_FOUND = frozenset({1017, 1059})
"""The object does not exist; no invoice has this number."""

LOGIN_ERRORS = frozenset({1004, 1005, 1007, 1010, 1011, 1015, 1062})
"""Wrong login or password, blocked, no access to this contract, no such contract, contract ended, user
switched off, session of another login."""

UNCLEAR = frozenset({1, 1021})
"""Unknown error, inconsistent data: neither says that nothing was done."""

MEANINGS = {
    1: "unknown error",
    2: "this version of the method does not exist",
    3: "the version of the method is missing",
    4: "wrong structure of the XML",
    5: "the XML does not fit the schema",
    6: "no such method",
    7: "wrong syntax of the method",
    8: "the method is switched off",
    9: "not well-formed XML",
    1004: "wrong login or password",
    1005: "the client is blocked",
    1006: "the session has ended or does not exist",
    1007: "this login has no access to the contract",
    1009: "the city was not found",
    1010: "there is no such contract number (ICN)",
    1011: "the contract has been ended",
    1012: "the invoice belongs to another contract",
    1013: "the city is missing",
    1015: "the user is switched off",
    1017: "the object does not exist",
    1018: "the courier order can no longer be cancelled",
    1019: "the pick-up address belongs to another contract",
    1020: "the address exists already",
    1021: "the data became inconsistent",
    1023: "the address has no city",
    1024: "wrong identifiers of the pick-up address",
    1025: "the pick-up date lies in the past",
    1026: "a courier can be called for the next day only",
    1028: "the number of pieces is missing",
    1029: "the contact's name is missing",
    1031: "wrong contract number (ICN)",
    1032: "wrong pick-up address",
    1033: "the weight is missing",
    1034: "there is a debt: no order is taken",
    1047: "the city is not served",
    1051: "an invoice with this number of ours exists already",
    1055: "the invoice is with the courier already",
    1057: "nothing to search for was given",
    1058: "an argument is missing",
    1059: "no invoice has this number",
    1062: "the session belongs to another login",
}


class SpsrError(Exception):
    """SPSR said no. ``code`` is ``Result@RC``, or None where the answer has an ``Error`` without a code.

    ``text`` is SPSR's own wording (Russian, else English), which may be empty; the exception's message has
    only our words, so that nothing personal gets into a log.
    """

    def __init__(self, code: int | None, text: str = "") -> None:
        self.code = code
        self.text = text
        super().__init__(f"SPSR refused: {self.meaning}")

    @property
    def meaning(self) -> str:
        """What the code is known to mean."""
        if self.code is None:
            return "an error without a code"
        return MEANINGS.get(self.code, f"code {self.code}")


class BadAnswer(ValueError):
    """An answer that is not what clients of SPSR have read: no XML, unsafe, too large, of another shape."""


class NoOutcome(BadAnswer):
    """The answer to a change, with result code 0, does not say what became of it. Look before anything is
    sent again."""

    def __init__(self) -> None:
        super().__init__("an answer that says neither that it was done nor that it was refused")
