"""Attempts at an operation: what they need to know of the vendor, and the rows that say what came of them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

from hub.calls.call import Attempt, Terms
from hub.calls.reasons import Explain
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.sources import OrderSource
from hub.store import rows
from hub.store.queue import working

if TYPE_CHECKING:
    from hub.flow.app import App

FORM = "2:"
"""How a fingerprint of the whole request begins. What begins otherwise was written by 0.1.0."""


def terms(plugin: Carrier[Any] | OrderSource[Any], call: str, explain: Explain) -> Terms:
    """Of a call of a plugin's method: how it is refused, and how the credentials are proved before it."""
    base = Carrier if isinstance(plugin, Carrier) else OrderSource
    return Terms(
        explain=explain,
        refusals=plugin.refusals,
        call=call,
        prove=plugin.check if type(plugin).check is not base.check else None,
        claims_refusal=lambda outcome: outcome.claims_refusal,
    )


def content_hash(content: object) -> str:
    """The fingerprint of a request."""
    return FORM + hashlib.sha256(msgspec.json.encode(content)).hexdigest()


def begun(app: App, operation: rows.OperationRow) -> rows.AttemptRow:
    """The next attempt at an operation begins."""
    return _row(app, operation.id, operation.sends + 1, "began")


def ended(app: App, operation: rows.OperationRow, attempt: Attempt) -> rows.AttemptRow:
    """What came of the attempt that is the operation's last."""
    verdict: rows.Verdict = "refused" if attempt.refused else "answered" if attempt.left else "not_sent"
    return msgspec.structs.replace(
        _row(app, operation.id, operation.sends, "ended"),
        bytes_left=attempt.left,
        status=attempt.status,
        answer=attempt.answer,
        verdict=verdict,
    )


def _row(app: App, operation_id: str, number: int, event: rows.AttemptEvent) -> rows.AttemptRow:
    worker, fence, _ = working.get()
    return rows.AttemptRow(
        operation_id=operation_id,
        number=number,
        event=event,
        time=app.clock.now(),
        worker=worker,
        fence=fence,
        bytes_left=False,
        status=None,
        answer="",
        verdict="",
    )


__all__ = ["FORM", "begun", "content_hash", "ended", "terms"]
