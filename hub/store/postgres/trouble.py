"""What is wrong where the server cannot be used: the driver's errors, in plain words and without a password.

The codes are of PostgreSQL 15, appendix A, read 2026-11-29. Where no connection came about there is no code,
only the text of the library (libpq), which says what the server said.
"""

from __future__ import annotations

import psycopg

from hub.plugin_api.errors import StoreError, StoreTrouble
from hub.store.place import Server
from hub.words import Sentence, said

_OF_CODE: dict[str, StoreTrouble] = {
    "53100": "full",
    "25006": "standby",
    "42501": "refused",
    "28": "refused",
    "3D": "refused",
    "55P03": "locked",
    "40001": "locked",
    "40P01": "locked",
    "57014": "locked",
    "53300": "connections",
    "XX001": "damaged",
    "XX002": "damaged",
    "58": "broken",
    "53": "broken",
    "08": "unreachable",
    "57": "unreachable",
    "25P03": "unreachable",
}
KINDS: tuple[StoreTrouble, ...] = tuple(sorted({"unclear", "newer", *_OF_CODE.values()}))
"""What there are words for here; of the others those of a file hold (`hub.store.trouble`)."""
_OF_TEXT: tuple[tuple[str, StoreTrouble], ...] = (
    ("password authentication failed", "refused"),
    ("no password supplied", "refused"),
    ("no pg_hba.conf entry", "refused"),
    ("permission denied", "refused"),
    ("does not exist", "refused"),
    ("too many clients", "connections"),
    ("remaining connection slots", "connections"),
    ("too many connections", "connections"),
)


def trouble(error: BaseException, server: Server) -> StoreError | None:
    """The error in plain words; None where it is one in a program."""
    if isinstance(error, StoreError):
        return error
    if not isinstance(error, psycopg.Error):
        return None
    kind = _kind(error)
    return None if kind is None else of_kind(kind, server, _reason(error, server))


def _kind(error: psycopg.Error) -> StoreTrouble | None:
    code = error.sqlstate
    if code is not None:
        return _OF_CODE.get(code) or _OF_CODE.get(code[:2])
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return None
    text = str(error)
    return next((kind for words, kind in _OF_TEXT if words in text), "unreachable")


def _reason(error: psycopg.Error, server: Server) -> str:
    """What the server said, in one line, without the password."""
    text = " ".join(str(error).split())
    return text.replace(server.secret, "***") if server.secret else text


def of_kind(kind: StoreTrouble, server: Server, reason: str) -> StoreError:
    """The sentence for a kind of trouble."""
    named = {"database": server.shown}
    why = {"database": server.shown, "reason": reason}
    words: dict[StoreTrouble, Sentence] = {
        "unreachable": said(
            "the database server cannot be reached: {database} ({reason}). See whether it runs, and whether "
            "its address is right; the hub goes on by itself once it answers",
            code="store_unreachable",
            values=why,
        ),
        "refused": said(
            "the database server refuses: {database} ({reason}). See whether user, password and the "
            "database's name are right, and whether the user may use it: the owner of the database may",
            code="store_refused",
            values=why,
        ),
        "unclear": said(
            "the connection to {database} broke while a change was committed: whether it is stored is not "
            "known, and is looked at before anything is done again",
            code="store_unclear",
            values=named,
        ),
        "full": said(
            "the disk of the database server is full: {database}. Make room there; the hub goes on by itself",
            code="store_full.server",
            values=named,
        ),
        "standby": said(
            "{database} only reads: it is a standby, or was set so. Name the primary server",
            code="store_standby",
            values=named,
        ),
        "locked": said(
            "others hold what is to be written in {database} for too long ({reason}). Nothing is lost; the "
            "hub tries again by itself",
            code="store_locked.server",
            values=why,
        ),
        "connections": said(
            "{database} takes no more connections ({reason}). Raise max_connections there, or run fewer "
            "processes: each takes about six",
            code="store_connections",
            values=why,
        ),
        "damaged": said(
            "{database} is damaged ({reason}). Stop the hub, and ask whoever runs the server",
            code="store_damaged.server",
            values=why,
        ),
        "broken": said(
            "the database server is in trouble: {database} ({reason}). Look at its log; the hub goes on by "
            "itself once it answers",
            code="store_broken.server",
            values=why,
        ),
        "newer": said(
            "a newer hub has taken over {database}: this process writes nothing into it any more. End it, "
            "and use the newer version",
            code="store_newer.server",
            values=named,
        ),
    }
    return StoreError(kind, words[kind])


class CommitUnknown(StoreError):
    """The connection broke between COMMIT and its answer. Who asked for the write must not take it for
    undone: the store never runs it again (docs/adr/0033 says what each caller does)."""

    def __init__(self, server: Server, reason: str) -> None:
        super().__init__("unclear", of_kind("unclear", server, reason).said)


__all__ = ["CommitUnknown", "of_kind", "trouble"]
