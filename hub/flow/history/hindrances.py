"""Why the work of a posting does not go on: what its last try met, and whether time alone may fix that."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from hub.flow.history.shipments import latest_shipment
from hub.plugin_api.errors import AuthFailed, ConfigError
from hub.plugins.addresses import AddressRefused
from hub.store import documents, rows
from hub.words import revived, words_of

if TYPE_CHECKING:
    from hub.flow.app import App

_LASTING = frozenset({AddressRefused.code, AuthFailed.code, ConfigError.code})
"""Codes of failures that somebody has to fix: an address to name, credentials to give, a file to correct."""


class Hindrance(NamedTuple):
    """What a try met. ``lasting``: it stays so until somebody fixes it."""

    reason: str
    lasting: bool


def hindrance(app: App, posting_id: str, *, since: datetime) -> Hindrance | None:
    """Why the last try for a posting failed, of those that began at ``since`` or later; None where none did.

    It is the posting's own work, or the work for the labels of the account that its label comes from.
    """
    reader = app.store.reader
    row = rows.postings.get(reader, posting_id)
    if row is None:
        return None
    shipment = latest_shipment(reader, posting_id)
    keys = [f"advance:{posting_id}", f"labels:{row.account}"]
    if shipment is not None:
        keys.append(f"labels:{shipment.account}")
    for key in keys:
        job = rows.jobs.get(reader, key)
        if job is None or not job.reason or job.state == "running":
            continue
        if job.started_at is not None and job.started_at >= since:
            code, reason = _of_failure(job.reason)
            return Hindrance(reason, code in _LASTING)
    late = documents.late_label(reader, posting_id)
    return None if late is None else Hindrance(late.reason, lasting=False)


def _of_failure(reason: str) -> tuple[str, str]:
    """The code and the sentence of what ended a try."""
    words = words_of(reason)
    if words is not None and "said" in words.values:
        return str(words.values.get("code", "")), revived(words.values["said"])
    code, _, rest = reason.partition(": ")  # of an older version
    return code, rest


__all__ = ["Hindrance", "hindrance"]
