"""Failures, one class per next action. The message is for the person who reads it; the vendor's own
answer stays behind it as ``__cause__``.

    HubError
    ├── Unsupported      do not ask again
    ├── Rejected         a person must change the data
    ├── AuthFailed       ask for credentials
    ├── Unavailable      again later (``retry_after``)
    ├── Unconfirmed      an unsafe request got no clear answer: look it up
    ├── BadReply         the vendor changed its API, or broke
    ├── NotFound         no such thing here, or not yours
    ├── Conflict         the thing is not in a state for this
    └── ConfigError      plugins.toml or settings: file, key path, what to do
    StoreError           our own database cannot be used now: again later
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

import msgspec

from hub.words import Sentence, Words, said


class HubError(Exception):
    """The root: an English sentence, its code, and its values.

        raise Rejected("no carrier '{carrier}'", code="carrier.unknown", values={"carrier": carrier})

    ``code`` is lower_snake and stable: what stands before the dot, the class's own where none is given. With
    all of it the sentence is found in the catalogues (`hub.words`); ``message`` is the English, filled in. A
    plain sentence is enough: it is shown as it stands.
    """

    code = "error"
    """Lower_snake and stable, one for each class."""

    def __init__(
        self, message: str, /, *, code: str | None = None, values: Mapping[str, Any] | None = None
    ) -> None:
        self.said: Sentence = said(message, code=code or self.code, values=values)
        self.message = str(self.said)
        super().__init__(self.message)
        if code is not None:
            self.code = code.partition(".")[0]

    @property
    def words(self) -> Words:
        """The sentence as data: its English, the whole code and the values."""
        return self.said.words


class Unsupported(HubError):
    """This carrier or source cannot do this at all."""

    code = "unsupported"


class Rejected(HubError):
    """The vendor understood and said no: the data must change. ``vendor_code`` is the vendor's own word."""

    code = "rejected"

    def __init__(
        self,
        message: str,
        /,
        *,
        code: str | None = None,
        values: Mapping[str, Any] | None = None,
        vendor_code: str = "",
        duplicate: bool = False,
    ) -> None:
        super().__init__(message, code=code, values=values)
        self.vendor_code = vendor_code
        self.duplicate = duplicate
        """The refusal says that our reference is known there: look it up, it is good news."""


class AuthFailed(HubError):
    """The credentials are wrong, expired, blocked or lack a role; the message says which and what to do."""

    code = "auth_failed"


class Unavailable(HubError):
    """The vendor cannot answer now."""

    code = "unavailable"

    def __init__(
        self,
        message: str,
        /,
        *,
        code: str | None = None,
        values: Mapping[str, Any] | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(message, code=code, values=values)
        self.retry_after = retry_after


class Unconfirmed(HubError):
    """A request that costs money or cannot be undone got no clear answer. Never retried: resolved."""

    code = "unconfirmed"


class BadReply(HubError):
    """The answer cannot be read: too large, cut short, or of another shape than the vendor documents."""

    code = "bad_reply"


class NotFound(HubError):
    """No such thing, or not this seller's: the same answer for both."""

    code = "not_found"


class Conflict(HubError):
    """The thing exists but is not in a state for this."""

    code = "conflict"


class ConfigError(HubError):
    """Configuration that cannot be used: says the file, the key path and what to do."""

    code = "config"


StoreTrouble = Literal[
    "full",
    "read_only",
    "forbidden",
    "locked",
    "damaged",
    "broken",
    "closed",
    "files",
    "newer",
    "gone",
    "unreachable",
    "refused",
    "unclear",
    "standby",
    "connections",
]
"""``broken``: the disk answers with an error. ``closed``: the file cannot be opened. ``files``: too many
are open. ``newer``: a newer hub has migrated it since it was opened. ``gone``: the file was taken away, or is
another one, while it is open. Of a PostgreSQL server: ``unreachable``; ``refused`` (a wrong password, no
rights, no such database); ``unclear``: the connection broke while it committed; ``standby``: it only reads;
``connections``: it takes no more of them."""


class StoreError(Exception):
    """The hub's own database cannot be used now, for a reason outside the program: a full disk, a
    read-only file system, somebody's lock. To be tried again, and never to be counted as a failure of the
    work itself.

    It is no `HubError`: those say what a vendor or a person answered, and whoever ends an operation
    because of one must not end it because of a full disk. ``kind`` is stable; the message says what to
    do.
    """

    def __init__(self, kind: StoreTrouble, message: str, values: Mapping[str, Any] | None = None) -> None:
        self.said: Sentence = said(message, code=f"store_{kind}", values=values)
        self.message = str(self.said)
        super().__init__(self.message)
        self.kind = kind

    @property
    def words(self) -> Words:
        """The sentence as data."""
        return self.said.words

    @property
    def code(self) -> str:
        """Lower_snake and stable, for the doors."""
        return f"store_{self.kind}"


FailureKind = Literal["unsupported", "rejected", "auth_failed", "unavailable", "unconfirmed", "bad_reply"]
"""The error class that a `Failure` stands for."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """What a vendor's error means: a plugin's ``explain`` returns it, batch calls return it per item.

        Failure(kind="rejected", message="CDEK: {said}", code="rejected.cdek", values={"said": text})

    ``duplicate`` with ``rejected``: our reference is already known there. ``code`` and ``values`` as in a
    `HubError`; a plain sentence is enough.
    """

    kind: FailureKind
    """Which error it is."""
    message: str
    """An English sentence, with ``{names}`` where ``values`` are given."""
    code: str = ""
    """Names the sentence in the catalogues."""
    values: dict[str, Any] = {}
    """What the sentence's names stand for."""
    vendor_code: str = ""
    """The vendor's own word."""
    retry_after: timedelta | None = None
    """With ``unavailable``: when to ask again, where the vendor says so."""
    duplicate: bool = False
    """With ``rejected``: our reference is known there."""

    @property
    def said(self) -> Sentence:
        """The sentence with its words."""
        return said(self.message, code=self.code or self.kind, values=self.values)

    def error(self) -> HubError:
        """The exception of this failure."""
        match self.kind:
            case "rejected":
                return Rejected(self.said, vendor_code=self.vendor_code, duplicate=self.duplicate)
            case "unavailable":
                return Unavailable(self.said, retry_after=self.retry_after)
            case "unsupported":
                return Unsupported(self.said)
            case "auth_failed":
                return AuthFailed(self.said)
            case "unconfirmed":
                return Unconfirmed(self.said)
            case "bad_reply":
                return BadReply(self.said)
